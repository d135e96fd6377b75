"""Subscription streams of both kinds: the first message, publications, and how they end."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import proxy_pb2 as pb
import pytest
from calls import SECONDS, CallMaker, failure
from hyperframe.frame import DataFrame
from messages import ENCODINGS, EXPIRE_AT, echo, filled, payload, take_json, take_sample
from probe import Probe
from raw_http2 import RawConnection, length_prefixed
from streams import (
    ACCEPTED,
    CANCEL,
    DEADLINE_EXCEEDED,
    INTERNAL,
    OK,
    UNAVAILABLE,
    Conversation,
    both_ways,
    one_way,
    opening,
    parsed,
    published,
    raw_rpc,
    subscription,
)
from test_events import FILTER, OVERRIDE

KINDS = ["one way", "both ways"]
each_encoding = pytest.mark.parametrize("encoding", ENCODINGS)
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def name() -> str:
    """A name for a stream."""
    return uuid.uuid4().hex


def start(calls: CallMaker, kind: str, request: pb.SubscribeRequest, **options: Any) -> Any:
    """Opens a stream on which the client only listens."""
    if kind == "one way":
        return calls.stub.SubscribeUnidirectional(request, timeout=SECONDS, **options)

    def outgoing() -> Iterator[pb.StreamSubscribeRequest]:
        yield pb.StreamSubscribeRequest(subscribe_request=request)
        # Centrifugo never ends its side, and so neither does this while the stream lives.
        ended.wait(SECONDS)

    ended = threading.Event()
    call = calls.stub.SubscribeBidirectional(outgoing(), timeout=SECONDS, **options)
    call.add_callback(ended.set)
    return call


# The first message


@each_kind
@each_encoding
def test_the_first_message_is_the_result(calls: CallMaker, kind: str, encoding: str) -> None:
    request = filled("Subscribe", encoding, payload(encoding, 100))
    request.channel = "fields"
    call = start(calls, kind, request)
    (first,) = call
    assert call.code() is grpc.StatusCode.OK
    assert [field.name for field, _ in first.ListFields()] == ["subscribe_response"]
    response = first.subscribe_response
    assert [field.name for field, _ in response.ListFields()] == ["result"]
    take_sample(response.result, "info", encoding)
    assert take_json(response.result, "data", encoding) == echo(request)
    assert response.result == pb.SubscribeResult(
        expire_at=EXPIRE_AT, override=OVERRIDE, allow=["sub", "pub"], server_tags_filter=FILTER
    )


@each_kind
@pytest.mark.parametrize(
    ("refusal", "response"),
    [
        ("error", pb.SubscribeResponse(error=pb.Error(code=1200, message="refused ✓", temporary=True))),
        ("disconnect", pb.SubscribeResponse(disconnect=pb.Disconnect(code=4600, reason="refused"))),
    ],
)
def test_a_refusal_is_the_first_message_and_the_last(
    calls: CallMaker, kind: str, refusal: str, response: pb.SubscribeResponse
) -> None:
    call = start(calls, kind, subscription(refusal))
    assert list(call) == [pb.StreamSubscribeResponse(subscribe_response=response)]
    assert call.code() is grpc.StatusCode.OK


@each_kind
def test_a_refusal_ends_the_stream_at_once(raw: RawConnection, kind: str) -> None:
    stream = raw.subscribe(opening(kind, "error"), both_ways=kind == "both ways")
    response = raw.response(stream)
    assert (response.headers[":status"], response.status, len(response.messages)) == ("200", OK, 1)


@each_kind
def test_a_status_is_the_status_of_the_stream(calls: CallMaker, kind: str) -> None:
    error = failure(lambda: list(start(calls, kind, subscription("status"))))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.details() == "100% too much ✓\nfor now"


@each_kind
def test_an_unknown_error_stays_in_the_log(calls: CallMaker, probe: Probe, kind: str) -> None:
    error = failure(lambda: list(start(calls, kind, subscription(f"unknown before {kind}"))))
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert "secret" not in repr(error)
    assert f"the secret of unknown before {kind}" in probe.log()


def test_a_bidirectional_stream_begins_with_its_request(raw: RawConnection) -> None:
    stream = raw.open("SubscribeBidirectional")
    raw.send(stream, published(b'"too early"'), last=False)
    assert raw.response(stream).status == INTERNAL
    assert raw_rpc(raw, "echo", 1) == OK


@each_kind
@pytest.mark.parametrize("message", [b"", length_prefixed(b"\x0a\x05cut"), length_prefixed(b"", compressed=True)])
def test_a_broken_request_is_internal(raw: RawConnection, kind: str, message: bytes) -> None:
    stream = raw.open("SubscribeBidirectional" if kind == "both ways" else "SubscribeUnidirectional")
    raw.send(stream, message)
    assert raw.response(stream).status == INTERNAL
    assert raw_rpc(raw, "echo", 1) == OK


# Publications


@each_kind
def test_publications_come_in_order(calls: CallMaker, kind: str) -> None:
    first, *others = call = start(calls, kind, subscription("count:20000"))
    assert first == ACCEPTED
    assert [int(each.publication.data) for each in others] == list(range(20_000))
    assert all(dict(each.publication.tags) == {"number": each.publication.data.decode()} for each in others)


def test_a_publication_that_is_no_json_interrupts_a_json_client(calls: CallMaker) -> None:
    call = start(calls, "one way", subscription("not-json"))
    assert next(call) == ACCEPTED
    assert failure(lambda: next(call)).code() is grpc.StatusCode.UNAVAILABLE
    binary = list(start(calls, "one way", subscription("not-json", "binary")))
    assert binary[1:] == [pb.StreamSubscribeResponse(publication=pb.Publication(data=b"{"))]


@pytest.mark.parametrize("size", [2, 70_000, 300_000])
def test_publications_go_both_ways(calls: CallMaker, name: str, size: int) -> None:
    with Conversation(calls, f"echo:{name}") as stream:
        for number in range(3):
            data = b'"' + str(number).encode() * (size - 2) + b'"'
            stream.publish(data, tag="value ✓")
            answer = pb.Publication(data=data, tags={"tag": "value ✓", "number": str(number)})
            assert next(stream.incoming) == pb.StreamSubscribeResponse(publication=answer)
        stream.publish(b'"bye"')
        assert list(stream.incoming) == []
        assert stream.call.code() is grpc.StatusCode.OK


def test_a_thousand_publications_come_back_in_order(calls: CallMaker, name: str) -> None:
    with Conversation(calls, f"echo:{name}") as stream:
        for number in range(1000):
            stream.publish(str(number).encode())
        answers = [next(stream.incoming).publication for _ in range(1000)]
        assert [(int(each.data), int(each.tags["number"])) for each in answers] == [(n, n) for n in range(1000)]


@each_kind
def test_messages_of_a_stream_may_be_compressed(probe: Probe, name: str, kind: str) -> None:
    with CallMaker(probe, compression=grpc.Compression.Gzip) as calls:
        request = filled("Subscribe", "json", payload("json", 10_000))
        request.channel = "fields"
        (first,) = start(calls, kind, request)
        assert take_json(first.subscribe_response.result, "data", "json") == echo(request)
        with Conversation(calls, f"echo:{name}") as stream:
            for data in (b"1", b'"' + b"x" * 100_000 + b'"'):
                stream.publish(data)
                assert next(stream.incoming).publication.data == data


def test_a_publication_may_come_in_single_bytes(raw: RawConnection, name: str) -> None:
    stream = raw.subscribe(both_ways(f"echo:{name}"), both_ways=True)
    for byte in published(b'"piece by piece"'):
        raw.send(stream, bytes([byte]), last=False)
    assert parsed(raw.messages(stream, 2))[1].publication.data == b'"piece by piece"'


def test_a_broken_publication_ends_the_stream(calls: CallMaker, raw: RawConnection, name: str) -> None:
    stream = raw.subscribe(both_ways(f"echo:{name}"), both_ways=True)
    raw.send(stream, length_prefixed(b"\x12\x05cut"), last=False)
    assert raw.response(stream).status == INTERNAL
    assert calls.rpc("wait-cancelled", name) == name
    assert raw_rpc(raw, "echo", 1) == OK


def test_a_client_of_a_channel_hears_the_others(calls: CallMaker, name: str) -> None:
    with Conversation(calls, f"hub:{name}") as one, Conversation(calls, f"hub:{name}") as other:
        one.publish(b'"from one"', tag="1")
        other.publish(b'"from other"')
        expected = {b'"from one"', b'"from other"'}
        for stream in (one, other):
            assert {next(stream.incoming).publication.data for _ in expected} == expected


# The end


@each_kind
@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("finished", OK),
        ("interrupted", UNAVAILABLE),
        ("error", UNAVAILABLE),
        ("disconnect", UNAVAILABLE),
        ("status", 8),
        ("ok-status", 2),
    ],
)
def test_a_stream_ends_as_its_handler_says(raw: RawConnection, kind: str, end: str, status: int) -> None:
    response = raw.response(raw.subscribe(opening(kind, f"end:{end}"), both_ways=kind == "both ways"))
    last = pb.StreamSubscribeResponse(publication=pb.Publication(data=b'"the last"'))
    assert parsed(response.messages) == [ACCEPTED, last]
    assert response.status == status
    assert "refused" not in repr(response.trailers)


@each_kind
def test_a_thrown_error_stays_in_the_log(calls: CallMaker, probe: Probe, kind: str) -> None:
    call = start(calls, kind, subscription(f"end:unknown after {kind}"))
    assert next(call) == ACCEPTED
    assert next(call).publication.data == b'"the last"'
    error = failure(lambda: next(call))
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert "secret" not in repr(error)
    assert f"the secret of unknown after {kind}" in probe.log()


def test_a_cancelled_reader_stops_reading(raw: RawConnection) -> None:
    response = raw.response(raw.subscribe(both_ways("first-of-two"), both_ways=True))
    assert parsed(response.messages) == [ACCEPTED]
    assert response.status == OK


def test_a_cancelled_writer_stops_waiting(probe: Probe) -> None:
    with RawConnection(probe.port, window=100) as slow:
        stream = slow.subscribe(one_way("flood-beside-another"))
        assert len(slow.received_bytes(stream, 100)) == 100
        slow.grant(stream, 10_000_000)
        assert slow.response(stream).status == OK


@each_kind
def test_a_client_that_leaves_cancels_the_task(calls: CallMaker, kind: str, name: str) -> None:
    call = start(calls, kind, subscription(f"hold:{name}"))
    assert next(call) == ACCEPTED
    assert calls.rpc("wait-held", name) == name
    call.cancel()
    assert calls.rpc("wait-cancelled", name) == name


@each_kind
def test_a_client_that_leaves_early_cancels_the_handler(calls: CallMaker, kind: str, name: str) -> None:
    call = start(calls, kind, subscription(f"undecided:{name}"))
    assert calls.rpc("wait-held", name) == name
    call.cancel()
    assert calls.rpc("wait-cancelled", name) == name


@each_kind
def test_a_lost_connection_cancels_the_task(calls: CallMaker, raw: RawConnection, kind: str, name: str) -> None:
    raw.subscribe(opening(kind, f"hold:{name}"), both_ways=kind == "both ways")
    assert calls.rpc("wait-held", name) == name
    raw.close()
    assert calls.rpc("wait-cancelled", name) == name


def test_a_reset_ends_the_clients_publications(calls: CallMaker, raw: RawConnection, name: str) -> None:
    stream = raw.subscribe(both_ways(f"echo:{name}"), both_ways=True)
    assert parsed(raw.messages(stream)) == [ACCEPTED]
    raw.reset(stream, CANCEL)
    assert calls.rpc("wait-cancelled", name) == name


def test_a_one_way_stream_outlives_the_half_close(calls: CallMaker, raw: RawConnection, name: str) -> None:
    stream = raw.subscribe(one_way(f"hold:{name}"))
    assert calls.rpc("wait-held", name) == name
    assert raw_rpc(raw, "release", name) == OK
    assert raw.response(stream).status == OK
    assert calls.rpc("count", {"milestone": "cancelled", "name": name, "count": 0}) == 0


# Hostile input: half-close.
def test_a_half_close_ends_the_clients_publications_and_nothing_else(
    calls: CallMaker, raw: RawConnection, name: str
) -> None:
    stream, head = raw.new_stream("SubscribeBidirectional")
    body = length_prefixed(both_ways(f"echo:{name}")) + b"".join(published(b"%d" % number) for number in range(3))
    raw.send_frames([head, DataFrame(stream, body, flags=["END_STREAM"])])
    response = raw.response(stream)
    first, *others = parsed(response.messages)
    assert first == ACCEPTED
    assert [each.publication.data for each in others] == [b"0", b"1", b"2"]
    # What the handler returns after the last one.
    assert response.status == UNAVAILABLE
    with Conversation(calls, f"echo:{name}") as other:
        other.publish(b"3")
        other.half_close()
        assert next(other.incoming).publication.data == b"3"
        assert failure(lambda: list(other.incoming)).code() is grpc.StatusCode.UNAVAILABLE
    assert calls.rpc("count", {"milestone": "cancelled", "name": name, "count": 0}) == 0


# Hostile input: half-close, cut-message.
def test_a_half_close_inside_a_message_is_internal(raw: RawConnection, name: str) -> None:
    stream, head = raw.new_stream("SubscribeBidirectional")
    body = length_prefixed(both_ways(f"echo:{name}")) + published(b"1") + published(b"2")[:-1]
    raw.send_frames([head, DataFrame(stream, body, flags=["END_STREAM"])])
    response = raw.response(stream)
    assert [each.publication.data for each in parsed(response.messages)[1:]] == [b"1"]
    assert response.status == INTERNAL
    assert raw_rpc(raw, "echo", 1) == OK


# Deadlines


@each_kind
def test_a_deadline_ends_a_stream(calls: CallMaker, raw: RawConnection, kind: str, name: str) -> None:
    message = opening(kind, f"hold:{name}")
    response = raw.response(raw.subscribe(message, ("grpc-timeout", "200m"), both_ways=kind == "both ways"))
    assert parsed(response.messages) == [ACCEPTED]
    assert response.status == DEADLINE_EXCEEDED
    assert calls.rpc("wait-cancelled", name) == name


class TestFirstMessageTimeout:
    """A server that allows its handlers 300 ms to accept or refuse."""

    @pytest.fixture
    def probe(self, start_probe: Any) -> Probe:
        """The server."""
        found = start_probe("--first-message-timeout", "0.3")
        assert isinstance(found, Probe)
        return found

    @each_kind
    def test_no_decision_is_deadline_exceeded(
        self, calls: CallMaker, raw: RawConnection, kind: str, name: str
    ) -> None:
        response = raw.response(raw.subscribe(opening(kind, f"undecided:{name}"), both_ways=kind == "both ways"))
        assert (response.body, response.status) == (b"", DEADLINE_EXCEEDED)
        assert calls.rpc("wait-cancelled", name) == name

    @each_kind
    def test_no_request_is_deadline_exceeded(self, raw: RawConnection, kind: str) -> None:
        event = "SubscribeBidirectional" if kind == "both ways" else "SubscribeUnidirectional"
        assert raw.response(raw.open(event)).status == DEADLINE_EXCEEDED
        assert raw_rpc(raw, "echo", 1) == OK

    def test_an_accepted_stream_goes_on(self, calls: CallMaker, raw: RawConnection, name: str) -> None:
        kept = raw.subscribe(one_way(f"hold:{name}"))
        # Opened later, and so timed out later than the first would be.
        assert raw.response(raw.subscribe(one_way(f"undecided:{name} 2"))).status == DEADLINE_EXCEEDED
        assert not raw.received(kept).ended
        assert calls.rpc("release", name) == name
        assert raw.response(kept).status == OK
