"""Bits flipped, sectors zeroed, ends cut off in every file of the server: repaired, refused or said, never silent."""

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from queue_protocol.ids import TicketId, ticket_number
from queue_protocol.journal_end import JournalEnd
from queue_server.alive_file import FILE as ALIVE
from queue_server.alive_file import Alive, alive_file
from queue_server.config import StartError
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.series import next_number, split_number
from queue_server.premises import known_marks, open_file
from queue_server.service import Service
from queue_server.storage.chain import verify
from queue_server.storage.journal import JournalDamaged, JournalError, end_of
from queue_server.storage.sqlite import FILE, SqliteJournal
from tests.core.center import KIOSK, MORNING
from tests.inspection.test_restore import Life
from tests.storage.journals import ORIGIN

FILES = (FILE, f"{FILE}-wal", ALIVE)

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Lived:
    """A center whose plug was pulled, and what people outside hold of it."""

    folder: Path
    tickets: frozenset[TicketId]
    """Every one that was acknowledged."""
    heard: JournalEnd
    """What the kiosk has heard last."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Return a center with tickets in its file, in its log, and a last few after its last sign of life."""
    folder = tmp_path_factory.mktemp("lived")
    life = Life(folder / "life")
    life.take(40)
    life.stop()
    life.open()
    life.take(30)
    end = end_of(life.center.hall, ORIGIN, life.journal.head())
    assert end is not None
    alive_file(life.data).write(Alive(at=MORNING, end=end, marks=known_marks(life.data)))
    life.take(3)
    heard = end_of(life.center.hall, ORIGIN, life.journal.head())
    assert heard is not None
    return Lived(life.leave(folder / "left"), frozenset(life.center.hall.tickets), heard)


async def at_once(work: Any, *arguments: object) -> Any:
    """Run what belongs into the writer's thread here and now."""
    return work(*arguments)


def damage(path: Path, chance: Random) -> str:
    """Do to a file what old disks do, and return what it was; what changes nothing is tried again elsewhere."""
    content = path.read_bytes()
    while True:
        place = chance.randrange(len(content))
        kind = chance.choice(("flip", "flip", "zeros", "cut"))
        if kind == "flip":
            changed = content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
        elif kind == "zeros":
            begin = place // SECTOR * SECTOR
            changed = (content[:begin] + bytes(SECTOR) + content[begin + SECTOR :])[: len(content)]
        else:
            changed = content[:place]
        if changed != content:
            path.write_bytes(changed)
            return f"{kind} at {place} of {path.name}"


def start(folder: Path, lived: Lived) -> str:
    """Start on a folder and let the kiosk come; return how that ended, `silent` or `again` for a broken promise."""
    before = {name: (folder / name).read_bytes() for name in FILES}
    try:
        connection = open_file(folder)
    except StartError:
        unchanged = all((folder / name).read_bytes() == content for name, content in before.items())
        return "refused" if unchanged else "refused and changed"
    try:
        service = Service(SqliteJournal(connection, ORIGIN), at_once, lambda: MORNING, lambda _hall, _entries: None)
        asyncio.run(come_back(service, folder, lived))
        return judged(service.hall, folder / FILE, lived)
    except JournalError:
        return "refused"  # what the look before did not read; the composition says it and ends
    finally:
        connection.close()


def judged(hall: Hall, path: Path, lived: Lived) -> str:
    """Return how a server that has started keeps its promises."""
    try:
        verify(path, None, lambda _done, _total: None)
    except JournalDamaged:
        return "said by verify"
    if gives_again(hall, lived.tickets):
        return "again"
    if lived.tickets <= set(hall.tickets):
        return "whole"
    return "said by alarm" if hall.missing else "silent"


async def come_back(service: Service, folder: Path, lived: Lived) -> None:
    """Do what a start does, and let the kiosk say its hello."""
    await service.restore()
    alive = alive_file(folder).read()
    await service.prepare(None, *((alive.at, alive.end) if isinstance(alive, Alive) else ()))
    running = asyncio.create_task(service.run())
    await service.hear_of(lived.heard, KIOSK)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def gives_again(hall: Hall, given: frozenset[TicketId]) -> bool:
    """Say whether the next number of any series is one that was given."""
    counts: dict[str, int] = {}
    for series, count in (split_number(ticket_number(each)) for each in given):
        counts[series] = max(count, counts.get(series, 0))
    following = [next_number(hall, service) for service in catalogue_of(hall).services]
    ahead = [split_number(each) for each in following if each is not None]
    return any(count <= counts.get(series, 0) for series, count in ahead)


@pytest.mark.timeout(3600)
def test_no_damage_is_silent(lived: Lived, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Judged from what was acknowledged: all of it is there, or the start is refused, or staff are told."""
    chance = Random(pytestconfig.getoption("flips"))  # noqa: S311 - weather that can be repeated
    outcomes: Counter[tuple[str, str]] = Counter()
    broken: list[str] = []
    for number in range(pytestconfig.getoption("flips")):
        name = FILES[number % len(FILES)]
        folder = tmp_path / "tried"
        shutil.copytree(lived.folder, folder)
        done = damage(folder / name, chance)
        outcome = start(folder, lived)
        outcomes[name, outcome] += 1
        if outcome not in {"whole", "refused", "said by alarm", "said by verify"}:
            broken.append(f"{outcome}: {done}")
        shutil.rmtree(folder)
    print(*figures(outcomes), sep="\n", file=sys.stderr)  # noqa: T201 - the figures of the note
    assert broken == []
    assert {outcome for _, outcome in outcomes} >= {"whole", "refused", "said by alarm"}


def figures(outcomes: "Counter[tuple[str, str]]") -> Sequence[str]:
    """Return what became of each file, in lines."""
    return [f"{name}: {times} {outcome}" for (name, outcome), times in sorted(outcomes.items())]
