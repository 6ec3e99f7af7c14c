"""What messages can say at the edges of their types: every command is refused or done, and nothing raises."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from queue_protocol.answers import Refused
from queue_protocol.codec import encode
from queue_protocol.commands import CarryOver, Command, RecordOffline, ReissueTicket, ReprintSlip, TakeTicket
from queue_protocol.ids import DeviceId, Token, token_of
from queue_server.core.announcements import SLIP_OVERDUE, slips_to_offer
from queue_server.core.calendar import local_day
from queue_server.core.catalogue import Kiosk
from queue_server.core.decision import Actor
from queue_server.core.permissions import MAY_ASK
from queue_server.core.printers import MOST_SLIPS_OWED
from queue_server.live.connection import OUTBOX_LIMIT
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    DAY,
    GREETER,
    KIOSK,
    LAN,
    MORNING,
    OTHER_KIOSK,
    Center,
    actor,
    token,
    with_hours,
)

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
INSTANTS = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-12:00",
    MORNING.isoformat(),
)
TEXTS = {
    r"^[a-z][a-z0-9_]{0,31}\Z": ("certification", "land", "z" * 32),
    r"^[a-z][a-z0-9-]{0,31}\Z": ("kiosk-1", "kiosk-99", "display-1", "z" * 32),
    r"^[0-9]{8}-[A-Z]{1,2}[0-9]{1,6}(\.[2-9])?\Z": (
        "20261123-A001",
        "00000000-A0",
        "99999999-ZZ999999.9",
        "20261123-AK01",
    ),
    r"^[A-Z]{1,2}[0-9]{1,6}\Z": ("A001", "AK01", "AK999999", "ZZ0", "AK000001"),
    r"^[a-z2-7]{26}\Z": ("a" * 26, "7" * 26, token(1)),
    r"^[a-z]{2,3}\Z": ("vi", "xyz"),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z": ("00:00", "23:59", "07:30"),
}
"""By the pattern of a text: values that it allows, some known to the center, some of nobody."""

KINDS = get_args(Command)
TRIES = 60
"""Of each command: enough for each pair of values at the edges of two fields."""


def edge(wanted: inspect.Type, chance: Random) -> Any:  # noqa: PLR0911 - one answer for each kind of type
    """Return a value of this type as JSON has it, most often one at its edge."""
    match wanted:
        case inspect.UnionType(types=types):
            return edge(chance.choice(types), chance)
        case inspect.NoneType():
            return None
        case inspect.BoolType():
            return chance.choice((True, False))
        case inspect.IntType(ge=low, le=high):
            return chance.choice((low, high, 1))
        case inspect.LiteralType(values=values):
            return chance.choice(values)
        case inspect.StrType(pattern=str(pattern)):
            return chance.choice(TEXTS[pattern])
        case inspect.DateTimeType():
            return chance.choice(INSTANTS)
        case inspect.VarTupleType(item_type=item, max_length=most):
            return [edge(item, chance) for _ in range(chance.choice((0, 1, most or 3)))]
        case inspect.StructType(cls=kind, array_like=is_list):
            inside = fields(kind, chance)
            return list(inside.values()) if is_list else inside
    raise NotImplementedError(wanted)


def fields(kind: type[msgspec.Struct], chance: Random) -> dict[str, Any]:
    """Return all fields of a struct, each at an edge."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return {each.encode_name: edge(each.type, chance) for each in described.fields}


def centers() -> Iterator[Center]:
    """Yield a center without hours and one with, each with a kiosk that has a series, tickets and an open counter."""
    marked = msgspec.structs.replace(CATALOGUE, kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark="K"),))
    for catalogue in (marked, with_hours(marked)):
        center = Center(catalogue).open(1, LAN)
        for _ in range(3):
            center.take(print_at="kiosk-1")
        center.serve(1)
        yield center.wait(60)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_value_that_a_message_allows_raises(kind: type[Command]) -> None:
    """Each command with fields at the edges of their types, by everybody who may ask, through the decoder as it came.

    What it does is taken in by the hall, and what it answers can be sent.
    """
    chance = Random(kind.__name__)  # noqa: S311 - the same commands in each run
    for center in centers():
        before = center.hall
        for _ in range(TRIES):
            command = msgspec.json.decode(
                encode({"type": kind.__struct_config__.tag, **fields(kind, chance)}), type=Command
            )
            for role in sorted(MAY_ASK[kind]):
                encode(center.do(command, actor({"kiosk": "kiosk-1", "display": "display-1"}.get(role, "lan"), role)))
                center.hall = before


