"""Flow control of subscription streams: a slow reader delays only the handler that writes to it."""

import uuid
from collections.abc import Callable

import pytest
from calls import CallMaker, rpc_request
from probe import Probe
from raw_http2 import RawConnection
from streams import ACCEPTED, OK, UNAVAILABLE, both_ways, one_way, parsed, published, raw_rpc, until

TINY_WINDOW = 500
CANCEL = 8  # RFC 9113 §7
# What the probe's flood has, and what a stream of the server buffers at most: its limit and the message above it.
FLOOD_COUNT, FLOOD_SIZE = 1_000, 1_000
BUFFERED = 64 * 1024 + 2 * FLOOD_SIZE
# Larger than any window and any flood here.
ENOUGH = 8 * 1024 * 1024


@pytest.fixture
def name() -> str:
    """A name for a stream."""
    return uuid.uuid4().hex


def wrote(calls: CallMaker, name: str) -> int:
    """How many publications the handler has written."""
    count = calls.rpc("count", {"milestone": "wrote", "name": name, "count": 0})
    assert isinstance(count, int)
    return count


def numbers(messages: list[bytes]) -> list[int]:
    """The numbers of the publications after the first message."""
    first, *others = parsed(messages)
    assert first == ACCEPTED
    assert all(len(each.publication.data) == FLOOD_SIZE for each in others)
    return [int(each.publication.data[1:].split()[0]) for each in others]


@pytest.mark.parametrize("kind", ["one way", "both ways"])
def test_a_writer_waits_for_a_slow_reader(probe: Probe, calls: CallMaker, name: str, kind: str) -> None:
    with RawConnection(probe.port, window=TINY_WINDOW) as slow:
        opening = both_ways if kind == "both ways" else one_way
        stream = slow.subscribe(opening(f"flood:{name}"), both_ways=kind == "both ways")
        assert len(slow.received_bytes(stream, TINY_WINDOW)) == TINY_WINDOW
        # Others on the same connection go on, each in its own window.
        for number in range(200):
            assert raw_rpc(slow, "echo", number) == OK
        written = wrote(calls, name)
        assert 0 < written * FLOOD_SIZE <= TINY_WINDOW + BUFFERED
        assert len(slow.received(stream).body) == TINY_WINDOW

        # A few bytes remain a few bytes, in portions of any size.
        for _ in range(100):
            slow.grant(stream, 1)
        assert len(slow.received_bytes(stream, TINY_WINDOW + 100)) == TINY_WINDOW + 100
        assert raw_rpc(slow, "echo", 1) == OK
        assert len(slow.received(stream).body) == TINY_WINDOW + 100
        assert wrote(calls, name) * FLOOD_SIZE <= TINY_WINDOW + 100 + BUFFERED

        slow.grant(stream, ENOUGH)
        response = slow.response(stream)
        assert response.status == OK
        assert numbers(response.messages) == list(range(FLOOD_COUNT))
        assert wrote(calls, name) == FLOOD_COUNT


def test_a_closed_window_holds_even_the_first_message(probe: Probe, name: str) -> None:
    with RawConnection(probe.port, window=0) as slow:
        stream = slow.subscribe(one_way(f"flood:{name}"))
        until(lambda: bool(slow.received(stream).headers) or raw_rpc_with_window(slow) != OK)
        assert slow.received(stream).body == b""
        slow.grant(stream, ENOUGH)
        assert numbers(slow.response(stream).messages) == list(range(FLOOD_COUNT))


def raw_rpc_with_window(raw: RawConnection) -> int:
    """Runs a method on a connection that grants its streams nothing by itself."""
    stream = raw.call("RPC", rpc_request("echo", 1).SerializeToString())
    raw.grant(stream, ENOUGH)
    return raw.response(stream).status


def test_a_waiting_writer_is_cancelled(probe: Probe, calls: CallMaker, name: str) -> None:
    with RawConnection(probe.port, window=TINY_WINDOW) as slow:
        stream = slow.subscribe(both_ways(f"flood:{name}"), both_ways=True)
        assert len(slow.received_bytes(stream, TINY_WINDOW)) == TINY_WINDOW
        slow.reset(stream, CANCEL)
        # Nothing of it is left: a waiting writer would be woken by this and write on.
        slow.grant(stream, ENOUGH)
        assert raw_rpc_with_window(slow) == OK
        before = wrote(calls, name)
        assert wrote(calls, name) == before < FLOOD_COUNT


