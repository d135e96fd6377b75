"""The load generator of Scripts/bench sends what Centrifugo's own client sends."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hpack import Decoder
from hyperframe.frame import DataFrame, Frame, HeadersFrame
from ready import EXIT_SECONDS, ROOT, ReadyServer

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
PATH = "/centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"
# RPCRequest { method = 11: "ping" } after gRPC's prefix.
MESSAGE = b"\0\0\0\0\x06\x5a\x04ping"
# RPCResponse { result = 1 { data = 1: '{"pong":true}' } } likewise.
ANSWER = 5 + 2 + 2 + len('{"pong":true}')


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, and beside it the message."""
    folder = tmp_path_factory.mktemp("load")
    sources = sorted((ROOT / "Benchmarks/Load").glob("*.c"))
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-o", folder / "load", *sources], check=True)
    (folder / "message").write_bytes(MESSAGE)
    return folder / "load"


def command(generator: Path, port: int, *numbers: int) -> list[str]:
    """Runs it: connections, calls at once, calls, the length of an answer."""
    return [str(generator), str(port), PATH, str(generator.with_name("message")), *map(str, numbers)]


def frames(data: bytes) -> Iterator[Frame]:
    """The whole frames of what a client has sent."""
    data = data.removeprefix(PREFACE)
    while len(data) >= 9:
        frame, length = Frame.parse_frame_header(memoryview(data[:9]))
        if len(data) < 9 + length:
            return
        frame.parse_body(memoryview(data[9 : 9 + length]))
        yield frame
        data = data[9 + length :]


def calls(data: bytes) -> tuple[list[list[tuple[str, str]]], list[int]]:
    """The header lists of the calls, and how many bytes each took."""
    decoder = Decoder()
    blocks = [frame.data for frame in frames(data) if isinstance(frame, HeadersFrame)]
    return [[(str(name), str(value)) for name, value in decoder.decode(block)] for block in blocks], list(map(len, blocks))


def sent(generator: Path, count: int) -> bytes:
    """What it sends for as many calls to a server that answers nothing."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        subprocess.Popen(command(generator, server.getsockname()[1], 1, count, count, 1)) as process,
    ):
        connection, _ = server.accept()
        received = b""
        with connection:
            while sum(isinstance(frame, DataFrame) for frame in frames(received)) < count:
                received += connection.recv(65_536)
        process.kill()
    return received


def test_its_header_blocks_are_those_of_centrifugo(generator: Path) -> None:
    """The same fields in the same order, apart from an application's own, with as many bytes in a later call."""
    recorded, recorded_sizes = calls((ROOT / "Tests/CentrifugoWire/05-rpc.bin").read_bytes())
    made, sizes = calls(sent(generator, 300))
    own = [name for name, _ in recorded[0] if not name.startswith("x-")]
    assert all([name for name, _ in call] == own for call in made)
    values = dict(made[0])
    assert {name: value for name, value in recorded[0] if name in ("content-type", "user-agent", "te", ":path")}.items() <= (
        values.items()
    )
    timeouts = [dict(call)["grpc-timeout"] for call in made]
    assert all(timeout.endswith("u") and 999_900 < int(timeout[:-1]) < 1_000_000 for timeout in timeouts)
    assert len(set(timeouts)) > 30
    # The fields that stay the same are a byte each.
    assert sizes[1] <= recorded_sizes[1] and max(sizes[1:]) <= 16 + sizes[0] // 2


def test_it_makes_as_many_calls_as_asked(generator: Path) -> None:
    """And prints how long they took; an answer of another length ends it."""
    with ReadyServer("--port", "0") as server:
        port = int(server.target.rpartition(":")[2])

        def run(answer: int) -> subprocess.CompletedProcess[str]:
            arguments = command(generator, port, 3, 10, 500, answer)
            return subprocess.run(arguments, capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)

        done = run(ANSWER)
        assert done.returncode == 0, done.stderr
        seconds, median, slow, longest = map(float, done.stdout.split())
        assert seconds > 0 and 0 < median <= slow <= longest
        done = run(ANSWER + 1)
        assert (done.returncode, done.stderr) == (1, "load: an answer has another size than the first\n")


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((0, 1, 1, 1), "there must be connections and calls"),
        ((2_000, 1, 1, 1), "too many connections"),
        ((1, 3_000, 1, 1), "too many calls at a time"),
    ],
)
def test_it_says_what_it_does_not_understand(generator: Path, numbers: tuple[int, ...], sentence: str) -> None:
    """Exit status 1."""
    done = subprocess.run(command(generator, 1, *numbers), capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (1, f"load: {sentence}\n")
