"""What Scripts/bench compares: the library with others, with itself at an earlier commit, or in its variants."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmark import against
from benchmark.candidates import SERVERS, VARIANTS, Candidate, build_codecs, chosen, link_of, prepare_verification, verify
from benchmark.rounds import measured, table
from benchmark.server import ROOT, SERVER_CORE, BenchError, free_port, running

ROUNDS, ROUNDS_AGAINST = 5, 11


def compare(arguments: list[str]) -> None:
    """Measures the servers of other libraries and ours, and then the codecs; or our server against one of a commit."""
    parser = _parser("compare", compare.__doc__, SERVERS)
    parser.add_argument(
        "--against",
        metavar="COMMIT",
        help="measure our server against the one of this commit instead, with the processor instructions per call as "
        f"well and {ROUNDS_AGAINST} rounds by default; the exit status is 1 if a call costs too much more",
    )
    options = _parsed(parser, arguments)
    if options.against is not None:
        if options.only:
            parser.error("--against measures our server alone: leave --only out")
        sys.exit(0 if against.holds(options.against, options.rounds or ROUNDS_AGAINST, options.calls) else 1)

    candidates = chosen(SERVERS, options.only)
    binaries = _prepared(candidates)
    linked = {link_of(binaries[name], "libnghttp2.so") for name in ("floor", "ours") if name in binaries}
    if len(linked) > 1:
        raise BenchError(f"the floor and ours load different libraries: {linked}")
    codecs = build_codecs() if options.only is None else None
    _print_table(candidates, binaries, options)
    if codecs:
        print(flush=True)
        subprocess.run(["taskset", "--cpu-list", SERVER_CORE, codecs], check=True)


def variants(arguments: list[str]) -> None:
    """Measures what our server costs with interceptors, a suspending handler, other executors and two event loops."""
    options = _parsed(_parser("variants", variants.__doc__, VARIANTS), arguments)
    candidates = chosen(VARIANTS, options.only)
    _print_table(candidates, _prepared(candidates), options)


def _parser(name: str, what: str | None, candidates: Sequence[Candidate]) -> argparse.ArgumentParser:
    names = "; ".join(f"{candidate.name}: {candidate.what}" for candidate in candidates)
    parser = argparse.ArgumentParser(
        prog=f"Scripts/bench {name}", description=what, epilog=f"What is measured: {names}."
    )
    parser.add_argument("--rounds", type=int, help=f"how often each is measured (default {ROUNDS})")
    parser.add_argument("--calls", type=int, default=400_000, help="calls at the largest shapes (default %(default)s)")
    parser.add_argument("--only", metavar="NAME,…", help="just these of what is measured")
    return parser


def _parsed(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    options = parser.parse_args(arguments)
    if (options.rounds is not None and options.rounds < 1) or options.calls < 1:
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


def _print_table(candidates: Sequence[Candidate], binaries: dict[str, Path], options: argparse.Namespace) -> None:
    rounds = measured(candidates, binaries, options.rounds or ROUNDS, options.calls)
    print(table(candidates, rounds), flush=True)
