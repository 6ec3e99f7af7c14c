"""What the screen shows, in words: a pure function of the board's state. The screen adds place, size and colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from display.state import Panel, State, speaking
from queue_protocol.ids import Revision
from queue_protocol.snapshots import BoardCall, BoardCounter, PartState
from queue_protocol.texts import Texts

FLASHES = 2
FLASH_S = 0.25
"""The panel inverts twice: dark to light and back in half a second, so two flashes a second. WCAG 2.3.1 allows three
in any second, for light and for red ones; the next call cannot take the panel sooner than 4 s later."""

CAPTION_S = 15.0
"""The sentence stands at least this long, also where this display does not speak: what is heard can be read."""

LATEST_SHOWN = 4
"""The calls before the large one."""

ROWS_IN_COLUMN = 10
"""Counters under each other with digits that can be read from 8 m; more stand in two columns, from 5 m."""

ROWS_SHOWN = 2 * ROWS_IN_COLUMN
"""Counters on the screen at once; when more of them work, they take turns."""

TURN_S = 6.0
"""How long each part of the counters stands: 20 rows are searched for one's own number in about four seconds."""

ROWS_WITH_HELP = 8
"""With more counters than this their rows need the room of the sentence under the missed numbers."""

MISSED_SHOWN = 8
"""Two lines of four numbers; whoever was called before those has asked a clerk by then."""

_Row = TypeVar("_Row")

LANGUAGE = "vi"
"""The language of the board; announcements carry the others."""


@dataclass(frozen=True, slots=True)
class LargeCall:
    """The call on the panel."""

    call: Revision
    number: str
    counter: str
    caption: str
    """The sentence that is spoken; empty when it is over."""
    marks: str
    """Why this call is special, as "Gọi lại"; may be empty."""
    inverted: bool
    """The light half of a flash."""


