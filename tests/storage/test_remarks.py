"""Notes and comments: beside the journal, written once, and gone for good when they are erased."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from queue_protocol.ids import AccountId, RemarkId, TicketId
from queue_server.storage.chain import verify
from queue_server.storage.rebuilding import rebuild
from queue_server.storage.remarks import Remarks
from queue_server.storage.retention import remove_oldest_day
from queue_server.storage.sqlite import Connection, connect
from tests.core.center import LAN, MANAGER
from tests.storage.files import bytes_of, store
from tests.storage.journals import a_full_day

DAY, NEXT = "2026-11-23", "2026-11-24"
FIRST, SECOND = TicketId("20261123-A001"), TicketId("20261123-A002")
WORDS = "Cụ bà đi xe lăn, mời vào cửa bên"
AT = 1_795_400_000_000
CLERK, HEAD = AccountId(LAN.name), AccountId(MANAGER.name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a day and the beginning of the next."""
    center = a_full_day().midnight()
    center.take(by=LAN)
    return store(tmp_path, center.entries)


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    """Lend the file for writing."""
    connection = connect(path)
    yield connection
    connection.close()


@pytest.fixture
def remarks(connection: Connection) -> Remarks:
    """Lend the rows, with one note."""
    remarks = Remarks(connection)
    assert remarks.add_note(RemarkId("note-one"), FIRST, WORDS, CLERK, AT)
    return remarks


def test_a_note_is_kept_once(remarks: Remarks) -> None:
    """A form that is sent again adds nothing, and another note on the same ticket does."""
    assert remarks.add_note(RemarkId("note-one"), FIRST, "khác", CLERK, AT + 1)
    assert remarks.add_note(RemarkId("note-two"), FIRST, "Thêm một ghi chú", HEAD, AT + 2)
    written = remarks.of_days(DAY, DAY)
    assert [(each.text, each.author, each.at, each.number) for each in written] == [
        (WORDS, CLERK, AT, "A001"),
        ("Thêm một ghi chú", HEAD, AT + 2, "A001"),
    ]


def test_a_note_needs_a_ticket_of_its_own(remarks: Remarks) -> None:
    """A ticket that does not exist has no notes, and a note does not move to another ticket."""
    assert not remarks.add_note(RemarkId("note-new"), TicketId("20261123-Z999"), WORDS, CLERK, AT)
    assert not remarks.add_note(RemarkId("note-one"), SECOND, WORDS, CLERK, AT)
    assert [each.ticket for each in remarks.of_days(DAY, NEXT)] == [FIRST]


def test_a_citizen_says_one_thing_of_a_visit(remarks: Remarks) -> None:
    """A second comment changes nothing, also after the first was erased."""
    assert remarks.add_comment(RemarkId("comment-one"), FIRST, "Rất nhanh", AT)
    assert not remarks.add_comment(RemarkId("comment-two"), FIRST, "Rất chậm", AT)
    remarks.erase(RemarkId("comment-one"), HEAD, AT)
    assert not remarks.add_comment(RemarkId("comment-two"), FIRST, "Rất chậm", AT)
    assert remarks.has_comment(FIRST)
    assert not remarks.has_comment(SECOND)


def test_what_is_erased_is_in_no_file(remarks: Remarks, path: Path) -> None:
    """The words leave the file and its log to the last byte; that they were there, and who erased them, stays."""
    words = WORDS.encode()
    assert any(words in each for each in bytes_of(path.parent).values())
    assert remarks.erase(RemarkId("note-one"), HEAD, AT + 60_000)
    assert not any(words in each for each in bytes_of(path.parent).values())
    erased = remarks.find(RemarkId("note-one"))
    assert erased is not None
    assert (erased.text, erased.author, erased.erased_by, erased.erased_at) == (None, CLERK, HEAD, AT + 60_000)
    assert not remarks.erase(RemarkId("note-one"), CLERK, AT + 90_000)


def test_the_chain_knows_nothing_of_remarks(remarks: Remarks, path: Path, connection: Connection) -> None:
    """Writing and erasing leave the journal whole, and reports that are written anew leave remarks alone."""
    before = verify(path, None, lambda _done, _total: None).head
    remarks.erase(RemarkId("note-one"), HEAD, AT)
    remarks.add_note(RemarkId("note-two"), FIRST, "Ghi chú sau", CLERK, AT)
    assert verify(path, None, lambda _done, _total: None).head == before
    rebuild(connection)
    assert [each.text for each in remarks.of_days(DAY, DAY)] == [None, "Ghi chú sau"]


def test_retention_takes_them_along(remarks: Remarks, connection: Connection, path: Path) -> None:
    """With its day goes what was written on its tickets, to the last byte."""
    remarks.add_note(RemarkId("note-two"), TicketId("20261124-A001"), "Của ngày sau", CLERK, AT)
    assert remove_oldest_day(connection, date(2026, 11, 24), datetime(2028, 12, 1, tzinfo=UTC)) == DAY
    assert [each.text for each in remarks.of_days(DAY, NEXT)] == ["Của ngày sau"]
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not any(WORDS.encode() in each for each in bytes_of(path.parent).values())


def test_the_table_is_the_last_guard(remarks: Remarks, connection: Connection) -> None:
    """No note without an author, no erased row with words."""
    assert remarks.find(RemarkId("note-one")) is not None
    for change in ("author = NULL", "erased_at = 1", "text = NULL", "kind = 'comment'"):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE remark SET {change}")  # noqa: S608 - of this test
