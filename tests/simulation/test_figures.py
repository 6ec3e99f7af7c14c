"""Figures of days, counted by hand once: waits, who was passed, how busy counters were; and how they are told."""

import json
from datetime import date, timedelta

import pytest

from queue_protocol.day_commands import OpeningTime
from queue_protocol.ids import AccountId, TicketId
from queue_server.core.calendar import sessions_at
from queue_server.core.events import CounterClosed, CounterOpened, CounterPaused, CounterResumed
from queue_server.simulation.days import PlayedDay
from queue_server.simulation.figures import DayFigures, Visit, busy_shares, measure, summarize
from queue_server.simulation.reports import Assumptions, Run, json_of, table, text_of
from tests.core.center import CATALOGUE, CERTIFICATION, DAY, LAN, LAND, MORNING, Center, called

SESSIONS = sessions_at(
    CATALOGUE,
    DAY,
    [OpeningTime(opens="08:00", closes="11:30"), OpeningTime(opens="13:30", closes="17:00")],
)
"""The center of these stories opens at eight, which is `MORNING`."""

ASSUMPTIONS = Assumptions(source="xa-thu", first=DAY, days=1, seed=7, tickets_per_day=50, priority_share=0.2)


def played(center: Center, turned_away: int = 0) -> PlayedDay:
    """Return the day that a story told."""
    away = {LAND: turned_away} if turned_away else {}
    return PlayedDay(DAY, SESSIONS, center.hall, tuple(center.entries), away, {})


def by_number(center: Center, figures: DayFigures) -> dict[str, Visit]:
    """Return the visits by the numbers of their tickets."""
    tickets = [each for each in center.hall.tickets.values() if each.status not in {"cancelled", "void"}]
    return {str(TicketId(ticket.id))[9:]: visit for ticket, visit in zip(tickets, figures.visits, strict=True)}


def story() -> Center:
    """Tell of three people: one of priority comes last and is called first, and the last has to wait over noon."""
    center = Center().open()
    center.take()
    center.wait(minutes=10).take()
    center.wait(minutes=5).take(priority=True)
    center.wait(minutes=5).call()
    center.wait(minutes=10).call()
    center.wait(minutes=10).finish(called("A001"), LAN)
    center.wait(minutes=(11.5 - 8) * 60 - 40 + 135).call()
    center.wait(minutes=10).finish(called("A002"), LAN)
    return center.given(CounterClosed(counter=1, clerk=AccountId(LAN.name)))


def test_waits_are_counted_without_breaks() -> None:
    """A wait begins with the ticket and ends with the first call; noon does not count, but is told."""
    center = story()
    visits = by_number(center, measure(played(center)))
    assert visits["A003"].wait_minutes == 5
    assert visits["A001"].wait_minutes == 30
    assert visits["A002"].wait_minutes == 20 + 3 * 60 + 15
    assert visits["A002"].wait_with_breaks_minutes == 20 + 3 * 60 + 135
    assert [visits[number].priority for number in ("A001", "A002", "A003")] == [False, False, True]


def test_who_was_passed_by_whom() -> None:
    """People who came later and were called first are counted, with how much later they came."""
    center = story()
    visits = by_number(center, measure(played(center)))
    assert (visits["A001"].passed_by, visits["A001"].passed_by_later_minutes) == (1, 15)
    assert (visits["A002"].passed_by, visits["A002"].passed_by_later_minutes) == (1, 5)
    assert (visits["A003"].passed_by, visits["A003"].passed_by_later_minutes) == (0, 0)


def test_who_was_never_called_waited_to_the_end() -> None:
    """The wait of somebody nobody called counts until the counters have closed: 17:30."""
    center = Center().open()
    center.take()
    (visit,) = measure(played(center)).visits
    assert visit.fate == "waiting"
    assert visit.wait_minutes == 7.5 * 60
    assert summarize([visit]).unserved == 1


