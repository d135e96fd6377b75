"""What the documentation says to write in Centrifugo's configuration: it starts, it does what its page says, and
`centrifugo-proxy doctor` finds nothing wrong with it."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pages import CATALOG, PAGES, Block, blocks
from ready import BINARIES, BINARY, EXIT_SECONDS, ROOT, run
from snippets import Snippet

SECTIONS = {"client", "channel", "proxies"}


def is_configuration(block: Block) -> bool:
    """Whether it is one of Centrifugo; JSON with the section rpc is one as well, YAML with it may be a policy."""
    if block.language == "json":
        value = json.loads(block.text)
        return isinstance(value, dict) and bool((SECTIONS | {"rpc"}) & set(value))
    values = [value for value in yaml.safe_load_all(block.text) if isinstance(value, dict)]
    return any((SECTIONS | {"services", "config"}) & set(value) for value in values)


def configurations(page: Path) -> list[Block]:
    """Those of a page, in JSON or YAML."""
    found = [block for language in ("json", "yaml") for block in blocks(page, language)]
    return sorted(filter(is_configuration, found), key=lambda block: block.line)


def explain(folder: Path, text: str, language: str, script: str, *options: str) -> list[dict[str, Any]]:
    """What becomes of the commands."""
    file = folder / f"centrifugo.{language}"
    file.write_text(text)
    ended = subprocess.run(
        [BINARY, "explain", str(file), "--json", "--commands", "-", *options],
        input=script, capture_output=True, text=True, timeout=EXIT_SECONDS, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    return [json.loads(line) for line in ended.stdout.splitlines()]


# Has mistakes on purpose, and says what the doctor finds (test_why_not_called.py).
MISTAKEN = CATALOG / "WhyNotCalled.md"
CONFIGURATIONS = [block for page in PAGES if page != MISTAKEN for block in configurations(page)]


def test_there_are_some() -> None:
    """Else the others would test nothing."""
    assert any(block.place.startswith("README.md:") for block in CONFIGURATIONS)
    assert len(CONFIGURATIONS) >= 10


@pytest.mark.parametrize("block", CONFIGURATIONS, ids=str)
def test_the_doctor_has_no_problem_with_it(block: Block, tmp_path: Path) -> None:
    """A note may be right as it is; a problem never is."""
    file = tmp_path / f"centrifugo.{block.language}"
    file.write_text(block.text)
    status, said, complaint = run("doctor", str(file))
    assert (status, complaint) == (0, ""), said


@pytest.mark.parametrize("block", CONFIGURATIONS, ids=str)
def test_centrifugo_starts_with_it(block: Block, tmp_path: Path) -> None:
    """And warns of nothing."""
    assert explain(tmp_path, block.text, block.language, "") == [{"starts": True, "reason": None, "warnings": []}]


SNIPPETS = [(page, block) for page in PAGES for block in blocks(page, "javascript")]


def starter_configuration() -> str:
    """What `Scripts/serve` writes for the starter rules."""
    status, said, complaint = run("centrifugo-config")
    assert (status, complaint) == (0, "")
    return said


def configuration_of(page: Path, snippet: Block) -> str:
    """The page's configuration: the last one before the snippet, the first one after it, or that of the starter rules."""
    there = [block for block in configurations(page) if block.language == "json"]
    before = [block for block in there if block.line < snippet.line]
    return before[-1].text if before else there[0].text if there else starter_configuration()


@pytest.mark.parametrize(("page", "block"), [pytest.param(*pair, id=str(pair[1])) for pair in SNIPPETS])
def test_what_a_page_shows_reaches_the_server(page: Path, block: Block, tmp_path: Path) -> None:
    """By the configuration of the page. Subscribing alone may be a right of the client's own."""
    snippet = Snippet.read(block.text)
    assert snippet.unknown == [], "the page does not say of which channel"
    assert snippet.options is not None or snippet.commands, "the page shows nothing that a client sends"
    text = configuration_of(page, block)
    _, connected, *done = explain(tmp_path, text, "json", snippet.script(json.loads(text)))
    assert connected["answer"] is None, connected["why"]
    if snippet.options is not None and not snippet.commands:
        assert connected["called"] == "Connect", connected["why"]
    for command, line in zip(snippet.commands, done, strict=True):
        assert line["answer"] is None, f"{command}: {line['why']}"
        assert line["called"] or command["do"] == "subscribe", f"{command}: {line['why']}"
    if snippet.commands:
        assert any(line["called"] for line in done)


