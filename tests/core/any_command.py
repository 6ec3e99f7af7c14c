"""Any command about any ticket and counter, sensible or silly: what the tests of every state ask."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar, get_args

import msgspec

from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CancelTicket,
    CarryOver,
    ChangeService,
    CloseCounter,
    FinishService,
    HoldReason,
    HoldTicket,
    Leaving,
    LongService,
    MarkNoShow,
    OpenCounter,
    Outcome,
    PauseCounter,
    PauseReason,
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
    VoidReason,
    VoidTicket,
    WithdrawTake,
)
from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay, EndReason, OpeningTime, ReplacePaper
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId, Token, ticket_id
from queue_protocol.journal_end import JournalEnd
from queue_server.core.catalogue import Catalogue
from queue_server.core.permissions import ChangeCatalogue, MarkKiosk, NoteJournalEnd, Order, PutClockBack
from tests.core.center import CATALOGUE, CERTIFICATION, CIVIL_STATUS, LAND, Center, called, token, with_policy

NEVER = TicketId("20200101-A001")
"""A ticket of a day that nobody knows."""
SERVICES = (CERTIFICATION, CIVIL_STATUS, LAND, ServiceId("fishing"))
COUNTERS = (1, 2, 3, 9)
DAYS = (
    (),
    (OpeningTime(opens="07:00", closes="18:00"),),
    (OpeningTime(opens="07:30", closes="11:30"), OpeningTime(opens="13:30", closes="17:00")),
    (OpeningTime(opens="09:00", closes="08:00"),),
)
LATER_THAN_ALL = datetime(2100, 1, 1, tzinfo=UTC)
"""The play never gets there: its clock is confirmed, not put back."""
LINES = ((), (LAND,), (CERTIFICATION, LAND), (ServiceId("fishing"),))


T = TypeVar("T")


class Chance:
    """Choices out of one number: the same number makes the same command, and every choice is as likely."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)  # noqa: S311 - a test that can be repeated, no secret

    def of(self, *choices: T) -> T:
        """Return one of these."""
        return self._random.choice(choices)

    @property
    def number(self) -> int:
        """A number for further choices."""
        return self._random.getrandbits(40)

    @property
    def flag(self) -> bool:
        """Yes or no."""
        return self.of(True, False)


Make = Callable[[Center, TicketId, int, Chance], Order]
"""Makes a command about this ticket and this counter."""


def token_of_ticket(center: Center, ticket: TicketId) -> Token:
    """Return the token of a ticket; of nobody's for one that is not there."""
    known = center.hall.tickets.get(ticket)
    return token(0) if known is None else known.token


def current(center: Center, counter: int) -> TicketId | None:
    """Return the ticket at a counter."""
    return center.hall.counter_state(counter).ticket


def _take(center: Center, _ticket: TicketId, _counter: int, chance: Chance) -> Order:
    carried = sorted(center.hall.carried)
    return TakeTicket(
        service=chance.of(*SERVICES[:3] * 5, *SERVICES),
        token=next(center.tokens),
        priority=chance.flag,
        print_at=chance.of(None, DeviceId("kiosk-1")),
        dossiers=chance.of(1, 5),
        carried_over=chance.of(*[None] * 20, *carried * 10, token(0)),
        appointment_at=chance.of(*[None] * 7, center.now + timedelta(minutes=chance.of(-60, -5, 60, 600))),
    )


def _offline(center: Center, _ticket: TicketId, _counter: int, chance: Chance) -> Order:
    number = chance.of("AK01", "AK02", "AK03", "AM01", "LK01", "AK1", "A001")
    issued_at = center.now - timedelta(minutes=chance.of(0, 20, 2000, -20))
    return RecordOffline(
        number=number,
        service=chance.of(*SERVICES),
        token=next(center.tokens),
        issued_at=issued_at,
        priority=chance.flag,
    )


