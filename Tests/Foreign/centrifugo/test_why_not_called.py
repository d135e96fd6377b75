"""The documentation's page about `explain` and `doctor`: what it says that they print is what they print."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pages import CATALOG, blocks
from ready import BINARY, EXIT_SECONDS

PAGE = CATALOG / "WhyNotCalled.md"
FILES = {"centrifugo.json": blocks(PAGE, "json")[0].text, "proxy.yaml": blocks(PAGE, "yaml")[0].text}
EXAMPLES = [
    (command, printed)
    for block in blocks(PAGE, "console")
    for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)
]


def test_there_are_some() -> None:
    """Else the others would test nothing."""
    assert len(EXAMPLES) >= 7


@pytest.mark.parametrize(("command", "printed"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_it_prints_what_the_page_says(command: str, printed: str, tmp_path: Path) -> None:
    """Word for word, in a folder with the page's files."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    program, *arguments = shlex.split(command)
    assert program == "centrifugo-proxy"
    ended = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=EXIT_SECONDS, check=False, cwd=tmp_path
    )
    assert (ended.stdout, ended.stderr) == (printed, "")
