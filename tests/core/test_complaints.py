"""Stories that became public complaints, each as it goes here."""

from datetime import timedelta

import pytest

from queue_protocol.answers import TicketTaken
from queue_protocol.commands import (
    CancelTicket,
    RecallTicket,
    ReportSlip,
    ReprintSlip,
    SetCounterServices,
    TakeTicket,
    VoidTicket,
)
from queue_protocol.ids import DeviceId, ticket_number
from queue_server.core.events import TicketCalled, TicketIssued
from queue_server.core.views import service_cards, ticket_page
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    Center,
    called,
    token,
    with_hours,
    with_policy,
)


def test_ten_people_are_here_but_my_number_is_42() -> None:
    """Given forty services of others, when the first person for land comes, then it is L001 and nobody is ahead."""
    center = Center()
    for _ in range(20):
        center.take(CERTIFICATION)
        center.take(CIVIL_STATUS)
    answer = center.do(TakeTicket(service=LAND, token=token(1)), KIOSK)
    assert isinstance(answer, TicketTaken)
    assert (answer.number, answer.people_ahead) == ("L001", 0)


def test_wrong_presses_leave_no_ghosts_in_the_line() -> None:
    """Given three presses by mistake, when they are cancelled or voided, then the next person has nobody ahead."""
    center = Center()
    for _ in range(2):
        center.done(CancelTicket(ticket=center.take()), KIOSK)
    center.done(VoidTicket(ticket=center.take(), reason="double"), GREETER)
    ticket = center.ticket(center.take())
    assert (ticket_number(ticket.id), ticket.people_ahead) == ("A004", 0)


def test_the_ledger_proves_the_sequence() -> None:
    """Every number of the day stands in the journal once, in order, also those that were void."""
    center = Center()
    for _ in range(3):
        center.take()
    center.done(VoidTicket(ticket=called("A002"), reason="double"), GREETER)
    center.take()
    issued = [entry.event.ticket for entry in center.entries if isinstance(entry.event, TicketIssued)]
    assert issued == [called(f"A00{number}") for number in (1, 2, 3, 4)]


def test_a_reprint_takes_no_number() -> None:
    """Paper that jams three times is three copies of one number."""
    center = Center()
    ticket = center.take(print_at="kiosk-1")
    for _ in range(3):
        center.done(ReportSlip(ticket=ticket, outcome="failed", reason="paper_jam"), KIOSK)
        center.done(ReprintSlip(ticket=ticket, print_at=DeviceId("kiosk-1")), GREETER)
    assert ticket_number(center.take()) == "A002"


def test_my_number_was_skipped() -> None:
    """Given a complaint, the call says by which rule whom it passed, and the passed person is next."""
    center = Center().open()
    center.take()
    center.wait(minutes=5).take(priority=True)
    center.wait(minutes=1).call()
    call = next(entry for entry in center.entries if isinstance(entry.event, TicketCalled))
    assert isinstance(call.event, TicketCalled)
    assert (call.actor, call.at) == ("account:lan", center.now)
    assert (call.event.reason.rule, call.event.reason.passed) == ("head_start", (called("A001"),))
    assert center.call() == called("A001")


def test_nobody_queues_at_dawn_for_numbers_that_are_gone_at_eight() -> None:
    """Numbers begin at a known time, what is left of a quota is known, and the afternoon has its own."""
    center = Center(with_hours(issue_before_minutes=0)).open(3, KIEN).at("05:00")
    assert center.refusal(TakeTicket(service=LAND, token=token(1)), KIOSK).facts["opens_at"] == (
        center.at("07:30").now.isoformat()
    )
    assert isinstance(center.when(TakeTicket(service=LAND, token=token(1)), KIOSK).result, TicketTaken)


def test_nobody_waits_all_day_for_nothing() -> None:
    """Given a full day at one land counter, when no more can be served before closing, then kiosks say so at once."""
    center = Center(with_hours()).open(3, KIEN).at("07:30")
    given = 0
    while next(card for card in service_cards(center.hall, center.now) if card.service == LAND).open:
        center.take(LAND)
        given += 1
    assert given == (4 + 3.5) * 60 // 20
    assert center.refusal(TakeTicket(service=LAND, token=token(1)), KIOSK).code == "service_full"


def test_idle_counters_stand_beside_a_crowd() -> None:
    """Given a crowd for land and an idle counter 2, when the manager lets it serve land, then the next are called."""
    center = Center().open(2, HOA).open(3, KIEN)
    for _ in range(30):
        center.take(LAND)
    center.call(3, KIEN)
    center.done(SetCounterServices(counter=2, services=(CERTIFICATION, LAND)), MANAGER)
    assert center.call(2, HOA) == called("L002")


def test_the_ticket_machine_is_missing() -> None:
    """A greeter takes tickets from any page, also when kiosks are closed, and they stand in the same line."""
    center = Center(with_hours()).open().at("12:00")
    center.take(by=GREETER)
    center.at("13:00").take(by=KIOSK)
    assert center.at("13:30").call_all() == ["A001", "A002"]
    assert center.ticket(called("A001")).origin == "desk"


def test_people_stand_outside_and_follow_their_number() -> None:
    """The page of a slip counts down, and a slow walker is called three times before anybody gives up."""
    center = Center().open()
    for _ in range(3):
        center.take()
    counted = []
    for _ in range(2):
        page = ticket_page(center.hall, center.ticket(called("A003")).token, center.now)
        assert page is not None
        assert page.outlook is not None
        counted.append(page.outlook.people_ahead)
        center.call()
    assert counted == [2, 1]
    for _ in range(2):
        assert center.wait(45).done(RecallTicket(ticket=called("A002")), LAN)


def test_a_call_is_not_lost_under_the_next_one() -> None:
    """Two counters call in the same moment: both calls stand in the journal and wait to be spoken."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take()
    center.take()
    center.call(1, LAN)
    center.call(2, HOA)
    assert [call.ticket for _, call in sorted(center.hall.calls.items())] == [called("A001"), called("A002")]
    assert center.hall.latest_calls == (called("A002"), called("A001"))


@pytest.mark.parametrize("strict", [False, True])
def test_highlanders_over_sixty_do_not_starve_the_others(*, strict: bool) -> None:
    """Given four in ten with priority, a head start lets all others be called; strict needs the limit to do so."""
    policy = {"priority_strict": strict, "no_overtake_after_minutes": 30 if strict else None}
    center = Center(with_policy(**policy)).open()
    waiting_since = center.now
    center.take()
    for _ in range(40):
        center.take(priority=True)
        center.wait(minutes=1)
        center.call()
        if center.ticket(called("A001")).status != "waiting":
            break
    assert center.now - waiting_since <= timedelta(minutes=32)
    assert center.finish(called("A001"), LAN)
