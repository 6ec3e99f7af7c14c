"""Paper once more, and what its holder says: a lost slip, a reprint, the rating of a visit."""

import pytest

from queue_protocol.answers import Done, RefusalCode, Refused
from queue_protocol.commands import (
    CancelTicket,
    CarryOver,
    Command,
    MarkNoShow,
    RateVisit,
    ReissueTicket,
    ReportSlip,
    ReprintSlip,
    VoidTicket,
)
from queue_protocol.ids import DeviceId, TicketId
from queue_server.core.announcements import slip
from queue_server.core.decision import Actor
from queue_server.core.events import SlipReprinted, TicketReissued, VisitRated
from queue_server.core.staff_views import slips_in_trouble
from queue_server.core.views import ticket_page
from tests.core.center import DISPLAY, GREETER, KIOSK, LAN, VISITOR, Center, called, token

A001 = called("A001")
KIOSK_1, KIOSK_2 = DeviceId("kiosk-1"), DeviceId("kiosk-2")
REISSUE = ReissueTicket(ticket=A001, token=token(1), print_at=KIOSK_2)


# ---------------------------------------------------------------- a lost slip


def test_a_lost_slip_is_replaced_by_a_new_token() -> None:
    """Given a lost slip, when staff issues it anew, then number and place stay, and paper is asked for elsewhere."""
    center = Center().open()
    center.take(print_at="kiosk-1")
    before = center.ticket(A001)
    assert center.done(REISSUE, GREETER) == (
        TicketReissued(ticket=A001, token=token(1), before=before.token, print_at=KIOSK_2),
    )
    after = center.ticket(A001)
    assert (after.token, after.print_at, after.slip, after.place) == (token(1), KIOSK_2, "pending", before.place)
    assert center.call() == A001


def test_the_old_slip_answers_that_it_was_replaced() -> None:
    """The page of the old token says so ("đã cấp lại"), that of the new one is the ticket's."""
    center = Center()
    center.take()
    old = center.ticket(A001).token
    center.done(REISSUE, GREETER)
    for each, replaced in ((old, True), (token(1), False)):
        page = ticket_page(center.hall, each, center.now)
        assert page is not None
        assert (page.number, page.replaced) == ("A001", replaced)


def test_the_new_slip_is_marked_and_a_later_promise_is_not() -> None:
    """The paper says that it takes another's place; a slip for a later day is a first one again."""
    center = Center()
    center.take()
    assert not slip(center.ticket(A001), center.hall, "vi").reissued
    center.done(REISSUE, GREETER)
    assert slip(center.ticket(A001), center.hall, "vi").reissued
    center.done(CarryOver(ticket=A001, token=token(90), reason="no_staff"), GREETER)
    assert not slip(center.ticket(A001), center.hall, "vi").reissued


def test_a_token_replaces_one_slip() -> None:
    """A token that is known is not given to another slip."""
    center = Center()
    center.take()
    taken = center.ticket(center.take()).token
    assert center.refusal(ReissueTicket(ticket=A001, token=taken), GREETER).code == "command_id_reused"


def test_who_missed_the_call_may_have_lost_the_slip_too() -> None:
    """A slip is replaced before the person returns; one that is done needs none."""
    center = Center().open()
    center.take()
    center.call()
    center.done(MarkNoShow(ticket=A001), LAN)
    assert center.when(REISSUE, GREETER).result == Done()
    center.take()
    center.serve()
    center.finish(called("A002"), LAN)
    assert center.refusal(ReissueTicket(ticket=called("A002"), token=token(2)), GREETER).code == "wrong_status"


# ---------------------------------------------------------------- the same slip once more


def test_a_reprint_counts_its_copies() -> None:
    """Each reprint is an event with its number, and the slip says which copy it is; token and number stay."""
    center = Center()
    center.take(print_at="kiosk-1")
    before = center.ticket(A001).token
    for copy in (1, 2):
        (event,) = center.done(ReprintSlip(ticket=A001, print_at=KIOSK_1), GREETER)
        assert event == SlipReprinted(ticket=A001, print_at=KIOSK_1, copy_number=copy)
    paper = slip(center.ticket(A001), center.hall, "vi")
    assert (paper.copy_number, center.ticket(A001).token) == (2, before)


@pytest.mark.parametrize(
    ("command", "by"), [(VoidTicket(ticket=A001, reason="double"), GREETER), (CancelTicket(ticket=A001), KIOSK)]
)
def test_a_number_that_counts_no_more_gets_no_paper(command: Command, by: Actor) -> None:
    """A slip of a voided or cancelled ticket would send a person into no line."""
    center = Center()
    center.take(print_at="kiosk-1")
    center.done(command, by)
    assert center.refusal(ReprintSlip(ticket=A001, print_at=KIOSK_1), GREETER).code == "wrong_status"


