"""The touching side of the counters: keeps their state on the loop, tells it what happens, does what follows."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from display.clock import now_s
from display.counter import counters
from display.counter.counters import Ask, Decline, State, Why
from display.counter.devices import CounterSign, Face, Key
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import CounterNumber
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer
from queue_protocol.texts import Texts

log = logging.getLogger(__name__)

TICK_S = 0.1
"""How often time passes: what a sign shows for a second is a tenth too long at most."""

REASONS: dict[Why, str] = {
    "no_link": "the server is out of reach",
    "unknown_counter": "the center has no such counter; see the table of this box",
    "nobody_there": "nobody is at the counter",
}

AskServer = Callable[[Command], "asyncio.Future[Result]"]


class Counters:
    """The counters on the running loop. `texts` has the sentences of refusals for the log."""

    def __init__(
        self, state: State, signs: Sequence[CounterSign], texts: Texts, read_key: Callable[[], str | None]
    ) -> None:
        self._state = state
        self._signs = signs
        self._texts = texts
        self._read_key = read_key
        self._ask: AskServer | None = None
        self._shown: list[Face | None] = [None] * len(signs)

    def begin(self, ask: AskServer) -> None:
        """Ask the server from now on for what keys want."""
        self._ask = ask
        self._show()

    def hello(self) -> DisplayHello:
        """Return how this box introduces itself at this moment."""
        return counters.hello(self._state, self._read_key())

    def hear(self, message: FromServer) -> None:
        """Take in what the server said."""
        self._take(counters.hear(self._state, message))

    def change_link(self, link: Link) -> None:
        """Take in that the link to the server has changed."""
        log.info("the link to the server is %s", link)
        self._take(counters.change_link(self._state, link))

    def press(self, counter: CounterNumber, key: Key) -> None:
        """Take in a key of a pad."""
        step = counters.press(self._state, counter, key, now_s())
        self._take(step.state)
        for deed in step.deeds:
            self._do(deed)

    async def keep_time(self) -> None:
        """Let time pass for the signs, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self._show()

    def _do(self, deed: Ask | Decline) -> None:
        match deed:
            case Ask(command=command) if self._ask is not None:
                self._ask(command).add_done_callback(partial(self._take_answer, deed))
            case Decline(counter, key, why):
                log.info("counter %s: the key %s had no effect: %s", counter, key, REASONS[why])

    def _take_answer(self, asked: Ask, answer: "asyncio.Future[Result]") -> None:
        if answer.cancelled():
            return
        result = answer.result()
        self._take(counters.take_answer(self._state, asked.counter, result, now_s()))
        if isinstance(result, Refused):
            log.info("counter %s: the key %s was refused: %s", asked.counter, asked.key, self._explain(result))

    def _explain(self, refused: Refused) -> str:
        return self._texts.say(f"refused_{refused.code}", **refused.facts)

    def _take(self, state: State) -> None:
        self._state = state
        self._show()

    def _show(self) -> None:
        for at, sign in enumerate(self._signs):
            face = counters.face_of(self._state, sign.counter, now_s())
            if face != self._shown[at]:
                self._shown[at] = face
                sign.show(face)
