"""A client that speaks gRPC by single HTTP/2 frames, for what a well-behaved client library does not do."""

import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from hpack import Decoder, Encoder
from hyperframe.frame import (
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from messages import path_of

WAIT_SECONDS = 20
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
INITIAL_WINDOW = 65_535
LARGEST_FRAME = 16_384


def length_prefixed(message: bytes, *, compressed: bool = False) -> bytes:
    """A message as gRPC puts it into DATA frames."""
    return bytes([compressed]) + len(message).to_bytes(4, "big") + message


@dataclass
class Response:
    """What came back on one stream."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    reset: int | None = None
    ended: bool = False

    @property
    def status(self) -> int:
        """The gRPC status, wherever it came."""
        return int(self.trailers.get("grpc-status") or self.headers["grpc-status"])

    @property
    def messages(self) -> list[bytes]:
        """The messages in the body that have arrived whole; none may be compressed."""
        found = []
        start = 0
        while start + 5 <= len(self.body):
            assert self.body[start] == 0
            end = start + 5 + int.from_bytes(self.body[start + 1 : start + 5], "big")
            if end > len(self.body):
                break
            found.append(self.body[start + 5 : end])
            start = end
        return found

    @property
    def message(self) -> bytes:
        """The one message in the body, which must not be compressed."""
        assert self.body[:1] == b"\0"
        assert int.from_bytes(self.body[1:5], "big") == len(self.body) - 5
        return self.body[5:]


class RawConnection:
    """One HTTP/2 connection. Waiting ends with an error after `WAIT_SECONDS` without a byte from the server."""

    def __init__(self, port: int, *, window: int | None = None, tls: ssl.SSLContext | None = None) -> None:
        """Connects. With a `window`, each stream gets just that many bytes, and more only by `grant`.

        Over `tls`, an end without close_notify is an error, and this side says none when the server does.
        """
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        # Frames are small, and the next one is not to wait until the server has acknowledged the last.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self._socket = tls.wrap_socket(self._socket, server_hostname="localhost", suppress_ragged_eofs=False)
        self._unparsed = b""
        self._encoder = Encoder()
        self._decoder = Decoder()
        self._next_stream = 1
        self._responses: dict[int, Response] = {}
        self._windows = {0: INITIAL_WINDOW}
        self._stream_window = INITIAL_WINDOW
        self._goaway: GoAwayFrame | None = None
        self._grants = window is None
        self._socket.sendall(PREFACE)
        self.send_frame(SettingsFrame(settings={} if window is None else {SettingsFrame.INITIAL_WINDOW_SIZE: window}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drops the connection without sending anything, like a peer that dies."""
        self._socket.close()

    def drop_by_reset(self) -> None:
        """Drops the connection by RST instead of FIN (socket(7), SO_LINGER)."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def send_frame(self, frame: Frame) -> None:
        """Sends any frame, right or wrong."""
        self._socket.sendall(frame.serialize())

    def send_frames(self, frames: list[Frame]) -> None:
        """Sends many frames at once."""
        self._socket.sendall(b"".join(frame.serialize() for frame in frames))

    def open(self, event: str, *headers: tuple[str, str]) -> int:
        """Sends the headers of a call, and those given as well; returns its stream."""
        return self.open_path(path_of(event), *headers)

    def open_path(self, path: str, *headers: tuple[str, str]) -> int:
        """Does so for a call of any service."""
        stream, headers_frame = self._new_stream(path, *headers)
        self.send_frame(headers_frame)
        return stream

    def new_stream(self, event: str, *headers: tuple[str, str]) -> tuple[int, HeadersFrame]:
        """Makes the headers of a call, to be sent before any others; returns its stream as well."""
        return self._new_stream(path_of(event), *headers)

    def _new_stream(self, path: str, *headers: tuple[str, str]) -> tuple[int, HeadersFrame]:
        stream, self._next_stream = self._next_stream, self._next_stream + 2
        self._responses[stream] = Response()
        self._windows[stream] = self._stream_window
        fixed = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "probe"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        ]
        return stream, HeadersFrame(stream, self._encoder.encode([*fixed, *headers]), flags=["END_HEADERS"])

    def send(self, stream: int, data: bytes, *, last: bool = True) -> None:
        """Sends bytes of a call's body, as fast as the server's windows allow; stops when it has answered."""
        while not self._responses[stream].ended:
            room = min(self._windows[0], self._windows[stream], LARGEST_FRAME)
            piece, data = data[:room], data[room:]
            if piece or not data:
                self.send_frame(DataFrame(stream, piece, flags=["END_STREAM"] if last and not data else []))
                self._windows[0] -= len(piece)
                self._windows[stream] -= len(piece)
            if not data:
                return
            if not room:
                self.receive()

    def call(self, event: str, message: bytes, *headers: tuple[str, str]) -> int:
        """Sends a whole call; returns its stream."""
        stream = self.open(event, *headers)
        self.send(stream, length_prefixed(message))
        return stream

    def subscribe(self, message: bytes, *headers: tuple[str, str], both_ways: bool = False) -> int:
        """Opens a subscription's stream of either kind with its first message; returns the stream."""
        stream = self.open("SubscribeBidirectional" if both_ways else "SubscribeUnidirectional", *headers)
        self.send(stream, length_prefixed(message), last=not both_ways)
        return stream

    def grant(self, stream: int, count: int) -> None:
        """Lets the server send this many more bytes on the stream."""
        self.send_frame(WindowUpdateFrame(stream, window_increment=count))

    def room(self, stream: int) -> int:
        """How many bytes the server takes on the stream, as far as it has told."""
        return self._windows[stream]

    def reset(self, stream: int, code: int) -> None:
        """Sends RST_STREAM."""
        self.send_frame(RstStreamFrame(stream, error_code=code))

    def response(self, stream: int) -> Response:
        """Waits until the stream has ended."""
        self._receive_until(lambda: self._responses[stream].ended)
        return self._responses[stream]

    def messages(self, stream: int, count: int = 1) -> list[bytes]:
        """Waits until so many messages have arrived on the stream, or until it has ended."""
        response = self._responses[stream]
        self._receive_until(lambda: response.ended or len(response.messages) >= count)
        return response.messages

    def received(self, stream: int) -> Response:
        """What has arrived on the stream so far, without waiting."""
        return self._responses[stream]

    def received_bytes(self, stream: int, count: int) -> bytes:
        """Waits until so many bytes of the stream's body have arrived."""
        response = self._responses[stream]
        self._receive_until(lambda: response.ended or len(response.body) >= count)
        return response.body

    def going_away(self) -> int:
        """Waits for GOAWAY; returns its error code. Answers may still follow it."""
        self._receive_until(lambda: self._goaway is not None)
        assert self._goaway
        return int(self._goaway.error_code)

    def closed(self) -> None:
        """Waits until the server closes the connection."""
        with suppress(ConnectionError):
            self._receive_until(lambda: False)

    def _receive_until(self, done: Callable[[], bool]) -> None:
        while not done():
            if self._goaway and self._goaway.error_code:
                raise ConnectionError(f"the server ended the connection: {self._goaway}")
            self.receive()

    def receive(self) -> None:
        """Takes the next frame."""
        header = self._exactly(9)
        frame, length = Frame.parse_frame_header(memoryview(header))
        frame.parse_body(memoryview(self._exactly(length)))
        self._take(frame)

    def _reply(self, frame: Frame) -> None:
        # A server that has closed already may have sent more that is still to be read.
        with suppress(ConnectionError):
            self.send_frame(frame)

    def _exactly(self, count: int) -> bytes:
        while len(self._unparsed) < count:
            received = self._socket.recv(65_536)
            if not received:
                raise ConnectionError("the server closed the connection")
            self._unparsed += received
        taken, self._unparsed = self._unparsed[:count], self._unparsed[count:]
        return taken

    def _take(self, frame: Frame) -> None:
        # None of the answers here needs CONTINUATION: their headers are few and short.
        response = self._responses.get(frame.stream_id, Response())
        match frame:
            case SettingsFrame() if "ACK" not in frame.flags:
                window = frame.settings.get(SettingsFrame.INITIAL_WINDOW_SIZE, self._stream_window)
                for stream in self._responses:
                    self._windows[stream] += window - self._stream_window
                self._stream_window = window
                self._reply(SettingsFrame(flags=["ACK"]))
            case PingFrame() if "ACK" not in frame.flags:
                self._reply(PingFrame(opaque_data=frame.opaque_data, flags=["ACK"]))
            case WindowUpdateFrame():
                self._windows[frame.stream_id] += frame.window_increment
            case GoAwayFrame():
                self._goaway = frame
            case HeadersFrame():
                fields = {str(name): str(value) for name, value in self._decoder.decode(frame.data)}
                if response.headers:
                    response.trailers = fields
                else:
                    response.headers = fields
            case DataFrame():
                response.body += frame.data
                if frame.flow_controlled_length:
                    for stream in (0, frame.stream_id) if self._grants else (0,):
                        self._reply(WindowUpdateFrame(stream, window_increment=frame.flow_controlled_length))
            case RstStreamFrame():
                response.reset = frame.error_code
            case _:
                pass
        if isinstance(frame, RstStreamFrame) or "END_STREAM" in frame.flags:
            response.ended = True
