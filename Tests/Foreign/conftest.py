"""The probe server and clients of it, as every test here needs them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from calls import CallMaker
from probe import Probe
from raw_http2 import RawConnection


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """One server for all tests that do not end it."""
    with Probe(tmp_path_factory.mktemp("probe") / "log") as server:
        yield server


@pytest.fixture
def start_probe(tmp_path: Path) -> Iterator[Callable[..., Probe]]:
    """Starts servers of the test's own, with the options it passes."""
    with ExitStack() as servers:
        count = 0

        def start(*options: str) -> Probe:
            nonlocal count
            count += 1
            return servers.enter_context(Probe(tmp_path / f"log-{count}", *options))

        yield start


@pytest.fixture
def calls(probe: Probe) -> Iterator[CallMaker]:
    """Calls to the shared server on a connection of the test's own."""
    with CallMaker(probe) as maker:
        yield maker


@pytest.fixture
def raw(probe: Probe) -> Iterator[RawConnection]:
    """A connection of single frames to the shared server."""
    with RawConnection(probe.port) as connection:
        yield connection
