"""Measures servers of the same call beside each other, in rounds.

In each round all are started, and then loaded in turn, shape by shape, each round another one first. What is told is
the median of the rounds, also of differences and ratios: a machine is never twice the same, and only what ran within
seconds of each other compares.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmark.candidates import Candidate
from benchmark.load import SHAPES, Figures, Load, Shape
from benchmark.server import BenchError, free_port, running

# A slow server makes fewer calls, so that no run takes longer than this.
LONGEST_SECONDS = 4.0
WARM_UP = 0.05

Rounds = dict[tuple[Shape, str], list[Figures]]


def measured(candidates: Sequence[Candidate], binaries: dict[str, Path], rounds: int, calls: int) -> Rounds:
    """Measures all in as many rounds; the binaries are by the candidates' names."""
    figures: Rounds = defaultdict(list)
    answers = set()
    for number in range(rounds):
        first = number % len(candidates)
        with ExitStack() as stack:
            loads: dict[Candidate, Load] = {}
            for candidate in (*candidates[first:], *candidates[:first]):
                port = free_port()
                command = candidate.command(binaries[candidate.name], port)
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                pid = stack.enter_context(running(command, port, candidate.cores))
                loads[candidate] = Load(port, pid, Path(folder))
                answers.add(loads[candidate].answer)
                if len(answers) > 1:
                    raise BenchError(f"the servers answer differently: {answers}")
            for shape in SHAPES:
                for candidate, load in loads.items():
                    print(f"Round {number + 1} of {rounds}, {shape}: {candidate.what}", file=sys.stderr)
                    measure = load.measure(shape, calls, warm_up=WARM_UP, longest=LONGEST_SECONDS)
                    figures[shape, candidate.name].append(measure)
    return figures


def table(candidates: Sequence[Candidate], figures: Rounds) -> str:
    """Medians, and what each round's figures are to those of the first in that round."""
    name = candidates[0].name
    lines = [
        f"| connections × streams | server | CPU µs/call | − {name} | ÷ {name} | calls/s | p50 µs | ÷ {name} | p99 µs"
        " | peak RSS MiB |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for shape in SHAPES:
        for candidate in candidates:
            rounds = figures[shape, candidate.name]
            own = _medians(rounds)
            base = figures[shape, name]
            pairs = list(zip(rounds, base, strict=True))
            more = median(each.processor - first.processor for each, first in pairs)
            times = median(processor_ratios(rounds, base))
            slower = median(each.median / first.median for each, first in pairs)
            lines.append(
                f"| {shape} | {candidate.what} | {own.processor:.2f} | {more:.2f} | {times:.2f} | {own.rate:,.0f}"
                f" | {own.median:.0f} | {slower:.2f} | {own.slow:.0f} | {own.peak_memory / 2**20:.1f} |"
            )
    return "\n".join(lines)


def processor_ratios(rounds: list[Figures], base: list[Figures]) -> list[float]:
    """How many times the processor time per call of the base's each round had."""
    return [each.processor / first.processor for each, first in zip(rounds, base, strict=True)]


def _medians(rounds: list[Figures]) -> Figures:
    return Figures(*(median(values) for values in zip(*(vars(each).values() for each in rounds), strict=True)))
