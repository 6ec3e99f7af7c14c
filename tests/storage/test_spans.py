"""Figures over days: waits by the clock and by the work of the center, time of counters, arrivals, ratings, ledger."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    PauseCounter,
    RateVisit,
    RecallTicket,
    RequeueTicket,
    ResumeCounter,
    TakeBackFinish,
    TakeOverCounter,
)
from queue_server.core.events import OutageEnded, ServiceFinished, TodayChanged
from queue_server.core.facts import Session
from queue_server.storage.reports import CounterFigures, Reports, ServiceFigures, Waits
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.core.center import CERTIFICATION, HOA, KIEN, LAN, LAND, VISITOR, Center, called, with_hours
from tests.storage.files import ask, store
from tests.storage.journals import ORIGIN, a_full_day

DAY, NEXT_DAY = "2026-11-23", "2026-11-24"
SPAN = ("2026-11-01", "2026-11-30")
UTC_OFFSET_S = 25_200


@contextmanager
def reports_on(folder: Path, center: Center) -> Iterator[Reports]:
    """Write down what has happened, and lend the reports on it."""
    reports = Reports(store(folder, center.entries))
    yield reports
    reports.close()


def center_figures(reports: Reports) -> ServiceFigures:
    """Return the whole center's figures."""
    whole = reports.services(*SPAN)[-1]
    assert whole.service is None
    return whole


def waits(minutes: float) -> Waits:
    """Return the waits of one ticket."""
    seconds = round(minutes * 60)
    return Waits(
        mean_s=seconds,
        median_s=seconds,
        p90_s=seconds,
        longest_s=seconds,
        within_15=float(minutes <= 15),
        within_30=float(minutes <= 30),
    )


@pytest.mark.parametrize(
    ("issued", "taken", "raw", "worked"),
    [
        ("08:00", "08:20", 20, 20),
        ("07:10", "07:40", 30, 10),
        ("11:20", "13:40", 140, 20),
        ("07:05", "17:10", 605, 450),
        ("11:40", "13:00", 80, 0),
    ],
    ids=["morning", "before the door", "over lunch", "all day", "in the break"],
)
def test_a_wait_is_known_raw_and_inside_working_hours(
    tmp_path: Path, issued: str, taken: str, raw: int, worked: int
) -> None:
    """Lunch and the time before the door count for the person and not for the center."""
    center = Center(with_hours()).at(issued)
    center.take(by=LAN)
    center.at(taken).open(1, LAN).call(1, LAN)
    with reports_on(tmp_path, center) as reports:
        whole = center_figures(reports)
    assert (whole.wait, whole.worked_wait) == (waits(raw), waits(worked))


def test_an_outage_is_no_working_time(tmp_path: Path) -> None:
    """Half an hour without the server, partly over lunch: only the working part of it is taken off."""
    center = Center(with_hours()).at("11:00")
    center.take(by=LAN)
    began = center.at("11:15").now
    center.at("11:45").given(OutageEnded(began_at=began, ended_at=center.now))
    center.at("13:40").open(1, LAN).call(1, LAN)
    with reports_on(tmp_path, center) as reports:
        whole = center_figures(reports)
    assert (whole.wait, whole.worked_wait) == (waits(160), waits(25))


def test_hours_that_change_in_the_day_count_for_all_of_it(tmp_path: Path) -> None:
    """A manager who opens over lunch makes it working time; a day without hours is all working time."""
    center = Center(with_hours()).at("11:20")
    center.take(by=LAN)
    opens, closes = center.at("07:30").now, center.at("17:00").now
    hours = Session(opens_at=opens, closes_at=closes, issue_from=opens, issue_until=closes)
    center.at("11:25").given(TodayChanged(sessions=(hours,)))
    center.at("13:40").open(1, LAN).call(1, LAN)
    with reports_on(tmp_path, center) as reports:
        assert center_figures(reports).worked_wait == waits(140)
    (tmp_path / "always").mkdir()
    always = Center().at("03:00")
    always.take(by=LAN)
    always.at("04:00").open(1, LAN).call(1, LAN)
    with reports_on(tmp_path / "always", always) as reports:
        assert center_figures(reports).worked_wait == waits(60)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(minutes=st.lists(st.integers(0, 90), min_size=1, max_size=12))
