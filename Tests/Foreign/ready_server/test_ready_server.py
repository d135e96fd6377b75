"""The ready server as a process: its signals, and its user's mistakes."""

import signal
import socket
from pathlib import Path

import pytest
from calls import rpc_request
from raw_http2 import RawConnection
from ready import EXIT_SECONDS, Certificates, ReadyServer, fails


@pytest.mark.parametrize(("second", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_it_at_once(second: signal.Signals, status: int) -> None:
    """Hostile input: sigterm, second-signal."""
    with ReadyServer("--port", "0") as server, RawConnection(server.port) as raw:
        raw.open("RPC")  # Its message never comes, so the drain would wait for it.
        assert raw.response(raw.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        server.process.send_signal(signal.SIGTERM)
        assert raw.going_away() == 0
        server.process.send_signal(second)
        assert server.process.wait(EXIT_SECONDS) == status


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
def test_a_first_signal_lets_it_finish(first: signal.Signals) -> None:
    """Hostile input: sigterm, sigint."""
    with ReadyServer("--port", "0") as server, RawConnection(server.port) as raw:
        assert raw.response(raw.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        server.process.send_signal(first)
        assert raw.going_away() == 0
        assert server.process.wait(EXIT_SECONDS) == 0


def test_it_names_what_its_user_got_wrong(tmp_path: Path) -> None:
    """Hostile input: port-in-use, bad-certificate, unreadable-key."""
    certificates = Certificates(tmp_path / "certificates")
    certificates.make("server")
    certificates.make("other")
    missing = str(tmp_path / "missing")
    empty = tmp_path / "empty"
    empty.write_text("\n")
    mismatch = ("--certificate", certificates.path("server.pem"), "--private-key", certificates.path("other.key"))
    unreadable = ("--certificate", certificates.path("server.pem"), "--private-key", missing)
    with ReadyServer("--port", "0") as server:
        for options, sentence in [
            (("--port", str(server.port)), f"Cannot listen on 127.0.0.1 port {server.port}: it is in use; stop what"),
            (("--host", "192.0.2.1"), "Cannot listen on 192.0.2.1 port 10001: this machine has no such address"),
            (("--port", "0", *mismatch), f"the private key {certificates.path('other.key')} does not belong to the"),
            (("--port", "0", *unreadable), f"cannot read {missing}: No such file or directory."),
            (("--socket-activation",), "No sockets were passed: LISTEN_FDS or LISTEN_PID is missing; start"),
            (("--secret-key", "te", "--secret-file", str(empty)), "the metadata key te has a meaning in gRPC"),
            (("--secret-key", "key", "--secret-file", str(empty)), "a value is missing or empty"),
        ]:
            status, said = fails(*options)
            assert status == 1, said
            assert said.startswith("centrifugo-proxy: "), said
            assert sentence in said
            assert len(said.splitlines()) == 1, said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--port", "65536"), "--port 65536 is not a port"),
        (("--certificate", "x"), "--certificate and --private-key go together"),
        (("--client-ca", "x"), "--client-ca needs TLS"),
        (("--secret-key", "x"), "--secret-key and --secret-file go together"),
        (("--secret-key", "x", "--secret-file", "/nowhere"), "--secret-file /nowhere cannot be read"),
        (("--unix-socket", "x", "--unix-socket-mode", "9"), "choose an octal mode"),
        (("--event-loops", "0"), "--event-loops 0 is out of range"),
        (("--log-level", "loud"), "choose trace, debug"),
        (("--nonsense",), "Unknown option '--nonsense'"),
    ],
)
def test_it_refuses_options_that_make_no_sense(options: tuple[str, ...], sentence: str) -> None:
    """Hostile input: wrong-option."""
    status, said = fails(*options)
    assert status == 64, said
    assert sentence in said


PONG = rpc_request("ping").SerializeToString()


def is_served(port: int) -> bool:
    """Whether a new connection gets its answer rather than its end."""
    try:
        with RawConnection(port) as raw:
            return raw.response(raw.call("RPC", PONG)).status == 0
    except (AssertionError, ConnectionError, EOFError):
        return False


def descriptors(process_id: int) -> int:
    """How many files a process has open."""
    return len(list(Path(f"/proc/{process_id}/fd").iterdir()))


def test_it_lives_without_descriptors() -> None:
    """Hostile input: descriptors-exhausted."""
    with ReadyServer("--port", "0", prefix=["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]) as server:
        with RawConnection(server.port) as raw:
            assert raw.response(raw.call("RPC", PONG)).status == 0
            many = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
            assert "raise the limit of open files" in server.wait_for("descriptors")
            assert raw.response(raw.call("RPC", PONG)).status == 0
            for connection in many:
                connection.close()
            # The server notices the ends some time later.
            while not is_served(server.port):
                assert raw.response(raw.call("RPC", PONG)).status == 0


def test_connections_that_are_reset_leave_nothing() -> None:
    """Hostile input: tcp-reset."""
    with ReadyServer("--port", "0") as server, RawConnection(server.port) as raw:
        assert raw.response(raw.call("RPC", PONG)).status == 0
        before = descriptors(server.process.pid)
        for _ in range(50):
            with RawConnection(server.port) as other:
                other.open("RPC")
                other.call("RPC", PONG)
                other.drop_by_reset()
        assert raw.response(raw.call("RPC", PONG)).status == 0
        while descriptors(server.process.pid) > before:
            assert raw.response(raw.call("RPC", PONG)).status == 0
