"""Today on the manager's page: its hours, its end, the people it leaves; and what the page calls wrong."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import Windows, issue, open_counter
from tests.web.desks import press

STATE = ".today-head .sign"


def run(page: Page, modules: str, body: str) -> Any:
    """Run a function body with the names that modules of the pages export in `m`; return what it returns."""
    loaded = ", ".join(f"import('/static/{module}')" for module in modules.split())
    return page.evaluate(f"Promise.all([{loaded}]).then((all) => {{ const m = Object.assign({{}}, ...all); {body} }})")


def set_usual_hours(office: Page) -> None:
    """Open the day as the calendar has it: a center without hours is open around the clock."""
    office.click("[data-action=hours]")
    office.click("[data-action=usual]")
    expect(office.locator("#hours-form .session")).to_have_count(1)
    office.click("#hours-form button[type=submit]")
    expect(office.locator(STATE)).to_contain_text("23:59")


def test_a_manager_closes_and_opens_today(staff: Windows, citizen: Windows) -> None:
    """With no session kiosks and desks know that the day is closed; the usual hours bring it back."""
    office = staff.open("/office")
    board = citizen.open("/display")
    board.locator("#display > *").first.wait_for()
    office.click("[data-action=hours]")
    office.click("[data-action=none]")
    expect(office.locator("#hours-form .session")).to_have_count(0)
    office.click("#hours-form button[type=submit]")
    expect(office.locator(STATE)).to_have_text("Hôm nay nghỉ")
    expect(office.locator("#today-told.good")).to_be_visible()
    set_usual_hours(office)


def test_times_that_do_not_fit_are_told_before_they_are_sent(staff: Windows) -> None:
    """A session that closes before it opens stays in the form, with what to set right."""
    office = staff.open("/office")
    office.click("[data-action=hours]")
    office.click("[data-action=none]")
    office.click("[data-action=add]")
    office.fill("[name=opens-0]", "13:30")
    office.fill("[name=closes-0]", "11:30")
    office.click("#hours-form button[type=submit]")
    expect(office.locator("#today-told.danger")).to_be_visible()
    expect(office.locator("[name=opens-0]")).to_have_value("13:30")
    office.click("[data-action=add]")
    expect(office.locator("[name=closes-0]")).to_have_value("11:30")
    office.click("[data-action=drop][data-value='1']")
    expect(office.locator("#hours-form .session")).to_have_count(1)
    office.click("[data-action=shut]")
    expect(office.locator("#hours-form")).to_have_count(0)


def test_the_end_of_the_day_lists_who_is_left_and_carries_them_over(staff: Windows) -> None:
    """Each person is served on or gets a slip for the next working day; the day can be opened again."""
    desk = staff.open("/desk")
    open_counter(desk, 2)
    numbers = [issue(desk, "civil_status") for _ in range(2)]
    office = staff.open("/office")
    office.click("[data-action=end]")
    expect(office.locator("#end-form")).to_contain_text("2 người")
    office.select_option("#end-form select", "power_cut")
    office.click("#end-form button[type=submit]")
    people = office.locator(".unserved .people li")
    expect(people).to_have_count(2)
    expect(office.locator("[name=carry-reason]")).to_have_value("power_cut")
    people.filter(has_text=numbers[0]).locator("[data-action=carry]").click()
    expect(people).to_have_count(1)
    expect(office.locator("#today-told")).to_contain_text(numbers[0])
    expect(people).to_contain_text(numbers[1])
    set_usual_hours(office)
    expect(office.locator(".unserved")).to_have_count(0)
    desk.keyboard.press("Space")
    desk.locator("#current-number").wait_for()
    press(desk, "KeyB")
    press(desk, "KeyH")


def test_a_paused_counter_says_why(staff: Windows) -> None:
    """The tile of a counter has the reason of its pause."""
    desk = staff.open("/desk")
    open_counter(desk, 3)
    office = staff.open("/office")
    tile = office.locator(".counters li").nth(2)
    expect(tile).to_contain_text("quanly")
    run(
        desk,
        "connection.js session.js",
        """
        const hello = { type: "desk_hello", protocol: m.PROTOCOL, counter: 3 };
        return new Promise((done) => {
          let asked = false;
          const link = new m.Connection({ hello: () => hello, onMessage(message) {
            if (message.type === "desk" && !asked) {
              asked = true;
              link.ask({ type: "pause_counter", counter: 3, reason: "meeting" }).then(done);
            }
          }, onLink() {} });
          link.start();
        });
        """,
    )
    expect(tile).to_contain_text("Tạm dừng")


SNAPSHOT = """
const at = (time) => new Date("2026-11-23T" + time + ":00Z").getTime();
const iso = (time) => "2026-11-23T" + time + ":00Z";
const session = (opens, closes) => ({ opens_at: iso(opens), closes_at: iso(closes) });
const sessions = [session("00:30", "04:30"), session("06:30", "10:00")];
const clock = (time) => ({ now: () => at(time), since: (from) => at(time) - Date.parse(from), timeOfDay: String });
const line = (waiting, since) => ({ service: "land", prefix: "L", waiting, longest_since: since && iso(since),
  expected_minutes: 20, names: { vi: "x" } });
const counter = (facts) => Object.assign({ counter: 3, services: ["land"], clerk: "lan", number: null, status: null,
  since: null, paused: null }, facts);
