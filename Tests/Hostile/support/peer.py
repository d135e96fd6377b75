"""A peer that sends anything as fast as it can, and reads what comes back."""

import select
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Self

from frames import (
    ACK,
    DATA,
    END_STREAM,
    FRAME_HEAD,
    GOAWAY,
    HEADERS,
    INITIAL_WINDOW,
    INITIAL_WINDOW_SIZE,
    LARGEST_FRAME,
    LARGEST_WINDOW,
    PING,
    PREFACE,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    data,
    frame,
    headers,
    parsed_head,
    request_block,
    settings,
    window_update,
)
from hpack import Decoder
from raw_http2 import length_prefixed

WAIT_SECONDS = 20
ROOMY = {INITIAL_WINDOW_SIZE: LARGEST_WINDOW}


class Peer:
    """One connection. Whatever it sends, it reads meanwhile unless told otherwise, so that neither side gets stuck."""

    def __init__(
        self,
        port: int,
        *,
        values: dict[int, int] | None = None,
        greets: bool = True,
        decodes: bool = True,
        receive_buffer: int | None = None,
    ) -> None:
        """Connects, with those SETTINGS and otherwise with windows that never fill."""
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(WAIT_SECONDS)
        self._socket.connect(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._poll = select.poll()
        self._rest = b""
        self._decoder = Decoder() if decodes else None
        self._replies: list[bytes] = []
        self.next_stream = 1
        self.closed = False
        self.goaway: int | None = None
        self.goaway_text = b""
        self.last_served = LARGEST_WINDOW
        # What the server takes (RFC 9113 §6.9), which only `flood` and `post` keep to.
        self.window = INITIAL_WINDOW
        self._stream_window = INITIAL_WINDOW
        self._granted: Counter[int] = Counter()
        self.frames: Counter[int] = Counter()
        self.resets: dict[int, int] = {}
        self.ended: set[int] = set()
        self.statuses: dict[int, int] = {}
        self.bodies: dict[int, bytearray] = {}
        self.data_bytes = 0
        self._socket.setblocking(False)
        self._acknowledges = greets
        if greets:
            chosen = ROOMY if values is None else values
            grant = window_update(0, LARGEST_WINDOW - INITIAL_WINDOW) if values is None else b""
            self.send(PREFACE + settings(chosen) + grant)
            # The server's windows apply only after the acknowledgement.
            self.wait(lambda: self.frames[SETTINGS] > 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    def close(self, *, by_reset: bool = False) -> None:
        """Drops the connection, on wish by a TCP reset."""
        if by_reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def send(self, sent: bytes) -> None:
        """Sends all, and takes what comes meanwhile; stops when the server has closed."""
        rest = memoryview(sent)
        while rest and not self.closed:
            if self._ready(select.POLLIN | select.POLLOUT) & select.POLLIN:
                self._receive()
            rest = rest[self._send_some(rest) :]
            if not rest:
                # Only here, so that they do not get into the middle of another frame.
                rest = memoryview(self._taken_replies())

    def send_deaf(self, sent: bytes, *, seconds: float = 0.3) -> int:
        """Sends without reading, until the server takes nothing for so long; returns how many bytes it took."""
        rest = memoryview(sent)
        while rest and not self.closed and self._ready(select.POLLOUT, seconds) & select.POLLOUT:
            rest = rest[self._send_some(rest) :]
        return len(sent) - len(rest)

    def flood(self, pieces: Iterable[tuple[bytes, int]]) -> bool:
        """Sends frames by pieces, each with so many bytes of DATA in it, as fast as the connection's window allows.

        Returns whether the server took them all, and did not end the connection.
        """
        for sent, length in pieces:
            if not self.wait(lambda length=length: self.window >= length or bool(self.goaway)) or self.goaway:
                return False
            self.window -= length
            self.send(sent)
        return not self.closed

    def post(self, stream: int, head: bytes, body: bytes, *, last: bool = True) -> bool:
        """Sends a call of any size as fast as both windows allow; returns whether the server took it all."""
        self.send(head)
        sent = 0
        while sent < len(body):

            def room(sent: int = sent) -> int:
                return min(self.window, self._stream_window + self._granted[stream] - sent, LARGEST_FRAME)

            if not self.wait(lambda: room() > 0 or bool(self.goaway) or stream in self.ended):
                return False
            if self.goaway or stream in self.ended:
                return False
            piece = body[sent : sent + room()]
            sent += len(piece)
            self.window -= len(piece)
            self.send(data(stream, piece, last=last and sent == len(body)))
        return not self.closed

    def fence(self, *, seconds: float = WAIT_SECONDS) -> bool:
        """Waits until the server has taken all that was sent before, and has answered what it answers at once.

        Returns whether it got so far, and did not end the connection.
        """
        # An acknowledgement overtakes what the same turn of the server answers, but not what an earlier one did.
        for _ in range(2):
            before = self.frames[PING]
            self.send(frame(PING, payload=bytes(8)))
            self.wait(lambda before=before: self.frames[PING] > before or bool(self.goaway), seconds=seconds)
        return not self.closed and not self.goaway

    def wait(self, done: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> bool:
        """Takes what comes until it is enough, or the server closes; returns whether it was enough."""
        until = time.monotonic() + seconds
        while not done() and not self.closed:
            left = until - time.monotonic()
            assert left > 0, f"nothing came in {seconds} s; so far {self.frames}, GOAWAY {self.goaway}"
            if self._ready(select.POLLIN, left):
                self._receive()
                self.send(self._taken_replies())
        return done()

    def forget(self) -> None:
        """Forgets the streams that have ended."""
        for stream in self.ended:
            self.statuses.pop(stream, None)
            self.bodies.pop(stream, None)
            self.resets.pop(stream, None)
        self.ended.clear()

    def take(self) -> None:
        """Takes what has come, without waiting."""
        if not self.closed and self._ready(select.POLLIN, 0):
            self._receive()

    def wait_closed(self, *, seconds: float = WAIT_SECONDS) -> int | None:
        """Waits until the server has closed the connection; returns the code of its GOAWAY, if it sent one."""
        self.wait(lambda: False, seconds=seconds)
        return self.goaway

    def calls(self, count: int, message: bytes, *more: tuple[str, str], event: str = "RPC", last: bool = True) -> bytes:
        """Makes calls on new streams, to be sent."""
        block, body = request_block(event, *more), length_prefixed(message)
        first, self.next_stream = self.next_stream, self.next_stream + 2 * count
        return b"".join(
            headers(stream, block) + data(stream, body, last=last) for stream in range(first, self.next_stream, 2)
        )

    def call(self, message: bytes, *more: tuple[str, str], event: str = "RPC") -> int:
        """Makes one call; returns the status it ended with."""
        stream = self.next_stream
        self.send(self.calls(1, message, *more, event=event))
        assert self.wait(lambda: stream in self.ended or self.goaway not in {None, 0}), "the server closed"
        assert stream in self.statuses, f"reset {self.resets.get(stream)}, GOAWAY {self.goaway}"
        return self.statuses[stream]

    def _ready(self, events: int, seconds: float = WAIT_SECONDS) -> int:
        self._poll.register(self._socket, events)
        found = self._poll.poll(seconds * 1_000)
        if not found:
            return 0
        state = found[0][1]
        # An error shows at the next read or write.
        return state | (events if state & (select.POLLERR | select.POLLHUP) else 0)

    def _send_some(self, rest: memoryview) -> int:
        try:
            return self._socket.send(rest[:262_144])
        except BlockingIOError:
            return 0
        except OSError:
            self.closed = True
            return 0

    def _receive(self) -> None:
        try:
            received = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self.closed = True
            return
        data, start = self._rest + received, 0
        while start + FRAME_HEAD <= len(data):
            length, kind, flags, stream = parsed_head(data, start)
            following = start + FRAME_HEAD + length
            if following > len(data):
                break
            self._take(kind, flags, stream, data[start + FRAME_HEAD : following])
            start = following
        self._rest = data[start:]

    def _taken_replies(self) -> bytes:
        replies, self._replies = b"".join(self._replies), []
        return replies

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        self.frames[kind] += 1
        if kind == DATA:
            self.data_bytes += len(payload)
            self.bodies.setdefault(stream, bytearray()).extend(payload)
        elif kind == HEADERS and self._decoder:
            for name, value in self._decoder.decode(payload):
                if name == "grpc-status":
                    self.statuses[stream] = int(value)
        elif kind == RST_STREAM:
            self.resets[stream] = int.from_bytes(payload, "big")
            self.ended.add(stream)
        elif kind == GOAWAY:
            self.goaway = int.from_bytes(payload[4:8], "big")
            self.last_served = int.from_bytes(payload[:4], "big")
            self.goaway_text = payload[8:]
        elif kind == WINDOW_UPDATE:
            increment = int.from_bytes(payload, "big")
            if stream:
                self._granted[stream] += increment
            else:
                self.window += increment
        elif self._acknowledges and kind in {SETTINGS, PING} and not flags & ACK:
            self._replies.append(frame(kind, ACK, payload=payload if kind == PING else b""))
            if kind == SETTINGS:
                values = dict(struct.iter_unpack(">HI", payload))
                self._stream_window = values.get(INITIAL_WINDOW_SIZE, self._stream_window)
        if kind in {DATA, HEADERS} and flags & END_STREAM:
            self.ended.add(stream)
