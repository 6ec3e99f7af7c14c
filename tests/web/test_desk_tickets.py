"""What a clerk does with a ticket besides calling it, on the real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browsing import Server, Windows, issue, open_counter
from tests.web.desks import (
    ask,
    ask_as_kiosk,
    attend_printer,
    begin_center,
    choose,
    empty_counter,
    line,
    listen,
    menu_of,
    press,
    take,
    wait_until_free,
)


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


def call(page: Page, number: str) -> None:
    """Call the first in line, who has this number."""
    expect(page.locator("[data-primary]")).to_contain_text(number)
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(number)


def serve(page: Page, number: str) -> None:
    """Call the first in line, who has this number, and begin the visit."""
    call(page, number)
    press(page, "Space")
    expect(page.locator(".further [data-sheet=outcome]")).to_be_visible()


def test_who_steps_out_is_not_called_and_comes_back(desk: Page) -> None:
    """A ticket on hold leaves the line, stands among those away with the reason, and waits again when it is back."""
    first, second = take(desk, "copies")["number"], take(desk, "copies")["number"]
    choose(desk, menu_of(first), "[data-sheet=hold]", "[data-value=fetching_papers]")
    expect(desk.locator(".line li strong")).to_have_text([second])
    desk.click("[data-action=fold][data-value=away]")
    expect(desk.locator(f".rows li:has-text('{first}')")).to_contain_text("Đi lấy thêm giấy tờ")
    desk.click("[data-action=resume]")
    expect(desk.locator(".line li strong")).to_have_text([first, second])


def test_the_current_ticket_can_be_held(desk: Page) -> None:
    """Who has to fetch something frees the counter."""
    number = take(desk, "copies")["number"]
    call(desk, number)
    choose(desk, ".further [data-sheet=hold]", "[data-value=stepped_out]")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    expect(desk.locator("[data-action=fold][data-value=away]")).to_contain_text("1")


def test_a_visit_goes_on_at_another_service_and_goes_first_there(desk: Page) -> None:
    """A transfer keeps the number; asked to go first it stands before who waited there already."""
    there, moved = take(desk, "births")["number"], take(desk, "copies")["number"]
    choose(desk, menu_of(moved), "[data-sheet=call]", "[data-action=call]")
    expect(desk.locator("#current-number")).to_have_text(moved)
    desk.click(".further [data-sheet=transfer]")
    desk.select_option("#sheet [name=service]", "births")
    desk.check("#sheet [name=first]")
    desk.click("#sheet [data-action=transfer]")
    expect(desk.locator("#notice.good")).to_contain_text(moved)
    expect(desk.locator(".line li strong")).to_have_text([moved, there])
    expect(desk.locator(".line li").first).to_contain_text("Khai sinh")


def test_a_visit_goes_on_at_one_counter(desk: Page) -> None:
    """Sent to another counter it waits there and no longer here."""
    number = take(desk, "copies")["number"]
    call(desk, number)
    desk.click(".further [data-sheet=transfer]")
    desk.select_option("#sheet [name=counter]", "1")
    desk.click("#sheet [data-action=transfer]")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    assert line(desk) == []
    open_counter_of_line(desk, 1)
    expect(desk.locator(".line li strong")).to_have_text([number])
    empty_counter(desk)


def open_counter_of_line(page: Page, counter: int) -> None:
    """Leave this counter for another one."""
    page.click("[data-action=close]")
    open_counter(page, counter)


def test_who_missed_the_call_comes_back_as_often_as_allowed(desk: Page) -> None:
    """A no-show waits again when it is let back; the second time the page says why it cannot."""
    number = take(desk, "copies")["number"]
    call(desk, number)
    press(desk, "KeyV")
    desk.click("[data-action=fold][data-value=away]")
    desk.click("[data-action=return]")
    call(desk, number)
    press(desk, "KeyV")
    expect(desk.locator("[data-action=return]")).to_have_attribute("aria-disabled", "true")
    expect(desk.locator(".rows li")).to_contain_text("lấy số mới")


def test_a_chosen_ticket_is_called_after_a_question_and_the_reason_says_so(desk: Page) -> None:
    """Calling out of turn asks first; no changes nothing, yes calls, and the sentence names who was passed."""
    first, second = take(desk, "copies")["number"], take(desk, "births")["number"]
    choose(desk, menu_of(second), "[data-sheet=call]")
    expect(desk.locator("#sheet")).to_contain_text("1 người")
    desk.click("#sheet [data-action=sheet_close]")
    expect(desk.locator("#sheet")).to_have_count(0)
    assert line(desk) == [first, second]
    choose(desk, menu_of(second), "[data-sheet=call]", "[data-action=call]")
    expect(desk.locator("#current-number")).to_have_text(second)
    expect(desk.locator("#reason")).to_contain_text(re.compile(f"{second} .*{first} .*cán bộ chọn"))


def test_in_turn_the_reason_comes_when_asked_for(desk: Page) -> None:
    """Who passed nobody needs no sentence; asked why, the page has one."""
    number = take(desk, "copies")["number"]
    call(desk, number)
    expect(desk.locator("#reason")).to_have_count(0)
    desk.click("[data-value=reason]")
    expect(desk.locator("#reason")).to_contain_text(f"{number} đến lượt")


def test_service_and_priority_of_a_waiting_ticket_change(desk: Page) -> None:
    """Priority puts it in front and takes it back again; another service takes its number along."""
    first, second = take(desk, "copies")["number"], take(desk, "copies")["number"]
    choose(desk, menu_of(second), "[data-action=prioritise]")
    expect(desk.locator(".line li strong")).to_have_text([second, first])
    choose(desk, menu_of(second), "[data-action=deprioritise]")
    expect(desk.locator(".line li strong")).to_have_text([first, second])
    choose(desk, menu_of(second), "[data-sheet=change_service]", "[data-value=births]")
    expect(desk.locator(f".line li:has-text('{second}')")).to_contain_text("Khai sinh")


def test_a_void_ticket_waits_no_more(desk: Page) -> None:
    """A ticket that was taken twice goes, with its reason, and the page says so."""
    number = take(desk, "copies")["number"]
    commands = listen(desk)
    choose(desk, menu_of(number), "[data-sheet=void]", "[data-value=double]")
    expect(desk.locator("#notice.good")).to_contain_text(number)
    assert line(desk) == []
    assert [each["reason"] for each in commands] == ["double"]


def test_a_lost_slip_is_replaced(desk: Page, citizen: Windows) -> None:
    """The number stays; the page of the old slip says that there is a new one."""
    taken = take(desk, "copies")
    choose(desk, menu_of(taken["number"]), "[data-sheet=reissue]", "[data-action=reissue]")
    expect(desk.locator("#notice.good")).to_contain_text(taken["number"])
    page = citizen.open(f"/t/{taken['token']}")
    expect(page.locator(".state.replaced")).to_contain_text("Đã cấp lại")


def test_a_slip_in_trouble_is_printed_again(desk: Page, citizen: Windows, server: Server) -> None:
    """A slip that did not come out has a button; the kiosk gets it once more, marked as a copy."""
    kiosk = citizen.open("/")
    slips = attend_printer(kiosk, server)
    ticket = take(desk, "copies", print_at="kiosk-1")["ticket"]
    report = {"type": "report_slip", "ticket": ticket, "outcome": "failed", "reason": "paper_out"}
    ask_as_kiosk(citizen.open("/"), server, report)
    desk.click(f"[data-action=reprint][data-ticket='{ticket}']")
    expect(desk.locator("#notice.good")).to_be_visible()
    kiosk.wait_for_function("window.slips.length === 2")
    assert [each["copy_number"] for each in slips()] == [0, 1]


def test_more_dossiers_than_one_turn_takes_wait_at_the_end(desk: Page) -> None:
    """With five dossiers and two a turn, three are left; the number waits behind the others with them."""
    first, second = take(desk, "copies", dossiers=5)["number"], take(desk, "copies")["number"]
    serve(desk, first)
    desk.click(".further [data-sheet=requeue]")
    expect(desk.locator("#sheet [name=dossiers]")).to_have_value("3")
    desk.click("#sheet [data-action=requeue]")
    expect(desk.locator(".line li strong")).to_have_text([second, first])
    expect(desk.locator(".line li").last).to_contain_text("3 hồ sơ")


def test_requeueing_is_offered_only_to_who_brought_more(desk: Page) -> None:
    """One dossier is one turn."""
    number = take(desk, "copies")["number"]
    serve(desk, number)
    expect(desk.locator(".further [data-sheet=transfer]")).to_be_visible()
    expect(desk.locator(".further [data-sheet=requeue]")).to_have_count(0)


def test_a_visit_ends_with_outcome_and_further_services(desk: Page) -> None:
    """The sheet sends what was chosen, and the counter is free."""
    number = take(desk, "copies")["number"]
    commands = listen(desk)
    serve(desk, number)
    desk.click(".further [data-sheet=outcome]")
    desk.check("#sheet [value=more_papers]")
    desk.check("#sheet [name=also][value=births]")
    desk.click("#sheet [data-action=outcome]")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    assert (commands[-1]["outcome"], commands[-1]["also"]) == ("more_papers", ["births"])


def test_sheets_and_lists_are_accessible(desk: Page) -> None:
    """The checker finds no fault with a menu, with the larger sheets, and with who is away."""
    first = take(desk, "copies", dossiers=5)["number"]
    held = take(desk, "births")["number"]
    choose(desk, menu_of(held), "[data-sheet=hold]", "[data-value=other]")
    desk.click("[data-action=fold][data-value=away]")
    desk.click("[data-action=fold][data-value=keys]")
    assert_clean(desk)
    desk.click(menu_of(first))
    assert_clean(desk)
    desk.keyboard.press("Escape")
    serve(desk, first)
    for sheet in ("transfer", "outcome", "requeue", "serve"):
        desk.click(f"[data-sheet={sheet}]")
        assert_clean(desk)
        desk.keyboard.press("Escape")
        expect(desk.locator("#sheet")).to_have_count(0)


def assert_clean(page: Page) -> None:
    """Let axe read the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_escape_closes_a_sheet_and_keys_wait_behind_it(desk: Page) -> None:
    """While a sheet asks, the space key calls nobody; Escape goes back to the page."""
    number = take(desk, "copies")["number"]
    desk.click(menu_of(number))
    desk.locator("#sheet").dispatch_event("keydown", {"code": "Space"})
    desk.keyboard.press("Escape")
    expect(desk.locator("#sheet")).to_have_count(0)
    assert line(desk) == [number]
    call(desk, number)


