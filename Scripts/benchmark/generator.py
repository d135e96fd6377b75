"""The load generator of the project's own, which sends calls as Centrifugo's gRPC client does: Benchmarks/Load."""

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmark.candidates import BENCHMARKS, BUILD, compile_to, is_up_to_date
from benchmark.server import LOAD_CORE, BenchError

RUN_SECONDS = 120


@dataclass(frozen=True)
class Report:
    """What came of a run: calls per second, and the duration of calls in microseconds."""

    rate: float
    median: float
    slow: float
    longest: float


@cache
def built() -> Path:
    """The program, compiled if its sources have changed."""
    sources, made = sorted((BENCHMARKS / "Load").glob("*.[ch]")), BUILD / "load"
    if is_up_to_date(made, *sources):
        return made
    BUILD.mkdir(exist_ok=True)
    code = [source for source in sources if source.suffix == ".c"]
    return compile_to(made, "gcc", "-O2", "-Wall", "-Wextra", "-Werror", *code)


def run(port: int, path: str, message: Path, connections: int, streams: int, calls: int, answer: int) -> Report:
    """Makes calls, each of which must be answered with so many bytes."""
    numbers = map(str, (connections, streams, calls, answer))
    command = ["taskset", "--cpu-list", LOAD_CORE, built(), str(port), path, message, *numbers]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
    if done.returncode:
        raise BenchError(f"not every call succeeded: {done.stderr.strip()}")
    seconds, *durations = map(float, done.stdout.split())
    return Report(calls / seconds, *durations)
