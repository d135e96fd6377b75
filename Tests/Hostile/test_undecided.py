"""Hundreds of thousands of streams that get no first answer, from a peer that reads nothing."""

from collections.abc import Callable

import proxy_pb2 as pb
import pytest
from frames import ENHANCE_YOUR_CALM, HEADERS, NO_ERROR, REFUSED_STREAM, TabledRequest, data, streams
from peer import Peer
from raw_http2 import length_prefixed
from siege import Siege, resident

Withstand = Callable[..., None]

PORTION = 5_000
# The server's default of `maxUndecidedStreams` is 50,000; there is room for what has been answered in time.
MOST_UNDECIDED = 100_000
# By kind: the event, how many streams, and what goes with each. The bodies together stay within the connection's first
# window, as a peer that reads nothing learns of no other.
KINDS = {
    "half_open_calls": ("RPC", 1_000_000, b""),
    "half_open_subscriptions": ("SubscribeUnidirectional", 1_000_000, b""),
    "no_handler_decides": (
        "SubscribeUnidirectional",
        200_000,
        length_prefixed(pb.SubscribeRequest(channel="undecided:").SerializeToString()),
    ),
}


# Hostile input: undecided-streams.
@pytest.mark.parametrize("kind", KINDS)
def test_a_million_streams(withstand: Withstand, start_siege: Callable[..., Siege], kind: str) -> None:
    """Refused long before memory or time end them."""
    event, count, body = KINDS[kind]
    tabled = TabledRequest(event)

    def attack(siege: Siege) -> None:
        with Peer(siege.port, decodes=False, receive_buffer=4_096) as bad:

            def whole(stream: int) -> bytes:
                return tabled.later(stream) + (data(stream, body) if body else b"")

            # All the same in length, so that it can be told how many were sent.
            size = len(whole(3))
            bad.send(tabled.first(1))
            sent = 1
            while sent < count:
                portion = b"".join(map(whole, streams(min(PORTION, count - sent), 2 * sent + 1)))
                taken = bad.send_deaf(portion, seconds=1)
                sent += -(-taken // size)
                if taken < len(portion):
                    # The rest of a frame, so that another one can follow it.
                    bad.send(portion[taken : -(-taken // size) * size])
                    break
            # It reads at last: what the server has refused.
            lives = bad.fence(seconds=60)
            assert lives or bad.goaway == ENHANCE_YOUR_CALM
            # UNAVAILABLE is an answer of one HEADERS frame, and NO_ERROR follows where the request is not complete.
            resets = [*bad.resets.values()]
            assert {*resets} <= {NO_ERROR, REFUSED_STREAM}
            refused = bad.frames[HEADERS] + resets.count(REFUSED_STREAM)
            # When the connection has ended, it sends nothing more.
            assert not lives or sent - refused <= MOST_UNDECIDED, f"{refused} of {sent} streams are refused"
            assert not lives or refused > 1_000, f"nothing was refused of {sent} streams"

    withstand(attack, siege=start_siege(), peak=resident(), rounds=2, settle_seconds=30)
