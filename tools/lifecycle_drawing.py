"""Writes `docs/lifecycle.md`: the life of a ticket and of its slip, and what each command does in each status.

The drawings come from the tables of the core, the commands' effects from asking it.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from queue_protocol.answers import Refused
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    Command,
    FinishService,
    MarkNoShow,
    OpenCounter,
    RecallTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    StartService,
    TakeTicket,
)
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId, token_of
from queue_server.core.catalogue import Catalogue, Counter, Service
from queue_server.core.decide import Actor, decide, open_day
from queue_server.core.events import Entry, Event
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import AT_COUNTER, IN_HALL, SLIP_AFTER, STATUS_AFTER, Status
from tools.generated import keep, table

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
STEP = timedelta(minutes=1)
"""Between two commands of the example; longer than the least time between two calls of a ticket."""

SERVICE = ServiceId("certification")
KIOSK = Actor("kiosk-1", "kiosk")
DISPLAY = Actor("display-1", "display")
CLERK = Actor("lan", "clerk")

CATALOGUE = Catalogue(
    center={"vi": "Trung tâm"},
    services=(Service(id=SERVICE, prefix="A", names={"vi": "Chứng thực"}, icon="stamper", expected_minutes=6),),
    counters=(Counter(number=1, services=(SERVICE,)),),
)

TICKET = TicketId("20261123-A001")

Asked = tuple[Command, Actor]

_TAKE: Asked = (TakeTicket(service=SERVICE, token=token_of(bytes(16)), print_at=DeviceId("kiosk-1")), KIOSK)
_CALL: Asked = (CallNext(counter=1, after=None), CLERK)
_START: Asked = (StartService(ticket=TICKET), CLERK)
_CALLED = (_TAKE, (OpenCounter(counter=1), CLERK), _CALL)

WAYS: Mapping[Status, tuple[Asked, ...]] = {
    "waiting": (_TAKE, (OpenCounter(counter=1), CLERK)),
    "called": _CALLED,
    "serving": (*_CALLED, _START),
    "finished": (*_CALLED, _START, (FinishService(ticket=TICKET), CLERK)),
    "no_show": (*_CALLED, (MarkNoShow(ticket=TICKET), CLERK)),
    "expired": (_TAKE, (OpenCounter(counter=1), CLERK)),
}
"""What brings the first ticket of the day into each status; to expire, midnight follows."""

ASKED: Mapping[type[Command], Callable[[Hall], Asked]] = {
    TakeTicket: lambda _: (TakeTicket(service=SERVICE, token=token_of(bytes([1] * 16))), KIOSK),
    OpenCounter: lambda _: (OpenCounter(counter=1), CLERK),
    CloseCounter: lambda _: (CloseCounter(counter=1), CLERK),
    CallNext: lambda hall: (CallNext(counter=1, after=hall.counter_state(1).ticket), CLERK),
    RecallTicket: lambda _: (RecallTicket(ticket=TICKET), CLERK),
    StartService: lambda _: _START,
    FinishService: lambda _: (FinishService(ticket=TICKET), CLERK),
    MarkNoShow: lambda _: (MarkNoShow(ticket=TICKET), CLERK),
    ReportSlip: lambda _: (ReportSlip(ticket=TICKET, outcome="printed"), KIOSK),
    ReportCall: lambda hall: (ReportCall(call=Revision(epoch=1, sequence=_call_of(hall)), outcome="shown"), DISPLAY),
    ReportDevice: lambda _: (ReportDevice(part="printer", state="ready"), KIOSK),
}
"""Each command, asked by who may ask it, about the first ticket of the day."""


def main() -> int:
    """Write or check the document."""
    return keep("docs/lifecycle.md", "tools/lifecycle_drawing.py", _lines())


def hall_with(status: Status) -> tuple[Hall, datetime]:
    """Return a hall with one ticket, in this status, and the moment after."""
    now = MORNING
    hall = _happen(Hall(catalogue=CATALOGUE), open_day(Hall(catalogue=CATALOGUE), date(2026, 11, 23)), now)
    for command, actor in WAYS[status]:
        now += STEP
        hall = _happen(hall, decide(hall, command, actor, now, age_ms=0).events, now)
    if status == "expired":
        now += timedelta(days=1)
        closed, _opened = open_day(hall, date(2026, 11, 24))
        hall = _happen(hall, (closed,), now)
    return hall, now + STEP


def effect(command: type[Command], status: Status) -> str:
    """Return what a command does to a hall whose ticket is in this status: its events, or its refusal."""
    hall, now = hall_with(status)
    asked, actor = ASKED[command](hall)
    decision = decide(hall, asked, actor, now, age_ms=0)
    if isinstance(decision.result, Refused):
        return f"refused: `{decision.result.code}`"
    return ", ".join(name_of(type(event)) for event in decision.events) or "nothing new"


def name_of(event: type[Event]) -> str:
    """Return an event's name without the version of its shape."""
    return str(event.__struct_config__.tag).partition(".")[0]


def _happen(hall: Hall, events: tuple[Event, ...], now: datetime) -> Hall:
    for event in events:
        entry = Entry(
            sequence=hall.sequence + 1,
            at=now,
            day=hall.day or date(2026, 11, 23),
            actor="system",
            command_id=None,
            part=0,
            event=event,
        )
        hall = evolve(hall, entry)
    return hall


def _call_of(hall: Hall) -> int:
    return hall.tickets[TICKET].last_call


def _lines() -> Iterator[str]:
    yield "# The life of a ticket"
    yield ""
    yield from _drawing([(before, name_of(event), after) for (before, event), after in STATUS_AFTER.items()])
    yield f"At a counter: {_set(AT_COUNTER)}. Still to be dealt with: {_set(IN_HALL)}; midnight expires these."
    yield ""
    yield "# The life of a slip"
    yield ""
    yield from _drawing([(before, name_of(event), after) for (before, event), after in SLIP_AFTER.items()])
    yield "A ticket taken without paper has the slip `none` for good. A report that the table does not know changes"
    yield "nothing and is no error: it was known already."
    yield ""
    yield "# What each command does"
    yield ""
    yield "One counter, one ticket, the policy as it is by default; the ticket is in the status of the column."
    yield ""
    statuses = list(get_args(Status))
    commands = get_args(Command)
    rows = [(_words(command), *(effect(command, status) for status in statuses)) for command in commands]
    yield from table(("command", *statuses), rows)


def _drawing(moves: list[tuple[str | None, str, str]]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for before, event, after in moves:
        yield f"    {before or '[*]'} --> {after}: {event}"
    for end in sorted({after for _, _, after in moves} - {before for before, _, _ in moves}):
        yield f"    {end} --> [*]"
    yield "```"
    yield ""
    yield from table(("in", "happens", "then"), [(before or "-", event, after) for before, event, after in moves])


def _words(command: type[Command]) -> str:
    return f"`{command.__struct_config__.tag}`"


def _set(statuses: frozenset[Status]) -> str:
    return ", ".join(f"`{each}`" for each in get_args(Status) if each in statuses)


if __name__ == "__main__":
    sys.exit(main())
