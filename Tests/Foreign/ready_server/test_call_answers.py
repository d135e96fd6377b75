"""What `centrifugo-proxy call` says of answers that are not gRPC's."""

import json
import socket
import subprocess
from typing import Any

import pytest
from hpack import Encoder
from hyperframe.frame import DataFrame, Frame, HeadersFrame, RstStreamFrame, SettingsFrame
from ready import BINARY, EXIT_SECONDS

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def read_request(connection: socket.socket) -> None:
    """Reads up to the request's headers: the client may send a request anew that was answered before it left."""
    with connection.makefile("rb") as received:
        received.read(len(PREFACE))
        while True:
            frame, length = Frame.parse_frame_header(memoryview(received.read(9)))
            received.read(length)
            if isinstance(frame, HeadersFrame):
                return


def answered_with(answer: bytes, *, speaks_http2: bool = True) -> tuple[int, list[Any], str]:
    """Calls a server that sends these bytes, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [BINARY, "call", "RPC", "--address", f"127.0.0.1:{server.getsockname()[1]}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            connection, _ = server.accept()
            with connection:
                if speaks_http2:
                    connection.sendall(SettingsFrame().serialize())
                    read_request(connection)
                connection.sendall(answer)
                printed, said = process.communicate(timeout=EXIT_SECONDS)
    return process.returncode, [json.loads(line) for line in printed.splitlines()], said


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the server speaks HTTP/1; call the address of a gRPC server"),
        (b"+OK\r\n", "the server does not speak HTTP/2; call the address of a gRPC server"),
        (bytes(50), "the server does not speak HTTP/2; call the address of a gRPC server"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "the server speaks TLS; call it over TLS"),
    ],
)
def test_bytes_of_another_protocol_are_named(answer: bytes, sentence: str) -> None:
    """At once, though the connection stays open."""
    assert answered_with(answer, speaks_http2=False) == (2, [], f"status: UNAVAILABLE (14): {sentence}\n")


def headers(*fields: tuple[str, str], ends: bool = True) -> bytes:
    """An answer's headers, or its trailers."""
    frame = HeadersFrame(1, data=Encoder().encode(list(fields)))
    frame.flags |= {"END_HEADERS", "END_STREAM"} if ends else {"END_HEADERS"}
    return bytes(frame.serialize())


GRPC = ((":status", "200"), ("content-type", "application/grpc"))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (headers((":status", "404")), "UNIMPLEMENTED (12): the server answers HTTP 404; is it a gRPC server?"),
        (headers(*GRPC), "UNKNOWN (2): the server ended the call without a status"),
        (RstStreamFrame(1, error_code=7).serialize(), "UNAVAILABLE (14): the server reset the stream: REFUSED_STREAM"),
        (RstStreamFrame(1, error_code=2).serialize(), "INTERNAL (13): the server reset the stream: INTERNAL_ERROR"),
        (
            headers(*GRPC, ends=False) + DataFrame(1, data=b"\0\0\0\0\1\xff").serialize(),
            "none, a message is not valid protobuf of RPC",
        ),
    ],
)
def test_answers_that_are_none_are_named(answer: bytes, sentence: str) -> None:
    """Exit status 2."""
    assert answered_with(answer) == (2, [], f"status: {sentence}\n")


def test_a_status_message_cannot_steer_the_terminal() -> None:
    """Neither colour nor a line of its own."""
    message = "%1B[31mred%1B[0m%0Astatus: OK (0)%C2%9B2J"
    answer = headers(*GRPC, ("grpc-status", "2"), ("grpc-message", message))
    said = r"status: UNKNOWN (2): \u{1B}[31mred\u{1B}[0m\nstatus: OK (0)\u{9B}2J" + "\n"
    assert answered_with(answer) == (2, [], said)
