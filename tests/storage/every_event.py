"""One event of every kind, with every field set; `python -m tests.storage.every_event` writes them as golden rows.

The file of a version that was released is never written again: a change after it makes the next one.
"""

import json
from datetime import UTC, date, datetime, timedelta

from queue_protocol.answers import WaitRange
from queue_protocol.day_commands import OpeningTime
from queue_protocol.ids import AccountId, CommandId, DeviceId, HallId, Revision, ServiceId, TicketId, Token
from queue_server.core.box_events import (
    CallShown,
    CallSpoken,
    DeviceReported,
    KioskMarked,
    PaperReplaced,
    SlipAccepted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
    TakeWithdrawn,
)
from queue_server.core.catalogue import (
    Catalogue,
    Counter,
    ExtraDay,
    HallPlan,
    Hours,
    Interleave,
    Kiosk,
    Policy,
    Service,
    WeeklySession,
)
from queue_server.core.clock_events import ClockConfirmed, ClockPutBack
from queue_server.core.events import (
    CallWithdrawn,
    CatalogueChanged,
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterServicesSet,
    CounterTakenOver,
    DayClosed,
    DayEnded,
    DayOpened,
    Entry,
    Event,
    FinishTakenBack,
    HoardingSuspected,
    OutageEnded,
    PriorityChanged,
    ServiceChanged,
    ServiceFinished,
    ServiceStarted,
    SlipReprinted,
    TicketCalled,
    TicketCancelled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReissued,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
    TicketVoided,
    TodayChanged,
    VisitRated,
)
from queue_server.core.facts import CallReason, CarriedSlip, KioskMark, KnownPart, OpenedCounter, Place, Session
from queue_server.core.loss_events import EntriesMissing
from queue_server.journal.port import START
from queue_server.journal.records import JournalOrigin, chain_hash, row_of

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 1, 12, 3, 456789, tzinfo=UTC)
LATER = AT + timedelta(minutes=9)
LAN, HOA = AccountId("lan"), AccountId("hoa")
KIOSK, DISPLAY = DeviceId("kiosk-1"), DeviceId("display-1")
CERTIFICATION, LAND = ServiceId("certification"), ServiceId("land")
A1, A2, A3 = (TicketId(f"20261123-A00{number}") for number in (1, 2, 3))
TOKEN, OTHER_TOKEN = Token("gezdgnbvgy3tqojqgezdgnbvgy"), Token("mfrggzdfmztwq2lknnwg23tpoa")

PLACE = Place(line=CERTIFICATION, session=1, rank=0, due_at=AT - timedelta(minutes=30), joined_at=AT)
SESSIONS = (
    Session(
        opens_at=AT - timedelta(minutes=40),
        closes_at=AT + timedelta(hours=3),
        issue_from=AT - timedelta(minutes=70),
        issue_until=AT + timedelta(hours=2),
    ),
)
WEEKLY = WeeklySession(days=("mon", "sat"), opens="07:30", closes="11:30")
CATALOGUE = Catalogue(
    center={"vi": "Trung tâm Phục vụ hành chính công xã Bảo Hà", "en": "Bảo Hà Service Center"},
    languages=("vi", "en"),
    public_address="http://10.0.0.5:8080",
    halls=(HallPlan(id=HallId("ground-floor"), names={"vi": "Tầng trệt"}),),
    services=(
        Service(
            id=CERTIFICATION,
            prefix="A",
            names={"vi": "Chứng thực", "en": "Certification"},
            hints={"vi": "sao y bản chính"},
            papers={"vi": "bản chính"},
            icon="stamper",
            expected_minutes=6,
            head_start_minutes=20,
            quota_per_session=90,
        ),
        Service(id=LAND, prefix="L", names={"vi": "Đất đai"}, icon="land_plots", expected_minutes=20),
    ),
    counters=(
        Counter(number=1, services=(CERTIFICATION, LAND), preferred=(CERTIFICATION,), hall=HallId("ground-floor")),
    ),
    kiosks=(Kiosk(device=KIOSK, mark="K"),),
    hours=Hours(
        sessions=(WEEKLY,),
        closed=(date(2026, 12, 31),),
        extra_open=(ExtraDay(day=date(2026, 8, 22), sessions=(OpeningTime(opens="08:00", closes="11:00"),)),),
    ),
    policy=Policy(interleave=Interleave(priority=2, normal=1), no_overtake_after_minutes=60, dossiers_per_turn=5),
)

