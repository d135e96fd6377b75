"""`centrifugo-proxy explain` as a person runs it."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ready import BINARY, EXIT_SECONDS
from ready import run as run_command

E = {"endpoint": "grpc://127.0.0.1:10001"}
STREAM = {"name": "ticker", "subscribe_stream_proxy_enabled": True}
CHAT = {
    "name": "chat",
    "subscribe_proxy_enabled": True,
    "sub_refresh_proxy_enabled": True,
    "publish_proxy_enabled": True,
    "presence": True,
    "allow_presence_for_subscriber": True,
    "history_size": 10,
    "history_ttl": "1m",
    "allow_history_for_client": True,
}
BOARD = {
    "name": "board",
    "subscription_type": "map",
    "allow_subscribe_for_client": True,
    "map": {"mode": "persistent", "publish_proxy_enabled": True, "remove_proxy_enabled": True},
}
POLL = {"name": "poll", "subscription_type": "shared_poll", "shared_poll": {"refresh_interval": "1s"}}
CONFIGURATION: dict[str, Any] = {
    "client": {
        "proxy": {
            "connect": {**E, "enabled": True, "http_headers": ["X-Tenant"], "emulated_headers": ["X-Tenant"]},
            "refresh": {**E, "enabled": True},
        }
    },
    "channel": {
        "proxy": {
            kind: E
            for kind in (
                "subscribe", "publish", "sub_refresh", "subscribe_stream", "map_publish", "map_remove",
                "shared_poll_refresh",
            )
        },
        "namespaces": [CHAT, STREAM, BOARD, POLL],
    },
    "rpc": {"proxy": E, "namespaces": [{"name": "post", "proxy_enabled": True}]},
    "shared_poll": {"hmac_secret_key": "a long random value"},
    "uni_websocket": {"enabled": True},
}  # fmt: skip


def explain(*arguments: str | Path, given: str | bytes = "") -> tuple[int, str, str]:
    """Runs the command; its exit status, what it printed, and what it complained about."""
    ended = subprocess.run(
        [BINARY, "explain", *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=EXIT_SECONDS,
        check=False,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def lines(*arguments: str | Path, given: str = "") -> list[dict[str, Any]]:
    """What it says as JSON of what Centrifugo starts with."""
    status, said, complaint = explain(*arguments, "--json", given=given)
    assert (status, complaint) == (0, "")
    return [json.loads(line) for line in said.splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration with all proxies."""
    return written(tmp_path, CONFIGURATION)


def written(folder: Path, configuration: Any, name: str = "centrifugo.json") -> Path:
    """A file with this configuration."""
    path = folder / name
    path.write_text(configuration if isinstance(configuration, str) else json.dumps(configuration))
    return path


# Every command, what it calls, by which proxy, why, and the client's answer.
COMMANDS: list[tuple[str, str | None, str | None, str, dict[str, int] | None]] = [
    ("connect", "Connect", "client.proxy.connect", "client.proxy.connect.enabled", None),
    ("refresh", "Refresh", "client.proxy.refresh", "client.proxy.refresh.enabled", None),
    ("subscribe chat:1", "Subscribe", "channel.proxy.subscribe", "channel.namespaces[chat].subscribe_proxy_enabled", None),
    ("subscribe ticker:1", "SubscribeUnidirectional", "channel.proxy.subscribe_stream", "channel.namespaces[ticker].subscribe_stream_proxy_enabled", None),
    ("subscribe nowhere:1", None, None, "channel.namespaces", {"error": 102}),
    ("sub_refresh chat:1", "SubRefresh", "channel.proxy.sub_refresh", "channel.namespaces[chat].sub_refresh_proxy_enabled", None),
    ("publish chat:1", "Publish", "channel.proxy.publish", "channel.namespaces[chat].publish_proxy_enabled", None),
    ("rpc post:news", "RPC", "rpc.proxy", "rpc.namespaces[post].proxy_enabled", None),
    ("rpc news", None, None, "rpc.without_namespace.proxy_enabled", {"error": 108}),
    ("rpc get:news", None, None, "rpc.namespaces", {"error": 104}),
    ("presence chat:1", None, None, "channel.namespaces[chat].allow_presence_for_subscriber", {"error": 103}),
    ("presence_stats ticker:1", None, None, "channel.namespaces[ticker].presence", {"error": 108}),
    ("history chat:1", None, None, "channel.namespaces[chat].allow_history_for_client", None),
    ("map_subscribe board:1", None, None, "channel.namespaces[board].allow_subscribe_for_client", None),
    # Carried out, but still answered like this.
    ("map_publish board:1", "MapPublish", "channel.proxy.map_publish", "channel.namespaces[board].map.publish_proxy_enabled", {"error": 107}),
    ("map_remove board:1", "MapRemove", "channel.proxy.map_remove", "channel.namespaces[board].map.remove_proxy_enabled", {"error": 107}),
    ("track poll:1", "SharedPollRefresh", "channel.proxy.shared_poll_refresh", "channel.namespaces[poll].subscription_type", None),
    ("uni_connect", "Connect", "client.proxy.connect", "client.proxy.connect.enabled", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "called", "proxy", "option", "answer"), COMMANDS)
