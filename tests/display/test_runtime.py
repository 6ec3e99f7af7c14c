"""The shell around the board: effects are done, voices from other threads are heard, faults stay where they are."""

import asyncio
import logging
from collections.abc import Callable

import pytest

import assets
from display import runtime
from display.clock import now_s
from display.panel import LARGE_S
from display.runtime import BEFORE_ANY_SERVER, Display, Handlers, keep_running
from display.state import CALLS_KEPT, State
from display.view import Picture
from display.voice.announcer import NoSound, Spoken, Stale, Started
from display.voice.player import SpeakerFailed, SpeakerReady, VoiceEvent
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command, ReportCall, ReportDevice
from queue_protocol.ids import Revision, TicketId
from queue_protocol.texts import Texts
from tests.display.hall_server import DISPLAY, MORNING, announce, at, board, welcome
from tests.watching import PATIENCE_S


class Deeds:
    """Handlers that only note what they were asked to do."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self.said: list[CallAnnouncement] = []
        self.silenced: list[TicketId] = []
        self.remembered: list[Revision] = []
        self.pictures: list[Picture] = []

    def handlers(self) -> Handlers:
        """Return the handlers."""
        return Handlers(self._ask, self.said.append, self.silenced.append, self.remembered.append, self.pictures.append)

    def _ask(self, command: Command) -> "asyncio.Future[Result]":
        self.asked.append(command)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        answer.set_result(Refused(code="unknown_call"))
        return answer


@pytest.fixture
async def effects() -> Deeds:
    """Return handlers that note."""
    return Deeds()


@pytest.fixture
async def display(effects: Deeds) -> Display:
    """Return a display that is connected and may speak."""
    texts = Texts.read("vi", (assets.FOLDER / "texts" / "vi.po").read_bytes())
    display = Display(State(DISPLAY, speaker="unknown"), texts, lambda: "k" * 16)
    display.begin(effects.handlers())
    display.change_link("live")
    display.hear(welcome())
    display.hear(board(1))
    return display


async def tell_from_a_thread(display: Display, *events: VoiceEvent) -> None:
    """Let the voice say this on a thread of its own, and wait until the loop has heard it."""

    def speak() -> None:
        for event in events:
            display.hear_voice(event)

    await asyncio.to_thread(speak)
    await asyncio.sleep(0)


async def test_a_call_goes_to_screen_and_voice(display: Display, effects: Deeds) -> None:
    """Both senses are served by one message."""
    display.hear(announce(2))
    assert effects.said == [announce(2)]
    large = effects.pictures[-1].large
    assert large is not None
    assert large.number == "A015"


async def test_a_frame_that_stood_its_time_is_reported(
    display: Display, effects: Deeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture that was flipped is the proof, once its call was large long enough to be read."""
    display.hear(announce(2))
    display.confirm_frame(effects.pictures[-1])
    assert ReportCall(call=at(2), outcome="shown") not in effects.asked
    later_s = now_s() + LARGE_S
    monkeypatch.setattr(runtime, "now_s", lambda: later_s)
    display.confirm_frame(effects.pictures[-1])
    assert ReportCall(call=at(2), outcome="shown") in effects.asked


async def test_the_voice_is_heard_from_its_own_thread(display: Display, effects: Deeds) -> None:
    """Started and spoken reach the board on the loop; only then the server is told."""
    call = announce(2)
    display.hear(call)
    await tell_from_a_thread(display, SpeakerReady(), Started(call), Spoken(call))
    assert ReportDevice(part="speaker", state="ready") in effects.asked
    assert ReportCall(call=at(2), outcome="spoken") in effects.asked
    assert effects.remembered == [at(2)]
    assert display.hello().last_spoken == at(2)
    assert display.hello().sound


async def test_a_voice_without_sound_is_a_trouble_and_no_spoken_call(display: Display, effects: Deeds) -> None:
    """The words of the trouble stay in the log; the server gets a key."""
    call = announce(2)
    display.hear(call)
    await tell_from_a_thread(display, SpeakerFailed("no card"), Started(call), NoSound(call, "no card"))
    assert ReportDevice(part="speaker", state="failed", reason="no_sound") in effects.asked
    assert not any(isinstance(each, ReportCall) and each.outcome == "spoken" for each in effects.asked)
    assert not display.hello().sound
    assert [badge.icon for badge in effects.pictures[-1].badges] == ["volume_off"]


async def test_a_call_whose_ticket_has_gone_is_taken_back(display: Display, effects: Deeds) -> None:
    """The voice is told, and its answer changes nothing more."""
    call = announce(2)
    display.hear(call)
    display.hear(board(3))
    assert effects.silenced == [call.ticket]
    await tell_from_a_thread(display, Stale(call, "cancelled"))
    assert effects.remembered == []


async def test_nothing_is_drawn_when_nothing_changed(display: Display, effects: Deeds) -> None:
    """Ticks cost no frames."""
    before = len(effects.pictures)
    passing = asyncio.create_task(display.keep_time())
    await asyncio.sleep(0.3)
    passing.cancel()
    assert len(effects.pictures) == before


async def test_time_ends_a_flash_by_itself(display: Display, effects: Deeds) -> None:
    """No message is needed for the panel to come to rest."""
    passing = asyncio.create_task(display.keep_time())
    display.hear(announce(2))
    await asyncio.sleep(1.2)
    passing.cancel()
    inverted = [picture.large.inverted for picture in effects.pictures if picture.large is not None]
    assert inverted == [True, False, True, False]


async def test_a_thousand_calls_leave_nothing_behind(display: Display, effects: Deeds) -> None:
    """What is kept of calls is bounded, and so is the picture."""
    for sequence in range(2, 1002):
        call = announce(sequence, f"A{sequence:03}", sequence % 9 + 1)
        display.hear(call)
        display.hear(board(sequence, call, counters=9))
    assert len(display._state.announced) <= CALLS_KEPT
    assert len(effects.said) == 1000


async def test_the_servers_time_is_known_on_any_thread(display: Display) -> None:
    """The voice asks for it; the wall clock of the machine is not asked."""
    now = await asyncio.to_thread(display.server_time)
    assert 0 <= (now - MORNING).total_seconds() < 5


async def test_before_any_server_no_time_is_known() -> None:
    """A clock that stands in the past makes nothing stale."""
    texts = Texts.read("vi", (assets.FOLDER / "texts" / "vi.po").read_bytes())
    assert Display(State(DISPLAY), texts, lambda: None).server_time() == BEFORE_ANY_SERVER


async def test_a_fault_in_one_part_is_logged_and_the_part_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    """One broken message must not darken a hall."""
    runs: list[int] = []

    async def fail() -> None:
        runs.append(1)
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR):
        task = asyncio.create_task(keep_running("a part", fail, pause_s=0.01))
        await _until(lambda: len(runs) >= 3)
        task.cancel()
    assert "a part stopped by a fault" in caplog.text


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.01)
