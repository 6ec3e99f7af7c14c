"""What a display knows, and what follows from each thing that happens to it. Pure: time comes in, deeds go out.

Every function takes the state and returns a `Step`: the state that follows and the deeds to be done, in order. A deed
is a command for the server, or one of `Say`, `Silence`, `Remember`. All `now_s` are seconds of one monotonic clock.

Who has the panel, the large place for one call:

1. a call that has just taken it, for `LARGE_S` seconds;
2. the oldest call that never had it;
3. the call that is being spoken, so that eye and ear agree;
4. the newest call of the board.

So ten calls in one moment are each seen large within 40 s while the voice, which takes 12 s for one, is still on its
way; and the row of a counter shows its number at once.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import singledispatch
from typing import Literal

from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Answer, RefusalCode, Refused
from queue_protocol.commands import Command, ReportCall, ReportDevice
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import DeviceId, HallId, Revision, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Beat, Board, BoardCall, FromServer, PartState, Welcome, Words

LARGE_S = 4.0
"""A call keeps the panel at least this long: enough to look up, read four characters and a counter, and look again."""

STALE_AFTER = timedelta(minutes=5)
"""A call older than this, in server time, is neither spoken nor flashed: who it was for has gone or has been served."""

CALLS_KEPT = 32
"""Calls remembered, so that one offered again is known. A hall speaks 32 in about 6 minutes: then they are stale."""

Ear = Literal["undecided", "elsewhere", "waiting", "speaking", "withdrawn", "spoken", "unheard", "left"]
"""How far a call is with the loudspeaker. `undecided`: the board that says who speaks it has not come. `elsewhere`:
another display's to say. `withdrawn`: being said, and the person has come meanwhile. `unheard`: there was no sound.
`left`: it came too late."""

NOT_SAID: frozenset[Ear] = frozenset({"undecided", "elsewhere", "unheard"})
"""A call that is offered again when it stands like this may be ours to say."""

BEING_SAID: frozenset[Ear] = frozenset({"speaking", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Say:
    """Give this call to the voice."""

    announcement: CallAnnouncement


@dataclass(frozen=True, slots=True)
class Silence:
    """Take the calls of this ticket back from the voice; one that it is saying is not repeated."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep on disk that this call was the last one spoken."""

    call: Revision


Deed = Command | Say | Silence | Remember


@dataclass(frozen=True, slots=True)
class ServerClock:
    """The server's time, carried on by the own monotonic clock: the wall clock of an old PC does not matter."""

    at: datetime
    heard_s: float

    def now(self, now_s: float) -> datetime:
        """Return the server's time at this moment of the monotonic clock."""
        return self.at + timedelta(seconds=max(0.0, now_s - self.heard_s))


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that was announced to this display."""

    announcement: CallAnnouncement
    large: bool = False
    """It has, or had, the panel."""
    shown: bool = False
    """A frame with it was on the screen, and the server was told."""
    ear: Ear = "undecided"


@dataclass(frozen=True, slots=True)
class Panel:
    """The call in the large place."""

    call: BoardCall
    since_s: float
    announced: bool
    """It came by announcement and calls for attention; otherwise it only stands there."""
    held_until_s: float
    """Until then no other call takes the panel."""


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
    heard: tuple[Heard, ...] = ()
    """The latest calls announced, in the order of their coming."""
    panel: Panel | None = None

    def live(self) -> bool:
        """Say whether what the screen shows is current."""
        return self.link == "live" and self.settled


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the new state, and what to do."""

    state: State
    deeds: tuple[Deed, ...] = ()


def hello(state: State, key: str | None) -> DisplayHello:
    """Return how the display introduces itself now."""
    return DisplayHello(
        protocol=PROTOCOL,
        device=state.device,
        key=key,
        hall=state.hall,
        sound=state.speaker == "ready",
        last_spoken=state.last_spoken,
    )


def hear(state: State, message: FromServer, now_s: float) -> Step:
    """Take in what the server said. What is not meant for a display changes nothing."""
    state, deeds = _hear(message, state, now_s)
    return _follow(state, now_s, deeds)


def change_link(state: State, link: Link, now_s: float) -> Step:
    """Take in that the link to the server is there, gone or refused."""
    settled = state.settled and link == "live"
    refusal = state.refusal if link == "refused" else None
    return _follow(replace(state, link=link, settled=settled, refusal=refusal), now_s)


