"""What a running server does for its own sake: signs of life, the removal of old days, a look at the whole journal."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from queue_server.premises import beat
from queue_server.service import InWriter, Service
from queue_server.storage.journal import JournalError
from queue_server.storage.retention import first_day_kept, remove_oldest_day
from queue_server.storage.sqlite import Connection

log = logging.getLogger(__name__)

ALIVE_EVERY_S = 5.0
"""How far the known end of a run may be from the true one."""

RETENTION_EVERY_S = 3600.0
"""The day changes once in a day; a PC that is switched off at night still gets to it."""

VERIFY_AFTER_S = 15.0
"""After the start: the boxes have come back, and nobody waits for the disk."""


async def stay_alive(data: Path, now: Callable[[], datetime]) -> None:
    """Leave a sign of life again and again, and a last one at the end; never ends by itself."""
    alive = True
    try:
        while True:
            alive = _beat(data, now(), before=alive)
            await asyncio.sleep(ALIVE_EVERY_S)
    finally:
        _beat(data, now(), before=alive)


def _beat(data: Path, now: datetime, *, before: bool) -> bool:
    """Leave a sign of life, and return whether it could be left; what it could not is said once."""
    try:
        beat(data, now)
    except OSError as error:
        if before:
            log.warning("no sign of life can be left in %s: %s", data, error)
        return False
    return True


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
