"""What follows from each thing that happens to a display. Pure: time comes in, effects go out.

Every function takes the state and returns a `Step`: the state that follows and the effects to be run, in order. An
effect is a command for the server, or one of `Say`, `Silence`, `Remember`. All `now_s` are seconds of one monotonic
clock.
"""

from dataclasses import dataclass, replace
from functools import singledispatch

from display import panel
from display.state import AnnouncedCall, ServerClock, State, VoiceStage, find, is_retired, mark, matters, remember
from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Answer, Refused
from queue_protocol.commands import Command, ReportCall, ReportDevice
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import Revision, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import Beat, Board, FromServer, PartState, Welcome

NOT_SAID: frozenset[VoiceStage] = frozenset({"undecided", "elsewhere", "unheard"})
"""A call that is offered again when it stands like this may be ours to say."""


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


Effect = Command | Say | Silence | Remember


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the new state, and what to do."""

    state: State
    effects: tuple[Effect, ...] = ()


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
    state, effects = _hear(message, state, now_s)
    return _follow(state, now_s, effects)


def change_link(state: State, link: Link, now_s: float) -> Step:
    """Take in that the link to the server is there, gone or refused."""
    settled = state.settled and link == "live"
    state = state if settled else panel.hide(state)
    refusal = state.refusal if link == "refused" else None
    return _follow(replace(state, link=link, settled=settled, refusal=refusal), now_s)


def pass_time(state: State, now_s: float) -> Step:
    """Take in that time has passed."""
    return _follow(state, now_s)


def confirm_frame(state: State, call: Revision, now_s: float) -> Step:
    """Take in that a frame with this call on the panel was really put on the screen."""
    return _follow(panel.see_frame(state, call, now_s), now_s)


def begin_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the voice has begun this call."""
    return _follow(mark(state, call, voice="speaking"), now_s)


def finish_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the loudspeaker has said this call."""
    state = replace(mark(state, call, voice="spoken"), last_spoken=call)
    return _follow(state, now_s, (ReportCall(call=call, outcome="spoken"), Remember(call)))


def miss_speaking(state: State, call: Revision, now_s: float) -> Step:
    """Take in that this call was to be said and nothing could be heard: no one is told that it was spoken."""
    return _follow(mark(state, call, voice="unheard"), now_s)


def leave_unspoken(state: State, call: Revision, now_s: float) -> Step:
    """Take in that the voice has let this call go: it was stale, cancelled or replaced by a newer one."""
    return _follow(mark(state, call, voice="left"), now_s)


def change_speaker(state: State, speaker: PartState, trouble: str | None, now_s: float) -> Step:
    """Take in the state of the own loudspeaker; the server is told when it is a new one."""
    if state.speaker is None or (state.speaker, state.trouble) == (speaker, trouble):
        return Step(state)
    state = replace(state, speaker=speaker, trouble=None if speaker == "ready" else trouble)
    return _follow(state, now_s, _speaker_report(state) if state.link == "live" else ())


@singledispatch
def _hear(_message: object, state: State, _now_s: float) -> tuple[State, tuple[Effect, ...]]:
    return state, ()


@_hear.register
def _(message: Welcome, state: State, now_s: float) -> tuple[State, tuple[Effect, ...]]:
    clock, offset_s = ServerClock(message.now, now_s), message.utc_offset_s
    state = replace(state, center=message.center, utc_offset_s=offset_s, clock=clock, settled=False)
    return state, _speaker_report(state)


@_hear.register
def _(message: Board, state: State, now_s: float) -> tuple[State, tuple[Effect, ...]]:
    clock = ServerClock(message.now, now_s)
    state = replace(state, board=message, clock=clock, settled=True, current_at=message.now)
    if _speaks(state) or _may_speak_soon(state):
        return state, ()
    announced = tuple(
        replace(each, voice="elsewhere") if each.voice == "undecided" else each for each in state.announced
    )
    return replace(state, announced=announced), ()


@_hear.register
def _(message: Beat, state: State, now_s: float) -> tuple[State, tuple[Effect, ...]]:
    current_at = message.now if state.settled else state.current_at
    return replace(state, clock=ServerClock(message.now, now_s), current_at=current_at), ()


@_hear.register
def _(message: CallAnnouncement, state: State, now_s: float) -> tuple[State, tuple[Effect, ...]]:
    known = find(state, message.call)
    if known is None:
        return remember(state, message, now_s), ()
    return (mark(state, message.call, voice="undecided") if known.voice in NOT_SAID else state), ()


@_hear.register
def _(message: Answer, state: State, _now_s: float) -> tuple[State, tuple[Effect, ...]]:
    if message.command_id is None and isinstance(message.result, Refused):
        return replace(state, refusal=message.result.code), ()
    return state, ()


def _speaker_report(state: State) -> tuple[Effect, ...]:
    if state.speaker is None:
        return ()
    return (ReportDevice(part="speaker", state=state.speaker, reason=state.trouble or state.clips_trouble),)


def _follow(state: State, now_s: float, effects: tuple[Effect, ...] = ()) -> Step:
    """Return the step after all rules that depend on more than one input: who is said, who is large."""
    state, said = _decide_voice(state, now_s)
    state, shown = panel.report_shown(state, now_s)
    return Step(panel.choose(state, now_s), (*effects, *said, *shown))


def _decide_voice(state: State, now_s: float) -> tuple[State, tuple[Effect, ...]]:
    if not state.settled:
        return state, ()
    effects: list[Effect] = []
    announced: list[AnnouncedCall] = []
    for each in state.announced:
        stage, effect = _voice_of(state, each, now_s)
        announced.append(each if stage == each.voice else replace(each, voice=stage))
        effects.extend((effect,) if effect is not None else ())
    return replace(state, announced=tuple(announced)), tuple(effects)


def _voice_of(state: State, known: AnnouncedCall, now_s: float) -> tuple[VoiceStage, Effect | None]:
    """Return how far the call is with the loudspeaker after this moment, and what to do about it."""
    match known.voice:
        case "undecided" if not matters(state, known, now_s):
            return "left", None
        case "undecided" if _speaks(state):
            return "waiting", Say(known.announcement)
        case "waiting" if is_retired(state, known):
            return "left", Silence(known.announcement.ticket)
        case "speaking" if is_retired(state, known):
            return "withdrawn", Silence(known.announcement.ticket)
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