@pytest.mark.parametrize("appointed_at", [FIRST, LAST, MORNING - timedelta(days=1), MORNING + timedelta(days=1)])
@pytest.mark.parametrize("priority", [True, False])
def test_an_appointment_of_another_day_is_refused(appointed_at: datetime, *, priority: bool) -> None:
    """Yesterday, tomorrow or in the year 9999: it says so, and nothing is issued."""
    take = TakeTicket(service=CERTIFICATION, token=token(1), appointment_at=appointed_at, priority=priority)
    assert Center().refusal(take, GREETER).code == "appointment_not_today"


@pytest.mark.parametrize("issued_at", [FIRST, LAST])
def test_a_ticket_of_no_day_at_all_is_not_taken_in(issued_at: datetime) -> None:
    """A kiosk whose clock is lost hands in a ticket of the year 1; one of the future counts as of now."""
    center = Center(msgspec.structs.replace(CATALOGUE, kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark="K"),)))
    handed_in = RecordOffline(number="AK01", service=CERTIFICATION, token=token(1), issued_at=issued_at)
    if local_day(CATALOGUE, min(issued_at, MORNING)) == DAY:
        center.done(handed_in, KIOSK)
    else:
        assert center.refusal(handed_in, KIOSK).code == "number_not_granted"


def asked_papers(center: Center, print_at: str) -> tuple[Command, ...]:
    """Return every command that asks for paper, about a ticket that waits."""
    ticket, device = center.take(), DeviceId(print_at)
    return (
        TakeTicket(service=CERTIFICATION, token=token(1), print_at=device),
        ReissueTicket(ticket=ticket, token=token(2), print_at=device),
        ReprintSlip(ticket=ticket, print_at=device),
        CarryOver(ticket=ticket, token=token(3), reason="other", print_at=device),
    )


def test_paper_is_asked_only_of_what_prints() -> None:
    """A display, a box that nobody knows: each command that asks for paper says that no printer is there."""
    for device in ("display-1", "kiosk-99"):
        center = Center()
        for command in asked_papers(center, device):
            assert center.refusal(command, GREETER) == Refused(code="unknown_device", facts={"device": device})


def test_a_new_kiosk_is_believed_about_itself() -> None:
    """Its first ticket may come before its first report."""
    assert Center(parts=()).take(print_at="kiosk-1")


@pytest.mark.parametrize(("by", "code"), [(GREETER, "printer_behind"), (OTHER_KIOSK, "busy")])
def test_no_printer_is_given_more_slips_than_it_can_be_sent(by: Actor, code: str) -> None:
    """A kiosk that prints nothing owes a hundred at most, which it gets when it comes back; more are refused."""
    center = Center()
    tokens = iter(token_of(bytes([number, 9] * 8)) for number in range(256))
    takes = [
        TakeTicket(service=CERTIFICATION, token=Token(next(tokens)), print_at=DeviceId("kiosk-1")) for _ in "x" * 200
    ]
    answers = [center.do(take, by) for take in takes]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {answer.code for answer in refused} == {code}
    owed = slips_to_offer(center.hall, center.now, DeviceId("kiosk-1"), ())
    assert len(owed) == MOST_SLIPS_OWED < OUTBOX_LIMIT
    for command in asked_papers(center, "kiosk-1"):
        assert center.refusal(command, by).code in {code, "not_allowed"}
    assert center.take(print_at="kiosk-2")
    center.wait(SLIP_OVERDUE.total_seconds() + 1)
    assert center.take(print_at="kiosk-1")
