"""Writes `docs/lifecycle.md`: the life of a ticket and of its slip, and what each command does in each state.

The drawings come from the tables of the core, the commands' effects from asking it.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, get_args

from queue_protocol.answers import REFUSAL_CODES, RefusalCode, Refused
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CancelTicket,
    CarryOver,
    ChangeService,
    CloseCounter,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    PauseCounter,
    RateVisit,
    RecallTicket,
    RecordOffline,
    RecordPrinted,
    ReissueTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    ReprintSlip,
    RequeueTicket,
    ResumeCounter,
    ResumeTicket,
    ReturnTicket,
    SetCounterServices,
    SetPriority,
    StartService,
    TakeBackFinish,
    TakeOverCounter,
    TakeTicket,
    TransferTicket,
    VoidTicket,
    WithdrawTake,
)
from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay, ReplacePaper
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId, Token, token_of
from queue_protocol.journal_end import JournalEnd
from queue_server.core.catalogue import Catalogue, Counter, Kiosk, Policy, Service
from queue_server.core.days import open_day
from queue_server.core.decide import decide
from queue_server.core.decision import Actor, Decision
from queue_server.core.events import DayClosed, Entry, Event
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import (
    AT_COUNTER,
    IN_HALL,
    MAY_COME_BACK,
    SLIP_AFTER,
    STATUS_AFTER,
    UNSERVED,
    SlipStatus,
    Status,
)
from queue_server.core.permissions import MAY_ASK, ChangeCatalogue, MarkKiosk, NoteJournalEnd, Order, PutClockBack, Role
from tools.generated import keep, table

DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
STEP = timedelta(minutes=1)
"""Between two commands of the example; longer than the least time between two calls of a ticket."""

SERVICE, OTHER_SERVICE = ServiceId("certification"), ServiceId("land")
PRINTER = DeviceId("kiosk-1")


def actor(name: str, role: Role) -> Actor:
    """Return somebody with one role."""
    return Actor(name, frozenset({role}))


KIOSK, DISPLAY, VISITOR = actor("kiosk-1", "kiosk"), actor("display-1", "display"), actor("", "visitor")
CLERK, OTHER_CLERK, MANAGER = actor("lan", "clerk"), actor("hoa", "clerk"), actor("quanly", "manager")

CATALOGUE = Catalogue(
    center={"vi": "Trung tâm"},
    services=(
        Service(id=SERVICE, prefix="A", names={"vi": "Chứng thực"}, icon="stamper", expected_minutes=6),
        Service(id=OTHER_SERVICE, prefix="L", names={"vi": "Đất đai"}, icon="land_plots", expected_minutes=20),
    ),
    counters=(Counter(number=1, services=(SERVICE, OTHER_SERVICE)),),
    kiosks=(Kiosk(device=PRINTER, mark="K"),),
    policy=Policy(calls_before_no_show=1),
)

TICKET = TicketId("20261123-A001")

Asked = tuple[Order, Actor]
Ask = Callable[[Hall], Asked]


def token(number: int) -> Token:
    """Return the token with this number."""
    return token_of(bytes([number] * 16))


TAKE: Asked = (TakeTicket(service=SERVICE, token=token(0), print_at=PRINTER), KIOSK)
PRINTS: Asked = (ReportDevice(part="printer", state="unknown"), KIOSK)
OPEN: Asked = (OpenCounter(counter=1), CLERK)
CALL: Asked = (CallNext(counter=1, after=None), CLERK)
START: Asked = (StartService(ticket=TICKET), CLERK)
PAUSE: Asked = (PauseCounter(counter=1, reason="break"), CLERK)
CALLED: tuple[Asked, ...] = (OPEN, TAKE, CALL)

WAYS: Mapping[Status, tuple[Asked, ...]] = {
    "waiting": (OPEN, TAKE),
    "called": CALLED,
    "serving": (*CALLED, START),
    "held": (OPEN, TAKE, (HoldTicket(ticket=TICKET, reason="stepped_out"), CLERK)),
    "no_show": (*CALLED, (MarkNoShow(ticket=TICKET), CLERK)),
    "finished": (*CALLED, START, (FinishService(ticket=TICKET), CLERK)),
    "cancelled": (OPEN, TAKE, (CancelTicket(ticket=TICKET), KIOSK)),
    "void": (OPEN, TAKE, (VoidTicket(ticket=TICKET, reason="left"), CLERK)),
    "carried_over": (OPEN, TAKE, (CarryOver(ticket=TICKET, token=token(9), reason="no_staff"), CLERK)),
    "expired": (OPEN, TAKE),
}
"""What brings the first ticket of the day into each status; to expire, midnight follows."""

COUNTER_STATES: Mapping[str, tuple[Asked, ...]] = {
    "closed": (TAKE,),
    "free": (OPEN, TAKE),
    "paused": (OPEN, TAKE, PAUSE),
    "calling": CALLED,
    "serving": (*CALLED, START),
    "another clerk's": ((OpenCounter(counter=1), OTHER_CLERK), TAKE),
}
"""What brings the counter into each state; somebody waits or is there."""


LATER_END = JournalEnd(
    center="baoha",
    revision=Revision(epoch=1, sequence=1000),
    hash="0" * 64,
    at=MORNING,
    day=DAY,
)


def _current(hall: Hall) -> TicketId | None:
    return hall.counter_state(1).ticket


ASKED: Mapping[type[Order], Ask] = {
    TakeTicket: lambda _: (TakeTicket(service=SERVICE, token=token(1)), KIOSK),
    RecordOffline: lambda hall: (
        RecordOffline(number="AK01", service=SERVICE, token=token(2), issued_at=hall.at),
        KIOSK,
    ),
    RecordPrinted: lambda hall: (
        RecordPrinted(ticket=TICKET, service=SERVICE, token=token(5), issued_at=hall.at),
        KIOSK,
    ),
    CancelTicket: lambda _: (CancelTicket(ticket=TICKET), KIOSK),
    WithdrawTake: lambda _: (WithdrawTake(token=token(0)), KIOSK),
    ChangeService: lambda _: (ChangeService(ticket=TICKET, service=OTHER_SERVICE), CLERK),
    SetPriority: lambda _: (SetPriority(ticket=TICKET, priority=True), CLERK),
    VoidTicket: lambda _: (VoidTicket(ticket=TICKET, reason="other"), CLERK),
    ReissueTicket: lambda _: (ReissueTicket(ticket=TICKET, token=token(3)), CLERK),
    ReprintSlip: lambda _: (ReprintSlip(ticket=TICKET, print_at=PRINTER), CLERK),
    CarryOver: lambda _: (CarryOver(ticket=TICKET, token=token(4), reason="other"), CLERK),
    RateVisit: lambda _: (RateVisit(token=token(0), rating=5), VISITOR),
    CallNext: lambda hall: (CallNext(counter=1, after=_current(hall)), CLERK),
    CallTicket: lambda hall: (CallTicket(counter=1, after=_current(hall), ticket=TICKET), CLERK),
    RecallTicket: lambda _: (RecallTicket(ticket=TICKET), CLERK),
    StartService: lambda _: START,
    FinishService: lambda _: (FinishService(ticket=TICKET), CLERK),
    TakeBackFinish: lambda hall: (TakeBackFinish(ticket=TICKET, after=_current(hall)), CLERK),
    MarkNoShow: lambda _: (MarkNoShow(ticket=TICKET), CLERK),
    ReturnTicket: lambda _: (ReturnTicket(ticket=TICKET), CLERK),
    HoldTicket: lambda _: (HoldTicket(ticket=TICKET, reason="other"), CLERK),
    ResumeTicket: lambda _: (ResumeTicket(ticket=TICKET), CLERK),
    TransferTicket: lambda _: (TransferTicket(ticket=TICKET, service=OTHER_SERVICE), CLERK),
    RequeueTicket: lambda _: (RequeueTicket(ticket=TICKET, dossiers_left=2), CLERK),
    OpenCounter: lambda _: OPEN,
    CloseCounter: lambda _: (CloseCounter(counter=1), CLERK),
    TakeOverCounter: lambda _: (TakeOverCounter(counter=1), CLERK),
    PauseCounter: lambda _: (PauseCounter(counter=1, reason="meeting"), CLERK),
    ResumeCounter: lambda _: (ResumeCounter(counter=1), CLERK),
    SetCounterServices: lambda _: (SetCounterServices(counter=1, services=(OTHER_SERVICE,)), CLERK),
    ChangeToday: lambda _: (ChangeToday(sessions=()), MANAGER),
    EndDay: lambda _: (EndDay(reason="closing_time"), MANAGER),
    ConfirmClock: lambda _: (ConfirmClock(), MANAGER),
    ReplacePaper: lambda _: (ReplacePaper(device=PRINTER), CLERK),
    NoteJournalEnd: lambda hall: (NoteJournalEnd(end=LATER_END, after=hall.sequence, since=hall.at), KIOSK),
    ChangeCatalogue: lambda _: (ChangeCatalogue(catalogue=CATALOGUE), MANAGER),
    MarkKiosk: lambda _: (MarkKiosk(), KIOSK),
    PutClockBack: lambda hall: (PutClockBack(before=hall.at, to=hall.at - timedelta(hours=1)), MANAGER),
    ReportSlip: lambda _: (ReportSlip(ticket=TICKET, outcome="printed"), KIOSK),
    ReportCall: lambda hall: (ReportCall(call=Revision(epoch=1, sequence=_call_of(hall)), outcome="shown"), DISPLAY),
    ReportDevice: lambda _: (ReportDevice(part="printer", state="ready"), KIOSK),
}
"""Each command, asked by who may ask it, about the first ticket of the day."""

AT_ONCE: frozenset[type[Order]] = frozenset({CancelTicket, TakeBackFinish})
"""Asked in the moment of the last command: a choice is cancelled and a finish taken back at once or not at all."""

COUNTER_COMMANDS: tuple[type[Order], ...] = (
    OpenCounter,
    CloseCounter,
    TakeOverCounter,
    PauseCounter,
    ResumeCounter,
    SetCounterServices,
    CallNext,
    CallTicket,
)


def main() -> int:
    """Write or check the document."""
    return keep("docs/lifecycle.md", "tools/lifecycle_drawing.py", _lines())


def hall_with(status: Status) -> tuple[Hall, datetime]:
    """Return a hall with one ticket, in this status, and the moment of the last thing that happened."""
    hall, now = hall_after(WAYS[status])
    if status == "expired":
        now += timedelta(days=1)
        closed, _opened = open_day(hall, DAY + timedelta(days=1))
        hall = happen(hall, (closed,), now, "system")
    return hall, now


def hall_after(asked: Iterable[Asked]) -> tuple[Hall, datetime]:
    """Return the hall after these commands, and the moment of the last."""
    now = MORNING
    hall = happen(Hall(catalogue=CATALOGUE), open_day(Hall(catalogue=CATALOGUE), DAY), now, "system")
    for order, by in (PRINTS, *asked):
        now = moment_of(type(order), now)
        hall = happen(hall, decide(hall, order, by, now, age_ms=0).events, now, by.id)
    return hall, now


def happen(hall: Hall, events: Iterable[Event], now: datetime, by: str) -> Hall:
    """Return the hall after these events."""
    for event in events:
        entry = Entry(
            sequence=hall.sequence + 1,
            at=now,
            day=hall.day or DAY,
            actor=by,
            command_id=None,
            part=0,
            event=event,
        )
        hall = evolve(hall, entry)
    return hall


def moment_of(kind: type[Order], after: datetime) -> datetime:
    """Return when a command of the example is asked, after the last thing that happened."""
    return after if kind in AT_ONCE else after + STEP


def decision_in(hall: Hall, now: datetime, kind: type[Order]) -> Decision:
    """Return what the core decides on the example of a command in a hall in which something happened last at `now`."""
    order, by = ASKED[kind](hall)
    return decide(hall, order, by, moment_of(kind, now), age_ms=0)


def name_of(event: type[Event]) -> str:
    """Return an event's name without the version of its shape."""
    return str(event.__struct_config__.tag).partition(".")[0]


