"""Tens of thousands of streams on one connection, and how their normal end differs from an attack."""

import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from calls import CallMaker, rpc_request
from hyperframe.frame import RstStreamFrame
from probe import Probe
from raw_http2 import RawConnection
from streams import (
    ACCEPTED,
    CANCEL,
    DEADLINE_EXCEEDED,
    ENHANCE_YOUR_CALM,
    OK,
    one_way,
    open_many,
    parsed,
    raw_rpc,
)

MANY = 10_000


@pytest.fixture
def name() -> str:
    """A name for a channel or for calls."""
    return uuid.uuid4().hex


def age(raw: RawConnection, name: str) -> None:
    """Waits until all streams are older than those that an attacker resets: a call's deadline passes meanwhile."""
    message = rpc_request("hold", f"{name} ages").SerializeToString()
    assert raw.response(raw.call("RPC", message, ("grpc-timeout", "30m"))).status == DEADLINE_EXCEEDED


def test_ten_thousand_streams_get_what_is_published(calls: CallMaker, raw: RawConnection, name: str) -> None:
    streams = open_many(raw, f"hub:{name}", MANY)
    assert calls.rpc("subscribers", name) == MANY
    assert calls.rpc("publish", {"channel": name, "count": 2, "size": 100}) == 2
    for stream in streams:
        first, *others = parsed(raw.messages(stream, 3))
        assert first == ACCEPTED
        assert [each.publication.data[:3] for each in others] == [b'"0 ', b'"1 ']
    assert raw_rpc(raw, "echo", 1) == OK


# Hostile input: old-stream-resets.
@pytest.mark.parametrize("verb", ["hub", "hold"])
def test_ten_thousand_resets_are_ten_thousand_cancellations(
    calls: CallMaker, raw: RawConnection, name: str, verb: str
) -> None:
    streams = open_many(raw, f"{verb}:{name}", MANY)
    kept = open_many(raw, f"hub:{name} kept", 10)
    if verb == "hold":
        held = {"milestone": "held", "name": name, "count": MANY}
        assert calls.rpc("wait-many", held) == MANY
    age(raw, name)
    raw.send_frames([RstStreamFrame(stream, error_code=CANCEL) for stream in streams])
    if verb == "hold":
        cancelled = {"milestone": "cancelled", "name": name, "count": MANY}
        assert calls.rpc("wait-many", cancelled) == MANY
    # The connection has read everything that was sent before this call.
    assert raw_rpc(raw, "echo", 1) == OK
    assert calls.rpc("subscribers", name) == 0
    assert calls.rpc("publish", {"channel": f"{name} kept", "count": 1, "size": 10}) == 1
    for stream in kept:
        assert len(raw.messages(stream, 2)) == 2
        assert not raw.received(stream).ended
    assert len(open_many(raw, f"{verb}:{name}", 100)) == 100


# Hostile input: rapid-reset.
@pytest.mark.parametrize("event", ["SubscribeUnidirectional", "SubscribeBidirectional", "RPC"])
def test_resets_right_behind_their_headers_end_the_connection(
    start_probe: Callable[..., Probe], name: str, event: str
) -> None:
    probe = start_probe("--event-loops", "1")
    with RawConnection(probe.port) as good, RawConnection(probe.port) as bad:
        kept = good.subscribe(one_way(f"hub:{name}"))
        assert parsed(good.messages(kept)) == [ACCEPTED]
        frames = []
        for _ in range(20_000):
            stream, headers = bad.new_stream(event)
            frames += [headers, RstStreamFrame(stream, error_code=CANCEL)]
        # The connection may be closed before the last ones are sent.
        with suppress(ConnectionError):
            bad.send_frames(frames)
        assert bad.going_away() == ENHANCE_YOUR_CALM
        with CallMaker(probe) as calls:
            assert calls.rpc("publish", {"channel": name, "count": 1, "size": 10}) == 1
        assert len(good.messages(kept, 2)) == 2
        assert raw_rpc(good, "echo", 1) == OK


def test_calls_that_run_into_their_deadlines_do_no_harm(calls: CallMaker, raw: RawConnection, name: str) -> None:
    kept = raw.subscribe(one_way(f"hub:{name}"))
    assert parsed(raw.messages(kept)) == [ACCEPTED]
    total = 0
    for _ in range(8):
        message = rpc_request("hold", name).SerializeToString()
        streams = [raw.call("RPC", message) for _ in range(500)]
        total += len(streams)
        assert calls.rpc("wait-many", {"milestone": "held", "name": name, "count": total}) == total
        age(raw, name)
        raw.send_frames([RstStreamFrame(stream, error_code=CANCEL) for stream in streams])
        assert calls.rpc("wait-many", {"milestone": "cancelled", "name": name, "count": total}) == total
    # The server answers the deadline itself, and the peer's reset crosses the answer.
    for _ in range(4):
        streams = [raw.call("RPC", message, ("grpc-timeout", "50m")) for _ in range(500)]
        assert {raw.response(stream).status for stream in streams} == {DEADLINE_EXCEEDED}
        raw.send_frames([RstStreamFrame(stream, error_code=CANCEL) for stream in streams])
    assert raw_rpc(raw, "echo", 1) == OK
    assert not raw.received(kept).ended
