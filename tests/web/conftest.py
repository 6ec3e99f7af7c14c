"""A center and a browser for the tests of one module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.watching import PATIENCE_S
from tests.web.browsing import CHROMIUM_ARGUMENTS, Server, Windows, sign_in, start_server

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which all servers of the run find the fonts that the first of them made."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Server]:
    """Give the tests of one module a center."""
    running = start_server(tmp_path_factory.mktemp("center"), cache)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the tests of one module a browser: beyond the module its loop would be in the way of other tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def signed_in(server: Server, browser: Browser) -> StorageState:
    """Give the cookies of the manager, who signed in by the form."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/desk")
    sign_in(page, "quanly", server.password)
    page.locator("#desk h1").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def staff(browser: Browser, server: Server, signed_in: StorageState) -> Iterator[Windows]:
    """Give the manager's windows."""
    windows = Windows(browser, server, signed_in)
    yield windows
    windows.close()
    assert windows.errors == []


@pytest.fixture
def citizen(browser: Browser, server: Server) -> Iterator[Windows]:
    """Give windows of nobody in particular."""
    windows = Windows(browser, server, None)
    yield windows
    windows.close()
    assert windows.errors == []