def test_a_note_stands_where_the_ticket_is(desk: Page) -> None:
    """Written on a waiting ticket it is read in the line, again when the ticket is called, and erased there."""
    number = take(desk, "copies")["number"]
    choose(desk, menu_of(number), "[data-sheet=note]")
    expect(desk.locator("#sheet textarea")).to_be_focused()
    assert Axe().run(desk).violations_count == 0
    desk.keyboard.type("Cụ bà đi xe lăn. R, V: không phải phím tắt")
    desk.click("#sheet [data-action=note]")
    expect(desk.locator("#sheet")).to_have_count(0)
    expect(desk.locator(".line .notes")).to_contain_text("Cụ bà đi xe lăn. R, V")
    call(desk, number)
    expect(desk.locator(".current .notes")).to_contain_text("Cụ bà đi xe lăn")
    choose(desk, ".further [data-sheet=ticket]", "[data-sheet=note]", "[data-action=note_erase]")
    expect(desk.locator("#sheet .notes")).to_have_count(0)
    desk.click("#sheet [data-action=sheet_close]")
    expect(desk.locator(".notes")).to_have_count(0)


def test_a_note_that_is_not_kept_stays_on_the_sheet(desk: Page) -> None:
    """With nothing written the sheet says so; without an answer the words stay, and are kept when asked again."""
    number = take(desk, "copies")["number"]
    choose(desk, menu_of(number), "[data-sheet=note]", "[data-action=note]")
    expect(desk.locator("#sheet [role=alert]")).to_contain_text("còn trống")
    desk.route("**/desk/notes", lambda route: route.abort())
    desk.fill("#sheet textarea", "Chờ con trai mang giấy tới")
    desk.click("#sheet [data-action=note]")
    expect(desk.locator("#sheet [role=alert]")).to_contain_text("không trả lời")
    expect(desk.locator("#sheet textarea")).to_have_value("Chờ con trai mang giấy tới")
    desk.unroute("**/desk/notes")
    desk.click("#sheet [data-action=note]")
    expect(desk.locator(".line .notes")).to_contain_text("con trai")


