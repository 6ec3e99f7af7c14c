"""What is said once, and what a box that comes back still owes: calls to say, slips to print."""

from datetime import timedelta
from typing import Literal

import msgspec
import pytest

from queue_protocol.announcements import CallAnnouncement
from queue_protocol.commands import (
    CarryOver,
    Command,
    RecallTicket,
    ReissueTicket,
    ReportCall,
    ReportSlip,
    ReprintSlip,
    StartService,
)
from queue_protocol.ids import DeviceId, Revision, TicketId
from queue_protocol.phrases import announce_call
from queue_server.core.announcements import (
    CALL_STALE,
    SLIP_OVERDUE,
    announcement,
    calls_to_say,
    page_address,
    slip,
    slips_to_offer,
)
from queue_server.core.catalogue import Catalogue
from tests.core.center import CATALOGUE, DISPLAY, HOA, KIOSK, LAN, MORNING, Center, called, token, with_policy

A001, A002 = called("A001"), called("A002")
KIOSK_1 = DeviceId("kiosk-1")


def two_calls() -> Center:
    """Return a center in which A001 was called to counter 1 and a moment later A002 to counter 2."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take(print_at="kiosk-1")
    center.take(priority=False, print_at="kiosk-1")
    center.call(1, LAN)
    center.wait(0.3).call(2, HOA)
    return center


def to_say(center: Center, last_spoken: Revision | None = None) -> tuple[TicketId, ...]:
    """Return what a display that comes back at this moment still has to say."""
    return calls_to_say(center.hall, center.now, 1, last_spoken)


def call_of(center: Center, ticket: TicketId) -> Revision:
    """Return the name of a ticket's latest call."""
    return Revision(epoch=1, sequence=center.ticket(ticket).last_call)


def offered(center: Center, started: tuple[TicketId, ...] = (), device: DeviceId = KIOSK_1) -> tuple[TicketId, ...]:
    """Return what a kiosk that comes back at this moment still has to print."""
    return slips_to_offer(center.hall, center.now, device, started)


def test_a_call_is_announced_with_its_clips() -> None:
    """The announcement says who, where, which call and, word by word, how."""
    center = two_calls()
    assert announcement(center.ticket(A001), CATALOGUE, 1, ("vi", "en")) == CallAnnouncement(
        call=call_of(center, A001),
        ticket=A001,
        number="A001",
        counter=1,
        kind="first",
        priority=False,
        called_at=MORNING,
        utterances=announce_call("A001", 1, "first", ("vi", "en")),
    )


def test_recalls_are_announced_as_such() -> None:
    """The second call is a recall and the third the last, with the words of each."""
    center = two_calls()
    kinds = []
    for _ in range(2):
        center.wait(60).do(RecallTicket(ticket=A001), LAN)
        said = announcement(center.ticket(A001), with_policy(calls_before_no_show=3), 1, ("vi",))
        assert said is not None
        assert said.utterances == announce_call("A001", 1, said.kind, ("vi",))
        kinds.append(said.kind)
    assert kinds == ["recall", "last"]


def test_a_waiting_ticket_has_no_call_to_announce() -> None:
    """Nothing is said of a ticket that nobody has called."""
    center = Center()
    assert announcement(center.ticket(center.take()), CATALOGUE, 1, ("vi",)) is None


def test_a_display_that_starts_owes_what_is_still_called() -> None:
    """Both calls, in their order, for a display that remembers nothing."""
    assert to_say(two_calls()) == (A001, A002)


def test_a_display_owes_nothing_it_has_said() -> None:
    """Calls up to the last one it spoke are not offered; a number of another epoch proves nothing."""
    center = two_calls()
    assert to_say(center, call_of(center, A001)) == (A002,)
    assert to_say(center, call_of(center, A002)) == ()
    assert to_say(center, Revision(epoch=2, sequence=10_000)) == (A001, A002)


def test_what_another_display_has_spoken_is_not_said_again() -> None:
    """A call acknowledged as spoken is done; shown alone is not spoken."""
    center = two_calls()
    center.do(ReportCall(call=call_of(center, A001), outcome="spoken"), DISPLAY)
    center.do(ReportCall(call=call_of(center, A002), outcome="shown"), DISPLAY)
    assert to_say(center) == (A002,)


def test_who_has_come_or_gone_is_not_called_after() -> None:
    """A ticket in service or done is never spoken late."""
    center = two_calls()
    center.do(StartService(ticket=A001), LAN)
    center.finish(A002, HOA)
    assert to_say(center) == ()