def initials(code: RefusalCode) -> str:
    """Return the letters that stand for a refusal in the tables: `wrong_status` is WS."""
    return "".join(word[0] for word in code.split("_")).upper()


def _call_of(hall: Hall) -> int:
    return hall.tickets[TICKET].last_call


def _lines() -> Iterator[str]:
    yield from _life_of_a_ticket()
    yield from _life_of_a_slip()
    yield from _effects()


def _life_of_a_ticket() -> Iterator[str]:
    moves = [(before, event, after) for (before, event), after in STATUS_AFTER.items() if before != after]
    yield from ("# The life of a ticket", "", "From the issue to the end of the visit:", "")
    staying = {*MAY_COME_BACK, "finished"}
    yield from _drawing([move for move in moves if move[2] in staying])
    yield from ("Out of the queue before that:", "")
    yield from _drawing([move for move in moves if move[2] not in staying])
    yield from ("What happens in which status, and the status that follows:", "")
    yield from _matrix(STATUS_AFTER, [None, *get_args(Status)])
    yield f"At a counter: {_set(AT_COUNTER)}. Not served yet: {_set(UNSERVED)}. May still be called:"
    yield f"{_set(MAY_COME_BACK)}. Midnight (`{name_of(DayClosed)}`) expires {_set(IN_HALL)}."
    yield ""


