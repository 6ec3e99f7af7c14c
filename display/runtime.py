"""The touching side of the board: keeps its state on the loop, tells it what happens, does what follows."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from display import update
from display.clock import now_s
from display.state import State
from display.update import Effect, Remember, Say, Silence, Step
from display.view import Picture, draw
from display.voice.announcer import NoSound, Spoken, Stale, Started
from display.voice.player import SpeakerFailed, SpeakerReady, VoiceEvent
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import Revision, TicketId
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer
from queue_protocol.texts import Texts

log = logging.getLogger(__name__)

TICK_S = 0.05
"""How often time passes for the board: a flash of 0.25 s is at most a fifth too long."""

BEFORE_ANY_SERVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The server's time before a server was heard: no call can be stale then, and none can be there."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What runs the effects of a step."""

    ask: Callable[[Command], "asyncio.Future[Result]"]
    say: Callable[[CallAnnouncement], None]
    silence: Callable[[TicketId], None]
    remember: Callable[[Revision], None]
    """Keep the last call spoken; returns at once."""
    show: Callable[[Picture], None]


class Display:
    """A display on the running loop. Everything but `hear_voice` and `server_time` is called on that loop."""

    def __init__(self, state: State, texts: Texts, read_key: Callable[[], str | None]) -> None:
        self._state = state
        self._texts = texts
        self._read_key = read_key
        self._handlers: Handlers | None = None
        self._picture: Picture | None = None
        self._loop = asyncio.get_running_loop()

    def begin(self, handlers: Handlers) -> None:
        """Do from now on what follows from what happens."""
        self._handlers = handlers
        self._take(Step(self._state))

    def hello(self) -> DisplayHello:
        """Return how the display introduces itself at this moment."""
        return update.hello(self._state, self._read_key())

    def hear(self, message: FromServer) -> None:
        """Take in what the server said."""
        self._take(update.hear(self._state, message, now_s()))

    def change_link(self, link: Link) -> None:
        """Take in that the link to the server has changed."""
        self._take(update.change_link(self._state, link, now_s()))

    def confirm_frame(self, picture: Picture) -> None:
        """Take in that the frame with this picture is on the screen."""
        if picture.large is not None:
            self._take(update.confirm_frame(self._state, picture.large.call, now_s()))

    def hear_voice(self, event: VoiceEvent) -> None:
        """Take in, from any thread, what the voice says about itself and its calls."""
        with contextlib.suppress(RuntimeError):  # the loop has ended and nobody listens any more
            self._loop.call_soon_threadsafe(self._hear_voice, event)

    def server_time(self) -> datetime:
        """Return the server's time, on any thread."""
        clock = self._state.clock
        return clock.now(now_s()) if clock is not None else BEFORE_ANY_SERVER

    async def keep_time(self) -> None:
        """Let time pass for the board, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self._take(update.pass_time(self._state, now_s()))

    def _hear_voice(self, event: VoiceEvent) -> None:
        match event:
            case Started(announcement):
                self._take(update.begin_speaking(self._state, announcement.call, now_s()))
            case Spoken(announcement):
                self._take(update.finish_speaking(self._state, announcement.call, now_s()))
            case Stale(announcement, reason):
                log.info("call of %s is not spoken: %s", announcement.number, reason)
                self._take(update.leave_unspoken(self._state, announcement.call, now_s()))
            case NoSound(announcement, reason):
                log.warning("call of %s could not be heard: %s", announcement.number, reason)
                self._take(update.miss_speaking(self._state, announcement.call, now_s()))
            case SpeakerReady():
                log.info("the loudspeaker is ready")
                self._take(update.change_speaker(self._state, "ready", None, now_s()))
            case SpeakerFailed(reason):
                log.warning("no sound: %s", reason)
                self._take(update.change_speaker(self._state, "failed", "no_sound", now_s()))

    def _take(self, step: Step) -> None:
        self._state = step.state
        if self._handlers is None:
            return
        for effect in step.effects:
            self._do(effect, self._handlers)
        picture = draw(step.state, self._texts, now_s())
        if picture != self._picture:
            self._picture = picture
            self._handlers.show(picture)

    @staticmethod
    def _do(effect: Effect, handlers: Handlers) -> None:
        match effect:
            case Say(announcement):
                handlers.say(announcement)
            case Silence(ticket):
                handlers.silence(ticket)
            case Remember(call):
                handlers.remember(call)
            case command:
                handlers.ask(command).add_done_callback(_log_refusal)


async def keep_running(name: str, run: Callable[[], Awaitable[None]], pause_s: float = 1.0) -> None:
    """Run this for ever: a fault in one part is logged and does not take the screen or the voice with it."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("%s stopped by a fault; it starts again in %s s", name, pause_s)
        await asyncio.sleep(pause_s)


def _log_refusal(answer: "asyncio.Future[Result]") -> None:
    if not answer.cancelled() and isinstance(answer.result(), Refused):
        log.info("the server refused a report: %s", answer.result())
