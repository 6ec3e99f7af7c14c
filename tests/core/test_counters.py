"""A clerk comes to a counter, leaves it, finds it taken, pauses, takes over, and serves other lines for a day."""

import pytest

from queue_protocol.answers import Done, RefusalCode, Refused
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    Command,
    FinishService,
    OpenCounter,
    PauseCounter,
    ResumeCounter,
    SetCounterServices,
    StartService,
    TakeOverCounter,
)
from queue_protocol.ids import ServiceId
from queue_server.core.decision import Actor
from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterServicesSet,
    CounterTakenOver,
)
from queue_server.core.permissions import (
    AGE_LIMIT_MS,
    MAY_ASK,
    ChangeCatalogue,
    MarkKiosk,
    NoteJournalEnd,
    PutClockBack,
)
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    DISPLAY,
    GREETER,
    HOA,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    Center,
    account,
    actor,
    called,
)

OPEN_1, CLOSE_1 = OpenCounter(counter=1), CloseCounter(counter=1)


@pytest.mark.parametrize("by", [LAN, MANAGER])
def test_a_person_opens_a_counter(by: Actor) -> None:
    """Given a closed counter, when a clerk or a manager opens it, then it is theirs."""
    assert Center().when(OPEN_1, by).events == (CounterOpened(counter=1, clerk=account(by)),)


def test_opening_ones_own_counter_again_is_no_error() -> None:
    """A page that opens the counter it has already is told that all is well, and nothing happens."""
    decision = Center().open(1, LAN).when(OPEN_1, LAN)
    assert (decision.events, decision.result) == ((), Done())


def test_opening_another_counter_closes_the_first() -> None:
    """A person works at one counter at a time."""
    assert Center().open(2, LAN).when(OPEN_1, LAN).events == (
        CounterClosed(counter=2, clerk=account(LAN)),
        CounterOpened(counter=1, clerk=account(LAN)),
    )


def test_a_ticket_is_not_left_behind_at_the_first_counter() -> None:
    """A clerk whose ticket is not done opens no other counter, and is told which ticket and where."""
    center = Center().open(2, LAN)
    center.take()
    center.call(2, LAN)
    assert center.refusal(OPEN_1, LAN) == Refused(code="ticket_at_counter", facts={"number": "A001", "counter": 2})


def test_a_counter_has_one_clerk() -> None:
    """Whoever opens a counter that is held is told by whom."""
    center = Center().open(1, LAN)
    assert center.refusal(OPEN_1, HOA) == Refused(code="counter_taken", facts={"counter": 1, "clerk": "lan"})


def test_a_counter_is_closed_by_its_clerk() -> None:
    """Given an empty counter, when its clerk closes it, then it is closed and another may open it."""
    center = Center().open(1, LAN)
    assert center.do(CLOSE_1, LAN) == Done()
    assert center.entries[-1].event == CounterClosed(counter=1, clerk=account(LAN))
    assert center.do(OPEN_1, HOA) == Done()


def test_a_counter_with_a_ticket_is_not_closed() -> None:
    """Closing is refused while somebody was called there, with the number to deal with."""
    center = Center().open()
    center.take()
    center.call()
    assert center.refusal(CLOSE_1, LAN) == Refused(code="ticket_at_counter", facts={"number": "A001", "counter": 1})


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (OpenCounter(counter=9), LAN, "unknown_counter"),
        (CloseCounter(counter=9), LAN, "unknown_counter"),
        (CloseCounter(counter=2), LAN, "counter_closed"),
        (CLOSE_1, HOA, "counter_taken"),
        (OPEN_1, KIOSK, "not_allowed"),
        (CLOSE_1, DISPLAY, "not_allowed"),
    ],
)
def test_a_counter_is_refused_by_code(command: Command, by: Actor, code: RefusalCode) -> None:
    """A counter that is not there, closed, somebody else's, or asked for by a box."""
    assert Center().open(1, LAN).refusal(command, by).code == code


