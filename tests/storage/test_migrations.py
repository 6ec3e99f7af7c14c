"""A folder of the first release opens: its tables are brought up to date, its people and boxes stay who they were."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from queue_protocol.ids import AccountId, DeviceId
from queue_server.journal.records import entry_of
from queue_server.storage.accounts import Accounts
from queue_server.storage.chain import verify
from queue_server.storage.migrations import migrations
from queue_server.storage.rebuilding import is_outdated, rebuild
from queue_server.storage.reports import Reports
from queue_server.storage.sqlite import FILE, Connection, connect
from tests.storage.test_records import GOLDEN, golden_rows

FIRST_AFTER_RELEASE = "m004_ticket_periods"
DAY = "2026-11-23"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Lend a file that the first release has left, opened by this one."""
    old = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    old.execute("PRAGMA foreign_keys = ON")
    migrations.apply(Database(old, execute_plugins=False), stop_before=FIRST_AFTER_RELEASE)
    previous = b"\x00" * 32
    for row, own_hash in golden_rows(GOLDEN / "events_v1.jsonl"):
        places = ",".join("?" * (len(row) + 2))
        old.execute(f"INSERT INTO event VALUES ({places})", (*row, previous, own_hash))  # noqa: S608 - question marks
        previous = own_hash
    old.execute(
        "INSERT INTO ticket VALUES"
        " ('20261123-A001', '2026-11-23', 5, 'A001', 'certification', 1, 'kiosk', 'finished', 1, 'hoa', 2,"
        " 'printed', 1795396327456, 1795396331456, 1795396503456, 1795396337456)"
    )
    old.execute(
        "INSERT INTO account (name, role, password) VALUES ('lan', 'clerk', 'one'), ('quanly', 'manager', 'two')"
    )
    old.execute("INSERT INTO session VALUES (x'01', 'lan', 2000)")
    old.execute("INSERT INTO device VALUES ('kiosk-1', 'kiosk', x'02'), ('display-1', 'display', x'03')")
    old.execute("INSERT INTO page_device VALUES (x'04', 'kiosk-1')")
    old.close()
    connection = connect(tmp_path / FILE)
    yield connection
    connection.close()


def test_people_keep_their_roles_and_sessions(connection: Connection) -> None:
    """Each has the one role as one of possibly several, and is still signed in."""
    accounts = Accounts(connection)
    assert {account.name: account.roles for account in accounts.all()} == {"lan": {"clerk"}, "quanly": {"manager"}}
    session = accounts.session(b"\x01", 1000)
    assert session is not None
    assert session.name == "lan"
    assert accounts.set_roles(AccountId("lan"), {"clerk", "greeter"})


def test_boxes_keep_their_keys_and_pages(connection: Connection) -> None:
    """A box and the page that stands for it are let in as before; boxes of the new kind can be added."""
    accounts = Accounts(connection)
    assert accounts.devices() == [("display-1", "display"), ("kiosk-1", "kiosk")]
    assert accounts.device("kiosk-1") == ("kiosk", (b"\x02",))
    assert accounts.lent_to_page(b"\x04") == ("kiosk-1", "kiosk")
    accounts.set_device(DeviceId("kiosk-1"), "kiosk", b"new")
    assert accounts.lent_to_page(b"\x04") is None
    accounts.set_device(DeviceId("web-1"), "web", b"key")


def test_nothing_refers_to_a_table_that_is_gone(connection: Connection) -> None:
    """Tables that were made anew took no reference along."""
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_journal_is_as_it_was(connection: Connection, tmp_path: Path) -> None:
    """The chain holds, and every old row is read."""
    rows = golden_rows(GOLDEN / "events_v1.jsonl")
    assert verify(tmp_path / FILE, rows[-1][1].hex(), lambda _done, _total: None).expected
    assert [entry_of(row).sequence for row, _ in rows] == list(range(1, len(rows) + 1))
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (len(rows),)


def test_reports_of_old_days_are_made_from_the_journal(connection: Connection, tmp_path: Path) -> None:
    """The old rows had no periods; written anew they have."""
    assert is_outdated(connection)
    rebuild(connection)
    reports = Reports(tmp_path / FILE)
    [line] = reports.ledger(DAY).lines
    assert (line.ticket.number, line.ticket.status, line.ticket.slip) == ("A001", "finished", "printed")
    assert [(call.counter, call.clerk) for call in line.calls] == [(line.ticket.counter, "hoa")]
    periods = "SELECT status, clerk FROM ticket_period ORDER BY place"
    assert connection.execute(periods).fetchall() == [("waiting", None), ("called", "hoa")]
    assert [each.issued for each in reports.sums(DAY, DAY)] == [1]
    reports.close()
