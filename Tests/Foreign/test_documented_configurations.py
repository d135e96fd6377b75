"""What the documentation says to write in Centrifugo's configuration, looked through by `centrifugo-proxy doctor`."""

import json
import re
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


# A method's namespace, as Centrifugo takes it: what is before the first colon.
CALLED = re.compile(r'\.rpc\(\s*["\'`]([^"\'`:]+):')


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_method_that_a_page_calls_has_its_namespace_there(page: Path) -> None:
    """Centrifugo answers error 104 by itself for methods of a namespace that it does not know."""
    called = {name for block in blocks(page, "javascript") for name in CALLED.findall(block.text)}
    rpc = [json.loads(block.text).get("rpc", {}) for block in blocks(page, "json") if is_configuration(block)]
    switched_on = {
        namespace["name"]
        for section in rpc
        for namespace in section.get("namespaces", [])
        if namespace.get("proxy_enabled")
    }
    assert called <= switched_on
