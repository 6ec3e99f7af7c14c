"""What the file adds to the contract: it keeps, it finds damage, it cannot be rewritten, and it says what is wrong."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from queue_protocol.ids import CommandId
from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.journal.records import JournalOrigin
from queue_server.storage.sqlite import ANSWERS_KEPT, FILE, SqliteJournal, connect, last_entry_at
from tests.core.center import DAY
from tests.storage.files import tamper
from tests.storage.journals import ORIGIN, answer, entries_of_a_day, quiet_days

ENTRIES = entries_of_a_day()[:-2]
"""One whole day, still open."""


WRONG_TYPE = "sequence + 1000, center, site, epoch, at, day, kind, body, command_id, 'one', actor, previous_hash, hash"
"""The columns of an event with a word where a number belongs."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / FILE


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    """Lend a journal with a day in it."""
    journal = SqliteJournal(connect(path), ORIGIN)
    journal.append(ENTRIES, [])
    yield journal
    journal.close()


@pytest.mark.parametrize(
    "change",
    [
        "body = CAST(replace(CAST(body AS TEXT), 'A002', 'A003') AS BLOB)",
        "body = CAST(body || ' ' AS BLOB)",
        "at = replace(at, '+00:00', '+00:01')",
        "day = '2026-11-24'",
        "kind = 'ticket_called.1'",
        "actor = 'account:hoa'",
        "command_id = 'command-1'",
        "part = part + 1",
        "center = 'elsewhere'",
        "site = 'elsewhere'",
        "epoch = 2",
        "previous_hash = zeroblob(32)",
        "hash = zeroblob(32)",
    ],
)
def test_one_changed_value_is_found(journal: SqliteJournal, path: Path, change: str) -> None:
    """Whatever column of an entry in the middle is changed behind the journal's back, reading the day finds it."""
    sequence = next(entry.sequence for entry in ENTRIES if "A002" in str(entry.event))
    tamper(path, f"UPDATE event SET {change} WHERE sequence = {sequence}")  # noqa: S608 - the tampering is the test
    with pytest.raises(JournalDamaged):
        list(journal.open_day())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event WHERE sequence = 5",
        "UPDATE event SET sequence = 1000 WHERE sequence = 5",
        "UPDATE event SET body = x'ff' WHERE sequence = 5",
    ],
)
def test_a_missing_or_moved_entry_is_found(journal: SqliteJournal, path: Path, statement: str) -> None:
    """A hole in the chain, an entry in another place, and bytes that are no event are all damage."""
    tamper(path, statement)
    with pytest.raises(JournalDamaged):
        list(journal.open_day())


def test_the_last_entry_cannot_be_cut_off_unseen_while_running(journal: SqliteJournal, path: Path) -> None:
    """The next append does not follow what is left, so it is not taken."""
    tamper(path, f"DELETE FROM event WHERE sequence = {len(ENTRIES)}")  # noqa: S608 - the tampering is the test
    assert journal.head().sequence == len(ENTRIES) - 1
    following = entries_of_a_day()[len(ENTRIES) :]
    with pytest.raises(JournalUnavailable):
        journal.append(following, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'account:hoa' WHERE sequence = 3",
        "DELETE FROM event WHERE sequence = 3",
        "DELETE FROM event",
        "REPLACE INTO event SELECT * FROM event WHERE sequence = 3",
        f"INSERT INTO event SELECT {WRONG_TYPE} FROM event WHERE sequence = 3",  # noqa: S608 - the tampering is the test
    ],
    ids=["update", "delete", "delete all", "replace", "wrong type"],
)
def test_the_table_itself_is_append_only_and_strict(path: Path, journal: SqliteJournal, statement: str) -> None:
    """Not even a statement on the server's own connection changes or removes an entry, or stores another type."""
    assert list(journal.open_day()) == ENTRIES
    connection = connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert list(journal.open_day()) == ENTRIES


