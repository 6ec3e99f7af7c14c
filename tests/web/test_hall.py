"""The pages of the hall on the real server: kiosk, display and the ticket on a phone."""

import io
import re
import wave
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, WebSocket, expect

from tests.web.browsing import Server, Windows, add_clerk, issue, open_counter, sign_in
from tests.web.desks import press

WATCH_SOUNDS = """
window.sounds = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (at) {
  window.sounds.push({ at, ends: at + this.buffer.duration });
  return start.call(this, at);
};
"""


def open_kiosk(windows: Windows, server: Server) -> Page:
    """Open the page kiosk as the installer does, with the key behind the address."""
    page = windows.open(f"/kiosk#device=kiosk-1&key={server.key('kiosk-1')}", width=1920, height=1080)
    page.locator(".service-card").first.wait_for()
    return page


def watch_tokens(page: Page) -> list[str]:
    """Return a list that fills with the tokens of tickets the page asks for."""
    tokens: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: tokens.extend(re.findall(r'"token":"([a-z2-7]{26})"', str(frame))))

    page.on("websocket", listen)
    page.reload()
    page.locator(".service-card").first.wait_for()
    return tokens


def test_one_tap_gives_one_number(citizen: Windows, server: Server) -> None:
    """A double tap on a service issues one ticket, shown large; the page goes home when that is said."""
    page = open_kiosk(citizen, server)
    assert "key" not in page.url
    page.locator("[data-value=online_help]").dblclick()
    expect(page.locator("#number")).to_have_text("M001")
    page.wait_for_timeout(800)
    expect(page.locator("#number")).to_have_text("M001")
    page.click("[data-action=home]")
    expect(page.locator("[data-value=online_help] .status")).to_contain_text("1")


def test_a_kiosk_without_its_key_gives_no_numbers(citizen: Windows) -> None:
    """A page with a wrong key is asked for the right one, in a sentence."""
    page = citizen.open("/kiosk#device=kiosk-1&key=aaaaaaaaaaaaaaaaaaaaaaaa")
    expect(page.locator("#error")).to_be_visible()
    expect(page.locator(".service-card")).to_have_count(0)


def test_the_ticket_page_needs_one_request_and_no_script(citizen: Windows, staff: Windows, server: Server) -> None:
    """The page behind the QR code follows the ticket; it loads nothing else and fits 320 px."""
    kiosk = open_kiosk(citizen, server)
    tokens = watch_tokens(kiosk)
    kiosk.click("[data-value=results]")
    kiosk.locator("#number").wait_for()
    phone = citizen.open(f"/t/{tokens[0]}", width=320, height=640, java_script_enabled=False)
    requests: list[str] = []
    phone.on("request", lambda request: requests.append(urlsplit(request.url).path))
    phone.reload()
    assert requests == [f"/t/{tokens[0]}"]
    expect(phone.locator(".number")).to_have_text(kiosk.locator("#number").inner_text())
    desk = staff.open("/desk")
    open_counter(desk, 1)
    desk.keyboard.press("Space")
    desk.locator("#current-number").wait_for()
    phone.reload()
    expect(phone.locator(".state.called")).to_contain_text("1")
    press(desk, "KeyB")
    press(desk, "KeyH")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    response = phone.goto(f"{server.address}/t/{'a' * 26}")
    assert response is not None
    assert response.status == 404


def short_clip() -> bytes:
    """Return a sound of 50 ms: what is joined here is order and time, and a real call takes a quarter of a minute."""
    file = io.BytesIO()
    with wave.open(file, "wb") as clip:
        clip.setparams((1, 2, 24_000, 0, "NONE", ""))
        clip.writeframes(bytes(2 * 1_200))
    return file.getvalue()


def test_two_calls_in_one_moment_are_both_shown_and_said_in_order(
    staff: Windows, citizen: Windows, server: Server
) -> None:
    """The display that was given sound shows and says one call after the other, without gap or overlap of clips."""
    display = citizen.open("/", width=1920, height=1080)
    display.add_init_script(WATCH_SOUNDS)
    display.route("**/voice/**", lambda route: route.fulfill(body=short_clip(), content_type="audio/wav"))
    display.goto(f"{server.address}/display#device=display-1&key={server.key('display-1')}")
    display.click("[data-action=sound]")
    expect(display.locator(".foot .sign.plain")).to_be_visible()
    desks = [staff.open("/desk"), staff.open("/desk", storage_state=None)]
    sign_in(desks[1], "minh.tran", add_clerk(desks[0], "minh.tran"))
    numbers = []
    for desk, counter, service in zip(desks, (2, 3), ("civil_status", "land"), strict=True):
        open_counter(desk, counter)
        numbers.append(issue(desk, service))
    for desk in desks:
        desk.keyboard.press("Space")
    expect(display.locator(".called-number")).to_have_text(numbers[0])
    expect(display.locator(".called-number")).to_have_text(numbers[1])
    expect(display.locator(".earlier strong").first).to_have_text(numbers[0])
    for desk in desks:
        expect(desk.locator(".signs .sign.good", has_text="phát loa")).to_be_visible()
    sounds = display.evaluate("window.sounds")
    assert len(sounds) >= 20
    assert all(later["at"] >= earlier["ends"] - 1e-6 for earlier, later in pairwise(sounds))
    for desk in desks:
        press(desk, "KeyB")
        press(desk, "KeyH")
        expect(desk.locator(".ticket.empty")).to_be_visible()