def _life_of_a_slip() -> Iterator[str]:
    yield from ("# The life of a slip", "")
    yield from _drawing([(before, event, after) for (before, event), after in SLIP_AFTER.items() if after != "pending"])
    yield "A slip that is asked for is `pending`: with the ticket, as a reprint, as a new one for one that was lost, or"
    yield "for a later day. A ticket taken without paper has the slip `none`. A report that the table does not know"
    yield "changes nothing and is no error: it was known already."
    yield ""
    yield from _matrix(SLIP_AFTER, list(get_args(SlipStatus)))


def _effects() -> Iterator[str]:
    yield from ("# What each command does", "")
    yield "One counter, one ticket, the policy as it is by default, but that nobody is called more than once before a"
    yield "no-show; a kiosk with a printer. Who asks may ask. The ticket is in the status of"
    yield "the column. `·` is done with nothing new, ✗ is refused for what its letters say:"
    halls = [hall_with(status) for status in get_args(Status)]
    in_status = {kind: [decision_in(*hall, kind) for hall in halls] for kind in MAY_ASK}
    counters = [hall_after(way) for way in COUNTER_STATES.values()]
    at_counter = {kind: [decision_in(*hall, kind) for hall in counters] for kind in COUNTER_COMMANDS}
    yield from _legend(chain(*in_status.values(), *at_counter.values()))
    rows = [(_words(kind), *map(_effect, decisions)) for kind, decisions in in_status.items()]
    yield from table(("command", *get_args(Status)), [row for row in rows if len(set(row[1:])) > 1])
    yield from ("In every status alike:", "")
    yield from table(("command", "does"), [row[:2] for row in rows if len(set(row[1:])) == 1])
    yield from ("By the state of the counter, with a ticket that waits or is there; Lan asks:", "")
    rows = [(_words(kind), *map(_effect, decisions)) for kind, decisions in at_counter.items()]
    yield from table(("command", *COUNTER_STATES), rows)


