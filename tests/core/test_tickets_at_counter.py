"""Recall, start, finish and no-show, in every status a ticket can have."""

from collections.abc import Callable

import pytest

from queue_protocol.answers import Done, Refused
from queue_protocol.commands import CloseCounter, Command, FinishService, MarkNoShow, RecallTicket, StartService
from queue_protocol.ids import TicketId
from queue_server.core.alarms import Surroundings
from queue_server.core.catalogue import Policy
from queue_server.core.decision import Actor
from queue_server.core.events import (
    DayClosed,
    Event,
    ServiceFinished,
    ServiceStarted,
    TicketMissed,
    TicketRecalled,
)
from queue_server.core.lifecycle import Status
from queue_server.core.staff_views import desk
from tests.core.center import DAY, HOA, LAN, MANAGER, MORNING, Center, account, called, with_policy

A001 = called("A001")
PATIENT = with_policy(calls_before_no_show=3)
RECALL, START, FINISH, NO_SHOW = (kind(ticket=A001) for kind in (RecallTicket, StartService, FinishService, MarkNoShow))
STARTED = ServiceStarted(ticket=A001, counter=1, started_at=MORNING, implied=False)
FINISHED = ServiceFinished(ticket=A001, counter=1)
MISSED = TicketMissed(ticket=A001, counter=1)

SINCE_CALL: dict[Status, tuple[Event, ...]] = {
    "called": (),
    "serving": (STARTED,),
    "finished": (STARTED, FINISHED),
    "no_show": (MISSED,),
    "expired": (DayClosed(day=DAY, left=(A001,)),),
}


def center_with(status: Status) -> Center:
    """Return a center whose counter 1, held by Lan, has brought its ticket to this status; a minute has passed."""
    center = Center().open()
    center.take()
    if status != "waiting":
        center.call()
        center.given(*SINCE_CALL[status])
    return center.wait(60)


HAPPENS: dict[tuple[Status, Command], tuple[Event, ...]] = {
    ("called", RECALL): (TicketRecalled(ticket=A001, counter=1, kind="last"),),
    ("called", START): (ServiceStarted(ticket=A001, counter=1, started_at=Center().wait(60).now, implied=False),),
    ("called", NO_SHOW): (MISSED,),
    ("serving", FINISH): (FINISHED,),
}
LEFT_THE_COUNTER: frozenset[Status] = frozenset({"finished", "no_show", "expired"})


@pytest.mark.parametrize("command", [RECALL, START, FINISH, NO_SHOW])
@pytest.mark.parametrize("status", ["waiting", "called", "serving", "finished", "no_show", "expired"])
def test_each_command_in_each_status(status: Status, command: Command) -> None:
    """Given a ticket of this status, when the clerk asks, then the table says what happens, or a code says why not."""
    decision = center_with(status).when(command, LAN)
    if (status, command) in HAPPENS:
        assert (decision.events, decision.result) == (HAPPENS[status, command], Done())
    elif (status, command) == ("called", FINISH):
        assert decision.result == Refused(code="decide_current_first", facts={"number": "A001"})
    elif status in LEFT_THE_COUNTER:
        assert decision.result == Refused(code="desk_moved_on", facts={"counter": 1})
    else:
        assert decision.result == Refused(code="wrong_status", facts={"number": "A001", "status": status})
    assert bool(decision.events) == ((status, command) in HAPPENS)


@pytest.mark.parametrize("command_of", [RecallTicket, StartService, FinishService, MarkNoShow])
@pytest.mark.parametrize("by", [HOA, MANAGER])
def test_a_ticket_at_somebody_elses_counter_is_left_alone(command_of: Callable[..., Command], by: Actor) -> None:
    """Another clerk, and the manager too, is told who holds the counter."""
    refusal = center_with("called").refusal(command_of(ticket=A001), by)
    assert refusal == Refused(code="counter_taken", facts={"counter": 1, "clerk": "lan"})


