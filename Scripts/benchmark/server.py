"""The server under measurement as a process: built, started on its core, watched and stopped."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE, LOAD_CORE = "0", "1"
# Much more than it takes, also under valgrind on a busy machine.
START_SECONDS = 30
# As a server is deployed: with Swift's library in the program, calls into it take no detour.
RELEASE = ["--configuration", "release", "--static-swift-stdlib"]


class BenchError(Exception):
    """Something that makes the figures worthless, as one sentence."""


def release_binary(product: str, *options: str) -> Path:
    """Builds a product for release, with further options; returns where it is."""
    build = ["swift", "build", "--package-path", str(ROOT), *RELEASE, *options, "--product", product]
    subprocess.run(build, check=True, stdout=sys.stderr)
    return ROOT / ".build/release" / product


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, cores: str = SERVER_CORE) -> Iterator[int]:
    """Runs the server on its core for as long as the block lasts; yields its process id."""
    server = subprocess.Popen(["taskset", "--cpu-list", cores, *command], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            if server.poll() is not None:
                raise BenchError(f"the server ended at once, with status {server.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise BenchError(f"the server does not listen on port {port}") from error
                time.sleep(0.02)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def processor_seconds(pid: int) -> float:
    """The time all threads of the process have spent so far, in user and kernel mode."""
    # Linux makes the id of another process's clock so: its complement, and two for the scheduler's count.
    return time.clock_gettime(~pid << 3 | 2)


def memory(pid: int, *, peak: bool = False) -> int:
    """The resident memory that the process has, or the most that it has had, in bytes."""
    name = "VmHWM" if peak else "VmRSS"
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    if not found:
        raise BenchError("the kernel does not tell the resident memory")
    return int(found[1]) * 1024