def test_it_says_whom_centrifugo_calls(
    file: Path, line: str, called: str | None, proxy: str | None, option: str, answer: dict[str, int] | None
) -> None:
    """For machines, and the same for people."""
    start, said = lines(file, *line.split())
    assert start == {"starts": True, "reason": None, "warnings": []}
    assert said["do"] == line.split()[0]
    assert (said["called"], said["proxy"], said["option"], said["answer"]) == (called, proxy, option, answer)
    assert said["endpoint"] == (E["endpoint"] if called else None)
    assert ("user-agent" in said["metadata"]) == (called is not None)

    status, text, complaint = explain(file, *line.split())
    assert (status, complaint) == (0, "")
    head, empty, title, why, *rest = text.splitlines()
    assert (head, empty, title) == ("Centrifugo starts.", "", line)
    assert why == f"  {said['why']}" and why.endswith(".")
    # An option keeps its name at the beginning, too.
    assert why[2].isupper() or {".", "_"} & set(why.split()[0]), why
    if called:
        assert rest.pop(0) == f"  It calls {called} at {E['endpoint']}, by the options of {proxy}."
    [last] = rest
    gets = f"error {answer['error']} (" if answer else "what it asks for"
    assert last.startswith(f"  The client gets {gets}")
    # Of what Centrifugo answers itself nothing is assumed.
    assert last.endswith(", if the backend accepts.") == (called is not None)


SCRIPT = """
{"do": "connect", "args": {"data": {"user": "alice"}}}
{"do": "subscribe", "args": {"channel": "chat:1"}}

{"do": "presence", "args": {"channel": "chat:1"}}
{"do": "unsubscribe", "args": {"channel": "chat:1"}}
{"do": "presence", "args": {"channel": "chat:1"}}
"""


def test_it_follows_what_a_client_does(file: Path, tmp_path: Path) -> None:
    """Whether a client is subscribed decides about the next command; from a file as from standard input."""
    script = written(tmp_path, SCRIPT, "commands.jsonl")
    by_file = lines(file, "--commands", script)
    assert by_file == lines(file, "--commands", "-", given=SCRIPT)
    assert [line["called"] for line in by_file[1:]] == ["Connect", "Subscribe", None, None, None]
    assert [line["answer"] for line in by_file[1:]] == [None, None, None, None, {"error": 103}]


def test_commands_begin_with_a_connect(file: Path) -> None:
    """A client that has not connected is told so, and loses its connection."""
    lost = lines(file, "--commands", "-", given='{"do": "rpc", "args": {"method": "post:a"}}\n' * 2)
    assert [line["answer"] for line in lost[1:]] == [{"disconnect": 3501}, {"disconnect": 1006}]


def test_no_commands_ask_whether_it_starts(file: Path) -> None:
    """And nothing else."""
    assert lines(file, "--commands", "-") == [{"starts": True, "reason": None, "warnings": []}]


