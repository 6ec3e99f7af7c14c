"""A request for a ticket that a kiosk has given up: not done, it never will be; done, it is undone."""

import pytest

from queue_protocol.answers import Done, Refused, TicketTaken
from queue_protocol.commands import (
    CancelTicket,
    FinishService,
    HoldTicket,
    MarkNoShow,
    StartService,
    TakeTicket,
    WithdrawTake,
)
from queue_server.core.box_events import TakeWithdrawn
from queue_server.core.decision import Actor
from queue_server.core.events import TicketCancelled, TicketVoided
from queue_server.core.permissions import Order
from tests.core.center import CERTIFICATION, KIOSK, LAN, Center, actor, called, token, with_policy

A001 = called("A001")
TOKEN = token(1)
TAKE = TakeTicket(service=CERTIFICATION, token=TOKEN)
WITHDRAW = WithdrawTake(token=TOKEN)


def test_what_was_not_done_is_refused_for_good() -> None:
    """The withdrawal may overtake the request: whenever that arrives, and under whatever id, nobody gets a number."""
    center = Center().open()
    assert center.done(WITHDRAW, KIOSK) == (TakeWithdrawn(token=TOKEN),)
    for seconds in (0, 60, 3600):
        assert center.wait(seconds).refusal(TAKE, KIOSK).code == "too_late"
    assert isinstance(center.do(TakeTicket(service=CERTIFICATION, token=token(2)), KIOSK), TicketTaken)


def test_what_was_done_is_cancelled_and_stays_in_the_list() -> None:
    """The ticket leaves the line, however long ago it was given, and counts for no quota; its number is used up."""
    center = Center(with_policy(cancel_within_s=0)).open()
    center.do(TAKE, KIOSK)
    assert center.wait(600).done(WITHDRAW, KIOSK) == (TicketCancelled(ticket=A001),)
    assert center.ticket(A001).status == "cancelled"
    assert set(center.hall.given.values()) == {0}
    assert center.take() == called("A002")
    assert center.refusal(TAKE, KIOSK).code == "command_id_reused"


def test_asked_again_it_changes_nothing_more() -> None:
    """The answer may be lost: the second time is done as well, whether the request had arrived or not."""
    early, late = Center().open(), Center().open()
    late.do(TAKE, KIOSK)
    for center in (early, late):
        center.done(WITHDRAW, KIOSK)
        assert center.when(WITHDRAW, KIOSK).events == ()
        assert center.when(WITHDRAW, KIOSK).result == Done()


@pytest.mark.parametrize(
    ("way", "undone"),
    [
        ([], True),
        ([(MarkNoShow(ticket=A001), LAN)], True),
        ([(HoldTicket(ticket=A001, reason="stepped_out"), LAN)], True),
        ([(StartService(ticket=A001), LAN)], False),
        ([(StartService(ticket=A001), LAN), (FinishService(ticket=A001), LAN)], False),
    ],
)
def test_a_ticket_that_was_called_meanwhile(way: list[tuple[Order, Actor]], undone: bool) -> None:
    """Nobody comes for it: it is void and its counter free. With somebody at the counter it is left to the clerk."""
    center = Center(with_policy(calls_before_no_show=1)).open()
    center.do(TAKE, KIOSK)
    center.call()
    for order, by in way:
        center.done(order, by)
    if undone:
        assert center.done(WITHDRAW, KIOSK) == (TicketVoided(ticket=A001, reason="left"),)
        assert center.hall.counter_state(1).ticket is None
    else:
        assert center.refusal(WITHDRAW, KIOSK).code == "wrong_status"


def test_only_the_kiosk_that_asked_withdraws() -> None:
    """Another kiosk takes nobody's number away, even if it knew the token; people have other commands."""
    center = Center().open()
    center.do(TAKE, KIOSK)
    assert center.refusal(WITHDRAW, actor("kiosk-2", "kiosk")).code == "not_this_kiosk"
    assert center.refusal(WITHDRAW, LAN).code == "not_allowed"


def test_who_chose_wrong_and_was_given_up_is_cancelled_once() -> None:
    """A ticket that was cancelled by hand is not cancelled again."""
    center = Center().open()
    center.do(TAKE, KIOSK)
    center.done(CancelTicket(ticket=A001), KIOSK)
    assert not isinstance(center.when(WITHDRAW, KIOSK).result, Refused)
    assert center.when(WITHDRAW, KIOSK).events == ()