def _printed(center: Center, ticket: TicketId, _counter: int, chance: Chance) -> Order:
    return RecordPrinted(
        ticket=chance.of(ticket, ticket_id(center.now.date(), chance.of("A001", "AK01", "L090"))),
        service=chance.of(*SERVICES),
        token=chance.of(next(center.tokens), token_of_ticket(center, ticket)),
        issued_at=center.now - timedelta(minutes=chance.of(0, 20, 2000, -20)),
        priority=chance.flag,
    )


def _end(center: Center, _ticket: TicketId, _counter: int, chance: Chance) -> Order:
    hall = center.hall
    end = JournalEnd(
        center="baoha",
        revision=Revision(epoch=chance.of(1, 2), sequence=hall.sequence + chance.of(0, 3, 50)),
        hash="0" * 64,
        at=center.now - timedelta(minutes=chance.of(0, 5)),
        day=(hall.day or center.now.date()) + timedelta(days=chance.of(0, 0, 0, -1, 1)),
        numbers=chance.of({}, {"A": 9}, {"A": 1, "AK": 3}),
    )
    return NoteJournalEnd(end=end, after=hall.sequence, since=hall.at)


MAKE: Mapping[type[Order], Make] = {
    TakeTicket: _take,
    RecordOffline: _offline,
    RecordPrinted: _printed,
    CancelTicket: lambda _c, ticket, _n, _: CancelTicket(ticket=ticket),
    WithdrawTake: lambda center, ticket, _n, chance: WithdrawTake(
        token=chance.of(next(center.tokens), token_of_ticket(center, ticket), *center.hall.withdrawn)
    ),
    ChangeService: lambda _c, ticket, _n, chance: ChangeService(ticket=ticket, service=chance.of(*SERVICES)),
    SetPriority: lambda _c, ticket, _n, chance: SetPriority(ticket=ticket, priority=chance.flag),
    VoidTicket: lambda _c, ticket, _n, chance: VoidTicket(ticket=ticket, reason=chance.of(*get_args(VoidReason))),
    ReissueTicket: lambda center, ticket, _n, chance: ReissueTicket(
        ticket=ticket,
        token=chance.of(next(center.tokens), token_of_ticket(center, ticket)),
        print_at=chance.of(None, DeviceId("kiosk-2")),
    ),
    ReprintSlip: lambda _c, ticket, _n, _: ReprintSlip(ticket=ticket, print_at=DeviceId("kiosk-1")),
    CarryOver: lambda center, ticket, _n, chance: CarryOver(
        ticket=ticket, token=next(center.tokens), reason=chance.of(*get_args(EndReason))
    ),
    RateVisit: lambda center, ticket, _n, chance: RateVisit(
        token=token_of_ticket(center, ticket), rating=chance.of(1, 2, 3, 4, 5)
    ),
    CallNext: lambda center, _t, counter, chance: CallNext(
        counter=counter,
        after=chance.of(*[current(center, counter)] * 4, NEVER),
        current=chance.of(*get_args(Leaving)),
        long_service=chance.of(*get_args(LongService)),
    ),
    CallTicket: lambda center, ticket, counter, chance: CallTicket(
        counter=counter,
        after=chance.of(*[current(center, counter)] * 4, NEVER),
        ticket=ticket,
        current=chance.of(*get_args(Leaving)),
        long_service=chance.of(*get_args(LongService)),
    ),
    TakeBackFinish: lambda center, ticket, counter, chance: TakeBackFinish(
        ticket=chance.of(*[center.hall.counter_state(counter).finished or ticket] * 4, ticket),
        after=chance.of(*[current(center, counter)] * 4, NEVER),
    ),
    RecallTicket: lambda _c, ticket, _n, _: RecallTicket(ticket=ticket),
    StartService: lambda _c, ticket, _n, _: StartService(ticket=ticket),
    FinishService: lambda _c, ticket, _n, chance: FinishService(
        ticket=ticket,
        outcome=chance.of(*get_args(Outcome)),
        also=chance.of((), (), LINES[1], LINES[3]),
        long_service=chance.of(*get_args(LongService)),
    ),
    MarkNoShow: lambda _c, ticket, _n, _: MarkNoShow(ticket=ticket),
    ReturnTicket: lambda _c, ticket, _n, _: ReturnTicket(ticket=ticket),
    HoldTicket: lambda _c, ticket, _n, chance: HoldTicket(ticket=ticket, reason=chance.of(*get_args(HoldReason))),
    ResumeTicket: lambda _c, ticket, _n, _: ResumeTicket(ticket=ticket),
    TransferTicket: lambda _c, ticket, _n, chance: TransferTicket(
        ticket=ticket, service=chance.of(None, *SERVICES), counter=chance.of(None, *COUNTERS), first=chance.flag
    ),
    RequeueTicket: lambda _c, ticket, _n, chance: RequeueTicket(ticket=ticket, dossiers_left=chance.of(1, 2, 99)),
    OpenCounter: lambda _c, _t, counter, _: OpenCounter(counter=counter),
    CloseCounter: lambda _c, _t, counter, _: CloseCounter(counter=counter),
    TakeOverCounter: lambda _c, _t, counter, _: TakeOverCounter(counter=counter),
    PauseCounter: lambda _c, _t, counter, chance: PauseCounter(
        counter=counter, reason=chance.of(*get_args(PauseReason))
    ),
    ResumeCounter: lambda _c, _t, counter, _: ResumeCounter(counter=counter),
    SetCounterServices: lambda _c, _t, counter, chance: SetCounterServices(
        counter=counter, services=chance.of(*LINES), preferred=chance.of((), (), LINES[1])
    ),
    ChangeToday: lambda _c, _t, _n, chance: ChangeToday(sessions=chance.of(*DAYS)),
    EndDay: lambda _c, _t, _n, chance: EndDay(reason=chance.of(*get_args(EndReason))),
    ConfirmClock: lambda _c, _t, _n, _: ConfirmClock(),
    NoteJournalEnd: _end,
    ChangeCatalogue: lambda center, _t, _n, chance: ChangeCatalogue(
        catalogue=chance.of(center.hall.catalogue or CATALOGUE, with_policy(one_key=chance.flag), _without_counter_3())
    ),
    MarkKiosk: lambda _c, _t, _n, _: MarkKiosk(),
    PutClockBack: lambda _c, _t, _n, _: PutClockBack(before=LATER_THAN_ALL, to=LATER_THAN_ALL),
    ReplacePaper: lambda _c, _t, _n, chance: ReplacePaper(device=DeviceId("kiosk-1"), roll_m=chance.of(None, 30)),
    ReportSlip: lambda _c, ticket, _n, chance: ReportSlip(
        ticket=ticket, outcome=chance.of("printed", "accepted", "failed", "uncertain")
    ),
    ReportCall: lambda center, _t, _n, chance: ReportCall(
        call=Revision(epoch=1, sequence=chance.of(0, *center.hall.calls)), outcome=chance.of("shown", "spoken")
    ),
    ReportDevice: lambda _c, _t, _n, chance: ReportDevice(
        part=chance.of("printer", "speaker"), state=chance.of("ready", "failed", "unknown")
    ),
}
"""How each command is made. Most are sensible; now and then one names what is not there."""


def _without_counter_3() -> Catalogue:
    return msgspec.structs.replace(CATALOGUE, services=CATALOGUE.services[:2], counters=CATALOGUE.counters[:2])


def some_ticket(center: Center, chance: Chance) -> TicketId:
    """Return any ticket of the day, most often one at a counter or away; one that never was now and then."""
    at_counters = [state.ticket for state in center.hall.counters.values() if state.ticket is not None]
    near = [*at_counters, *center.hall.away] * 3
    return chance.of(*near, *sorted(center.hall.tickets), called("A001"), NEVER)
