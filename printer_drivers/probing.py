"""Owns how a strange printer is found out: each way to ask is tried once, and what answered becomes options.

Pure. A printer that does not know a question may print its letters, so this is for set-up only, with someone there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from printer_drivers import answers
from printer_drivers.answers import NOTHING, Ask, Heard, Question
from printer_drivers.conversation import Terms
from printer_drivers.escpos import INITIALISE
from printer_drivers.printer import CAN_PRINT, PrinterState
from printer_drivers.wire import Wire

_PROCESS_ID = b"7E57"
_MAKER, _MODEL = 66, 67
_STATE_QUESTION = "DLE EOT"
# The answer of a printer that lacks nothing, the same to each of the four questions.
_FINE = b"\x12"

# Below this a raster slip takes longer than people wait: 15 KB at 57600 baud are 2.7 s, at 38400 baud 4.
SLOW_BELOW_BAUD = 57600

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a printer answered: the ways to ask that work, its state, its maker and model, and all bytes for support.

    Maker and model are empty when it does not tell; `raw` names each question and holds what came after it. `doubted`:
    it answers everything alike, so its answers say nothing.
    """

    asks: frozenset[Ask]
    state: PrinterState
    maker: str
    model: str
    raw: tuple[tuple[str, bytes], ...]
    doubted: bool = False


def probe(wire: Wire, terms: Terms) -> Findings:
    """Try every question on an open wire; takes some seconds. Raises `PrinterStopped` when the line broke."""
    probing = _Probing(wire, terms)
    line = wire.look()
    real_time = probing.ask_all()
    automatic = probing.put("GS a", answers.ASK_AUTOMATIC, lambda heard: heard.automatic)
    wire.send(answers.STOP_AUTOMATIC, terms.until(terms.deadlines.answer_s))
    queued = probing.put("GS r 1", answers.ASK_WHEN_DONE, lambda heard: heard.queued)
    done = probing.put("GS ( H", answers.ask_for_id(_PROCESS_ID), lambda heard: heard.process_ids)
    maker, model = (
        probing.put(f"GS I {n}", answers.ask_for_name(n), lambda heard: heard.names) for n in (_MAKER, _MODEL)
    )
    wire.send(INITIALISE, terms.until(terms.deadlines.answer_s))
    if _is_doubtful(probing.raw):
        return Findings(NOTHING, PrinterState.UNKNOWN, "", "", tuple(probing.raw), doubted=True)
    known = {Ask.EOT: real_time, Ask.ASB: automatic, Ask.GSR: queued, Ask.ID: _PROCESS_ID in done}
    state = _add_up(real_time, automatic)
    return Findings(_keep_useful(known, line, state), state, _first(maker), _first(model), tuple(probing.raw))


def recommend(findings: Findings, can: frozenset[Ask], model: str | None, baud: int | None) -> dict[str, str]:
    """Return the options that suit this printer; `can` is what its line allows, `model` its name if known."""
    asks = [ask for ask in Ask if ask in findings.asks & can]
    options = {"ask": ",".join(asks)} if asks else {"status": "off"} if can else {}
    if model is not None:
        options["model"] = model
    if baud is not None and baud < SLOW_BELOW_BAUD:
        options["layout"] = "slow"
    return options


class _Probing:
    """Puts questions and writes down every byte that came."""

    def __init__(self, wire: Wire, terms: Terms) -> None:
        self._wire = wire
        self._terms = terms
        self.raw: list[tuple[str, bytes]] = []

    def put(self, name: str, question: bytes, pick: Callable[[Heard], Sequence[_Found]]) -> Sequence[_Found]:
        """Return the answers of its kind, after the silence that ends them or the time for them."""
        self._wire.hear(self._terms.monotonic())
        by = self._terms.until(self._terms.deadlines.answer_s)
        self._wire.send(question, by)
        heard = b""
        while not pick(answers.hear(heard)) and (more := self._wire.hear(by)):
            heard += more
        self.raw.append((name, heard))
        return pick(answers.hear(heard))

    def ask_all(self) -> Mapping[Question, int]:
        """Put every DLE EOT, also after a silence: here time does not matter."""
        put = {
            n: self.put(f"{_STATE_QUESTION} {n.value}", answers.ask(n), lambda heard: heard.real_time) for n in Question
        }
        return {question: found[0] for question, found in put.items() if found}


def _is_doubtful(raw: Sequence[tuple[str, bytes]]) -> bool:
    """Say whether the answers say nothing, because all of them are the same.

    Four times 12 is a healthy printer. Four times another byte is one whose cover is open, whose cutter is stuck and
    whose paper is out at once: some clones answer 16 to everything.
    """
    answers_to_all = {answer for _, answer in raw}
    states = {answer for name, answer in raw if name.startswith(_STATE_QUESTION)}
    alike_to_all = len(answers_to_all) == 1 and answers_to_all != {b""}
    alike_in_trouble = len(states) == 1 and not states & {b"", _FINE}
    return alike_to_all or alike_in_trouble


def _add_up(real_time: Mapping[Question, int], automatic: Sequence[bytes]) -> PrinterState:
    if real_time or not automatic:
        return answers.read_state(real_time)
    return answers.read_automatic(automatic[-1])


def _keep_useful(known: Mapping[Ask, object], line: PrinterState | None, state: PrinterState) -> frozenset[Ask]:
    """Return the ways to ask that answered.

    What the line shows counts too, unless it shows trouble on a printer that says it is fine. GS r is left out where
    process ids work, and automatic status where DLE EOT does: the better one of two is enough.
    """
    asks = {ask for ask, answered in known.items() if answered}
    if line is None or state not in CAN_PRINT:
        asks.add(Ask.LINE)
    if Ask.ID in asks:
        asks.discard(Ask.GSR)
    if Ask.EOT in asks:
        asks.discard(Ask.ASB)
    return frozenset(asks)


def _first(names: Sequence[str]) -> str:
    return names[0].strip() if names else ""
