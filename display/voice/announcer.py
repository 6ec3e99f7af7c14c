"""Owns the order of announcements: what is said next, what is never said, what is left out when many wait.

Pure: time comes in, what happened comes out. A call is said once, in the order in which calls came; a new call of a
ticket takes the place of one that still waits; what is stale is never said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from display.state import STALE_AFTER
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.ids import Revision, TicketId
from queue_protocol.phrases import is_repeat

CROWDED_S = 20.0
"""A call is said once when the calls that wait, each said once, last longer than this. With the shipped bank one takes
8 to 10 s: with three waiting the last would be heard after a minute if each were said twice."""

StaleReason = Literal["too_old", "cancelled", "replaced"]


@dataclass(frozen=True, slots=True)
class Started:
    """The chime of this call sounds now."""

    announcement: CallAnnouncement


@dataclass(frozen=True, slots=True)
class Spoken:
    """This call was heard, at least once in full."""

    announcement: CallAnnouncement


@dataclass(frozen=True, slots=True)
class Stale:
    """This call will not be said: nobody would need it any more."""

    announcement: CallAnnouncement
    reason: StaleReason


@dataclass(frozen=True, slots=True)
class NoSound:
    """This call could not be heard; it may be offered again. `reason` is for the log."""

    announcement: CallAnnouncement
    reason: str


AnnouncerEvent = Started | Spoken | Stale | NoSound


@dataclass(frozen=True, slots=True)
class Announcer:
    """The announcements of one loudspeaker."""

    waiting: tuple[CallAnnouncement, ...] = ()
    speaking: CallAnnouncement | None = None
    withdrawn: bool = False
    """The ticket that is being called was cancelled meanwhile."""
    spoken: tuple[CallAnnouncement, ...] = ()
    """Those that are not yet too old: an older one that comes again is stale by itself."""


Outcome = tuple[Announcer, tuple[AnnouncerEvent, ...]]


def receive(announcer: Announcer, announcement: CallAnnouncement) -> Outcome:
    """Take a call in. One that was spoken already is reported as spoken again and not said again."""
    if announcement.call in _calls(announcer.spoken):
        return announcer, (Spoken(announcement),)
    if announcement.call in _calls((*announcer.waiting, *_current(announcer))):
        return announcer, ()
    place = _place_of(announcer, announcement.ticket)
    if place is None:
        return replace(announcer, waiting=(*announcer.waiting, announcement)), ()
    older, newer = sorted((announcer.waiting[place], announcement), key=lambda one: one.call)
    waiting = (*announcer.waiting[:place], newer, *announcer.waiting[place + 1 :])
    return replace(announcer, waiting=waiting), (Stale(older, "replaced"),)


def cancel(announcer: Announcer, ticket: TicketId) -> Outcome:
    """Forget what waits for this ticket; if it is being called now, the sentence is finished and not repeated."""
    withdrawn = announcer.withdrawn or any(one.ticket == ticket for one in _current(announcer))
    return _drop(replace(announcer, withdrawn=withdrawn), lambda one: one.ticket == ticket, "cancelled")


def start(announcer: Announcer, now: datetime) -> Outcome:
    """Drop what is too old at `now` (server time) and begin the next call, if one waits."""
    fresh, stale = _drop(announcer, lambda one: now - one.called_at > STALE_AFTER, "too_old")
    if not fresh.waiting:
        return fresh, stale
    following, *others = fresh.waiting
    return replace(fresh, waiting=tuple(others), speaking=following, withdrawn=False), (*stale, Started(following))


def goes_on(announcer: Announcer, place: int, waiting_s: float) -> bool:
    """Tell whether the utterance at `place` of the call being said is to be said, as things stand now.

    `waiting_s` is how long the waiting calls last, each said once, in seconds, as measured from their clips. The first
    utterance always is said. A repeat is left out while many wait; another language is not a repeat.
    """
    if announcer.speaking is None or announcer.withdrawn:
        return place == 0
    return not (waiting_s > CROWDED_S and is_repeat(announcer.speaking.utterances, place))


def finish(announcer: Announcer, now: datetime, trouble: str | None = None) -> Outcome:
    """End the call being said: spoken, or not heard because of this trouble."""
    said = announcer.speaking
    idle = replace(announcer, speaking=None, withdrawn=False)
    if said is None:
        return idle, ()
    if trouble is not None:
        return idle, (NoSound(said, trouble),)
    remembered = tuple(one for one in (*announcer.spoken, said) if now - one.called_at <= STALE_AFTER)
    return replace(idle, spoken=remembered), (Spoken(said),)


def _drop(announcer: Announcer, unwanted: Callable[[CallAnnouncement], bool], reason: StaleReason) -> Outcome:
    stale = tuple(Stale(one, reason) for one in announcer.waiting if unwanted(one))
    return replace(announcer, waiting=tuple(one for one in announcer.waiting if not unwanted(one))), stale


def _current(announcer: Announcer) -> tuple[CallAnnouncement, ...]:
    return () if announcer.speaking is None else (announcer.speaking,)


def _calls(announcements: tuple[CallAnnouncement, ...]) -> frozenset[Revision]:
    return frozenset(one.call for one in announcements)


def _place_of(announcer: Announcer, ticket: TicketId) -> int | None:
    return next((place for place, one in enumerate(announcer.waiting) if one.ticket == ticket), None)
