"""What is written on tickets: kept and erased in the writer's thread, the notes of the day shown at the desks."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Literal

from queue_protocol.desk_tickets import Note
from queue_protocol.ids import AccountId, RemarkId, TicketId
from queue_server.core.remarks import kept_text
from queue_server.engine.service import InWriter
from queue_server.storage.remarks import Remark, Remarks

NotesOfDay = Mapping[TicketId, tuple[Note, ...]]

Unkept = Literal["empty", "no_ticket", "said_before"]
"""Why a text was not kept: nothing is left of it that may be; no such ticket; the citizen has spoken already."""


class Notebook:
    """Remarks of the center. Each question may raise `StorageError`."""

    def __init__(
        self,
        remarks: Remarks,
        in_writer: InWriter,
        now: Callable[[], datetime],
        today: Callable[[], date | None],
        show: Callable[[NotesOfDay], object],
    ) -> None:
        self._remarks = remarks
        self._in_writer = in_writer
        self._now = now
        self._today = today
        self._show = show
        """Told the notes of the open day whenever they are others."""

    async def open(self) -> None:
        """Show the notes of the open day."""
        day = self._today()
        written = [] if day is None else await self.of_days(day, day)
        notes = sorted((each for each in written if _is_shown(each)), key=attrgetter("ticket", "at"))
        self._show({ticket: tuple(map(_note, group)) for ticket, group in groupby(notes, attrgetter("ticket"))})

    async def add_note(self, remark: RemarkId, ticket: TicketId, text: str, author: AccountId) -> Unkept | None:
        """Keep a note of staff; `None`: it is kept, once for each `remark`."""
        kept = kept_text(text)
        if not kept:
            return "empty"
        known = await self._in_writer(self._remarks.add_note, remark, ticket, kept, author, self._ms())
        await self.open()
        return None if known else "no_ticket"

    async def add_comment(self, remark: RemarkId, ticket: TicketId, text: str) -> Unkept | None:
        """Keep what a citizen says of the visit; `None`: it is kept."""
        kept = kept_text(text)
        if not kept:
            return "empty"
        added = await self._in_writer(self._remarks.add_comment, remark, ticket, kept, self._ms())
        return None if added else "said_before"

    async def has_comment(self, ticket: TicketId) -> bool:
        """Say whether the citizen has said something of the visit."""
        return bool(await self._in_writer(self._remarks.has_comment, ticket))

    async def find(self, remark: str) -> Remark | None:
        """Return a remark; `None`: there is none."""
        found: Remark | None = await self._in_writer(self._remarks.find, RemarkId(remark))
        return found

    async def of_days(self, first: date, last: date) -> list[Remark]:
        """Return what was written on tickets of these local days, both included, the oldest first."""
        found: list[Remark] = await self._in_writer(self._remarks.of_days, first.isoformat(), last.isoformat())
        return found

    async def erase(self, remark: RemarkId, by: AccountId) -> None:
        """Erase the text of a remark for good; one that is not there, or has none, stays as it is."""
        await self._in_writer(self._remarks.erase, remark, by, self._ms())
        await self.open()

    def _ms(self) -> int:
        return int(self._now().timestamp() * 1000)


def _is_shown(remark: Remark) -> bool:
    return remark.kind == "note" and remark.text is not None


def _note(remark: Remark) -> Note:
    at = datetime.fromtimestamp(remark.at / 1000, UTC)
    return Note(note=remark.remark, text=remark.text or "", author=remark.author or AccountId(""), at=at)
