"""Hundreds of thousands of frames that ask for nothing: ended with ENHANCE_YOUR_CALM, or handled at little cost."""

import os
from collections.abc import Callable

import pytest
from calls import rpc_request
from frames import (
    CONTINUATION,
    DATA,
    END_STREAM,
    ENHANCE_YOUR_CALM,
    HEADER_TABLE_SIZE,
    HEADERS,
    PADDED,
    PING,
    PRIORITY,
    PROTOCOL_ERROR,
    SETTINGS,
    field,
    frame,
    headers,
    integer,
    request_block,
    settings,
    window_update,
)
from peer import Peer
from siege import MIB, Siege
from streams import OK

Withstand = Callable[..., None]

ECHO = rpc_request("echo", 1).SerializeToString()
MANY = 100_000
# A flood should not take memory.
PEAK = 16 * MIB

# By kind: the flood, on stream 1 where it needs one, whose request is not complete.
FLOODS = {
    "ping": frame(PING, payload=bytes(8)) * MANY,
    "ping_acknowledgements": frame(PING, 0x1, payload=bytes(8)) * MANY,
    "settings": frame(SETTINGS) * MANY,
    "settings_acknowledgements": frame(SETTINGS, 0x1) * MANY,
    "settings_of_many_values": settings({0xF000 + number: number for number in range(1_000)}) * 200,
    "empty_data": frame(DATA, stream=1) * MANY,
    "padding_only_data": frame(DATA, PADDED, 1, b"\xff" + bytes(255)) * 20_000,
    "priority": frame(PRIORITY, stream=1, payload=bytes(5)) * MANY,
    "priority_of_idle_streams": b"".join(
        frame(PRIORITY, stream=stream, payload=b"\0\0\0\1\xff") for stream in range(3, 2 * MANY, 2)
    ),
    "window_update": window_update(0, 1) * MANY,
    "window_update_of_a_stream": window_update(1, 1) * MANY,
    "unknown_frames": frame(0x42, 0xFF, 1, b"unknown!") * MANY,
    "unknown_frames_of_16_kib": frame(0x42, 0xFF, 1, bytes(16_384)) * 1_000,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_flood_of(withstand: Withstand, kind: str) -> None:
    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={}) as bad:
            bad.send(headers(1, request_block()) + FLOODS[kind])
            bad.next_stream = 3
            if not bad.closed:
                bad.send(bad.calls(1, ECHO))
                bad.wait(lambda: 3 in bad.ended or bool(bad.goaway))
            assert bad.statuses.get(3) == OK or bad.goaway in {PROTOCOL_ERROR, ENHANCE_YOUR_CALM} or bad.closed

    withstand(attack, peak=PEAK)


@pytest.mark.parametrize("kind", ["ping", "settings"])
def test_unread_flood_of(withstand: Withstand, kind: str) -> None:
    """Each frame asks for an answer, and the attacker reads none."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, receive_buffer=4_096) as bad:
            bad.send_deaf(FLOODS[kind] * 5)

    withstand(attack, peak=PEAK)


def test_pings_of_a_go_client(withstand: Withstand) -> None:
    """Normal: one after each portion of data, to measure the bandwidth, up to a thousand in a minute."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as good:
            for _ in range(20):
                # Many times the minute's number, in a second.
                for _ in range(100):
                    good.send(good.calls(1, ECHO) + frame(PING, payload=os.urandom(8)))
                assert good.call(ECHO) == OK
            assert good.wait(lambda: good.frames[PING] == 2_000)
            assert good.goaway is None

    withstand(attack)


def continuations(first: bytes, piece: bytes, count: int) -> bytes:
    """A header block that has no end."""
    return frame(HEADERS, END_STREAM, 1, request_block() + first) + frame(CONTINUATION, 0, 1, piece) * count


JUNK = field(b"junk", b"x" * 4_000)
CONTINUATIONS = {
    "large": continuations(b"", JUNK * 4, 2_000),
    "tiny": continuations(b"\0" + integer(20_000, 7), b"x", 20_000),
    "empty": continuations(b"", b"", MANY),
    "of_small_fields": continuations(b"", field(b"a", b"b"), 50_000),
    "of_an_endless_field": continuations(b"\0" + integer(1 << 31, 7), b"x" * 16_384, 2_000),
    "of_an_endless_value": continuations(b"\0" + integer(1, 7) + b"x" + integer(1 << 31, 7), b"x" * 16_384, 2_000),
    "of_an_endless_number": continuations(b"\0\x7f", b"\xff" * 16_384, 2_000),
}


@pytest.mark.parametrize("kind", CONTINUATIONS)
def test_continuation_flood(withstand: Withstand, kind: str) -> None:
    """Ended early and not kept."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(CONTINUATIONS[kind])
            assert bad.wait_closed() not in {None, 0}

    withstand(attack, peak=PEAK)


# Frames of a header block each, on streams of their own.
BOMBS: dict[str, Callable[[int], bytes]] = {
    name: lambda stream, before=before, after=after: headers(stream, before + request_block() + after, last=True)
    for name, before, after in [
        # 4,000 bytes go into the table once, and then cost one byte each.
        ("indexed", b"", field(b"bomb", b"x" * 4_000, indexed=True) + b"\xbe" * 12_000),
        ("empty_names", b"", field(b"", b"") * 5_000),
        ("table_sizes", b"\x20\x3f\xe1\x1f", field(b"junk", b"x" * 4_000, indexed=True)),
        ("many_table_sizes", b"\x20\x3f\xe1\x1f" * 4_000, b""),
        ("too_large_table", b"\x3f\xe1\xff\x03", b""),
        ("huffman", b"", b"\0\x01a" + b"\xff\x80\x7e" + b"\x1f" * 16_000),
    ]
}


@pytest.mark.parametrize("kind", BOMBS)
def test_header_bomb(withstand: Withstand, kind: str) -> None:
    """Limited while it is decoded: the calls are refused one by one, or the connection ends."""
    streams_of = range(1, 2_001, 2)
    sent = b"".join(map(BOMBS[kind], streams_of))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            bad.wait(lambda: bool(bad.goaway) or bad.closed or len(bad.ended) == len(streams_of), seconds=5)
            assert OK not in bad.statuses.values()

    withstand(attack, peak=PEAK)


def test_header_table_of_the_answers(withstand: Withstand) -> None:
    """The attacker changes the size of the server's table all the while, and calls."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            for _ in range(20):
                sizes = settings({HEADER_TABLE_SIZE: 2**32 - 1}) + settings({HEADER_TABLE_SIZE: 0})
                bad.send(sizes + bad.calls(50, ECHO))
            last = bad.next_stream - 2
            bad.wait(lambda: last in bad.ended or bool(bad.goaway))
            assert bad.goaway in {None, ENHANCE_YOUR_CALM}

    withstand(attack, peak=PEAK)
