"""A command in a pseudo-terminal, as a person has it in front of them."""

import fcntl
import os
import pty
import subprocess
import termios
from pathlib import Path
from typing import Self

from ready import BINARY, EXIT_SECONDS

CTRL_C = b"\x03"


class Terminal:
    """A running command, whose standard input, output and error are one terminal of its own."""

    def __init__(self, *arguments: str | Path, folder: Path) -> None:
        """Starts the command with this as its working folder."""
        self.descriptor, inner = pty.openpty()
        self.process = subprocess.Popen(
            [BINARY, *arguments],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=folder,
            start_new_session=True,
            # Ctrl-C is a signal for the session whose terminal it is.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=os.environ | {"TERM": "xterm-256color"},
        )
        os.close(inner)
        self.shown = b""

    def wait_for(self, text: str) -> None:
        """Waits until the terminal shows a text."""
        while text.encode() not in self.shown:
            assert self._read(), f"the command ended without {text!r}: {self.shown!r}"

    def press(self, keys: bytes) -> None:
        """Types."""
        os.write(self.descriptor, keys)

    def ends(self) -> tuple[int, list[str]]:
        """Waits for the command's end; its exit status and the lines that were shown, without the echo of Ctrl-C."""
        while self._read():
            pass
        assert b"\x1b" not in self.shown, "escape sequences have no place in it"
        return self.process.wait(EXIT_SECONDS), self.shown.decode().replace("^C", "").splitlines()

    def _read(self) -> bool:
        try:
            portion = os.read(self.descriptor, 65_536)
        except OSError:
            # So Linux says that nobody has the terminal open any more.
            return False
        self.shown += portion
        return bool(portion)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.descriptor)
