"""The README and the page about the ready server: what they tell to run and to write has to work."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from own_network import leave_network, network_of
from pages import CATALOG, blocks
from ready import BINARIES, BINARY, EXIT_SECONDS, ROOT, ReadyServer, run
from snippets import Snippet

README = ROOT / "README.md"
READY_SERVER = (CATALOG / "ReadyServer.md").read_text()


def block(language: str, number: int = 0) -> str:
    """A fenced block of the README."""
    return blocks(README, language)[number].text


def section(heading: str) -> str:
    """A section of the page about the ready server."""
    return READY_SERVER.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_manifest(tmp_path: Path) -> None:
    """It is what `new` writes, which Scripts/check-scaffold builds, but for the tests."""
    package = tmp_path / "Hello"
    assert run("new", "Hello", "--path", str(package), "--dependency", "https://example.com/centrifugo-proxy")[0] == 0
    written = (package / "Package.swift").read_text().replace("https://example.com/centrifugo-proxy", "REPOSITORY-URL")
    without_tests, count = re.subn(r"        \.testTarget\(\n.*?\n        \),\n", "", written, flags=re.DOTALL)
    assert count == 1
    assert block("swift", 1) == without_tests


def test_the_first_call() -> None:
    """The line to try, and what it says that the answer is."""
    line = next(line for line in block("sh", 1).splitlines() if " call " in line)
    command, _, answer = line.partition("#")
    with ReadyServer("--port", "0") as server:
        words = shlex.split(command)
        assert words[0] == ".build/debug/centrifugo-proxy"
        status, said, _ = run(*words[1:], "--address", server.target)
    assert status == 0 and json.loads(said) == json.loads(answer)


def answers(enter: Callable[[], None], event: str, *options: str) -> dict[str, Any]:
    """What the program answers to a call, in its own network."""
    asked = subprocess.run(
        [BINARY, "call", event, *options],
        capture_output=True, text=True, timeout=EXIT_SECONDS, check=False, preexec_fn=enter,
    )  # fmt: skip
    # 1: refused.
    assert asked.returncode in (0, 1), asked.stderr
    said: dict[str, Any] = json.loads(asked.stdout)
    return said


def test_the_hello_world() -> None:
    """It answers what the JavaScript sends, and handles what the configuration switches on and nothing else."""
    snippet = Snippet.read(block("javascript"))
    options = re.search(r"authToken: (\".+?\")", snippet.options or "")
    assert options is not None and [command["do"] for command in snippet.commands] == ["rpc"]
    data = f'{{"authToken": {options[1]}}}'
    method = snippet.commands[0]["args"]["method"]
    with (
        ReadyServer(program=(BINARIES / "hello-world",), before=leave_network, own_tokens=False) as server,
        network_of(server.process.pid) as enter,
    ):
        assert server.port == 10_001
        connected = answers(enter, "Connect", "--data", data)["result"]
        greeted = answers(enter, "RPC", "--field", f"method={method}", "--field", f"user={connected['user']}")
        others = {event: answers(enter, event) for event in ("Refresh", "Subscribe", "SubRefresh", "Publish")}
    assert greeted["result"]["data"] == {"hello": "alice"}
    refused = {event for event, answer in others.items() if "error" in answer or answer["result"].get("expired")}
    assert refused == {*others}
    assert set(json.loads(block("json"))) == {"client", "rpc"}
    assert set(json.loads(block("json"))["client"]["proxy"]) == {"connect"}


def options_of(command: str) -> set[str]:
    """All options that a command knows."""
    return set(re.findall(r"--[a-z-]+", run(*command.split(), "--help")[1]))


def test_the_options_of_serve() -> None:
    """The page has all of them."""
    named = set(re.findall(r"`(--[a-z-]+)`", section("Variables and options")))
    assert named == options_of("serve") - {"--config", "--check", "--version", "--help"}


VARIABLES = sorted(set(re.findall(r"`(CENTRIFUGO_PROXY_\w+)`", section("Variables and options"))))


def checked(folder: Path, variables: dict[str, str]) -> tuple[str, str]:
    """What the server says of its rules, and complains of."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CENTRIFUGO_PROXY_")}
    ended = subprocess.run(
        [BINARY, "serve", "--check"], cwd=folder, env=environment | variables,
        capture_output=True, text=True, timeout=EXIT_SECONDS, check=False,
    )  # fmt: skip
    return ended.stdout, ended.stderr


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable(variable: str, tmp_path: Path) -> None:
    """The server reads it: one that it does not know is refused as misspelt, or warned about."""
    name = variable + "MAX_CONNECTIONS" * variable.endswith("LIMITS_")
    rules, complaint = checked(tmp_path, {name: "?"})
    assert "a setting" not in complaint and "no setting" not in complaint
    assert (rules, complaint) != checked(tmp_path, {})


COMMANDS = re.findall(r"^\| (`[^|]+) \|", section("Commands"), re.MULTILINE)


@pytest.mark.parametrize("cell", COMMANDS)
def test_a_command(cell: str) -> None:
    """Each command of the table is one, with the options that the table names."""
    for command in re.findall(r"`([^`]+)`", cell):
        words = re.match(r"(?:token )?[a-z-]+", command)
        assert words is not None
        assert run(*words[0].split(), "--help")[0] == 0, command
        assert set(re.findall(r"--[a-z-]+", command)) <= options_of(words[0]), command


def test_all_commands() -> None:
    """The table has all of them."""
    known = re.search(r"the commands are (.*), help\.", run("frob")[2])
    assert known is not None
    assert {re.match(r"`([a-z-]+)", cell)[1] for cell in COMMANDS} == set(known[1].split(", "))  # type: ignore[index]
