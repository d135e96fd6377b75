"""Subscription streams when the server leaves: they end so that clients subscribe again, and not all at once."""

import signal
import time
import uuid
from collections.abc import Callable

import grpc
import pytest
from calls import SECONDS, CallMaker, failure, rpc_request
from probe import Probe
from raw_http2 import RawConnection
from streams import ACCEPTED, OK, UNAVAILABLE, Conversation, one_way, open_many, parsed, raw_rpc, subscription

STREAMS = 1_000


@pytest.fixture
def name() -> str:
    """A name for a channel or for calls."""
    return uuid.uuid4().hex


def endings(raw: RawConnection, streams: list[int], began: float) -> list[float]:
    """Waits until all streams have ended with UNAVAILABLE in trailers; returns after how many seconds each did."""
    seconds: dict[int, float] = {}
    waiting = set(streams)
    while waiting:
        raw.receive()
        ended = {stream for stream in waiting if raw.received(stream).ended}
        seconds |= dict.fromkeys(ended, time.monotonic() - began)
        waiting -= ended
    for stream in streams:
        response = raw.received(stream)
        assert (response.status, response.reset) == (UNAVAILABLE, None)
        assert parsed(response.messages) == [ACCEPTED]
    return sorted(seconds.values())


# Hostile input: sigterm.
def test_streams_end_unavailable_one_after_the_other(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--stream-drain-window", "1")
    with CallMaker(probe) as calls, RawConnection(probe.port) as raw:
        streams = open_many(raw, f"hub:{name}", STREAMS // 2) + open_many(raw, f"hold:{name}", STREAMS // 2)
        held = {"milestone": "held", "name": name, "count": STREAMS // 2}
        assert calls.rpc("wait-many", held) == STREAMS // 2
        in_flight = raw.call("RPC", rpc_request("hold", f"{name} unary").SerializeToString())
        assert calls.rpc("wait-held", f"{name} unary") == f"{name} unary"

        began = time.monotonic()
        probe.send(signal.SIGTERM)
        assert raw.going_away() == 0
        seconds = endings(raw, streams, began)
        # Evenly over the window: a tenth of the streams cannot all be missing from either end of it.
        assert seconds[STREAMS // 10] < 0.5
        assert seconds[-STREAMS // 10] > 0.5
        assert seconds[-1] - seconds[0] > 0.5

        assert not raw.received(in_flight).ended
        probe.send(signal.SIGUSR1)  # The probe releases all calls that it holds.
        assert raw.response(in_flight).status == OK
        raw.closed()
        assert probe.exit_status() == 0


def test_a_client_library_sees_unavailable_too(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--stream-drain-window", "0.5")
    with CallMaker(probe) as calls, Conversation(calls, f"echo:{name}") as conversation:
        one_ways = [
            calls.stub.SubscribeUnidirectional(subscription(f"{verb}:{name}"), timeout=SECONDS)
            for verb in ("hub", "hold")
            for _ in range(50)
        ]
        for call in one_ways:
            assert next(call) == ACCEPTED
        probe.send(signal.SIGTERM)
        for call in [*one_ways, conversation.call]:
            assert failure(lambda call=call: next(call)).code() is grpc.StatusCode.UNAVAILABLE
        assert probe.exit_status() == 0


def test_streams_that_are_not_decided_end_with_the_grace_period(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--stream-drain-window", "0.1", "--grace-period", "1")
    with CallMaker(probe) as calls, RawConnection(probe.port) as raw:
        stream = raw.subscribe(one_way(f"undecided:{name}"))
        assert calls.rpc("wait-held", name) == name
        probe.send(signal.SIGTERM)
        assert raw.response(stream).status == UNAVAILABLE
        raw.closed()
        assert probe.exit_status() == 0


def test_a_stream_that_is_accepted_late_ends_too(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--stream-drain-window", "0.1")
    with CallMaker(probe) as calls, RawConnection(probe.port) as raw:
        stream = raw.subscribe(one_way(f"undecided:{name}"))
        assert calls.rpc("wait-held", name) == name
        probe.send(signal.SIGTERM)
        assert raw.going_away() == 0
        probe.send(signal.SIGUSR1)
        # After the first message the verb means nothing: the handler is done at once, unless the stream ends before.
        response = raw.response(stream)
        assert parsed(response.messages) == [ACCEPTED]
        assert response.status in {OK, UNAVAILABLE}
        assert probe.exit_status() == 0


def test_the_end_of_the_grace_period_is_the_end_of_streams(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--stream-drain-window", "60", "--grace-period", "1")
    with RawConnection(probe.port) as raw:
        streams = open_many(raw, f"hub:{name}", STREAMS)
        probe.send(signal.SIGTERM)
        endings(raw, streams, time.monotonic())
        raw.closed()
        assert probe.exit_status() == 0


def test_an_old_connection_is_left(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--max-connection-age", "1", "--stream-drain-window", "0.5")
    with RawConnection(probe.port) as raw:
        began = time.monotonic()
        streams = open_many(raw, f"hub:{name}", 50) + open_many(raw, f"hold:{name}", 50)
        assert raw.going_away() == 0
        assert time.monotonic() - began > 0.8
        endings(raw, streams, began)
        raw.closed()
    with RawConnection(probe.port) as fresh:
        assert raw_rpc(fresh, "echo", 1) == OK
        assert len(open_many(fresh, f"hub:{name}", 10)) == 10
