"""What the counters show and what their keys ask, following the board. Pure: time comes in, deeds go out.

All `now_s` are seconds of one monotonic clock. Signs show numbers only while the board is current, and a key of a pad
counts once: the same one again within `QUIET_S`, and any before the last one has had its effect, is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from display.counter.devices import BLANK, PAUSED, REFUSAL, Face, Key
from display.counter.keys import command_of
from queue_protocol import PROTOCOL
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import CounterNumber, DeviceId
from queue_protocol.session import Link
from queue_protocol.snapshots import Board, BoardCounter, FromServer, Welcome

QUIET_S = 1.0
"""The same key again so soon is one press: contacts bounce, fingers hit twice, held keys repeat, and nobody is served
in a second. A key whose effect the board does not show is taken to have had it by then."""

REFUSAL_S = 1.0
"""How long a sign says that a key had no effect: long enough for a clerk who looks up."""

Why = Literal["no_link", "unknown_counter", "nobody_there"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the server for this, as this key was pressed."""

    counter: CounterNumber
    key: Key
    command: Command


@dataclass(frozen=True, slots=True)
class Decline:
    """Tell the log why this key had no effect."""

    counter: CounterNumber
    key: Key
    why: Why


Deed = Ask | Decline


@dataclass(frozen=True, slots=True)
class Pressed:
    """The last key of a counter that counted."""

    key: Key
    at_s: float
    seen: BoardCounter | None
    """What the board showed there; once it shows something else, the key has had its effect. `None`: it had none."""
    answered: bool


@dataclass(frozen=True, slots=True)
class State:
    """Everything this box knows."""

    device: DeviceId
    link: Link = "connecting"
    board: Board | None = None
    """The board of this connection; `None`: none has come, or it is old."""
    pressed: Mapping[CounterNumber, Pressed] = field(default_factory=dict)
    refused_until_s: Mapping[CounterNumber, float] = field(default_factory=dict)

    def at(self, counter: CounterNumber) -> BoardCounter | None:
        """Return what the board shows at a counter; `None`: nothing current, or the center has no such counter."""
        shown = () if self.board is None or self.link != "live" else self.board.counters
        return next((each for each in shown if each.counter == counter), None)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the new state, and what to do."""

    state: State
    deeds: tuple[Deed, ...] = ()


def hello(state: State, key: str | None) -> DisplayHello:
    """Return how the box introduces itself: as a display without sound."""
    return DisplayHello(protocol=PROTOCOL, device=state.device, key=key, sound=False)


def hear(state: State, message: FromServer) -> State:
    """Take in what the server said; a new conversation begins without a board."""
    match message:
        case Board():
            return replace(state, board=message)
        case Welcome():
            return replace(state, board=None)
        case _:
            return state


def change_link(state: State, link: Link) -> State:
    """Take in that the link to the server is there, gone or refused."""
    return replace(state, link=link, board=state.board if link == "live" else None)


def press(state: State, counter: CounterNumber, key: Key, now_s: float) -> Step:
    """Take in a key of a counter's pad."""
    there, last = state.at(counter), state.pressed.get(counter)
    if last is not None and _is_dropped(last, key, there, now_s):
        return Step(state)
    if there is None:
        why: Why = "no_link" if state.board is None else "unknown_counter"
        return _decline(state, counter, key, why, now_s)
    command = command_of(key, there, one_key=state.board is None or state.board.one_key)
    if command is None:
        return _decline(state, counter, key, "nobody_there", now_s)
    pressed = Pressed(key, now_s, there, answered=False)
    return Step(_with_pressed(state, counter, pressed), (Ask(counter, key, command),))


def take_answer(state: State, counter: CounterNumber, result: Result, now_s: float) -> State:
    """Take in what the server answered to the last key of this counter."""
    refused = isinstance(result, Refused)
    last = state.pressed.get(counter)
    if last is not None:
        seen = None if refused else last.seen
        state = _with_pressed(state, counter, replace(last, seen=seen, answered=True))
    return _with_refusal(state, counter, now_s) if refused else state


def face_of(state: State, counter: CounterNumber, now_s: float) -> Face:
    """Return what the sign of this counter shows at this moment."""
    if now_s < state.refused_until_s.get(counter, 0.0):
        return REFUSAL
    there = state.at(counter)
    if there is None or not there.open:
        return BLANK
    if there.number is not None:
        return Face("number", there.number)
    return PAUSED if there.paused else BLANK


def _is_dropped(last: Pressed, key: Key, there: BoardCounter | None, now_s: float) -> bool:
    quiet = now_s - last.at_s < QUIET_S
    if key == last.key and quiet:
        return True
    if there is None:
        return False  # what became of the last key is not known here, and nothing can be asked anyway
    return not last.answered or (quiet and there == last.seen)


def _decline(state: State, counter: CounterNumber, key: Key, why: Why, now_s: float) -> Step:
    last = state.pressed.get(counter)
    if last is None or last.answered:  # one that waits for its answer is not forgotten
        state = _with_pressed(state, counter, Pressed(key, now_s, None, answered=True))
    return Step(_with_refusal(state, counter, now_s), (Decline(counter, key, why),))


def _with_pressed(state: State, counter: CounterNumber, pressed: Pressed) -> State:
    return replace(state, pressed={**state.pressed, counter: pressed})


def _with_refusal(state: State, counter: CounterNumber, now_s: float) -> State:
    return replace(state, refused_until_s={**state.refused_until_s, counter: now_s + REFUSAL_S})
