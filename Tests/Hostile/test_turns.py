"""Small requests that cause much work: other calls on the event loop do not wait for it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

import proxy_pb2 as pb
import pytest
from frames import NO_ERROR, data, headers, request_block, streams
from google.protobuf.message import Message
from peer import Peer
from raw_http2 import length_prefixed
from siege import MAX_MEMORY, MIB, Siege, resident
from streams import OK, both_ways

Withstand = Callable[..., None]

RESOURCE_EXHAUSTED = 8
GZIP = ("grpc-encoding", "gzip")
# What the victim may notice.
P99_SECONDS, SLOWEST_SECONDS = 0.05, 0.25
# The server's defaults of `maxRequestSize` and `maxMessageElements`.
MAX_REQUEST, MAX_ELEMENTS = 4 * MIB, 65_536
# Longer than the others' 20 seconds.
SLOW_SECONDS = 60


def send_calls(bad: Peer, event: str, message: bytes, count: int, *, compressed: bool) -> set[int]:
    """Makes calls as fast as it can; returns the statuses they end with."""
    # The end of a bidirectional stream is its client's leave, and no answer to the request.
    last = event != "SubscribeBidirectional"
    if compressed:
        # Small enough for any window.
        block, body = request_block(event, GZIP), length_prefixed(gzip.compress(message), compressed=True)
        calls = b"".join(headers(stream, block) + data(stream, body, last=last) for stream in streams(count))
        assert count * len(body) < MAX_REQUEST
        bad.send(calls)
    else:
        block, body = request_block(event), length_prefixed(message)
        for stream in streams(count):
            assert bad.post(stream, headers(stream, block), body, last=last) or stream in bad.ended, (
                f"GOAWAY {bad.goaway}"
            )
    opened = {*streams(count)}
    assert bad.wait(lambda: opened <= bad.ended or bool(bad.goaway), seconds=SLOW_SECONDS)
    assert not bad.goaway, f"GOAWAY {bad.goaway} {bad.goaway_text!r}"
    # The server may have ended a stream before its peer did (RFC 9113 §8.1), and has to for those of two ways.
    assert {*bad.resets.values()} <= {NO_ERROR}
    return {*bad.statuses.values()}


# Requests of just the largest size, whose handlers are done with them at once: the probe has no such method, and
# refuses such a channel.
LARGE_REQUESTS: dict[str, Message] = {
    "RPC": pb.RPCRequest(method="none", encoding="json", data=bytes(MAX_REQUEST - 64)),
    "SubscribeUnidirectional": pb.SubscribeRequest(channel="error", encoding="json", data=bytes(MAX_REQUEST - 64)),
}


# Hostile input: gzip-turns.
@pytest.mark.parametrize("event", LARGE_REQUESTS)
def test_gzip_that_inflates_a_thousandfold(withstand: Withstand, start_siege: Callable[..., Siege], event: str) -> None:
    """4 KB that inflate to 4 MiB, four to the 16 KiB that are taken at a time."""
    request = LARGE_REQUESTS[event].SerializeToString()
    assert MAX_REQUEST - 64 < len(request) <= MAX_REQUEST

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            assert send_calls(bad, event, request, 300, compressed=True) == {OK}

    withstand(
        attack, siege=start_siege(), peak=resident(MAX_MEMORY), rounds=3, p99=P99_SECONDS, slowest=SLOWEST_SECONDS
    )


@dataclass(frozen=True)
class Entries:
    """A list or map of an event's, whose empty entries cost two or three bytes."""

    event: str
    # A tag and a length of 0.
    entry: bytes
    # Another field, by which the handler is done at once.
    request: Message
    # Makes the entries the field of another message.
    nest: Callable[[bytes], bytes] = bytes

    def message(self, count: int) -> bytes:
        """A request with so many entries, or as many as the largest request can have."""
        fitting = (MAX_REQUEST - 100) // len(self.entry)
        return self.request.SerializeToString() + self.nest(self.entry * min(count, fitting))


def varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    coded = bytearray()
    while number >= 0x80:
        coded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*coded, number])


def as_publication(tags: bytes) -> bytes:
    """A bidirectional stream's second field."""
    return b"\x12" + varint(len(tags)) + tags


ENTRIES = {
    "channels": Entries("Connect", b"\x72\0", pb.ConnectRequest(name="error")),
    "labels": Entries("Refresh", b"\x62\0", pb.RefreshRequest(user="expire")),
    "events": Entries(
        "NotifyChannelState", b"\x0a\0", pb.NotifyChannelStateRequest(events=[pb.ChannelEvent(channel="error")])
    ),
    "items": Entries("SharedPollRefresh", b"\x12\0", pb.SharedPollRefreshRequest(channel="error")),
    "labels_of_a_stream": Entries("SubscribeUnidirectional", b"\x82\x01\0", pb.SubscribeRequest(channel="error")),
    "tags": Entries(
        "SubscribeBidirectional",
        b"\x3a\0",
        pb.StreamSubscribeRequest(subscribe_request=pb.SubscribeRequest(channel="error")),
        as_publication,
    ),
}
# By kind: how many entries, in how many calls, compressed or not.
MESSAGES = {
    "far_above": (2_000_000, 20, False),
    "far_above_and_compressed": (2_000_000, 100, True),
    "just_above": (MAX_ELEMENTS + 1, 200, False),
    # One of the events is in the request already.
    "at_the_limit_and_compressed": (MAX_ELEMENTS - 1, 400, True),
}


# Hostile input: elements.
@pytest.mark.parametrize("size", MESSAGES)
@pytest.mark.parametrize("kind", ENTRIES)
def test_messages_of_many_elements(
    withstand: Withstand, start_siege: Callable[..., Siege], kind: str, size: str
) -> None:
    """Entries of nothing are refused above `maxMessageElements`, and served in time below it."""
    elements, count, compressed = MESSAGES[size]
    message = ENTRIES[kind].message(elements)
    assert len(message) <= MAX_REQUEST
    expected = RESOURCE_EXHAUSTED if elements > MAX_ELEMENTS else OK

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            assert send_calls(bad, ENTRIES[kind].event, message, count, compressed=compressed) == {expected}

    withstand(
        attack, siege=start_siege(), peak=resident(MAX_MEMORY), rounds=3, p99=P99_SECONDS, slowest=SLOWEST_SECONDS
    )


# Hostile input: elements, gzip-turns.
def test_publications_of_many_tags(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """What comes on an open stream is held to the same limit when its handler reads it."""
    opening = length_prefixed(both_ways("echo:tags"))
    publication = length_prefixed(gzip.compress(as_publication(b"\x3a\0" * 2_000_000)), compressed=True)
    block = request_block("SubscribeBidirectional", GZIP)
    opened = streams(100)

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(b"".join(headers(s, block) + data(s, opening + publication, last=False) for s in opened))
            assert bad.wait(lambda: {*opened} <= bad.ended or bool(bad.goaway), seconds=SLOW_SECONDS)
            assert {*bad.statuses.values()} == {RESOURCE_EXHAUSTED}

    withstand(
        attack, siege=start_siege(), peak=resident(MAX_MEMORY), rounds=3, p99=P99_SECONDS, slowest=SLOWEST_SECONDS
    )
