"""The server under test as a process: started on a free port, stopped by a signal, its log kept."""

import re
import signal
import subprocess
from pathlib import Path
from typing import Self

BINARY = Path(__file__).resolve().parents[3] / ".build/debug/probe-server"
EXIT_SECONDS = 30


class Probe:
    """A running probe server."""

    def __init__(self, log: Path, *options: str, binary: Path = BINARY, descriptors: int | None = None) -> None:
        """Starts the server and waits until it listens; what it logs goes to the file `log`.

        With `descriptors` the process may have just so many open.
        """
        self._log = log
        limit = ["prlimit", f"--nofile={descriptors}"] if descriptors else []
        with log.open("w") as sink:
            self._process = subprocess.Popen(
                [*limit, binary, "--port", "0", *options], stdout=subprocess.PIPE, stderr=sink, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the probe server printed {line!r} and logged: {self.log()}")
        self.port = int(found[1])
        self.target = f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def log(self) -> str:
        """What the server has logged so far."""
        return self._log.read_text()

    def send(self, number: signal.Signals) -> None:
        """Sends the server a signal."""
        self._process.send_signal(number)

    def exit_status(self) -> int:
        """Waits until the server has ended."""
        return self._process.wait(EXIT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stops a server that still runs, and checks that it ends as it should."""
        was_running = self._process.poll() is None
        try:
            if was_running:
                self.send(signal.SIGTERM)
            status = self.exit_status()
        finally:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        # A failed test inside the block is the better message.
        if kind is None:
            assert was_running or status == 0, f"the server died with status {status}: {self.log()}"
            assert status == 0, f"the server ended with status {status}: {self.log()}"