def pass_time(state: State, now_s: float) -> Step:
    """Take in that time has passed."""
    return _follow(state, now_s)


def confirm_frame(state: State, call: Revision, now_s: float) -> Step:
    """Take in that a frame with this call on the panel was really put on the screen."""
    known = _find(state, call)
    if known is None or known.shown:
        return Step(state)
    return _follow(_mark(state, call, shown=True), now_s, (ReportCall(call=call, outcome="shown"),))


def begin_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the voice has begun this call."""
    return _follow(_mark(state, call, ear="speaking"), now_s)


def finish_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the loudspeaker has said this call."""
    state = replace(_mark(state, call, ear="spoken"), last_spoken=call)
    return _follow(state, now_s, (ReportCall(call=call, outcome="spoken"), Remember(call)))


def miss_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that this call was to be said and nothing could be heard: no one is told that it was spoken."""
    return _follow(_mark(state, call, ear="unheard"), now_s)


def leave_unspoken(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the voice has let this call go: it was stale, cancelled or replaced by a newer one."""
    return _follow(_mark(state, call, ear="left"), now_s)


def change_speaker(state: State, speaker: PartState, trouble: str | None, now_s: float) -> Step:
    """Take in the state of the own loudspeaker; the server is told when it is a new one."""
    if state.speaker is None or (state.speaker, state.trouble) == (speaker, trouble):
        return Step(state)
    state = replace(state, speaker=speaker, trouble=None if speaker == "ready" else trouble)
    return _follow(state, now_s, _speaker_report(state) if state.link == "live" else ())


def speaking(state: State, call: Revision) -> bool:
    """Say whether the voice is saying this call now."""
    known = _find(state, call)
    return known is not None and known.ear in BEING_SAID


@singledispatch
def _hear(_message: object, state: State, _now_s: float) -> tuple[State, tuple[Deed, ...]]:
    return state, ()


@_hear.register
def _(message: Welcome, state: State, now_s: float) -> tuple[State, tuple[Deed, ...]]:
    clock, offset_s = ServerClock(message.now, now_s), message.utc_offset_s
    state = replace(state, center=message.center, utc_offset_s=offset_s, clock=clock, settled=False)
    return state, _speaker_report(state)


@_hear.register
def _(message: Board, state: State, now_s: float) -> tuple[State, tuple[Deed, ...]]:
    clock = ServerClock(message.now, now_s)
    state = replace(state, board=message, clock=clock, settled=True, current_at=message.now)
    if _speaks(state) or _may_speak_soon(state):
        return state, ()
    heard = tuple(replace(each, ear="elsewhere") if each.ear == "undecided" else each for each in state.heard)
    return replace(state, heard=heard), ()


@_hear.register
def _(message: Beat, state: State, now_s: float) -> tuple[State, tuple[Deed, ...]]:
    current_at = message.now if state.settled else state.current_at
    return replace(state, clock=ServerClock(message.now, now_s), current_at=current_at), ()


@_hear.register
def _(message: CallAnnouncement, state: State, _now_s: float) -> tuple[State, tuple[Deed, ...]]:
    known = _find(state, message.call)
    if known is None:
        return replace(state, heard=(*state.heard, Heard(message))[-CALLS_KEPT:]), ()
    return (_mark(state, message.call, ear="undecided") if known.ear in NOT_SAID else state), ()


@_hear.register
def _(message: Answer, state: State, _now_s: float) -> tuple[State, tuple[Deed, ...]]:
    if message.command_id is None and isinstance(message.result, Refused):
        return replace(state, refusal=message.result.code), ()
    return state, ()


def _speaker_report(state: State) -> tuple[Deed, ...]:
    if state.speaker is None:
        return ()
    return (ReportDevice(part="speaker", state=state.speaker, reason=state.trouble),)


def _follow(state: State, now_s: float, deeds: tuple[Deed, ...] = ()) -> Step:
    """Return the step after all rules that depend on more than one input: who is said, who is large."""
    state, said = _decide_voice(state, now_s)
    return Step(_decide_panel(state, now_s), (*deeds, *said))


def _decide_voice(state: State, now_s: float) -> tuple[State, tuple[Deed, ...]]:
    if not state.settled:
        return state, ()
    deeds: list[Deed] = []
    heard: list[Heard] = []
    for each in state.heard:
        ear, deed = _voice_of(state, each, now_s)
        heard.append(each if ear == each.ear else replace(each, ear=ear))
        deeds.extend((deed,) if deed is not None else ())
    return replace(state, heard=tuple(heard)), tuple(deeds)


