"""The condition of the server's PC, looked at now: whether the disk takes a commit, how full it is, what is not copied.

`/health` asks for it, and a work beside the pages looks every few seconds, so that staff see what nobody asks about.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from queue_protocol.ids import DeviceId
from queue_server.core.alarms import Surroundings
from queue_server.engine.clock import Clock
from queue_server.engine.service import InWriter, Service
from queue_server.journal.port import JournalError
from queue_server.storage.accounts import DeviceRole, StorageError

LOOK_EVERY_S = 10.0
"""Staff learn of a full disk before the next person touches the kiosk, and an idle server syncs six times a minute."""

FRESH_S = 1.0
"""A look younger than this answers whoever asks: strangers who ask for `/health` without end cost one sync a second."""

DISK_LOW_MB = 500
"""A busy center writes 20 MB a day; below this a month is left, or something else fills the disk."""

WAITED_FOR: frozenset[DeviceRole] = frozenset({"kiosk", "display"})
"""Boxes that stand in the hall. A page that books from outside comes and goes."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found."""

    at_s: float
    """By the loop's clock."""
    writable: bool
    commit_ms: int
    loop_ms: int
    """How long the loop let a ready task wait."""
    disk_free_mb: int | None
    """`None`: the folder cannot be asked."""


@dataclass(slots=True)
class Condition:
    """Looks, and remembers since when something is not as it should be."""

    service: Service
    clock: Clock
    data: Path
    in_writer: InWriter
    devices: Callable[[], Sequence[tuple[DeviceId, DeviceRole]]]
    """Every box that has a key; runs in the writer's thread."""
    copied_at: Callable[[], datetime | None]
    """When the center was copied whole last; runs in the writer's thread."""
    started_at: datetime
    disk_low_since: datetime | None = None
    boxes: tuple[DeviceId, ...] = ()
    """Those that are waited for in the hall."""
    copied: datetime | None = None
    latest: Looked | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> Looked:
        """Return what is so now; looks of one moment are one."""
        async with self._looking:
            loop = asyncio.get_running_loop()
            if self.latest is None or loop.time() - self.latest.at_s > FRESH_S:
                self.latest = await self._measure()
            return self.latest

    async def watch(self) -> None:
        """Look again and again; never ends."""
        while True:
            await self.look()
            with contextlib.suppress(StorageError, JournalError):
                known = await self.in_writer(self.devices)
                self.boxes = tuple(name for name, role in known if role in WAITED_FOR)
                self.copied = await self.in_writer(self.copied_at)
            await asyncio.sleep(LOOK_EVERY_S)

    def around(self, around: Surroundings, left_at: dict[DeviceId, datetime]) -> Surroundings:
        """Return what is around the hall with the condition of the PC and the boxes that are missing."""
        return replace(
            around,
            expected={each: left_at.get(each) for each in self.boxes if each not in around.connected},
            started_at=self.started_at,
            unwritable_since=self.service.unwritable_since,
            disk_low_since=self.disk_low_since,
            disk_free_mb=0 if self.latest is None or self.latest.disk_free_mb is None else self.latest.disk_free_mb,
            copied_at=self.copied,
        )

    async def _measure(self) -> Looked:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(0)
        turned = loop.time()
        writable = await self.service.try_storage()
        done = loop.time()
        free_mb = _free_mb(self.data)
        is_low = free_mb is not None and free_mb < DISK_LOW_MB
        self.disk_low_since = (self.disk_low_since or self.clock.now()) if is_low else None
        return Looked(
            at_s=done,
            writable=writable,
            commit_ms=round(1000 * (done - turned)),
            loop_ms=round(1000 * (turned - began)),
            disk_free_mb=free_mb,
        )


def _free_mb(data: Path) -> int | None:
    try:
        return shutil.disk_usage(data).free // 2**20
    except OSError:
        return None
