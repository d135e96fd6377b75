"""Streams whose handlers run on threads of their own, and so reach their event loops from outside."""

from collections.abc import Iterator

import grpc
import pytest
from calls import SECONDS, CallMaker
from probe import Probe
from raw_http2 import RawConnection
from streams import ACCEPTED, CANCEL, OK, UNAVAILABLE, Conversation, both_ways, one_way, open_many, parsed, subscription


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """A server with the global executor."""
    with Probe(tmp_path_factory.mktemp("global") / "log", "--global-executor") as server:
        yield server


def test_publications_come_in_order(calls: CallMaker) -> None:
    first, *others = call = calls.stub.SubscribeUnidirectional(subscription("count:20000"), timeout=SECONDS)
    assert first == ACCEPTED
    assert [int(each.publication.data) for each in others] == list(range(20_000))
    assert call.code() is grpc.StatusCode.OK


def test_publications_go_both_ways(calls: CallMaker) -> None:
    with Conversation(calls, "echo:global") as stream:
        for number in range(1000):
            stream.publish(str(number).encode())
        assert [int(next(stream.incoming).publication.data) for _ in range(1000)] == list(range(1000))
        stream.publish(b'"bye"')
        assert list(stream.incoming) == []
        assert stream.call.code() is grpc.StatusCode.OK


def test_a_writer_waits_for_a_slow_reader(probe: Probe, calls: CallMaker) -> None:
    with RawConnection(probe.port, window=500) as slow:
        stream = slow.subscribe(one_way("flood:slow"))
        assert len(slow.received_bytes(stream, 500)) == 500
        assert calls.rpc("count", {"milestone": "wrote", "name": "slow", "count": 0}) < 100
        slow.grant(stream, 8 * 1024 * 1024)
        response = slow.response(stream)
        assert response.status == OK
        assert len(response.messages) == 1001


def test_cancelled_tasks_stop_reading_and_writing(probe: Probe, raw: RawConnection) -> None:
    assert raw.response(raw.subscribe(both_ways("first-of-two"), both_ways=True)).status == OK
    with RawConnection(probe.port, window=100) as slow:
        stream = slow.subscribe(one_way("flood-beside-another"))
        slow.grant(stream, 10_000_000)
        assert slow.response(stream).status == OK


def test_a_thousand_resets_are_a_thousand_cancellations(calls: CallMaker, raw: RawConnection) -> None:
    streams = open_many(raw, "hold:many", 1000)
    assert calls.rpc("wait-many", {"milestone": "held", "name": "many", "count": 1000}) == 1000
    for stream in streams:
        raw.reset(stream, CANCEL)
    assert calls.rpc("wait-many", {"milestone": "cancelled", "name": "many", "count": 1000}) == 1000


@pytest.mark.parametrize(("end", "status"), [("finished", OK), ("interrupted", UNAVAILABLE), ("error", UNAVAILABLE)])
def test_a_stream_ends_as_its_handler_says(raw: RawConnection, end: str, status: int) -> None:
    response = raw.response(raw.subscribe(one_way(f"end:{end}")))
    assert len(parsed(response.messages)) == 2
    assert response.status == status
