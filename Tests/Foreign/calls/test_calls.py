"""Calls as gRPC carries them: metadata, deadlines, cancellation, compression, and many at once."""

import gzip
import ipaddress
import json
import time
import uuid

import grpc
import pytest
from calls import SECONDS, CallMaker, failure, rpc_request
from messages import UNARY_EVENTS, path_of
from probe import Probe
from raw_http2 import RawConnection, length_prefixed

CANCEL = 8  # RFC 9113 §7
DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 4, 8, 12, 13


@pytest.fixture
def name() -> str:
    """A name for a call that the probe's handler holds."""
    return uuid.uuid4().hex


def encoded(method: str, argument: object = None) -> bytes:
    """A call of the probe's RPC handler as bytes."""
    return rpc_request(method, argument).SerializeToString()


# Metadata


def test_metadata_reaches_the_handler(calls: CallMaker) -> None:
    sent = (("x-one", "1"), ("x-two", "first"), ("x-two", "second, third"), ("x-empty", ""))
    seen = calls.rpc("metadata", ["x-one", "X-Two", "x-empty", "x-none"], metadata=sent)
    assert seen == {"x-one": ["1"], "X-Two": ["first", "second, third"], "x-empty": [""], "x-none": []}


def test_binary_metadata_is_decoded(calls: CallMaker) -> None:
    sent = (("x-key-bin", b"\x00\xff"), ("x-key-bin", b""), ("x-key-bin", "✓".encode()))
    assert calls.rpc("binary-metadata", "x-key-bin", metadata=sent) == ["AP8=", "", "4pyT"]


# Hostile input: binary-metadata-joined.
@pytest.mark.parametrize("value", ["AP8=", "AP8"])
def test_binary_metadata_may_be_padded_or_joined(raw: RawConnection, value: str) -> None:
    stream = raw.call("RPC", encoded("binary-metadata", "x-key-bin"), ("x-key-bin", f"{value},4pyT"))
    assert b'["AP8=","4pyT"]' in raw.response(stream).message


# Hostile input: binary-metadata-broken.
def test_metadata_that_is_not_base64_is_refused(raw: RawConnection) -> None:
    stream = raw.call("RPC", encoded("metadata", []), ("x-key-bin", "%%%"))
    assert raw.response(stream).status == INTERNAL


def test_a_large_list_of_headers_is_taken(calls: CallMaker) -> None:
    token = "t" * 1000
    sent = [(f"x-header-{index}", token) for index in range(40)]
    assert calls.rpc("metadata", ["x-header-39"], metadata=sent) == {"x-header-39": [token]}


# Context


def test_the_context_tells_peer_deadline_and_event(calls: CallMaker, raw: RawConnection) -> None:
    with_deadline = calls.rpc("context", "")
    address = with_deadline["peerAddress"].removeprefix("[").rpartition(":")[0].removesuffix("]")
    assert ipaddress.ip_address(address or with_deadline["peerAddress"]).is_loopback
    assert with_deadline["event"] == "RPC"
    # grpcio rounds what it puts into grpc-timeout up to whole tenths of a second.
    assert 0 < with_deadline["remainingMilliseconds"] <= SECONDS * 1000 + 100
    assert b"remainingMilliseconds" not in raw.response(raw.call("RPC", encoded("context", ""))).message


# Deadlines. A client library gives up by itself, so only single frames show what the server does.


# Hostile input: deadline-handler-runs.
def test_the_server_answers_a_deadline_itself(calls: CallMaker, raw: RawConnection, name: str) -> None:
    began = time.monotonic()
    response = raw.response(raw.call("RPC", encoded("hold", name), ("grpc-timeout", "200m")))
    assert response.status == DEADLINE_EXCEEDED
    assert time.monotonic() - began >= 0.2
    assert calls.rpc("wait-cancelled", name) == name


@pytest.mark.parametrize("timeout", ["1n", "99999999n", "150000u", "150m", "1S"])
def test_a_deadline_may_come_in_any_unit(raw: RawConnection, name: str, timeout: str) -> None:
    assert raw.response(raw.call("RPC", encoded("hold", name), ("grpc-timeout", timeout))).status == DEADLINE_EXCEEDED


# Hostile input: deadline-body-missing.
def test_a_deadline_passes_while_the_body_is_missing(calls: CallMaker, raw: RawConnection) -> None:
    assert raw.response(raw.open("RPC", ("grpc-timeout", "100m"))).status == DEADLINE_EXCEEDED
    assert calls.rpc("echo", "still here") == "still here"


def test_deadlines_outlive_their_connections_quietly(probe: Probe, raw: RawConnection, name: str) -> None:
    for index in range(20):
        with RawConnection(probe.port) as lost:
            lost.open("RPC", ("grpc-timeout", "100m"))
            lost.call("RPC", encoded("hold", f"{name} {index}"), ("grpc-timeout", "100m"))
            # The body comes apart from the headers, and the answer long before the deadline.
            late = lost.open("RPC", ("grpc-timeout", "100m"))
            lost.response(lost.call("RPC", encoded("echo", 1)))
            lost.send(late, length_prefixed(encoded("echo", 1)))
            assert lost.response(late).status == 0
    assert raw.response(raw.call("RPC", encoded("hold", name), ("grpc-timeout", "300m"))).status == DEADLINE_EXCEEDED
    assert raw.response(raw.call("RPC", encoded("echo", 1))).status == 0


