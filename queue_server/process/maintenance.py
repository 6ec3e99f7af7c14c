"""What a running server does for its own sake: signs of life, the removal of old days, a look at the whole journal."""

import asyncio
import contextlib
import logging
import math
import secrets
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from queue_protocol.journal_end import JournalEnd
from queue_server.engine.service import InWriter, Service
from queue_server.journal.port import JournalError
from queue_server.process.alive_file import Alive, alive_file
from queue_server.process.resources import known_marks
from queue_server.storage.condition import log_of
from queue_server.storage.retention import first_day_kept, remove_oldest_day
from queue_server.storage.sqlite import FILE, Connection, fold

log = logging.getLogger(__name__)

ALIVE_EVERY_S = 5.0
"""How far the known end of a run may be from the true one."""

FOLD_LOOK_S = 10.0
"""Between two looks whether nothing was written since the last one."""

FOLD_WITHIN_S = 300.0
"""What is in the log lies in one place on the disk only: a damaged sector there costs all that came after it. A fold
of a busy hour is some hundred pages: milliseconds, between two commits."""

RETENTION_EVERY_S = 3600.0
"""The day changes once in a day; a PC that is switched off at night still gets to it."""

VERIFY_AFTER_S = 15.0
"""After the start: the boxes have come back, and nobody waits for the disk."""


class LifeSigns:
    """Leaves signs of life in a data folder, and marks the journal's file so that its log is known to be its own."""

    def __init__(self, data: Path, now: Callable[[], datetime], end: Callable[[], JournalEnd | None]) -> None:
        self._path = data / FILE
        self._file = alive_file(data)
        self._now = now
        self._end = end
        self._marks = known_marks(data)
        """Empty until the first fold of a center whose sign of life names none: then every log is taken for its own."""
        self._next_mark = _new_mark()
        self._alive = True
        self._writing = threading.Lock()

    async def stay_alive(self) -> None:
        """Leave a sign of life again and again, and a last one at the end; never ends by itself.

        Each is synced, on a thread of its own: an old disk may take its time.
        """
        try:
            while True:
                await asyncio.to_thread(self.leave, self._now(), self._end())
                await asyncio.sleep(ALIVE_EVERY_S)
        finally:
            self.leave(self._now(), self._end())

    def leave(self, now: datetime, end: JournalEnd | None) -> None:
        """Leave a sign of life; that it cannot be left is said once."""
        with self._writing:
            try:
                self._file.write(Alive(at=now, end=end, marks=self._marks))
            except OSError as error:
                if self._alive:
                    log.warning("no sign of life can be left in %s: %s", self._path.parent, error)
                self._alive = False
            else:
                self._alive = True

    async def fold_log(self, connection: Connection, in_writer: InWriter) -> None:
        """Fold the log into the file at the start, and then at quiet moments; never ends.

        A moment is quiet when no entry came since the last look. A log that waits for one too long is folded anyway.
        """
        folded_s, seen = -math.inf, None
        while True:
            end, now_s = self._end(), asyncio.get_running_loop().time()
            is_quiet = seen == (None if end is None else end.revision)
            seen = None if end is None else end.revision
            if (is_quiet or now_s - folded_s > FOLD_WITHIN_S) and self._log_bytes() and self._alive:
                with contextlib.suppress(JournalError, OSError):  # the next commit says what is wrong with the storage
                    folded_s = now_s if await self._fold(connection, in_writer) else folded_s
            await asyncio.sleep(FOLD_LOOK_S)

    async def _fold(self, connection: Connection, in_writer: InWriter) -> bool:
        """Let the sign of life know the new mark beside the old one before the file gets it; `False`: ask again later.

        The old mark is known from the last fold. The file itself is never opened here: on closing it, the system would
        let go of every lock that SQLite holds on it in this process, and a command beside the server would then take
        the log for its own and remove it.
        """
        if self._marks:
            self._marks = tuple(dict.fromkeys((*self._marks, self._next_mark)))
        await asyncio.to_thread(self.leave, self._now(), self._end())
        if not (self._alive and await in_writer(fold, connection, self._next_mark)):
            return False
        self._marks, self._next_mark = (self._next_mark,), _new_mark()
        return True

    def _log_bytes(self) -> int:
        log_file = log_of(self._path)
        return log_file.stat().st_size if log_file.exists() else 0


def _new_mark() -> int:
    return secrets.randbelow(2**31 - 1) + 1


async def remove_old_days(service: Service, connection: Connection, in_writer: InWriter) -> None:
    """Remove days past retention, one by one, between the commits of commands; never ends.

    The day of the hall decides, which follows no clock that nobody has confirmed.
    """
    while True:
        await asyncio.sleep(RETENTION_EVERY_S)
        with contextlib.suppress(JournalError):  # the next commit says what is wrong with the storage
            while removed := await _remove_one(service, connection, in_writer):
                log.info("the day %s is past retention and was removed", removed)


async def _remove_one(service: Service, connection: Connection, in_writer: InWriter) -> str | None:
    if service.hall.day is None:
        return None
    before = first_day_kept(service.hall.day, service.catalogue.policy.retention_months)
    removed: str | None = await in_writer(remove_oldest_day, connection, before, service.hall.at)
    return removed


async def verify_once(data: Path, on_damage: Callable[[str], None]) -> None:
    """Let another process read what the start did not, and tell `on_damage` what is wrong, in its words."""
    await asyncio.sleep(VERIFY_AFTER_S)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "queue_server", "verify", "--quiet", "--data", str(data)),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    words = said.decode(errors="replace").strip()
    if child.returncode == 1:
        log.error("the journal does not hold: %s", words)
        on_damage(words)
    elif child.returncode:
        log.warning("the journal could not be verified: %s", words)