@pytest.mark.parametrize(
    "command", [OPEN_1, CLOSE_1, CallNext(counter=1, after=None), StartService(ticket=called("A001"))]
)
def test_what_a_clerk_asked_over_ten_seconds_ago_is_too_late(command: Command) -> None:
    """Desk commands do not act when the clerk has turned to something else."""
    assert Center().open().refusal(command, LAN, 10_001).code == "too_late"


def test_every_command_has_its_roles_and_its_age() -> None:
    """The two tables speak of the same commands, and no command is open to nobody."""
    assert (
        set(MAY_ASK)
        == set(AGE_LIMIT_MS)
        == {*Command.__args__, ChangeCatalogue, MarkKiosk, NoteJournalEnd, PutClockBack}
    )
    assert all(MAY_ASK.values())


@pytest.mark.parametrize(("started", "ending"), [(False, "no_show"), (True, "finished")])
def test_a_manager_closes_a_counter_that_its_clerk_has_left(started: bool, ending: str) -> None:
    """Who was only called counts as no-show, who was served as finished, and the counter is free for another clerk."""
    center = Center().open(1, LAN)
    ticket = center.take()
    center.call(1, LAN)
    if started:
        center.do(StartService(ticket=ticket), LAN)
    assert center.refusal(CLOSE_1, HOA).code == "counter_taken"
    assert center.do(CLOSE_1, MANAGER) == Done()
    assert center.ticket(ticket).status == ending
    assert center.entries[-1].event == CounterClosed(counter=1, clerk=account(LAN))
    assert center.do(OPEN_1, HOA) == Done()


# ---------------------------------------------------------------- pause


def test_a_paused_counter_calls_nobody() -> None:
    """Given people in the line, when the clerk pauses with a reason, then next is refused until the counter resumes."""
    center = Center().open()
    center.take()
    assert center.done(PauseCounter(counter=1, reason="meeting"), LAN) == (CounterPaused(counter=1, reason="meeting"),)
    assert center.refusal(CallNext(counter=1, after=None), LAN) == Refused(code="counter_paused", facts={"counter": 1})
    assert center.done(ResumeCounter(counter=1), LAN) == (CounterResumed(counter=1),)
    assert center.call() == called("A001")


def test_a_ticket_stays_at_a_paused_counter() -> None:
    """The person at the counter is finished there; nobody is called after."""
    center = Center().open()
    center.take()
    center.take()
    center.serve()
    center.done(PauseCounter(counter=1, reason="technical"), LAN)
    assert center.refusal(CallNext(counter=1, after=called("A001")), LAN).code == "counter_paused"
    center.finish(called("A001"), LAN)
    assert center.hall.counter_state(1).ticket is None


def test_a_pause_is_not_begun_or_ended_twice() -> None:
    """The same press again is no event; another reason is."""
    center = Center().open()
    assert center.done(ResumeCounter(counter=1), LAN) == ()
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    assert center.done(PauseCounter(counter=1, reason="break"), LAN) == ()
    assert center.done(PauseCounter(counter=1, reason="paperwork"), LAN) != ()


def test_a_counter_that_is_opened_anew_is_not_paused() -> None:
    """The pause of one clerk is not that of the next."""
    center = Center().open()
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    center.done(CLOSE_1, LAN)
    center.open(1, HOA)
    assert center.hall.counter_state(1).paused is None


# ---------------------------------------------------------------- take over


def test_a_clerk_takes_over_a_counter_with_its_ticket() -> None:
    """Given a person at Lan's counter, when Hoa takes over, then Hoa goes on with the same ticket."""
    center = Center().open(1, LAN)
    center.take()
    ticket = center.serve(1, LAN)
    assert center.done(TakeOverCounter(counter=1), HOA) == (
        CounterTakenOver(counter=1, clerk=account(HOA), before=account(LAN)),
    )
    assert center.refusal(FinishService(ticket=ticket), LAN).code == "counter_taken"
    assert center.finish(ticket, HOA)


def test_whoever_takes_over_leaves_the_counter_before() -> None:
    """A clerk holds one counter, and does not leave a ticket behind at it."""
    center = Center().open(1, LAN).open(2, HOA)
    assert [type(event) for event in center.when(TakeOverCounter(counter=1), HOA).events] == [
        CounterClosed,
        CounterTakenOver,
    ]
    center.take()
    center.call(2, HOA)
    assert center.refusal(TakeOverCounter(counter=1), HOA).code == "ticket_at_counter"


