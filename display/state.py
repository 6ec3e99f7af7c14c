"""What a display knows, and the questions that several rules ask of it. Pure: `now_s` is a monotonic clock's."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import RefusalCode
from queue_protocol.ids import DeviceId, HallId, Revision
from queue_protocol.session import Link
from queue_protocol.snapshots import Board, BoardCall, PartState, Words

STALE_AFTER = timedelta(minutes=5)
"""A call older than this, in server time, is neither spoken nor shown as new: its person has gone or was served."""

CALLS_KEPT = 256
"""Calls remembered, so that one offered again is known. Stale ones are forgotten first; 99 counters that each call
twice in five minutes stay below it."""

VoiceStage = Literal["undecided", "elsewhere", "waiting", "speaking", "withdrawn", "spoken", "unheard", "left"]
"""How far a call is with the loudspeaker. `undecided`: the board that says who speaks it has not come. `elsewhere`:
another display's to say. `withdrawn`: being said, and the person has come meanwhile. `unheard`: there was no sound.
`left`: it came too late."""

BEING_SAID: frozenset[VoiceStage] = frozenset({"speaking", "withdrawn"})


@dataclass(frozen=True, slots=True)
class ServerClock:
    """The server's time, carried on by the own monotonic clock: the wall clock of an old PC does not matter."""

    at: datetime
    heard_s: float

    def now(self, now_s: float) -> datetime:
        """Return the server's time at this moment of the monotonic clock."""
        return self.at + timedelta(seconds=max(0.0, now_s - self.heard_s))


@dataclass(frozen=True, slots=True)
class AnnouncedCall:
    """A call that was announced to this display."""

    announcement: CallAnnouncement
    large: bool = False
    """It has, or had, the panel."""
    shown: bool = False
    """It was large on the screen for its time, and the server was told."""
    voice: VoiceStage = "undecided"


@dataclass(frozen=True, slots=True)
class Panel:
    """The call in the large place."""

    call: BoardCall
    since_s: float
    announced: bool
    """It came by announcement and calls for attention; otherwise it only stands there."""
    held_until_s: float
    """Until then no other call takes the panel."""
    seen_since_s: float | None = None
    """When the first frame with it was on the screen; `None`: no frame yet, or the link has been down since."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything a display knows."""

    device: DeviceId
    hall: HallId | None = None
    """The room it hangs in; `None`: all of the center."""
    speaker: PartState | None = None
    """The own loudspeaker; `None`: this display has none and never speaks."""
    trouble: str | None = None
    """Why the loudspeaker does not work, as a key; `None` when nothing is known to be wrong."""
    clips_trouble: str | None = None
    """What is wrong with some clips, as a key: what needs them is shown and not said. `None`: nothing."""
    last_spoken: Revision | None = None
    link: Link = "connecting"
    refusal: RefusalCode | None = None
    """Why the server does not want this display."""
    center: Words = field(default_factory=dict)
    utc_offset_s: int = 0
    clock: ServerClock | None = None
    board: Board | None = None
    settled: bool = False
    """A board has come on this connection: what it says of speaker and counters holds."""
    current_at: datetime | None = None
    """When the board was last known to be current, in server time."""
    announced: tuple[AnnouncedCall, ...] = ()
    """The latest calls announced, in the order of their coming."""
    panel: Panel | None = None

    def live(self) -> bool:
        """Say whether what the screen shows is current."""
        return self.link == "live" and self.settled


def find(state: State, call: Revision) -> AnnouncedCall | None:
    """Return what is known of an announced call; `None`: it was not announced, or is forgotten."""
    return next((each for each in state.announced if each.announcement.call == call), None)


def mark(
    state: State, call: Revision, *, large: bool = False, shown: bool = False, voice: VoiceStage | None = None
) -> State:
    """Return the state in which this call is marked so; what is not given stays as it is."""

    def marked(known: AnnouncedCall) -> AnnouncedCall:
        return replace(known, large=known.large or large, shown=known.shown or shown, voice=voice or known.voice)

    calls = (marked(each) if each.announcement.call == call else each for each in state.announced)
    return replace(state, announced=tuple(calls))


def remember(state: State, announcement: CallAnnouncement, now_s: float) -> State:
    """Return the state that knows one more call; stale ones are forgotten, and the oldest beyond `CALLS_KEPT`."""
    fresh = tuple(each for each in state.announced if not is_stale(state, each, now_s))
    return replace(state, announced=(*fresh, AnnouncedCall(announcement))[-CALLS_KEPT:])


def speaking(state: State, call: Revision) -> bool:
    """Say whether the voice is saying this call now."""
    known = find(state, call)
    return known is not None and known.voice in BEING_SAID


def matters(state: State, known: AnnouncedCall, now_s: float) -> bool:
    """Say whether the call still asks for somebody to come."""
    return not (is_retired(state, known) or is_stale(state, known, now_s) or _followed_by_another(state, known))


def is_retired(state: State, known: AnnouncedCall) -> bool:
    """Say whether the board shows that the ticket is at its counter no longer.

    A board from before the call knows nothing of it.
    """
    board, call = state.board, known.announcement
    if board is None or not state.settled or board.revision < call.call:
        return False
    return not any(each.counter == call.counter and each.number == call.number for each in board.counters)


def is_stale(state: State, known: AnnouncedCall, now_s: float) -> bool:
    """Say whether the call is older than `STALE_AFTER` in server time; without a server's time none is."""
    return state.clock is not None and state.clock.now(now_s) - known.announcement.called_at > STALE_AFTER


def _followed_by_another(state: State, known: AnnouncedCall) -> bool:
    call = known.announcement
    calls = (each.announcement for each in state.announced)
    return any(each.ticket == call.ticket and each.call > call.call for each in calls)
