"""Streams that end before their answers: the attack that is made of them, and the normal traffic that looks like it."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from calls import rpc_request
from frames import (
    ENHANCE_YOUR_CALM,
    LARGEST_WINDOW,
    PRIORITY,
    REFUSED_STREAM,
    RST_STREAM,
    data,
    frame,
    headers,
    request_block,
    reset,
    streams,
    window_update,
)
from peer import Peer
from raw_http2 import length_prefixed
from siege import Siege
from streams import DEADLINE_EXCEEDED, OK, one_way

Withstand = Callable[..., None]

ECHO = rpc_request("echo", 1).SerializeToString()
RAPID = 20_000
LEAVING = 10_000


def rpc(peer: Peer, method: str, argument: object) -> None:
    """Runs a method of the probe's, which must succeed."""
    assert peer.call(rpc_request(method, argument).SerializeToString()) == OK


@pytest.mark.parametrize("event", ["RPC", "SubscribeUnidirectional", "SubscribeBidirectional"])
def test_rapid_resets(withstand: Withstand, event: str) -> None:
    block = request_block(event)
    sent = b"".join(headers(stream, block) + reset(stream) for stream in streams(RAPID))

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            assert bad.wait_closed() == ENHANCE_YOUR_CALM

    withstand(attack)


def test_rapid_resets_of_complete_calls(withstand: Withstand) -> None:
    """The request is whole before it is reset, so that the handler may have begun."""

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            block, body = request_block(), length_prefixed(rpc_request("hold", "rapid").SerializeToString())
            bad.send(b"".join(headers(s, block) + data(s, body) + reset(s) for s in streams(RAPID)))
            assert bad.wait_closed() == ENHANCE_YOUR_CALM

    withstand(attack)


def held_calls(bad: Peer, control: Peer, count: int) -> tuple[str, range]:
    """Opens calls that the server holds, and waits until it does; returns their name and streams."""
    name = uuid.uuid4().hex
    first = bad.next_stream
    bad.send(bad.calls(count, rpc_request("hold", name).SerializeToString()))
    rpc(control, "wait-many", {"milestone": "held", "name": name, "count": count})
    return name, range(first, bad.next_stream, 2)


def wait_cancelled(control: Peer, name: str, count: int) -> None:
    """Waits until so many of those calls' handlers were told to stop."""
    rpc(control, "wait-many", {"milestone": "cancelled", "name": name, "count": count})


PROVOCATIONS = {
    "window_update_0": lambda stream: window_update(stream, 0),
    "window_update_too_large": lambda stream: window_update(stream, LARGEST_WINDOW),
    "data_after_the_end": lambda stream: data(stream, b"more"),
    "headers_after_the_end": lambda stream: headers(stream, request_block()),
    "priority_of_4_bytes": lambda stream: frame(PRIORITY, stream=stream, payload=bytes(4)),
    "reset_of_5_bytes": lambda stream: frame(RST_STREAM, stream=stream, payload=bytes(5)),
}


@pytest.mark.parametrize("kind", PROVOCATIONS)
def test_resets_that_the_server_is_provoked_to(withstand: Withstand, kind: str) -> None:
    """Ends the connection or the streams, and in either case the handlers; many connections try it."""
    held, connections = 100, 10

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as control:
            for _ in range(connections):
                with Peer(siege.port) as bad:
                    name, opened = held_calls(bad, control, held)
                    with suppress(ConnectionError):
                        bad.send(b"".join(PROVOCATIONS[kind](stream) for stream in opened))
                    bad.wait(lambda bad=bad, opened=opened: bad.goaway is not None or {*opened} <= bad.ended)
                wait_cancelled(control, name, held)

    withstand(attack)


def test_provoked_resets_right_behind_their_headers(withstand: Withstand) -> None:
    """Counted like rapid resets: the peer overflows each new stream's window, and the server resets the stream."""
    block, body = request_block(), length_prefixed(rpc_request("hold", "provoked").SerializeToString())
    sent = b"".join(
        headers(s, block) + data(s, body) + window_update(s, LARGEST_WINDOW) for s in streams(RAPID)
    )

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            bad.send(sent)
            assert bad.wait_closed() == ENHANCE_YOUR_CALM

    withstand(attack)


