"""Paper on the manager's page, with kiosks that are sockets: what a roll is good for, and slips printed again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from websockets.sync.client import connect

from queue_protocol import PROTOCOL
from queue_protocol.announcements import PrintSlip
from queue_protocol.commands import ReportDevice, ReportSlip
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import DeviceId, ServiceId, TicketId
from tests.server_in_process import Talk
from tests.web.browsing import Server, Windows

SERVICE = ServiceId("civil_status")


@contextmanager
def kiosk(
    server: Server, name: str = "kiosk-1", state: Literal["ready", "failed"] = "ready", reason: str | None = None
) -> Iterator[Talk]:
    """Let a kiosk come that says this of its printer."""
    with connect(f"ws://127.0.0.1:{server.port}/socket", compression=None, proxy=None) as connection:
        talk = Talk(connection)
        talk.say(KioskHello(protocol=PROTOCOL, device=DeviceId(name), key=server.key(name)))
        talk.ask(ReportDevice(part="printer", state=state, reason=reason))
        yield talk


def admit(server: Server, name: str) -> str:
    """Let a further kiosk into the center; return its name."""
    admission = ("device", name, "--role", "kiosk", "--data", str(server.data))
    subprocess.run([sys.executable, "-m", "queue_server", *admission], check=True, capture_output=True)
    return name


@pytest.fixture
def second_kiosk(server: Server) -> str:
    """Give the name of a kiosk besides the first one."""
    return admit(server, "kiosk-2")


def tile_of(office: Page, device: str) -> Locator:
    """Return the tile of a device."""
    return office.locator(".devices li", has_text=device)


def put_in(tile: Locator, metres: str) -> None:
    """Say that a roll of this length was put in."""
    tile.locator("[data-action=roll]").click()
    tile.locator("[name=roll]").fill(metres)
    tile.locator("button[type=submit]").click()
    expect(tile.locator(".told.good")).to_be_visible()


def fail_slip(kiosk: Talk, device: str = "kiosk-1") -> tuple[TicketId, str]:
    """Take a ticket whose slip does not come out; return it with its number."""
    taken = kiosk.take(SERVICE, print_at=device)
    kiosk.hear(PrintSlip)
    kiosk.ask(ReportSlip(ticket=taken.ticket, outcome="failed", reason="paper_out"))
    return taken.ticket, taken.number


def slip_row(office: Page, number: str) -> Locator:
    """Return the alarm of a slip."""
    return office.locator(".alarms .notice", has_text=number)


def print_slip(kiosk: Talk, ticket: TicketId, length_mm: int | None = None) -> None:
    """Let the kiosk print the slip that it is asked for again."""
    while kiosk.hear(PrintSlip).slip.ticket != ticket:
        pass
    kiosk.ask(ReportSlip(ticket=ticket, outcome="printed", length_mm=length_mm))


def test_a_new_roll_is_told_on_the_tile(staff: Windows, server: Server) -> None:
    """Its length is counted in slips, without one the usual roll; the keyboard goes to the field and back."""
    office = staff.open("/office")
    new = admit(server, "kiosk-new")
    with kiosk(server, new):
        tile = tile_of(office, new)
        expect(tile).to_contain_text("Chưa rõ còn bao nhiêu giấy")
        tile.locator("[data-action=roll]").press("Enter")
        expect(tile.locator("[name=roll]")).to_be_focused()
        tile.locator("[name=roll]").press("Enter")
        expect(tile.locator(".told.good")).to_have_text("Đã ghi nhận cuộn giấy mới.")
        expect(tile.locator(".paper")).to_have_text("Giấy còn khoảng 500 phiếu")
        expect(tile.locator("[data-action=roll]")).to_be_focused()
        put_in(tile, "12")
        expect(tile.locator(".paper")).to_have_text("Giấy còn khoảng 120 phiếu")


def test_a_roll_that_cannot_be_is_not_sent(staff: Windows, server: Server) -> None:
    """A length that no roll has stays in the form; who says no to the form leaves everything as it was."""
    office = staff.open("/office")
    with kiosk(server):
        tile = tile_of(office, "Máy lấy số 1")
        before = tile.locator(".paper").inner_text()
        tile.locator("[data-action=roll]").click()
        tile.locator("[name=roll]").fill("5000")
        tile.locator("button[type=submit]").click()
        expect(tile.locator("[name=roll]:invalid")).to_have_value("5000")
        tile.locator("[data-action=roll-shut]").click()
        expect(tile.locator("[data-action=roll]")).to_be_focused()
        expect(tile.locator(".paper")).to_have_text(before)


def test_the_end_of_a_roll_is_told_ever_more_gravely(staff: Windows, server: Server) -> None:
    """80, 30 and 10 slips have their signs and say what to do; a printer that is out of paper says so itself."""
    office = staff.open("/office")
    with kiosk(server) as box:
        tile = tile_of(office, "Máy lấy số 1")
        told = [("8", "notice", "notice", "Mời chuẩn bị"), ("3", "danger", "notice", "Mời mang cuộn giấy")]
        for metres, sign, alarm, words in [*told, ("1", "alarm", "danger", "Mời thay cuộn giấy ngay")]:
            put_in(tile, metres)
            expect(tile.locator(f".paper .sign.{sign}")).to_be_visible()
            expect(office.locator(f".alarms .{alarm}", has_text=words)).to_be_visible()
        ticket, number = fail_slip(box)
        slip_row(office, number).locator("[data-action=reprint]").click()
        print_slip(box, ticket, length_mm=2000)
        expect(tile.locator(".paper")).to_have_text("Giấy có thể đã hết")
        counted = office.locator(".alarms .danger", has_text="giấy có thể đã hết")
        expect(counted).to_have_count(1)
        box.ask(ReportDevice(part="printer", state="failed", reason="paper_out"))
        expect(office.locator(".alarms .danger", has_text="Hết giấy")).to_be_visible()
        expect(counted).to_have_count(0)
        put_in(tile, "")


def test_slips_are_printed_again_one_by_one(staff: Windows, server: Server) -> None:
    """One tap per slip, which is told; the keyboard then stands at the next one, and one that fails again is back."""
    office = staff.open("/office")
    with kiosk(server) as box:
        slips = [fail_slip(box) for _ in range(2)]
        (first, first_number), (second, second_number) = slips
        slip_row(office, first_number).locator("[data-action=reprint]").press("Enter")
        expect(office.locator(".alarms .good")).to_have_text(f"Đã gửi in lại phiếu {first_number} tại Máy lấy số 1.")
        print_slip(box, first)
        expect(slip_row(office, first_number)).to_have_count(0)
        again = office.get_by_role("button", name=f"In lại phiếu {second_number}")
        expect(again).to_be_focused()
        again.press("Enter")
        expect(slip_row(office, second_number)).to_have_count(0)
        box.ask(ReportSlip(ticket=second, outcome="failed", reason="paper_out"))
        expect(again).to_be_enabled()
        again.click()
        print_slip(box, second)
        expect(slip_row(office, second_number)).to_have_count(0)


def test_with_several_printers_it_is_asked_where(staff: Windows, server: Server, second_kiosk: str) -> None:
    """A slip that failed at one kiosk comes out at the other; a printer that is down is no choice."""
    office = staff.open("/office")
    with kiosk(server) as first, kiosk(server, second_kiosk) as second:
        ticket, number = fail_slip(first)
        row = slip_row(office, number)
        row.locator("[data-action=reprint-where]").click()
        expect(row.get_by_role("button")).to_have_text(["In tại Máy lấy số 1", "In tại Máy lấy số 2", "Không"])
        row.locator("[data-action=reprint-shut]").click()
        first.ask(ReportDevice(part="printer", state="failed", reason="paper_out"))
        expect(row.locator("[data-action=reprint]")).to_have_attribute("data-value", second_kiosk)
        second.ask(ReportDevice(part="printer", state="failed", reason="cover_open"))
        expect(row.get_by_role("button")).to_have_attribute("aria-disabled", "true")
        for box in (first, second):
            box.ask(ReportDevice(part="printer", state="ready"))
        row.locator("[data-action=reprint-where]").click()
        row.locator(f"[data-action=reprint][data-value={second_kiosk}]").click()
        print_slip(second, ticket)
        expect(row).to_have_count(0)


def test_a_kiosk_on_its_spare_printer_needs_a_hand(staff: Windows, server: Server) -> None:
    """It prints, so it is a notice and no danger; alarm and tile say which printer to look at."""
    office = staff.open("/office")
    with kiosk(server, reason="spare_printer") as box:
        alarm = office.locator(".alarms .notice", has_text="Máy lấy số 1 đang in bằng máy in dự phòng")
        expect(alarm).to_be_visible()
        expect(tile_of(office, "Máy lấy số 1")).to_contain_text("kiểm tra máy in chính")
        box.ask(ReportDevice(part="printer", state="ready"))
        expect(alarm).to_have_count(0)


def test_a_roll_that_nears_its_end_is_told(staff: Windows, server: Server) -> None:
    """Slips still come out, and there is time to fetch a roll: a notice and the tile say so until it was changed."""
    office = staff.open("/office")
    with kiosk(server, reason="near_end") as box:
        alarm = office.locator(".alarms .notice", has_text="Máy lấy số 1: sắp hết giấy, chuẩn bị cuộn mới")
        expect(alarm).to_be_visible()
        expect(tile_of(office, "Máy lấy số 1")).to_contain_text("Sắp hết giấy, chuẩn bị cuộn mới")
        box.ask(ReportDevice(part="printer", state="ready"))
        expect(alarm).to_have_count(0)


def test_a_slip_of_a_printer_that_never_answers_is_no_alarm(staff: Windows, server: Server) -> None:
    """The desk lists it folded, with the words for it and a way to print it again; the office raises nothing."""
    office, desk = staff.open("/office"), staff.open("/desk")
    desk.get_by_role("button", name="Hướng dẫn tại sảnh").click()
    with kiosk(server) as box:
        taken = box.take(SERVICE, print_at="kiosk-1")
        box.ask(ReportSlip(ticket=taken.ticket, outcome="accepted"))
        fold = desk.get_by_role("button", name="Đã gửi máy in, chưa rõ phiếu đã ra")
        expect(fold).to_be_visible()
        expect(office.locator(".alarms")).not_to_contain_text("Phiếu")


def test_the_page_says_why_the_day_was_ended(staff: Windows) -> None:
    """Another manager, or the same one after lunch, reads the reason; people are carried over for the same one."""
    office = staff.open("/office")
    office.click("[data-action=end]")
    office.select_option("#end-form select", "no_staff")
    office.click("#end-form button[type=submit]")
    expect(office.locator(".today-head")).to_contain_text("Lý do: Thiếu người làm")
    office.reload()
    expect(office.locator(".today-head")).to_contain_text("Lý do: Thiếu người làm")
    office.click("[data-action=hours]")
    office.click("[data-action=usual]")
    office.click("#hours-form button[type=submit]")
    expect(office.locator(".today-head")).not_to_contain_text("Lý do")


@pytest.mark.parametrize("width", [1366, 390])
def test_paper_is_accessible(staff: Windows, server: Server, second_kiosk: str, width: int) -> None:
    """Form, signs, rows of slips and the choice of a printer have no fault that axe knows, and fit on a phone."""
    office = staff.open("/office", width=width)
    with kiosk(server) as first, kiosk(server, second_kiosk, reason="spare_printer"):
        slips = [fail_slip(first) for _ in range(2)]
        put_in(tile_of(office, "Máy lấy số 1"), "1")
        tile_of(office, "Máy lấy số 2").locator("[data-action=roll]").click()
        slip_row(office, slips[0][1]).locator("[data-action=reprint-where]").click()
        found = Axe().run(office)
        assert found.violations_count == 0, found.generate_report()
        assert office.evaluate("document.documentElement.scrollWidth") <= width
        office.click("[data-action=reprint-shut]")
        for ticket, number in slips:
            slip_row(office, number).locator("[data-action=reprint-where]").click()
            slip_row(office, number).locator("[data-value=kiosk-1]").click()
            print_slip(first, ticket)
            expect(slip_row(office, number)).to_have_count(0)


def run(page: Page, module: str, body: str) -> Any:
    """Run a function body with what a module of the pages exports in `m`; return what it returns."""
    return page.evaluate(f"import('/static/{module}').then((m) => {{ {body} }})")


def test_a_printer_that_is_away_or_down_is_no_place_for_a_slip(citizen: Windows) -> None:
    """Of a mute printer it is not known that it cannot print: it is offered."""
    names = run(
        citizen.open("/"),
        "office_rolls.js",
        """
        const device = (device, connected, printer) => ({ device, connected, printer });
        return m.printersOf([device("ready", true, "ready"), device("mute", true, "unknown"), device("down", true,
          "failed"), device("away", false, "unknown"), device("display", true, null)]);
        """,
    )
    assert names == ["ready", "mute"]


def test_levels_of_paper_end_where_they_say(citizen: Windows) -> None:
    """Each level holds its last slip; above the first there is nothing to say."""
    body = "return [0, 1, 10, 11, 30, 31, 80, 81].map((slips) => m.paperLevel(slips).sign);"
    signs = run(citizen.open("/"), "office_rolls.js", body)
    assert signs == ["alarm", "alarm", "alarm", "danger", "danger", "notice", "notice", "plain"]


def test_a_slip_that_was_asked_for_waits_for_its_end(citizen: Windows) -> None:
    """A second press would be a second slip: the button rests until something is heard, or should have been."""
    disabled = run(
        citizen.open("/"),
        "office_printers.js",
        """
        let now = 0;
        const page = { root: document.body, clock: { now: () => now }, draw() {}, texts: { say: (key) => key },
          ask: () => Promise.resolve({ type: "done" }) };
        const printers = new m.Printers(page);
        const office = { devices: [{ device: "kiosk-1", connected: true, printer: "ready" }] };
        const rests = (ticket, state) => printers.slipActs({ ticket, state, number: "A001" }, office)
          .firstChild.getAttribute("aria-disabled") === "true";
        return printers.reprint("a", "kiosk-1", "A001").then(() => {
          const soon = [rests("a", "unknown"), rests("a", "failed"), rests("b", "unknown")];
          now = 20000;
          return soon.concat(rests("a", "unknown"));
        });
        """,
    )
    assert disabled == [True, False, False, False]
