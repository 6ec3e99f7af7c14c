"""What every feed does, whichever storage its journal is on; run against each of them."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from queue_server.core.events import Entry
from queue_server.journal.feed import Batch, Feed, NotFollowed, Position
from queue_server.journal.port import START, Journal, JournalDamaged, JournalUnavailable, MemoryFeed, MemoryJournal
from queue_server.storage.reading import open_to_read
from queue_server.storage.retention import remove_oldest_day
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from queue_server.storage.sqlite_feed import SqliteFeed
from tests.storage.files import tamper
from tests.storage.journals import ORIGIN, entries_of_a_day, quiet_days

ENTRIES = entries_of_a_day()
LONG_S = 20.0
"""More than any commit takes; a wait that is not ended by one fails its test."""

Followed = tuple[Journal, Feed]


@contextlib.contextmanager
def in_memory(_folder: Path) -> Iterator[Followed]:
    """Lend a journal in memory with its feed."""
    journal = MemoryJournal(ORIGIN)
    yield journal, MemoryFeed(journal)


@contextlib.contextmanager
def in_sqlite(folder: Path) -> Iterator[Followed]:
    """Lend a journal in a file with a feed that reads it on another connection."""
    journal = SqliteJournal(connect(folder / FILE), ORIGIN)
    with contextlib.closing(journal), contextlib.closing(open_to_read(folder / FILE)) as reader:
        yield journal, SqliteFeed(reader, journal.growth)


@pytest.fixture(params=[in_memory, in_sqlite], ids=["memory", "sqlite"])
def followed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Followed]:
    """Lend each kind of journal in turn."""
    with request.param(tmp_path) as lent:
        yield lent


def read(feed: Feed, after: Position, most: int = 1_000) -> Batch:
    """Return what is behind a position that must be followed."""
    batch = feed.read(after, most)
    assert isinstance(batch, Batch)
    return batch


def refusal(feed: Feed, after: Position) -> NotFollowed:
    """Return why a position is not followed."""
    refused = feed.read(after)
    assert isinstance(refused, NotFollowed)
    return refused


class TestFeed:
    """The contract."""

    def test_an_empty_journal_has_nothing_to_follow(self, followed: Followed) -> None:
        """Its beginning is known all the same, and is where a read ends."""
        _, feed = followed
        begin = feed.begin()
        assert begin == Position(ORIGIN.center, ORIGIN.epoch, START.sequence, START.hash)
        assert feed.read(begin) == Batch((), begin)

    def test_all_is_read_in_order_with_the_hash_of_the_last(self, followed: Followed) -> None:
        """What was appended in several transactions comes in the order of the journal, and ends at its head."""
        journal, feed = followed
        for start in range(0, len(ENTRIES), 5):
            head = journal.append(ENTRIES[start : start + 5], [])
        batch = read(feed, feed.begin())
        assert list(batch.entries) == ENTRIES
        assert batch.end == Position(ORIGIN.center, ORIGIN.epoch, head.sequence, head.hash)
        assert feed.read(batch.end) == Batch((), batch.end)

    @pytest.mark.parametrize("most", [1, 7, len(ENTRIES), len(ENTRIES) + 1])
    def test_a_read_is_bounded(self, followed: Followed, most: int) -> None:
        """Part by part, from the end of the part before, one gets each entry once."""
        journal, feed = followed
        journal.append(ENTRIES, [])
        found: list[Entry] = []
        batch = read(feed, feed.begin(), most)
        while batch.entries:
            assert len(batch.entries) <= most
            assert batch.end.sequence == batch.entries[-1].sequence
            found += batch.entries
            batch = read(feed, batch.end, most)
        assert found == ENTRIES

    def test_what_is_committed_later_follows(self, followed: Followed) -> None:
        """A follower that had everything reads what was added, and only that."""
        journal, feed = followed
        journal.append(ENTRIES[:4], [])
        end = read(feed, feed.begin()).end
        journal.append(ENTRIES[4:6], [])
        assert list(read(feed, end).entries) == ENTRIES[4:6]

    def test_an_append_that_failed_is_not_followed(self, followed: Followed) -> None:
        """What was not committed is in no feed, and wakes nobody."""
        journal, feed = followed
        journal.append(ENTRIES[:4], [])
        end = read(feed, feed.begin()).end
        with pytest.raises(JournalUnavailable):
            journal.append([ENTRIES[4], replace(ENTRIES[5], sequence=9)], [])
        assert feed.read(end) == Batch((), end)
        assert not feed.wait(end, 0)

    def test_a_raised_epoch_is_followed(self, followed: Followed) -> None:
        """The history goes on in another epoch; each position says in which one its entry was written."""
        journal, feed = followed
        journal.append(ENTRIES[:2], [])
        end = read(feed, feed.begin()).end
        journal.raise_epoch(4)
        journal.append(ENTRIES[2:4], [])
        batch = read(feed, end)
        assert (end.epoch, list(batch.entries), batch.end.epoch) == (1, ENTRIES[2:4], 4)
        assert feed.begin().epoch == 1

    @pytest.mark.parametrize(
        ("change", "because"),
        [
            ({"center": "elsewhere"}, "other_center"),
            ({"epoch": 2}, "other_history"),
            ({"hash": b"\x01" * 32}, "other_history"),
            ({"sequence": 3}, "other_history"),
            ({"sequence": 0}, "other_history"),
            ({"sequence": len(ENTRIES) + 1}, "other_history"),
        ],
        ids=str,
    )
    def test_a_position_of_another_history_is_refused(
        self, followed: Followed, change: dict[str, object], because: str
    ) -> None:
        """One that differs in anything is not followed; the refusal says where one begins anew."""
        journal, feed = followed
        journal.append(ENTRIES, [])
        known = read(feed, feed.begin(), 4).end
        refused = refusal(feed, replace(known, **change))  # type: ignore[arg-type]  # each change is of its own type
        assert refused == NotFollowed(because, feed.begin())  # type: ignore[arg-type]  # the words of the table above
        assert list(read(feed, refused.begin).entries) == ENTRIES

    def test_a_wait_ends_at_once_when_there_is_more(self, followed: Followed) -> None:
        """A commit between a read and the wait is not missed."""
        journal, feed = followed
        begin = feed.begin()
        journal.append(ENTRIES[:1], [])
        assert feed.wait(begin, 0)
        assert not feed.wait(read(feed, begin).end, 0)

    def test_a_wait_ends_with_the_next_commit(self, followed: Followed) -> None:
        """A follower in another thread is woken, and finds the entry."""
        journal, feed = followed
        end = read(feed, feed.begin()).end
        woken: list[bool] = []
        follower = threading.Thread(target=lambda: woken.append(feed.wait(end, LONG_S)))
        follower.start()
        journal.append(ENTRIES[:1], [])
        follower.join(LONG_S)
        assert woken == [True]
        assert list(read(feed, end).entries) == ENTRIES[:1]


def test_removed_days_are_said_to_be_gone(tmp_path: Path) -> None:
    """Behind a removed entry nothing can be followed; from the last one that was removed on everything can."""
    days = quiet_days(3)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    with in_sqlite(tmp_path) as (journal, feed):
        journal.append(days, [])
        start = feed.begin()
        last_removed = read(feed, start, 2).end
        with contextlib.closing(connect(tmp_path / FILE)) as connection:
            assert remove_oldest_day(connection, date(2026, 11, 24), now) is not None
        assert refusal(feed, start) == NotFollowed("removed", last_removed)
        assert list(read(feed, last_removed).entries) == days[2:]


def test_a_reader_keeps_no_writer_waiting(tmp_path: Path) -> None:
    """Entries are appended between two reads of one follower, and while a feed has just been read."""
    with in_sqlite(tmp_path) as (journal, feed):
        position = feed.begin()
        for entry in ENTRIES:
            journal.append([entry], [])
            batch = read(feed, position)
            assert list(batch.entries) == [entry]
            position = batch.end


@pytest.mark.parametrize(
    "change", ["UPDATE event SET actor = 'account:nobody' WHERE sequence = 9", "DELETE FROM event WHERE sequence = 9"]
)
def test_damage_is_not_handed_on(tmp_path: Path, change: str) -> None:
    """An entry that is not what was written, or not there, ends the read."""
    with in_sqlite(tmp_path) as (journal, feed):
        journal.append(ENTRIES, [])
        tamper(tmp_path / FILE, change)
        with pytest.raises(JournalDamaged, match="entry 9"):
            feed.read(feed.begin())
        assert list(read(feed, feed.begin(), 8).entries) == ENTRIES[:8]


def test_a_file_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    """A follower gets the one error that it knows, not the library's."""
    with in_sqlite(tmp_path) as (_, feed):
        begin = feed.begin()
        asks: list[Callable[[], object]] = [feed.begin, lambda: feed.read(begin)]
    for ask in asks:
        with pytest.raises(JournalUnavailable):
            ask()
