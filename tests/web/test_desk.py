"""The clerk's page on the real server, worked by keyboard."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Windows, add_clerk, issue, open_counter, sign_in, start_server


def press(page: Page, key: str) -> None:
    """Press a key and wait until the page has its answer."""
    page.keyboard.press(key)
    expect(page.locator("#desk [data-action=close]")).not_to_have_attribute("aria-disabled", "true")


def test_a_visit_is_worked_by_keyboard_alone(staff: Windows) -> None:
    """Space calls the first in line, B starts, H finishes; the page says each time what is so now."""
    page = staff.open("/desk")
    open_counter(page, 2)
    number = issue(page, "civil_status")
    expect(page.locator("[data-primary]")).to_contain_text(number)
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(number)
    expect(page.locator("#timer-running")).to_have_text(re.compile(r"0:0[1-9]"))
    press(page, "KeyB")
    expect(page.locator(".ticket.serving")).to_be_visible()
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_a_key_pressed_twice_calls_one_person(staff: Windows) -> None:
    """Two presses of space in one moment call one ticket; the next one still waits."""
    page = staff.open("/desk")
    open_counter(page, 3)
    first, second = issue(page, "land"), issue(page, "household_business")
    page.evaluate(
        "for (const _ of [1, 2]) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { code: 'Space', bubbles: true, cancelable: true }))"
    )
    expect(page.locator("#current-number")).to_have_text(first)
    page.wait_for_timeout(500)
    expect(page.locator("#current-number")).to_have_text(first)
    expect(page.locator(".line li strong")).to_have_text([second])
    press(page, "Space")
    press(page, "Space")
    press(page, "KeyB")
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_a_refusal_is_said_as_a_sentence(staff: Windows) -> None:
    """A recall right after the call is refused by the server, and the page says why and how long to wait."""
    page = staff.open("/desk")
    open_counter(page, 4)
    number = issue(page, "agriculture")
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(number)
    press(page, "KeyR")
    expect(page.locator("#notice.danger")).to_contain_text(number)
    assert page.locator("#notice").get_attribute("aria-live") == "assertive"
    press(page, "KeyB")
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_a_no_show_is_offered_after_the_last_call(staff: Windows) -> None:
    """The button says how many calls are still to be made, and neither it nor its key does anything before."""
    page = staff.open("/desk")
    open_counter(page, 4)
    number = issue(page, "agriculture")
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(number)
    expect(page.locator("[data-action=no_show]")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("[data-action=no_show]")).to_contain_text("gọi thêm 2 lần")
    press(page, "KeyV")
    expect(page.locator("#current-number")).to_have_text(number)
    press(page, "KeyB")
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_typing_is_no_command_and_drawing_takes_no_focus(staff: Windows) -> None:
    """A letter pressed in a list acts on nothing, and what has the focus keeps it while the page is drawn anew."""
    page = staff.open("/desk")
    open_counter(page, 1)
    number = issue(page, "certification")
    press(page, "Space")
    expect(page.locator("#current-number")).to_have_text(number)
    page.locator("select[name=print_at]").focus()
    page.keyboard.press("KeyV")
    page.locator("[data-action=recall]").focus()
    page.wait_for_timeout(2500)
    assert page.evaluate("document.activeElement.dataset.action") == "recall"
    expect(page.locator("#current-number")).to_have_text(number)
    press(page, "KeyB")
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_a_phone_shows_ticket_button_and_count(staff: Windows) -> None:
    """At 320 px the number and the button are on the first screen and nothing runs out at the side."""
    page = staff.open("/desk", width=320, height=640)
    open_counter(page, 2)
    issue(page, "civil_status")
    page.click("[data-primary]")
    page.locator("#current-number").wait_for()
    issue(page, "civil_status")
    page.evaluate("window.scrollTo(0, 0)")
    expect(page.locator("#current-number")).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-primary]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    press(page, "Space")
    press(page, "KeyB")
    press(page, "KeyH")
    expect(page.locator(".ticket.empty")).to_be_visible()


def test_the_page_outlives_its_server(browser: Browser, cache: Path, tmp_path: Path) -> None:
    """When the server dies the page says so and takes no clicks; when it is back the page goes on by itself."""
    server = start_server(tmp_path, cache)
    windows = Windows(browser, server, None)
    page = windows.open("/desk")
    sign_in(page, "quanly", server.password)
    open_counter(page, 1)
    number = issue(page, "certification")
    server.stop()
    banner = page.locator("[data-key=link]")
    expect(banner).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(page.locator("[data-primary]")).to_have_attribute("aria-disabled", "true")
    server.start()
    expect(banner).to_have_count(0)
    page.keyboard.press("Space")
    expect(page.locator("#current-number")).to_have_text(number)
    windows.close()
    server.stop()


def test_who_is_signed_out_elsewhere_is_asked_to_sign_in(citizen: Windows, staff: Windows) -> None:
    """A desk whose session is over says so, and its link leads to the form."""
    password = add_clerk(staff.open("/desk"), "tam.le")
    page = citizen.open("/desk?language=vi")
    sign_in(page, "tam.le", password)
    page.locator("#desk h1").wait_for()
    page.evaluate("fetch('/sign-out', { method: 'POST' }).then((answer) => answer.status)")
    expect(page.locator("[data-key=link]")).to_contain_text("đăng nhập")
    page.click("[data-key=link] a")
    expect(page.locator("input[name=account]")).to_be_visible()
