"""Measures our server against the one of an earlier commit, and tells whether a call costs too much more."""

import subprocess
import sys
from statistics import median, quantiles

from benchmark.candidates import OUR_OPTIONS, Candidate, build_ours
from benchmark.commit import Commit, has_uncommitted_changes
from benchmark.instructions import instructions
from benchmark.load import SHAPES, Shape
from benchmark.rounds import Rounds, measured, processor_ratios, table
from benchmark.server import ROOT

MOST_INSTRUCTIONS, MOST_PROCESSOR = 1.03, 1.05
# At the others the kernel takes most of a call's time, and how often it wakes the server moves the count by 2 %.
GATED = SHAPES[:2]

# By the candidate's name.
Counts = dict[str, dict[Shape, float]]


def holds(revision: str, rounds: int, calls: int) -> bool:
    """Measures both servers and prints what came of it; returns whether no call costs more than is allowed."""
    commit = Commit.named(revision)
    subprocess.run([ROOT / "Scripts/install", "against"], check=True)
    # This tree's first: see Commit.build.
    now = Candidate("now", "now", build_ours, OUR_OPTIONS)
    before = Candidate("before", "before", commit.build, OUR_OPTIONS)
    binaries = {candidate.name: candidate.build() for candidate in (now, before)}

    state = "with" if has_uncommitted_changes() else "without"
    print(f"before: commit {commit.name}")
    print(f"now: this tree, at commit {Commit.named('HEAD').name} {state} uncommitted changes", end="\n\n", flush=True)

    candidates = (before, now)
    counts = {}
    for candidate in candidates:
        print(f"Counting instructions: {candidate.what}", file=sys.stderr)
        counts[candidate.name] = instructions(candidate, binaries[candidate.name], GATED)
    figures = measured(candidates, binaries, rounds, calls)
    print(table(candidates, figures), end="\n\n")
    return _verdict(counts, figures)


def _verdict(counts: Counts, figures: Rounds) -> bool:
    """Prints a line for each shape and one for all; returns whether all are within the limits.

    Of the CPU time per call it tells the rounds' median and between which ratios their middle half was.
    """
    print("| connections × streams | instructions/call before | now | ÷ before | CPU ÷ before | middle half | verdict |")
    print("|---|--:|--:|--:|--:|---|---|")
    kept = True
    for shape in GATED:
        before, now = counts["before"][shape], counts["now"][shape]
        ratios = processor_ratios(figures[shape, "now"], figures[shape, "before"])
        # How far the rounds are apart tells how much their median is worth: on a busy machine, little.
        lower, _, upper = quantiles(ratios, method="inclusive") if len(ratios) > 1 else ratios * 3
        within = now / before <= MOST_INSTRUCTIONS and median(ratios) <= MOST_PROCESSOR
        kept = kept and within
        verdict = "holds" if within else "FAILS"
        print(
            f"| {shape} | {before:,.0f} | {now:,.0f} | {now / before:.4f} | {median(ratios):.3f}"
            f" | {lower:.3f} to {upper:.3f} | {verdict} |"
        )
    limits = f"{MOST_INSTRUCTIONS} times the instructions and {MOST_PROCESSOR} times the CPU time of before"
    print(f"\nThe gate {'holds' if kept else 'FAILS'}. It allows at most {limits}, per call.", flush=True)
    return kept