def _voice_of(state: State, heard: Heard, now_s: float) -> tuple[Ear, Deed | None]:
    """Return how far the call is with the loudspeaker after this moment, and what to do about it."""
    match heard.ear:
        case "undecided" if not _matters(state, heard, now_s):
            return "left", None
        case "undecided" if _speaks(state):
            return "waiting", Say(heard.announcement)
        case "waiting" if _retired(state, heard):
            return "left", Silence(heard.announcement.ticket)
        case "speaking" if _retired(state, heard):
            return "withdrawn", Silence(heard.announcement.ticket)
        case unchanged:
            return unchanged, None


def _speaks(state: State) -> bool:
    return state.speaker is not None and state.board is not None and state.board.speaker == state.device


def _may_speak_soon(state: State) -> bool:
    """Say whether the server has yet to learn of the own loudspeaker, which is opened while the link comes up.

    One that failed does not count: when it is back, whoever was called is at the counter.
    """
    nobody_speaks = state.board is not None and state.board.speaker is None
    return nobody_speaks and state.speaker in {"unknown", "ready"}


def _matters(state: State, heard: Heard, now_s: float) -> bool:
    """Say whether the call still asks for somebody to come."""
    return not (_retired(state, heard) or _stale(state, heard, now_s) or _followed_by_another(state, heard))


def _retired(state: State, heard: Heard) -> bool:
    """Say whether the board shows that the ticket is at its counter no longer.

    A board from before the call knows nothing of it.
    """
    board, call = state.board, heard.announcement
    if board is None or not state.settled or board.revision < call.call:
        return False
    return not any(each.counter == call.counter and each.number == call.number for each in board.counters)


def _stale(state: State, heard: Heard, now_s: float) -> bool:
    return state.clock is not None and state.clock.now(now_s) - heard.announcement.called_at > STALE_AFTER


def _followed_by_another(state: State, heard: Heard) -> bool:
    call = heard.announcement
    return any(each.announcement.ticket == call.ticket and each.announcement.call > call.call for each in state.heard)


def _decide_panel(state: State, now_s: float) -> State:
    panel = state.panel
    if panel is not None and now_s < panel.held_until_s:
        return state
    first_time = next((h for h in state.heard if not h.large and _matters(state, h, now_s)), None)
    if first_time is not None:
        return _enlarge(state, first_time, now_s, LARGE_S)
    spoken = next((h for h in state.heard if h.ear == "speaking" and not _retired(state, h)), None)
    if spoken is not None:
        return _enlarge(state, spoken, now_s, 0.0)
    return _show_newest(state, now_s)


def _enlarge(state: State, heard: Heard, now_s: float, hold_s: float) -> State:
    call = heard.announcement
    if hold_s == 0.0 and state.panel is not None and state.panel.call.call == call.call:
        return state
    panel = Panel(_as_board_call(call), since_s=now_s, announced=True, held_until_s=now_s + hold_s)
    return replace(_mark(state, call.call, large=True), panel=panel)


def _show_newest(state: State, now_s: float) -> State:
    """Return the state with the newest call of the board on the panel, without a call for attention."""
    if state.board is None:
        return state
    newest = next((each for each in state.board.calls if each.number not in state.board.missed), None)
    if newest is None:
        return replace(state, panel=None)
    if state.panel is not None and state.panel.call.call == newest.call:
        return state
    return replace(state, panel=Panel(newest, since_s=now_s, announced=False, held_until_s=now_s))


def _as_board_call(call: CallAnnouncement) -> BoardCall:
    return BoardCall(
        call=call.call,
        number=call.number,
        counter=call.counter,
        kind=call.kind,
        priority=call.priority,
        called_at=call.called_at,
    )


def _find(state: State, call: Revision) -> Heard | None:
    return next((each for each in state.heard if each.announcement.call == call), None)


def _mark(state: State, call: Revision, *, large: bool = False, shown: bool = False, ear: Ear | None = None) -> State:
    """Return the state in which this call is marked so; what is not given stays as it is."""

    def marked(heard: Heard) -> Heard:
        return replace(heard, large=heard.large or large, shown=heard.shown or shown, ear=ear or heard.ear)

    return replace(state, heard=tuple(marked(h) if h.announcement.call == call else h for h in state.heard))