# What is scaffolded, as a person runs it.


def test_a_new_package_is_served_what_its_clients_send(tmp_path: Path) -> None:
    """Its configuration, and the JavaScript of its README."""
    package = tmp_path / "Chat"
    status, _, complaint = run("new", "Chat", "--path", str(package), "--dependency", str(ROOT))
    assert (status, complaint) == (0, "")
    text = (package / "centrifugo.json").read_text()
    assert run("doctor", str(package / "centrifugo.json"))[0] == 0
    [block] = re.findall(r"^```javascript\n(.*?)^```$", (package / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    snippet = Snippet.read(block)
    _, *done = explain(tmp_path, text, "json", snippet.script(json.loads(text)))
    assert [line["called"] for line in done] == ["Connect", *(["RPC"] * len(snippet.commands))]
    assert snippet.options is not None


# What a client does so that a handler of each type is called, and the event.
HANDLERS: list[tuple[str, list[dict[str, Any]], str]] = [
    ("connect", [], "Connect"),
    ("subscribe", [{"do": "subscribe", "args": {"channel": "news"}}], "Subscribe"),
    ("publish", [{"do": "publish", "args": {"channel": "news"}}], "Publish"),
    ("rpc", [{"do": "rpc", "args": {"method": "ping"}}], "RPC"),
    ("subscribe-unidirectional", [{"do": "subscribe", "args": {"channel": "news"}}], "SubscribeUnidirectional"),
    ("subscribe-bidirectional", [{"do": "subscribe", "args": {"channel": "news"}}], "SubscribeBidirectional"),
    (
        "map-publish",
        [
            {"do": "map_subscribe", "args": {"channel": "board:1"}},
            {"do": "map_publish", "args": {"channel": "board:1", "key": "a"}},
        ],
        "MapPublish",
    ),
    (
        "map-remove",
        [
            {"do": "map_subscribe", "args": {"channel": "board:1"}},
            {"do": "map_remove", "args": {"channel": "board:1", "key": "a"}},
        ],
        "MapRemove",
    ),
    (
        "shared-poll-refresh",
        [
            {"do": "subscribe", "args": {"channel": "poll:1", "type": 4}},
            {"do": "track", "args": {"channel": "poll:1", "keys": ["a"]}},
        ],
        "SharedPollRefresh",
    ),
]


def printed(folder: Path, type_name: str) -> str:
    """What `create-handler` prints for Centrifugo's configuration."""
    target = {"name": "Chat", "folder": str(folder), "tests": [{"name": "ChatTests", "folder": str(folder)}]}
    order = {"names": ["Handler"], "types": [type_name], "chosen": [], "targets": [target]}
    ended = subprocess.run(
        [BINARIES / "scaffold-tool", json.dumps(order)], capture_output=True, text=True, timeout=EXIT_SECONDS, check=True
    )
    return ended.stdout[ended.stdout.index("\n{") :]


@pytest.mark.parametrize(("type_name", "commands", "event"), HANDLERS, ids=[name for name, *_ in HANDLERS])
def test_a_new_handler_is_called(type_name: str, commands: list[dict[str, Any]], event: str, tmp_path: Path) -> None:
    """By what `create-handler` prints, beside a connect proxy."""
    variables = tmp_path / "connect.env"
    proxy = "CENTRIFUGO_CLIENT_PROXY_CONNECT"
    variables.write_text(f"{proxy}_ENABLED=true\n{proxy}_ENDPOINT=grpc://127.0.0.1:10001\n")
    script = "".join(f"{json.dumps(command)}\n" for command in [{"do": "connect"}, *commands])
    _, *done = explain(tmp_path, printed(tmp_path, type_name), "json", script, "--env", str(variables))
    assert done[-1]["called"] == event, done[-1]["why"]
    for line in done[:-1]:
        assert line["answer"] is None, line["why"]


@pytest.mark.parametrize(("type_name", "command"), [("refresh", ["refresh"]), ("sub-refresh", ["sub_refresh", "news"])])
def test_a_new_handler_of_what_expires_is_called(type_name: str, command: list[str], tmp_path: Path) -> None:
    """For a client that is connected and subscribed already."""
    file = tmp_path / "centrifugo.json"
    file.write_text(printed(tmp_path, type_name))
    status, said, complaint = run("explain", str(file), "--json", *command)
    assert (status, complaint) == (0, "")
    assert json.loads(said.splitlines()[1])["called"] == {"refresh": "Refresh", "sub-refresh": "SubRefresh"}[type_name]
