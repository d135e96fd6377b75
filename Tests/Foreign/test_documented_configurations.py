"""What the documentation says to write in Centrifugo's configuration, looked through by `centrifugo-proxy doctor`."""

import json
from pathlib import Path

import pytest
from pages import PAGES, Block, blocks
from ready import run

SECTIONS = {"client", "channel", "rpc", "proxies"}


def is_configuration(block: Block) -> bool:
    """Whether it is one of Centrifugo."""
    value = json.loads(block.text)
    return isinstance(value, dict) and bool(SECTIONS & set(value))


CONFIGURATIONS = [block for page in PAGES for block in blocks(page, "json") if is_configuration(block)]


def test_there_are_some() -> None:
    """Else the others would test nothing."""
    assert any(block.place.startswith("README.md:") for block in CONFIGURATIONS)


@pytest.mark.parametrize("text", [pytest.param(block.text, id=block.place) for block in CONFIGURATIONS])
def test_the_doctor_has_no_problem_with_it(text: str, tmp_path: Path) -> None:
    """A note may be right as it is; a problem never is."""
    file = tmp_path / "centrifugo.json"
    file.write_text(text)
    status, said, complaint = run("doctor", str(file))
    assert (status, complaint) == (0, ""), said
