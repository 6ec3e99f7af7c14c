"""A counter as a whole: paused, taken over, with other services; worked by a number pad; and work without a counter."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Server, Windows, issue, open_counter
from tests.web.desks import begin_center, choose, empty_counter, listen, person, press, take, wait_until_free


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Server]:
    """Give the tests of this module a center with rules of its own."""
    running = begin_center(tmp_path_factory.mktemp("center"), cache)
    yield running
    running.stop()


@pytest.fixture
def desk(staff: Windows) -> Iterator[Page]:
    """Give counter 3, where both services are served, and leave it as it was."""
    page = staff.open("/desk")
    open_counter(page, 3)
    yield page
    wait_until_free(page)
    empty_counter(page)


def test_a_paused_counter_says_so_and_calls_nobody(desk: Page) -> None:
    """The reason stands over the ticket; the one big key then goes on, and only after it the next is offered."""
    number = take(desk, "copies")["number"]
    choose(desk, "[data-sheet=pause]", "[data-value=meeting]")
    expect(desk.locator("#paused")).to_contain_text("Họp")
    expect(desk.locator("[data-primary]")).to_have_attribute("data-action", "resume_counter")
    press(desk, "Space")
    expect(desk.locator("#paused")).to_have_count(0)
    expect(desk.locator("[data-primary]")).to_contain_text(number)
    expect(desk.locator(".ticket.empty")).to_be_visible()


def test_a_counter_serves_other_services_today(desk: Page) -> None:
    """A service taken off leaves with its line; one to be called first goes before who came earlier; then as usual."""
    early, late = take(desk, "copies")["number"], take(desk, "births")["number"]
    desk.click("[data-sheet=serve]")
    desk.check("#sheet [name=preferred][value=births]")
    desk.click("#sheet [data-action=serve]")
    expect(desk.locator("#sheet")).to_have_count(0)
    press(desk, "Space")
    expect(desk.locator("#current-number")).to_have_text(late)
    expect(desk.locator("#reason")).to_contain_text(early)
    desk.click("[data-sheet=serve]")
    desk.uncheck("#sheet [name=services][value=copies]")
    desk.click("#sheet [data-action=serve]")
    expect(desk.locator(".line li")).to_have_count(0)
    choose(desk, "[data-sheet=serve]", "[data-action=serve_usual]")
    expect(desk.locator(".line li strong")).to_have_text([early])


def test_a_counter_that_was_left_is_taken_over_with_its_ticket(desk: Page, browser: Browser, server: Server) -> None:
    """The other clerk is asked first, then has the counter and the ticket; who had it is told who has it."""
    number = take(desk, "copies")["number"]
    press(desk, "Space")
    with person(browser, server, desk, "lan", "clerk") as other:
        other.click("[data-sheet=take_over][data-value='3']")
        expect(other.locator("#sheet")).to_contain_text(number)
        other.click("#sheet [data-action=take_over]")
        expect(other.locator("#current-number")).to_have_text(number)
        expect(desk.locator(".choice .hint")).to_contain_text("lan")
        press(other, "KeyB")
        press(other, "KeyH")
        other.click("[data-action=close]")
        other.locator(".choice").wait_for()
    open_counter(desk, 3)


def test_a_number_pad_is_a_call_pad(desk: Page) -> None:
    """Enter calls and starts, + recalls, - is a no-show that calls the next, * pauses and resumes, / finishes."""
    first, second = take(desk, "copies")["number"], take(desk, "copies")["number"]
    press(desk, "NumpadEnter")
    expect(desk.locator("#current-number")).to_have_text(first)
    press(desk, "NumpadAdd")
    expect(desk.locator(".signs")).to_contain_text("2 lần")
    press(desk, "NumpadSubtract")
    expect(desk.locator("#current-number")).to_have_text(second)
    press(desk, "NumpadEnter")
    press(desk, "NumpadDivide")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    press(desk, "NumpadMultiply")
    expect(desk.locator("#paused")).to_be_visible()
    press(desk, "NumpadMultiply")
    expect(desk.locator("#paused")).to_have_count(0)


def test_a_number_pad_types_where_something_is_typed(desk: Page) -> None:
    """While a field has the focus the pad is a pad: nobody is called, and the minus is no no-show."""
    take(desk, "copies")
    desk.locator("#issue [name=dossiers]").focus()
    for key in ("NumpadEnter", "NumpadMultiply"):
        desk.keyboard.press(key)
    desk.wait_for_timeout(400)
    expect(desk.locator(".ticket.empty")).to_be_visible()
    expect(desk.locator("#paused")).to_have_count(0)


def test_the_keys_are_told_when_asked_for(desk: Page) -> None:
    """A fold shows the keys of keyboard and pad."""
    expect(desk.locator(".keys")).to_have_count(0)
    desk.click("[data-action=fold][data-value=keys]")
    expect(desk.locator(".keys")).to_contain_text("Enter")
    desk.wait_for_timeout(1200)
    expect(desk.locator(".keys")).to_be_visible()


def test_a_ticket_is_taken_with_priority_dossiers_and_appointment(desk: Page) -> None:
    """What the form says reaches the server, the time as an instant of today, and the form is empty afterwards."""
    commands = listen(desk)
    desk.check("#issue [name=priority]")
    desk.fill("#issue [name=dossiers]", "4")
    desk.fill("#issue [name=appointment]", "08:30")
    number = issue(desk, "copies")
    row = desk.locator(f".line li:has-text('{number}')")
    expect(row).to_contain_text("4 hồ sơ")
    expect(row).to_contain_text("ƯU TIÊN")
    today = str(row.locator("[data-ticket]").get_attribute("data-ticket")).partition("-")[0]
    asked = datetime.fromisoformat(commands[-1]["appointment_at"]) + timedelta(hours=7)
    assert asked.strftime("%Y%m%d %H:%M:%S") == f"{today} 08:30:00"
    expect(desk.locator("#issue [name=dossiers]")).to_have_value("1")
    expect(desk.locator("#issue [name=priority]")).not_to_be_checked()


def test_a_greeter_helps_without_calling(desk: Page, browser: Browser, server: Server) -> None:
    """A greeter takes tickets and lets people back; there is no counter to choose and nothing to call with."""
    missed = take(desk, "copies")["number"]
    press(desk, "Space")
    press(desk, "KeyV")
    with person(browser, server, desk, "huong", "greeter") as greeter:
        expect(greeter.locator("[data-primary], [data-action=open], [data-action=leave]")).to_have_count(0)
        taken = issue(greeter, "births")
        greeter.click("[data-action=fold][data-value=away]")
        greeter.click("[data-action=return]")
        expect(greeter.locator("[data-action=return]")).to_have_count(0)
    expect(desk.locator(".line li strong")).to_have_count(2)
    assert set(desk.locator(".line li strong").all_inner_texts()) == {missed, taken}


def test_a_clerk_may_work_without_a_counter(staff: Windows) -> None:
    """Who sits at no counter takes tickets all the same, stays there over a reload, and goes back to the choice."""
    page = staff.open("/desk")
    page.locator(".choice").wait_for()
    page.click("[data-action=floor]")
    page.locator("#issue").wait_for()
    page.reload()
    page.locator("#issue").wait_for()
    page.click("[data-action=leave]")
    expect(page.locator(".choice")).to_be_visible()
