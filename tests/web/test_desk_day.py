"""What a clerk's page shows of a day with trouble: an outage, a service that was left open, its end, the day after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.watching import wait_until
from tests.web.browsing import Server, Windows, open_counter, sign_in
from tests.web.desks import ask, attend_printer, begin_center, choose, press, take, wait_until_free

EARLIER = str(Path(__file__).with_name("earlier.py"))


class Center:
    """A center that lived some time ago, and is there again when it is asked to go on now."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self._browser = browser
        self.windows = Windows(browser, server, None)

    def page(self) -> Page:
        """Return the desk of the manager, who signs in."""
        page = self.windows.open("/desk")
        sign_in(page, "quanly", self.server.password)
        page.locator("#desk h1").wait_for()
        return page

    def go_on_now(self, counter: int) -> Page:
        """Start the server again as of now, and return the page of the same person at this counter."""
        self.server.stop()
        self.server.program = ("-m", "queue_server")
        self.server.start()
        page = self.page()
        open_counter(page, counter)
        wait_until_free(page)
        return page


@contextmanager
def center_of(browser: Browser, folder: Path, cache: Path, minutes_ago: int) -> Iterator[Center]:
    """Give a center as it was some minutes ago."""
    server = begin_center(folder, cache, EARLIER, str(minutes_ago))
    center = Center(browser, server)
    try:
        yield center
    finally:
        center.windows.close()
        server.stop()
    assert center.windows.errors == []


@pytest.fixture
def an_hour_ago(browser: Browser, cache: Path, tmp_path: Path) -> Iterator[Center]:
    """Give a center as it was 74 minutes ago."""
    with center_of(browser, tmp_path, cache, 74) as center:
        yield center


@pytest.fixture
def a_day_ago(browser: Browser, cache: Path, tmp_path: Path) -> Iterator[Center]:
    """Give a center as it was this time yesterday."""
    with center_of(browser, tmp_path, cache, 24 * 60) as center:
        yield center


def test_after_an_outage_a_call_that_nobody_heard_is_offered_again(an_hour_ago: Center) -> None:
    """The alarm says what happened until it is read; the page says that nobody may have heard, and a recall works."""
    page = an_hour_ago.page()
    open_counter(page, 1)
    take(page, "copies")
    press(page, "Space")
    page = an_hour_ago.go_on_now(counter=1)
    expect(page.locator("#alarm")).to_contain_text("ngừng từ")
    expect(page.locator(".signs")).to_contain_text("chưa ai nghe thấy")
    expect(page.locator("[data-action=recall]")).to_have_class("button urgent")
    press(page, "KeyR")
    expect(page.locator(".signs")).to_contain_text("2 lần")
    page.click("#alarm [data-action=read]")
    expect(page.locator("#alarm", has_text="ngừng từ")).to_have_count(0)


def test_a_service_open_for_long_is_asked_about(an_hour_ago: Center) -> None:
    """Finish and next both ask whether it took so long; no goes back, and each answer does what was asked for."""
    page = an_hour_ago.page()
    open_counter(page, 3)
    first, second = take(page, "copies")["number"], take(page, "births")["number"]
    press(page, "Space")
    press(page, "KeyB")
    page = an_hour_ago.go_on_now(counter=3)
    page.keyboard.press("KeyH")
    expect(page.locator("#sheet")).to_contain_text(f"{first} đã mở 74 phút")
    page.click("#sheet [data-action=sheet_close]")
    expect(page.locator("#current-number")).to_have_text(first)
    page.keyboard.press("Space")
    page.click("#sheet [data-value=forgotten]")
    expect(page.locator("#current-number")).to_have_text(second)
    expect(page.locator("#sheet")).to_have_count(0)


def test_the_end_of_the_day_lists_who_is_left_and_serving_goes_on(an_hour_ago: Center) -> None:
    """Who waits can be given a slip for another day, printed at a kiosk; who stays is called as ever."""
    page = an_hour_ago.page()
    open_counter(page, 1)
    first, second = take(page, "copies")["number"], take(page, "copies")["number"]
    slips = attend_printer(an_hour_ago.windows.open("/"), an_hour_ago.server)
    ask(page, {"type": "end_day", "reason": "closing_time"})
    expect(page.locator("#ended-title")).to_be_visible()
    expect(page.locator(".ended li strong")).to_have_text([first, second])
    page.click(f".ended li:has-text('{second}') [data-sheet=carry_over]")
    page.select_option("#sheet [name=reason]", "no_staff")
    page.click("#sheet [data-action=carry_over]")
    expect(page.locator(".ended li strong")).to_have_text([first])
    wait_until(lambda: bool(slips()), "the kiosk is sent the slip")
    assert [(each["slip"]["number"], each["kind"]) for each in slips()] == [(second, "carried_over")]
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(first)


def test_a_slip_of_the_day_before_is_accepted_with_one_tap(a_day_ago: Center) -> None:
    """It is on the list with number and day; accepted, it is gone from there and goes first."""
    page = a_day_ago.page()
    open_counter(page, 1)
    number = take(page, "copies")["number"]
    ask(page, {"type": "end_day", "reason": "power_cut"})
    choose(page, ".ended [data-sheet=carry_over]", "[data-action=carry_over]")
    expect(page.locator(".ended li")).to_have_count(0)
    page = a_day_ago.go_on_now(counter=1)
    take(page, "copies")
    expect(page.locator("[data-key=fold-carried] li")).to_contain_text(number)
    page.click("[data-action=honour]")
    expect(page.locator("[data-key=fold-carried]")).to_have_count(0)
    expect(page.locator(".line li strong")).to_have_text(["A002", "A001"])