def test_quantiles_are_waits_that_somebody_had(tmp_path_factory: pytest.TempPathFactory, minutes: list[int]) -> None:
    """Half of the people waited no longer than the median, nine in ten no longer than P90; shares agree with counts."""
    center = Center()
    for wait in sorted(minutes, reverse=True):
        center.at("08:00").wait(minutes=90 - wait).take(by=LAN)
    center.at("09:30").open(1, LAN)
    center.call_all(1, LAN)
    with reports_on(tmp_path_factory.mktemp("quantiles"), center) as reports:
        found = center_figures(reports).wait
    seconds = sorted(60 * each for each in minutes)
    assert found.longest_s == seconds[-1]
    assert found.median_s == seconds[(len(seconds) - 1) // 2] <= median(seconds)
    assert found.p90_s == next(each for place, each in enumerate(seconds, 1) if place >= 0.9 * len(seconds))
    assert found.within_15 == pytest.approx(sum(each <= 900 for each in seconds) / len(seconds))


def test_a_guessed_end_is_left_out_of_service_times(tmp_path: Path) -> None:
    """A ticket that was forgotten open says nothing about how long the service takes, nor how busy the clerk was."""
    center = Center().open(1, LAN)
    for minutes, estimated in ((5, False), (300, True)):
        ticket = center.take(by=LAN)
        center.serve(1, LAN)
        center.wait(minutes=minutes)
        center.given(ServiceFinished(ticket=ticket, counter=1, estimated=estimated), actor=LAN.id)
    with reports_on(tmp_path, center) as reports:
        [certification, whole] = reports.services(*SPAN)
        assert (certification.service_mean_s, whole.service_mean_s, whole.served) == (300, 300, 2)
        assert [row.service_s for row in reports.tickets(DAY)] == [300, 18_000]
        assert [row.estimated for row in reports.tickets(DAY)] == [False, True]
        [lan] = reports.counters(*SPAN)
        assert (lan.serving_s, lan.tickets) == (300, 1)


@pytest.mark.parametrize("long_service", ["true", "forgotten"])
def test_a_counter_s_day_is_parted_without_a_gap(tmp_path: Path, long_service: Literal["true", "forgotten"]) -> None:
    """Free, called, serving and paused time of a clerk add up; free and paused count inside working hours only.

    An end that was guessed takes the time of that service out, and no other.
    """
    center = Center(with_hours()).at("07:00").open(1, LAN)
    center.at("08:00").take(by=LAN)
    center.at("08:00").serve(1, LAN)
    center.at("08:02").finish(called("A001"), LAN)
    center.at("11:00").done(PauseCounter(counter=1, reason="break"), LAN)
    center.at("13:40").done(ResumeCounter(counter=1), LAN)
    center.at("13:50").take(by=LAN)
    center.serve(1, LAN)
    center.at("14:50").finish(called("A002"), LAN, long_service=long_service)
    center.at("15:00").done(PauseCounter(counter=1, reason="break"), LAN)
    center.at("15:10").done(ResumeCounter(counter=1), LAN)
    center.at("15:30").done(CloseCounter(counter=1), LAN)
    with reports_on(tmp_path, center) as reports:
        [lan] = reports.counters(DAY, DAY)
    tickets, serving = (2, 2 + 60) if long_service == "true" else (1, 2)
    free = 30 + 178 + 10 + 10 + 20
    assert lan == CounterFigures(
        counter=1, clerk="lan", tickets=tickets, serving_s=60 * serving, called_s=0, free_s=60 * free, paused_s=60 * 50
    )


def test_a_guessed_end_is_no_mark_on_who_comes_next(tmp_path: Path) -> None:
    """Who takes over a counter after a forgotten service finds the free time before counted as free."""
    center = Center(with_hours()).at("08:00").open(1, LAN)
    center.take(by=LAN)
    center.serve(1, LAN)
    center.at("10:00").finish(called("A001"), LAN, long_service="forgotten")
    center.at("10:30").done(TakeOverCounter(counter=1), KIEN)
    center.at("11:00").done(CloseCounter(counter=1), KIEN)
    with reports_on(tmp_path, center) as reports:
        kien, lan = reports.counters(DAY, DAY)
    assert (kien.clerk, kien.free_s, lan.clerk, lan.free_s) == ("kien", 1800, "lan", 1800)


def test_services_are_counted_where_people_waited_first(tmp_path: Path) -> None:
    """Of a day with everything: every ticket is in one service, whatever became of it, and in the center once."""
    with reports_on(tmp_path, a_full_day().midnight()) as reports:
        *services, whole = reports.services(*SPAN)
        sums = reports.sums(*SPAN)
    assert [each.service for each in services] == ["certification", "civil_status", "land"]
    for name in ("issued", "served", "no_show", "cancelled", "void", "expired", "carried_over", "transferred", "waits"):
        assert sum(getattr(each, name) for each in services) == getattr(whole, name), name
    ended = whole.served + whole.no_show + whole.cancelled + whole.void + whole.expired + whole.carried_over
    assert (whole.issued, ended, whole.transferred) == (12, 12, 1)
    for service, kept in zip(services, sums, strict=True):
        for name in ("service", "issued", "served", "no_show", "cancelled", "void", "expired", "dossiers", "waits"):
            assert getattr(kept, name) == getattr(service, name), name
        if kept.waits:
            assert round(kept.wait_ms / kept.waits / 1000) == service.wait.mean_s


def test_people_come_at_local_hours(tmp_path: Path) -> None:
    """A Monday at ten to eight and at eight is two hours of one weekday."""
    center = Center(with_hours())
    for clock in ("07:50", "08:00", "08:59"):
        center.at(clock).take(by=LAN)
    with reports_on(tmp_path, center) as reports:
        found = reports.arrivals(*SPAN, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert [(each.weekday, each.hour, each.tickets, each.days) for each in found] == [(0, 7, 1, 1), (0, 8, 2, 1)]


def test_ratings_stand_beside_how_many_could_rate(tmp_path: Path) -> None:
    """One of two visits was rated: the mean is of one, and both figures are there."""
    center = Center().open(1, LAN)
    for _ in range(2):
        center.take(by=LAN)
        ticket = center.serve(1, LAN)
        center.wait(60).finish(ticket, LAN)
    center.done(RateVisit(token=center.ticket(ticket).token, rating=4), VISITOR)
    with reports_on(tmp_path, center) as reports:
        certification, whole = reports.ratings(*SPAN)
    assert (certification.service, whole.service) == (CERTIFICATION, None)
    assert (whole.served, whole.rated, whole.four, whole.five, whole.mean) == (2, 1, 1, 0, 4.0)


def test_the_ledger_has_every_number_with_its_story(tmp_path: Path) -> None:
    """Issue, calls, end, why and by whom, for each number in the order of issue; and the head of the day."""
    center = a_full_day().midnight()
    center.take(LAND, by=LAN)
    with reports_on(tmp_path, center) as reports:
        ledger = reports.ledger(DAY)
        journal = SqliteJournal(connect(tmp_path / FILE), ORIGIN)
        assert reports.day_head(NEXT_DAY) == journal.head().hash.hex()
        journal.close()
    numbers = {line.ticket.number: line for line in ledger.lines}
    assert list(numbers) == [f"A00{place}" for place in range(1, 9)] + ["H001", "L001", "L002", "L003"]
    void, moved = numbers["A005"].ticket, numbers["A001"]
    assert (void.status, void.void_reason, void.ended_by) == ("void", "double", "lan")
    assert (moved.ticket.first_service, moved.ticket.service, moved.ticket.outcome) == (
        "certification",
        "land",
        "more_papers",
    )
    assert [(call.counter, call.clerk) for call in moved.calls] == [(1, "lan"), (3, "kien"), (3, "kien")]
    assert ledger.head is not None


def test_periods_of_a_ticket_have_no_gap(tmp_path: Path) -> None:
    """Each ends when the next begins, whatever became of the ticket."""
    path = store(tmp_path, a_full_day().midnight().entries)
    periods = ask(path, "SELECT ticket, began_at, ended_at FROM ticket_period ORDER BY ticket, place")
    assert len(periods) > 20
    for before, after in itertools.pairwise(periods):
        assert before[0] != after[0] or before[2] == after[1]


def test_the_ledger_has_each_call_where_and_when_it_was(tmp_path: Path) -> None:
    """A relief looks like a call in the reports; the ledger knows, and says which call was taken back."""
    center = Center(with_hours()).at("08:00").open(1, LAN).open(2, HOA)
    center.take(by=LAN)
    center.at("08:01").call(1, LAN)
    center.begin(1, LAN)
    center.at("08:10").done(RequeueTicket(ticket=called("A001"), dossiers_left=2), LAN)
    center.at("09:30").call(2, HOA)
    center.at("09:31").done(TakeOverCounter(counter=2), KIEN)
    center.at("09:40").finish(called("A001"), KIEN)
    center.take(by=LAN)
    center.at("09:50").call(1, LAN)
    center.at("09:51").done(RecallTicket(ticket=called("A002")), LAN)
    center.begin(1, LAN)
    center.take(by=LAN)
    center.at("09:59").done(CallNext(counter=1, after=called("A002")), LAN)
    center.wait(9).done(TakeBackFinish(ticket=called("A002"), after=called("A003")), LAN)
    with reports_on(tmp_path, center) as reports:
        moved, running, waiting = reports.ledger(DAY).lines
    assert [(call.counter, call.clerk, clock(call.at)) for call in moved.calls] == [
        (1, "lan", "08:01"),
        (2, "hoa", "09:30"),
    ]
    assert [(call.counter, call.clerk, clock(call.at)) for call in running.calls] == [(1, "lan", "09:50")]
    assert (moved.ticket.calls, running.ticket.calls, waiting.ticket.calls) == (2, 2, 0)
    assert [(call.withdrawn, clock(call.at)) for call in waiting.calls] == [(True, "09:59")]


def clock(milliseconds: int) -> str:
    """Return the local time of a moment."""
    return datetime.fromtimestamp(milliseconds / 1000 + UTC_OFFSET_S, UTC).strftime("%H:%M")


def test_nothing_comes_of_nothing(tmp_path: Path) -> None:
    """A span without people has no rows, and no division by their number."""
    with reports_on(tmp_path, Center()) as reports:
        assert reports.services(*SPAN) == []
        assert (reports.counters(*SPAN), reports.arrivals(*SPAN, UTC), reports.sums(*SPAN)) == ([], [], [])
        assert (reports.ratings(*SPAN), reports.ledger("2020-01-01").lines, reports.day_head("2020-01-01")) == (
            [],
            (),
            None,
        )
