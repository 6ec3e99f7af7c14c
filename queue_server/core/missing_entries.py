"""Decisions about a journal that has lost its end: what is said of it, and the numbers that are not given again.

The same for a damaged log, a backup that was restored, and a server that another one has left behind.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from queue_protocol.answers import Done, Facts
from queue_protocol.journal_end import JournalEnd
from queue_protocol.snapshots import Alarm, SlipsToCheck
from queue_server.core.calendar import day_begins
from queue_server.core.decision import Actor, Deciders, Decision
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.loss_events import EntriesMissing
from queue_server.core.permissions import NoteJournalEnd


def entries_lost(hall: Hall, end: JournalEnd, after: int, since: datetime) -> tuple[EntriesMissing, ...]:
    """Return what follows from an end to which this journal does not lead: nothing when it is known already.

    `after` and `since`: the last entry that is there for certain. Where a loss was noted today, that one's counts.
    """
    if _is_covered(hall, end):
        return ()
    before = hall.missing[0] if hall.missing else None
    return (
        EntriesMissing(
            because="lost",
            after=after if before is None else before.after,
            through=end.revision,
            since=since if before is None else before.since,
            until=max(end.at, since),
            day=end.day,
            numbers=end.numbers,
        ),
    )


def entries_restored(
    hall: Hall, end: JournalEnd | None, after: int, since: datetime, now: datetime
) -> tuple[EntriesMissing, ...]:
    """Return what a restore leaves to be known: until now, any number may have been given.

    `after` and `since`: the last entry of the backup. `end`: the latest one that anybody has heard of.
    """
    day = hall.day if end is None else end.day
    if day is None:
        return ()
    return (
        EntriesMissing(
            because="restored",
            after=after,
            through=None if end is None else end.revision,
            since=since,
            until=now,
            day=day,
            numbers={} if end is None else end.numbers,
        ),
    )


def loss_alarms(hall: Hall) -> Iterator[Alarm]:
    """Yield one alarm for what the journal has lost: the widest span in which slips of today may be unknown."""
    if not hall.missing:
        return
    lost = [each.through.sequence - each.after for each in hall.missing if each.through is not None]
    facts: Facts = {"began_at": _since(hall).isoformat(), "entries": max(lost, default=0)}
    restored = any(each.because == "restored" for each in hall.missing)
    kind: Literal["journal_restored", "entries_missing"] = "journal_restored" if restored else "entries_missing"
    yield Alarm(kind=kind, at=_until(hall), facts=facts)


def slips_to_check(hall: Hall) -> SlipsToCheck | None:
    """Return the span of today in which slips may have been given that the journal does not know; `None`: in none."""
    if not hall.missing or _until(hall) <= _since(hall):
        return None
    return SlipsToCheck(since=_since(hall), until=_until(hall))


def _since(hall: Hall) -> datetime:
    """Return when the first loss began, or today's beginning: slips of the day before are good for nothing."""
    return max(hall.missing[0].since, day_begins(catalogue_of(hall), hall.day or hall.missing[0].day))


def _until(hall: Hall) -> datetime:
    return max(each.until for each in hall.missing)


def _is_covered(hall: Hall, end: JournalEnd) -> bool:
    """Say whether this end was told of before, and none of its numbers can be given again."""
    told = any(each.through is not None and each.through >= end.revision for each in hall.missing)
    same_day = [each.numbers for each in hall.missing if each.day == end.day]
    known = [dict(hall.issued)] if end.day == hall.day else same_day
    given_before = hall.day is not None and end.day < hall.day
    counts = end.numbers.items()
    return told and (given_before or all(any(each.get(series, 0) >= n for each in known) for series, n in counts))


def _note_end(hall: Hall, order: NoteJournalEnd, _actor: Actor, _now: datetime) -> Decision:
    return Decision(entries_lost(hall, order.end, order.after, order.since), Done())


DECIDERS: Deciders = {NoteJournalEnd: _note_end}
