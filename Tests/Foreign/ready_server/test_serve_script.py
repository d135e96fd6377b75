"""`Scripts/serve`, without the build: what it prints must be true."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ready import BINARIES, EXIT_SECONDS, ROOT, listening_address


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout where all is built already, and a `swift` that does nothing."""
    (tmp_path / "Scripts").mkdir()
    for name in ("serve", "install"):
        shutil.copy(ROOT / "Scripts" / name, tmp_path / "Scripts" / name)
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build/debug").symlink_to(BINARIES)
    (tmp_path / "Sources").symlink_to(ROOT / "Sources")
    swift = tmp_path / "bin/swift"
    swift.parent.mkdir()
    swift.write_text("#!/bin/sh\n")
    swift.chmod(0o755)
    return tmp_path


@contextmanager
def serving(checkout: Path, *options: str) -> Iterator[tuple[str, str]]:
    """What the script says until the server listens, and the address of that."""
    environment = os.environ | {"PATH": f"{checkout}/bin:{os.environ['PATH']}"}
    server = subprocess.Popen(
        [checkout / "Scripts/serve", *options], stderr=subprocess.PIPE, text=True, env=environment, cwd=checkout
    )
    try:
        assert server.stderr is not None
        said = ""
        for line in server.stderr:
            if address := listening_address(line):
                yield said, address
                break
            said += line
        else:
            raise AssertionError(f"the server did not start: {said}")
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.stderr is not None
        server.stderr.read()
        server.stderr.close()
        assert server.wait(EXIT_SECONDS) == 0


def calls(said: str) -> list[str]:
    """The commands that it tells to try."""
    return re.findall(r"^  (/\S+/centrifugo-proxy call .*)$", said, re.MULTILINE)


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_another_port(checkout: Path) -> None:
    """The lines to try work, and Centrifugo's configuration has the port too."""
    port = free_port()
    with serving(checkout, "--port", str(port)) as (said, address):
        assert address == f"127.0.0.1:{port}"
        commands = calls(said)
        assert len(commands) == 2
        for command in commands:
            assert "result" in subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
    written = (checkout / ".build/serve/centrifugo.json").read_text()
    assert json.loads(written)["rpc"]["proxy"]["endpoint"] == f"grpc://127.0.0.1:{port}"
    assert json.loads(written)["client"]["allowed_origins"]
    assert written in said


def test_a_file_that_was_edited(checkout: Path) -> None:
    """It is the user's from then on, and the script says so."""
    file = checkout / ".build/serve/centrifugo.json"
    file.parent.mkdir()
    file.write_text("mine")
    with serving(checkout, f"--port={free_port()}") as (said, _):
        assert f"{file}; the file is there already, and stays as it is" in said
    assert file.read_text() == "mine"


def test_any_port(checkout: Path) -> None:
    """It is known when the server listens: the lines say where it goes."""
    with serving(checkout, "--port", "0") as (said, address):
        commands = [command.replace("127.0.0.1:PORT", address) for command in calls(said)]
        assert len(commands) == 2
        for command in commands:
            assert "result" in subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
    assert not (checkout / ".build/serve/centrifugo.json").exists()
