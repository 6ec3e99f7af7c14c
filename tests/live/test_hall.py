"""What the screens and boxes of a hall are told by a running server, when they are slow, late, or come back."""

import time
from contextlib import suppress

import pytest

from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement, PrintSlip
from queue_protocol.answers import Done, TicketTaken
from queue_protocol.commands import CallNext, OpenCounter, ReportCall, ReportDevice, ReportSlip, TakeTicket
from queue_protocol.day_commands import ChangeToday, OpeningTime
from queue_protocol.hellos import DisplayHello, Seen
from queue_protocol.ids import DeviceId, Revision, ServiceId, Token
from queue_protocol.snapshots import Board, Desk, Menu, Office
from queue_server.web.access import DEVICE_COOKIE
from tests.core.center import CERTIFICATION, CIVIL_STATUS
from tests.server_in_process import Running, Talk

KIOSK_1 = DeviceId("kiosk-1")


def two_calls(server: Running, displays: list[Talk]) -> list[CallAnnouncement]:
    """Call two people 0.3 s apart at two counters, and return what the first display heard."""
    kiosk, lan, hoa = server.kiosk(prints=False), server.desk("lan", 1), server.desk("hoa", 2)
    kiosk.take(CERTIFICATION)
    kiosk.take(CIVIL_STATUS)
    lan.call_next(1)
    server.clock.wait(seconds=0.3)
    hoa.call_next(2)
    heard = [[display.hear_call(), display.hear_call()] for display in displays]
    assert all(calls == heard[0] for calls in heard)
    return heard[0]


def test_two_calls_in_one_moment_are_two_announcements(server: Running) -> None:
    """Each display hears both calls, each with its counter, in the order in which they were made."""
    calls = two_calls(server, [server.display(), server.display("display-2")])
    assert [(call.number, call.counter) for call in calls] == [("A001", 1), ("H001", 2)]
    assert calls[0].call < calls[1].call
    assert (calls[1].called_at - calls[0].called_at).total_seconds() == pytest.approx(0.3)


def test_a_display_that_comes_back_hears_what_it_has_not_said(server: Running) -> None:
    """By the last call it spoke, by what was acknowledged, and never what is stale."""
    display = server.display(sound=True)
    first, second = two_calls(server, [display])
    display.leave()
    assert server.display(last_spoken=first.call).hear_call() == second
    starting = server.display()
    assert [starting.hear_call(), starting.hear_call()] == [first, second]
    assert starting.ask(ReportCall(call=first.call, outcome="spoken")) == Done()
    assert server.display().hear_call() == second
    assert server.display(last_spoken=second.call).hears_none(CallAnnouncement)
    server.clock.wait(minutes=5, seconds=1)
    assert server.display().hears_none(CallAnnouncement)


def test_a_slow_screen_gets_the_newest_and_no_backlog(server: Running) -> None:
    """Without its receipt a kiosk gets no second menu; with it one that holds all that has happened since."""
    slow, quick = server.kiosk(prints=False), server.kiosk(prints=False)
    slow.sees = False
    first = slow.hear(Menu)
    for _ in range(10):
        quick.take()
    assert slow.hears_none(Menu)
    slow.say(Seen(revision=first.revision))
    newest = slow.hear(Menu)
    assert newest.services[0].waiting == 10
    assert newest.revision.sequence >= first.revision.sequence + 10
    assert slow.hears_none(Menu)


def test_a_kiosk_is_shown_no_more_than_can_be_read(server: Running) -> None:
    """Menus of a rush come five a second, however quickly the kiosk draws, and the last one holds all of it."""
    kiosk, other = server.kiosk(prints=False), server.kiosk(prints=False)
    kiosk.hear(Menu)
    began_s, waiting = time.monotonic(), [0]
    for _ in range(40):
        other.take()
        with suppress(TimeoutError):
            waiting.append(kiosk.hear(Menu, 0.001).services[0].waiting)
    while waiting[-1] < 40:
        waiting.append(kiosk.hear(Menu).services[0].waiting)
    assert waiting == sorted(waiting)
    assert len(waiting) <= (time.monotonic() - began_s) * 5 + 3