EVENTS: tuple[Event, ...] = (
    CatalogueChanged(catalogue=CATALOGUE),
    DayOpened(
        day=DAY,
        catalogue=CATALOGUE,
        counters=(OpenedCounter(counter=1, clerk=LAN),),
        parts=(KnownPart(device=KIOSK, part="printer", state="failed", reason="paper_out"),),
        sessions=SESSIONS,
        carried=(CarriedSlip(token=TOKEN, ticket=TicketId("20261120-A044"), service=CERTIFICATION),),
        numbers_ahead={"2027-11-23": {"A": 2}},
        left_yesterday=2,
        marks=(KioskMark(device=KIOSK, mark="M"),),
    ),
    OutageEnded(began_at=AT - timedelta(minutes=5), ended_at=AT),
    EntriesMissing(
        because="restored",
        after=40,
        through=None,
        since=AT - timedelta(hours=5),
        until=AT,
        day=DAY,
    ),
    EntriesMissing(
        because="lost",
        after=40,
        through=Revision(epoch=1, sequence=44),
        since=AT - timedelta(hours=5),
        until=AT,
        day=DAY,
        numbers={"A": 15, "AK": 3},
    ),
    ClockConfirmed(),
    ClockPutBack(before=LATER, to=AT, sessions=SESSIONS),
    TodayChanged(sessions=SESSIONS),
    HoardingSuspected(device=KIOSK, service=CERTIFICATION, tickets=6, within_s=120),
    CounterClosed(counter=1, clerk=LAN),
    CounterOpened(counter=1, clerk=HOA),
    CounterTakenOver(counter=1, clerk=LAN, before=HOA),
    CounterPaused(counter=1, reason="break"),
    CounterResumed(counter=1),
    CounterServicesSet(counter=1, services=(LAND, CERTIFICATION), preferred=(LAND,)),
    TicketIssued(
        ticket=A1,
        service=CERTIFICATION,
        priority=True,
        token=TOKEN,
        origin="appointment",
        print_at=KIOSK,
        place=PLACE,
        people_ahead=2,
        wait=WaitRange(low_minutes=5, high_minutes=20),
        dossiers=3,
        issued_at=AT - timedelta(minutes=1),
        carried_over=OTHER_TOKEN,
    ),
    TicketCancelled(ticket=A2),
    TicketVoided(ticket=A3, reason="double"),
    ServiceChanged(ticket=A1, service=LAND, place=PLACE),
    PriorityChanged(ticket=A1, priority=False, place=PLACE),
    TicketReissued(ticket=A1, token=OTHER_TOKEN, before=TOKEN, print_at=KIOSK),
    SlipReprinted(ticket=A1, print_at=KIOSK, copy_number=1),
    SlipFailed(ticket=A1, device=KIOSK, reason="paper_out"),
    SlipUncertain(ticket=A1, device=KIOSK, reason="unreachable"),
    SlipPrinted(ticket=A1, device=KIOSK),
    TicketHeld(ticket=A1, reason="stepped_out", counter=None),
    TicketResumed(ticket=A1, place=PLACE),
    TicketCalled(ticket=A1, counter=1, reason=CallReason(rule="head_start", passed=(A2,)), clerk=LAN),
    CallShown(call=25, ticket=A1, device=DISPLAY),
    CallSpoken(call=25, ticket=A1, device=DISPLAY),
    TicketRecalled(ticket=A1, counter=1, kind="last"),
    TicketMissed(ticket=A1, counter=1),
    TicketReturned(ticket=A1, place=PLACE),
    ServiceStarted(ticket=A1, counter=1, started_at=LATER, implied=True),
    TicketTransferred(ticket=A1, counter=1, service=LAND, place=PLACE, dossiers=1, estimated=True),
    ServiceFinished(ticket=A1, counter=1, outcome="more_papers", also=(LAND,), estimated=True, counted_from=AT),
    CallWithdrawn(ticket=A2, counter=1, calls=2, first=True),
    FinishTakenBack(ticket=A1, counter=1, started_at=LATER, counted_from=AT),
    VisitRated(ticket=A1, rating=4),
    TicketCarriedOver(ticket=A2, service=LAND, token=OTHER_TOKEN, reason="power_cut", print_at=KIOSK),
    DeviceReported(device=KIOSK, part="printer", state="ready", reason=None),
    SlipAccepted(ticket=A1, device=KIOSK, length_mm=88),
    PaperReplaced(device=KIOSK, roll_mm=50_000),
    TakeWithdrawn(token=OTHER_TOKEN),
    KioskMarked(device=KIOSK, mark="K"),
    DayEnded(reason="closing_time", unserved=(A3,)),
    DayClosed(day=DAY, left=(A3,)),
)


def entries() -> list[Entry]:
    """Return the events in a journal of their own, each from a command of its own."""
    return [
        Entry(place, AT + timedelta(seconds=place), DAY, "account:lan", CommandId(f"command-{place}"), 0, event)
        for place, event in enumerate(EVENTS, 1)
    ]


def write() -> None:
    """Print the golden rows."""
    previous = START.hash
    for entry in entries():
        row = row_of(entry, JournalOrigin(center="3f9c2a6b1d4e8f70", site="main", epoch=1))
        previous = chain_hash(previous, row)
        values = row._asdict() | {"body": row.body.decode(), "hash": previous.hex()}
        print(json.dumps(values, ensure_ascii=False))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    write()
