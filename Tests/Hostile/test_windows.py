"""Hostile flow control: never a byte beyond the windows, nothing kept without bounds, everything freed at the end."""

from collections.abc import Callable

from calls import rpc_request
from frames import (
    DATA,
    INITIAL_WINDOW,
    INITIAL_WINDOW_SIZE,
    PING,
    REFUSED_STREAM,
    frame,
    settings,
    streams,
    window_update,
)
from peer import ROOMY, Peer
from siege import ALLOWANCE, MIB, Siege
from streams import OK, one_way

Withstand = Callable[..., None]

# The server's default.
MAX_UNSENT = 64 * MIB
OPEN = 90
LARGE = rpc_request("echo", "x" * 100_000).SerializeToString()
SMALL = rpc_request("echo", "x" * 1_000).SerializeToString()


def test_zero_windows_and_large_answers(withstand: Withstand) -> None:
    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={INITIAL_WINDOW_SIZE: 0}) as bad:
            bad.send(bad.calls(OPEN, LARGE))
            # After all of them: the answer's headers show that they were served.
            assert bad.wait(lambda: bad.frames[1] == OPEN)
            assert bad.data_bytes == 0

    withstand(attack)


def test_zero_windows_and_ever_more_answers(withstand: Withstand) -> None:
    """`maxUnsentSize` limits what waits for one peer; above it new streams are refused."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={INITIAL_WINDOW_SIZE: 0}) as bad:
            bad.send(bad.calls(2_000, LARGE))
            assert bad.wait(lambda: bad.frames[1] + len(bad.resets) == 2_000)
            assert {*bad.resets.values()} == {REFUSED_STREAM}
            assert bad.data_bytes == 0

    withstand(attack, peak=MAX_UNSENT + ALLOWANCE)


def test_one_byte_windows(withstand: Withstand) -> None:
    """The server may fill them one by one; the attacker counts what it granted."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={INITIAL_WINDOW_SIZE: 1}) as bad:
            opened = streams(OPEN)
            bad.send(bad.calls(OPEN, SMALL))
            granted = OPEN
            assert bad.wait(lambda: bad.data_bytes == granted)
            for _ in range(50):
                bad.send(b"".join(window_update(stream, 1) for stream in opened))
                granted += OPEN
                assert bad.wait(lambda granted=granted: bad.data_bytes >= granted)
                assert bad.data_bytes == granted
            # One byte a frame, and none without a byte.
            assert bad.frames[DATA] == granted
            bad.send(b"".join(window_update(stream, 10_000) for stream in opened) + window_update(0, 1_000_000))
            assert bad.wait(lambda: {*opened} <= bad.ended)
            assert {bad.statuses[stream] for stream in opened} == {OK}

    withstand(attack)


def test_the_connection_window_is_never_exceeded(withstand: Withstand) -> None:
    def attack(siege: Siege) -> None:
        with Peer(siege.port, values=ROOMY) as bad:
            bad.send(bad.calls(OPEN, LARGE))
            assert bad.wait(lambda: bad.data_bytes == INITIAL_WINDOW)
            for step in range(1, 100):
                bad.send(window_update(0, 1_000))
                assert bad.wait(lambda step=step: bad.data_bytes >= INITIAL_WINDOW + step * 1_000)
                assert bad.data_bytes == INITIAL_WINDOW + step * 1_000

    withstand(attack)


def test_window_churn_with_open_streams(withstand: Withstand) -> None:
    """All windows shrink below zero and grow again, again and again (RFC 9113 §6.9.2)."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={INITIAL_WINDOW_SIZE: 10_000}) as bad:
            opened = streams(OPEN)
            bad.send(bad.calls(OPEN, LARGE))
            # Without room at the connection nothing more moves, however the streams' windows change.
            assert bad.wait(lambda: bad.data_bytes == INITIAL_WINDOW)
            for _ in range(50):
                bad.send((settings({INITIAL_WINDOW_SIZE: 0}) + settings({INITIAL_WINDOW_SIZE: 10_000})) * 20)
            before = bad.frames[PING]
            bad.send(frame(PING, payload=bytes(8)))
            bad.wait(lambda: bad.frames[PING] > before or bool(bad.goaway))
            assert bad.data_bytes == INITIAL_WINDOW
            if not bad.goaway:
                bad.send(settings(ROOMY) + window_update(0, 20_000_000))
                assert bad.wait(lambda: {*opened} <= bad.ended)
                assert {bad.statuses[stream] for stream in opened} == {OK}

    withstand(attack)


def test_an_unread_socket(withstand: Withstand) -> None:
    """The peer asks and asks, and reads nothing: the server stops reading it."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, receive_buffer=4_096) as bad:
            sent = bad.calls(4_000, LARGE)
            assert bad.send_deaf(sent) < len(sent)

    withstand(attack, peak=64 * MIB)


def test_unread_sockets_by_the_dozen(withstand: Withstand) -> None:
    def attack(siege: Siege) -> None:
        many = [Peer(siege.port, receive_buffer=4_096) for _ in range(12)]
        sent = many[0].calls(100, LARGE)
        for bad in many:
            bad.send_deaf(sent, seconds=0.05)
        for bad in many:
            bad.close()

    withstand(attack, peak=160 * MIB)


def test_subscriptions_that_nobody_reads(withstand: Withstand) -> None:
    """Their handlers write until there is no room, and wait; the hub's streams are interrupted."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port, values={INITIAL_WINDOW_SIZE: 0}) as bad, Peer(siege.port) as control:
            bad.send(bad.calls(500, one_way("flood:unread"), event="SubscribeUnidirectional"))
            bad.send(bad.calls(500, one_way("hub:unread"), event="SubscribeUnidirectional"))
            assert bad.wait(lambda: bad.frames[1] >= 1_000)
            publish = rpc_request("publish", {"channel": "unread", "count": 100, "size": 10_000})
            assert control.call(publish.SerializeToString()) == OK
            assert bad.data_bytes == 0

    withstand(attack, peak=160 * MIB)


def test_credit_for_nothing(withstand: Withstand) -> None:
    """Windows grow on streams that have ended, with frames in between that nobody asked for."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            assert bad.call(SMALL) == OK
            bad.send((window_update(1, 1_000) + frame(8, stream=1, payload=b"\0\0\0\1")) * 10_000)
            bad.send(bad.calls(1, SMALL))
            bad.wait(lambda: 3 in bad.ended or bool(bad.goaway))

    withstand(attack)
