"""Who has the panel, the large place for one call, and when a call counts as shown. Pure.

1. a call that has just taken it, for `LARGE_S` seconds of being seen;
2. the oldest announced call that never had it;
3. the call that is being spoken, so that eye and ear agree;
4. the newest call of the board whose person was not marked as missed.

So ten calls in one moment are each seen large within about 40 s, while the voice is still saying the first ones; and
the row of a counter shows its number at once. `queue_server/web/static/display_calls.js` follows the same rules.
"""

from dataclasses import replace

from display.state import AnnouncedCall, Panel, State, find, is_retired, mark, matters
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.commands import ReportCall
from queue_protocol.ids import Revision
from queue_protocol.snapshots import BoardCall

LARGE_S = 4.0
"""A call keeps the panel at least this long: enough to look up, read four characters and a counter, and look again."""


def choose(state: State, now_s: float) -> State:
    """Return the state with the call on the panel that belongs there now."""
    panel = state.panel
    if panel is not None and now_s < panel.held_until_s:
        return state
    first_time = next((each for each in state.announced if not each.large and matters(state, each, now_s)), None)
    if first_time is not None:
        return _enlarge(state, first_time, now_s, LARGE_S)
    spoken = next((each for each in state.announced if each.voice == "speaking" and not is_retired(state, each)), None)
    if spoken is not None:
        return _enlarge(state, spoken, now_s, 0.0)
    return _show_newest(state, now_s)


def see_frame(state: State, call: Revision, now_s: float) -> State:
    """Take in that a frame with this call on the panel was really put on the screen.

    A call that was announced is held from its first frame on: a slow PC draws it late, and takes nothing of its time.
    """
    panel = state.panel
    if panel is None or panel.call.call != call or panel.seen_since_s is not None or not state.live():
        return state
    held_until_s = now_s + LARGE_S if now_s < panel.held_until_s else panel.held_until_s
    return replace(state, panel=replace(panel, seen_since_s=now_s, held_until_s=held_until_s))


def hide(state: State) -> State:
    """Take in that a banner covers the panel: what is on it is not seen from now on."""
    return state if state.panel is None else replace(state, panel=replace(state.panel, seen_since_s=None))


def report_shown(state: State, now_s: float) -> tuple[State, tuple[ReportCall, ...]]:
    """Return the report that the call on the panel was shown, once: it was large for its time, on a live screen."""
    panel = state.panel
    if panel is None or panel.seen_since_s is None or now_s - panel.seen_since_s < LARGE_S:
        return state, ()
    known = find(state, panel.call.call)
    if known is None or known.shown:
        return state, ()
    return mark(state, panel.call.call, shown=True), (ReportCall(call=panel.call.call, outcome="shown"),)


def _enlarge(state: State, known: AnnouncedCall, now_s: float, hold_s: float) -> State:
    call = known.announcement
    if hold_s == 0.0 and state.panel is not None and state.panel.call.call == call.call:
        return state
    panel = Panel(_as_board_call(call), since_s=now_s, announced=True, held_until_s=now_s + hold_s)
    return replace(mark(state, call.call, large=True), panel=panel)


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
