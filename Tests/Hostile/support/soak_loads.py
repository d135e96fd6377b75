"""The parts of a soak's load: each repeats a small step, and counts the results."""

import gzip
import json
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import grpc
import proxy_pb2 as pb
from calls import CallMaker, rpc_request
from frames import LARGEST_WINDOW, data, frame, headers, request_block, reset, streams, window_update
from messages import ENCODINGS, UNARY_EVENTS, filled
from peer import Peer
from probe import Probe
from raw_http2 import length_prefixed
from streams import DEADLINE_EXCEEDED, OK, UNAVAILABLE, one_way
from test_connections import FOREIGN, random_frames
from test_floods import BOMBS, CONTINUATIONS


class Load(ABC):
    """One kind of load, on a thread of its own, so many steps a second."""

    name: str
    per_second: float

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.slowest = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name)

    @abstractmethod
    def step(self) -> None:
        """Does a little."""

    def close(self) -> None:
        """Closes the connections."""

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Asks for the end."""
        self._stopping.set()

    def join(self) -> None:
        """Waits for the end."""
        self._thread.join()
        self.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self.step()
            except Exception as error:
                self.fail(repr(error))
            # The load's own pace.
            self._stopping.wait(max(0.0, 1 / self.per_second - (time.monotonic() - began)))

    def fail(self, text: str) -> None:
        """Notes a good call that failed."""
        self.counts["failed"] += 1
        if len(self.failures) < 5:
            self.failures.append(f"{self.name}: {text}")


class Connected(Load):
    """A load on one connection, which is opened again when the server has drained it."""

    def __init__(self, probe: Probe) -> None:
        super().__init__(probe)
        self._peer: Peer | None = None

    @property
    def peer(self) -> Peer:
        """A connection that takes new calls as far as is known."""
        if self._peer is None or self._peer.closed or self._peer.goaway is not None:
            if self._peer:
                self._peer.close()
                self.counts["drained connections"] += 1
            self._peer = Peer(self.probe.port)
        self._peer.take()
        return self._peer if self._peer.goaway is None else self.peer

    def close(self) -> None:
        if self._peer:
            self._peer.close()

    def finish(self, peer: Peer, opened: range, is_right: Callable[[int], bool], outcome: str = "ok") -> None:
        """Waits for calls and checks them; those that the server did not take before its GOAWAY are none of its own."""
        began = time.monotonic()
        peer.wait(lambda: {*opened} <= peer.ended, seconds=60)
        self.slowest = max(self.slowest, time.monotonic() - began)
        for stream in opened:
            if stream > peer.last_served:
                self.counts["not taken"] += 1
            elif is_right(stream):
                self.counts[outcome] += 1
            else:
                self.fail(f"status {peer.statuses.get(stream)}, reset {peer.resets.get(stream)}, GOAWAY {peer.goaway}")
        peer.forget()

    def rpc(self, method: str, argument: object) -> None:
        """Runs a method of the probe's on a connection of its own."""
        with Peer(self.probe.port) as control:
            if control.call(rpc_request(method, argument).SerializeToString()) != OK:
                self.fail(method)


class FastCalls(Connected):
    """Hundreds of calls on one connection."""

    name, per_second, batch = "fast calls", 10, 150
    message = rpc_request("echo", "soak").SerializeToString()
    answer = length_prefixed(pb.RPCResponse(result=pb.RPCResult(data=json.dumps("soak").encode())).SerializeToString())

    def step(self) -> None:
        peer = self.peer
        opened = streams(self.batch, peer.next_stream)
        peer.send(peer.calls(self.batch, self.message))
        self.finish(peer, opened, lambda s: peer.statuses.get(s) == OK and peer.bodies.get(s) == self.answer)


class Deadlines(Connected):
    """Calls that the server answers at their deadline."""

    name, per_second, batch = "missed deadlines", 4, 20
    message = rpc_request("hold", "soak deadline").SerializeToString()

    def step(self) -> None:
        peer = self.peer
        opened = streams(self.batch, peer.next_stream)
        peer.send(peer.calls(self.batch, self.message, ("grpc-timeout", "50m")))
        self.finish(peer, opened, lambda s: peer.statuses.get(s) == DEADLINE_EXCEEDED, "missed as asked")


class Cancels(Connected):
    """Calls that are reset while their handlers run."""

    name, per_second, batch = "cancels", 4, 20
    message = rpc_request("hold", "soak cancel").SerializeToString()

    def __init__(self, probe: Probe) -> None:
        super().__init__(probe)
        self._held = 0

    def step(self) -> None:
        # A connection of its own, so that no drain comes between.
        with Peer(self.probe.port) as peer:
            opened = streams(self.batch, peer.next_stream)
            peer.send(peer.calls(self.batch, self.message))
            self._held += self.batch
            self.rpc("wait-many", {"milestone": "held", "name": "soak cancel", "count": self._held})
            peer.send(b"".join(map(reset, opened)))
            self.rpc("wait-many", {"milestone": "cancelled", "name": "soak cancel", "count": self._held})
            self.counts["cancelled"] += self.batch


