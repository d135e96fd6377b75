"""Header lists that cost their peer a few bytes, and decode to kilobytes that the server keeps."""

import re
import time
import uuid
from collections.abc import Callable

import pytest
from calls import rpc_request
from frames import (
    NO_ERROR,
    COMPRESSION_ERROR,
    CONTINUATION,
    END_HEADERS,
    ENHANCE_YOUR_CALM,
    HEADERS,
    LARGEST_FRAME,
    REFUSED_STREAM,
    TabledRequest,
    data,
    frame,
    integer,
    request_block,
    streams,
)
from peer import Peer
from raw_http2 import length_prefixed
from siege import MAX_MEMORY, MIB, Siege, resident
from streams import DEADLINE_EXCEEDED, OK, UNAVAILABLE, one_way

Withstand = Callable[..., None]

RESOURCE_EXHAUSTED = 8
ECHO = rpc_request("echo", 1).SerializeToString()
PORTION = 1_000
# Just below the largest list that the server remembers, and below the largest that it takes.
REMEMBERED, LARGEST = 4_000, 65_000
# Longer than any attack here: what the server ends for its age is no longer an attack on its memory.
PATIENT = ("--first-message-timeout", "120")
# Longer than the others' 20 seconds.
SLOW_SECONDS = 60
# A line of a kind in this time.
LOG_SECONDS = 10


def limits(memory: int) -> tuple[str, ...]:
    """The probe's option for that limit."""
    return ("--max-connection-memory", str(memory))


# Hostile input: header-lists-evicted.
@pytest.mark.parametrize("memory", [MAX_MEMORY, 64 * MIB], ids=lambda memory: f"{memory // MIB}_MiB")
@pytest.mark.parametrize(("size", "count"), [(REMEMBERED, 250_000), (LARGEST, 50_000)], ids=["remembered", "larger"])
def test_half_open_calls_with_lists_of_their_own(
    withstand: Withstand, start_siege: Callable[..., Siege], size: int, count: int, memory: int
) -> None:
    """The ring of remembered lists evicts one with each call, and lists above its limit never get there."""
    tabled = TabledRequest(size=size)

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            opened = streams(count)
            bad.send(tabled.first(1))
            for start in range(1, count, PORTION):
                bad.send(b"".join(tabled.later(stream, b"%06d" % stream) for stream in opened[start : start + PORTION]))
                if bad.closed or bad.goaway:
                    break
            bad.next_stream = opened.stop
            lives = bad.fence(seconds=SLOW_SECONDS)
            assert {*bad.resets.values()} <= {REFUSED_STREAM}
            assert {*bad.statuses.values()} <= {DEADLINE_EXCEEDED, UNAVAILABLE}
            assert lives or bad.goaway == ENHANCE_YOUR_CALM

    withstand(attack, siege=start_siege(*limits(memory)), peak=resident(memory), settle_seconds=20)


METADATA_STREAMS = 50_000


