"""Connections that say nothing, the wrong thing or half of it, and those that die."""

import random
import socket
import time
from collections.abc import Callable

import pytest
from calls import rpc_request
from frames import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    PING,
    PREFACE,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    frame,
    headers,
    request_block,
    settings,
)
from messages import UNARY_EVENTS
from peer import Peer
from siege import Siege
from streams import OK, until

Withstand = Callable[..., None]

ECHO = rpc_request("echo", 1).SerializeToString()
CHURNED = 500
# Limits of the server's default are in seconds, ten for the handshake; this is beyond any of them.
PATIENCE_SECONDS = 20.0


def test_connections_churned(withstand: Withstand) -> None:
    def attack(siege: Siege) -> None:
        for _ in range(CHURNED):
            with Peer(siege.port) as peer:
                assert peer.call(ECHO) == OK

    withstand(attack)


def test_connections_at_once(withstand: Withstand) -> None:
    def attack(siege: Siege) -> None:
        peers = [Peer(siege.port) for _ in range(CHURNED)]
        for peer in peers:
            peer.send(peer.calls(3, ECHO))
        for peer in peers:
            assert peer.wait(lambda peer=peer: len(peer.ended) == 3)
            peer.close()

    withstand(attack)


MIDDLES: dict[str, Callable[[Peer], bytes]] = {
    "of_nothing": lambda peer: b"",
    "of_a_frame": lambda peer: headers(1, request_block())[:20],
    "of_a_request": lambda peer: headers(1, request_block()) + frame(DATA, 0, 1, b"\0\0"),
    "of_calls": lambda peer: peer.calls(20, rpc_request("hold", "reset").SerializeToString()),
    "of_answers": lambda peer: peer.calls(20, rpc_request("echo", "x" * 50_000).SerializeToString()),
    "of_subscriptions": lambda peer: peer.calls(20, b"\x5a\x09hub:reset", event="SubscribeUnidirectional"),
}


@pytest.mark.parametrize("kind", MIDDLES)
def test_tcp_resets_in_the_middle(withstand: Withstand, kind: str) -> None:
    def attack(siege: Siege) -> None:
        for _ in range(CHURNED // 5):
            peer = Peer(siege.port)
            peer.send(MIDDLES[kind](peer))
            peer.close(by_reset=True)

    withstand(attack)


FOREIGN = {
    "http_1": b"GET / HTTP/1.1\r\nHost: probe\r\n\r\n",
    "http_1_upgrade": b"POST / HTTP/1.1\r\nHost: probe\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "a_preface_that_goes_wrong": PREFACE[:20] + b"XXXX",
    "zeros": bytes(100_000),
    "settings_that_are_none": PREFACE + frame(PING, payload=bytes(8)),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_protocol(withstand: Withstand, kind: str) -> None:
    """Closed at once."""

    def attack(siege: Siege) -> None:
        for _ in range(100):
            with Peer(siege.port, greets=False) as bad:
                bad.send(FOREIGN[kind])
                bad.wait_closed()
                assert bad.closed

    withstand(attack)


def log_lines(siege: Siege, text: str) -> int:
    return sum(text in line for line in siege.server.log().splitlines())


def test_foreign_protocols_do_not_fill_the_log(start_siege: Callable[..., Siege]) -> None:
    """One line of a kind in an interval of ten seconds."""
    siege = start_siege()
    for _ in range(50):
        with Peer(siege.port, greets=False) as bad:
            bad.send(FOREIGN["http_1"])
            bad.wait_closed()
    assert 1 <= log_lines(siege, "a peer speaks HTTP/1") <= 2


@pytest.mark.parametrize("kind", ["silent", "slow"])
def test_connections_without_a_handshake(withstand: Withstand, kind: str) -> None:
    """Closed after the handshake's time, however slowly the preface trickles."""

    def attack(siege: Siege) -> None:
        peers = [Peer(siege.port, greets=False) for _ in range(100)]
        until = time.monotonic() + PATIENCE_SECONDS
        sent = 0
        try:
            while not all(peer.closed for peer in peers):
                assert time.monotonic() < until, "silent connections stay open"
                for peer in peers:
                    if kind == "slow" and sent < len(PREFACE) and not peer.closed:
                        peer.send(PREFACE[sent : sent + 1])
                    peer.take()
                sent += 1
                # The attacker's own pace, a byte a second.
                time.sleep(1)
        finally:
            for peer in peers:
                peer.close()

    withstand(attack, rounds=1)


def random_frames(chance: random.Random) -> bytes:
    """A connection of frames that may be anything, most of them nearly right."""
    sent = b"" if chance.random() < 0.05 else PREFACE + settings({INITIAL_WINDOW_SIZE: chance.getrandbits(31)})
    events = [*UNARY_EVENTS, "SubscribeUnidirectional", "SubscribeBidirectional"]
    stream = 1
    for _ in range(chance.randrange(1, 60)):
        # All types there are, and one that is not.
        kind = chance.choice([*range(CONTINUATION + 1), 0x55])
        flags = chance.choice([0, 1, 4, 5, 8, 0x20, 0x2D, chance.getrandbits(8)])
        at = chance.choice([0, stream, stream, stream, max(stream - 2, 0), stream + 1, chance.getrandbits(32)])
        match chance.randrange(4):
            case 0:
                sent += headers(stream, request_block(chance.choice(events)), last=chance.random() < 0.2)
            case 1:
                sent += frame(DATA, chance.randrange(2), stream, b"\0" + chance.randbytes(chance.randrange(200)))
            case 2:
                right = {PRIORITY: 5, RST_STREAM: 4, SETTINGS: 6, PING: 8, WINDOW_UPDATE: 4}.get(kind, 20)
                size = right if chance.random() < 0.7 else chance.randrange(300)
                sent += frame(kind, flags, at, chance.randbytes(size))
            case _:
                block = bytearray(request_block(chance.choice(events)))
                block[chance.randrange(len(block))] = chance.getrandbits(8)
                sent += frame(HEADERS, chance.choice([0, END_HEADERS, END_HEADERS | 1]), stream, bytes(block))
        if chance.random() < 0.5:
            stream += 2
    if chance.random() < 0.3:
        position = chance.randrange(len(sent))
        sent = sent[:position] + chance.randbytes(4) + sent[position + 4 :]
    return sent


def test_random_frames(withstand: Withstand, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)

    def attack(siege: Siege) -> None:
        for _ in range(500):
            bad = Peer(siege.port, greets=False, decodes=False)
            bad.send(random_frames(chance))
            bad.take()
            bad.close(by_reset=chance.random() < 0.3)

    withstand(attack)


def test_descriptors_exhausted(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """The server keeps serving open connections, logs it once, and accepts connections again when there is room."""
    siege = start_siege(descriptors=64)

    def attack(siege: Siege) -> None:
        peers = [socket.create_connection(("127.0.0.1", siege.port), timeout=20) for _ in range(100)]
        used = siege.footprint.processor_seconds
        # An interval to see what the server does while it cannot accept: the victim's calls, and no more.
        time.sleep(0.5)
        used = siege.footprint.processor_seconds - used
        assert siege.footprint.descriptors >= 60
        assert used < 0.4, f"the server spins while it has no descriptors: {used / 0.5:.0%} of a core"
        for peer in peers:
            peer.close()
        until(lambda: siege.footprint.descriptors < 30)

    withstand(attack, siege=siege)
    assert 1 <= log_lines(siege, "descriptors") <= 2
