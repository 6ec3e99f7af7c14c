"""Tables of reports and of the catalogue as values: spans, shades, sums of days, and what a catalogue changes."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_protocol.texts import Texts
from queue_server.app import read_texts
from queue_server.areas.catalogue.changes import Change, changes_between
from queue_server.areas.catalogue.problems import problem_words
from queue_server.areas.catalogue.tables import catalogue_tables
from queue_server.areas.reports.tables import TABLES, Figures, in_order
from queue_server.catalogue_file import CatalogueRefused, read_catalogue_text
from queue_server.core.catalogue import Catalogue, Hours, Interleave, Policy, WeeklySession
from queue_server.core.permissions import ChangeCatalogue
from queue_server.followers.reports.rows import DailySum
from queue_server.storage.reports import Arrivals
from queue_server.web.spans import Span, read_asked, read_span, usual_spans
from queue_server.web.spreadsheet import table_as_csv
from queue_server.web.tables import DARKEST, Column, Table, Wording, shade
from tests.core.center import CATALOGUE, CERTIFICATION, LAND, MANAGER, Center

TODAY = date(2026, 11, 25)
VIETNAMESE: Texts = read_texts()["vi"]


def wording() -> Wording:
    """Return the words of a Vietnamese reader."""
    return Wording(VIETNAMESE, CATALOGUE)


def daily_sum(day: str, **figures: int) -> DailySum:
    """Return a day's sums with these figures and no others."""
    nothing = dict.fromkeys([name for name in DailySum.__struct_fields__ if name not in {"day", "service"}], 0)
    return DailySum(day=day, service=CERTIFICATION, **(nothing | figures))


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        (None, None, Span(TODAY, TODAY)),
        ("2026-11-01", None, Span(date(2026, 11, 1), date(2026, 11, 1))),
        ("2026-11-01", "2026-11-30", Span(date(2026, 11, 1), date(2026, 11, 30))),
        ("2026-11-02", "2026-11-01", "report_span_wrong_order"),
        ("2025-11-01", "2026-11-02", "report_span_wrong_length"),
        ("1/11/2026", None, "report_span_wrong_date"),
    ],
)
def test_a_span_is_read_or_what_is_wrong_with_it(first: str | None, last: str | None, span: Span | str) -> None:
    """Without any days it is today; backwards, too long or no date is told by its key."""
    assert read_span(first, last, TODAY) == span


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_usual_spans_are_spans_that_can_be_asked_for(today: date) -> None:
    """Whatever day it is: none runs backwards or is too long, weeks begin on Monday, months on the first."""
    spans = usual_spans(today)
    assert all(isinstance(read_span(str(each.first), str(each.last), today), Span) for each in spans.values())
    assert spans["week"].first.weekday() == 0
    assert {spans[name].first.day for name in ("month", "last_month", "year")} == {1}
    assert (spans["month"].first - spans["last_month"].last).days == 1


@pytest.mark.parametrize(
    ("today", "chosen"),
    [
        (date(2027, 5, 12), {"today"}),
        (date(2027, 5, 17), {"today", "week"}),
        (date(2026, 12, 1), {"today", "month"}),
        (date(2027, 2, 1), {"today", "week", "month"}),
        (date(2027, 1, 1), {"today", "month", "year"}),
    ],
    ids=["midweek", "a Monday", "the first of a month", "a Monday and a first", "New Year"],
)
def test_every_usual_span_of_the_same_days_is_marked(today: date, chosen: set[str]) -> None:
    """Whoever asks for the month on its first day sees "this month" marked, and "today" as well."""
    month = usual_spans(today)["month"]
    asked = read_asked({"from": str(today), "to": str(today)}, today, VIETNAMESE)
    assert asked.chosen == chosen
    assert "month" in read_asked({"from": str(month.first), "to": str(month.last)}, today, VIETNAMESE).chosen


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_shades_say_nothing_only_of_nothing(value: float, more: float) -> None:
    """An hour with anybody is never white, the busiest is the darkest, and busier is never lighter."""
    most = value + more
    assert (shade(value, most) == 0) == (value == 0)
    assert shade(most, most) in {0, DARKEST}
    assert shade(value, most) <= shade(most, most)


