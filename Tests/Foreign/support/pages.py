"""The documentation: its pages, and the fenced blocks in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from ready import ROOT

CATALOG = ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc"
PAGES = [ROOT / "README.md", *sorted(CATALOG.rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: its text, and where it begins."""

    place: str
    text: str
    language: str
    line: int

    def __str__(self) -> str:
        return self.place


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a language, in their order."""
    text = page.read_text()
    found = []
    for fence in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(f"{page.relative_to(ROOT)}:{line}", fence[1], language, line))
    return found
