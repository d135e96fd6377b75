"""The ready server as it is released, with its log taken all the while."""

import signal
import threading

from ready import EXIT_SECONDS, ROOT, ReadyServer

BINARY = ROOT / ".build/release/centrifugo-proxy"


class ReleasedServer:
    """A running release build of `centrifugo-proxy serve`."""

    def __init__(self, *options: str) -> None:
        """Starts the server and waits until it listens."""
        self._server = ReadyServer(*options, program=(BINARY, "serve"), own_tokens=False)
        # Its standard error must be read: a server that cannot write its log would stand still.
        self._reader = threading.Thread(target=self._take_log, daemon=True)
        self._reader.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._server.process.pid

    def log(self) -> str:
        """What the server has logged so far."""
        return "".join(self._server.log)

    def _take_log(self) -> None:
        assert self._server.process.stderr is not None
        self._server.log.extend(self._server.process.stderr)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Stops the server, and checks that it ends as it should."""
        process = self._server.process
        was_running = process.poll() is None
        try:
            process.send_signal(signal.SIGTERM)
            status = process.wait(EXIT_SECONDS)
        finally:
            process.kill()
            self._reader.join()
            self._server.__exit__(kind, *rest)
        # A failed test inside the block is the better message.
        if kind is None:
            assert was_running and status == 0, f"the server ended with status {status}: {self.log()}"
