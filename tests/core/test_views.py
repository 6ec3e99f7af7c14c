"""What each screen is shown, as a function of the hall."""

from datetime import timedelta

import pytest

from queue_protocol.commands import (
    MarkNoShow,
    PauseCounter,
    RecallTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    ReprintSlip,
    ResumeCounter,
    StartService,
)
from queue_protocol.ids import DeviceId, TicketId
from queue_protocol.snapshots import Board, Desk, DeviceState, Office, SlipTrouble
from queue_server.core.alarms import Surroundings
from queue_server.core.announcements import SLIP_OVERDUE
from queue_server.core.hall import Hall
from queue_server.core.staff_views import LINE_SHOWN, TROUBLE_SHOWN, desk, office, slips_in_trouble
from queue_server.core.views import board, menu, ticket_page
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    DAY,
    DISPLAY,
    HOA,
    KIOSK,
    LAN,
    LAND,
    MORNING,
    Center,
    account,
    called,
    token,
    with_hours,
    with_policy,
)

A001 = called("A001")


def board_of(center: Center) -> Board:
    """Return the board of this moment."""
    return board(center.hall, center.revision, center.now, None)


def desk_of(center: Center, counter: int | None = 1, presence: Surroundings = Surroundings()) -> Desk:  # noqa: B008 - frozen
    """Return Lan's page of this moment."""
    return desk(center.hall, center.revision, center.now, account(LAN), counter, presence)


def office_of(center: Center, presence: Surroundings = Surroundings()) -> Office:  # noqa: B008 - frozen
    """Return the manager's screen of this moment."""
    return office(center.hall, center.revision, center.now, presence)


def test_the_menu_shows_every_service_with_who_waits() -> None:
    """Services stand in the catalogue's order, each with its line and counters; closed counters promise no wait."""
    center = Center().open(2, HOA)
    center.take()
    center.take()
    shown = menu(center.hall, center.revision, center.now)
    assert shown is not None
    assert (shown.day, shown.revision, shown.now) == (DAY, center.revision, MORNING)
    assert [(card.service, card.waiting, card.counters, card.hue, card.open) for card in shown.services] == [
        (CERTIFICATION, 2, (1, 2), 0, True),
        (CIVIL_STATUS, 0, (1,), 1, True),
        (LAND, 0, (3,), 2, True),
    ]
    assert [card.wait is None for card in shown.services] == [False, True, True]


def test_without_a_day_there_is_no_menu() -> None:
    """Before the first day nothing can be chosen."""
    assert menu(Hall(), Center().revision, MORNING) is None


def test_the_board_shows_five_calls_one_per_ticket_the_newest_first() -> None:
    """A ticket that is recalled moves to the top and stands there once; the sixth call falls off."""
    center = Center(with_policy(recall_gap_s=0, calls_before_no_show=3)).open(1, LAN).open(2, HOA)
    for _ in range(7):
        center.take()
    for _ in range(5):
        center.call(1, LAN)
    center.call(2, HOA)
    assert [call.number for call in board_of(center).calls] == ["A006", "A005", "A004", "A003", "A002"]
    center.do(RecallTicket(ticket=called("A005")), LAN)
    shown = board_of(center).calls
    assert [(call.number, call.kind) for call in shown[:3]] == [
        ("A005", "recall"),
        ("A006", "first"),
        ("A004", "first"),
    ]
    assert len(shown) == 5
    assert shown[0].call == center.revision