def test_days_add_up_over_services_and_gaps_show() -> None:
    """A mean of a day is a sum over a count; a day without anybody has a row of nothing."""
    sums = [
        daily_sum("2026-11-23", issued=3, served=2, waits=2, wait_ms=600_000, wait_longest_ms=400_000, within_15=2),
        daily_sum("2026-11-23", issued=1, served=1, waits=1, wait_ms=1_500_000, wait_longest_ms=1_500_000),
    ]
    figures = Figures(Span(date(2026, 11, 22), date(2026, 11, 23)), (), (), (), (), sums)
    sunday, monday = TABLES["days"](figures, wording()).rows
    assert sunday[:3] == ("22/11/2026", "Chủ nhật", "")
    assert monday == ("23/11/2026", "Thứ Hai", "4", "3", "0", "11,7", "25,0", "67%", "0%", "")


def test_an_empty_span_makes_empty_tables() -> None:
    """No table falls over a center that nobody came to."""
    figures = in_order(Figures(Span(TODAY, TODAY), (), (), (), (), ()), [])
    assert {name: len(draw(figures, wording()).rows) for name, draw in TABLES.items() if name != "days"} == {
        name: 0 for name in TABLES if name != "days"
    }


def test_busy_hours_leave_no_hour_out_between_the_first_and_the_last() -> None:
    """Lunch is a row without anybody, not a gap that nobody sees."""
    arrivals = [Arrivals(weekday=0, hour=8, tickets=9, days=2), Arrivals(weekday=4, hour=13, tickets=1, days=1)]
    table = TABLES["arrivals"](Figures(Span(TODAY, TODAY), (), (), arrivals, (), ()), wording())
    assert [row[0][:2] for row in table.rows] == ["08", "09", "10", "11", "12", "13"]
    assert (table.rows[0][1], table.rows[5][5], table.shades[0][0], table.shades[5][4]) == ("4,5", "1,0", 5, 1)