def test_it_says_what_centrifugo_warns_of(tmp_path: Path) -> None:
    """In its own spelling."""
    file = written(tmp_path, {"client": {"insecure": True, "tokn": {}}, "nonsense": 1})
    variables = written(tmp_path, "CENTRIFUGO_NONSENSE=1\n", ".env")
    start = lines(file, "--env", variables, "connect")[0]
    assert start["starts"] is True
    assert {json.dumps(warning) for warning in start["warnings"]} == {
        '{"unknown_key": "client.tokn"}', '{"unknown_key": "nonsense"}', '{"unknown_env": "CENTRIFUGO_NONSENSE"}',
        '{"other": "insecure_mode"}',
    }  # fmt: skip
    text = explain(file, "--env", variables, "connect")[1]
    for sentence in (
        "Centrifugo does not read client.tokn; ask doctor.",
        "Centrifugo does not read the variable CENTRIFUGO_NONSENSE; ask doctor.",
        "client.insecure is on: every client may connect, without a user.",
    ):
        assert f"\n{sentence}\n" in text


def test_it_says_why_centrifugo_does_not_start(tmp_path: Path) -> None:
    """Exit status 1, with the fix, and no word of the command."""
    file = written(tmp_path, {"client": {"proxy": {"connect": {"enabled": True}}}, "channel": {"history_ttl": {}}})
    status, said, complaint = explain(file, "connect")
    assert (status, complaint) == (1, "")
    assert said == (
        "Centrifugo does not start: client.proxy.connect.endpoint: client.proxy.connect.enabled switches on a proxy that "
        "has no endpoint.\n"
        "  Fix: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.\n"
    )
    status, said, complaint = explain(file, "--json", "connect")
    assert (status, complaint) == (1, "")
    [start] = [json.loads(line) for line in said.splitlines()]
    assert (start["starts"], start["warnings"]) == (False, [])
    assert start["reason"].startswith("client.proxy.connect.endpoint: ")


# A file that cannot be read, and the sentence about it; whether Centrifugo itself would refuse it.
UNREADABLE: list[tuple[str, str, str, bool]] = [
    ("broken.json", '{\n"client": {},\n}', "line 2: the comma before } is not JSON; remove it", True),
    ("comment.json", '{\n// a\n"client": {}}', "line 2: comments are not JSON; remove it, or write the configuration in YAML", True),
    ("empty.json", "", "line 1: the file is empty; {} is a configuration without options", True),
    ("list.json", "[]", "line 1: it contains a list, but Centrifugo expects an object of options", True),
    ("broken.yaml", "client:\n  a: 1\n b: 2\n", "line 3: this is not YAML: ", True),
    ("twice.yaml", "client: {}\nclient: {}\n", "line 1: client is repeated in one mapping; keep one of them", True),
    ("broken.toml", "a = 1\n[client\n", "line 2: this is not TOML: ", True),
    ("spellings.json", '{"client": {"Insecure": true, "insecure": false}}', "client.insecure is repeated in another spelling, and Centrifugo uses either of them; keep one", False),
    ("broken.env", "A=1\nnot a variable\n", "line 2: this is not NAME=VALUE", False),
    ("compose.yaml", "services: {db: {image: postgres}}\n", "no service of this Compose file has the image centrifugo/centrifugo or variables of Centrifugo", False),
    ("ending.conf", "{}", "its extension is not that of a format that Centrifugo reads; name the file .json, .yaml, .toml or .env, or name the format by --form", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "problem", "stops"), UNREADABLE)