def test_a_receipt_of_an_older_snapshot_is_none(server: Running) -> None:
    """Only the revision that is on its way, or a later one, lets the next one go."""
    slow, quick = server.kiosk(prints=False), server.kiosk(prints=False)
    slow.sees = False
    first = slow.hear(Menu)
    quick.take()
    slow.say(Seen(revision=Revision(epoch=0, sequence=first.revision.sequence)))
    assert slow.hears_none(Menu)


def test_a_slow_display_still_hears_every_call(server: Running) -> None:
    """Calls do not wait for a receipt, and none is merged."""
    slow = server.display()
    slow.sees = False
    assert len(two_calls(server, [slow])) == 2


def test_a_slip_reaches_the_kiosk_that_prints_it(server: Running) -> None:
    """Of a ticket issued at a desk: the printing kiosk, not its page, and in the language of the visit."""
    page, kiosk, desk = server.kiosk(prints=False), server.kiosk().with_printer(), server.desk()
    result = desk.ask(
        TakeTicket(service=CERTIFICATION, token=Token("c" * 26), print_at=KIOSK_1, language="en", priority=True)
    )
    order = kiosk.hear(PrintSlip)
    assert isinstance(result, TicketTaken)
    assert order.slip == result
    assert (order.language, order.valid_on, order.address) == ("en", "2026-11-23", None)
    assert page.hears_none(PrintSlip)


def test_a_slip_is_offered_again_until_the_kiosk_knows_it(server: Running) -> None:
    """A kiosk that was away gets it; not when its disk knows it as started, not once reported, not after a minute."""
    server.kiosk().with_printer().leave()
    ticket = server.desk().take(print_at=KIOSK_1).ticket
    server.clock.wait(seconds=59)
    for _ in range(2):
        kiosk = server.kiosk()
        assert kiosk.hear(PrintSlip).slip.ticket == ticket
        kiosk.leave()
    assert server.kiosk(started_slips=(ticket,)).hears_none(PrintSlip)
    assert server.kiosk(prints=False).hears_none(PrintSlip)
    kiosk = server.kiosk()
    assert kiosk.hear(PrintSlip)
    assert kiosk.ask(ReportSlip(ticket=ticket, outcome="printed")) == Done()
    assert server.kiosk().hears_none(PrintSlip)


def test_an_old_slip_is_not_offered_and_shows_at_the_desk(server: Running) -> None:
    """After a minute nobody's paper comes out of the blue; the clerk sees that nothing is known of it."""
    server.kiosk().with_printer().leave()
    ticket = server.desk().take(print_at=KIOSK_1).ticket
    server.clock.wait(seconds=61)
    assert server.kiosk().hears_none(PrintSlip)
    shown = server.desk("hoa", 2).hear(Desk)
    assert [(trouble.ticket, trouble.state) for trouble in shown.slips] == [(ticket, "unknown")]


def speaker_of(talk: Talk, wanted: str | None) -> None:
    """Wait until this display is told that this one speaks."""
    while talk.hear(Board).speaker != wanted:
        pass


def test_exactly_one_display_speaks(server: Running) -> None:
    """Who came first with a loudspeaker; when it fails or leaves, the other; when it is well again, the first."""
    first = server.display("display-1", sound=True)
    speaker_of(first, "display-1")
    second = server.display("display-2", sound=True)
    speaker_of(second, "display-1")
    assert first.ask(ReportDevice(part="speaker", state="failed", reason="no_sound")) == Done()
    speaker_of(second, "display-2")
    assert first.ask(ReportDevice(part="speaker", state="ready")) == Done()
    speaker_of(second, "display-1")
    first.leave()
    speaker_of(second, "display-2")


def page_with_sound(server: Running) -> Talk:
    """Open the page display as the installer does, with the key of a display."""
    page = server.browse("/device", {"device": "display-1", "key": server.key("display-1"), "next": "/display"})
    lent = f"{DEVICE_COOKIE}={page.cookie(DEVICE_COOKIE)}"
    return server.talk(DisplayHello(protocol=PROTOCOL, device=DeviceId("page-1"), sound=True), Cookie=lent)


