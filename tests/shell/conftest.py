"""A server for tests that leave nothing behind, and one for each test that does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shell.server import Running, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Lend a server of its own to a test."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def quiet_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Lend one server to all tests that change nothing others could notice."""
    with running(tmp_path_factory.mktemp("quiet")) as server:
        yield server
