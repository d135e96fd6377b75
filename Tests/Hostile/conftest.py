"""The besieged servers, and the table of what their victims saw."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from siege import HEADING, Result, Siege

RESULTS = pytest.StashKey[list[Result]]()


@pytest.fixture(scope="session")
def shared_siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """One server process for all attacks that need no options of their own."""
    with Siege.of_probe(tmp_path_factory.mktemp("siege") / "log") as siege:
        yield siege


@pytest.fixture
def start_siege(tmp_path: Path) -> Iterator[Callable[..., Siege]]:
    """Starts servers of the test's own, with the options it passes."""
    with ExitStack() as sieges:
        yield lambda *options, **limits: sieges.enter_context(Siege.of_probe(tmp_path / "log", *options, **limits))


Withstand = Callable[..., None]


@pytest.fixture
def withstand(request: pytest.FixtureRequest) -> Withstand:
    """Attacks a server, the shared one unless another is given, and notes the figures under the test's name."""

    def run(attack: Callable[[Siege], None], siege: Siege | None = None, **options: object) -> None:
        besieged = siege or request.getfixturevalue("shared_siege")
        result = Result(request.node.name.removeprefix("test_").replace("_", " "))
        request.config.stash.setdefault(RESULTS, []).append(result)
        besieged.withstand(result, lambda: attack(besieged), **options)

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table: milliseconds and MiB."""
    results = config.stash.get(RESULTS, [])
    terminalreporter.section("the victim's calls, 99 % of them and the slowest (ms), the server's memory (MiB)")
    terminalreporter.write_line(HEADING)
    for result in results:
        terminalreporter.write_line(result.row())
