"""What a running server does for its own sake: it leaves signs of life, forgets old days, and looks at its journal."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from queue_server import upkeep
from queue_server.core.catalogue import Catalogue
from queue_server.premises import ALIVE, beat, last_alive
from queue_server.service import Service
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, connect
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


async def test_signs_of_life(tmp_path: Path) -> None:
    """One at once, and the last one when it ends; what was left can be read."""
    moments = iter([NOW, NOW.replace(hour=2)])
    await for_a_moment(upkeep.stay_alive(tmp_path, lambda: next(moments)))
    assert last_alive(tmp_path) == NOW.replace(hour=2)


@pytest.mark.parametrize("content", [None, b"", b"\x00\x00\x00", b"yesterday", b"\xff", b"2026-11-23T08:00:00"])
def test_a_sign_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    """A power cut may leave anything in the file, or none at all."""
    if content is not None:
        (tmp_path / ALIVE).write_bytes(content)
    assert last_alive(tmp_path) is None


def test_a_sign_is_read_as_it_was_left(tmp_path: Path) -> None:
    """To the microsecond, and only the last one."""
    beat(tmp_path, NOW)
    beat(tmp_path, NOW.replace(microsecond=5))
    assert last_alive(tmp_path) == NOW.replace(microsecond=5)


async def test_a_full_disk_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that takes no sign of life fills no log, and stops nothing."""
    monkeypatch.setattr(upkeep, "ALIVE_EVERY_S", 0.001)
    await for_a_moment(upkeep.stay_alive(tmp_path / "nowhere", lambda: NOW))
    assert caplog.text.count("no sign of life can be left") == 1


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
    monkeypatch.setattr(upkeep, "RETENTION_EVERY_S", 0.001)
    service = Service(SqliteJournal(connection, ORIGIN), at_once, lambda: NOW, lambda _hall, _entries: None)
    await service.restore()
    await for_a_moment(upkeep.remove_old_days(service, connection, at_once), 0.5)
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
    monkeypatch.setattr(upkeep, "VERIFY_AFTER_S", 0.0)
    folder = Path(shutil.copytree(sound, tmp_path / "center"))
    if damaged:
        tamper(folder / FILE, "UPDATE event SET actor = 'account:nobody' WHERE sequence = 7")
    told: list[str] = []
    await upkeep.verify_once(folder, told.append)
    expected = f"{folder / FILE} is damaged: entry 7 of 2026-11-23 is not what was written."
    assert told == ([expected] if damaged else [])


async def test_a_verification_ends_with_the_server(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops does not leave its child behind."""
    monkeypatch.setattr(upkeep, "VERIFY_AFTER_S", 0.0)
    told: list[str] = []
    await for_a_moment(upkeep.verify_once(sound, told.append), 0.2)
    assert told == []
