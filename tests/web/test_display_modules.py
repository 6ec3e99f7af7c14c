"""The pure modules of the page display keep the rules of the native one: both are run on the same days and compared."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from display import panel, view
from display import update as rules
from display.state import State
from display.update import Step
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.commands import ReportCall
from queue_protocol.snapshots import Board
from tests.display.hall_server import DISPLAY, MORNING, announce, board, welcome
from tests.web.browsing import Windows

STEP_S = 0.25

Moment = tuple[CallAnnouncement | None, Board]
"""What is announced, and the board that follows."""


@pytest.fixture
def page(citizen: Windows) -> Page:
    """Give a page from which modules can be loaded."""
    return citizen.open("/")


def run(page: Page, module: str, body: str, given: object) -> Any:
    """Run a function body with a module's exports in `m` and `given` as JSON; return what it returns."""
    script = f"(given) => import('/static/{module}').then((m) => {{ {body} }})"
    return page.evaluate(script, msgspec.json.decode(msgspec.json.encode(given)))


def a_busy_morning(seed: int) -> list[Moment]:
    """Return for each step of a quarter of a second what is announced then, and the board that follows."""
    chance = random.Random(seed)  # noqa: S311 - a day that can be had again
    there: dict[int, CallAnnouncement] = {}
    called: list[CallAnnouncement] = []
    missed: list[str] = []
    steps: list[Moment] = []
    for sequence in range(2, 402):
        new = None
        if chance.random() < (0.5 if sequence % 100 < 20 else 0.03):
            counter = chance.randint(1, 12)
            again = called[-1] if called and chance.random() < 0.1 else None
            number = again.number if again else f"A{sequence:03}"
            new = announce(sequence, number, again.counter if again else counter)
            called = [new, *(each for each in called if each.number != number)][:5]
            there[new.counter] = new
        elif there and chance.random() < 0.1:
            gone = there.pop(chance.choice(sorted(there)))
            missed = [gone.number, *missed][:3] if chance.random() < 0.5 else missed
        now = MORNING + timedelta(seconds=sequence * STEP_S)
        shown = board(sequence, *called, counters=12, missed=tuple(missed), now=now)
        counters = tuple(
            msgspec.structs.replace(each, number=there[each.counter].number if each.counter in there else None)
            for each in shown.counters
        )
        steps.append((new, msgspec.structs.replace(shown, counters=counters)))
    return steps


def shown_in(step: Step) -> list[list[int]]:
    """Return the calls that a step reports, as pages write them."""
    return [[each.call.epoch, each.call.sequence] for each in step.effects if isinstance(each, ReportCall)]


def by_the_native_display(
    steps: list[tuple[CallAnnouncement | None, Board]],
) -> list[tuple[str | None, list[list[int]]]]:
    """Return after each step the number on the panel and what was reported as shown."""
    now_s = 100.0
    state = rules.change_link(State(DISPLAY), "live", now_s).state
    state = rules.hear(state, welcome(), now_s).state
    seen: list[tuple[str | None, list[list[int]]]] = []
    for new, shown in steps:
        now_s += STEP_S
        reported: list[list[int]] = []
        for message in (new, shown):
            if message is not None:
                step = rules.hear(state, message, now_s)
                state = step.state
                reported += [
                    [each.call.epoch, each.call.sequence] for each in step.effects if isinstance(each, ReportCall)
                ]
        if state.panel is not None:
            step = rules.confirm_frame(state, state.panel.call.call, now_s)
            state = step.state
            reported += shown_in(step)
        seen.append((None if state.panel is None else state.panel.call.number, reported))
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_the_panel_of_the_page_is_the_panel_of_the_window(page: Page, seed: int) -> None:
    """In bursts, recalls, no-shows and visits that end, both show the same call and report the same as shown."""
    steps = a_busy_morning(seed)
    of_the_page = run(
        page,
        "display_calls.js",
        """
        const panel = new m.Panel();
        let now = 100000;
        return given.map(([call, board]) => {
          now += 250;
          const reported = [];
          const step = (seen) => {
            const shown = panel.tick(seen, now, Date.parse(board.now), null);
            if (shown !== null) { reported.push(shown); }
          };
          if (call !== null) { panel.announce(call, Date.parse(board.now)); step(board); }
          step(board);
          panel.see(true, now);
          return [panel.shown && panel.shown.number, reported];
        });
        """,
        steps,
    )
    of_the_window = by_the_native_display(steps)
    assert len({number for number, _ in of_the_window}) > 10
    assert sum(len(reported) for _, reported in of_the_window) > 10
    assert [tuple(each) for each in of_the_page] == of_the_window


def test_a_burst_reports_each_call_once_and_only_after_its_time(page: Page) -> None:
    """Twenty calls in five seconds are all enlarged; none is reported before it stood for its seconds."""
    calls = [announce(sequence, f"A{sequence:03}", sequence - 1) for sequence in range(2, 22)]
    shown = board(21, *reversed(calls), counters=20)
    reports = run(
        page,
        "display_calls.js",
        """
        const panel = new m.Panel();
        const told = [];
        for (let now = 0; now < 100000; now += 250) {
          if (now % 250 === 0 && given.calls.length > 0) { panel.announce(given.calls.shift(), given.at); }
          const shown = panel.tick(given.board, now, given.at, null);
          if (shown !== null) { told.push([now, shown[1]]); }
          panel.see(true, now);
        }
        return told;
        """,
        {"calls": calls, "board": shown, "at": MORNING.timestamp() * 1000},
    )
    assert [sequence for _, sequence in reports] == list(range(2, 22))
    assert all(at >= (place + 1) * panel.LARGE_S * 1000 for place, (at, _) in enumerate(reports))


@pytest.mark.parametrize("seed", range(20))
def test_the_rows_of_the_page_are_the_rows_of_the_window(page: Page, seed: int) -> None:
    """The same counters stand on both, at every moment, in the same columns."""
    chance = random.Random(seed)  # noqa: S311 - a day that can be had again
    counters = chance.choice([3, 10, 11, 20, 21, 45, 99])
    closed = tuple(sorted(chance.sample(range(1, counters + 1), chance.randint(0, counters))))
    shown = board(2, announce(2, counter=chance.randint(1, counters)), counters=counters, closed=closed)
    called, now_s = shown.calls[0].counter, chance.uniform(0, 1e5)
    of_the_page = run(
        page,
        "display_rows.js",
        """
        const rows = m.rowsShown(given.counters, given.called, given.now);
        return [m.rowsTurn(given.counters, given.now), rows.map((each) => each.counter),
                m.inColumns(rows).map((column) => column.length)];
        """,
        {"counters": shown.counters, "called": called, "now": now_s * 1000},
    )
    rows = view.rows_shown(shown.counters, called, now_s)
    part, parts = view.rows_turn(shown.counters, now_s)
    columns = view.in_columns(rows)
    assert of_the_page == [
        {"part": part, "parts": parts},
        [each.counter for each in rows],
        [len(column) for column in columns],
    ]