def _effect(decision: Decision) -> str:
    if isinstance(decision.result, Refused):
        return f"✗ {initials(decision.result.code)}"
    return ", ".join(_short(name_of(type(event))) for event in decision.events) or "·"


def _short(event: str) -> str:
    """Return an event's name without what the table is about anyway."""
    return event.removeprefix("ticket_").removeprefix("service_").replace("_", " ")


def _legend(decisions: Iterable[Decision]) -> Iterator[str]:
    met = {each.result.code for each in decisions if isinstance(each.result, Refused)}
    yield ", ".join(f"{initials(code)} `{code}`" for code in REFUSAL_CODES if code in met) + "."
    yield ""


def _drawing(moves: Sequence[tuple[str | None, type[Event], str]]) -> Iterator[str]:
    """Yield a drawing with one arrow between two statuses, whatever leads from one to the other."""
    arrows: dict[tuple[str | None, str], list[str]] = {}
    for before, event, after in moves:
        arrows.setdefault((before, after), []).append(_short(name_of(event)))
    yield from ("```mermaid", "stateDiagram-v2")
    for (before, after), events in arrows.items():
        yield f"    {before or '[*]'} --> {after}: {', '.join(events)}"
    for end in sorted({after for _, after in arrows} - {before for before, _ in arrows}):
        yield f"    {end} --> [*]"
    yield from ("```", "")


def _matrix(moves: Mapping[tuple[Any, type[Event]], str], befores: Sequence[str | None]) -> list[str]:
    """Return a table with a row for each event, a column for each status it may happen in, and what follows."""
    used = [before for before in befores if any(pair[0] == before for pair in moves)]
    events = list(dict.fromkeys(event for _, event in moves))
    head = ["happens", *(before or "(new)" for before in used)]
    return table(head, [(f"`{name_of(event)}`", *(moves.get((each, event), "") for each in used)) for event in events])


def _words(kind: type[Order]) -> str:
    return f"`{kind.__struct_config__.tag}`"


def _set(statuses: frozenset[Status]) -> str:
    return ", ".join(f"`{each}`" for each in get_args(Status) if each in statuses)


if __name__ == "__main__":
    sys.exit(main())