def test_it_names_a_file_that_it_cannot_read(tmp_path: Path, name: str, text: str, problem: str, stops: bool) -> None:
    """One sentence with the line, exit status 2; JSON says that Centrifugo does not start where that is so."""
    file = written(tmp_path, text, name)
    status, said, complaint = explain(file, "connect")
    assert (status, said) == (2, "")
    assert complaint.startswith(f"centrifugo-proxy: {file}{', ' if problem.startswith('line ') else ': '}{problem}")
    assert complaint.count("\n") == 1 and complaint.endswith(".\n")
    assert complaint.endswith("; Centrifugo does not start with it.\n") == stops

    status, said, complaints = explain(file, "--json", "connect")
    assert (status, complaints) == (2, complaint)
    starts = [json.loads(line) for line in said.splitlines()]
    assert [(start["starts"], problem in start["reason"], start["warnings"]) for start in starts] == (
        [(False, True, [])] if stops else []
    )


def test_it_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Whatever it was to be."""
    (tmp_path / "centrifugo.json").write_text("{}")
    missing, there = tmp_path / "missing.json", tmp_path / "centrifugo.json"
    sentence = f"centrifugo-proxy: {missing}: it does not exist; check its name.\n"
    assert explain(missing, "connect") == (2, "", sentence)
    assert explain(there, "--commands", missing) == (2, "", sentence)
    assert explain(there, "--env", missing, "connect") == (2, "", sentence)
    folder = f"centrifugo-proxy: {tmp_path}: it is a folder; name a file in it.\n"
    assert explain(tmp_path, "connect") == (2, "", folder)
    assert explain(there, "--commands", tmp_path) == (2, "", folder)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"do": "rpc"', "a comma or } is missing"),
        ("rpc", 'this is not a JSON value; texts are in double quotes'),
        ("{}", 'this is not a command such as {"do": "rpc", "args": {"method": "m"}}'),
        ('{"do": "call"}', "there is no command call; the commands are connect, refresh, "),
        ('{"do": "rpc", "args": "m"}', "args is not an object"),
    ],
)
def test_it_names_a_command_that_it_cannot_read(file: Path, tmp_path: Path, line: str, problem: str) -> None:
    """With its line."""
    text = f'{{"do": "connect"}}\n\n{line}\n'
    script = written(tmp_path, text, "commands")
    status, said, complaint = explain(file, "--commands", script)
    assert (status, said) == (2, "")
    assert complaint.startswith(f"centrifugo-proxy: {script}, line 3: {problem}") and complaint.count("\n") == 1
    status, said, complaint = explain(file, "--commands", "-", "--json", given=text)
    assert (status, said) == (2, "")
    assert complaint.startswith(f"centrifugo-proxy: standard input, line 3: {problem}")


def test_headers_are_forwarded(file: Path) -> None:
    """Those that the proxy lists, in lower case."""
    headers = ("--header", "X-Tenant=a=b", "--header", "X-Other=1")
    assert lines(file, "connect", *headers)[1]["metadata"] == ["user-agent", "x-tenant"]
    assert "\n  The call carries x-tenant.\n" in explain(file, "connect", *headers)[1]
    assert lines(file, "connect")[1]["metadata"] == ["user-agent"]
    assert "carries" not in explain(file, "connect")[1]


def test_a_user_may_be_nobody(tmp_path: Path) -> None:
    """Rights for anonymous clients are rights of their own."""
    namespace = {"name": "news", "allow_subscribe_for_client": True}
    file = written(tmp_path, {"channel": {"namespaces": [namespace]}})
    assert lines(file, "subscribe", "news:1")[1]["answer"] is None
    assert lines(file, "subscribe", "news:1", "--user", "alice")[1]["answer"] is None
    refused = lines(file, "subscribe", "news:1", "--user", "")[1]
    assert refused["answer"] == {"error": 103}
    file = written(tmp_path, {"channel": {"namespaces": [namespace | {"allow_subscribe_for_anonymous": True}]}})
    assert lines(file, "subscribe", "news:1", "--user", "")[1]["answer"] is None


def test_a_token_passes_the_proxy_by(file: Path) -> None:
    """It is Centrifugo that checks it; without a key it refuses all."""
    said = lines(file, "connect", "--token", "a.b.c")[1]
    assert (said["called"], said["rule"], said["answer"]) == (None, "invalid-token", {"disconnect": 3500})
    assert "The connect proxy is not asked" in said["why"]


def test_a_form_may_be_told(tmp_path: Path) -> None:
    """Where the ending does not tell it, or another one."""
    file = written(tmp_path, "client: {proxy: {connect: {enabled: true, endpoint: 'grpc://a:1'}}}\n", "centrifugo.conf")
    assert lines(file, "--form", "yaml", "connect")[1]["called"] == "Connect"
    assert explain(file, "--form", "json", "connect")[0] == 2
    helm = written(tmp_path, {"env": {"CENTRIFUGO_CLIENT_INSECURE": "true"}}, "values.yaml")
    assert lines(helm, "--form", "helm", "connect")[1]["rule"] == "insecure"


def test_variables_hold_over_the_file_and_later_ones_over_earlier(file: Path, tmp_path: Path) -> None:
    """As in Centrifugo's process."""
    name = "CENTRIFUGO_CLIENT_PROXY_CONNECT_ENDPOINT"
    first = written(tmp_path, f"{name}=grpc://first:1\nCENTRIFUGO_CLIENT_INSECURE=true\n", "first.env")
    second = written(tmp_path, f"{name}=grpc://second:1\n", "second.env")
    both = lines(file, "--env", first, "--env", second, "connect")
    assert (both[0]["warnings"], both[1]["endpoint"]) == ([{"other": "insecure_mode"}], "grpc://second:1")
    assert lines(file, "--env", second, "--env", first, "connect")[1]["endpoint"] == "grpc://first:1"
    alone = lines("--env", second, "connect")
    assert alone[0]["warnings"] == [{"other": "no_config_file"}]
    assert alone[1]["answer"] == {"disconnect": 3501}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Name a command; the commands are connect, refresh, subscribe, "),
        ("FILE", "Name a command; the commands are connect, refresh, subscribe, "),
        ("FILE frob", 'There is no command "frob"; the commands are connect, refresh, subscribe, '),
        ("FILE wait", 'There is no command "wait"; the commands are connect, refresh, subscribe, '),
        ("FILE rpc", "rpc needs a method after it."),
        ("FILE subscribe", "subscribe needs a channel after it."),
        ("FILE rpc a b", "b is an extra argument."),
        ("FILE connect a", "connect takes no argument; a is an extra argument."),
        ("FILE rpc a --commands -", "Give a command or --commands, not both."),
        ("FILE --token a --commands -", "--token and --data are for one command; with --commands, write them into its args."),
        ("FILE --data 1 --commands -", "--token and --data are for one command; with --commands, write them into its args."),
        ("FILE rpc a --meta {}", "--meta is for the rules of a policy file; name it by --config."),
        ("FILE rpc a --meta text", "The value of --meta is not JSON: this is not a JSON value; texts are in double quotes."),
        ("FILE --meta text --commands -", "The value of --meta is not JSON: this is not a JSON value; texts are in double quotes."),
        ("FILE rpc a --data text", "The value of --data is not JSON: this is not a JSON value; texts are in double quotes."),
        ("FILE connect --header a", '"a" is not NAME=VALUE.'),
        ("FILE connect --header =a", '"=a" is not NAME=VALUE.'),
        ("FILE connect --form xml", "The value 'xml' is invalid for '--form <form>'"),
        ("FILE connect --frob", "Unknown option '--frob'"),
    ],
)
def test_it_says_which_word_is_wrong(file: Path, words: str, sentence: str) -> None:
    """With the usage, exit status 64, and nothing on standard output."""
    arguments = [str(file) if word == "FILE" else word for word in shlex.split(words)]
    status, said, complaint = explain(*arguments)
    assert (status, said) == (64, "")
    assert complaint.startswith(f"Error: {sentence}"), complaint
    assert "centrifugo-proxy explain [FILE] [OPTIONS] COMMAND [ARGUMENT]\n" in complaint, complaint


def test_help_names_every_command() -> None:
    """And what they are for."""
    status, said, _ = run_command("help", "explain", own_tokens=False)
    assert status == 0
    assert all(line.split()[0] in said for line, *_ in COMMANDS)