# Hostile input: metadata-held.
@pytest.mark.parametrize(
    ("verb", "differs", "memory"),
    [("hub", False, MAX_MEMORY), ("hub", True, MAX_MEMORY), ("hub", True, 64 * MIB), ("undecided", True, MAX_MEMORY)],
    ids=["the_same_list", "lists_of_their_own", "lists_of_their_own_and_64_MiB", "that_no_handler_decides"],
)
def test_open_subscriptions_with_metadata(
    withstand: Withstand, start_siege: Callable[..., Siege], verb: str, differs: bool, memory: int
) -> None:
    """64 KB of metadata each, which belong to the subscription as long as it is open."""
    event = "SubscribeUnidirectional"
    tabled = TabledRequest(event, LARGEST)

    def attack(siege: Siege) -> None:
        channel = uuid.uuid4().hex
        body = length_prefixed(one_way(f"{verb}:{channel}"))
        with Peer(siege.port, decodes=False) as bad:
            opened = streams(METADATA_STREAMS)

            def portion(start: int) -> bytes:
                return b"".join(
                    tabled.later(stream, b"%06d" % stream if differs else b"") + data(stream, body)
                    for stream in opened[start : start + PORTION]
                )

            bad.send(tabled.first(1) + data(1, body))
            bad.flood((portion(start), PORTION * len(body)) for start in range(1, len(opened), PORTION))
            if not bad.fence(seconds=SLOW_SECONDS):
                assert bad.goaway == ENHANCE_YOUR_CALM
                return
            # Without the decoder there are no statuses, but what was reset is known. NO_ERROR is after UNAVAILABLE, on a
            # stream that its peer has not ended.
            assert {*bad.resets.values()} <= {NO_ERROR, REFUSED_STREAM}
            if verb == "hub":
                accepted = {*bad.bodies} - bad.ended
                assert len(accepted) >= memory // MIB, "the server takes next to nothing"
                bad.bodies.clear()
                with Peer(siege.port) as control:
                    publish = rpc_request("publish", {"channel": channel, "count": 1, "size": 10})
                    assert control.call(publish.SerializeToString()) == OK
                assert bad.wait(lambda: accepted <= {*bad.bodies}), "an open subscription lost its publication"

    options = [*limits(memory), *PATIENT]
    withstand(attack, siege=start_siege(*options), peak=resident(memory), rounds=2, settle_seconds=20)


# RFC 7541 Appendix B: eight times the five bits of "a" in five bytes.
HUFFMAN_AS = bytes.fromhex("18c6318c63")
# Above what nghttp2 takes of one field, 65,536 bytes as they are on the wire.
LARGE_FIELDS = {
    "name": b"\0" + integer(70_000, 7) + b"n" * 70_000 + b"\0",
    "value": b"\0\1n" + integer(70_000, 7) + b"x" * 70_000,
    "value_by_huffman": b"\0\1n" + integer(70_000, 7, 0x80) + HUFFMAN_AS * 14_000,
}


def in_frames(stream: int, block: bytes) -> bytes:
    """A header block in as many frames as it takes."""
    pieces = [block[start : start + LARGEST_FRAME] for start in range(0, len(block), LARGEST_FRAME)]
    last = len(pieces) - 1
    return b"".join(
        frame(CONTINUATION if number else HEADERS, END_HEADERS if number == last else 0, stream, piece)
        for number, piece in enumerate(pieces)
    )


# Hostile input: field-too-large.
@pytest.mark.parametrize("kind", LARGE_FIELDS)
def test_a_field_too_large(withstand: Withstand, start_siege: Callable[..., Siege], kind: str) -> None:
    """Ends the connection, since HPACK's state is lost, and says why: to the peer, and every ten seconds in the log."""
    sent = in_frames(1, request_block() + LARGE_FIELDS[kind])
    siege = start_siege()
    began = time.monotonic()

    def attack(siege: Siege) -> None:
        for _ in range(200):
            with Peer(siege.port) as bad:
                bad.send(sent)
                assert bad.wait_closed() == COMPRESSION_ERROR
                assert bad.goaway_text, "the peer is not told why"

    withstand(attack, siege=siege, peak=32 * MIB)
    lines = [line for line in siege.server.log().splitlines() if re.search("header field|65,?536", line)]
    intervals = (time.monotonic() - began) / LOG_SECONDS
    assert 1 <= len(lines) <= 2 + intervals, f"the log says {siege.server.log()}"


# Hostile input: header-list-too-large.
def test_a_field_that_is_too_large_when_it_is_decoded(withstand: Withstand) -> None:
    """Below nghttp2's limit on the wire and, once decoded, above the list's limit: one call is refused."""
    block = request_block() + b"\0\1n" + integer(45_000, 7, 0x80) + HUFFMAN_AS * 9_000
    sent = b"".join(in_frames(stream, block) for stream in streams(100))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            assert bad.wait(lambda: {*streams(100)} <= bad.ended)
            assert {*bad.statuses.values()} == {RESOURCE_EXHAUSTED}
            bad.next_stream = 201
            assert bad.call(ECHO) == OK

    withstand(attack, peak=16 * MIB)