def test_a_recall_makes_a_call_owed_again() -> None:
    """A spoken call that is made once more has to be spoken once more."""
    center = two_calls()
    center.do(ReportCall(call=call_of(center, A001), outcome="spoken"), DISPLAY)
    center.wait(60).do(RecallTicket(ticket=A001), LAN)
    assert to_say(center) == (A002, A001)


@pytest.mark.parametrize(("seconds", "is_owed"), [(0, True), (0.001, False)])
def test_a_stale_call_is_never_spoken(seconds: float, *, is_owed: bool) -> None:
    """After five minutes of server time a call is too old to say."""
    center = Center().open()
    center.take()
    center.call()
    center.now += CALL_STALE + timedelta(seconds=seconds)
    assert bool(to_say(center)) == is_owed


def test_a_kiosk_is_offered_its_own_slips_in_order() -> None:
    """Slips of this kiosk only, those of nobody else and no paperless ticket."""
    center = Center()
    mine = [center.take(print_at="kiosk-1")]
    center.take(print_at="kiosk-2")
    center.take()
    mine.append(center.take(print_at="kiosk-1"))
    assert offered(center) == tuple(mine)


def test_a_slip_is_never_printed_twice() -> None:
    """What the kiosk's disk knows as begun, and what it has reported in any way, is not offered."""
    center = Center()
    tickets = [center.take(print_at="kiosk-1") for _ in range(5)]
    outcomes: tuple[Literal["printed", "failed", "uncertain"], ...] = ("printed", "failed", "uncertain")
    for ticket, outcome in zip(tickets, outcomes, strict=False):
        center.do(ReportSlip(ticket=ticket, outcome=outcome), KIOSK)
    assert offered(center, started=(tickets[3],)) == (tickets[4],)


@pytest.mark.parametrize(("seconds", "is_offered"), [(0, True), (0.001, False)])
def test_an_old_slip_is_not_offered(seconds: float, *, is_offered: bool) -> None:
    """After 60 s the person has gone to somebody for help: paper that comes now confuses the next one."""
    center = Center()
    center.take(print_at="kiosk-1")
    center.now += SLIP_OVERDUE + timedelta(seconds=seconds)
    assert bool(offered(center)) == is_offered


def test_a_reprint_is_young_when_it_is_asked_for() -> None:
    """It is offered to a kiosk that comes back, however old the ticket is and whatever was printed of it before."""
    center = Center()
    ticket = center.take(print_at="kiosk-1")
    center.do(ReportSlip(ticket=ticket, outcome="printed"), KIOSK)
    center.wait(minutes=30).do(ReprintSlip(ticket=ticket, print_at=KIOSK_1), LAN)
    assert offered(center.wait(50), started=(ticket,)) == (ticket,)
    assert offered(center.wait(11), started=(ticket,)) == ()


@pytest.mark.parametrize(
    "command",
    [
        ReissueTicket(ticket=A001, token=token(1), print_at=KIOSK_1),
        CarryOver(ticket=A001, token=token(1), reason="power_cut", print_at=KIOSK_1),
    ],
)
def test_a_new_slip_of_a_ticket_is_offered_whatever_was_printed_of_it(command: Command) -> None:
    """For a lost one or for the next day: who waits for it holds nothing that is good any more."""
    center = Center()
    ticket = center.take(print_at="kiosk-1")
    center.do(ReportSlip(ticket=ticket, outcome="printed"), KIOSK)
    center.wait(minutes=30).done(command, LAN)
    assert offered(center, started=(ticket,)) == (ticket,)


def test_a_slip_says_what_was_true_at_the_issue() -> None:
    """A slip printed later still shows the people who were ahead when the ticket was taken."""
    center = Center()
    center.take()
    ticket = center.take(print_at="kiosk-1")
    center.open().call()
    printed = slip(center.ticket(ticket), center.hall, "en")
    assert (printed.slip.people_ahead, printed.slip.issued_at, printed.slip.counters) == (1, MORNING, (1, 2))
    assert (printed.language, printed.valid_on, printed.address) == ("en", "2026-11-23", None)


@pytest.mark.parametrize("address", ["http://10.0.0.5:8080", "http://10.0.0.5:8080/"])
def test_the_page_of_a_ticket_has_an_address_where_the_center_has_one(address: str) -> None:
    """With a public address the slip carries the page's, with one slash between."""
    public: Catalogue = msgspec.structs.replace(CATALOGUE, public_address=address)
    assert page_address(public, token(1)) == f"http://10.0.0.5:8080/t/{token(1)}"