def test_the_board_shows_who_is_where() -> None:
    """Each counter with its ticket, its lines and whether it is open."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take()
    center.call(1, LAN)
    assert [(each.counter, each.open, each.number) for each in board_of(center).counters] == [
        (1, True, "A001"),
        (2, True, None),
        (3, False, None),
    ]


def test_the_board_remembers_twelve_who_did_not_come() -> None:
    """The newest no-show first, twelve at most."""
    center = Center().open()
    for _ in range(14):
        center.take()
    while (ticket := center.hall.line(CERTIFICATION)) and center.call():
        center.do(MarkNoShow(ticket=ticket[0].ticket), LAN)
    assert board_of(center).missed == tuple(f"A{number:03}" for number in range(14, 2, -1))


def test_a_desk_without_a_counter_shows_the_choice_and_who_waits() -> None:
    """No ticket for a page that has chosen no counter, or one that is not there; whoever helps there sees all lines."""
    center = Center().open(1, LAN)
    center.take()
    for number in (None, 9):
        shown = desk_of(center, number)
        assert (shown.counter, shown.current, len(shown.line), shown.waiting) == (None, None, 1, 1)
        assert [(each.counter, each.clerk) for each in shown.counters] == [(1, "lan"), (2, None), (3, None)]


def test_a_desk_shows_its_line_in_the_order_of_calling() -> None:
    """Both lines of the counter merged by due time, with priority marked."""
    center = Center().open()
    center.take()
    center.wait(60).take(CIVIL_STATUS)
    center.wait(60).take(priority=True)
    assert [(row.number, row.priority) for row in desk_of(center).line] == [
        ("A002", True),
        ("A001", False),
        ("H001", False),
    ]


def test_a_long_line_is_counted_whole_and_shown_in_part() -> None:
    """The desk lists the first fifty and says how many there are."""
    center = Center().open()
    for _ in range(LINE_SHOWN + 3):
        center.take()
    shown = desk_of(center)
    assert (len(shown.line), shown.waiting) == (LINE_SHOWN, LINE_SHOWN + 3)


def test_a_desk_follows_its_ticket() -> None:
    """From the call over the acknowledgements to the start, the page shows instants and what has been done."""
    center = Center().open()
    center.take()
    center.wait(minutes=5).call()
    current = desk_of(center).current
    assert current is not None
    assert (current.number, current.status, current.calls, current.started_at) == ("A001", "called", 1, None)
    assert (current.issued_at, current.called_at) == (MORNING, center.now)
    assert current.recall_from == center.now + timedelta(seconds=45)
    assert (current.shown, current.spoken) == (False, False)
    first_call = center.now
    center.do(ReportCall(call=center.revision, outcome="spoken"), DISPLAY)
    center.wait(60).do(RecallTicket(ticket=A001), LAN)
    current = desk_of(center).current
    assert current is not None
    assert (current.called_at, current.calls, current.spoken) == (first_call, 2, False)
    center.do(StartService(ticket=A001), LAN)
    current = desk_of(center).current
    assert current is not None
    assert (current.status, current.started_at) == ("serving", center.now)


def test_counters_say_since_when() -> None:
    """Staff see the status at each counter and the instant it began."""
    center = Center().open()
    center.take()
    center.call()
    called_at = center.now
    state = desk_of(center).counters[0]
    assert (state.number, state.status, state.since) == ("A001", "called", called_at)
    center.wait(30).do(StartService(ticket=A001), LAN)
    state = desk_of(center).counters[0]
    assert (state.status, state.since) == ("serving", center.now)
    center.finish(A001, LAN)
    state = desk_of(center).counters[0]
    assert (state.number, state.status, state.since) == (None, None, None)


def test_the_office_sees_each_line_and_who_waits_longest() -> None:
    """The longest wait is by issue, not by due time: a head start hides nobody."""
    center = Center()
    center.take()
    center.wait(60).take(priority=True)
    certification, civil_status, _ = office_of(center).lines
    assert (certification.waiting, certification.longest_since) == (2, MORNING)
    assert (civil_status.waiting, civil_status.longest_since) == (0, None)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("failed", "failed"), ("uncertain", "uncertain"), ("accepted", "accepted"), ("printed", None), (None, None)],
)
def test_a_slip_in_trouble_shows_at_once(outcome: str | None, state: str | None) -> None:
    """Failed and uncertain paper shows as such; printed and still young slips do not."""
    center = Center()
    ticket = center.take(print_at=KIOSK.name)
    if outcome is not None:
        center.do(ReportSlip(ticket=ticket, outcome=outcome), KIOSK)  # type: ignore[arg-type]  # a literal of the table
    assert [trouble.state for trouble in slips_in_trouble(center.hall, center.now)] == (
        [] if state is None else [state]
    )


def test_accepted_slips_stand_behind_the_troubles_and_only_the_latest() -> None:
    """A printer that never answers fills no list: only its five newest slips stand there, after the trouble."""
    center = Center()
    tickets = [center.take(print_at=KIOSK.name) for _ in range(8)]
    for ticket in tickets[:7]:
        center.do(ReportSlip(ticket=ticket, outcome="accepted"), KIOSK)
    center.do(ReportSlip(ticket=tickets[7], outcome="failed"), KIOSK)
    listed = [(trouble.ticket, trouble.state) for trouble in slips_in_trouble(center.hall, center.now)]
    assert listed == [(tickets[7], "failed"), *((ticket, "accepted") for ticket in reversed(tickets[2:7]))]


def test_a_reprint_of_an_accepted_slip_leaves_the_list() -> None:
    """Asked for again it is on its way; what becomes of it is said then."""
    center = Center()
    ticket = center.take(print_at=KIOSK.name)
    center.do(ReportSlip(ticket=ticket, outcome="accepted"), KIOSK)
    center.do(ReprintSlip(ticket=ticket, print_at=DeviceId(KIOSK.name)), LAN)
    assert slips_in_trouble(center.hall, center.now) == ()


def test_a_slip_that_nobody_reports_on_shows_after_a_minute() -> None:
    """Silence is unknown, never fine; a ticket without paper is no trouble."""
    center = Center()
    center.take(print_at=KIOSK.name)
    center.take()
    center.now += SLIP_OVERDUE
    assert slips_in_trouble(center.hall, center.now) == ()
    center.wait(0.001)
    assert slips_in_trouble(center.hall, center.now) == (SlipTrouble(ticket=A001, number="A001", state="unknown"),)


def test_who_is_done_is_no_trouble_any_more() -> None:
    """A ticket that left the hall without paper is not listed; called ones still are."""
    center = Center().open()
    for _ in range(2):
        center.do(ReportSlip(ticket=center.take(print_at=KIOSK.name), outcome="failed"), KIOSK)
    center.call()
    assert len(slips_in_trouble(center.hall, center.now)) == 2
    center.call()
    assert [trouble.number for trouble in slips_in_trouble(center.hall, center.now)] == ["A002"]


def test_troubles_are_bounded_and_the_newest_come_first() -> None:
    """A printer that fails all morning is twenty rows, not two hundred."""
    center = Center()
    for _ in range(TROUBLE_SHOWN + 5):
        center.do(ReportSlip(ticket=center.take(print_at=KIOSK.name), outcome="failed"), KIOSK)
    numbers = [trouble.number for trouble in slips_in_trouble(center.hall, center.now)]
    assert numbers == [f"A{number:03}" for number in range(TROUBLE_SHOWN + 5, 5, -1)]


def test_a_box_that_is_silent_is_unknown() -> None:
    """A printer that was ready counts as unknown once its kiosk is gone, and is what it said while it is here."""
    center = Center(parts=())
    center.do(ReportDevice(part="printer", state="failed", reason="paper_out"), KIOSK)
    device = DeviceId(KIOSK.name)
    here = Surroundings(printing=(device,))
    assert office_of(center, here).devices == (
        DeviceState(device=device, connected=True, printer="failed", speaker=None, reason="paper_out"),
    )
    assert office_of(center).devices == (
        DeviceState(device=device, connected=False, printer="unknown", speaker=None, reason=None),
    )


def test_the_desk_knows_whether_calls_are_heard() -> None:
    """A speaker is ready while one display speaks, failed when it said so, and unknown otherwise."""
    center, display = Center(), DeviceId(DISPLAY.name)
    assert desk_of(center).speaker == "unknown"
    assert desk_of(center, presence=Surroundings(displays=(display,), speaker=display)).speaker == "ready"
    center.do(ReportDevice(part="speaker", state="failed", reason="no_sound"), DISPLAY)
    assert desk_of(center, presence=Surroundings(displays=(display,))).speaker == "failed"
    assert desk_of(center).speaker == "unknown"


def page_states(center: Center, ticket: TicketId) -> tuple[str, int | None, int | None]:
    """Return status, counter and people ahead of a ticket's page."""
    page = ticket_page(center.hall, center.ticket(ticket).token, center.now)
    assert page is not None
    return page.status, page.counter, page.outlook.people_ahead if page.outlook else None