@dataclass(frozen=True, slots=True)
class SmallCall:
    """A call in the row below."""

    number: str
    counter: str


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter and who is there."""

    counter: str
    number: str
    """The ticket there, or a word."""
    occupied: bool
    """`number` is a ticket."""
    calling: bool
    """Its ticket is the one on the panel."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Something a person of the center should know: an icon and its word."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is on the screen; as made without arguments, an empty one."""

    center: str = ""
    clock: str = ""
    date: str = ""
    notice: str = ""
    badges: tuple[Badge, ...] = ()
    banner: str = ""
    """Why what is shown is not current; empty when it is."""
    dimmed: bool = False
    """Old data stand on the screen."""
    large: LargeCall | None = None
    """`None`: nobody has been called yet; `greeting` and `invitation` stand there."""
    greeting: str = ""
    invitation: str = ""
    """Both empty while a call is on the panel."""
    latest_heading: str = ""
    latest: tuple[SmallCall, ...] = ()
    rows_heading: str = ""
    columns: tuple[tuple[CounterRow, ...], ...] = ()
    """The counters, in one column or two."""
    missed_heading: str = ""
    """Empty when nobody is missed."""
    missed: tuple[str, ...] = ()
    missed_help: str = ""


def draw(state: State, texts: Texts, now_s: float) -> Picture:
    """Return what the screen shows at this moment."""
    board = state.board
    missed = board.missed[:MISSED_SHOWN] if board is not None else ()
    rows_heading, columns = _counters(state, texts, now_s)
    clock, date = _time_of_day(state, texts, now_s)
    return Picture(
        center=state.center.get(LANGUAGE, ""),
        clock=clock,
        date=date,
        notice=_notice(state, texts),
        badges=_badges(state, texts),
        banner=_banner(state, texts),
        dimmed=board is not None and not state.live(),
        large=_large(state, texts, now_s),
        greeting=texts.say("board_greeting") if state.panel is None else "",
        invitation=texts.say("board_nobody_called") if state.panel is None else "",
        latest_heading=texts.say("board_latest"),
        latest=_latest(state, texts),
        rows_heading=rows_heading,
        columns=columns,
        missed_heading=texts.say("board_missed") if missed else "",
        missed=tuple(missed),
        missed_help=texts.say("board_missed_help") if missed and sum(map(len, columns)) <= ROWS_WITH_HELP else "",
    )


def _time_of_day(state: State, texts: Texts, now_s: float) -> tuple[str, str]:
    if state.clock is None:
        return "", ""
    now = state.clock.now(now_s)
    local = now + timedelta(seconds=state.utc_offset_s)
    return texts.time(now, state.utc_offset_s), texts.day(local.date())


def _notice(state: State, texts: Texts) -> str:
    """Return the line at the bottom; none while the screen is not to be relied on.

    Who may not be in the line at all comes before how to wait: that the loudspeaker is silent has a badge, too.
    """
    if not state.live():
        return ""
    if state.board is not None and state.board.slips_to_check is not None:
        span = state.board.slips_to_check
        since, until = (texts.time(each, state.utc_offset_s) for each in (span.since, span.until))
        return texts.say("check_slips", since=since, until=until)
    return texts.say("board_notice_silent" if _silent(state) else "board_notice")


def _silent(state: State) -> bool:
    """Say whether nobody in the hall hears the calls. A loudspeaker that is just being opened is not silent."""
    own: PartState | None = state.speaker
    no_one_speaks = state.settled and state.board is not None and state.board.speaker is None
    return own == "failed" or (no_one_speaks and own != "unknown")


def _badges(state: State, texts: Texts) -> tuple[Badge, ...]:
    no_link = (Badge("wifi_off", texts.say("board_no_link")),) if state.link != "live" else ()
    no_sound = (Badge("volume_off", texts.say("board_no_sound")),) if _silent(state) else ()
    return no_link + no_sound


def _banner(state: State, texts: Texts) -> str:
    if state.refusal is not None:
        return texts.say(f"refused_{state.refusal}")
    if state.live():
        return ""
    if state.current_at is None:
        return texts.say("board_connecting")
    hour, minute = texts.time(state.current_at, state.utc_offset_s).split(":")
    return texts.say("board_stale", hour=hour, minute=minute)


def _large(state: State, texts: Texts, now_s: float) -> LargeCall | None:
    panel = state.panel
    if panel is None:
        return None
    call = panel.call
    return LargeCall(
        call=call.call,
        number=call.number,
        counter=texts.say("counter_n", counter=call.counter).upper(),
        caption=_caption(state, panel, texts, now_s),
        marks=_marks(call, texts),
        inverted=state.live() and _inverted(panel, now_s),
    )


def _inverted(panel: Panel, now_s: float) -> bool:
    phase = int((now_s - panel.since_s) / FLASH_S)
    return panel.announced and phase < 2 * FLASHES and phase % 2 == 0


def _caption(state: State, panel: Panel, texts: Texts, now_s: float) -> str:
    call = panel.call
    just_called = panel.announced and now_s - panel.since_s < CAPTION_S
    if not (state.live() and (just_called or speaking(state, call.call))):
        return ""
    return texts.say(f"call_{call.kind}", number=call.number, counter=call.counter)


def _marks(call: BoardCall, texts: Texts) -> str:
    kind = () if call.kind == "first" else (texts.say(f"board_{call.kind}_call"),)
    priority = (texts.say("priority"),) if call.priority else ()
    return " · ".join(kind + priority)


def _latest(state: State, texts: Texts) -> tuple[SmallCall, ...]:
    if state.board is None:
        return ()
    large = state.panel.call.number if state.panel is not None else None
    others = [call for call in state.board.calls if call.number != large and call.number not in state.board.missed]
    return tuple(SmallCall(call.number, texts.say("counter_n", counter=call.counter)) for call in others[:LATEST_SHOWN])


def _counters(state: State, texts: Texts, now_s: float) -> tuple[str, tuple[tuple[CounterRow, ...], ...]]:
    """Return the heading over the counters, and their rows in columns."""
    if state.board is None:
        return texts.say("board_now_serving"), ()
    large = state.panel.call if state.panel is not None else None
    called = large.counter if large is not None else None
    part, parts = rows_turn(state.board.counters, now_s)
    shown = rows_shown(state.board.counters, called, now_s)
    rows = tuple(_row(counter, large, texts) for counter in shown)
    key = "board_now_serving" if parts == 1 else "board_now_serving_part"
    return texts.say(key, part=part, parts=parts), in_columns(rows)


def in_columns(rows: tuple[_Row, ...]) -> tuple[tuple[_Row, ...], ...]:
    """Return the rows in one column, or in two when there are more than `ROWS_IN_COLUMN`; none is empty."""
    half = len(rows) if len(rows) <= ROWS_IN_COLUMN else -(-len(rows) // 2)
    return tuple(filter(None, (rows[:half], rows[half:])))


def rows_turn(counters: Sequence[BoardCounter], now_s: float) -> tuple[int, int]:
    """Return which part of the working counters stands now, from 1, and how many parts there are."""
    parts = max(1, -(-len(_working(counters)) // ROWS_SHOWN))
    return int(now_s / TURN_S) % parts + 1, parts


def rows_shown(counters: Sequence[BoardCounter], called: int | None, now_s: float) -> tuple[BoardCounter, ...]:
    """Return the counters that have a row now, in the order of their numbers.

    All that work are seen: at once where they have room, else in turns of `TURN_S` seconds, and the called one always.
    Counters that nobody works at fill what room is left.
    """
    working = _working(counters)
    if len(working) <= ROWS_SHOWN:
        idle = [each for each in counters if each not in working]
        chosen = [*working, *idle[: ROWS_SHOWN - len(working)]]
    else:
        part, _ = rows_turn(counters, now_s)
        chosen = working[(part - 1) * ROWS_SHOWN : part * ROWS_SHOWN]
        missing = [each for each in working if each.counter == called and each not in chosen]
        chosen = [*chosen[: ROWS_SHOWN - len(missing)], *missing]
    return tuple(sorted(chosen, key=lambda each: each.counter))


def _working(counters: Sequence[BoardCounter]) -> list[BoardCounter]:
    return [each for each in counters if each.open or each.number is not None]


def _row(counter: BoardCounter, large: BoardCall | None, texts: Texts) -> CounterRow:
    name = texts.say("counter_n", counter=counter.counter)
    if counter.number is not None:
        calling = large is not None and (large.counter, large.number) == (counter.counter, counter.number)
        return CounterRow(name, counter.number, occupied=True, calling=calling)
    return CounterRow(name, texts.say(_word_key(counter)), occupied=False, calling=False)


def _word_key(counter: BoardCounter) -> str:
    """Return what stands at a counter without a ticket."""
    if not counter.open:
        return "board_counter_closed"
    return "board_counter_paused" if counter.paused else "board_counter_free"
