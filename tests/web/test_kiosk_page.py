"""The page kiosk's screens for the rules of a center: closed, papers, dossiers, a turn after lunch, a wrong choice."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.watching import PATIENCE_S
from tests.web.browsing import Server, Windows

Change = Callable[[dict[str, Any]], None]

CARD = "[data-action=choose][data-value={}]"


def open_kiosk(
    windows: Windows, server: Server, change: Change, width: int = 1280, height: int = 1024
) -> tuple[Page, list[dict[str, Any]]]:
    """Open the page kiosk with a menu that is changed on its way; return it, and a list of what it asks for."""
    page = windows.open("/", width=width, height=height)
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
            m.closureOfRefusal({ code: "hall_closed", facts: { opens_at: noon } }, {}),
            m.closureOfRefusal({ code: "hall_closed", facts: {} }, {}),
            m.closureOfRefusal({ code: "hall_closed", facts: {} }, { reopens_at: noon }),
            m.closureOfRefusal({ code: "service_full", facts: { service: "land" } }, { reopens_at: noon }),
            m.closureOfRefusal({ code: "busy" }, {}),
            m.closureOfHall(closed(noon), Date.parse(noon) - 1),
            m.closureOfHall(closed(noon), Date.parse(noon)),
            m.closureOfHall({ services: [] }, 0),
          ];
        })"""
    )
    noon = {"kind": "hours", "opensAt": "2026-11-23T06:00:00Z"}
    over, later = {"kind": "today", "opensAt": None}, {"kind": "today", "opensAt": noon["opensAt"]}
    assert said == [noon, over, later, {"kind": "full", "opensAt": None}, None, noon, None, None]


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
    page.wait_for_timeout(700)
    page.click("[data-action=step][data-value='1']")
    expect(page.locator(".stepper strong")).to_have_text("5")
    page.wait_for_timeout(700)
    page.click("[data-action=take]")
    page.locator("#number").wait_for()
    assert [command["dossiers"] for command in asked] == [5]


def test_a_wrong_choice_is_taken_back(citizen: Windows, server: Server) -> None:
    """The number's page asks first, without a countdown; a touch beside the answers keeps the number."""
    page, asked = open_kiosk(citizen, server, lambda message: message.update(cancel_within_s=60))
    page.click(CARD.format("land"))
    number = page.locator("#number").inner_text()
    doubt = page.locator("[data-action=doubt]")
    expect(doubt).to_have_text("Chọn nhầm việc?")
    for way in ("keep", "beside", "cancel"):
        page.wait_for_timeout(700)
        doubt.click()
        expect(page.locator("#question")).to_have_text(f"Bỏ số {number} để chọn lại?")
        page.wait_for_timeout(3100)
        if way == "beside":
            page.mouse.click(40, 900)
        else:
            page.click(f"[data-action={way}]")
        if way != "cancel":
            expect(page.locator("#number")).to_have_text(number)
    expect(page.locator(".trouble")).to_contain_text(
        f"Số {number} đã hủy, phiếu này không dùng nữa. Mời ông/bà chọn lại."
    )
    page.wait_for_timeout(700)
    page.click("[data-action=back]")
    page.locator(".service-card").first.wait_for()
    assert [command["type"] for command in asked] == ["take_ticket", "cancel_ticket"]


def test_an_impatient_finger_answers_nothing(citizen: Windows, server: Server) -> None:
    """Taps at the place of the card, past the dead time of each page: no dossiers, no number, no end of the number."""
    page, asked = open_kiosk(citizen, server, lambda message: message.update(dossiers_per_turn=3, cancel_within_s=60))
    box = page.locator(CARD.format("land")).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for _ in range(6):
        page.mouse.click(x, y)
        page.wait_for_timeout(800)
    expect(page.locator(".check")).to_be_visible()
    assert asked == []


def test_a_request_without_an_answer_is_withdrawn(citizen: Windows, server: Server) -> None:
    """The server hangs: the person is sent to the staff, and the request is withdrawn by its token when it is back."""
    page = citizen.open("/", width=1280, height=1024)
    asked: list[dict[str, Any]] = []

    def through(route: WebSocketRoute) -> None:
        away = route.connect_to_server()
        route.on_message(lambda frame: None if hangs(frame) else away.send(frame))
        away.on_message(route.send)

    def hangs(frame: str | bytes) -> bool:
        message = json.loads(frame)
        if message["type"] == "request":
            asked.append(message["command"])
        return bool(message["type"] == "request" and message["command"]["type"] == "take_ticket")

    page.route_web_socket(re.compile("/socket$"), through)
    page.clock.install()
    page.goto(f"{server.address}/kiosk#device=kiosk-1&key={server.key('kiosk-1')}")
    page.locator(".service-card").first.wait_for()
    page.click(CARD.format("land"))
    expect(page.locator(".trouble h1")).to_have_text("Đang lấy số")
    page.clock.run_for(16_000)
    expect(page.locator(".trouble h1")).to_have_text("Máy lấy số tạm nghỉ")
    expect(page.locator(".trouble .staff")).to_contain_text("kiosk-1")
    deadline = time.monotonic() + PATIENCE_S
    while len(asked) < 2 and time.monotonic() < deadline:
        page.wait_for_timeout(100)  # lets the frames of the socket come through
    assert [command["type"] for command in asked] == ["take_ticket", "withdraw_take"]
    assert asked[0]["token"] == asked[1]["token"]


