"""What a running server does for its own sake: it leaves signs of life, forgets old days, and looks at its journal."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from queue_protocol.ids import Revision
from queue_protocol.journal_end import JournalEnd
from queue_server.core.catalogue import Catalogue
from queue_server.engine.service import Service
from queue_server.process import maintenance
from queue_server.process.alive_file import FILE as ALIVE
from queue_server.process.alive_file import Alive, alive_file, look_alive
from queue_server.process.resources import known_marks
from queue_server.storage.condition import mark_of
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, connect, fold
from tests.core.center import CATALOGUE, Center
from tests.storage.files import ask, store, tamper
from tests.storage.journals import ORIGIN, a_full_day

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def at_once(work: Any, *arguments: object) -> Any:
    """Run what belongs into the writer's thread here and now."""
    return work(*arguments)


async def for_a_moment(work: Any, seconds: float = 0.05) -> None:
    """Let something run that never ends by itself, and end it."""
    task = asyncio.create_task(work)
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def end(sequence: int) -> JournalEnd:
    """Return an end of the journal."""
    revision = Revision(epoch=1, sequence=sequence)
    return JournalEnd(center="baoha", revision=revision, hash=f"{sequence:064x}", at=NOW, day=NOW.date())


async def test_signs_of_life(tmp_path: Path) -> None:
    """One at once, and the last one when it ends, with where the journal ended then; what was left can be read."""
    moments = iter([NOW, NOW.replace(hour=2)])
    ends = iter([end(3), end(5)])
    await for_a_moment(maintenance.LifeSigns(tmp_path, lambda: next(moments), lambda: next(ends)).stay_alive())
    assert look_alive(tmp_path) == Alive(at=NOW.replace(hour=2), end=end(5))


@pytest.mark.parametrize("content", [None, b"", b"\x00\x00\x00", b"yesterday", b"\xff", b"2026-11-23T08:00:00"])
def test_a_sign_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    """A power cut of version 0.1 may have left anything in the file, or none at all."""
    if content is not None:
        (tmp_path / ALIVE).write_bytes(content)
    assert look_alive(tmp_path) is None


def test_no_bit_of_a_sign_changes_unseen(tmp_path: Path) -> None:
    """A sign with a flipped bit is none: it moves neither the clock nor the numbers."""
    alive_file(tmp_path).write(Alive(at=NOW, end=end(5), marks=(7,)))
    sound = (tmp_path / ALIVE).read_bytes()
    for place in range(len(sound) * 8):
        flipped = bytearray(sound)
        flipped[place // 8] ^= 1 << place % 8
        (tmp_path / ALIVE).write_bytes(flipped)
        assert look_alive(tmp_path) is None


def test_the_sign_of_the_first_version_is_read(tmp_path: Path) -> None:
    """It held an instant and nothing else."""
    (tmp_path / ALIVE).write_text(NOW.isoformat(), encoding="ascii")
    assert look_alive(tmp_path) == Alive(at=NOW)


async def test_a_full_disk_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that takes no sign of life fills no log, and stops nothing."""
    monkeypatch.setattr(maintenance, "ALIVE_EVERY_S", 0.001)
    await for_a_moment(maintenance.LifeSigns(tmp_path / "nowhere", lambda: NOW, lambda: None).stay_alive())
    assert caplog.text.count("no sign of life can be left") == 1


def log_size(folder: Path) -> int:
    """Return how many bytes are in the log beside the journal."""
    return (folder / f"{FILE}-wal").stat().st_size


async def test_the_log_is_folded_at_the_start_and_at_quiet_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while entries come, and then with a new mark, of which the sign of life knows."""
    monkeypatch.setattr(maintenance, "FOLD_LOOK_S", 0.02)
    connection = connect(store(tmp_path, ()))
    journal, entries = SqliteJournal(connection, ORIGIN), a_full_day().entries
    ends = iter(range(1, 1000))
    is_busy = True
    alive_file(tmp_path).write(Alive(at=NOW, marks=(0,)))
    signs = maintenance.LifeSigns(tmp_path, lambda: NOW, lambda: end(next(ends) if is_busy else 0))
    journal.append(entries[:3], [])
    folding = asyncio.create_task(signs.fold_log(connection, at_once))
    while log_size(tmp_path):
        await asyncio.sleep(0.01)
    first = known_marks(tmp_path)
    journal.append(entries[3:6], [])
    await asyncio.sleep(0.2)
    assert log_size(tmp_path) > 0
    is_busy = False
    while log_size(tmp_path):
        await asyncio.sleep(0.01)
    assert mark_of(tmp_path / FILE) == known_marks(tmp_path)[1]
    assert first[1] == known_marks(tmp_path)[0]
    folding.cancel()
    await asyncio.gather(folding, return_exceptions=True)
    journal.close()


async def test_a_reader_does_not_keep_the_writer_waiting(tmp_path: Path) -> None:
    """A log that a long report reads is folded later."""
    connection = connect(store(tmp_path, a_full_day().entries[:3]))
    with contextlib.closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM event").fetchone()
        SqliteJournal(connection, ORIGIN).append(a_full_day().entries[3:6], [])
        assert not fold(connection, 1)
        reading.execute("COMMIT")
    assert fold(connection, 2)
    assert mark_of(tmp_path / FILE) == 2
    connection.close()


def short(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the shortest retention."""
    return msgspec.structs.replace(catalogue, policy=msgspec.structs.replace(catalogue.policy, retention_months=1))


def forty_days() -> Center:
    """Return a center of one month's memory after forty quiet days."""
    center = Center(short(CATALOGUE))
    for _ in range(40):
        center.midnight()
    return center


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Lend the file of forty days."""
    connection = connect(store(tmp_path, forty_days().entries))
    yield connection
    connection.close()


async def test_old_days_go_while_the_server_runs(
    tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that are past retention in one go, and the journal goes on."""
    monkeypatch.setattr(maintenance, "RETENTION_EVERY_S", 0.001)
    service = Service(SqliteJournal(connection, ORIGIN), at_once, lambda: NOW)
    await service.restore()
    await for_a_moment(maintenance.remove_old_days(service, connection, at_once), 0.5)
    [(first,)] = ask(tmp_path / FILE, "SELECT min(day) FROM event")
    assert service.hall.day is not None
    assert (first, service.hall.day.isoformat()) == ("2026-12-02", "2027-01-02")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a journal that holds."""
    folder = tmp_path_factory.mktemp("sound")
    store(folder, a_full_day().entries)
    return folder


@pytest.mark.parametrize("damaged", [False, True])
async def test_the_journal_is_verified_in_the_background(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, damaged: bool
) -> None:
    """Another process reads it all; only damage is told, in one sentence."""
    monkeypatch.setattr(maintenance, "VERIFY_AFTER_S", 0.0)
    folder = Path(shutil.copytree(sound, tmp_path / "center"))
    if damaged:
        tamper(folder / FILE, "UPDATE event SET actor = 'account:nobody' WHERE sequence = 7")
    told: list[str] = []
    await maintenance.verify_once(folder, told.append)
    expected = f"{folder / FILE} is damaged: entry 7 of 2026-11-23 is not what was written."
    assert told == ([expected] if damaged else [])


async def test_a_verification_ends_with_the_server(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops does not leave its child behind."""
    monkeypatch.setattr(maintenance, "VERIFY_AFTER_S", 0.0)
    told: list[str] = []
    await for_a_moment(maintenance.verify_once(sound, told.append), 0.2)
    assert told == []
