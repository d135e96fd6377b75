"""DATA on streams that have ended: an attack where the peer ended them, and normal where the server did."""

from collections.abc import Callable

import pytest
from calls import rpc_request
from frames import (
    DATA,
    ENHANCE_YOUR_CALM,
    REFUSED_STREAM,
    STREAM_CLOSED,
    data,
    frame,
    headers,
    request_block,
    reset,
    streams,
)
from messages import path_of
from peer import Peer
from raw_http2 import length_prefixed
from siege import MIB, Siege
from streams import DEADLINE_EXCEEDED, OK, both_ways, published

Withstand = Callable[..., None]

ECHO = rpc_request("echo", 1).SerializeToString()
PEAK = 16 * MIB
# What the server may spend on a flood; the sender needs longer to make it.
FLOOD_SECONDS = 2.0


def age(peer: Peer) -> None:
    """Waits until all streams are older than those of a rapid reset: a call's deadline passes meanwhile."""
    assert peer.call(rpc_request("hold", "age").SerializeToString(), ("grpc-timeout", "50m")) == DEADLINE_EXCEEDED


def end_by_reset(bad: Peer, count: int) -> range:
    """Opens calls, and resets them when they are old."""
    opened = streams(count, bad.next_stream)
    bad.send(b"".join(headers(stream, request_block()) for stream in opened))
    bad.next_stream = opened.stop
    age(bad)
    bad.send(b"".join(map(reset, opened)))
    assert bad.fence()
    return opened


def end_by_answer(bad: Peer, count: int) -> range:
    """Makes calls that are answered."""
    opened = streams(count, bad.next_stream)
    bad.send(bad.calls(count, ECHO))
    assert bad.wait(lambda: {*opened} <= bad.ended)
    return opened


# By kind: how streams end, how many, how many DATA frames they all get, and of how many bytes.
FLOODS: dict[str, tuple[Callable[[Peer, int], range], int, int, int]] = {
    "on_reset_streams": (end_by_reset, 100, 100_000, 10),
    "of_16_KiB_on_reset_streams": (end_by_reset, 100, 4_000, 16_384),
    "once_on_each_of_5000_reset_streams": (end_by_reset, 5_000, 5_000, 10),
    "on_finished_streams": (end_by_answer, 100, 100_000, 10),
}


