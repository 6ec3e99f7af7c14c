"""What axe finds on each page, on the real server with tickets in every state."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.web.browsing import Server, Windows, issue, open_counter


def assert_clean(page: Page) -> None:
    """Let axe read the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/", "/display", "/desk", "/kiosk"])
def test_pages_for_everybody_are_accessible(citizen: Windows, path: str) -> None:
    """Start page, board, sign-in and the form for a device have no fault that axe knows."""
    page = citizen.open(path)
    page.wait_for_timeout(500)
    assert_clean(page)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_desk_is_accessible(staff: Windows, width: int) -> None:
    """The desk has no fault while it chooses a counter, waits, serves, and when something was refused."""
    page = staff.open("/desk", width=width)
    page.locator(".choice").wait_for()
    assert_clean(page)
    open_counter(page, 2)
    for _ in range(2):
        issue(page, "civil_status")
    assert_clean(page)
    for key in ("Space", "KeyR"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    assert_clean(page)
    for key in ("KeyB", "KeyH"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)


@pytest.mark.parametrize("width", [1366, 390])
def test_office_and_password_are_accessible(staff: Windows, width: int) -> None:
    """The office with its tables, comments and notes, and the page for a new password, have no fault."""
    page = staff.open("/office", width=width)
    page.locator("#accounts tbody tr").first.wait_for()
    assert_clean(page)
    page.goto(page.url.replace("/office", "/office/remarks"))
    assert_clean(page)
    page.goto(page.url.replace("/office/remarks", "/password"))
    assert_clean(page)


def test_the_kiosk_is_accessible(citizen: Windows, server: Server) -> None:
    """The page kiosk has no fault while it offers services and while it shows a number."""
    page = citizen.open(f"/kiosk#device=kiosk-1&key={server.key('kiosk-1')}", width=1366)
    page.locator(".service-card").first.wait_for()
    assert_clean(page)
    page.click("[data-value=social_protection]")
    page.locator("#number").wait_for()
    assert_clean(page)