const office = (facts) => Object.assign({ alarms: [], devices: [], slips: [], lines: [], counters: [], sessions,
  ended: false }, facts);
"""


@pytest.fixture
def page(citizen: Windows) -> Page:
    """Give a page from which modules can be loaded."""
    return citizen.open("/")


def test_the_day_is_told_by_its_sessions(page: Page) -> None:
    """Before, in, between and after the sessions; closed, ended, and a center without hours."""
    states = run(
        page,
        "office_hours.js",
        SNAPSHOT
        + """
        const state = (time, more) => m.dayState(office(more), at(time)).state;
        return [state("00:00"), state("00:30"), state("05:00"), state("06:30"), state("10:00"),
                state("01:00", { sessions: [] }), state("01:00", { sessions: null }), state("01:00", { ended: true })];
        """,
    )
    assert states == ["before", "open", "break", "open", "over", "closed", "always", "ended"]


def test_only_time_in_which_counters_work_is_waited(page: Page) -> None:
    """Before the doors open and over lunch nobody is kept waiting; after the last session the clock runs on."""
    minutes = run(
        page,
        "office_hours.js",
        SNAPSHOT
        + """
        const waited = (from, to) => m.workedTime(sessions, at(from), at(to)) / 60000;
        return [waited("00:00", "00:40"), waited("04:20", "06:35"), waited("05:00", "06:00"), waited("09:50", "10:30"),
                m.workedTime(null, at("05:00"), at("06:00")) / 60000];
        """,
    )
    assert minutes == [10, 15, 0, 40, 60]


def test_what_is_wrong_depends_on_the_hour(page: Page) -> None:
    """People without a counter: at work the server raises it; nothing before the doors open, a notice after them."""
    keys = run(
        page,
        "office_alarms.js",
        SNAPSHOT
        + """
        const found = (time, since, counters) => m.alarmsOf(office({ lines: [line(2, since)], counters }), clock(time))
          .map((each) => [each.kind, each.key]);
        return [found("01:00", "00:50", []), found("00:10", "00:05", []), found("10:30", "09:50", []),
                found("06:35", "04:20", [counter()]), found("06:45", "04:20", [counter()]),
                found("01:00", "00:55", [counter({ paused: "meeting" })])];
        """,
    )
    assert keys == [
        [],
        [],
        [["notice", "office_alarm_after_hours"]],
        [],
        [["notice", "office_alarm_long"]],
        [["notice", "office_alarm_paused"]],
    ]


def test_a_visit_of_three_times_its_usual_length_is_noticed(page: Page) -> None:
    """A ticket that nobody finished is told with what is usual; one that takes a little longer is not."""
    facts = run(
        page,
        "office_alarms.js",
        SNAPSHOT
        + """
        const serving = counter({ number: "L007", status: "serving", since: iso("01:00") });
        const found = (time) => m.alarmsOf(office({ lines: [line(0, null)], counters: [serving] }), clock(time));
        return [found("02:00").length, found("02:05").map((each) => each.facts)];
        """,
    )
    assert facts == [0, [{"counter": 3, "number": "L007", "minutes": 65, "expected": 20}]]


def test_what_the_server_raises_comes_with_names_and_times(page: Page) -> None:
    """An outage says from when to when, hoarding names the line; what is grave comes first."""
    found = run(
        page,
        "office_alarms.js",
        SNAPSHOT
        + """
        const raised = [
          { kind: "outage", at: iso("01:00"), facts: { began_at: iso("00:50") } },
          { kind: "hoarding", at: iso("01:00"), facts: { device: "kiosk-1", service: "land", tickets: 7 } },
          { kind: "journal_damaged", at: iso("01:00"), facts: {} },
          { kind: "unattended_line", at: iso("01:00"), facts: { service: "land", count: 2 } },
        ];
        return m.alarmsOf(office({ alarms: raised, lines: [line(0, null)] }), clock("01:05"))
          .map((each) => [each.key, each.facts.began || null, each.line === null]);
        """,
    )
    assert found == [
        ["alarm_journal_damaged", None, True],
        ["office_alarm_unserved", None, False],
        ["alarm_outage", "2026-11-23T00:50:00Z", True],
        ["alarm_hoarding", None, False],
    ]


@pytest.mark.parametrize(("state", "buttons"), [("ahead", 1), ("behind", 1), ("fine", None)])
def test_a_clock_that_is_not_believed_has_a_panel(page: Page, state: str, buttons: int | None) -> None:
    """Both times and what to do; a manager says that the PC is right, whether it jumped ahead or the hall was ahead."""
    shown = run(
        page,
        "office_clock.js moments.js",
        f"""
        const clock = new m.ServerClock();
        clock.hear({{ now: "2026-11-23T01:00:00Z", utc_offset_s: 25200 }});
        let drawn = null;
        const panel = new m.ClockPanel({{ texts: {{ say: (key) => key }}, clock, draw() {{ drawn = panel.view(); }} }});
        panel.follow({{ clock: "{state}" }});
        return new Promise((done) => setTimeout(() => done(drawn === null ? null
          : [drawn.querySelectorAll("button").length, drawn.querySelectorAll("dd").length]), 700));
        """,
    )
    assert shown == (None if buttons is None else [buttons, 2])
