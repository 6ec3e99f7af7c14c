"""The page behind the QR code of a slip, through the whole life of a ticket, without any script."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.watching import PATIENCE_S
from tests.web.browsing import Server, Windows
from tests.web.desks import ask, ask_as_kiosk, begin_center, new_token, take


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Server]:
    """Give the tests of this module a center with rules of its own."""
    running = begin_center(tmp_path_factory.mktemp("center"), cache)
    yield running
    running.stop()


@pytest.fixture
def clerk(staff: Windows) -> Iterator[Page]:
    """Give the page of somebody at counter 1."""
    page = staff.open("/desk")
    ask(page, {"type": "open_counter", "counter": 1})
    yield page
    ask(page, {"type": "close_counter", "counter": 1})


def see(citizen: Windows, taken: dict[str, Any]) -> Page:
    """Open the page of a ticket on a small phone that runs no script."""
    page = citizen.open(f"/t/{taken['token']}", width=320, height=640, java_script_enabled=False)
    expect(page.locator(".number")).to_have_text(taken["number"])
    return page


def call(clerk: Page) -> dict[str, Any]:
    """Take a ticket and call it."""
    taken = take(clerk, "copies")
    ask(clerk, {"type": "call_ticket", "counter": 1, "after": None, "ticket": taken["ticket"]})
    return taken


def finish(clerk: Page, taken: dict[str, Any]) -> None:
    """Let the visit of a called ticket begin and end."""
    do(clerk, "start_service", taken)
    do(clerk, "finish_service", taken)


def refreshes(page: Page) -> bool:
    """Say whether the page comes anew by itself; nobody types anything there then that could be lost."""
    # The browser alone knows the name of the server.
    place = urlsplit(page.url)
    with urllib.request.urlopen(f"http://127.0.0.1:{place.port}{place.path}", timeout=PATIENCE_S) as answer:
        return "Refresh" in answer.headers


def do(clerk: Page, kind: str, taken: dict[str, Any], **more: Any) -> None:
    """Ask for something about a ticket."""
    ask(clerk, {"type": kind, "ticket": taken["ticket"]} | more)


def test_who_waits_sees_how_many_are_ahead(clerk: Page, citizen: Windows) -> None:
    """The page counts those before, and says who is next; it comes anew by itself."""
    first, second = take(clerk, "births"), take(clerk, "births")
    state = see(citizen, first).locator(".state")
    expect(state).to_contain_text("người tiếp theo")
    # No counter that serves births is open: nobody is asked to come near it.
    expect(state).to_contain_text("chưa có quầy làm việc")
    page = see(citizen, second)
    expect(page.locator(".state")).to_contain_text("còn 1 người")
    assert refreshes(page)
    for taken in (first, second):
        do(clerk, "void_ticket", taken, reason="left")


def test_the_page_follows_the_visit(clerk: Page, citizen: Windows) -> None:
    """Called, being served, on hold: each says what the person does now."""
    taken = call(clerk)
    page = see(citizen, taken)
    expect(page.locator(".state.called")).to_contain_text("quầy 1")
    expect(page.locator("dl")).not_to_contain_text("Quầy phục vụ")
    do(clerk, "start_service", taken)
    page.reload()
    expect(page.locator(".state")).to_contain_text("Đang phục vụ tại quầy 1")
    do(clerk, "hold_ticket", taken, reason="fetching_papers")
    page.reload()
    expect(page.locator(".state.held")).to_contain_text("báo cán bộ")
    do(clerk, "void_ticket", taken, reason="left")


def test_who_missed_the_call_reads_whom_to_ask(clerk: Page, citizen: Windows) -> None:
    """A no-show is told to ask the staff, who let the person back."""
    taken = call(clerk)
    do(clerk, "mark_no_show", taken)
    expect(see(citizen, taken).locator(".state.no_show")).to_contain_text("nhờ cán bộ cho quay lại")


def test_a_finished_visit_is_rated_once(clerk: Page, citizen: Windows) -> None:
    """Five large buttons, without a script; after one of them the page thanks and asks no more."""
    taken = call(clerk)
    finish(clerk, taken)
    page = see(citizen, taken)
    expect(page.locator("button[name=rating]")).to_have_count(5)
    assert min(box["height"] for box in map(box_of, page.locator("button[name=rating]").all())) >= 44
    assert not refreshes(page)
    page.click("button[value='4']")
    expect(page.locator(".rated")).to_be_visible()
    expect(page.locator("button[name=rating]")).to_have_count(0)
    assert page.url.endswith(f"/t/{taken['token']}")


def test_who_rated_may_add_a_comment(clerk: Page, citizen: Windows) -> None:
    """A field under the thanks, without a script; the words reach the manager, and the page asks no more."""
    taken = call(clerk)
    finish(clerk, taken)
    page = see(citizen, taken)
    page.click("button[value='2']")
    page.fill("textarea", "Chờ lâu vì thiếu ghế")
    page.click("form[action$=comment] button")
    expect(page.locator(".rated")).to_contain_text("đánh giá và góp ý")
    expect(page.locator("textarea")).to_have_count(0)
    clerk.goto(clerk.url.replace("/desk", "/office/remarks"))
    expect(clerk.locator(".remarks .text").first).to_have_text("Chờ lâu vì thiếu ghế")
    clerk.go_back()


def box_of(locator: Locator) -> FloatRect:
    """Return where an element is."""
    box = locator.bounding_box()
    assert box is not None
    return box


def test_a_ticket_out_of_the_queue_says_why(clerk: Page, citizen: Windows, server: Server) -> None:
    """Void, cancelled at the kiosk, moved to another day, replaced by a new slip: four sentences."""
    void, moved, replaced = (take(clerk, "births") for _ in range(3))
    token = new_token()
    asked = {"type": "take_ticket", "service": "births", "token": token}
    cancelled = {"token": token} | ask_as_kiosk(clerk, server, asked)
    ask_as_kiosk(clerk, server, {"type": "cancel_ticket", "ticket": cancelled["ticket"]})
    do(clerk, "void_ticket", void, reason="double")
    do(clerk, "carry_over", moved, reason="no_staff", token=new_token())
    do(clerk, "reissue_ticket", replaced, token=new_token())
    said = {
        "đã bị hủy": void,
        "hủy tại máy lấy số": cancelled,
        "ngày làm việc tiếp theo": moved,
        "Đã cấp lại": replaced,
    }
    for words, taken in said.items():
        expect(see(citizen, taken).locator(".state")).to_contain_text(words)
    do(clerk, "void_ticket", replaced, reason="other")


def test_an_unknown_slip_is_told_what_to_do(citizen: Windows) -> None:
    """Of another day, or of nowhere: the person may take a new number."""
    page = citizen.open(f"/t/{new_token()}", java_script_enabled=False)
    expect(page.locator(".state.gone")).to_contain_text("lấy số mới")


@pytest.mark.parametrize("status", ["called", "finished", "rated"])
def test_the_page_is_light_and_accessible(clerk: Page, citizen: Windows, status: str) -> None:
    """The checker finds nothing, nothing runs out at the side of a small phone, and it is one request."""
    taken = call(clerk)
    if status != "called":
        finish(clerk, taken)
    page = citizen.open(f"/t/{taken['token']}", width=320, height=640)
    if status == "rated":
        page.click("button[value='4']")
        page.locator("textarea").wait_for()
    found, width = Axe().run(page), page.evaluate("document.documentElement.scrollWidth")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    if status == "called":
        finish(clerk, taken)
    assert found.violations_count == 0, found.generate_report()
    assert width == 320
    assert loaded == []
