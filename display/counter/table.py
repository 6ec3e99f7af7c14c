"""The table of what hangs on the counters: TOML text in, plans out, or a sentence that says which key is wrong. Pure.

docs/counter_devices.md explains its keys, assets/counter_devices.toml is an example.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta

from display.counter.devices import BLANK, Key, Look
from display.counter.plans import EVENT_CODES, USUAL_KEYS, LinePlan, NumberPadPlan, Parity, SignPlan
from display.counter.presses import PadKey
from display.counter.template import BadTemplate, Template, read_template
from queue_protocol.ids import CounterNumber

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
PARITIES: tuple[Parity, ...] = get_args(Parity)
KEYS: tuple[Key, ...] = get_args(Key)

PORT = re.compile(r"/.+|COM[0-9]+|(socket|rfc2217)://[^/:]+:[0-9]+")
DEVICE_FILE = re.compile(r"/.+")

PLAIN_WORDS = (
    ("Object missing required field", "the table lacks its key"),
    ("Object contains unknown field", "the table knows no key"),
    ("Expected", "expected"),
)
"""Of msgspec, which calls a table an object."""

AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")

Entry = TypeVar("Entry")
Chosen = TypeVar("Chosen")


class BadTable(Exception):
    """A text that is no table; the message names the key and says what was expected."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}" if key else what)


class SignKindEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The frames that signs of one make understand, as `template` reads them."""

    number: str
    blank: str
    paused: str | None = None
    """`None`: as `blank`."""
    refusal: str | None = None
    """`None`: as `blank`."""


class HungEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sign or a pad on a line."""

    counter: CounterNumber
    kind: str
    address: Annotated[int, Meta(ge=0, le=255)] = 0


class LineEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial line with all that hangs on it."""

    port: str
    baud: int = 9600
    parity: str = "none"
    gap_ms: Annotated[int, Meta(ge=0, le=1000)] = 20
    resend_s: Annotated[int, Meta(ge=1, le=600)] = 15
    signs: tuple[HungEntry, ...] = ()
    pads: tuple[HungEntry, ...] = ()


class NumberPadEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A USB number pad."""

    counter: CounterNumber
    device: str
    keys: dict[str, str] | None = None
    """`None`: the usual ones."""


class TableEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file; its parts are looked at one by one, so that a fault is named by its full key."""

    sign_kinds: dict[str, Any] = {}
    pad_kinds: dict[str, Any] = {}
    lines: tuple[Any, ...] = ()
    number_pads: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All that hangs on the counters."""

    lines: tuple[LinePlan, ...]
    number_pads: tuple[NumberPadPlan, ...]


SignKinds = Mapping[str, Mapping[Look, Template]]
PadKinds = Mapping[str, Mapping[Key, Template]]


def read_table(text: str) -> Table:
    """Return the table written so. Raises `BadTable`."""
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTable("", f"this is no TOML: {error}") from error
    entry = _convert(written, TableEntry, "")
    sign_kinds = {name: _read_sign_kind(each, f"sign_kinds.{name}") for name, each in entry.sign_kinds.items()}
    pad_kinds = {name: _read_pad_kind(each, f"pad_kinds.{name}") for name, each in entry.pad_kinds.items()}
    lines = tuple(_plan_line(each, f"lines[{at}]", sign_kinds, pad_kinds) for at, each in enumerate(entry.lines))
    number_pads = tuple(_plan_number_pad(each, f"number_pads[{at}]") for at, each in enumerate(entry.number_pads))
    _refuse_twice([line.port for line in lines], "lines", "port", "put all that hangs on it into one [[lines]]")
    _refuse_twice([pad.device for pad in number_pads], "number_pads", "device", "a number pad belongs to one counter")
    if not (any(line.signs or line.keys for line in lines) or number_pads):
        raise BadTable("", "expected a sign or a pad, in [[lines.signs]], [[lines.pads]] or [[number_pads]]")
    return Table(lines, number_pads)


def _read_sign_kind(written: Any, key: str) -> Mapping[Look, Template]:
    entry = _convert(written, SignKindEntry, key)
    blank = _read_frame(entry.blank, f"{key}.blank")
    return {
        "number": _read_frame(entry.number, f"{key}.number", with_number=True),
        "blank": blank,
        "paused": blank if entry.paused is None else _read_frame(entry.paused, f"{key}.paused"),
        "refusal": blank if entry.refusal is None else _read_frame(entry.refusal, f"{key}.refusal"),
    }


def _read_pad_kind(written: Any, key: str) -> Mapping[Key, Template]:
    entry = _convert(written, dict[str, Any], key)
    return {
        _choose(name, KEYS, f"{key}.{name}"): _read_frame(_convert(frame, str, f"{key}.{name}"), f"{key}.{name}")
        for name, frame in entry.items()
    }