def test_a_waiting_writer_writes_on_after_a_half_close(probe: Probe, calls: CallMaker, name: str) -> None:
    with RawConnection(probe.port, window=TINY_WINDOW) as slow:
        stream = slow.subscribe(both_ways(f"flood:{name}"), both_ways=True)
        assert len(slow.received_bytes(stream, TINY_WINDOW)) == TINY_WINDOW
        slow.send(stream, b"")
        slow.grant(stream, ENOUGH)
        response = slow.response(stream)
        assert response.status == OK
        assert numbers(response.messages) == list(range(FLOOD_COUNT))


def test_a_slow_reader_of_a_channel_is_interrupted(probe: Probe, calls: CallMaker, name: str) -> None:
    with RawConnection(probe.port, window=TINY_WINDOW) as slow, RawConnection(probe.port) as quick:
        left, kept = (each.subscribe(one_way(f"hub:{name}")) for each in (slow, quick))
        for connection, stream in ((slow, left), (quick, kept)):
            assert parsed(connection.messages(stream)) == [ACCEPTED]
        # More than the stream buffers and the channel keeps for it.
        for _ in range(5):
            assert calls.rpc("publish", {"channel": name, "count": 100, "size": FLOOD_SIZE}) == 100
            quick.messages(kept, len(quick.received(kept).messages) + 100)
        until(lambda: calls.rpc("subscribers", name) == 1)
        assert not slow.received(left).ended
        slow.grant(left, ENOUGH)
        response = slow.response(left)
        assert response.status == UNAVAILABLE
        found = [number % 100 for number in numbers(response.messages)]
        assert found == [number % 100 for number in range(len(found))]
        assert len(numbers(quick.messages(kept, 501))) == 500


def test_a_handler_that_does_not_read_holds_its_client_back(
    probe: Probe, calls: CallMaker, raw: RawConnection, name: str
) -> None:
    # Together they have more than the window of the connection.
    names = [f"{name} {number}" for number in range(40)]
    streams = [raw.subscribe(both_ways(f"unread:{each}"), both_ways=True) for each in names]
    for each in names:
        assert calls.rpc("wait-held", each) == each
    piece = published(b'"' + b"x" * 1_000 + b'"')
    sent = {stream: 0 for stream in streams}
    for stream in streams:
        while True:
            # Whatever credit is under way has come before this answer.
            if raw.room(stream) < len(piece):
                assert raw_rpc(raw, "echo", 1) == OK
            if raw.room(stream) < len(piece):
                break
            raw.send(stream, piece, last=False)
            sent[stream] += 1
            assert sent[stream] * len(piece) < 1024 * 1024
    with RawConnection(probe.port) as other:
        assert raw_rpc(other, "echo", 1) == OK

    # As soon as it reads, its client may go on.
    assert calls.rpc("release", names[0]) == names[0]
    raw.send(streams[0], piece * 500 + published(b'"bye"'), last=False)
    response = raw.response(streams[0])
    assert response.status == OK
    assert len(response.messages) == 1 + sent[streams[0]] + 500
    for stream in streams[1:]:
        assert not raw.received(stream).ended


def test_many_slow_readers_hold_up_nobody(start_probe: Callable[..., Probe], name: str) -> None:
    probe = start_probe("--event-loops", "1")
    with CallMaker(probe) as calls, RawConnection(probe.port, window=TINY_WINDOW) as slow:
        streams = [slow.subscribe(one_way(f"flood:{name} {number}")) for number in range(100)]
        for stream in streams:
            slow.received_bytes(stream, TINY_WINDOW)
        assert calls.rpc("echo", 1) == 1
        for number, stream in enumerate(streams):
            assert wrote(calls, f"{name} {number}") * FLOOD_SIZE <= TINY_WINDOW + BUFFERED
            assert len(slow.received(stream).body) == TINY_WINDOW
        slow.grant(streams[-1], ENOUGH)
        assert numbers(slow.response(streams[-1]).messages) == list(range(FLOOD_COUNT))
