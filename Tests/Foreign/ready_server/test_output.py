"""The commands with a closed pipe, with a full device, and without control sequences for a terminal."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from probe import Probe
from ready import BINARY, EXIT_SECONDS, ReadyServer, Storage

DESCRIPTOR = 3
FORGED = "a\n2026-01-01T00:00:00+0000 error forged: line\x1b[31m\u202e\x9b"
OBEYED = ("\x1b", "\u202e", "\x9b", "\x7f")


@pytest.fixture
def commands(probe: Probe, tmp_path: Path) -> dict[str, list[str]]:
    """A call of each command that answers on standard output."""
    storage = Storage(tmp_path)
    storage.token("create", "alice")
    configuration = tmp_path / "centrifugo.json"
    configuration.write_text("{}")
    policy = ["--config", str(storage.policy)]
    return {
        "help": ["--help"],
        "version": ["--version"],
        "completion": ["--generate-completion-script", "bash"],
        "call": ["call", "RPC", "--address", probe.target, "--field", "method=echo", "--data", "1"],
        "config": ["centrifugo-config", *policy],
        "check": ["serve", "--check", *policy],
        "doctor": ["doctor", str(configuration)],
        "doctor-json": ["doctor", "--json", str(configuration)],
        "explain": ["explain", str(configuration), "connect"],
        "explain-json": ["explain", "--json", str(configuration), "connect"],
        "new": ["new", "Chat", "--path", str(tmp_path / "Chat")],
        "create": ["token", "create", "bob", *policy],
        "list": ["token", "list", *policy],
        "revoke": ["token", "revoke", "--user", "alice", *policy],
    }


NAMES = [
    "help", "version", "completion", "call", "config", "check", "doctor", "doctor-json", "explain", "explain-json", "new",
    "create", "list", "revoke",
]  # fmt: skip
TAKEN_BACK = "centrifugo-proxy: The token could not be printed, and has been revoked.\n"


def run(arguments: list[str], output: int) -> tuple[int, str]:
    """Runs a command with this as its standard output; its exit status, and what it complained of."""
    ended = subprocess.run(
        [BINARY, *arguments], stdout=output, stderr=subprocess.PIPE, text=True, timeout=EXIT_SECONDS, check=False
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_pipe_ends_a_command_quietly(commands: dict[str, list[str]], name: str) -> None:
    """By the signal that ends other programs there, without a trap and a stack trace."""
    reader, writer = os.pipe()
    os.close(reader)
    status, complaint = run(commands[name], writer)
    os.close(writer)
    assert (status, complaint) == (-signal.SIGPIPE, TAKEN_BACK if name == "create" else "")


@pytest.mark.parametrize("name", NAMES)
def test_a_full_device_is_a_failure_in_one_sentence(commands: dict[str, list[str]], name: str) -> None:
    """Never exit status 0."""
    full = os.open("/dev/full", os.O_WRONLY)
    status, complaint = run(commands[name], full)
    os.close(full)
    sentence = "centrifugo-proxy: Standard output cannot be written: No space left on device.\n"
    assert (status, complaint) == (74, (TAKEN_BACK if name == "create" else "") + sentence)


def test_a_token_that_nobody_got_is_not_kept(commands: dict[str, list[str]], tmp_path: Path) -> None:
    """Whether the pipe is closed or the device full."""
    full = os.open("/dev/full", os.O_WRONLY)
    reader, writer = os.pipe()
    os.close(reader)
    for output in (full, writer):
        assert run(commands["create"], output)[0] != 0
        os.close(output)
    listed = subprocess.run([BINARY, *commands["list"]], capture_output=True, text=True, check=True).stdout
    assert [line.split("\t")[1] for line in listed.splitlines()] == ["USER", "alice"]


def test_complaints_need_no_reader(tmp_path: Path) -> None:
    """Standard error that is closed or full changes no exit status."""
    full = os.open("/dev/full", os.O_WRONLY)
    reader, writer = os.pipe()
    os.close(reader)
    for error in (full, writer):
        ended = subprocess.run([BINARY, "doctor", "/nowhere"], stderr=error, timeout=EXIT_SECONDS, check=False)
        os.close(error)
        assert ended.returncode == 2


@pytest.mark.parametrize("kind", ["full", "closed"])
def test_a_server_outlives_its_log(tmp_path: Path, kind: str) -> None:
    """It serves and ends in good order, though no line of its log can be written."""
    if kind == "full":
        error = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, error = os.pipe()
        os.close(reader)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = subprocess.Popen(
            # LISTEN_PID is the server's own, which only its process knows.
            ["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh", BINARY, "serve", "--socket-activation"],
            stderr=error,
            preexec_fn=lambda: os.dup2(listening.fileno(), DESCRIPTOR),
            pass_fds=[DESCRIPTOR],
            env=os.environ | {"CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE": str(tmp_path / "tokens.sqlite")},
        )
        os.close(error)
        port = listening.getsockname()[1]
    for _ in range(3):
        ping = ["call", "RPC", "--address", f"127.0.0.1:{port}", "--field", "method=ping", "--timeout", "20"]
        assert subprocess.run([BINARY, *ping], capture_output=True, check=False).returncode == 0
    server.terminate()
    assert server.wait(EXIT_SECONDS) == 0


def test_a_call_shows_no_commands_for_the_terminal(probe: Probe) -> None:
    """Whatever the server's JSON holds, it says the same in printable characters."""
    value = "\u202e\x9b\x7f\u2028\U000e0041é"
    data = json.dumps({"a": value}, ensure_ascii=False)
    options = ["--address", probe.target, "--field", "method=echo", "--data", data]
    ended = subprocess.run([BINARY, "call", "RPC", *options], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == {"result": {"data": {"a": value}}}
    assert not [character for character in value[:-1] if character in ended.stdout]


def test_findings_show_no_commands_for_the_terminal(tmp_path: Path) -> None:
    """Whatever names a foreign configuration has."""
    file = tmp_path / "centrifugo.json"
    file.write_text(json.dumps({"rpc": {"proxy": {"endpoint": f"x{FORGED}://a:1"}, "namespaces": [{"name": FORGED}]}}))
    plain = subprocess.run([BINARY, "doctor", file], capture_output=True, text=True, check=False).stdout
    assert "unknown-scheme" in plain
    assert not [line for line in plain.splitlines() if line.startswith("2026")]
    machine = subprocess.run([BINARY, "doctor", "--json", file], capture_output=True, text=True, check=False).stdout
    assert [finding for finding in json.loads(machine) if FORGED in finding["problem"]]
    explained = ["explain", file, "rpc", FORGED]
    text, told = (
        subprocess.run([BINARY, *explained, *option], capture_output=True, text=True, check=False).stdout
        for option in ([], ["--json"])
    )
    assert not [line for line in text.splitlines() if line.startswith("2026")]
    for shown in (plain, machine, text, told):
        assert not [character for character in OBEYED if character in shown]


def test_explanations_show_no_commands_for_the_terminal(tmp_path: Path) -> None:
    """Nor forge they lines: names of keys, variables, methods, and of what is refused."""
    file, variables = tmp_path / "centrifugo.json", tmp_path / ".env"
    file.write_text(json.dumps({FORGED: 1, "rpc": {"namespaces": [{"name": "post", "proxy_enabled": True}]}}))
    variables.write_text("CENTRIFUGO_A\x1b=1\n")
    for arguments in (["rpc", f"post:{FORGED}"], ["subscribe", FORGED], ["--user", FORGED, "publish", FORGED]):
        for option in ([], ["--json"]):
            explained = [BINARY, "explain", file, "--env", variables, *arguments, *option]
            ended = subprocess.run(explained, capture_output=True, text=True, check=True)
            assert not [line for line in ended.stdout.splitlines() if line.startswith("2026")]
            assert not [character for character in OBEYED if character in ended.stdout]
    file.write_text(json.dumps({"channel": {"namespaces": [{"name": FORGED}]}}))
    ended = subprocess.run([BINARY, "explain", file, "connect"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert not [line for line in ended.stdout.splitlines() if line.startswith("2026")]
    assert not [character for character in OBEYED if character in ended.stdout]


def test_a_peer_forges_no_line_of_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the name of its own Unix socket, nor by what it sends."""
    monkeypatch.chdir(tmp_path)
    with ReadyServer("--unix-socket", str(tmp_path / "proxy.sock")) as server:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.bind("x\n2026-01-01 error forged")
            peer.connect(str(tmp_path / "proxy.sock"))
            peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
            line = server.wait_for("a peer speaks HTTP/1")
        assert "peer=unknown" in line
        method = ["--field", f"method={FORGED}"]
        call = ["call", "RPC", "--unix-socket", str(tmp_path / "proxy.sock"), *method]
        assert subprocess.run([BINARY, *call], capture_output=True, check=False).returncode == 1
        line = server.wait_for("event=RPC")
        assert "forged: line" in line
        assert not [character for character in OBEYED if character in line]
