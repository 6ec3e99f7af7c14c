"""A clock that was ahead and is put back: order, waits, the day, and the numbers of a day that was begun too early."""

from datetime import timedelta

from queue_server.core.calendar import local_day
from queue_server.core.clock_events import ClockConfirmed, ClockPutBack
from queue_server.core.days import open_day
from queue_server.core.events import DayClosed, DayOpened, Event
from queue_server.core.permissions import PutClockBack
from tests.core.center import DAY, HOA, LAN, LAND, MANAGER, MORNING, Center, called, with_hours

AHEAD = timedelta(hours=11)
YEAR = timedelta(days=365)


def begin_day(center: Center) -> list[type[Event]]:
    """Open the day of the center's clock, if there is one to open, and return what happened."""
    events = open_day(center.hall, local_day(center.hall.catalogue, center.now))
    center.given(*events)
    return [type(event) for event in events]


def put_back(center: Center, by: timedelta) -> Center:
    """Let a manager say that the PC's clock, so far behind the hall's time, is right."""
    to = center.now - by
    (event,) = center.done(PutClockBack(before=center.now, to=to), MANAGER)
    assert isinstance(event, ClockPutBack)
    center.now = to
    return center


def test_the_order_of_calling_stays() -> None:
    """Who came before the error, in it, and after it is called in this order, a priority ticket with its head start."""
    center = Center()
    center.take()
    center.wait(minutes=10)
    center.now += AHEAD
    center.take()
    center.wait(minutes=4)
    center.take(priority=True)
    put_back(center, AHEAD)
    center.wait(minutes=1)
    center.take()
    assert center.open().call_all() == ["A003", "A001", "A002", "A004"]


def test_a_wait_is_what_it_was() -> None:
    """Who came 4 minutes ago has waited 4 minutes, though the clock said 11 hours more; nobody waits less than none."""
    center = Center()
    early = center.take()
    center.wait(minutes=10)
    center.now += AHEAD
    late = center.take()
    center.wait(minutes=4)
    put_back(center, AHEAD)
    waited = {ticket: center.now - center.hall.tickets[ticket].issued_at for ticket in (early, late)}
    assert waited == {early: timedelta(minutes=14), late: timedelta(minutes=4)}
    (first, second) = center.hall.line(center.hall.tickets[late].service)
    assert (center.now - first.joined_at, center.now - second.joined_at) == (waited[early], waited[late])


def test_a_call_of_the_wrong_time_is_at_its_place() -> None:
    """A clerk who called in the error goes on with the ticket; since when a counter is free moves too."""
    center = Center()
    center.take()
    center.now += AHEAD
    center.open()
    center.call()
    center.wait(minutes=3)
    center.open(2, HOA)
    put_back(center, AHEAD)
    ticket = center.ticket(called("A001"))
    assert ticket.last_called_at == MORNING
    assert center.hall.counter_state(2).since == MORNING + timedelta(minutes=3)


def test_what_is_planned_is_of_the_true_time() -> None:
    """The hours of the day are as they were."""
    center = Center(with_hours())
    sessions = center.hall.sessions
    center.now += timedelta(hours=2)
    center.take()
    put_back(center, timedelta(hours=2))
    assert center.hall.sessions == sessions


def test_a_day_begun_too_early_goes_on_until_the_next_true_day() -> None:
    """Nobody who waits is lost: the people of the wrong date are served on today, within today's hours."""
    center = Center(with_hours())
    center.now += YEAR
    begin_day(center)
    assert center.hall.day == DAY + YEAR
    center.take()
    put_back(center, YEAR)
    assert begin_day(center) == []
    assert center.hall.sessions is not None
    assert center.hall.sessions[0].opens_at - MORNING < timedelta(hours=1)
    assert center.open().call() is not None
    center.now += timedelta(days=1)
    assert begin_day(center) == [DayClosed, DayOpened]
    assert center.hall.day == DAY + timedelta(days=1)


def test_numbers_of_a_day_begun_too_early_are_not_given_again() -> None:
    """When its date really comes, its numbers go on behind those on the slips; days between begin with the first."""
    center = Center()
    center.now += timedelta(days=3)
    begin_day(center)
    taken = [center.ticket(center.take(LAND)).id for _ in range(2)]
    put_back(center, timedelta(days=3))
    numbers = []
    for _ in range(4):
        center.now += timedelta(days=1)
        begin_day(center)
        numbers.append(center.take(LAND))
    ids = [str(ticket) for ticket in numbers]
    assert [each.partition("-")[2] for each in ids] == ["L001", "L001", "L003", "L001"]
    assert not set(taken) & set(numbers)
    assert center.hall.numbers_ahead == {}


def test_numbers_of_tomorrow_begun_today_are_not_given_again() -> None:
    """A clock that was ahead over one midnight alone: tomorrow is opened a second time, right after the first."""
    center = Center()
    center.now += timedelta(days=1)
    begin_day(center)
    early = center.take(LAND)
    put_back(center, timedelta(days=1))
    center.now += timedelta(days=1)
    assert begin_day(center) == [DayClosed, DayOpened]
    again = center.take(LAND)
    assert [str(each).partition("-")[2] for each in (early, again)] == ["L001", "L002"]
    assert early.partition("-")[0] == again.partition("-")[0]


def test_one_error_within_another_gives_no_number_again() -> None:
    """Tomorrow is begun too early and then, still today, a later day: tomorrow goes on with its numbers."""
    center = Center()
    for ahead in (timedelta(days=1), timedelta(days=4)):
        center.now += ahead
        begin_day(center)
        center.take(LAND)
        center.take(LAND)
        put_back(center, ahead)
        center.wait(minutes=5)
    numbers = []
    for _ in range(5):
        center.now += timedelta(days=1)
        begin_day(center)
        numbers.append(center.take(LAND).partition("-")[2])
    assert numbers == ["L003", "L001", "L001", "L003", "L001"]
    assert center.hall.numbers_ahead == {}


def test_a_clock_that_is_not_behind_is_confirmed() -> None:
    """Nothing goes back that need not."""
    center = Center()
    later = center.now + timedelta(minutes=5)
    assert center.done(PutClockBack(before=later, to=later), MANAGER) == (ClockConfirmed(),)
    assert center.refusal(PutClockBack(before=center.now, to=MORNING - AHEAD), LAN).code == "not_allowed"


def test_it_may_happen_again() -> None:
    """Each error is put right by its own amount."""
    center = Center()
    for _ in range(2):
        center.now += AHEAD
        center.take()
        center.wait(minutes=2)
        put_back(center, AHEAD)
    assert center.open().call_all() == ["A001", "A002"]
