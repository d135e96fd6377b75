"""The scripts that check and build the documentation: what they let through, and what they do not."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from ready import ROOT


def script(name: str) -> ModuleType:
    """A script as a module, without running it."""
    loader = SourceFileLoader(name.replace("-", "_"), str(ROOT / "Scripts" / name))
    module = module_from_spec(spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


# Nothing is to be written beside the scripts.
sys.dont_write_bytecode = True
ENGLISH = script("check-english")
DOCS = script("docs")
CHECK_DOCS = script("check-docs")


def words(tmp_path: Path, name: str, text: str) -> list[tuple[int, str]]:
    """What is found in a file."""
    file = tmp_path / name
    file.write_text(text)
    return [(line, found) for line, found, _ in ENGLISH.findings(file)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The sentence names the mend.", "mend"),
        ("It lets go of the stream.", "lets go"),
        ("It gives the credit back.", "gives the credit back"),
        ("It prolongs the session.", "prolongs"),
        ("Clients come by the thousand.", "by the thousand"),
        ("Variables go before the file.", "go before"),
        ("Exact names come first.", "come first"),
        ("This is no JSON.", "is no JSON"),
        ("JSON that is none.", "is none"),
        ("Those who write have to wait.", "Those who"),
        ("Whoever calls it waits.", "Whoever"),
        ("Lets in who has a token.", "Lets in who"),
        ("Has a publication delivered to the streams.", "Has a publication delivered"),
        ("The token is looked at again.", "looked at again"),
        ("They cause one look.", "one look"),
        ("Whether its token still counts.", "token still counts"),
        ("The message behind its length prefix.", "behind"),
    ],
)
def test_a_phrase_is_found(tmp_path: Path, text: str, found: str) -> None:
    """With its line, in a page and in a comment, also where it goes over the end of a line."""
    assert (1, found) in words(tmp_path, "page.md", text)
    assert (2, found) in words(tmp_path, "a.swift", f"let a = 1\n/// {text}\n")
    first, _, rest = found.partition(" ")
    if rest:
        broken = text.replace(found, f"{first}\n/// {rest}")
        assert (1, found) in words(tmp_path, "b.swift", f"/// {broken}\n")


@pytest.mark.parametrize(
    "text",
    [
        "Answer `.prolonged(until:)`.",
        "There is no handler, and it is no longer there.",
        "There is none.",
        "A server behind a proxy, and what is behind a trait.",
        "It looks up the token, and looks like one.",
        "Whichever comes first.",
        "The client has a token that was sent.",
        "It counts the frames.",
        "Clients that wait for an answer.",
    ],
)
def test_a_phrase_is_right(tmp_path: Path, text: str) -> None:
    """Nothing is found in it."""
    assert words(tmp_path, "page.md", text) == []


def test_only_english_is_checked(tmp_path: Path) -> None:
    """Comments and strings of code, and not its names."""
    assert words(tmp_path, "a.swift", "let mend = behind // right\n") == []
    assert words(tmp_path, "b.swift", 'log("it is no file \\(of("x"))")\n') == [(1, "is no file")]
    assert words(tmp_path, "c.py", "mend = 1  # the mend\n") == [(1, "mend")]


def test_links_become_those_of_the_site() -> None:
    """Of pages, of the project's own pages, and of other files; code stays as it is."""
    names = {ROOT / "a/Page.md": "Page", ROOT / "SECURITY.md": "Security"}
    text = "- [Page](Page.md)\n- [Page](Page.md): x\n[`a`](../SECURITY.md#x) [c](../Scripts/test) <https://a.b>\n```\n[x](Page.md)\n```\n"
    assert DOCS.converted(text, ROOT / "a", names) == (
        "- <doc:Page>\n- [Page](doc:Page): x\n[`a`](doc:Security) c <https://a.b>\n```\n[x](Page.md)\n```\n"
    )


@pytest.mark.parametrize(
    ("target", "failure"),
    [
        ("SECURITY.md", None),
        ("#speed", None),
        ("SECURITY.md#reporting", None),
        ("Nowhere.md", "the link to Nowhere.md leads nowhere"),
        ("SECURITY.md#nowhere", "there is no heading for #nowhere"),
        ("#nowhere", "there is no heading for #nowhere"),
    ],
)
def test_dead_links(target: str, failure: str | None) -> None:
    """They are found, with those to headings."""
    assert CHECK_DOCS.link_failure(ROOT / "README.md", "text", target) == failure


def test_files_that_are_not_there() -> None:
    """A page about the code may name what exists."""
    assert all(CHECK_DOCS.is_there(name) for name in ("Scripts/check-docs", "ProtobufWire/WireReader.swift", "ProxyServer.swift"))
    assert not any(CHECK_DOCS.is_there(name) for name in ("Scripts/nothing", "ProtobufWire/Nothing.swift", "Nothing.swift"))