def _read_frame(text: str, key: str, *, with_number: bool = False) -> Template:
    try:
        return read_template(text, with_number=with_number)
    except BadTemplate as error:
        raise BadTable(key, str(error)) from error


def _plan_line(written: Any, key: str, sign_kinds: SignKinds, pad_kinds: PadKinds) -> LinePlan:
    entry = _convert(written, LineEntry, key)
    if not PORT.fullmatch(entry.port):
        raise BadTable(
            f"{key}.port",
            "expected a path as /dev/serial/by-id/usb-...-port0, COM3, socket://HOST:PORT or rfc2217://HOST:PORT,"
            f" found {entry.port!r}",
        )
    return LinePlan(
        port=entry.port,
        baud=_choose(entry.baud, BAUDS, f"{key}.baud"),
        parity=_choose(entry.parity, PARITIES, f"{key}.parity"),
        gap_s=entry.gap_ms / 1000,
        resend_s=float(entry.resend_s),
        signs=_plan_signs(entry.signs, f"{key}.signs", sign_kinds),
        keys=_plan_keys(entry.pads, f"{key}.pads", pad_kinds),
    )


def _plan_signs(entries: Sequence[HungEntry], key: str, kinds: SignKinds) -> tuple[SignPlan, ...]:
    plans: dict[bytes, SignPlan] = {}
    for at, entry in enumerate(entries):
        frames = _find(kinds, entry.kind, f"{key}[{at}].kind", "sign_kinds")
        plan = SignPlan(entry.counter, entry.address, frames)
        other = plans.setdefault(_fitting(plan.render(BLANK), entry, f"{key}[{at}]"), plan)
        if other is not plan:
            raise BadTable(
                f"{key}[{at}].address",
                f"the sign of counter {other.counter} listens to the same frames; give each an address of its own",
            )
    return tuple(plans.values())


def _plan_keys(entries: Sequence[HungEntry], key: str, kinds: PadKinds) -> Mapping[bytes, PadKey]:
    keys: dict[bytes, PadKey] = {}
    for at, entry in enumerate(entries):
        kind = _find(kinds, entry.kind, f"{key}[{at}].kind", "pad_kinds")
        for meaning, template in kind.items():
            frame = _fitting(template.render(entry.address), entry, f"{key}[{at}]")
            _refuse_alike(frame, keys, f"{key}[{at}]", meaning)
            keys[frame] = PadKey(entry.counter, meaning)
    return keys


def _plan_number_pad(written: Any, key: str) -> NumberPadPlan:
    entry = _convert(written, NumberPadEntry, key)
    if not DEVICE_FILE.fullmatch(entry.device):
        raise BadTable(
            f"{key}.device", f"expected a path as /dev/input/by-id/usb-...-event-kbd, found {entry.device!r}"
        )
    named = USUAL_KEYS if entry.keys is None else entry.keys
    keys = {
        code: _choose(meaning, KEYS, f"{key}.keys.{name}")
        for name, meaning in named.items()
        for code in EVENT_CODES[_choose(name, EVENT_CODES, f"{key}.keys")]
    }
    return NumberPadPlan(entry.counter, entry.device, keys)


def _convert(written: Any, kind: type[Entry], key: str) -> Entry:
    try:
        return msgspec.convert(written, kind)
    except msgspec.ValidationError as error:
        below = AT.search(str(error))
        what = AT.sub("", str(error))
        for theirs, ours in PLAIN_WORDS:
            what = what.replace(theirs, ours)
        raise BadTable((key + (below["path"] if below else "")).lstrip("."), what) from error


def _choose(found: object, choices: Collection[Chosen], key: str) -> Chosen:
    for choice in choices:
        if choice == found:
            return choice
    raise BadTable(key, f"expected one of {', '.join(map(str, choices))}; found {found}")


def _find(kinds: Mapping[str, Entry], name: str, key: str, where: str) -> Entry:
    if name not in kinds:
        raise BadTable(key, f"there is no [{where}.{name}]; there are: {', '.join(sorted(kinds)) or 'none'}")
    return kinds[name]


def _fitting(frame: bytes | None, entry: HungEntry, key: str) -> bytes:
    if frame is None:
        raise BadTable(f"{key}.address", f"{entry.address} does not fit its place in the frames of {entry.kind!r}")
    return frame


def _refuse_alike(frame: bytes, keys: Mapping[bytes, PadKey], key: str, meaning: Key) -> None:
    for other, pad_key in keys.items():
        if frame.startswith(other) or other.startswith(frame):
            raise BadTable(
                key,
                f"its frame of {meaning} ({frame.hex(' ')}) cannot be told from that of"
                f" {pad_key.key} at counter {pad_key.counter} ({other.hex(' ')})",
            )


def _refuse_twice(names: Sequence[str], where: str, field: str, advice: str) -> None:
    for at, name in enumerate(names):
        if name in names[:at]:
            raise BadTable(f"{where}[{at}].{field}", f"{name} is named twice; {advice}")