def test_words_that_look_like_a_formula_are_words_in_a_spreadsheet() -> None:
    """Excel computes nothing that somebody wrote into a name."""
    table = Table("names", (Column("office_column_service", "words"),), (("=1+1",), ("A001",)))
    assert table_as_csv(table, VIETNAMESE, {"csv_site": "thon-2"}).decode("utf-8-sig") == (
        "Lĩnh vực;Điểm phục vụ\r\n'=1+1;thon-2\r\nA001;thon-2\r\n"
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_whole_catalogue_can_be_read(language: str) -> None:
    """Every rule has its words in every language, also those that most centers leave alone."""
    sessions = (WeeklySession(days=("mon", "sat"), opens="07:30", closes="11:30"),)
    hours = Hours(sessions=sessions, closed=(date(2026, 11, 24),))
    policy = Policy(interleave=Interleave(priority=2, normal=1), priority_strict=True)
    tables = catalogue_tables(msgspec.structs.replace(CATALOGUE, hours=hours, policy=policy), read_texts()[language])
    assert [table.name for table in tables] == ["services", "counters", "hours", "policy"]
    assert len(tables[3].rows) == len(Policy.__struct_fields__)
    assert tables[2].rows[1][0] == "24/11/2026"
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def changed(before: Catalogue, after: Catalogue) -> list[tuple[str, str, str, str]]:
    """Return what differs, without the words for before."""
    changes: list[Change] = changes_between(before, after, VIETNAMESE)
    return [(each.kind, each.thing or each.part, each.key, each.after) for each in changes]


def test_the_same_catalogue_changes_nothing() -> None:
    """What was only read and brought back is no change."""
    assert changed(CATALOGUE, CATALOGUE) == []


def test_changes_name_the_thing_the_key_and_both_values() -> None:
    """A field of a service, a rule and hours that come new are each one line."""
    before = CATALOGUE
    first = msgspec.structs.replace(before.services[0], expected_minutes=9)
    after = msgspec.structs.replace(
        before,
        services=(first, *before.services[1:]),
        policy=msgspec.structs.replace(before.policy, priority_strict=True),
        hours=Hours(sessions=(WeeklySession(days=("mon",), opens="07:30", closes="11:30"),), public_holidays=False),
    )
    found = changed(before, after)
    assert ("changed", before.services[0].names["vi"], "expected_minutes", "9") in found
    assert ("changed", "policy", "priority_strict", "Có") in found
    assert ("changed", "hours", "public_holidays", "Không") in found


def test_things_that_come_and_go_are_told_once() -> None:
    """A counter that is gone and a service that is new are one line each, whatever they are made of."""
    before = CATALOGUE
    new = msgspec.structs.replace(before.services[0], id="new_line", prefix="Z", names={"vi": "Việc mới"})
    after = msgspec.structs.replace(before, services=(*before.services, new), counters=before.counters[:-1])
    assert changed(before, after) == [
        ("added", "Việc mới", "", ""),
        ("removed", f"Quầy {before.counters[-1].number}", "", ""),
    ]
    turned = msgspec.structs.replace(before, counters=before.counters[::-1])
    assert [key for _, _, key, _ in changed(before, turned)] == ["number"]


WRONG = {
    "toml": "center.vi = \n",
    "depth": f"a = {'[' * 3000}",
    "digits": f"a = {'9' * 5000}",
    "characters": 'a = "\\u0007"',
    "types": 'center = {}\nservices = [{id = "A!", prefix = "a", icon = "x", names = 1, odd = 2}]\n'
    'kiosks = [{device = "kiosk-1"}]\npolicy = {recall_gap_s = 1000}\ncounters = [{number = "1", services = []}]\n',
    "contradictions": """
        time_zone = "Nowhere/Land"
        public_address = "http://xã.vn"
        center.en = "Center"
        halls = [{id = "ground", names = {en = "Ground"}}]
        services = [
            {id = "one", prefix = "AB", icon = "x", expected_minutes = 5, names = {en = "One"}},
            {id = "one", prefix = "A", icon = "x", expected_minutes = 5, names = {vi = "Một"}},
            {id = "two", prefix = "B", icon = "x", expected_minutes = 5, names = {vi = "Hai"}},
            {id = "lone", prefix = "C", icon = "x", expected_minutes = 5, names = {vi = "Ba"}},
        ]
        counters = [
            {number = 1, services = ["one", "none"], preferred = ["two"], hall = "attic"},
            {number = 2, services = ["two"]},
        ]
        kiosks = [{device = "kiosk-1", mark = "B"}]
        [policy]
        number_digits = 2
        number_start = 1000
        [hours]
        sessions = [
            {days = ["mon"], opens = "11:30", closes = "07:30"},
            {days = ["tue"], opens = "07:30", closes = "11:30"},
            {days = ["tue"], opens = "11:00", closes = "12:00"},
        ]
        [[hours.extra_open]]
        day = 2026-11-28
        sessions = [{opens = "11:00", closes = "08:00"}]
        """,
}
"""Texts with every fault that reading a catalogue knows."""


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_every_fault_of_a_catalogue_has_words(text: str) -> None:
    """No sentence of the command line reaches a Vietnamese reader as it is."""
    with pytest.raises(CatalogueRefused) as refused:
        read_catalogue_text(text, "catalogue.toml")
    said = {each.what: problem_words(each.what, VIETNAMESE) for each in refused.value.problems}
    assert [what for what, words in said.items() if what == words] == []


@pytest.mark.parametrize(
    ("gone", "lost"), [("services", "đang có người chờ lĩnh vực land"), ("counters", "quầy 3 đang làm việc")]
)
def test_what_the_day_would_lose_has_words(gone: str, lost: str) -> None:
    """So have the reasons of the core, which knows who waits and which counters are at work."""
    center = Center().open(3)
    center.take(LAND)
    other = CATALOGUE.counters[2]
    changes: dict[str, dict[str, Any]] = {
        "services": {
            "services": CATALOGUE.services[:2],
            "counters": (*CATALOGUE.counters[:2], msgspec.structs.replace(other, services=(CERTIFICATION,))),
        },
        "counters": {"counters": (*CATALOGUE.counters[:2], msgspec.structs.replace(other, number=4))},
    }
    wanted = msgspec.structs.replace(CATALOGUE, **changes[gone])
    refusal = center.refusal(ChangeCatalogue(catalogue=wanted), MANAGER)
    assert problem_words(str(refusal.facts["problem"]), VIETNAMESE).lower().startswith(lost)


def test_a_time_is_shown_with_the_offset_of_its_own_day() -> None:
    """Noon of a summer's day in Berlin is noon, also when it is read in winter."""
    berlin = Wording(VIETNAMESE, msgspec.structs.replace(CATALOGUE, time_zone="Europe/Berlin"))
    summer, winter = (datetime(2027, month, day, hour, tzinfo=UTC) for month, day, hour in ((10, 25, 10), (11, 2, 11)))
    assert [berlin.time(round(each.timestamp() * 1000)) for each in (summer, winter)] == ["12:00", "12:00"]
