"""Bad input: every command in every state, asked by anybody, is done or refused by a code, and never an exception."""

from collections.abc import Iterator
from typing import get_args

import msgspec
import pytest

from queue_protocol.answers import REFUSAL_CODES, Done, NextCalled, Refused, TicketTaken
from queue_protocol.commands import (
    CallTicket,
    CancelTicket,
    CarryOver,
    CloseCounter,
    FinishService,
    HoldTicket,
    MarkNoShow,
    PauseCounter,
    RecordPrinted,
    StartService,
    TakeOverCounter,
    VoidTicket,
)
from queue_protocol.ids import DeviceId, TicketId
from queue_server.core.catalogue import Catalogue, Kiosk
from queue_server.core.decision import Actor
from queue_server.core.events import DayClosed
from queue_server.core.lifecycle import Status
from queue_server.core.permissions import AGE_LIMIT_MS, MAY_ASK, Order, Role
from tests.core.any_command import COUNTERS, MAKE, NEVER, Chance
from tests.core.center import CATALOGUE, DAY, GREETER, HOA, KIOSK, LAN, LAND, Center, actor, called, token, with_hours

A001 = called("A001")
CATALOGUE_WITH_MARK = msgspec.structs.replace(CATALOGUE, kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark="K"),))
AT_COUNTER_1 = ("open", "paused", "taken over", "left")
TRIES = 3
"""Different ones of each command, in each state, by each role."""

WAYS: dict[Status, tuple[tuple[Order, Actor], ...]] = {
    "waiting": (),
    "called": (),
    "serving": ((StartService(ticket=A001), LAN),),
    "finished": ((StartService(ticket=A001), LAN), (FinishService(ticket=A001), LAN)),
    "no_show": ((MarkNoShow(ticket=A001), LAN),),
    "held": ((HoldTicket(ticket=A001, reason="stepped_out"), LAN),),
    "cancelled": ((CancelTicket(ticket=A001), KIOSK),),
    "void": ((VoidTicket(ticket=A001, reason="left"), GREETER),),
    "carried_over": ((CarryOver(ticket=A001, token=token(9), reason="other"), GREETER),),
    "expired": (),
}
BEFORE_THE_CALL: frozenset[Status] = frozenset({"waiting", "cancelled", "void", "carried_over", "expired"})


def center_with(status: Status, counter: str, catalogue: Catalogue) -> Center:
    """Return a center whose first ticket has this status, and whose counter 1 is so; another ticket waits for land."""
    center = Center(catalogue).open(1, LAN)
    center.take(print_at="kiosk-1")
    center.take(LAND)
    if status not in BEFORE_THE_CALL:
        center.call(1, LAN)
    for order, by in WAYS[status]:
        center.done(order, by)
    if status == "expired":
        center.given(DayClosed(day=DAY, left=tuple(center.hall.tickets)))
    if counter == "paused":
        center.done(PauseCounter(counter=1, reason="break"), LAN)
    if counter == "taken over":
        center.done(TakeOverCounter(counter=1), HOA)
    if counter == "left" and center.hall.counter_state(1).ticket is None:
        center.done(CloseCounter(counter=1), LAN)
    return center.wait(60)


def states() -> Iterator[Center]:
    """Yield every pair of a status and a state of the counter, with and without hours."""
    for catalogue in (CATALOGUE_WITH_MARK, with_hours(CATALOGUE_WITH_MARK)):
        for status in get_args(Status):
            for counter in AT_COUNTER_1:
                yield center_with(status, counter, catalogue)


def everybody() -> Iterator[Actor]:
    """Yield somebody of each role, people by the name of the clerk and by another one."""
    for role in get_args(Role):
        yield actor({"kiosk": "kiosk-1", "display": "display-1", "visitor": ""}.get(role, "lan"), role)
    yield actor("hoa", "clerk", "manager")


def test_every_command_is_asked_here() -> None:
    """No command is left out of what is tried."""
    assert set(MAKE) == set(MAY_ASK)


def test_every_ticket_is_brought_into_its_status() -> None:
    """Each status is really there, so that nothing is tried twice by mistake."""
    assert [center_with(status, "open", CATALOGUE).ticket(A001).status for status in get_args(Status)] == list(
        get_args(Status)
    )


@pytest.fixture(scope="module")
def centers() -> list[Center]:
    """Return every state; a decision changes none of them."""
    return list(states())


@pytest.mark.parametrize("kind", list(MAKE), ids=lambda kind: kind.__name__)
def test_every_command_in_every_state_is_done_or_refused(kind: type[Order], centers: list[Center]) -> None:
    """Whoever asks for whatever in whichever state gets an answer, and what happens is taken in by the hall."""
    for place, center in enumerate(centers):
        for by in everybody():
            for attempt in range(TRIES):
                chance = Chance(1000 * place + attempt)
                ticket = chance.of(A001, A001, called("L001"), NEVER)
                decide_and_check(center, MAKE[kind](center, ticket, chance.of(1, *COUNTERS), chance), by)


def decide_and_check(center: Center, order: Order, by: Actor) -> None:
    """Check the answer to one command in one state."""
    decision, before = center.when(order, by), center.hall
    if isinstance(decision.result, Refused):
        assert decision.events == ()
        assert decision.result.code in REFUSAL_CODES
    else:
        assert isinstance(decision.result, Done | TicketTaken | NextCalled)
    may = bool(by.roles & MAY_ASK[type(order)])
    assert (decision.result == Refused(code="not_allowed")) == (not may)
    center.given(*decision.events, actor=by.id)
    center.hall = before


@pytest.mark.parametrize("kind", [kind for kind, limit in AGE_LIMIT_MS.items() if limit is not None])
def test_whatever_comes_too_late_has_no_effect(kind: type[Order]) -> None:
    """A command older than its limit is refused by whoever asks, a millisecond younger it is looked at."""
    center = center_with("waiting", "open", CATALOGUE)
    order = MAKE[kind](center, A001, 1, Chance(0))
    by = actor("lan", *MAY_ASK[kind])
    limit = AGE_LIMIT_MS[kind]
    assert limit is not None
    assert center.refusal(order, by, limit + 1) == Refused(code="too_late")
    assert center.when(order, by, limit).result != Refused(code="too_late")


def test_a_ticket_that_never_was_is_unknown() -> None:
    """Every command about a ticket says so, whoever may ask; but what a kiosk has printed may well be new."""
    center = Center().open()
    for kind in MAKE:
        if "ticket" in kind.__struct_fields__ and kind not in {CallTicket, RecordPrinted}:
            by = actor("lan", *MAY_ASK[kind])
            assert center.refusal(MAKE[kind](center, TicketId("20200101-A001"), 1, Chance(1)), by).code == (
                "unknown_ticket"
            )
