"""Attacks on a running server while a victim calls it, and what must be as before afterwards."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from calls import rpc_request
from footprint import Footprint
from peer import Peer
from probe import Probe
from streams import OK
from victim import Report, Victim

BINARY = Path(__file__).resolve().parents[3] / ".build/release/probe-server"
MIB = 1 << 20

ROUNDS = 3
SLOWEST_SECONDS = 1.0
# Resident memory that a first attack may leave: pools, and pages the allocator keeps for the next one.
ALLOWANCE = 24 * MIB
# What any further attack of the kind may add: nothing but the allocator's chance.
GROWTH = 4 * MIB
# Processor time that an idle server may use of the observed interval.
IDLE_SECONDS, IDLE_USE = 0.1, 0.01
SETTLE_SECONDS = 5.0
# The server's default of `maxConnectionMemory`.
MAX_MEMORY = 256 * MIB


def resident(limit: int = MAX_MEMORY) -> int:
    """How much resident memory one connection may take at most, with that `maxConnectionMemory`.

    What is counted has heads and gaps around it in the allocator, and other connections are served meanwhile.
    """
    return limit * 5 // 4 + 32 * MIB


class Server(Protocol):
    """A server process under attack."""

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    @property
    def pid(self) -> int:
        """The process."""
        ...

    def log(self) -> str:
        """What it has logged so far."""
        ...

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Stops it."""
        ...


@dataclass
class Result:
    """What one kind of attack did."""

    name: str
    calls: int = 0
    slowest: float = 0.0
    p99: float = 0.0
    before: int = 0
    after: list[int] = field(default_factory=list)
    peak: int = 0

    def note(self, report: Report, peak: int) -> None:
        """Adds a round, also one that failed."""
        self.calls += report.calls
        self.slowest = max(self.slowest, report.slowest)
        # The worst round's, so that quiet rounds hide nothing.
        self.p99 = max(self.p99, report.p99)
        self.peak = peak

    def row(self) -> str:
        """A row of the table at the end."""
        after = " ".join(f"{bytes / MIB:+6.1f}" for bytes in [each - self.before for each in self.after])
        return (
            f"{self.name:58} {self.calls:6} {self.p99 * 1_000:7.1f} {self.slowest * 1_000:7.1f}"
            f" {self.before / MIB:7.1f} {(self.peak - self.before) / MIB:+8.1f} {after}"
        )


HEADING = f"{'attack':58} {'calls':>6} {'p99':>7} {'slowest':>7} {'before':>7} {'peak':>8} after each round"


@dataclass(frozen=True)
class Bounds:
    """What the server may have after an attack."""

    descriptors: int
    memory: int


class Siege:
    """A server with one event loop, so that the victim always shares it with the attacker, and that victim."""

    def __init__(self, server: Server, victim: str = "probe") -> None:
        """Besieges a server that has started, and ends it when the siege ends."""
        self.server = server
        self.port = server.port
        self.footprint = Footprint(server.pid)
        with contextlib.ExitStack() as stack:
            stack.push(server)
            self._victim = Victim(self.port, victim)
            stack.pop_all()

    @classmethod
    def of_probe(cls, log: Path, *options: str, descriptors: int | None = None) -> Self:
        """Starts a probe server with those options."""
        return cls(Probe(log, "--event-loops", "1", *options, binary=BINARY, descriptors=descriptors))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            self._victim.__exit__(kind, *rest)
        finally:
            self.server.__exit__(kind, *rest)

    def withstand(
        self,
        result: Result,
        attack: Callable[[], None],
        *,
        rounds: int = ROUNDS,
        peak: int | None = None,
        settle_seconds: float = SETTLE_SECONDS,
        spare_descriptors: int = 0,
        slowest: float = SLOWEST_SECONDS,
        p99: float | None = None,
    ) -> None:
        """Attacks again and again; checks the victim's calls, and memory, descriptors and idleness after each round.

        `spare_descriptors` are those that the server may rightly have afterwards and had not before.
        """
        descriptors = self._settle(settle_seconds, None) + spare_descriptors
        result.before = self.footprint.memory
        self.footprint.forget_peak()
        result.peak = result.before
        for _ in range(rounds):
            self._victim.start()
            try:
                attack()
            finally:
                report = self._victim.stop()
                result.note(report, self.footprint.peak)
            assert not report.failures, f"the victim's calls failed: {report.failures}"
            self.fresh_call()
            self._settle(settle_seconds, Bounds(descriptors, result.before + ALLOWANCE))
            result.after.append(self.footprint.memory)
            result.peak = self.footprint.peak
        assert result.calls, "the victim made no call"
        assert result.slowest < slowest, f"a call of the victim took {result.slowest:.2f} s"
        assert p99 is None or result.p99 <= p99, f"1 % of the victim's calls took longer than {result.p99:.3f} s"
        if rounds > 1:
            if result.after[-1] > result.after[0] + GROWTH:
                # What is free goes back to the system seconds after a connection. A few megabytes may stay for one round and
                # go after another: growth is only what every round adds.
                with contextlib.suppress(AssertionError):
                    self._settle(settle_seconds, Bounds(descriptors, result.after[0] + GROWTH))
                result.after[-1] = self.footprint.memory
            growth = min(after - before for before, after in zip(result.after, result.after[1:], strict=False))
            assert growth <= GROWTH, f"memory grows with every attack: {result.row()}"
        if peak is not None:
            assert result.peak - result.before <= peak, f"memory was not bounded: {result.row()}"

    def fresh_call(self) -> None:
        """Makes a call on a new connection."""
        with Peer(self.port) as peer:
            assert peer.call(rpc_request("echo", 1).SerializeToString()) == OK

    def _settle(self, seconds: float, bounds: Bounds | None) -> int:
        """Waits until the server is idle and within the bounds; returns how many descriptors it has then.

        Nothing tells of idleness, which is an interval without work; so this watches short ones until one is quiet.
        """
        until = time.monotonic() + seconds
        while True:
            used = self.footprint.processor_seconds
            time.sleep(IDLE_SECONDS)
            used = self.footprint.processor_seconds - used
            descriptors, memory = self.footprint.descriptors, self.footprint.memory
            is_within = bounds is None or (descriptors <= bounds.descriptors and memory <= bounds.memory)
            if used <= IDLE_USE and is_within:
                return descriptors
            assert time.monotonic() < until, (
                f"the server does not settle: {used / IDLE_SECONDS:.0%} of a core, {descriptors} descriptors,"
                f" {memory / MIB:.1f} MiB, and may have {bounds}"
            )
