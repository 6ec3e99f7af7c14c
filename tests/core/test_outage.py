"""After an outage: the journal marks it, calls that nobody heard are offered for recall, staff is told."""

from datetime import timedelta

import pytest

from queue_protocol.commands import RecallTicket, ReportCall
from queue_protocol.ids import Revision
from queue_server.core.alarms import Surroundings, alarms
from queue_server.core.calls import is_unheard, recall_from
from queue_server.core.days import note_outage
from queue_server.core.events import OutageEnded
from queue_server.core.hall import Hall
from tests.core.center import DISPLAY, LAN, MORNING, Center, called

A001 = called("A001")


def center_with_call() -> Center:
    """Return a center that called A001 a moment ago."""
    center = Center().open()
    center.take()
    center.call()
    return center


def outage(center: Center, minutes: float = 10) -> Center:
    """Let the server be gone from now on, for so long."""
    last_alive = center.now
    center.wait(minutes=minutes)
    return center.given(*note_outage(center.hall, last_alive, center.now))


def test_an_outage_lasts_from_the_last_sign_of_life_to_the_start() -> None:
    """A server that was alive after its last event was there until then."""
    center = Center()
    alive, start = MORNING + timedelta(minutes=5), MORNING + timedelta(minutes=9)
    assert note_outage(center.hall, alive, start) == (OutageEnded(began_at=alive, ended_at=start),)
    assert note_outage(center.hall, None, start) == (OutageEnded(began_at=MORNING, ended_at=start),)


@pytest.mark.parametrize("minutes", [0, -5])
def test_no_time_without_a_server_is_no_outage(minutes: float) -> None:
    """A start in the same moment, and a clock that was set back, mark nothing."""
    assert note_outage(Center().hall, MORNING, MORNING + timedelta(minutes=minutes)) == ()


def test_before_the_first_day_there_is_nothing_to_miss() -> None:
    """An empty journal has no outage."""
    assert note_outage(Hall(), None, MORNING) == ()


def test_a_short_restart_hides_no_long_outage() -> None:
    """Given twenty minutes without a server, when it is updated in five seconds, then staff still see the twenty."""
    center = outage(Center(), minutes=20)
    seen = alarms(center.hall, Surroundings(), center.now)
    assert [alarm.kind for alarm in seen] == ["outage"]
    outage(center.wait(minutes=1), minutes=5 / 60)
    assert alarms(center.hall, Surroundings(), center.now) == seen


def test_a_call_that_the_outage_swallowed_may_be_recalled_at_once() -> None:
    """Given a call neither shown nor spoken before the server went, then no gap of 45 seconds holds the clerk."""
    center = outage(center_with_call(), minutes=0.2)
    ticket = center.ticket(A001)
    assert is_unheard(center.hall, ticket)
    assert recall_from(center.hall, ticket, center.now) <= center.now
    assert center.done(RecallTicket(ticket=A001), LAN)


@pytest.mark.parametrize("outcome", ["shown", "spoken"])
def test_a_call_that_was_heard_waits_for_its_gap(outcome: str) -> None:
    """What was acknowledged before the outage counts."""
    center = center_with_call()
    call = Revision(epoch=1, sequence=center.ticket(A001).last_call)
    center.done(ReportCall(call=call, outcome=outcome), DISPLAY)  # type: ignore[arg-type]  # a literal of the table
    outage(center, minutes=0.2)
    assert center.refusal(RecallTicket(ticket=A001), LAN).code == "recall_too_soon"


def test_a_call_made_after_the_outage_waits_for_its_gap() -> None:
    """An outage excuses the calls before it, not those after."""
    center = Center().open()
    center.take()
    outage(center)
    center.wait(1).call()
    assert not is_unheard(center.hall, center.ticket(A001))
    assert center.wait(44).refusal(RecallTicket(ticket=A001), LAN).code == "recall_too_soon"


def test_the_order_is_kept_over_an_outage() -> None:
    """Who waited before waits on, in the same order."""
    center = Center().open()
    for _ in range(3):
        center.take()
        center.wait(minutes=1)
    assert outage(center).call_all() == ["A001", "A002", "A003"]


def test_staff_is_told_of_the_latest_outage() -> None:
    """One alarm with its beginning, however many there were."""
    center = outage(outage(Center()).wait(minutes=5))
    (alarm,) = alarms(center.hall, Surroundings(), center.now)
    assert (alarm.kind, alarm.at) == ("outage", center.now)
    assert alarm.facts == {"began_at": (center.now - timedelta(minutes=10)).isoformat()}


def test_an_outage_is_of_its_day() -> None:
    """Tomorrow nobody needs to hear of it."""
    assert outage(Center()).midnight().hall.outages == ()
