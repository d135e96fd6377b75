"""What the documentation says to write in Centrifugo's configuration, looked through by `centrifugo-proxy doctor`."""

import json
import re
from pathlib import Path

import pytest
from ready import run

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc").glob("*.md"))]
SECTIONS = {"client", "channel", "rpc", "proxies"}


def configurations() -> list[tuple[str, str]]:
    """The page and line of each block that is a configuration of Centrifugo, and its text."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for block in re.finditer(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            value = json.loads(block[1])
            if isinstance(value, dict) and SECTIONS & set(value):
                line = text.count("\n", 0, block.start()) + 1
                found.append((f"{page.relative_to(ROOT)}:{line}", block[1]))
    return found


CONFIGURATIONS = configurations()


def test_there_are_some() -> None:
    """Else the others would test nothing."""
    assert any(place.startswith("README.md:") for place, _ in CONFIGURATIONS)


@pytest.mark.parametrize("text", [pytest.param(text, id=place) for place, text in CONFIGURATIONS])
def test_the_doctor_has_no_problem_with_it(text: str, tmp_path: Path) -> None:
    """A note may be right as it is; a problem never is."""
    file = tmp_path / "centrifugo.json"
    file.write_text(text)
    status, said, complaint = run("doctor", str(file))
    assert (status, complaint) == (0, ""), said