def test_counters_are_busy_from_the_call_to_the_end() -> None:
    """Open time is without breaks, and busy time from each call to what ends it."""
    center = Center().open()
    center.take()
    center.wait(minutes=10).call()
    center.wait(minutes=15).call()
    center.wait(minutes=5).given(CounterPaused(counter=1, reason="break")).wait(minutes=60)
    center.given(CounterResumed(counter=1)).wait(minutes=10)
    center.given(CounterClosed(counter=1, clerk=AccountId(LAN.name))).wait(minutes=60)
    center.given(CounterOpened(counter=1, clerk=AccountId(LAN.name)))
    figures = measure(played(center))
    assert figures.open_s == {1: 40 * 60}
    assert figures.busy_s == {1: 15 * 60}
    assert busy_shares([figures, figures]) == {1: 0.375}


def visit(wait: float, *, priority: bool = False, fate: str = "finished") -> Visit:
    """Return a visit that waited so many minutes."""
    return Visit(CERTIFICATION, priority, fate, wait, wait, 0, 0.0)


def test_a_summary_counts_right() -> None:
    """Mean, median, nine tenths, longest and shares are those of the waits."""
    summary = summarize([visit(wait) for wait in (1, 2, 3, 4, 10, 15, 20, 30, 31, 44)])
    assert (summary.tickets, summary.mean, summary.median, summary.p90, summary.longest) == (10, 16, 12.5, 31, 44)
    assert (summary.within_short, summary.within_long) == (0.6, 0.8)


def test_a_summary_of_nobody() -> None:
    """Nobody waits for nothing: all is zero, and nothing is divided by it."""
    summary = summarize([])
    assert (summary.tickets, summary.mean, summary.p90, summary.within_short) == (0, 0, 0, 0)


def test_fates_are_counted() -> None:
    """Who came is served, who did not is a no-show, and who is left is unserved."""
    summary = summarize([visit(1), visit(1, fate="no_show"), visit(1, fate="carried_over"), visit(1, fate="held")])
    assert (summary.served, summary.no_show, summary.unserved) == (1, 1, 2)


def runs() -> list[Run]:
    """Return two rules of one day each."""
    day = measure(played(story(), turned_away=4))
    return [Run("head_start=30", (day,)), Run("strict", (day, day))]


def test_the_tables_for_a_person() -> None:
    """Rules stand side by side by class, then each by service and class, with its counters; estimates are called so."""
    text = text_of(CATALOGUE, ASSUMPTIONS, runs())
    assert "xa-thu: 1 days from 2026-11-23, seed 7" in text
    assert "estimates" in text
    assert "The catalogue has no hours" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["head_start=30", "normal", "2", "122"] in [line[:4] for line in lines]
    assert ["strict", "priority", "2", "5", "5", "5", "5", "100%", "100%"] in [line[:9] for line in lines]
    assert next(line for line in lines if line[:2] == ["head_start=30", "normal"])[-1] == "4"
    assert ["A", "certification", "normal"] in [line[:3] for line in lines]
    assert text.count("per counter: 1: ") == 2


def test_the_figures_for_a_program() -> None:
    """JSON has the same figures, unrounded, and what was assumed."""
    told = json.loads(json_of(CATALOGUE, ASSUMPTIONS, runs()))
    assert told["assumptions"]["seed"] == 7
    one, _ = told["rules"]
    assert one["turned_away"] == {"land": 4}
    (normal,) = [group for group in one["groups"] if (group["service"], group["class"]) == (None, "normal")]
    assert normal["waits"]["mean"] == pytest.approx((30 + 215) / 2)
    assert {group["service"] for group in one["groups"]} == {None, "certification"}


def test_a_table_is_aligned() -> None:
    """Words stand to the left, figures to the right, under their head."""
    assert table(("rule", "mean"), [("off", "5"), ("strict", "12")], words=1).splitlines() == [
        "rule    mean",
        "------  ----",
        "off        5",
        "strict    12",
    ]


def test_the_story_is_of_the_day_it_says() -> None:
    """The sessions of these tests begin when their stories do."""
    assert SESSIONS[0].opens_at == MORNING
    assert date(2026, 11, 23) == DAY
    assert SESSIONS[1].opens_at - SESSIONS[0].closes_at == timedelta(hours=2)
