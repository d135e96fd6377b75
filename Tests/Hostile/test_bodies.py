"""Thousands of messages that are not what their prefix says."""

import gzip
from collections.abc import Callable

import pytest
from calls import rpc_request
from frames import DATA, data, frame, headers, request_block, streams
from messages import UNARY_EVENTS
from peer import Peer
from raw_http2 import length_prefixed
from siege import ALLOWANCE, MIB, Siege
from streams import INTERNAL, OK

Withstand = Callable[..., None]

RESOURCE_EXHAUSTED, UNIMPLEMENTED = 8, 12
# The server's default.
MAX_MEMORY = 256 * MIB
ECHO = rpc_request("echo", 1).SerializeToString()
GZIP = ("grpc-encoding", "gzip")


@pytest.mark.parametrize("length", [64 << 20, (1 << 32) - 1])
@pytest.mark.parametrize("event", ["RPC", "SubscribeBidirectional"])
def test_huge_length_prefixes(withstand: Withstand, event: str, length: int) -> None:
    """Refused when the prefix is there, with nothing set aside for the message."""
    count = 2_000
    body = frame(DATA, stream=0, payload=b"\0" + length.to_bytes(4, "big"))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            block = request_block(event)
            opened = streams(count)
            bad.send(b"".join(headers(s, block) + body[:5] + s.to_bytes(4, "big") + body[9:] for s in opened))
            assert bad.wait(lambda: {*opened} <= bad.ended)
            assert {bad.statuses[stream] for stream in opened} == {RESOURCE_EXHAUSTED}
            bad.next_stream = opened.stop
            assert bad.call(ECHO) == OK

    withstand(attack, peak=24 * MIB)


def bombs(count: int, event: str, message: bytes) -> bytes:
    """Calls whose message is compressed."""
    block, body = request_block(event, GZIP), length_prefixed(message, compressed=True)
    return b"".join(headers(stream, block) + data(stream, body) for stream in streams(count))


@pytest.mark.parametrize("event", ["RPC", "SubscribeUnidirectional"])
def test_gzip_bombs(withstand: Withstand, event: str) -> None:
    """64 MiB of zeros in 64 KiB, inflated up to the limit and no further."""
    count = 30
    sent = bombs(count, event, gzip.compress(bytes(64 * MIB)))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            assert bad.wait(lambda: {*streams(count)} <= bad.ended)
            assert {bad.statuses[stream] for stream in streams(count)} == {RESOURCE_EXHAUSTED}

    withstand(attack, peak=48 * MIB)


def test_small_gzip_bombs_by_the_hundred(withstand: Withstand) -> None:
    """5 MiB in 5 KiB each: as many as one read of the socket takes."""
    count = 300
    sent = bombs(count, "RPC", gzip.compress(bytes(5 * MIB)))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            assert bad.wait(lambda: {*streams(count)} <= bad.ended)
            assert {bad.statuses[stream] for stream in streams(count)} == {RESOURCE_EXHAUSTED}

    withstand(attack, peak=48 * MIB)


def test_corrupt_messages_of_every_event(withstand: Withstand) -> None:
    """Malformed protobuf, malformed gzip, truncated messages, two messages in one call."""
    nested = b"\x0a" * 100_000
    bodies = [
        length_prefixed(b"\xff" * 11),
        length_prefixed(b"\x0f"),
        length_prefixed(b"\x0b" * 50_000),
        length_prefixed(nested),
        length_prefixed(b"\x0a\xff\xff\xff\xff\x0f"),
        length_prefixed(b"not gzip", compressed=True),
        length_prefixed(gzip.compress(ECHO)[:-9], compressed=True),
        length_prefixed(ECHO)[:-1],
        length_prefixed(ECHO) * 2,
        b"\2" + length_prefixed(ECHO)[1:],
        b"",
    ]

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            for event in UNARY_EVENTS:
                for _ in range(5):
                    for body in bodies:
                        block = request_block(event, *([GZIP] if body[:1] == b"\1" else []))
                        bad.send(headers(bad.next_stream, block) + data(bad.next_stream, body))
                        bad.next_stream += 2
            assert bad.wait(lambda: len(bad.ended) == bad.next_stream // 2)
            assert {*bad.statuses.values()} <= {INTERNAL, UNIMPLEMENTED}
            assert bad.call(ECHO) == OK

    withstand(attack)


@pytest.mark.parametrize("body", ["none", "a_cut_prefix", "a_part"])
def test_100000_half_open_calls(withstand: Withstand, body: str) -> None:
    """Their messages never come to an end, until the connection does."""
    count = 100_000
    part = {"none": b"", "a_cut_prefix": b"\0\0", "a_part": length_prefixed(bytes(4_000))[:100]}[body]
    block = request_block()

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            for start in range(1, 2 * count, 20_000):
                opened = range(start, start + 20_000, 2)
                bad.send(b"".join(headers(s, block) + (data(s, part, last=False) if part else b"") for s in opened))
            # The connection itself is in order: it is still served, or has met a limit.
            bad.next_stream = 2 * count + 1
            bad.send(bad.calls(1, ECHO))
            bad.wait(lambda: 2 * count + 1 in bad.ended or bool(bad.goaway))

    withstand(attack, peak=256 * MIB)


def test_large_calls_that_stop_before_their_end(withstand: Withstand) -> None:
    """Messages of 4 MiB without the last byte: `maxConnectionMemory` limits what one peer may leave here."""
    count = 128
    part = length_prefixed(bytes(4 * MIB))[:-1]

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            for stream in streams(count):
                bad.send(headers(stream, request_block()) + data(stream, part, last=False))
            bad.next_stream = 2 * count + 1
            bad.send(bad.calls(1, ECHO))
            bad.wait(lambda: 2 * count + 1 in bad.ended or bool(bad.goaway))

    withstand(attack, peak=MAX_MEMORY + ALLOWANCE)
