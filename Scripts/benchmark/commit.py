"""A commit of this repository, and our server as it was there, built beside this tree."""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmark.candidates import BENCHMARKS, OUR_PRODUCT, build_swift
from benchmark.server import ROOT, BenchError

# By commit: its source, and what is built from it.
BUILD = ROOT / ".build-against"


@dataclass(frozen=True)
class Commit:
    """A commit, by its full hash and by what is shown of it."""

    hash: str
    name: str

    @classmethod
    def named(cls, revision: str) -> "Commit":
        """The commit that a revision stands for."""
        found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}", check=False)
        if found.returncode:
            raise BenchError(f"there is no commit '{revision}' in this repository")
        full = found.stdout.strip()
        return cls(full, _git("show", "--no-patch", "--format=%h (%s)", full).stdout.strip())

    def build(self) -> Path:
        """Builds its server as this tree's is built, and with the same versions of the dependencies.

        So this tree's is to be built first, which decides on them.
        """
        folder = BUILD / self.hash
        source = folder / "source"
        if not source.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._unpack(source)
        # It is not in git, and without it the newest versions would be taken. Left alone when it is right, or all that
        # depends on its time would be done again.
        right, resolved = BENCHMARKS / "Package.resolved", source / BENCHMARKS.name / "Package.resolved"
        if not resolved.exists() or resolved.read_bytes() != right.read_bytes():
            shutil.copy(right, resolved)
        print(f"Building the server of commit {self.name}: the first time this takes minutes", file=sys.stderr)
        try:
            return build_swift(OUR_PRODUCT, resolved.parent, folder / "swift")
        except subprocess.CalledProcessError as error:
            raise BenchError(f"the server of commit {self.name} does not build: see above") from error

    def _unpack(self, source: Path) -> None:
        """Writes the commit's files to a folder, which is there only when it is complete."""
        with tempfile.TemporaryDirectory(dir=source.parent) as name:
            archive, half = Path(name) / "archive", Path(name) / "source"
            _git("archive", "--format=tar", f"--output={archive}", self.hash)
            half.mkdir()
            subprocess.run(["tar", "--extract", "--file", archive, "--directory", half], check=True)
            half.rename(source)


def has_uncommitted_changes() -> bool:
    """Whether this tree differs from its commit, also by files that git does not know."""
    return bool(_git("status", "--porcelain").stdout)


def _git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=check)