def test_words_that_are_being_written_outlast_the_ticket(desk: Page) -> None:
    """While a note is written the ticket may leave the line: the sheet stays, and what it holds is kept."""
    taken = take(desk, "copies")
    choose(desk, menu_of(taken["number"]), "[data-sheet=note]")
    desk.fill("#sheet textarea", "Đã về")
    ask(desk, {"type": "void_ticket", "ticket": taken["ticket"], "reason": "left"})
    expect(desk.locator(".line li")).to_have_count(0)
    desk.click("#sheet [data-action=note]")
    expect(desk.locator("#sheet")).to_have_count(0)
    desk.goto(desk.url.replace("/desk", "/office/remarks"))
    expect(desk.locator(".remarks .text").first).to_have_text("Đã về")
    desk.go_back()
    expect(desk.locator(".workplace")).to_be_visible()


def test_the_next_person_gets_no_slip_in_the_language_of_the_last(desk: Page) -> None:
    """What was chosen for one citizen, language and all, is set back once the number is issued."""
    form = desk.locator("#issue")
    form.locator("[name=language]").select_option("en")
    form.locator("[name=priority]").check()
    issue(desk, "copies")
    expect(form.locator("[name=language]")).to_have_value("vi")
    expect(form.locator("[name=priority]")).not_to_be_checked()


def test_who_puts_a_new_roll_in_says_so_at_the_desk(desk: Page, server: Server) -> None:
    """The alarm of a roll that ends has the button that begins a new one, and it is asked about first."""
    ask_as_kiosk(desk, server, {"type": "report_device", "part": "printer", "state": "ready", "reason": None})
    ask(desk, {"type": "replace_paper", "device": "kiosk-1", "roll_m": 1})
    expect(desk.locator("#alarm")).to_contain_text("Máy lấy số 1")
    choose(desk, "#alarm [data-sheet=paper]", "[data-action=replace_paper]")
    expect(desk.locator("#notice.good")).to_contain_text("Máy lấy số 1")
    expect(desk.locator("#alarm [data-sheet=paper]")).to_have_count(0)
