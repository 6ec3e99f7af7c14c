"""What a manager reads, held against the events it was written from."""

from datetime import timedelta
from pathlib import Path

import pytest

from queue_protocol.commands import MarkNoShow, RecallTicket, ReportSlip, StartService
from queue_protocol.ids import ServiceId
from queue_server.storage.reports import Reports, ServiceTotal, TicketRow
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.core.center import CERTIFICATION, CIVIL_STATUS, DAY, HOA, KIOSK, LAN, LAND, MORNING, Center, called
from tests.storage.journals import ORIGIN

TODAY = DAY.isoformat()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / FILE


def store(path: Path, center: Center) -> Reports:
    """Write down what has happened, and open the reports on it."""
    journal = SqliteJournal(connect(path), ORIGIN)
    journal.append(center.entries, [])
    journal.close()
    return Reports(path)


def a_morning() -> Center:
    """Return a center in which A001 was served, A002 did not come, H001 is served from its call and L001 waits."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take(print_at=KIOSK.name)
    center.wait(30).take(print_at=KIOSK.name)
    center.wait(30).take(CIVIL_STATUS, priority=False, by=LAN)
    center.take(LAND)
    center.do(ReportSlip(ticket=called("A001"), outcome="printed"), KIOSK)
    center.do(ReportSlip(ticket=called("A002"), outcome="uncertain"), KIOSK)
    center.wait(60).call(1, LAN)
    center.wait(20).do(StartService(ticket=called("A001")), LAN)
    center.call(2, HOA)
    center.wait(100).do(RecallTicket(ticket=called("A002")), HOA)
    center.wait(10).do(MarkNoShow(ticket=called("A002")), HOA)
    center.wait(50).finish(called("A001"), LAN)
    center.serve(1, LAN)
    center.wait(90).finish(called("H001"), LAN)
    return center


def milliseconds(seconds: float) -> int:
    """Return an instant so many seconds after eight, as the tables have it."""
    return round((MORNING + timedelta(seconds=seconds)).timestamp() * 1000)


def test_a_served_ticket_has_its_wait_and_its_service_time(path: Path) -> None:
    """Wait runs from issue to first call, service from start to finish, with who and where."""
    reports = store(path, a_morning())
    assert reports.tickets(TODAY)[0] == TicketRow(
        ticket=called("A001"),
        number="A001",
        service=CERTIFICATION,
        priority=False,
        origin="kiosk",
        status="finished",
        counter=1,
        clerk="lan",
        calls=1,
        slip="printed",
        issued_at=milliseconds(0),
        called_at=milliseconds(120),
        started_at=milliseconds(140),
        ended_at=milliseconds(300),
        wait_s=120,
        service_s=160,
        first_service=CERTIFICATION,
        dossiers=1,
        outcome="done",
        estimated=False,
        start_estimated=False,
        rating=None,
        void_reason=None,
        ended_by="lan",
        copies=0,
        returns=0,
        transfers=0,
    )
    reports.close()


def test_each_ticket_stands_as_far_as_it_has_come(path: Path) -> None:
    """In order of issue: served, not come after two calls, served from the call, still waiting."""
    reports = store(path, a_morning())
    rows = reports.tickets(TODAY)
    assert [(row.number, row.status, row.calls, row.clerk, row.slip, row.wait_s, row.service_s) for row in rows] == [
        ("A001", "finished", 1, "lan", "printed", 120, 160),
        ("A002", "no_show", 2, "hoa", "uncertain", 110, None),
        ("H001", "finished", 1, "lan", "none", 240, 90),
        ("L001", "waiting", 0, None, "none", None, None),
    ]
    assert [row.origin for row in rows] == ["kiosk", "kiosk", "desk", "kiosk"]
    reports.close()


def test_totals_are_over_what_has_come_so_far(path: Path) -> None:
    """Per service: counts by outcome, mean and longest wait, mean service time; nothing where nothing is known."""
    reports = store(path, a_morning())
    assert reports.totals(TODAY) == [
        ServiceTotal(
            service=CERTIFICATION,
            issued=2,
            served=1,
            no_show=1,
            waiting=0,
            wait_mean_s=115,
            wait_longest_s=120,
            service_mean_s=160,
        ),
        ServiceTotal(
            service=CIVIL_STATUS,
            issued=1,
            served=1,
            no_show=0,
            waiting=0,
            wait_mean_s=240,
            wait_longest_s=240,
            service_mean_s=90,
        ),
        ServiceTotal(
            service=LAND,
            issued=1,
            served=0,
            no_show=0,
            waiting=1,
            wait_mean_s=None,
            wait_longest_s=None,
            service_mean_s=None,
        ),
    ]
    reports.close()


def test_rows_agree_with_the_hall(path: Path) -> None:
    """Every ticket of the day stands in the table with the status, calls and slip that the state has."""
    center = a_morning()
    reports = store(path, center)
    assert {(row.ticket, row.status, row.calls, row.slip) for row in reports.tickets(TODAY)} == {
        (ticket.id, ticket.status, ticket.calls, ticket.slip) for ticket in center.hall.tickets.values()
    }
    reports.close()


def test_midnight_expires_who_was_left(path: Path) -> None:
    """Tickets of a closed day that were never done say so, and days are listed the latest first."""
    center = a_morning().midnight()
    center.take(ServiceId("land"))
    reports = store(path, center)
    assert [row.status for row in reports.tickets(TODAY)] == ["finished", "no_show", "finished", "expired"]
    assert reports.days() == ["2026-11-24", "2026-11-23"]
    assert [row.number for row in reports.tickets("2026-11-24")] == ["L001"]
    reports.close()


def test_a_day_without_tickets_is_empty(path: Path) -> None:
    """No rows and no totals, and no day to choose."""
    reports = store(path, Center())
    assert (reports.tickets(TODAY), reports.totals(TODAY), reports.days()) == ([], [], [])
    reports.close()


def test_reports_are_read_while_the_journal_is_written(path: Path) -> None:
    """A reader sees what is committed, at once and without being in the way."""
    journal = SqliteJournal(connect(path), ORIGIN)
    reports = Reports(path)
    center = a_morning()
    for entry in center.entries:
        journal.append([entry], [])
        assert len(reports.tickets(TODAY)) <= 4
    assert len(reports.tickets(TODAY)) == 4
    reports.close()
    journal.close()
