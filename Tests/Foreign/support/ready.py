"""The ready server as a process, started as its user would, and certificates for it."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
BINARIES = ROOT / ".build/debug"
BINARY = BINARIES / "centrifugo-proxy"
STARTER = ROOT / "Sources/ProxyPolicy/starter.yaml"
EXIT_SECONDS = 30


class ReadyServer:
    """A running `centrifugo-proxy serve`."""

    def __init__(
        self,
        *options: str,
        program: Sequence[str | Path] = (BINARY, "serve"),
        listeners: int = 1,
        prefix: Sequence[str] = (),
        before: Callable[[], None] | None = None,
        descriptors: Sequence[int] = (),
        own_tokens: bool = True,
    ) -> None:
        """Starts the server and waits until all its listeners are open; `before` runs in its process before it does."""
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [*prefix, *program, *options],
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
            pass_fds=descriptors,
            env=os.environ | (tokens_in(self.folder.name) if own_tokens else {}),
        )
        self.addresses: list[str] = []
        self.log: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if address := listening_address(line):
                self.addresses.append(address)
            if len(self.addresses) == listeners:
                return
        self.process.wait()
        raise AssertionError(f"the server did not start: {''.join(self.log)}")

    @property
    def target(self) -> str:
        """The address of the first listener."""
        return self.addresses[0]

    @property
    def port(self) -> int:
        """The port of the first listener."""
        return int(self.addresses[0].rpartition(":")[2])

    def wait_for(self, text: str) -> str:
        """Waits for a line of the log."""
        assert self.process.stderr is not None
        return next(line for line in self.process.stderr if text in line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(EXIT_SECONDS)
            finally:
                self.process.kill()
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.folder.cleanup()


def reload(server: ReadyServer) -> str:
    """Makes the server read everything again; returns the line that says so."""
    server.process.send_signal(signal.SIGHUP)
    return server.wait_for(" policy")


def listening_address(line: str) -> str | None:
    """The address that a line of the log says the server listens on, not the one for operators; in any log's format."""
    found = re.search(r"address=(\S+)", line)
    return found[1] if found and "listening" in line and "operators" not in line else None


def fails(*options: str) -> tuple[int, str]:
    """Starts a server that cannot run; its exit status and what it said."""
    return run("serve", *options)[::2]


def tokens_in(folder: str) -> dict[str, str]:
    """Keeps the files of the starter rules out of the folder in which the tests run."""
    return {"CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE": f"{folder}/tokens.sqlite"}


def run(*arguments: str, own_tokens: bool = True) -> tuple[int, str, str]:
    """Runs a command of the binary to its end: the exit status, what it answered, and what it complained of."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [BINARY, *arguments],
            capture_output=True,
            text=True,
            timeout=EXIT_SECONDS,
            check=False,
            env=os.environ | (tokens_in(folder) if own_tokens else {}),
        )
    return ended.returncode, ended.stdout, ended.stderr


class Storage:
    """The starter rules with tokens in a file of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.policy = folder / "policy.yaml"
        self.write(STARTER.read_text().replace("file: centrifugo-proxy.sqlite", f"file: {folder}/own.sqlite"))

    def write(self, text: str) -> None:
        """Replaces the rules."""
        self.policy.write_text(text)

    def serve(self) -> ReadyServer:
        """Serves the rules."""
        return ReadyServer("--config", str(self.policy), "--port", "0", own_tokens=False)

    def token(self, *arguments: str) -> str:
        """Runs a token command that has to succeed."""
        status, said, complaints = run("token", *arguments, "--config", str(self.policy), own_tokens=False)
        assert (status, complaints) == (0, "")
        return said.strip()


class Certificates:
    """A CA of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self._openssl("req", "-x509", *self._new("ca"), "-subj", "/CN=ca", "-days", "2", "-out", self.path("ca.pem"))

    def path(self, name: str) -> str:
        """A file of the folder."""
        return str(self.folder / name)

    def make(self, name: str) -> None:
        """Makes NAME.pem and NAME.key for this machine's loopback address."""
        self._openssl("req", *self._new(name), "-subj", f"/CN={name}", "-out", self.path(f"{name}.csr"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self._openssl(
            "x509", "-req", "-in", self.path(f"{name}.csr"), "-days", "2", "-extfile", str(extensions),
            "-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key"), "-CAcreateserial",
            "-out", self.path(f"{name}.pem"),
        )  # fmt: skip

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        return (self.folder / name).read_bytes()

    def options(self, name: str) -> tuple[str, ...]:
        """The server's options for a certificate."""
        return ("--certificate", self.path(f"{name}.pem"), "--private-key", self.path(f"{name}.key"))

    def _new(self, name: str) -> tuple[str, ...]:
        return ("-newkey", "rsa:2048", "-nodes", "-keyout", self.path(f"{name}.key"))

    @staticmethod
    def _openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
