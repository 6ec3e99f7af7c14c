"""The shell around the counters: signs are told of changes, keys become commands, refusals become sentences."""

import asyncio
import logging

import pytest

import assets
from display.counter.counters import REFUSAL_S, State
from display.counter.devices import BLANK, REFUSAL, Face
from display.counter.shell import Counters
from queue_protocol.answers import NextCalled, Refused, Result
from queue_protocol.commands import CallNext, Command
from queue_protocol.texts import Texts
from tests.counter.bus import until
from tests.counter.hall import BOX, board, counter, welcome


class NotedSign:
    """A sign that notes what it is told."""

    def __init__(self, counter: int) -> None:
        self.counter = counter
        self.faces: list[Face] = []

    def show(self, face: Face) -> None:
        """Take note."""
        self.faces.append(face)


class NotedServer:
    """A server that notes what it is asked, and answers when the test says what."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self._answers: list[asyncio.Future[Result]] = []

    def ask(self, command: Command) -> "asyncio.Future[Result]":
        """Take note."""
        self.asked.append(command)
        self._answers.append(asyncio.get_running_loop().create_future())
        return self._answers[-1]

    async def answer(self, result: Result) -> None:
        """Answer the last question."""
        self._answers[-1].set_result(result)
        await asyncio.sleep(0)


class Hall:
    """Counters with noted signs at 1 and 2, connected, with nobody there."""

    def __init__(self) -> None:
        self.signs = (NotedSign(1), NotedSign(2))
        self.server = NotedServer()
        texts = Texts.read("en", (assets.FOLDER / "texts" / "en.po").read_bytes())
        self.counters = Counters(State(BOX), self.signs, texts, lambda: "k" * 16)
        self.counters.begin(self.server.ask)
        self.counters.change_link("live")
        self.counters.hear(welcome())
        self.counters.hear(board(1, counter(1), counter(2)))


async def test_signs_are_told_of_changes_only() -> None:
    """The line resends by itself; what is shown already is not said again."""
    hall = Hall()
    for sequence in range(2, 6):
        hall.counters.hear(board(sequence, counter(1, "A015"), counter(2)))
    assert hall.signs[0].faces == [BLANK, Face("number", "A015")]
    assert hall.signs[1].faces == [BLANK]
    hall.counters.change_link("connecting")
    assert hall.signs[0].faces[-1] == BLANK


async def test_a_key_is_asked_once() -> None:
    """Ten presses before the answer are one command."""
    hall = Hall()
    for _ in range(10):
        hall.counters.press(1, "next")
    assert hall.server.asked == [CallNext(counter=1, after=None, long_service="forgotten")]
    await hall.server.answer(NextCalled(counter=1, ticket=None))
    assert hall.signs[0].faces == [BLANK]


async def test_a_refusal_blinks_and_is_a_sentence_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The clerk sees it on the sign, and whoever looks after the box reads why."""
    hall = Hall()
    passing = asyncio.create_task(hall.counters.keep_time())
    with caplog.at_level(logging.INFO):
        hall.counters.press(1, "next")
        await hall.server.answer(Refused(code="nobody_waiting", facts={"counter": 1}))
    assert "counter 1: the key next was refused: Nobody waits for the services of this counter." in caplog.text
    assert hall.signs[0].faces == [BLANK, REFUSAL]
    await until(lambda: hall.signs[0].faces == [BLANK, REFUSAL, BLANK], REFUSAL_S + 5)
    assert hall.signs[1].faces == [BLANK]
    passing.cancel()


async def test_a_key_without_effect_is_a_sentence_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing was sent, and that is said."""
    hall = Hall()
    with caplog.at_level(logging.INFO):
        hall.counters.press(1, "finish")
        hall.counters.press(9, "next")
    assert "counter 1: the key finish had no effect: nobody is at the counter" in caplog.text
    assert "counter 9: the key next had no effect: the center has no such counter" in caplog.text
    assert hall.server.asked == []


async def test_the_key_is_read_at_each_hello() -> None:
    """On the first start of a center the box may be there before its key."""
    hall = Hall()
    assert (hall.counters.hello().key, hall.counters.hello().sound) == ("k" * 16, False)
