"""A free counter that calls by itself, and a ticket that is open for suspiciously long."""

import pytest

from queue_protocol.answers import Refused
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    FinishService,
    LongService,
    MarkNoShow,
    PauseCounter,
    ResumeCounter,
    StartService,
)
from queue_protocol.ids import ticket_number
from queue_server.core.alarms import Surroundings
from queue_server.core.events import ServiceFinished, TicketCalled
from queue_server.core.staff_views import desk
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    HOA,
    LAN,
    MANAGER,
    MORNING,
    Center,
    account,
    called,
    with_hours,
    with_policy,
)

A001 = called("A001")
AUTOMATIC = with_policy(auto_call_after_s=20)


def called_by_itself(center: Center) -> list[str]:
    """Let time alone do what is due now, and return who was called."""
    return [ticket_number(event.ticket) for event in center.pass_time() if isinstance(event, TicketCalled)]


def test_a_free_counter_calls_after_its_seconds() -> None:
    """Given twenty seconds, when a counter is free for nineteen, then nobody is called, and a second later one is."""
    center = Center(AUTOMATIC).open()
    center.take()
    center.take()
    assert called_by_itself(center.wait(19)) == []
    assert called_by_itself(center.wait(1)) == ["A001"]
    assert called_by_itself(center.wait(600)) == []


def test_the_call_by_itself_is_in_the_name_of_the_clerk_and_has_its_reason() -> None:
    """The report of the clerk has it, and a complaint is answered as for any call."""
    center = Center(AUTOMATIC).open()
    center.take()
    (event,) = center.wait(20).pass_time()
    assert isinstance(event, TicketCalled)
    assert (event.clerk, event.counter, event.reason.rule) == (account(LAN), 1, "due_time")


def test_nobody_is_called_by_itself_unless_the_center_wants_it() -> None:
    """By default only the clerk calls."""
    center = Center().open()
    center.take()
    assert center.wait(minutes=60).pass_time() == []


def test_a_finished_counter_is_free_from_then_on() -> None:
    """The seconds run anew after each ticket, after a no-show too."""
    center = Center(AUTOMATIC).open()
    for _ in range(3):
        center.take()
    center.call()
    center.wait(minutes=5).finish(A001, LAN)
    assert called_by_itself(center.wait(19)) == []
    assert called_by_itself(center.wait(1)) == ["A002"]
    center.done(MarkNoShow(ticket=called("A002")), LAN)
    assert called_by_itself(center.wait(20)) == ["A003"]


def test_a_paused_or_closed_counter_calls_nobody_by_itself() -> None:
    """A pause holds the calls, and after it the seconds begin anew; a closed counter has none."""
    center = Center(AUTOMATIC).open()
    center.take()
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    assert called_by_itself(center.wait(minutes=30)) == []
    center.done(ResumeCounter(counter=1), LAN)
    assert called_by_itself(center.wait(19)) == []
    center.done(CloseCounter(counter=1), LAN)
    assert called_by_itself(center.wait(minutes=30)) == []


def test_two_free_counters_call_two_people() -> None:
    """One person is not called to two counters at once: the second counter calls the next person."""
    center = Center(AUTOMATIC).open(1, LAN).open(2, HOA)
    center.take()
    center.take()
    first = called_by_itself(center.wait(20))
    second = called_by_itself(center)
    assert sorted(first + second) == ["A001", "A002"]
    assert {center.hall.counter_state(number).ticket for number in (1, 2)} == {A001, called("A002")}


def test_nobody_is_called_by_itself_at_lunch_or_before_the_door_opens() -> None:
    """A clerk who went to lunch without a pause comes back to nobody standing there."""
    center = Center(with_hours(AUTOMATIC)).open().at("11:29")
    center.take()
    center.take()
    center.call()
    center.done(MarkNoShow(ticket=A001), LAN)
    assert called_by_itself(center.at("12:00")) == []
    assert called_by_itself(center.at("13:29")) == []
    assert called_by_itself(center.at("13:30")) == ["A002"]


def test_a_counter_held_over_night_calls_nobody_before_its_clerk_is_there() -> None:
    """The clerk who forgot to close yesterday has to press next once today."""
    center = Center(AUTOMATIC).open().midnight()
    center.take()
    center.take()
    assert called_by_itself(center.wait(minutes=10)) == []
    center.call()
    center.finish(center.hall.counter_state(1).ticket or A001, LAN)
    assert called_by_itself(center.wait(20)) == ["A002"]


# ---------------------------------------------------------------- open for too long


@pytest.mark.parametrize(("minutes", "dossiers", "is_asked"), [(18, 1, False), (18.1, 1, True), (54, 3, False)])
def test_a_ticket_open_over_three_times_its_time_is_asked_about(
    minutes: float, dossiers: int, *, is_asked: bool
) -> None:
    """Certification takes six minutes a dossier: after eighteen the clerk is asked, for three dossiers after 54."""
    center = Center().open()
    center.take(dossiers=dossiers)
    center.serve()
    center.wait(minutes=minutes)
    result = center.when(CallNext(counter=1, after=A001), LAN).result
    assert (isinstance(result, Refused) and result.code == "long_service") == is_asked


def test_the_question_says_which_ticket_and_how_long() -> None:
    """What the page needs for its sentence."""
    center = Center().open()
    center.take()
    center.serve()
    center.wait(minutes=74)
    refused = Refused(code="long_service", facts={"number": "A001", "minutes": 74})
    assert center.refusal(CallNext(counter=1, after=A001), LAN) == refused
    assert center.refusal(FinishService(ticket=A001), LAN) == refused


@pytest.mark.parametrize(("answer", "estimated"), [("true", False), ("forgotten", True)])
def test_the_answer_says_whether_the_time_counts(answer: LongService, *, estimated: bool) -> None:
    """It did take so long, or nobody pressed finish: then it is marked and left out of averages."""
    center = Center().open()
    center.take(CIVIL_STATUS)
    ticket = center.serve()
    events = center.wait(minutes=74).finish(ticket, LAN, long_service=answer)
    assert events == (ServiceFinished(ticket=ticket, counter=1, estimated=estimated),)


def test_a_start_that_was_forgotten_is_asked_about_too() -> None:
    """Start and next pressed together long after the call: the service counts from the call, as the question does."""
    center = Center().open()
    center.take()
    center.call()
    center.wait(minutes=19).done(StartService(ticket=A001), LAN)
    refusal = center.refusal(CallNext(counter=1, after=A001), LAN)
    assert (refusal.code, refusal.facts["minutes"]) == ("long_service", 19)
    events = center.done(CallNext(counter=1, after=A001, long_service="forgotten"), LAN)
    assert events == (ServiceFinished(ticket=A001, counter=1, estimated=True, counted_from=MORNING),)


def test_the_policy_says_how_long_is_long() -> None:
    """Where twice the time is long, twelve minutes are."""
    center = Center(with_policy(long_service_factor=2)).open()
    center.take()
    center.serve()
    shown = desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings()).current
    assert shown is not None
    assert (shown.long_from - center.now).total_seconds() == 12 * 60
    assert center.wait(minutes=12.1).refusal(FinishService(ticket=A001), LAN).code == "long_service"


def test_an_abandoned_counter_is_closed_without_a_question() -> None:
    """The manager knows of no time: a long one is marked as estimated."""
    center = Center().open()
    center.take(CERTIFICATION)
    center.serve()
    finished = center.wait(minutes=90).done(CloseCounter(counter=1), MANAGER)[0]
    assert finished == ServiceFinished(ticket=A001, counter=1, estimated=True)
