"""What boxes report: how slips end, which calls were shown and spoken, what state a printer or loudspeaker is in."""

from itertools import product
from typing import Literal, get_args

import msgspec
import pytest

from queue_protocol.answers import Done, Refused
from queue_protocol.commands import RecallTicket, RecordOffline, ReportCall, ReportDevice, ReportSlip
from queue_protocol.ids import DeviceId, Revision
from queue_server.core.announcements import is_spoken
from queue_server.core.box_events import (
    CallShown,
    CallSpoken,
    DeviceReported,
    SlipAccepted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
)
from queue_server.core.catalogue import Kiosk
from queue_server.core.events import Event
from queue_server.core.hall import PartReport
from queue_server.core.lifecycle import SLIP_AFTER, SlipStatus
from queue_server.core.staff_views import slips_in_trouble
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    DISPLAY,
    KIOSK,
    LAN,
    OTHER_DISPLAY,
    OTHER_KIOSK,
    Center,
    called,
    token,
)

A001 = called("A001")
KIOSK_1, DISPLAY_1 = DeviceId(KIOSK.name), DeviceId(DISPLAY.name)

Outcome = Literal["printed", "accepted", "failed", "uncertain"]
ENDED: dict[Outcome, Event] = {
    "printed": SlipPrinted(ticket=A001, device=KIOSK_1),
    "accepted": SlipAccepted(ticket=A001, device=KIOSK_1),
    "failed": SlipFailed(ticket=A001, device=KIOSK_1, reason="paper_out"),
    "uncertain": SlipUncertain(ticket=A001, device=KIOSK_1, reason="paper_out"),
}
BEFORE: dict[SlipStatus, tuple[Outcome, ...]] = {
    "pending": (),
    "printed": ("printed",),
    "accepted": ("accepted",),
    "failed": ("failed",),
    "uncertain": ("uncertain",),
}
LATER_WORD_COUNTS: frozenset[tuple[SlipStatus, Outcome]] = frozenset(
    {
        ("pending", "printed"),
        ("pending", "accepted"),
        ("pending", "failed"),
        ("pending", "uncertain"),
        ("failed", "printed"),
        ("failed", "accepted"),
        ("failed", "uncertain"),
        ("accepted", "printed"),
        ("accepted", "uncertain"),
        ("uncertain", "printed"),
    }
)


def report(outcome: Outcome) -> ReportSlip:
    """Return the report of a kiosk about its slip."""
    return ReportSlip(ticket=A001, outcome=outcome, reason=None if outcome in {"printed", "accepted"} else "paper_out")


def called_center() -> Center:
    """Return a center in which A001 was called to counter 1."""
    center = Center().open()
    center.take(print_at=KIOSK.name)
    center.call()
    return center


@pytest.mark.parametrize(("before", "outcome"), list(product(BEFORE, get_args(Outcome))))
def test_each_report_on_each_state_of_a_slip(before: SlipStatus, outcome: Outcome) -> None:
    """Given a slip that ended so, when the kiosk reports, then a better proof counts and no worse or same one."""
    center = Center()
    center.take(print_at=KIOSK.name)
    for each in BEFORE[before]:
        center.do(report(each), KIOSK)
    assert center.ticket(A001).slip == before
    decision = center.when(report(outcome), KIOSK)
    counts = (before, outcome) in LATER_WORD_COUNTS
    assert decision.events == ((ENDED[outcome],) if counts else ())
    assert decision.result == Done()


def test_the_table_of_slips_has_no_pair_more() -> None:
    """Of what a kiosk reports, the table has what the test above walks through: nothing leaves `printed`."""
    kinds: dict[type[Event], Outcome] = {type(event): outcome for outcome, event in ENDED.items()}
    reported = {(before, kinds[event]) for before, event in SLIP_AFTER if event in kinds and before != "none"}
    assert reported == LATER_WORD_COUNTS
    assert {kinds[event] for before, event in SLIP_AFTER if event in kinds and before == "none"} == set(
        get_args(Outcome)
    )
    assert {SLIP_AFTER[pair] for pair in SLIP_AFTER if pair[1] not in kinds} == {"pending"}


def test_a_failure_without_a_reason_is_a_failure_for_an_unknown_one() -> None:
    """The event says `unknown` where the kiosk cannot say why."""
    center = Center()
    center.take(print_at=KIOSK.name)
    decision = center.when(ReportSlip(ticket=A001, outcome="failed"), KIOSK)
    assert decision.events == (SlipFailed(ticket=A001, device=KIOSK_1, reason="unknown"),)


