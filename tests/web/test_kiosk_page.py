"""The page kiosk's screens for the rules of a center: closed, papers, dossiers, a turn after lunch, a wrong choice."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.web.browsing import Server, Windows

Change = Callable[[dict[str, Any]], None]

CARD = "[data-action=choose][data-value={}]"


def open_kiosk(windows: Windows, server: Server, change: Change) -> tuple[Page, list[dict[str, Any]]]:
    """Open the page kiosk with a menu that is changed on its way; return it, and a list of what it asks for."""
    page = windows.open("/", width=1280, height=1024)
    asked: list[dict[str, Any]] = []

    def through(route: WebSocketRoute) -> None:
        away = route.connect_to_server()
        route.on_message(lambda frame: away.send(noted(frame)))
        away.on_message(lambda frame: route.send(changed(frame)))

    def noted(frame: str | bytes) -> str | bytes:
        message = json.loads(frame)
        if message["type"] == "request":
            asked.append(message["command"])
        return frame

    def changed(frame: str | bytes) -> str:
        message = json.loads(frame)
        if message["type"] == "menu":
            change(message)
        return json.dumps(message)

    page.route_web_socket(re.compile("/socket$"), through)
    page.goto(f"{server.address}/kiosk#device=kiosk-1&key={server.key('kiosk-1')}")
    page.locator(".service-card").first.wait_for()
    return page, asked


def close(message: dict[str, Any], because: str, *services: str) -> None:
    """Close these services of a menu, or all."""
    for card in message["services"]:
        if not services or card["service"] in services:
            card.update(open=False, closed_because=because)


def test_a_closed_hall_says_when_it_opens(citizen: Windows, server: Server) -> None:
    """The time stands over all services, which stay to be seen; a tap on one says it in full and takes no ticket."""

    def change(message: dict[str, Any]) -> None:
        close(message, "hours")
        message["opens_at"] = "2099-11-23T06:00:00Z"

    page, asked = open_kiosk(citizen, server, change)
    expect(page.locator(".hall-closed .time")).to_have_text("13:00")
    expect(page.locator(".service-card.closed .status").first).to_contain_text("Cấp số từ 13:00")
    page.wait_for_timeout(700)
    page.click(CARD.format("land"))
    expect(page.locator(".trouble h1")).to_have_text("Máy cấp số từ 13:00")
    assert asked == []


@pytest.mark.parametrize(
    ("because", "title"),
    [
        ("hours", "Hôm nay không cấp số nữa"),
        ("full", "Hôm nay đã hết số"),
        ("quota", "Buổi này đã hết số"),
        ("numbers", "Hôm nay đã phát hết số"),
        ("no_counter", "Hôm nay chưa có quầy phục vụ"),
    ],
)
def test_a_closed_service_says_why_and_whom_to_ask(citizen: Windows, server: Server, because: str, title: str) -> None:
    """One service is closed, the others are not."""
    page, asked = open_kiosk(citizen, server, lambda message: close(message, because, "land"))
    expect(page.locator(".service-card.closed")).to_have_count(1)
    page.click(CARD.format("land"))
    expect(page.locator(".trouble h1")).to_have_text(title)
    expect(page.locator(".trouble")).to_contain_text("cán bộ")
    assert asked == []


def test_what_closed_a_moment_ago_is_said_alike(citizen: Windows) -> None:
    """The refusal of a request becomes the same closure as the tile's; a pause that is over closes nothing."""
    page = citizen.open("/")
    said = page.evaluate(
        """() => import("/static/kiosk_rules.js").then((m) => {
          const closed = (opens_at) => ({ opens_at, services: [{ open: false, closed_because: "hours" }] });
          const noon = "2026-11-23T06:00:00Z";
          return [
            m.closureOfRefusal({ code: "hall_closed", facts: { opens_at: noon } }),
            m.closureOfRefusal({ code: "hall_closed", facts: {} }),
            m.closureOfRefusal({ code: "service_full", facts: { service: "land" } }),
            m.closureOfRefusal({ code: "busy" }),
            m.closureOfHall(closed(noon), Date.parse(noon) - 1),
            m.closureOfHall(closed(noon), Date.parse(noon)),
            m.closureOfHall({ services: [] }, 0),
          ];
        })"""
    )
    noon = {"kind": "hours", "opensAt": "2026-11-23T06:00:00Z"}
    assert said == [noon, {"kind": "today", "opensAt": None}, {"kind": "full", "opensAt": None}, None, noon, None, None]


def test_papers_and_dossiers_come_before_the_number(citizen: Windows, server: Server) -> None:
    """What to bring is shown, many dossiers are counted, and the number of them goes to the server."""

    def change(message: dict[str, Any]) -> None:
        message["dossiers_per_turn"] = 3
        for card in message["services"]:
            card.update(papers={"vi": "Căn cước công dân"}, after_break=True)

    page, asked = open_kiosk(citizen, server, change)
    expect(page.locator(".service-card .late").first).to_be_visible()
    page.click(CARD.format("land"))
    expect(page.locator(".check .papers")).to_contain_text("Căn cước công dân")
    expect(page.locator(".check .after-break")).to_be_visible()
    expect(page.locator(".check .hint")).to_contain_text("tối đa 3 hồ sơ")
    expect(page.locator("[data-action=take]")).to_have_count(0)
    page.wait_for_timeout(700)
    page.click("[data-action=dossiers][data-value='4']")
    page.click("[data-action=step][data-value='1']")
    expect(page.locator(".stepper strong")).to_have_text("5")
    page.wait_for_timeout(700)
    page.click("[data-action=take]")
    page.locator("#number").wait_for()
    assert [command["dossiers"] for command in asked] == [5]


def test_a_wrong_choice_is_taken_back(citizen: Windows, server: Server) -> None:
    """The number's page offers it for as long as it stays; then the words say what the paper is worth."""
    page, asked = open_kiosk(citizen, server, lambda message: message.update(cancel_within_s=30))
    page.click(CARD.format("land"))
    number = page.locator("#number").inner_text()
    expect(page.locator("[data-action=cancel]")).to_have_text(re.compile(r"Chọn nhầm\? Hủy số \(\d giây\)"))
    page.wait_for_timeout(700)
    page.click("[data-action=cancel]")
    expect(page.locator(".trouble h1")).to_have_text(f"Đã hủy số {number}")
    expect(page.locator(".trouble")).to_contain_text("không còn giá trị")
    page.wait_for_timeout(700)
    page.click("[data-action=back]")
    page.locator(".service-card").first.wait_for()
    assert [command["type"] for command in asked] == ["take_ticket", "cancel_ticket"]


@pytest.mark.parametrize("path", ["/kiosk", "/display"])
def test_a_page_keeps_its_hall_when_it_receives_its_key(citizen: Windows, server: Server, path: str) -> None:
    """The key leaves the address, the hall of the page stays in it."""
    device = f"{path.removeprefix('/')}-1"
    page = citizen.open(f"{path}?hall=upstairs#device={device}&key={server.key(device)}")
    expect(page).to_have_url(f"{server.address}{path}?hall=upstairs")
    expect(page.locator("main[data-device], main#display")).to_be_visible()
    assert page.evaluate("location.hash") == ""