def test_all_tables_are_strict(path: Path, journal: SqliteJournal) -> None:
    """Every table of ours refuses values of another type."""
    assert journal.head().sequence
    connection = sqlite3.connect(path)
    tables = dict(connection.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").fetchall())
    connection.close()
    own = {name for name in tables if not name.startswith(("sqlite_", "_"))}
    assert own >= {"event", "answer", "ticket", "account", "session", "device"}
    assert {name for name in own if not tables[name]} == set()


def test_a_commit_is_on_the_disk(path: Path) -> None:
    """Write-ahead log with a full sync at each commit."""
    connection = connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_the_origin_of_a_journal_stays(path: Path, journal: SqliteJournal) -> None:
    """Whoever opens a journal works under the name it was begun with."""
    journal.close()
    again = SqliteJournal(connect(path), JournalOrigin(center="other", site="main", epoch=9))
    assert again.origin == ORIGIN
    again.close()


def test_the_last_instant_is_known_without_reading_a_day(path: Path, journal: SqliteJournal) -> None:
    """A clock can begin where the journal ends; an empty one has no such place."""
    assert journal.head().sequence
    for file, at in ((path, ENTRIES[-1].at), (path.with_name("empty"), None)):
        connection = connect(file)
        assert last_entry_at(connection) == at
        connection.close()


def test_answers_are_dropped_after_seven_days(path: Path) -> None:
    """With the first commit of the eighth day the answers of the first are gone, and younger ones stay."""
    journal = SqliteJournal(connect(path), ORIGIN)
    days = quiet_days(ANSWERS_KEPT.days + 2)
    openings = [days[0], *days[2::2]]
    asked = [CommandId("command-1"), CommandId("command-2")]
    journal.append(days[:1], [answer("command-1", day=DAY.isoformat())])
    journal.append(days[1:3], [answer("command-2", day=(DAY + timedelta(days=1)).isoformat())])
    position = 3
    kept = []
    for opening in openings[2:]:
        journal.append(days[position : opening.sequence], [])
        position = opening.sequence
        kept.append(sorted(journal.stored_answers(asked)))
    journal.close()
    assert kept == [asked] * (ANSWERS_KEPT.days - 1) + [asked[1:]]


def test_another_writer_makes_it_unavailable_and_changes_nothing(
    path: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the file, an append is refused whole; afterwards it is taken."""
    following = entries_of_a_day()[len(ENTRIES) :]
    other = sqlite3.connect(path, isolation_level=None)
    monkeypatch.setattr("queue_server.storage.sqlite.BUSY_MS", 50)
    short = SqliteJournal(connect(path), ORIGIN)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnavailable, match="locked"):
        short.append(following, [answer("command-1")])
    other.execute("ROLLBACK")
    other.close()
    assert short.head() == journal.head()
    assert short.append(following, [answer("command-1")]).sequence == len(ENTRIES) + len(following)
    short.close()


def test_a_full_disk_makes_it_unavailable(journal: SqliteJournal, path: Path) -> None:
    """When the file may not grow, the append says so, leaves nothing, and works once there is room."""
    connection = connect(path)
    small = SqliteJournal(connection, ORIGIN)
    following = entries_of_a_day()[len(ENTRIES) :]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    answers = [answer(f"command-{number}", body=b"x") for number in range(2000)]
    with pytest.raises(JournalUnavailable, match="full"):
        small.append(following, answers)
    assert small.head() == journal.head()
    connection.execute("PRAGMA max_page_count = 100000")
    assert small.append(following, answers).sequence == len(ENTRIES) + len(following)
    small.close()


def test_a_closed_storage_is_unavailable(path: Path) -> None:
    """Everything that is asked of a storage that is gone ends in the one error the service knows."""
    journal = SqliteJournal(connect(path), ORIGIN)
    journal.close()
    for ask in (
        journal.head,
        lambda: journal.append(ENTRIES[:1], []),
        lambda: journal.stored_answers([CommandId("command-1")]),
    ):
        with pytest.raises(JournalUnavailable):
            ask()


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    """A storage that cannot be opened is unavailable, not damaged."""
    with pytest.raises(JournalUnavailable, match="unable to open"):
        connect(tmp_path / "nowhere" / FILE)


@pytest.mark.parametrize("content", [b"this is no database" * 100, bytes(range(256)) * 64])
def test_a_file_that_is_no_database_is_damaged_and_left_alone(path: Path, content: bytes) -> None:
    """Noise is told apart from a storage that does not answer, and not one byte of it is touched."""
    path.write_bytes(content)
    with pytest.raises(JournalDamaged, match="not a database"):
        connect(path)
    assert path.read_bytes() == content