def test_a_reprint_elsewhere_is_reported_from_there() -> None:
    """Given a printer without paper, when the slip is printed at another kiosk, then that one reports it."""
    center = Center()
    center.take(print_at="kiosk-1")
    center.done(ReportSlip(ticket=A001, outcome="failed", reason="paper_out"), KIOSK)
    center.done(ReprintSlip(ticket=A001, print_at=KIOSK_2), GREETER)
    assert center.refusal(ReportSlip(ticket=A001, outcome="printed"), KIOSK).code == "unknown_ticket"
    assert center.ticket(A001).slip == "pending"


def test_a_carried_slip_that_jammed_is_printed_again() -> None:
    """The priority slip for the next day can be reprinted as such."""
    center = Center()
    center.take()
    center.done(CarryOver(ticket=A001, token=token(1), reason="no_staff", print_at=KIOSK_1), GREETER)
    center.done(ReprintSlip(ticket=A001, print_at=KIOSK_1), GREETER)
    paper = slip(center.ticket(A001), center.hall, "vi")
    assert (paper.kind, paper.copy_number) == ("carried_over", 1)


def test_a_carried_slip_that_did_not_come_out_is_trouble_until_it_has() -> None:
    """The roll ends with the day: who goes home without the slip has nothing to show on the next one."""
    center = Center()
    center.done(CarryOver(ticket=center.take(), token=token(1), reason="power_cut", print_at=KIOSK_1), GREETER)
    center.done(ReportSlip(ticket=A001, outcome="failed", reason="paper_out"), KIOSK)
    (trouble,) = slips_in_trouble(center.hall, center.now)
    assert (trouble.number, trouble.state) == ("A001", "failed")
    center.done(ReprintSlip(ticket=A001, print_at=KIOSK_1), GREETER)
    center.done(ReportSlip(ticket=A001, outcome="printed"), KIOSK)
    assert slips_in_trouble(center.hall, center.now) == ()


# ---------------------------------------------------------------- rating


def finished() -> Center:
    """Return a center whose A001 was served."""
    center = Center().open()
    center.take()
    center.serve()
    center.finish(A001, LAN)
    return center


@pytest.mark.parametrize("by", [VISITOR, KIOSK])
def test_a_visit_is_rated_once_by_whoever_holds_the_slip(by: Actor) -> None:
    """From 1 to 5, known by the token alone; a second word is refused."""
    center = finished()
    command = RateVisit(token=center.ticket(A001).token, rating=4)
    assert center.done(command, by) == (VisitRated(ticket=A001, rating=4),)
    assert center.ticket(A001).rating == 4
    assert center.refusal(command, VISITOR) == Refused(code="already_rated", facts={"number": "A001"})


def test_a_visitor_has_no_name_in_the_journal() -> None:
    """The actor of a rating is a visitor and nobody in particular."""
    center = finished()
    center.done(RateVisit(token=center.ticket(A001).token, rating=5), VISITOR)
    assert center.entries[-1].actor == "visitor"


@pytest.mark.parametrize(
    ("of", "by", "code"),
    [("waiting", VISITOR, "wrong_status"), ("nobody", VISITOR, "unknown_ticket"), ("done", DISPLAY, "not_allowed")],
)
def test_a_rating_is_refused_by_code(of: str, by: Actor, code: RefusalCode) -> None:
    """Before the visit is done, by a slip that never was, and by staff or a display."""
    center = finished()
    tokens = {
        "waiting": center.ticket(center.take()).token,
        "nobody": token(5),
        "done": center.ticket(A001).token,
    }
    assert center.refusal(RateVisit(token=tokens[of], rating=1), by).code == code


def test_a_replaced_slip_rates_nothing() -> None:
    """Whoever found the lost slip has no word on the visit."""
    center = Center().open()
    center.take()
    lost = center.ticket(A001).token
    center.done(REISSUE, GREETER)
    center.serve()
    center.finish(A001, LAN)
    assert center.refusal(RateVisit(token=lost, rating=1), VISITOR).code == "wrong_status"
    assert center.done(RateVisit(token=token(1), rating=1), VISITOR)


@pytest.mark.parametrize("command", [REISSUE, ReprintSlip(ticket=A001, print_at=KIOSK_1)])
def test_paper_of_a_ticket_of_another_day_is_not_made(command: ReissueTicket | ReprintSlip) -> None:
    """A slip of yesterday is good no more."""
    center = Center()
    center.take()
    assert center.midnight().refusal(command, GREETER).code == "unknown_ticket"
    assert TicketId("20261124-A001") not in center.hall.tickets
