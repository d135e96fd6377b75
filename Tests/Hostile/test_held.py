"""Bytes that handlers hold, or have not read yet: all of them count for their connection."""

import gzip
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import proxy_pb2 as pb
import pytest
from calls import rpc_request
from frames import (
    ENHANCE_YOUR_CALM,
    INITIAL_WINDOW_SIZE,
    LARGEST_WINDOW,
    NO_ERROR,
    REFUSED_STREAM,
    TabledRequest,
    data,
    headers,
    request_block,
    reset,
    streams,
    window_update,
)
from peer import Peer
from raw_http2 import length_prefixed
from released import ReleasedServer
from siege import MAX_MEMORY, MIB, Siege, resident
from streams import OK, UNAVAILABLE, both_ways, one_way, published

Withstand = Callable[..., None]

GZIP = ("grpc-encoding", "gzip")
HELD_CALLS = 3_000
# What the bridge's client keeps for half a minute: 32 connections to the upstream, and a timer.
BRIDGE_DESCRIPTORS = 32 + 1
# Longer than the others' 20 seconds.
SLOW_SECONDS = 60


def compressed(request: pb.RPCRequest) -> bytes:
    """A body that inflates a thousandfold."""
    message = gzip.compress(request.SerializeToString())
    assert len(message) < 1_200
    return length_prefixed(message, compressed=True)


def inflating_calls(bad: Peer, request: pb.RPCRequest, count: int = HELD_CALLS) -> range:
    """Makes the calls, compressed a thousandfold; returns their streams."""
    block, body = request_block("RPC", GZIP), compressed(request)
    opened = streams(count, bad.next_stream)
    bad.next_stream = opened.stop
    bad.send(b"".join(headers(stream, block) + data(stream, body) for stream in opened))
    return opened


def held(control: Peer, name: str) -> int:
    """How many calls of that name the probe's handler has or had."""
    stream = control.next_stream
    query = {"milestone": "held", "name": name, "count": 0}
    assert control.call(rpc_request("count", query).SerializeToString()) == OK
    response = pb.RPCResponse.FromString(control.bodies[stream][5:])
    return int(response.result.data)


def wait_decoded(bad: Peer, control: Peer, name: str, count: int) -> None:
    """Waits until each of so many calls has come to its handler or was refused."""
    until = time.monotonic() + SLOW_SECONDS
    while held(control, name) + len(bad.ended) < count:
        assert time.monotonic() < until, f"{len(bad.ended)} of {count} calls are refused"
        bad.take()
        assert not bad.goaway, f"ended before calls were refused: GOAWAY {bad.goaway}"


def check_refused(bad: Peer, opened: range, memory: int) -> None:
    """Calls beyond the limit are refused with UNAVAILABLE, or at last their streams, and nothing else ends."""
    most = memory // MIB
    assert bad.wait(lambda: len(opened) - len({*opened} & bad.ended) <= most or bool(bad.goaway), seconds=SLOW_SECONDS)
    assert not bad.goaway, f"ended before calls were refused: GOAWAY {bad.goaway}"
    ended = {*opened} & bad.ended
    assert {*bad.resets.values()} <= {REFUSED_STREAM}
    # An upstream's time may be over on a slow machine: the ready server answers that.
    assert {bad.statuses[stream] for stream in ended - bad.resets.keys()} - {OK} == {UNAVAILABLE}
    left = len(opened) - len(ended)
    # 1 MiB each, and a quarter is left for what is open already.
    assert most // 4 <= left <= most, f"{left} calls of 1 MiB are held"


# Hostile input: requests-held.
@pytest.mark.parametrize("memory", [MAX_MEMORY, 64 * MIB], ids=lambda memory: f"{memory // MIB}_MiB")
def test_requests_that_handlers_hold(withstand: Withstand, start_siege: Callable[..., Siege], memory: int) -> None:
    """A kilobyte each that inflates to 1 MiB, and handlers that hold it while they wait."""

    def attack(siege: Siege) -> None:
        name = uuid.uuid4().hex
        request = rpc_request("hold", name)
        # Not in the payload, which the probe's handler would make a name of.
        request.meta = bytes(MIB)
        with Peer(siege.port) as bad, Peer(siege.port) as control:
            opened = inflating_calls(bad, request)
            wait_decoded(bad, control, name, len(opened))
            check_refused(bad, opened, memory)
            left = {*opened} - bad.ended
            assert control.call(rpc_request("release", name).SerializeToString()) == OK
            assert bad.wait(lambda: left <= bad.ended)
            assert {bad.statuses[stream] for stream in left} == {OK}
            # What was released has room for others.
            stream, bad.next_stream = bad.next_stream, bad.next_stream + 2
            echo = length_prefixed(rpc_request("echo", "x" * MIB).SerializeToString())
            assert bad.post(stream, headers(stream, request_block()), echo)
            assert bad.wait(lambda: stream in bad.ended) and bad.statuses[stream] == OK

    siege = start_siege("--max-connection-memory", str(memory))
    withstand(attack, siege=siege, peak=resident(memory), rounds=2, settle_seconds=20)