@pytest.mark.parametrize("command_of", [RecallTicket, StartService, FinishService, MarkNoShow])
def test_a_ticket_of_another_day_is_unknown(command_of: Callable[..., Command]) -> None:
    """A ticket that the open day has not issued is refused by code."""
    assert Center().open().refusal(command_of(ticket=TicketId("20261122-A001")), LAN) == Refused(code="unknown_ticket")


def test_a_slow_walker_is_not_recalled_at_once() -> None:
    """A recall before the gap has passed is refused with the whole seconds still to wait; at the gap it is made."""
    center = Center().open()
    center.take()
    center.call()
    assert center.wait(0.5).refusal(RECALL, LAN) == Refused(
        code="recall_too_soon", facts={"number": "A001", "seconds": 45}
    )
    assert center.wait(44).refusal(RECALL, LAN).facts["seconds"] == 1
    assert center.wait(0.5).do(RECALL, LAN) == Done()


def test_the_gap_runs_from_the_latest_call() -> None:
    """After a recall the next one has to wait anew."""
    center = center_with("called")
    center.do(RECALL, LAN)
    assert center.wait(44).refusal(RECALL, LAN).code == "recall_too_soon"


def test_the_third_call_is_the_last() -> None:
    """By the policy of three calls: recall, then last call, and what comes after stays a last call."""
    center = Center(PATIENT).open()
    center.take()
    center.call()
    center.wait(60)
    kinds = []
    for _ in range(3):
        event = center.when(RECALL, LAN).events[0]
        assert isinstance(event, TicketRecalled)
        kinds.append(event.kind)
        center.given(event).wait(60)
    assert kinds == ["recall", "last", "last"]
    assert center.ticket(A001).calls == 4


def test_nobody_is_a_no_show_before_the_last_call() -> None:
    """The clerk and the desk are told how many calls are still to be made; a manager who ends the visit need not."""
    center = Center(PATIENT).open()
    center.take()
    center.call()
    for left in (2, 1):
        assert center.refusal(NO_SHOW, LAN) == Refused(code="no_show_too_soon", facts={"number": "A001", "calls": left})
        current = desk(center.hall, center.revision, center.now, account(LAN), 1, Surroundings()).current
        assert current is not None
        assert current.calls_left == left
        center.wait(45).done(RECALL, LAN)
    assert center.done(NO_SHOW, LAN) == (MISSED,)
    assert Policy().calls_before_no_show == 3


def test_an_abandoned_counter_waits_for_no_further_call() -> None:
    """Nobody is there who could make it: whoever was called there has missed it."""
    center = Center(PATIENT).open()
    center.take()
    center.call()
    assert center.done(CloseCounter(counter=1), MANAGER)[0] == MISSED


def test_the_policy_says_which_call_is_the_last() -> None:
    """Where two calls are the rule, the first recall is the last call already."""
    center = Center(with_policy(calls_before_no_show=2, recall_gap_s=0)).open()
    center.take()
    center.call()
    assert center.when(RECALL, LAN).events == (TicketRecalled(ticket=A001, counter=1, kind="last"),)


def test_a_recall_moves_the_call_that_a_service_counts_from() -> None:
    """A start that was forgotten counts from the latest call, not from one nobody answered."""
    center = center_with("called")
    center.do(RECALL, LAN)
    recalled_at = center.now
    center.wait(180).begin()
    (finished,) = center.done(FINISH, LAN)
    assert isinstance(finished, ServiceFinished)
    assert finished.counted_from == recalled_at


def test_the_first_call_is_remembered_through_recalls() -> None:
    """The wait of a ticket ends at its first call."""
    center = center_with("called")
    center.do(RECALL, LAN)
    ticket = center.ticket(A001)
    assert (ticket.first_called_at, ticket.last_called_at) == (MORNING, center.now)


def test_a_counter_is_free_after_finish_and_after_no_show() -> None:
    """Whoever is done or did not come holds the counter no longer."""
    statuses: tuple[tuple[Status, Command], ...] = (("serving", FINISH), ("called", NO_SHOW))
    for status, command in statuses:
        center = center_with(status)
        center.do(command, LAN)
        assert center.hall.counter_state(1).ticket is None
        assert center.ticket(A001).ended_at == center.now
