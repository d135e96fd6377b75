"""A well-behaved client in a process of its own, which must not notice what others do to the server.

It keeps one connection with two calls that the server holds and a subscription, and beside them makes calls two
at a time, each checked, while it is told to. Commands come by lines on standard input, reports go by lines of JSON to
standard output.
"""

import json
import math
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import proxy_pb2 as pb
from calls import rpc_request
from frames import streams
from peer import Peer
from raw_http2 import length_prefixed
from streams import OK, one_way

# From one pair of calls to the next.
PAUSE_SECONDS = 0.002
WAIT_SECONDS = 30
HELD = 2


@dataclass(frozen=True)
class Report:
    """What a victim saw."""

    calls: int
    slowest: float
    failures: list[str]
    # The time that 99 % of the calls took at most.
    p99: float


class Victim:
    """The victim as its tests see it."""

    def __init__(self, port: int, kind: str = "probe") -> None:
        """Starts one for a server of that kind: the probe, or the ready server."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__), kind, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            report = self._ask("quit")
            assert not report.failures, report.failures
        self._process.kill()
        self._process.communicate()

    def start(self) -> None:
        """Starts its calls."""
        self._ask("start")

    def stop(self) -> Report:
        """Makes it finish the open calls, and returns their results."""
        return self._ask("stop")

    def _ask(self, command: str) -> Report:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Report:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the victim died"
        return Report(**json.loads(line))


class Caller:
    """The victim inside of its process, with a call that any server answers."""

    def __init__(self, peer: Peer, message: bytes, result: bytes) -> None:
        """Has a connection to make the call `message` on, to which the answer is `result`."""
        self._peer = peer
        self._message = message
        self._expected = length_prefixed(pb.RPCResponse(result=pb.RPCResult(data=result)).SerializeToString())
        self._clear()

    def _clear(self) -> None:
        self._times: list[float] = []
        self._failures: list[str] = []

    def _expect(self, right: bool, otherwise: str) -> None:
        if not right:
            self._failures.append(otherwise)

    def report(self) -> None:
        """Tells what has happened since the last report."""
        times = sorted(self._times)
        report = {
            "calls": len(times),
            "slowest": times[-1] if times else 0.0,
            "failures": self._failures[:5],
            "p99": times[math.ceil(len(times) * 0.99) - 1] if times else 0.0,
        }
        print(json.dumps(report), flush=True)
        self._clear()

    def run(self) -> None:
        """Serves commands until there are no more."""
        commands = select.poll()
        commands.register(sys.stdin, select.POLLIN)
        self.report()
        is_calling = False
        while True:
            if not is_calling or commands.poll(0):
                match sys.stdin.readline().strip():
                    case "start":
                        is_calling = True
                    case "stop":
                        is_calling = False
                        self._look_at_others()
                    case _:
                        self._end()
                        return self.report()
                self.report()
            if is_calling:
                began = time.monotonic()
                self._pair()
                # A pace and no wait: it leaves the processor to the attackers.
                time.sleep(max(0.0, PAUSE_SECONDS - (time.monotonic() - began)))

    def _pair(self) -> None:
        peer = self._peer
        opened = streams(2, peer.next_stream)
        sent = peer.calls(2, self._message)
        began = time.perf_counter()
        peer.send(sent)
        for stream in opened:
            try:
                self._expect(peer.wait(lambda: stream in peer.ended, seconds=WAIT_SECONDS), "the connection ended")
            except AssertionError as error:
                self._failures.append(str(error))
            self._times.append(time.perf_counter() - began)
            right = peer.statuses.pop(stream, None) == OK and peer.bodies.pop(stream, None) == self._expected
            self._expect(right, f"call {stream} was answered wrong")
        peer.ended.clear()
        if peer.closed or peer.goaway is not None:
            self._failures.append(f"the server ended the connection, GOAWAY {peer.goaway}")

    def _look_at_others(self) -> None:
        """Checks what else the victim has on its connection: here nothing."""

    def _end(self) -> None:
        """Ends what else the victim has on its connection."""


class ProbeCaller(Caller):
    """The probe's victim, which has calls that are held and a subscription as well."""

    def __init__(self, port: int) -> None:
        self._name = f"victim {os.getpid()}"
        super().__init__(Peer(port), self._rpc("echo", self._name), json.dumps(self._name).encode())
        self._subscription = self._peer.next_stream
        self._peer.send(self._peer.calls(1, one_way(f"hub:{self._name}"), event="SubscribeUnidirectional"))
        self._held = streams(HELD, self._peer.next_stream)
        self._peer.send(self._peer.calls(HELD, self._rpc("hold", self._name)))
        wait = {"milestone": "held", "name": self._name, "count": HELD}
        self._expect(self._peer.call(self._rpc("wait-many", wait)) == OK, "the calls are not held")

    @staticmethod
    def _rpc(method: str, argument: object) -> bytes:
        return rpc_request(method, argument).SerializeToString()

    def _look_at_others(self) -> None:
        """Checks that the stream and the held calls are still what they were."""
        peer = self._peer
        peer.bodies.setdefault(self._subscription, bytearray())
        before = len(peer.bodies[self._subscription])
        self._expect(
            peer.call(self._rpc("publish", {"channel": self._name, "count": 1, "size": 10})) == OK, "cannot publish"
        )
        self._expect(
            peer.wait(lambda: len(peer.bodies[self._subscription]) > before), "the stream lost its publication"
        )
        peer.bodies[self._subscription].clear()
        self._expect(not {self._subscription, *self._held} & peer.statuses.keys(), "a held call ended")
        peer.ended.clear()

    def _end(self) -> None:
        peer = self._peer
        self._expect(peer.call(self._rpc("release", self._name)) == OK, "cannot release")
        self._expect(peer.wait(lambda: {*self._held} <= peer.ended), "the held calls are not answered")
        self._expect(all(peer.statuses.get(stream) == OK for stream in self._held), "the held calls failed")


def main(arguments: list[str]) -> None:
    """Runs a victim of the server of that kind at that port."""
    kind, port = arguments[0], int(arguments[1])
    if kind == "probe":
        caller: Caller = ProbeCaller(port)
    else:
        caller = Caller(Peer(port), rpc_request("ping").SerializeToString(), b'{"pong":true}')
    caller.run()


if __name__ == "__main__":
    main(sys.argv[1:])
