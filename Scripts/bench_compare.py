"""Measures servers of the same call beside each other: the library and others, or the library in its variants.

In each round all are started, and then loaded in turn, shape by shape, each round another one first. What is told is
the median of the rounds, also of differences and ratios: a machine is never twice the same, and only what ran within
seconds of each other compares.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench_candidates import SERVERS, VARIANTS, Candidate, build_codecs, chosen, link_of, prepare_verification, verify
from bench_load import SHAPES, Figures, Load, Shape
from bench_server import ROOT, SERVER_CORE, BenchError, free_port, running

# A slow server makes fewer calls, so that no run takes longer than this.
LONGEST_SECONDS = 4.0
WARM_UP = 0.05

Rounds = dict[tuple[Shape, str], list[Figures]]


def compare(arguments: list[str]) -> None:
    """Measures the servers of other libraries and ours, and then the codecs."""
    options = _options("compare", compare.__doc__, SERVERS, arguments)
    candidates = chosen(SERVERS, options.only)
    binaries = _prepared(candidates)
    linked = {link_of(binaries[name], "libnghttp2.so") for name in ("floor", "ours") if name in binaries}
    if len(linked) > 1:
        raise BenchError(f"the floor and ours load different libraries: {linked}")
    codecs = build_codecs() if options.only is None else None
    print(_table(candidates, _measured(candidates, binaries, options.rounds, options.calls)), flush=True)
    if codecs:
        print(flush=True)
        subprocess.run(["taskset", "--cpu-list", SERVER_CORE, codecs], check=True)


def variants(arguments: list[str]) -> None:
    """Measures what our server costs with interceptors, a suspending handler, other executors and two event loops."""
    options = _options("variants", variants.__doc__, VARIANTS, arguments)
    candidates = chosen(VARIANTS, options.only)
    binaries = _prepared(candidates)
    print(_table(candidates, _measured(candidates, binaries, options.rounds, options.calls)), flush=True)


def _options(name: str, what: str | None, candidates: Sequence[Candidate], arguments: list[str]) -> argparse.Namespace:
    names = "; ".join(f"{candidate.name}: {candidate.what}" for candidate in candidates)
    parser = argparse.ArgumentParser(
        prog=f"Scripts/bench {name}", description=what, epilog=f"What is measured: {names}."
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default %(default)s)")
    parser.add_argument("--calls", type=int, default=400_000, help="calls at the largest shapes (default %(default)s)")
    parser.add_argument("--only", metavar="NAME,…", help="just these of what is measured")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.calls < 1:
        parser.error("there must be at least one round, and one call")
    return options


def _prepared(candidates: Sequence[Candidate]) -> dict[str, Path]:
    """Installs what is missing, builds all, and has each answer a call of grpcio's; returns what was built."""
    subprocess.run([ROOT / "Scripts/install", "compare"], check=True)
    prepare_verification()
    binaries = {}
    for candidate in candidates:
        binaries[candidate.name] = candidate.build()
        port = free_port()
        with running(candidate.command(binaries[candidate.name], port), port, candidate.cores):
            verify(port)
    return binaries


def _measured(candidates: Sequence[Candidate], binaries: dict[str, Path], rounds: int, calls: int) -> Rounds:
    measured: Rounds = defaultdict(list)
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
                    figures = load.measure(shape, calls, warm_up=WARM_UP, longest=LONGEST_SECONDS)
                    measured[shape, candidate.name].append(figures)
    return measured


def _table(candidates: Sequence[Candidate], measured: Rounds) -> str:
    """Medians, and what each round's figures are to those of the first in that round."""
    base = candidates[0].name
    lines = [
        f"| connections × streams | server | CPU µs/call | − {base} | ÷ {base} | calls/s | p50 µs | ÷ {base} | p99 µs"
        " | peak RSS MiB |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for shape in SHAPES:
        for candidate in candidates:
            rounds = measured[shape, candidate.name]
            own = _medians(rounds)
            pairs = list(zip(rounds, measured[shape, base], strict=True))
            more = median(each.processor - first.processor for each, first in pairs)
            times = median(each.processor / first.processor for each, first in pairs)
            slower = median(each.median / first.median for each, first in pairs)
            lines.append(
                f"| {shape} | {candidate.what} | {own.processor:.2f} | {more:.2f} | {times:.2f} | {own.rate:,.0f}"
                f" | {own.median:.0f} | {slower:.2f} | {own.slow:.0f} | {own.peak_memory / 2**20:.1f} |"
            )
    return "\n".join(lines)


def _medians(rounds: list[Figures]) -> Figures:
    return Figures(*(median(values) for values in zip(*(vars(figures).values() for figures in rounds), strict=True)))
