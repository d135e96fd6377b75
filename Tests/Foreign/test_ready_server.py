"""The ready server as a process: its signals."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from calls import rpc_request
from raw_http2 import RawConnection

BINARY = Path(__file__).resolve().parents[2] / ".build/debug/centrifugo-proxy"
START_SECONDS = 30
EXIT_SECONDS = 10


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A ready server on a free port, and that port."""
    process = subprocess.Popen([BINARY, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "port=" in line)
        yield process, int(line.split("port=")[1].split()[0])
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize(("second", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_it_at_once(
    server: tuple[subprocess.Popen[str], int], second: signal.Signals, status: int
) -> None:
    """Hostile input: sigterm."""
    process, port = server
    with RawConnection(port) as raw:
        raw.open("RPC")  # Its message never comes, so the drain would wait for it.
        assert raw.response(raw.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        process.send_signal(signal.SIGTERM)
        assert raw.going_away() == 0
        process.send_signal(second)
        assert process.wait(EXIT_SECONDS) == status
