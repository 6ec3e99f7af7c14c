"""A server for tests that leave nothing behind, and one for each test that does."""

import functools
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest

from tests.shell.server import Running, running


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost as little as the algorithm allows: what they cost a guesser is argon2's to test."""
    cheap = functools.partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(argon2, "PasswordHasher", cheap)


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