def test_a_box_speaks_before_a_page(server: Running) -> None:
    """A page that was first gives way to the display that has a key; one without sound never speaks."""
    page = page_with_sound(server)
    silent = server.display("display-2")
    speaker_of(page, "page-1")
    server.display("display-1", sound=True)
    speaker_of(page, "display-1")
    speaker_of(silent, "display-1")


def test_the_call_of_a_speaker_that_went_is_offered_to_the_next_one(server: Running) -> None:
    """Both heard the call, one was to say it and has gone: the other is asked again, and what it says counts."""
    first, second = server.display("display-1", sound=True), server.display("display-2", sound=True)
    speaker_of(second, "display-1")
    kiosk, desk = server.kiosk(prints=False), server.desk()
    kiosk.take()
    desk.call_next()
    call = first.hear_call()
    assert second.hear_call() == call
    first.leave()
    assert second.hear_call() == call
    speaker_of(second, "display-2")
    assert second.ask(ReportCall(call=call.call, outcome="spoken")) == Done()
    while (current := desk.hear(Desk).current) is None or not current.spoken:
        pass


def test_staff_see_boxes_come_and_go(server: Running) -> None:
    """The office knows a kiosk while it is connected, with what it last said of its printer, and not longer."""
    office, kiosk = server.office(), server.kiosk()
    kiosk.ask(ReportDevice(part="printer", state="failed", reason="paper_out"))

    def printer() -> str | None:
        device = next((each for each in office.hear(Office).devices if each.device == "kiosk-1"), None)
        return None if device is None else device.printer

    while printer() != "failed":
        pass
    kiosk.leave()
    while printer() != "unknown":
        pass


def test_the_desk_lists_kiosks_that_print(server: Running) -> None:
    """A slip can be sent to a kiosk that is here and prints; a page kiosk is none."""
    desk, page = server.desk(), server.kiosk(prints=False)
    page.hear(Menu)
    kiosk = server.kiosk()
    while desk.hear(Desk).printers != (KIOSK_1,):
        pass
    kiosk.leave()
    while desk.hear(Desk).printers != ():
        pass


def test_midnight_reaches_the_screens(server: Running) -> None:
    """The first act of a new day shows everybody an empty hall with its date; numbers begin anew."""
    kiosk, desk = server.kiosk(), server.desk()
    kiosk.take()
    desk.ask(OpenCounter(counter=1))
    server.clock.wait(days=1)
    assert kiosk.take().ticket == "20261124-A001"
    while (shown := kiosk.hear(Menu)).day.day != 24:
        pass
    assert shown.services[0].waiting == 1
    assert desk.ask(CallNext(counter=1, after=None))


def test_kiosks_see_the_hour_of_closing(server: Running) -> None:
    """Time alone closes the tiles: a kiosk is told although nothing has happened."""
    kiosk, office = server.kiosk(), server.office()
    office.ask(ChangeToday(sessions=(OpeningTime(opens="07:30", closes="11:30"),)))
    while not (shown := kiosk.hear(Menu)).services[0].open or shown.revision.sequence < 3:
        pass
    server.clock.wait(hours=4)
    while kiosk.hear(Menu).services[0].closed_because != "hours":
        pass


def test_a_clock_that_runs_backwards_is_said(server: Running) -> None:
    """Tickets are issued on, in order; staff are told that the times may be wrong."""
    kiosk, office = server.kiosk(), server.office()
    first = kiosk.take()
    assert office.hear(Office).clock == "fine"
    server.clock.wait(days=-300)
    second = kiosk.take()
    assert second.ticket == "20261123-A002"
    assert second.issued_at >= first.issued_at
    while office.hear(Office).clock != "behind":
        pass
    assert '"clock":"behind"' in server.browse("/health").text


def test_an_unknown_service_is_refused_by_code(server: Running) -> None:
    """A kiosk with an old menu is told so, and goes on."""
    kiosk = server.kiosk()
    refused = kiosk.ask(TakeTicket(service=ServiceId("fishing"), token=Token("d" * 26)))
    assert getattr(refused, "code", None) == "unknown_service"
    assert kiosk.take().number == "A001"