HURRY = """
const later = window.setTimeout;
window.setTimeout = (work, lasting, ...rest) => later(work, lasting === 10000 ? 500 : lasting, ...rest);
"""
"""Lets the page display look after its loudspeaker twice a second instead of every ten seconds."""


def open_speaker(windows: Windows, server: Server, answer: Callable[[Route], None]) -> Page:
    """Open the page display with sound; `answer` gives its clips."""
    display = windows.open("/", width=1920, height=1080)
    display.add_init_script(HURRY)
    display.route("**/voice/**", answer)
    display.goto(f"{server.address}/display#device=display-1&key={server.key('display-1')}")
    display.click("[data-action=sound]")
    expect(display.locator(".foot .sign.plain")).to_be_visible()
    return display


def call_and_finish(desk: Page, kind: str, heard: str) -> None:
    """Call somebody, wait for what the desk says of the loudspeaker, and finish."""
    issue(desk, "civil_status")
    desk.keyboard.press("Space")
    expect(desk.locator(f".current .signs .sign.{kind}", has_text=heard)).to_be_visible()
    press(desk, "KeyB")
    press(desk, "KeyH")
    expect(desk.locator(".ticket.empty")).to_be_visible()


def test_a_clip_that_fails_once_is_asked_for_again(staff: Windows, citizen: Windows, server: Server) -> None:
    """A hiccup of the network costs no call: each clip that did not come is fetched once more."""
    failed: set[str] = set()

    def fail_once(route: Route) -> None:
        url = route.request.url
        if url in failed:
            route.fulfill(body=short_clip(), content_type="audio/wav")
        else:
            failed.add(url)
            route.abort()

    open_speaker(citizen, server, fail_once)
    desk = staff.open("/desk")
    open_counter(desk, 2)
    call_and_finish(desk, "good", "phát loa")
    assert failed


def test_a_missing_clip_costs_its_own_sentences_alone(staff: Windows, citizen: Windows, server: Server) -> None:
    """Without the letter of its number a call is shown and not said; the loudspeaker stays on for the next one."""

    def answer(route: Route) -> None:
        if route.request.url.endswith("/vi/letter-h.wav"):
            route.fulfill(status=404)
        else:
            route.fulfill(body=short_clip(), content_type="audio/wav")

    display = open_speaker(citizen, server, answer)
    desk = staff.open("/desk")
    open_counter(desk, 2)
    issue(desk, "civil_status")
    desk.keyboard.press("Space")
    expect(display.locator(".call strong")).not_to_be_empty()
    expect(display.locator(".foot .sign.plain")).to_be_visible()
    press(desk, "KeyB")
    press(desk, "KeyH")
    expect(desk.locator(".ticket.empty")).to_be_visible()
    issue(desk, "guidance")
    desk.keyboard.press("Space")
    expect(desk.locator(".current .signs .sign.good", has_text="phát loa")).to_be_visible(timeout=30_000)
    expect(display.locator(".foot .sign.plain")).to_be_visible()


def test_a_display_that_fell_silent_speaks_again(staff: Windows, citizen: Windows, server: Server) -> None:
    """While no clip comes the button is there again and the desk is told; once they come, it speaks by itself."""
    broken = True

    def answer(route: Route) -> None:
        if broken:
            route.fulfill(status=503)
        else:
            route.fulfill(body=short_clip(), content_type="audio/wav")

    display = open_speaker(citizen, server, answer)
    desk = staff.open("/desk")
    open_counter(desk, 2)
    call_and_finish(desk, "notice", "gọi bằng lời")
    expect(display.locator("[data-action=sound]")).to_be_visible()
    expect(desk.locator(".place .sign.danger")).to_be_visible()
    broken = False
    expect(display.locator(".foot .sign.plain")).to_be_visible()
    expect(desk.locator(".place .sign.danger")).to_have_count(0)
    call_and_finish(desk, "good", "phát loa")