@pytest.mark.parametrize("verb", ["hub", "idle"])
def test_ten_thousand_subscriptions_end_within_a_second(withstand: Withstand, verb: str) -> None:
    """Normal for Centrifugo: the connection goes on, and so does all else on it."""
    message = one_way(f"{verb}:leaving")
    portion = 500

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as good:
            kept = good.next_stream
            good.send(good.calls(1, one_way("hub:kept"), event="SubscribeUnidirectional"))
            first = good.next_stream
            while good.next_stream < first + 2 * LEAVING:
                good.send(good.calls(portion, message, event="SubscribeUnidirectional"))
            opened = range(first, good.next_stream, 2)
            assert good.wait(lambda: len(good.bodies) == LEAVING + 1)
            # Streams older than those an attacker resets: a call's deadline passes meanwhile.
            age = rpc_request("hold", "age").SerializeToString()
            assert good.call(age, ("grpc-timeout", "30m")) == DEADLINE_EXCEEDED
            began = time.monotonic()
            good.send(b"".join(map(reset, opened)))
            assert good.call(ECHO) == OK
            assert time.monotonic() - began < 1
            before = len(good.bodies[kept])
            rpc(good, "publish", {"channel": "kept", "count": 1, "size": 10})
            assert good.wait(lambda: len(good.bodies[kept]) > before)
            assert good.goaway is None

    withstand(attack)


@pytest.mark.parametrize("who", ["server", "peer"])
def test_a_burst_of_missed_deadlines(withstand: Withstand, who: str) -> None:
    """Normal while a database stalls: 2,000 calls a second, each reset or answered at its deadline."""
    rate, seconds, timeout, step = 2_000, 1.5, 0.1, 0.02
    message = rpc_request("hold", "deadline").SerializeToString()
    headers_of = [("grpc-timeout", f"{round(timeout * 1_000)}m")] if who == "server" else []

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as good:
            began = time.monotonic()
            waiting: list[tuple[float, int]] = []
            batches = round(seconds / step)
            for batch in range(batches):
                for _ in range(round(rate * step)):
                    waiting.append((time.monotonic() + timeout, good.next_stream))
                    good.send(good.calls(1, message, *headers_of))
                if who == "peer":
                    due = [stream for at, stream in waiting if at <= time.monotonic()]
                    waiting = waiting[len(due) :]
                    good.send(b"".join(map(reset, due)))
                # The traffic's own pace.
                time.sleep(max(0.0, began + (batch + 1) * step - time.monotonic()))
            if who == "server":
                streams_of = [stream for _, stream in waiting]
                assert good.wait(lambda: {*streams_of} <= good.ended)
                assert {good.statuses[stream] for stream in streams_of} == {DEADLINE_EXCEEDED}
                good.send(b"".join(map(reset, streams_of)))
            else:
                time.sleep(timeout)
                good.send(b"".join(reset(stream) for _, stream in waiting))
            assert good.call(ECHO) == OK
            assert good.goaway is None

    withstand(attack, rounds=2)


def test_more_streams_than_advertised(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """Single streams are refused, and the others go on."""
    most, more = 100, 400

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad, Peer(siege.port) as control:
            name, opened = held_calls(bad, control, most)
            refused = streams(more, bad.next_stream)
            bad.send(bad.calls(more, ECHO))
            assert bad.wait(lambda: {*refused} <= bad.ended)
            assert {bad.resets[stream] for stream in refused} == {REFUSED_STREAM}
            rpc(control, "release", name)
            assert bad.wait(lambda: {*opened} <= bad.ended)
            assert {bad.statuses[stream] for stream in opened} == {OK}
            assert bad.call(ECHO) == OK

    withstand(attack, siege=start_siege("--max-concurrent-streams", str(most)))