# Hostile input: timeout-longest.
@pytest.mark.parametrize("timeout", ["99999999H", "99999999M", "99999999S", "2998243u"])
def test_a_distant_deadline_does_not_hurt(raw: RawConnection, timeout: str) -> None:
    assert raw.response(raw.call("RPC", encoded("echo", 1), ("grpc-timeout", timeout))).status == 0


# Hostile input: timeout-malformed.
@pytest.mark.parametrize("timeout", ["", "S", "1", "-1S", "1X", "123456789m", "1 S", "٣S"])
def test_a_malformed_deadline_is_refused(raw: RawConnection, timeout: str) -> None:
    assert raw.response(raw.call("RPC", encoded("echo", 1), ("grpc-timeout", timeout))).status == INTERNAL
    assert raw.response(raw.call("RPC", encoded("echo", 1))).status == 0


# Cancellation


def test_a_cancelled_call_cancels_its_handler(calls: CallMaker, name: str) -> None:
    call = calls.rpc_future("hold", name)
    assert calls.rpc("wait-held", name) == name
    call.cancel()
    assert calls.rpc("wait-cancelled", name) == name


def test_a_reset_cancels_one_call_of_many(calls: CallMaker, raw: RawConnection, name: str) -> None:
    names = [f"{name} {index}" for index in range(100)]
    streams = [raw.call("RPC", encoded("hold", each)) for each in names]
    for each in names:
        assert calls.rpc("wait-held", each) == each
    for stream in streams[1:]:
        raw.reset(stream, CANCEL)
    for each in names[1:]:
        assert calls.rpc("wait-cancelled", each) == each
    assert calls.rpc("release", names[0]) == names[0]
    assert raw.response(streams[0]).status == 0


def test_a_lost_connection_cancels_its_calls(calls: CallMaker, raw: RawConnection, name: str) -> None:
    raw.call("RPC", encoded("hold", name))
    assert calls.rpc("wait-held", name) == name
    raw.close()
    assert calls.rpc("wait-cancelled", name) == name


# Compression. Events with compressed requests are in test_events.py.


def test_a_tiny_message_may_be_compressed(raw: RawConnection) -> None:
    stream = raw.open("RPC", ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip"))
    raw.send(stream, length_prefixed(gzip.compress(encoded("echo", 1)), compressed=True))
    response = raw.response(stream)
    assert response.status == 0
    assert response.message == raw.response(raw.call("RPC", encoded("echo", 1))).message


# Hostile input: encoding-unknown.
def test_an_unknown_compression_is_unimplemented(raw: RawConnection) -> None:
    stream = raw.open("RPC", ("grpc-encoding", "br"))
    raw.send(stream, length_prefixed(encoded("echo", 1), compressed=True))
    response = raw.response(stream)
    assert response.status == UNIMPLEMENTED
    assert "gzip" in (response.headers | response.trailers)["grpc-accept-encoding"]


# Hostile input: gzip-corrupt, flag-without-encoding, flag-above-one.
@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ([("grpc-encoding", "gzip")], gzip.compress(b"x" * 100)[:-9], INTERNAL),
        ([("grpc-encoding", "gzip")], b"no gzip at all", INTERNAL),
        ([("grpc-encoding", "gzip")], gzip.compress(bytes(64 * 1024 * 1024)), RESOURCE_EXHAUSTED),
        ([], gzip.compress(b""), INTERNAL),
    ],
    ids=["cut", "corrupt", "bomb", "without encoding"],
)
def test_broken_compression_is_refused(
    raw: RawConnection, headers: list[tuple[str, str]], body: bytes, status: int
) -> None:
    stream = raw.open("RPC", *headers)
    raw.send(stream, length_prefixed(body, compressed=True))
    assert raw.response(stream).status == status
    assert raw.response(raw.call("RPC", encoded("echo", 1))).status == 0


# Many at once


def test_two_thousand_calls_share_a_connection(calls: CallMaker) -> None:
    asked = {index: f"{index} " + "x" * (index % 300) for index in range(2000)}
    running = {index: calls.rpc_future("context", text) for index, text in asked.items()}
    answers = {index: json.loads(call.result().result.data) for index, call in running.items()}
    assert {index: answer["argument"] for index, answer in answers.items()} == asked
    assert len({answer["peerAddress"] for answer in answers.values()}) == 1


def test_calls_that_wait_do_not_hold_up_others(calls: CallMaker, name: str) -> None:
    names = [f"{name} {index}" for index in range(90)]
    held = [calls.rpc_future("hold", each) for each in names]
    for each in names:
        assert calls.rpc("wait-held", each) == each
    for each in reversed(names):
        assert calls.rpc("release", each) == each
    assert [call.code() for call in held] == [grpc.StatusCode.OK] * len(held)


def test_paths_are_those_of_the_contract() -> None:
    assert path_of("RPC") == "/centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"
    assert len(UNARY_EVENTS) == 11


def test_a_failed_call_leaves_the_connection(calls: CallMaker) -> None:
    before = calls.rpc("context", "")["peerAddress"]
    failure(lambda: calls.rpc("status"))
    assert calls.rpc("context", "")["peerAddress"] == before