# Hostile input: requests-held, metadata-held.
def test_metadata_that_handlers_hold(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """64 KB of metadata each, in small calls."""
    count, tabled = 9_000, TabledRequest(size=65_000)

    def attack(siege: Siege) -> None:
        name = uuid.uuid4().hex
        body = length_prefixed(rpc_request("hold", name).SerializeToString())
        with Peer(siege.port) as bad, Peer(siege.port) as control:
            opened = streams(count)
            bad.send(tabled.first(1) + data(1, body))
            calls = (tabled.later(stream, b"%06d" % stream) + data(stream, body) for stream in opened[1:])
            assert bad.flood((call, len(body)) for call in calls), f"ended before calls were refused: {bad.goaway}"
            assert bad.fence(seconds=SLOW_SECONDS), f"ended before calls were refused: {bad.goaway}"
            left = {*opened} - bad.ended
            assert len(left) < count, "nothing was refused"
            assert {*bad.resets.values()} <= {REFUSED_STREAM}
            assert {bad.statuses[stream] for stream in bad.ended - bad.resets.keys()} <= {UNAVAILABLE}
            assert control.call(rpc_request("release", name).SerializeToString()) == OK
            assert bad.wait(lambda: left <= bad.ended)
            assert {bad.statuses[stream] for stream in left} == {OK}

    withstand(attack, siege=start_siege(), peak=resident(), rounds=2, settle_seconds=20)


# Hostile input: requests-held, abandoned-handlers.
def test_requests_that_abandoned_handlers_hold(withstand: Withstand, start_siege: Callable[..., Siege]) -> None:
    """Their streams are reset, and the handlers continue, holding 1 MiB each."""
    portion = 100

    def attack(siege: Siege) -> None:
        name = uuid.uuid4().hex
        request = rpc_request("hold-on", name)
        request.meta = bytes(MIB)
        with Peer(siege.port) as bad, Peer(siege.port) as control:
            for _ in range(HELD_CALLS // portion):
                opened = inflating_calls(bad, request, portion)
                wait_decoded(bad, control, name, opened.stop // 2)
                # Older than what is reset rapidly, since all of them were inflated before.
                bad.send(b"".join(reset(stream) for stream in opened if stream not in bad.ended))
                assert bad.fence()
            assert {*bad.resets.values()} <= {REFUSED_STREAM}
            assert {*bad.statuses.values()} <= {UNAVAILABLE}
            assert bad.ended, "nothing was refused"
            assert control.call(rpc_request("release", name).SerializeToString()) == OK

    withstand(attack, siege=start_siege(), peak=resident(), rounds=2, settle_seconds=20)


@pytest.fixture
def ready_siege(tmp_path: Path) -> Iterator[Siege]:
    """The ready server, whose clients' calls go to an upstream that takes connections and never answers."""
    with ExitStack() as stack:
        upstream = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        policy = tmp_path / "policy.yaml"
        policy.write_text(
            f"""
log: {{access: false}}
rpc:
  ping: true
  http:
    base_url: http://127.0.0.1:{upstream.getsockname()[1]}/api
    allow: ["post:**"]
    max_request_size: 4MiB
    timeout: 2min
"""
        )
        server = ReleasedServer("--config", str(policy), "--port", "0", "--event-loops", "1")
        yield stack.enter_context(Siege(server, victim="ready"))


# Hostile input: requests-held.
@pytest.mark.parametrize("field", ["meta", "data"])
def test_requests_that_wait_for_an_upstream(withstand: Withstand, ready_siege: Siege, field: str) -> None:
    """The same of the ready server: they wait for the HTTP bridge, which sends one field on and not the other."""
    request = pb.RPCRequest(method="post:silent", encoding="json", **{field: b'"' + b"x" * MIB + b'"'})

    def attack(siege: Siege) -> None:
        with Peer(siege.port) as bad:
            check_refused(bad, inflating_calls(bad, request), MAX_MEMORY)

    withstand(
        attack,
        siege=ready_siege,
        peak=resident(),
        rounds=2,
        settle_seconds=20,
        spare_descriptors=BRIDGE_DESCRIPTORS,
    )


# Hostile input: publications-held.
@pytest.mark.parametrize(
    ("count", "order", "memory"),
    [(20_000, "with_them", MAX_MEMORY), (6_000, "after_all_are_open", MAX_MEMORY), (2_000, "with_them", 64 * MIB)],
    ids=["20000_streams", "6000_streams_opened_before", "2000_streams_and_64_MiB"],
)
def test_publications_that_no_handler_reads(
    withstand: Withstand, start_siege: Callable[..., Siege], count: int, order: str, memory: int
) -> None:
    """60 KB a stream, below the 64 KiB that it may read ahead."""
    block = request_block("SubscribeBidirectional")
    publications = published(b'"' + b"x" * 10_000 + b'"') * 6

    def attack(siege: Siege) -> None:
        opening = length_prefixed(both_ways(f"unread:{uuid.uuid4().hex}"))
        with Peer(siege.port) as bad:
            opened = streams(count)

            def open_stream(stream: int) -> tuple[bytes, int]:
                return headers(stream, block) + data(stream, opening, last=False), len(opening)

            def publish(stream: int) -> tuple[bytes, int]:
                return data(stream, publications, last=False), len(publications)

            if order == "with_them":
                for stream in opened:
                    if not bad.flood([open_stream(stream), publish(stream)]):
                        break
            elif bad.flood(map(open_stream, opened)):
                bad.flood(map(publish, opened))
            lives = bad.fence(seconds=SLOW_SECONDS)
            assert lives or bad.goaway == ENHANCE_YOUR_CALM
            # NO_ERROR is after UNAVAILABLE, on a stream that its peer has not ended.
            assert {*bad.resets.values()} <= {NO_ERROR, REFUSED_STREAM}
            assert len(bad.bodies) >= memory // MIB, "the server takes next to nothing"

    siege = start_siege("--max-connection-memory", str(memory))
    withstand(attack, siege=siege, peak=resident(memory), rounds=2, settle_seconds=20)


PUBLISHED = 256


# Hostile input: publications-waiting.
@pytest.mark.parametrize(
    ("channels", "memory"), [(4, MAX_MEMORY), (1, 64 * MIB)], ids=["4_channels", "1_channel_and_64_MiB"]
)
def test_publications_that_wait_for_a_slow_reader(
    withstand: Withstand, start_siege: Callable[..., Siege], channels: int, memory: int
) -> None:
    """256 publications of 1 MiB: streams that read nothing are interrupted, others on it get all of them."""

    def attack(siege: Siege) -> None:
        names = [uuid.uuid4().hex for _ in range(channels)]
        # Streams have no window but by their own updates.
        values = {INITIAL_WINDOW_SIZE: 0}
        with Peer(siege.port, values=values) as bad, Peer(siege.port) as control:
            slow = streams(channels, bad.next_stream)
            bad.send(b"".join(bad.calls(1, one_way(f"hub:{name}"), event="SubscribeUnidirectional") for name in names))
            quick = streams(channels, bad.next_stream)
            bad.send(b"".join(bad.calls(1, one_way(f"hub:{name}"), event="SubscribeUnidirectional") for name in names))
            bad.send(b"".join(window_update(stream, LARGEST_WINDOW) for stream in quick))
            assert bad.wait(lambda: {*quick} <= bad.bodies.keys())
            for _ in range(PUBLISHED):
                bad.bodies.clear()
                # What a publication takes of it, for each stream that reads and for one that does not.
                bad.send(window_update(0, 2 * channels * (MIB + 1_000)))
                for name in names:
                    publish = rpc_request("publish", {"channel": name, "count": 1, "size": MIB})
                    assert control.call(publish.SerializeToString()) == OK
                assert bad.wait(lambda: all(len(bad.bodies.get(stream, b"")) > MIB for stream in quick)), (
                    "a subscriber that reads lost a publication"
                )
            assert not {*quick} & bad.ended
            assert not {*slow} & bad.bodies.keys()
            # The slow ones get all, or learn that they have missed something; there is no room for all of all.
            bad.send(b"".join(window_update(stream, LARGEST_WINDOW) for stream in slow))
            assert bad.wait(
                lambda: all(
                    stream in bad.ended or len(bad.bodies.get(stream, b"")) > PUBLISHED * MIB for stream in slow
                )
            )
            interrupted = {*slow} & bad.ended
            assert {bad.statuses[stream] for stream in interrupted} == {UNAVAILABLE}
            assert (channels - len(interrupted)) * PUBLISHED * MIB <= memory
            assert bad.goaway is None

    siege = start_siege("--max-connection-memory", str(memory))
    withstand(attack, siege=siege, peak=resident(memory), rounds=2, settle_seconds=20)