def test_the_page_of_a_ticket_follows_it() -> None:
    """People ahead shrink as others are called; the counter shows while it matters, and no longer."""
    center = Center().open()
    first, second = center.take(), center.take()
    assert page_states(center, second) == ("waiting", None, 1)
    center.call()
    assert page_states(center, first) == ("called", 1, None)
    assert page_states(center, second) == ("waiting", None, 0)
    center.call()
    assert page_states(center, first) == ("finished", None, None)


def test_a_page_is_of_the_open_day_only() -> None:
    """A token of yesterday, or one that never was, opens no page."""
    center = Center()
    yesterdays = center.ticket(center.take()).token
    assert ticket_page(center.midnight().hall, yesterdays, center.now) is None
    assert ticket_page(center.hall, token(1), center.now) is None


def test_the_page_of_a_ticket_knows_whether_its_line_moves() -> None:
    """Nobody is asked to come near while the hall has its break, or no counter of the line is at work."""
    center = Center(with_hours()).at("8:00")

    def moves(ticket: TicketId) -> bool:
        page = ticket_page(center.hall, center.ticket(ticket).token, center.now)
        assert page is not None
        return page.moving

    ticket = center.take()
    assert not moves(ticket)
    center.open()
    assert moves(ticket)
    center.do(PauseCounter(counter=1, reason="break"), LAN)
    assert not moves(ticket)
    center.do(ResumeCounter(counter=1), LAN)
    assert not moves(center.at("12:00").take(by=LAN))
