"""A soak: mixed load for some minutes, and whether what the server takes stays flat."""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from footprint import Footprint
from probe import Probe
from siege import BINARY, MIB
from soak_loads import LOADS, Load

SAMPLE_SECONDS = 5
ROWS = 12
# What the straight line through the second half may rise from its beginning to its end.
MEMORY_RISE, DESCRIPTOR_RISE = 4.0, 5.0
SLOWEST_SECONDS = 1.0
CONNECTION_AGE = 30


@dataclass(frozen=True)
class Sample:
    """What the server took at a moment."""

    seconds: float
    memory: float
    descriptors: int
    threads: int
    processor: float

    @classmethod
    def of(cls, footprint: Footprint, began: float) -> "Sample":
        """Takes one now."""
        return cls(
            time.monotonic() - began,
            footprint.memory / MIB,
            footprint.descriptors,
            footprint.threads,
            footprint.processor_seconds,
        )


def rise(samples: list[Sample], values: list[float]) -> float:
    """How much the straight line through the values rises over the time of the samples."""
    times = [sample.seconds for sample in samples]
    return linear_regression(times, values).slope * (times[-1] - times[0])


def soak(probe: Probe, loads: list[Load], seconds: float) -> tuple[list[Sample], Sample]:
    """Runs the loads; returns the samples, and one more when all connections are gone."""
    footprint = Footprint(probe.pid)
    began = time.monotonic()
    samples = [Sample.of(footprint, began)]
    for load in loads:
        load.start()
    print(f"{'minute':>6} {'MiB':>7} {'descriptors':>11} {'threads':>7} {'server CPU':>10}", flush=True)
    every = max(1, round(seconds / SAMPLE_SECONDS / ROWS))
    while time.monotonic() - began < seconds:
        # A sample is of a moment, and the moments are spread over the time.
        time.sleep(SAMPLE_SECONDS)
        samples.append(Sample.of(footprint, began))
        if len(samples) % every == 0:
            last, before = samples[-1], samples[max(0, len(samples) - 1 - every)]
            share = (last.processor - before.processor) / (last.seconds - before.seconds)
            print(
                f"{last.seconds / 60:6.1f} {last.memory:7.1f} {last.descriptors:11} {last.threads:7} {share:10.0%}",
                flush=True,
            )
    for load in loads:
        load.stop()
    for load in loads:
        load.join()
    # Nothing tells when a server is idle: its last sample is taken one interval after the loads' end.
    time.sleep(SAMPLE_SECONDS)
    return samples, Sample.of(footprint, began)


def verdict(samples: list[Sample], end: Sample, loads: list[Load]) -> list[str]:
    """What is wrong, if anything is."""
    half = samples[len(samples) // 2 :]
    memory = rise(half, [sample.memory for sample in half])
    descriptors = rise(half, [float(sample.descriptors) for sample in half])
    threads = max(sample.threads for sample in half) - max(sample.threads for sample in samples[: len(samples) // 2])
    slowest = max(load.slowest for load in loads)
    failed = sum(load.counts["failed"] for load in loads)
    print(
        f"second half: memory {memory:+.2f} MiB (bound {MEMORY_RISE}), descriptors {descriptors:+.2f}"
        f" (bound {DESCRIPTOR_RISE}), threads {threads:+}\n"
        f"afterwards: {end.memory:.1f} MiB, {end.descriptors} descriptors ({samples[0].descriptors} at the start)\n"
        f"good calls: slowest step {slowest * 1_000:.0f} ms, {failed} failed"
    )
    checks = {
        "memory grows": memory > MEMORY_RISE,
        "descriptors grow": descriptors > DESCRIPTOR_RISE or end.descriptors > samples[0].descriptors,
        "threads grow": threads > 0,
        "good calls failed": failed > 0,
        "a good call took too long": slowest > SLOWEST_SECONDS,
    }
    return [text for text, is_so in checks.items() if is_so]


def main() -> None:
    """Soaks a server of its own, and ends with a status that is not zero when something is wrong."""
    parser = argparse.ArgumentParser(prog="Scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default %(default)s)")
    minutes = parser.parse_args().minutes
    options = ("--max-connection-age", str(CONNECTION_AGE), "--stream-drain-window", "2")
    with tempfile.TemporaryDirectory() as folder, Probe(Path(folder) / "log", *options, binary=BINARY) as probe:
        loads = [load(probe) for load in LOADS]
        samples, end = soak(probe, loads, minutes * 60)
        for load in loads:
            counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(load.counts.items()))
            print(f"{load.name:20} {counts}" + (f"; slowest {load.slowest * 1_000:.0f} ms" if load.slowest else ""))
            for failure in load.failures:
                print(f"    {failure}")
        wrong = verdict(samples, end, loads)
    if wrong:
        sys.exit("not flat: " + ", ".join(wrong))
    print("flat")


if __name__ == "__main__":
    main()
