"""`restore`: a center goes on from a backup, or from what holds of a data folder. What was there before is laid aside.

Nothing is replaced before the new file is whole, verified and ready: until then an interrupted restore has changed
nothing, and it can be asked for again.
"""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from device_runtime.durable_file import Damaged, sync_folder
from queue_server.cli.journal import COPIES, copied_keys, showing_progress
from queue_server.core.calendar import local_day
from queue_server.core.days import note_outage, open_day
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.missing_entries import entries_restored
from queue_server.engine.transaction import SYSTEM, Draft
from queue_server.journal.port import Head, JournalDamaged, JournalError, end_of
from queue_server.journal.records import JournalOrigin
from queue_server.process.alive_file import FILE as ALIVE
from queue_server.process.alive_file import Alive, alive_file, look_alive
from queue_server.process.arguments import Restoration, StartError
from queue_server.process.first_access import let_boxes_of_this_folder_in
from queue_server.process.resources import known_marks, lock_folder, start_clock
from queue_server.process.secret_notes import say
from queue_server.storage.accounts import Accounts
from queue_server.storage.chain import verify
from queue_server.storage.copying import UNFINISHED, copy_what_holds
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, connect, fold

ASIDE = "before-restore-%Y%m%dT%H%M%SZ"
"""The folder, inside the data folder, with what a restore has replaced: the UTC instant of the restore."""

BESIDE = ("-wal", "-shm")
"""Behind the name of the journal's file: what SQLite keeps beside it."""


@dataclass(frozen=True, slots=True)
class _Restored:
    """A center that is ready to go on."""

    source: Path
    held_until: datetime
    """When the last entry of the backup was written."""
    zone: ZoneInfo | None
    alive: Alive


def restore(asked: Restoration) -> int:
    """Let a center go on from a backup, and say what is known of the time since.

    Raises `StartError`; then nothing was changed.
    """
    with lock_folder(asked.data):
        unfinished = asked.data / f"{FILE}{UNFINISHED}"
        try:
            restored = _prepare(asked, unfinished)
            aside = _lay_aside(asked.data, restored.alive.at)
            unfinished.replace(asked.data / FILE)
            sync_folder(asked.data)
            alive_file(asked.data).write(restored.alive)
        except (JournalError, OSError) as error:
            raise StartError(
                f"{asked.source} could not be restored to {asked.data}: {error}. Name another backup, or mend what is "
                "said here; then ask for the restore again."
            ) from error
        finally:
            _remove(unfinished)
    _tell(asked.data, restored, aside)
    return 0


def _prepare(asked: Restoration, unfinished: Path) -> _Restored:
    """Copy the newest backup that holds, and make it ready to go on. Raises `JournalError`, `OSError`, `StartError`."""
    complaints: list[str] = []
    for source in _sources(asked.source):
        _remove(unfinished)
        try:
            copy_what_holds(source, unfinished, known_marks(source.parent))
            with showing_progress() as progress:
                verify(unfinished, None, progress)
            with contextlib.closing(connect(unfinished)) as connection:
                return _go_on(connection, asked.data, source)
        except JournalDamaged as error:
            complaints.append(f"{source}: {error}")
    if complaints:
        raise JournalDamaged("; ".join(complaints))
    raise StartError(
        f"There is no backup in {asked.source}. Name a file like queue-20261123T100000Z.sqlite, the folder that holds "
        "such files, or a data folder."
    )


def _sources(named: Path) -> Iterator[Path]:
    """Yield what to try, the best first: the file, the journal of a data folder, or the copies in a folder by age."""
    if named.is_dir():
        journal = named / FILE
        yield from [journal] if journal.exists() else sorted(named.glob(COPIES), reverse=True)
    elif named.exists():
        yield named


def _go_on(connection: Connection, data: Path, source: Path) -> _Restored:
    """Open the day or go on with it, in an epoch of its own, and let the boxes of this folder in."""
    journal = SqliteJournal(connection, JournalOrigin("", "", 0))
    hall = Hall()
    for entry in journal.open_day():
        hall = evolve(hall, entry)
    known = look_alive(data)
    end = known.end if known is not None and known.end is not None else None
    if end is not None and (
        end.center != journal.origin.center or journal.leads_to(Head(end.revision.sequence, bytes.fromhex(end.hash)))
    ):
        end = None
    journal.raise_epoch(1 + max(journal.origin.epoch, 0 if end is None else end.revision.epoch))
    now = max(start_clock(data, connection).now(), hall.at)
    draft = Draft(hall, now)
    if hall.catalogue is not None:
        today = local_day(hall.catalogue, now)
        if hall.day == today:
            draft.happen(SYSTEM, None, note_outage(hall, None if known is None else known.at, now))
        draft.happen(SYSTEM, None, open_day(draft.hall, today))
        draft.happen(SYSTEM, None, entries_restored(draft.hall, end, hall.sequence, hall.at, now))
    head = journal.append(draft.entries, [])
    keys = copied_keys(source).look()
    if isinstance(keys, Damaged):
        say(f"{keys}; the first boxes of this PC get new keys, others need one from: device NAME")
    let_boxes_of_this_folder_in(data, Accounts(connection), keys if isinstance(keys, dict) else {})
    mark = secrets.randbelow(2**31 - 1) + 1
    fold(connection, mark)
    alive = Alive(at=now, end=end_of(draft.hall, journal.origin, head), marks=(mark,))
    zone = None if hall.catalogue is None else ZoneInfo(hall.catalogue.time_zone)
    return _Restored(source, hall.at, zone, alive)


def _lay_aside(data: Path, at: datetime) -> Path | None:
    """Move what the restore replaces into a folder with its time, and return that; `None`: there was nothing.

    The sign of life is copied: as long as it lies there, no start takes the folder for that of a new center.
    """
    there = [path for name in ("", *BESIDE) if (path := data / f"{FILE}{name}").exists()]
    alive = data / ALIVE
    if not there and not alive.exists():
        return None
    folder = data / at.strftime(ASIDE)
    folder.mkdir(mode=0o700)
    if alive.exists():
        shutil.copy2(alive, folder / ALIVE)
    for path in there:
        path.replace(folder / path.name)
    sync_folder(folder)
    return folder


def _remove(unfinished: Path) -> None:
    for beside in ("", *BESIDE):
        with contextlib.suppress(OSError):
            unfinished.with_name(f"{unfinished.name}{beside}").unlink(missing_ok=True)


def _tell(data: Path, restored: _Restored, aside: Path | None) -> None:
    held, now = (
        f"{each.astimezone(restored.zone):%H:%M on %Y-%m-%d}" for each in (restored.held_until, restored.alive.at)
    )
    say(f"{data} goes on from {restored.source}, which knows all up to {held}")
    if aside is not None:
        say(f"what was there before lies in {aside}")
    say(f"slips given from then until {now} may be unknown: ask people to show their slips to staff")
    say("kiosks that kept their folder tell of theirs by themselves; now start the center")