class Subscriptions(Connected):
    """Streams that are opened, get what is published, and leave; drained ones come back."""

    name, per_second, batch = "subscriptions", 4, 50
    message = one_way("hub:soak")

    def step(self) -> None:
        peer = self.peer
        opened = streams(self.batch, peer.next_stream)
        peer.send(peer.calls(self.batch, self.message, event="SubscribeUnidirectional"))
        self._wait(peer, opened, 1)
        before = {stream: len(peer.bodies.get(stream, b"")) for stream in opened}
        self.rpc("publish", {"channel": "soak", "count": 3, "size": 200})
        self._wait(peer, opened, 3 * 200)
        for stream in opened:
            if len(peer.bodies.get(stream, b"")) >= before[stream] + 3 * 200:
                self.counts["ok"] += 1
            elif stream > peer.last_served or peer.statuses.get(stream) == UNAVAILABLE or peer.goaway == 0:
                self.counts["drained"] += 1
            else:
                self.fail(f"stream {stream}: status {peer.statuses.get(stream)}, GOAWAY {peer.goaway}")
        if random.random() < 0.3:
            peer.close()
            peer.closed = True
        else:
            with suppress(OSError):
                peer.send(b"".join(map(reset, opened)))
            peer.ended.update(opened)
            peer.forget()

    @staticmethod
    def _wait(peer: Peer, opened: range, count: int) -> None:
        def is_done() -> bool:
            return peer.goaway is not None or all(
                stream in peer.ended or len(peer.bodies.get(stream, b"")) >= count for stream in opened
            )

        peer.wait(is_done)


class Crowds(Connected):
    """Streams whose handlers wait for their clients to leave, which they do together."""

    name, per_second, batch = "crowds", 0.2, 3_000
    message = one_way("stay:soak")

    def step(self) -> None:
        # A connection of its own, so that no drain comes between.
        with Peer(self.probe.port) as peer:
            opened = streams(self.batch, peer.next_stream)
            peer.send(peer.calls(self.batch, self.message, event="SubscribeUnidirectional"))
            peer.wait(lambda: all(peer.bodies.get(stream) for stream in opened))
            if random.random() < 0.5:
                peer.send(b"".join(map(reset, opened)))
        self.counts["left"] += self.batch


class Reconnects(Load):
    """A connection for each call."""

    name, per_second = "reconnects", 20
    message = rpc_request("echo", 1).SerializeToString()

    def step(self) -> None:
        began = time.monotonic()
        with Peer(self.probe.port) as peer:
            if peer.call(self.message) == OK:
                self.counts["ok"] += 1
            else:
                self.fail(f"statuses {peer.statuses}")
        self.slowest = max(self.slowest, time.monotonic() - began)


class EveryEvent(Load):
    """Each unary event through grpcio, with every field set."""

    name, per_second = "grpcio, every event", 4

    def __init__(self, probe: Probe) -> None:
        super().__init__(probe)
        self._calls = CallMaker(probe)
        self._requests = [(event, filled(event, encoding)) for event in UNARY_EVENTS for encoding in ENCODINGS]

    def step(self) -> None:
        for event, request in self._requests:
            began = time.monotonic()
            try:
                # Two events have answers of their own kind; an answer in the result is an answer.
                self._calls.event(event, request)
                self.counts["ok"] += 1
            except grpc.RpcError as error:
                if event == "RPC" and "NOT_FOUND" in str(error):
                    self.counts["ok"] += 1
                else:
                    self.fail(f"{event}: {error}")
            self.slowest = max(self.slowest, time.monotonic() - began)

    def close(self) -> None:
        self._calls.channel.close()


class BadInput(Load):
    """Frames that no good peer sends; the answers are ignored."""

    name, per_second = "bad input", 20

    def __init__(self, probe: Probe) -> None:
        super().__init__(probe)
        self._chance = random.Random(4)
        zeros = length_prefixed(gzip.compress(bytes(5 << 20)), compressed=True)
        huge = b"\0\xff\xff\xff\xff"
        hold = length_prefixed(rpc_request("hold", "bad").SerializeToString())
        self._kinds: list[Callable[[Peer], bytes]] = [
            lambda peer: random_frames(self._chance),
            lambda peer: headers(1, request_block("RPC", ("grpc-encoding", "gzip"))) + data(1, zeros),
            lambda peer: headers(1, request_block()) + data(1, huge, last=False),
            lambda peer: headers(1, request_block()) + data(1, hold) + window_update(1, LARGEST_WINDOW),
            lambda peer: b"".join(headers(s, request_block()) + reset(s) for s in streams(100)),
            lambda peer: b"".join(headers(s, request_block()) for s in streams(100)),
            lambda peer: frame(6, payload=bytes(8)) * 500,
            *[lambda peer, sent=sent: sent[:100_000] for sent in CONTINUATIONS.values()],
            *[lambda peer, bomb=bomb: b"".join(map(bomb, streams(20))) for bomb in BOMBS.values()],
        ]

    def step(self) -> None:
        self.counts["sent"] += 1
        if self._chance.random() < 0.2:
            with Peer(self.probe.port, greets=False) as bad:
                bad.send(self._chance.choice([*FOREIGN.values(), random_frames(self._chance)]))
                bad.take()
            return
        bad = Peer(self.probe.port, decodes=False)
        bad.send(self._chance.choice(self._kinds)(bad))
        bad.take()
        bad.close(by_reset=self._chance.random() < 0.5)


LOADS: list[type[Load]] = [FastCalls, EveryEvent, Reconnects, Subscriptions, Crowds, Cancels, Deadlines, BadInput]
