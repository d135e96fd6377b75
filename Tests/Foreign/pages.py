"""The documentation: its pages, and the fenced blocks in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from ready import ROOT

CATALOG = ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc"
PAGES = [ROOT / "README.md", *sorted(CATALOG.glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: its text, and where it begins."""

    place: str
    text: str


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a language, in their order."""
    text = page.read_text()
    return [
        Block(f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}", found[1])
        for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]
