"""Counts the instructions that a server spends on a call, under valgrind's callgrind.

The count is of the program's own instructions and of libraries', not of the kernel's. It does not depend on the speed
of the machine, so it tells changes that a measurement of time does not.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from benchmark.candidates import Candidate
from benchmark.load import Load, Shape
from benchmark.server import START_SECONDS, BenchError, free_port, running

# What connections, and the server while it waits, cost is in both, and so not in the difference.
FEW_CALLS, MANY_CALLS = 5_000, 25_000


def instructions(candidate: Candidate, binary: Path, shapes: tuple[Shape, ...]) -> dict[Shape, float]:
    """The instructions per call by shape, counted in one process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        counts, stripped = Path(name) / "counts", Path(name) / "server"
        # What Swift writes for debuggers is newer than some a valgrind can read, which then gives up.
        subprocess.run(["strip", "--strip-debug", "-o", stripped, binary], check=True)
        # Otherwise the hashes, and with them the ways through every dictionary, are others in each process.
        valgrind = ["env", "SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--quiet", "--tool=callgrind"]
        command = [*valgrind, f"--callgrind-out-file={counts}", *candidate.command(stripped, port)]
        with running(command, port, candidate.cores) as pid:
            load = Load(port, pid, Path(name))

            def counted(shape: Shape, calls: int) -> int:
                load.run(shape, calls)
                return _taken(pid, counts)

            result = {}
            for shape in shapes:
                # The first calls allocate what later ones use again.
                counted(shape, FEW_CALLS)
                few, many = counted(shape, FEW_CALLS), counted(shape, MANY_CALLS)
                result[shape] = (many - few) / (MANY_CALLS - FEW_CALLS)
            return result


def _taken(pid: int, counts: Path) -> int:
    """The instructions since the last time this was asked, or since the start."""
    asked = subprocess.run(
        ["vgdb", f"--pid={pid}", "dump"], capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    dumps = list(counts.parent.glob(f"{counts.name}.*"))
    text = "".join(dump.read_text(errors="replace") for dump in dumps)
    for dump in dumps:
        dump.unlink()
    found = re.search(r"^totals: (\d+)$", text, re.MULTILINE)
    if not found:
        raise BenchError(f"callgrind did not tell its count: {asked.stdout}{asked.stderr}")
    return int(found[1])