def test_who_still_reads_is_asked_before_the_page_goes(citizen: Windows, server: Server) -> None:
    """Twenty seconds before the services go; a touch is an answer, and without one the page greets the next person."""
    page = citizen.open("/", width=1280, height=1024)
    page.clock.install()
    page.goto(f"{server.address}/kiosk#device=kiosk-1&key={server.key('kiosk-1')}")
    page.locator(".service-card").first.wait_for()
    page.mouse.click(5, 1000)
    prompt = page.locator("[data-key=prompt]")
    page.clock.run_for(39_000)
    expect(prompt).to_have_count(0)
    page.clock.run_for(1_500)
    expect(prompt).to_contain_text("Ông/bà cần thêm thời gian không?")
    page.get_by_text("Chờ thêm").click()
    expect(prompt).to_have_count(0)
    page.clock.run_for(61_000)
    expect(page.locator(".greeting")).to_contain_text("Chạm vào màn hình để lấy số")
    page.mouse.click(600, 500)
    page.locator(".service-card").first.wait_for()


SIZES = [(1920, 1080), (1280, 1024), (1024, 600), (1080, 1920), (768, 1366)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everyday_words_are_on_every_card(citizen: Windows, server: Server, width: int, height: int) -> None:
    """On all screens, wholly inside of their card, and all cards on the screen at once; the doubt is near no card."""

    def busy(message: dict[str, Any]) -> None:
        message["cancel_within_s"] = 60
        for place, card in enumerate(message["services"]):
            wait = {"low_minutes": 100, "high_minutes": 120}
            card.update(people_ahead=15, wait=wait, after_break=place % 2 == 0)

    page, _ = open_kiosk(citizen, server, busy, width, height)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    cut = page.locator(".service-card").evaluate_all(
        """cards => cards.filter((card) => {
          const outer = card.getBoundingClientRect();
          const inner = card.querySelector(".hints").getBoundingClientRect();
          return !inner.height || inner.bottom > outer.bottom + 1 || card.scrollHeight > card.clientHeight + 1;
        }).map((card) => card.textContent)"""
    )
    assert cut == []
    top = page.locator(".service-card").first.bounding_box()
    page.click("[data-value=results]")
    doubt = page.locator("[data-action=doubt]").bounding_box()
    assert top is not None
    assert doubt is not None
    assert doubt["y"] + doubt["height"] <= top["y"] + 1


@pytest.mark.parametrize("path", ["/kiosk", "/display"])
def test_a_page_keeps_its_hall_when_it_receives_its_key(citizen: Windows, server: Server, path: str) -> None:
    """The key leaves the address, the hall of the page stays in it."""
    device = f"{path.removeprefix('/')}-1"
    page = citizen.open(f"{path}?hall=upstairs#device={device}&key={server.key(device)}")
    expect(page).to_have_url(f"{server.address}{path}?hall=upstairs")
    expect(page.locator("main[data-device], main#display")).to_be_visible()
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1024, 600)])
def test_many_services_lie_on_pages(citizen: Windows, server: Server, width: int, height: int) -> None:
    """Of 40 services each is on one page, whole, and its name within its card; the last page leads to the first."""

    def change(message: dict[str, Any]) -> None:
        first = message["services"][0]
        long = " về giáo dục nghề nghiệp, giáo dục thường xuyên của xã"
        message["services"] = [
            {
                **first,
                "service": f"s{place}",
                "names": {"vi": f"Lĩnh vực {place}{long if place % 2 else ''}"},
                "hints": {},
            }
            for place in range(40)
        ]

    page, _ = open_kiosk(citizen, server, change, width, height)
    seen: list[str] = []
    for number in (1, 2, 3, 4):
        expect(page.locator("[data-action=turn]")).to_contain_text(f"{number}/4")
        seen += page.locator(".service-card strong").all_inner_texts()
        cut = "cards => cards.filter(each => each.scrollHeight > each.clientHeight + 1).length"
        assert page.locator(".service-card").evaluate_all(cut) == 0
        box = page.locator("[data-action=turn]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
        page.wait_for_timeout(2100)
        page.click("[data-action=turn]")
    expect(page.locator("[data-action=turn]")).to_contain_text("1/4")
    assert len(set(seen)) == 40
