"""A clerk comes to a counter, leaves it, and finds it taken."""

import pytest

from queue_protocol.answers import Done, RefusalCode, Refused
from queue_protocol.commands import CallNext, CloseCounter, Command, OpenCounter, StartService
from queue_server.core.decide import AGE_LIMIT_MS, MAY_ASK, Actor
from queue_server.core.events import CounterClosed, CounterOpened
from tests.core.center import DISPLAY, HOA, KIOSK, LAN, MANAGER, Center, account, called

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
    assert set(MAY_ASK) == set(AGE_LIMIT_MS) == set(Command.__args__)
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
