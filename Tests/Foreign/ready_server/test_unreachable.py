"""What `centrifugo-proxy` says about servers that cannot be reached, and about files that it cannot read."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from ready import BINARY, EXIT_SECONDS, run

NOBODY = 65534


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may look into."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_socket_of_another_user_is_named(public_folder: Path) -> None:
    """As a user who is not root: root may connect to everything."""
    binary = shutil.copy(BINARY, public_folder)
    path = public_folder / "closed.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0)
        ended = subprocess.run(
            [binary, "call", "RPC", "--unix-socket", path],
            user=NOBODY if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
            timeout=EXIT_SECONDS,
            check=False,
        )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"centrifugo-proxy: Cannot call the Unix socket {path}: this user may not connect to it; "
        "check the mode of the socket's file.\n"
    )


def test_a_host_that_does_not_answer_is_named() -> None:
    """Its queue of connections is full, so that the kernel drops what would open another one."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(address)
        target = f"127.0.0.1:{address[1]}"
        status, printed, said = run("call", "RPC", "--address", target, "--timeout", "1")
        for connection in waiting:
            connection.close()
    assert (status, printed) == (2, "")
    assert said == (
        f"centrifugo-proxy: Cannot call {target}: it does not answer; check the address, and any firewall in between.\n"
    )


def test_a_configuration_that_nests_too_deep_is_named(tmp_path: Path) -> None:
    """Instead of a crash."""
    file = tmp_path / "deep.json"
    file.write_text('{"a":' * 10_000 + "1" + "}" * 10_000)
    status, printed, said = run("doctor", str(file))
    assert (status, printed) == (2, "")
    assert str(file) in said and "nest" in said and len(said.splitlines()) == 1
