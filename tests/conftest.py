"""What every test relies on: how hypothesis runs, which tests run beside each other, how hard torture is, a server."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from hypothesis import settings

from tests.checkout import CheckoutWatch
from tests.server_in_process import Running, running

settings.register_profile(
    "motcua",
    deadline=None,  # the suite shares two cores with browsers and windows; slow is not wrong
    derandomize=True,  # the same examples in every run: a test is not red by chance
    max_examples=60,  # ten minutes are the budget of the whole suite
)
settings.register_profile(
    "random",  # new examples in every run, and more of them: `make test-random`, by night
    deadline=None,
    max_examples=300,
    print_blob=True,  # a failure is repeated by the line it prints
)
settings.load_profile("motcua")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make torture` ask for more than a suite has time for."""
    parser.addoption("--kills", type=int, default=5, help="how often a storm kills the server")
    parser.addoption("--operations", type=int, default=250, help="how many commands a storm needs answered")
    parser.addoption("--flips", type=int, default=45, help="how often a file of the server is damaged")
    parser.addoption("--frames", type=int, default=2000, help="how many frames are thrown at the socket")
    parser.addoption("--touches", type=int, default=60, help="how often the window of a kiosk is touched at random")
    parser.addoption("--damages", type=int, default=80, help="how often files of boxes are damaged, all together")


def pytest_configure(config: pytest.Config) -> None:
    """Let the process that reports watch over the checkout."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(CheckoutWatch())


def pytest_xdist_auto_num_workers() -> int:
    """Run two tests for each core at once: half the time of the suite is waiting for programs, windows and pages."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module in one worker where they share a server, a browser or anything else of the module."""
    for item in items:
        definitions = getattr(item, "_fixtureinfo", None)
        shared = {each[-1].scope for each in definitions.name2fixturedefs.values()} if definitions else set()
        if "module" in shared:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


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