def test_only_the_kiosk_that_prints_a_slip_reports_it() -> None:
    """Another kiosk knows of no such slip, and a ticket without paper has none."""
    center = Center()
    center.take(print_at=KIOSK.name)
    assert center.refusal(report("printed"), OTHER_KIOSK) == Refused(code="unknown_ticket")
    paperless = ReportSlip(ticket=center.take(), outcome="printed")
    assert center.refusal(paperless, KIOSK) == Refused(code="unknown_ticket")
    assert center.refusal(report("printed"), LAN) == Refused(code="not_allowed")


def test_a_kiosk_reports_the_slip_of_a_ticket_that_it_gave_by_itself() -> None:
    """Nobody told it to print, and what became of the paper counts all the same; a failed one is staff's to see."""
    kiosks = (Kiosk(device=KIOSK_1, mark="K"),)
    center = Center(msgspec.structs.replace(CATALOGUE, kiosks=kiosks)).open()
    record = RecordOffline(number="AK01", service=CERTIFICATION, token=token(70), issued_at=center.now)
    center.do(record, KIOSK)
    failed = ReportSlip(ticket=called("AK01"), outcome="failed", reason="paper_out")
    assert center.refusal(failed, OTHER_KIOSK) == Refused(code="unknown_ticket")
    center.do(failed, KIOSK)
    assert [each.number for each in slips_in_trouble(center.hall, center.now)] == ["AK01"]
    center.do(ReportSlip(ticket=called("AK01"), outcome="printed", length_mm=90), KIOSK)
    assert slips_in_trouble(center.hall, center.now) == ()


def test_late_reports_count() -> None:
    """What has happened has happened: a report of yesterday's printer trouble is never too late."""
    center = called_center()
    call = ReportCall(call=center.revision, outcome="spoken")
    assert center.when(report("printed"), KIOSK, 3_600_000).events
    assert center.when(call, DISPLAY, 3_600_000).events


@pytest.mark.parametrize("outcome", ["shown", "spoken"])
def test_a_call_is_acknowledged_once(outcome: Literal["shown", "spoken"]) -> None:
    """The first display that shows or says a call makes the event; a second one adds nothing."""
    center = called_center()
    command = ReportCall(call=center.revision, outcome=outcome)
    kind = {"shown": CallShown, "spoken": CallSpoken}[outcome]
    decision = center.when(command, DISPLAY)
    assert decision.events == (kind(call=center.hall.sequence, ticket=A001, device=DISPLAY_1),)
    center.do(command, DISPLAY)
    known = center.hall.calls[command.call.sequence]
    assert (known.shown, known.spoken) == (outcome == "shown", outcome == "spoken")
    again = center.when(command, OTHER_DISPLAY)
    assert (again.events, again.result) == ((), Done())


def test_an_acknowledgement_of_an_earlier_call_is_none_of_the_latest() -> None:
    """After a recall the desk waits for the recall to be spoken; what is told late of the first call is kept, once."""
    center = called_center()
    first_call = center.revision
    center.wait(60).do(RecallTicket(ticket=A001), LAN)
    late = ReportCall(call=first_call, outcome="spoken")
    center.do(late, DISPLAY)
    assert not is_spoken(center.hall, center.ticket(A001))
    assert center.when(late, OTHER_DISPLAY).events == ()
    center.do(ReportCall(call=Revision(epoch=1, sequence=center.ticket(A001).last_call), outcome="spoken"), DISPLAY)
    assert is_spoken(center.hall, center.ticket(A001))


def test_a_call_that_never_was_is_unknown() -> None:
    """A display cannot acknowledge an event that is no call, and people cannot acknowledge any."""
    center = called_center()
    no_call = ReportCall(call=Revision(epoch=1, sequence=1), outcome="shown")
    assert center.refusal(no_call, DISPLAY) == Refused(code="unknown_call")
    assert center.refusal(no_call, LAN) == Refused(code="not_allowed")


def test_a_part_is_reported_when_it_changes() -> None:
    """Given a printer reported ready, when it says so again, then nothing happens; when it fails, that is an event."""
    center = Center(parts=())
    ready = ReportDevice(part="printer", state="ready")
    assert center.when(ready, KIOSK).events == (
        DeviceReported(device=KIOSK_1, part="printer", state="ready", reason=None),
    )
    center.do(ready, KIOSK)
    again = center.when(ready, KIOSK)
    assert (again.events, again.result) == ((), Done())
    center.do(ReportDevice(part="printer", state="failed", reason="paper_out"), KIOSK)
    assert center.hall.devices[KIOSK_1, "printer"] == PartReport(state="failed", reason="paper_out")


def test_parts_of_boxes_are_kept_apart() -> None:
    """Two kiosks with the same trouble are two events."""
    center = Center()
    command = ReportDevice(part="printer", state="failed", reason="paper_out")
    center.do(command, KIOSK)
    assert center.when(command, OTHER_KIOSK).events
    assert center.refusal(command, LAN) == Refused(code="not_allowed")