# Hostile input: closed-stream-data.
@pytest.mark.parametrize("kind", FLOODS)
def test_data_flood(withstand: Withstand, kind: str) -> None:
    """Each is a stream error STREAM_CLOSED (RFC 9113 §6.1), or after END_STREAM a connection error (§5.1)."""
    end, count, total, size = FLOODS[kind]

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            ended = end(bad, count)
            # Portions that fit into the window, each spread over the streams.
            step = 100
            ids = [*ended] * (total // count)
            used = siege.footprint.processor_seconds
            bad.flood(
                (b"".join(frame(DATA, 0, stream, bytes(size)) for stream in ids[at : at + step]), step * size)
                for at in range(0, total, step)
            )
            used = siege.footprint.processor_seconds - used
            ends = {ENHANCE_YOUR_CALM} | ({STREAM_CLOSED} if end is end_by_answer else set())
            assert bad.wait(lambda: bool(bad.goaway)) and bad.goaway in ends
            assert used < FLOOD_SECONDS, f"the flood cost {used:.1f} s"

    withstand(attack, peak=PEAK)


def wrong_content_type(bad: Peer, opened: range) -> int:
    """Requests that are answered by HTTP 415 at once."""
    block = request_block().replace(b"application/grpc", b"application/json")
    bad.send(b"".join(headers(stream, block) for stream in opened))
    return 0


def unknown_method(bad: Peer, opened: range) -> int:
    """Requests that are answered by UNIMPLEMENTED at once."""
    path = path_of("RPC").encode()
    block = request_block().replace(path, path[:-1] + b"X")
    bad.send(b"".join(headers(stream, block) for stream in opened))
    return 0


def huge_length(bad: Peer, opened: range) -> int:
    """Requests whose prefix announces more than the server takes."""
    prefix = data(0, b"\0\xff\xff\xff\xff", last=False)
    bad.send(b"".join(headers(s, request_block()) + prefix[:5] + s.to_bytes(4, "big") + prefix[9:] for s in opened))
    return 5 * len(opened)


def late_body(bad: Peer, opened: range) -> int:
    """Requests whose deadline passes before their body."""
    block = request_block("RPC", ("grpc-timeout", "1m"))
    bad.send(b"".join(headers(stream, block) for stream in opened))
    return 0


def ended_subscription(bad: Peer, opened: range) -> int:
    """Subscriptions that the handler ends while their clients go on publishing."""
    block, body = request_block("SubscribeBidirectional"), length_prefixed(both_ways("end:interrupted"))
    bad.send(b"".join(headers(stream, block) + data(stream, body, last=False) for stream in opened))
    return len(body) * len(opened)


# Each returns how many bytes of DATA it has sent.
EARLY_ENDS = [wrong_content_type, unknown_method, huge_length, late_body, ended_subscription]


# Four frames a stream, and for thousands of streams many times the connection's window.
PIECE = published(b'"' + b"x" * 1_000 + b'"')
IN_FLIGHT, LATE_FRAMES = 5_000, 4


def send_late_data(good: Peer, opened: range) -> None:
    """Sends DATA that may have been on its way before the peer learned of the streams' end."""
    assert good.flood((frame(DATA, 0, stream, PIECE) * LATE_FRAMES, LATE_FRAMES * len(PIECE)) for stream in opened), (
        f"the server ended the connection: GOAWAY {good.goaway} {good.goaway_text!r}"
    )


def check_window(good: Peer, window: int) -> None:
    """The connection's window is what it was, but for the half that nghttp2 returns together."""
    assert good.fence() and good.window >= window // 2


# Hostile input: closed-stream-data.
@pytest.mark.parametrize("end", EARLY_ENDS, ids=lambda end: end.__name__)
def test_data_in_flight_when_the_server_ends(withstand: Withstand, end: Callable[[Peer, range], int]) -> None:
    """Normal, however many streams there are: counts toward no limit, and the connection's window returns."""
    portion = 500

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as good:
            assert good.fence()
            window = good.window
            opened = streams(IN_FLIGHT)
            for start in range(0, IN_FLIGHT, portion):
                good.window -= end(good, opened[start : start + portion])
            assert good.wait(lambda: {*opened} <= good.ended), "the server does not end them"
            send_late_data(good, opened)
            good.next_stream = opened.stop
            assert good.call(ECHO) == OK
            assert good.goaway is None
            check_window(good, window)

    withstand(attack, rounds=2, peak=48 * MIB, settle_seconds=20)


# Hostile input: closed-stream-data.
def test_data_in_flight_when_the_server_refuses(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """Normal as well: an honest peer cannot know how much the server may hold for it."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as good:
            assert good.fence()
            window = good.window
            filling = streams(5_000)
            good.send(b"".join(headers(stream, request_block()) for stream in filling))
            assert good.fence() and good.resets, "the server has room for more"
            opened = streams(IN_FLIGHT, filling.stop)
            good.send(b"".join(headers(stream, request_block()) for stream in opened))
            assert good.wait(lambda: {*opened} <= good.ended)
            assert {*good.resets.values()} == {REFUSED_STREAM}
            send_late_data(good, opened)
            good.next_stream = opened.stop
            good.send(b"".join(reset(stream) for stream in filling if stream not in good.ended))
            assert good.fence()
            assert good.call(ECHO) == OK
            assert good.goaway is None
            check_window(good, window)

    withstand(attack, siege=start_siege("--max-connection-memory", str(4 * MIB)), rounds=2, peak=PEAK)
