"""Midnight: what ends, what is carried over, and that a day replays from its own beginning."""

from datetime import date, timedelta

import pytest

from queue_protocol.answers import Refused
from queue_protocol.commands import CallNext, FinishService, ReportDevice
from queue_protocol.ids import ticket_id
from queue_server.core.days import change_catalogue, open_day
from queue_server.core.events import CatalogueChanged, DayClosed, DayOpened, Entry
from queue_server.core.evolve import evolve
from queue_server.core.facts import OpenedCounter
from queue_server.core.hall import Hall
from tests.core.center import (
    CATALOGUE,
    CIVIL_STATUS,
    DAY,
    HOA,
    KIOSK,
    LAN,
    Center,
    account,
    called,
    with_policy,
)

TOMORROW = DAY + timedelta(days=1)


def busy_center() -> Center:
    """Return a center that ends its day with one served, one called, one serving and two waiting."""
    center = Center().open(1, LAN).open(2, HOA)
    for _ in range(5):
        center.take()
    center.take(CIVIL_STATUS, print_at=KIOSK.name)
    center.call(1, LAN)
    center.call(1, LAN)
    center.call(2, HOA)
    center.do(ReportDevice(part="printer", state="failed", reason="paper_out"), KIOSK)
    return center


def test_the_day_closes_with_what_is_left_and_opens_with_what_stays() -> None:
    """Given people in the hall, when a later date comes, then the day closes on them; their counters stay held."""
    events = open_day(busy_center().hall, TOMORROW)
    assert events[0] == DayClosed(
        day=DAY, left=tuple(called(number) for number in ("A002", "A003", "A004", "A005", "H001"))
    )
    opened = events[1]
    assert isinstance(opened, DayOpened)
    assert (opened.day, opened.catalogue) == (TOMORROW, CATALOGUE)
    assert set(opened.counters) == {
        OpenedCounter(counter=1, clerk=account(LAN)),
        OpenedCounter(counter=2, clerk=account(HOA)),
    }
    assert len(events) == 2


def test_yesterdays_tickets_are_called_no_more() -> None:
    """The lines are empty in the morning, the counters free, and the held counters still held."""
    center = busy_center().midnight()
    assert center.hall.counter_state(1).clerk == "lan"
    assert center.hall.counter_state(1).ticket is None
    assert center.refusal(CallNext(counter=1, after=None), LAN).code == "nobody_waiting"
    assert center.refusal(FinishService(ticket=called("A002")), LAN) == Refused(code="unknown_ticket")


def test_numbers_begin_anew() -> None:
    """The first ticket of the new day is number one again, under an id of its own."""
    assert busy_center().midnight().take() == ticket_id(TOMORROW, "A001")


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=1), date(2020, 1, 1)])
def test_a_day_is_opened_once_and_never_an_earlier_one(day: date) -> None:
    """A clock that runs backwards opens no day."""
    assert open_day(busy_center().hall, day) == ()


def test_without_a_catalogue_no_day_opens() -> None:
    """An empty journal waits for its first catalogue."""
    assert open_day(Hall(), DAY) == ()


def test_a_quiet_center_closes_its_day_on_nobody() -> None:
    """A day without tickets is closed all the same."""
    assert open_day(Center().hall, TOMORROW)[0] == DayClosed(day=DAY, left=())


def test_a_day_that_nobody_was_there_for_is_skipped() -> None:
    """After a long weekend the day that opens is today, not the one after the last."""
    opened = open_day(Center().hall, DAY + timedelta(days=4))[1]
    assert isinstance(opened, DayOpened)
    assert opened.day == DAY + timedelta(days=4)


def test_a_day_replays_from_its_opening_alone() -> None:
    """The entries from the last opening on build the same hall as the whole journal does."""
    center = busy_center().midnight()
    center.take()
    center.call(1, LAN)
    opening = next(entry.sequence for entry in reversed(center.entries) if isinstance(entry.event, DayOpened))
    hall = Hall()
    for entry in center.entries[opening - 1 :]:
        hall = evolve(hall, entry)
    assert hall == center.hall


def test_an_unchanged_catalogue_is_no_event() -> None:
    """Only what is different is written down."""
    center = Center()
    assert change_catalogue(center.hall, CATALOGUE) == ()
    other = with_policy(recall_gap_s=10)
    assert change_catalogue(center.hall, other) == (CatalogueChanged(catalogue=other),)
    assert center.given(CatalogueChanged(catalogue=other)).hall.catalogue == other


def test_an_event_that_cannot_follow_is_found() -> None:
    """A journal that calls a ticket nobody took was not written by this program, and stops the replay."""
    center = Center()
    wrong = Entry(
        center.hall.sequence + 1, center.now, DAY, "system", None, 0, DayClosed(day=DAY, left=(called("A001"),))
    )
    with pytest.raises(KeyError):
        evolve(center.hall, wrong)