def test_taking_over_what_nobody_holds_is_opening_it() -> None:
    """A closed counter is opened, one's own stays as it is."""
    assert Center().done(TakeOverCounter(counter=1), LAN) == (CounterOpened(counter=1, clerk=account(LAN)),)
    assert Center().open(1, LAN).done(TakeOverCounter(counter=1), LAN) == ()
    assert Center().refusal(TakeOverCounter(counter=9), LAN).code == "unknown_counter"


def test_taking_over_ends_a_pause() -> None:
    """Whoever sits down is there."""
    center = Center().open(1, LAN)
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    center.done(TakeOverCounter(counter=1), HOA)
    assert center.hall.counter_state(1).paused is None


# ---------------------------------------------------------------- other services for a day


def test_an_idle_counter_helps_a_crowded_line_for_a_day() -> None:
    """Given a land crowd and an idle counter 2, when it serves land too, then it calls from that line first."""
    center = Center().open(2, HOA)
    center.take(CERTIFICATION)
    center.take(LAND)
    command = SetCounterServices(counter=2, services=(CERTIFICATION, LAND), preferred=(LAND,))
    assert center.done(command, HOA) == (
        CounterServicesSet(counter=2, services=(CERTIFICATION, LAND), preferred=(LAND,)),
    )
    assert center.call_all(2, HOA) == ["L001", "A001"]


def test_services_for_a_day_stay_when_the_clerk_changes_and_end_at_midnight() -> None:
    """The next clerk of the counter serves the same; tomorrow it is what the catalogue says."""
    center = Center().open(2, HOA)
    center.done(SetCounterServices(counter=2, services=(LAND,)), HOA)
    center.done(CloseCounter(counter=2), HOA)
    center.open(2, LAN)
    center.take(LAND)
    assert center.call(2, LAN) == called("L001")
    center.midnight().take(LAND)
    assert center.refusal(CallNext(counter=2, after=None), LAN).code == "nobody_waiting"


def test_no_services_for_the_day_are_those_of_the_catalogue() -> None:
    """An empty choice takes the change back."""
    center = Center().open(2, HOA)
    center.done(SetCounterServices(counter=2, services=(LAND,)), HOA)
    center.done(SetCounterServices(counter=2, services=()), HOA)
    center.take(CERTIFICATION)
    assert center.call(2, HOA) == called("A001")


def test_a_manager_sets_services_of_any_counter() -> None:
    """The manager need not sit there, and it may be closed."""
    assert Center().done(SetCounterServices(counter=3, services=(CIVIL_STATUS,)), MANAGER)


def test_one_person_may_be_several() -> None:
    """A clerk who is manager too opens a counter and closes another one's."""
    both = actor("binh", "clerk", "manager", "greeter")
    center = Center().open(1, LAN).open(2, both)
    assert center.done(CLOSE_1, both)


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (PauseCounter(counter=1, reason="break"), HOA, "counter_taken"),
        (PauseCounter(counter=2, reason="break"), LAN, "counter_closed"),
        (ResumeCounter(counter=1), HOA, "counter_taken"),
        (SetCounterServices(counter=1, services=(LAND,)), HOA, "counter_taken"),
        (SetCounterServices(counter=1, services=(ServiceId("fishing"),)), LAN, "unknown_service"),
        (SetCounterServices(counter=1, services=(LAND,), preferred=(CERTIFICATION,)), LAN, "unknown_service"),
        (SetCounterServices(counter=9, services=(LAND,)), MANAGER, "unknown_counter"),
        (PauseCounter(counter=1, reason="break"), KIOSK, "not_allowed"),
        (OPEN_1, GREETER, "not_allowed"),
        (TakeOverCounter(counter=1), GREETER, "not_allowed"),
    ],
)
def test_a_change_of_a_counter_is_refused_by_code(command: Command, by: Actor, code: RefusalCode) -> None:
    """Somebody else's, closed, not there, or not theirs to ask."""
    assert Center().open(1, LAN).refusal(command, by).code == code
