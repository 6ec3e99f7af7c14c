"""Looking after the journal from the command line: verify, replay a day, rebuild reports, remove old days, back up."""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from device_runtime.device_key import read_key
from device_runtime.durable_file import DurableFile, json_file
from queue_server.engine.clock import read_wall
from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.process.arguments import Backup, DayReplay, ReportRebuilding, RetentionRun, StartError, Verification
from queue_server.process.last_backup import LastBackup, note_backup
from queue_server.process.resources import blaming, check_if_stopped, existing_file, open_stopped, start_clock
from queue_server.process.secret_notes import say
from queue_server.storage.chain import Progress, verify
from queue_server.storage.condition import LogOfAnotherFile
from queue_server.storage.copying import UNFINISHED, copy_journal, keep_copy
from queue_server.storage.reading import latest_catalogue
from queue_server.storage.rebuilding import check_reports, rebuild, replay
from queue_server.storage.retention import first_day_kept, remove_oldest_day
from queue_server.storage.sqlite import FILE

DIFFERENCES_SAID = 20
"""More of them say nothing new."""

COPY = "queue-%Y%m%dT%H%M%SZ.sqlite"
"""What a backup is called: the UTC instant of its beginning, so that names sort by age."""

COPIES = "queue-????????T??????Z.sqlite"

KEYS = ".keys"
"""Instead of `.sqlite`: the keys of the boxes beside a copy."""

DEVICE = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""The name of a key file; what is being written, or was laid aside, has a point in it."""

LOWEST_PRIORITY = 19
"""Of a process on Linux: it runs when nobody else wants to."""


def verify_journal(asked: Verification) -> int:
    """Read the whole chain, and say what is wrong and where."""
    path = existing_file(asked.data)
    if asked.quiet and hasattr(os, "nice"):
        os.nice(LOWEST_PRIORITY)
    with blaming(path), showing_progress(quiet=asked.quiet) as progress:
        try:
            check_if_stopped(asked.data)
            found = verify(path, asked.expect, progress)
            check_reports(path)
        except LogOfAnotherFile:
            raise
        except JournalDamaged as error:
            return _complain(f"{path} is damaged: {error}.")
    if not found.expected:
        return _complain(f"{path} holds together, but {asked.expect} is the hash of none of its entries.")
    if not asked.quiet:
        since = f" after entry {found.anchor.sequence}, up to which days were removed," if found.anchor.sequence else ""
        say(f"{found.head.sequence - found.anchor.sequence} entries{since} are what was written")
        say(f"head {found.head.hash.hex()}")
    return 0


def replay_day(asked: DayReplay) -> int:
    """Live through a day again, and say in what the reports differ."""
    path, day = existing_file(asked.data), asked.day.isoformat()
    with blaming(path):
        try:
            replayed = replay(path, day)
        except JournalDamaged as error:
            return _complain(f"{path} is damaged: {error}.")
    if not replayed.entries:
        raise StartError(f"The journal in {asked.data} does not have the day {day}.")
    for difference in replayed.differences[:DIFFERENCES_SAID]:
        _complain(difference)
    if replayed.differences:
        return _complain(f"{day}: {len(replayed.differences)} differences. rebuild-reports makes the reports anew.")
    say(f"{day}: {replayed.entries} entries lead to the same reports")
    return 0


def rebuild_reports(asked: ReportRebuilding) -> int:
    """Write all rows of reports anew; interrupted, nothing has changed."""
    with open_stopped(asked.data) as connection, showing_progress() as progress, blaming(asked.data / FILE):
        entries = rebuild(connection, progress)
    say(f"reports were made anew from {entries} entries")
    return 0


def remove_old_days(asked: RetentionRun) -> int:
    """Remove what the policy keeps no longer."""
    removed: list[str] = []
    with open_stopped(asked.data) as connection, blaming(asked.data / FILE):
        catalogue = latest_catalogue(connection)
        if catalogue is None:
            raise StartError(f"The center in {asked.data} has no catalogue yet; start it once.")
        now = start_clock(asked.data, connection).now()
        before = first_day_kept(now.date(), catalogue.policy.retention_months)
        while day := remove_oldest_day(connection, before, now):
            removed.append(day)
    say(f"removed {len(removed)} days, from {removed[0]} to {removed[-1]}" if removed else "no day is past retention")
    return 0


def back_up(asked: Backup) -> int:
    """Copy the file, check the copy, and remove the oldest copies; one that does not hold is not kept."""
    path = existing_file(asked.data)
    began_at = read_wall()
    finished = asked.to / began_at.strftime(COPY)
    unfinished = finished.with_name(f"{finished.name}{UNFINISHED}")
    _check_room(path, asked.to)
    try:
        with showing_progress(unit=" pages") as progress:
            copy_journal(path, unfinished, progress)
        with showing_progress() as progress:
            head = keep_copy(unfinished, finished, progress)
        if asked.with_keys:
            copied_keys(finished).write(_keys(asked.data))
        note_backup(asked.data, LastBackup(at=began_at, path=str(finished), sequence=head.sequence))
        _remove_copies(asked)
    except JournalDamaged as error:
        return _complain(f"{path} cannot be copied whole: {error}. Earlier copies stay; ask verify what is wrong.")
    except (JournalUnavailable, OSError) as error:
        raise StartError(
            f"{path} could not be copied to {asked.to}: {error}. Earlier copies stay; mend the disk, then try again."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    say(f"{finished} holds all up to entry {head.sequence}")
    say(f"head {head.hash.hex()}")
    return 0


def copied_keys(copy: Path) -> DurableFile[dict[str, str]]:
    """Return the file beside a copy that has the key of each box by its name, where they were asked for."""
    return json_file(copy.with_suffix(KEYS), dict[str, str])


def _keys(data: Path) -> dict[str, str]:
    """Return the keys that lie in the folder; a damaged one is left out, and said in the log."""
    found = {path.name: read_key(path) for path in sorted((data / "keys").glob("*")) if DEVICE.fullmatch(path.name)}
    return {name: key for name, key in found.items() if key is not None}


def _check_room(path: Path, to: Path) -> None:
    """Raise `StartError` where a copy has no place; a disk that is not plugged in must not become a folder."""
    if not to.is_dir():
        raise StartError(f"There is no folder {to}. Make it, or plug in the disk that it is on; then try again.")
    needed, free = path.stat().st_size, shutil.disk_usage(to).free
    if free < needed:
        raise StartError(
            f"A copy needs {needed >> 20} MB and {to} has {free >> 20} MB left. Make room, or name another folder."
        )


def _remove_copies(asked: Backup) -> None:
    """Remove what was cut off and all but the newest copies, and nothing else that lies there."""
    cut_off = asked.to.glob(COPIES + UNFINISHED)
    for old in [*cut_off, *sorted(asked.to.glob(COPIES))[: -asked.keep]]:
        old.unlink(missing_ok=True)
        old.with_suffix(KEYS).unlink(missing_ok=True)


@contextlib.contextmanager
def showing_progress(unit: str = " entries", *, quiet: bool = False) -> Iterator[Progress]:
    """Lend what shows how far a long run is, where there is a terminal to show it on."""
    with tqdm(unit=unit, disable=True if quiet else None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _complain(line: str) -> int:
    """Say what is not as it should be, and return the exit status for that."""
    print(line, file=sys.stderr)  # noqa: T201 - the answer to the person who asked
    return 1
