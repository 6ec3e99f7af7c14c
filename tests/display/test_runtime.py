"""The shell around the board: deeds are done, voices from other threads are heard, faults stay where they are."""

import asyncio
import logging
from collections.abc import Callable

import pytest

import assets
from display.runtime import BEFORE_ANY_SERVER, Display, Hands, keep_running
from display.update import State
from display.view import Picture
from display.voice.announcer import NoSound, Spoken, Stale, Started
from display.voice.player import SpeakerFailed, SpeakerReady, VoiceEvent
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command, ReportCall, ReportDevice
from queue_protocol.ids import Revision, TicketId
from queue_protocol.texts import Texts
from tests.display.hall_server import DISPLAY, MORNING, announce, at, board, welcome


class Deeds:
    """Hands that only note what they were asked to do."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self.said: list[CallAnnouncement] = []
        self.silenced: list[TicketId] = []
        self.remembered: list[Revision] = []
        self.pictures: list[Picture] = []

    def hands(self) -> Hands:
        """Return the hands."""
        return Hands(self._ask, self.said.append, self.silenced.append, self.remembered.append, self.pictures.append)

    def _ask(self, command: Command) -> "asyncio.Future[Result]":
        self.asked.append(command)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        answer.set_result(Refused(code="unknown_call"))
        return answer


@pytest.fixture
async def deeds() -> Deeds:
    """Return hands that note."""
    return Deeds()


@pytest.fixture
async def display(deeds: Deeds) -> Display:
    """Return a display that is connected and may speak."""
    texts = Texts.read("vi", (assets.FOLDER / "texts" / "vi.po").read_bytes())
    display = Display(State(DISPLAY, speaker="unknown"), texts, lambda: "k" * 16)
    display.begin(deeds.hands())
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


async def test_a_call_goes_to_screen_and_voice(display: Display, deeds: Deeds) -> None:
    """Both senses are served by one message."""
    display.hear(announce(2))
    assert deeds.said == [announce(2)]
    large = deeds.pictures[-1].large
    assert large is not None
    assert large.number == "A015"


async def test_a_frame_on_the_screen_is_reported(display: Display, deeds: Deeds) -> None:
    """The picture that was flipped is the proof."""
    display.hear(announce(2))
    display.confirm_frame(deeds.pictures[-1])
    assert ReportCall(call=at(2), outcome="shown") in deeds.asked


async def test_the_voice_is_heard_from_its_own_thread(display: Display, deeds: Deeds) -> None:
    """Started and spoken reach the board on the loop; only then the server is told."""
    call = announce(2)
    display.hear(call)
    await tell_from_a_thread(display, SpeakerReady(), Started(call), Spoken(call))
    assert ReportDevice(part="speaker", state="ready") in deeds.asked
    assert ReportCall(call=at(2), outcome="spoken") in deeds.asked
    assert deeds.remembered == [at(2)]
    assert display.hello().last_spoken == at(2)
    assert display.hello().sound


async def test_a_voice_without_sound_is_a_trouble_and_no_spoken_call(display: Display, deeds: Deeds) -> None:
    """The words of the trouble stay in the log; the server gets a key."""
    call = announce(2)
    display.hear(call)
    await tell_from_a_thread(display, SpeakerFailed("no card"), Started(call), NoSound(call, "no card"))
    assert ReportDevice(part="speaker", state="failed", reason="no_sound") in deeds.asked
    assert not any(isinstance(each, ReportCall) and each.outcome == "spoken" for each in deeds.asked)
    assert not display.hello().sound
    assert [badge.icon for badge in deeds.pictures[-1].badges] == ["volume_off"]


async def test_a_call_whose_ticket_has_gone_is_taken_back(display: Display, deeds: Deeds) -> None:
    """The voice is told, and its answer changes nothing more."""
    call = announce(2)
    display.hear(call)
    display.hear(board(3))
    assert deeds.silenced == [call.ticket]
    await tell_from_a_thread(display, Stale(call, "cancelled"))
    assert deeds.remembered == []


async def test_nothing_is_drawn_when_nothing_changed(display: Display, deeds: Deeds) -> None:
    """Ticks cost no frames."""
    before = len(deeds.pictures)
    passing = asyncio.create_task(display.keep_time())
    await asyncio.sleep(0.3)
    passing.cancel()
    assert len(deeds.pictures) == before


async def test_time_ends_a_flash_by_itself(display: Display, deeds: Deeds) -> None:
    """No message is needed for the panel to come to rest."""
    passing = asyncio.create_task(display.keep_time())
    display.hear(announce(2))
    await asyncio.sleep(1.2)
    passing.cancel()
    inverted = [picture.large.inverted for picture in deeds.pictures if picture.large is not None]
    assert inverted == [True, False, True, False]


async def test_a_thousand_calls_leave_nothing_behind(display: Display, deeds: Deeds) -> None:
    """What is kept of calls is bounded, and so is the picture."""
    for sequence in range(2, 1002):
        call = announce(sequence, f"A{sequence:03}", sequence % 9 + 1)
        display.hear(call)
        display.hear(board(sequence, call, counters=9))
    assert len(display._state.heard) < 40
    assert len(deeds.said) == 1000


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
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)
