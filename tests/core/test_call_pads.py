"""A call pad at a counter: its keys count as those of the clerk who works there, and of nobody else."""

import msgspec
import pytest

from queue_protocol.answers import RefusalCode
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CloseCounter,
    Command,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    PauseCounter,
    RecallTicket,
    ResumeCounter,
    StartService,
    TransferTicket,
)
from queue_protocol.ids import DeviceId
from queue_server.core.decision import Actor
from queue_server.core.events import TicketCalled
from tests.core.center import CATALOGUE, DISPLAY, KIOSK, LAN, LAND, OTHER_DISPLAY, Center, account, actor, called

A001 = called("A001")
WITH_PAD = msgspec.structs.replace(
    CATALOGUE,
    counters=(msgspec.structs.replace(CATALOGUE.counters[0], pad=DeviceId(DISPLAY.name)), *CATALOGUE.counters[1:]),
)


def center_with_pad() -> Center:
    """Return a center whose counter 1 has a pad at the first display, is held by Lan, and has two in the line."""
    center = Center(WITH_PAD).open(1, LAN)
    center.take()
    center.take()
    return center


def test_the_pad_calls_for_the_clerk_who_is_there() -> None:
    """The call is Lan's in every report, and the journal knows that the key was pressed at the pad."""
    center = center_with_pad()
    (event,) = center.done(CallNext(counter=1, after=None), DISPLAY)
    assert isinstance(event, TicketCalled)
    assert (event.ticket, event.clerk) == (A001, account(LAN))
    assert center.entries[-1].actor == "device:display-1"


def test_a_box_that_is_named_like_a_clerk_is_no_clerk() -> None:
    """Names of people and of boxes are given by different hands: a display `lan` does not call for the clerk `lan`."""
    center = center_with_pad()
    assert center.refusal(CallNext(counter=1, after=None), actor(LAN.name, "display")).code == "counter_taken"


def test_a_turn_goes_by_pad_from_the_call_to_the_end() -> None:
    """Recall, start and finish, a no-show, a pause and its end: what the keys of a pad are for."""
    center = center_with_pad()
    center.done(CallNext(counter=1, after=None), DISPLAY)
    center.wait(45)
    for command in (RecallTicket(ticket=A001), StartService(ticket=A001), FinishService(ticket=A001)):
        assert center.done(command, DISPLAY)
    center.done(CallNext(counter=1, after=None), DISPLAY)
    for act in (
        MarkNoShow(ticket=called("A002")),
        PauseCounter(counter=1, reason="break"),
        ResumeCounter(counter=1),
    ):
        assert center.done(act, DISPLAY)


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (CallNext(counter=1, after=None), OTHER_DISPLAY, "counter_taken"),
        (CallNext(counter=1, after=None), KIOSK, "not_allowed"),
        (CallNext(counter=2, after=None), DISPLAY, "counter_closed"),
        (CallTicket(counter=1, after=None, ticket=A001), DISPLAY, "not_allowed"),
        (TransferTicket(ticket=A001, service=LAND), DISPLAY, "not_allowed"),
        (HoldTicket(ticket=A001, reason="other"), DISPLAY, "not_allowed"),
        (OpenCounter(counter=1), DISPLAY, "not_allowed"),
        (CloseCounter(counter=1), DISPLAY, "not_allowed"),
    ],
)
def test_a_pad_does_what_its_keys_say_at_its_counter_only(command: Command, by: Actor, code: RefusalCode) -> None:
    """Another box's counter, a closed one, and what needs a page."""
    assert center_with_pad().refusal(command, by).code == code


def test_a_pad_calls_nobody_while_no_clerk_is_there() -> None:
    """A child at the keys of a closed counter does nothing."""
    center = Center(WITH_PAD)
    center.take()
    assert center.refusal(CallNext(counter=1, after=None), DISPLAY).code == "counter_closed"
