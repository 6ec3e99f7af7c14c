"""Owns the voice's thread: it takes announcements one by one, joins their clips and plays them.

One thread, so calls cannot overlap. It never stops for want of a sound card: then it keeps the rhythm in silence,
says that it failed, and tries again.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from display.voice import announcer
from display.voice.announcer import Announcer, AnnouncerEvent, Outcome
from display.voice.bank import Clips
from display.voice.device import DeviceSink
from display.voice.folder import FolderSink
from display.voice.join import join, measure_s, missing_clips, sayable
from display.voice.silence import SilenceSink
from display.voice.sink import Sink, SinkError
from display.voice.waves import Samples
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.ids import TicketId
from queue_protocol.phrases import CHIME, Utterance

# How soon an idle voice notices a card that was pulled out or put back.
CHECK_EVERY_S = 10.0
CLOSE_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class SpeakerFailed:
    """No sound comes out from now on. `reason` is for the log and the health page."""

    reason: str


@dataclass(frozen=True, slots=True)
class SpeakerReady:
    """Sound comes out: said once at the start, and again after each failure."""


VoiceEvent = AnnouncerEvent | SpeakerFailed | SpeakerReady


class Voice:
    """The loudspeaker of a hall.

    `clock` returns the server's time. `on_event` is called with each `VoiceEvent`, in order, on the voice's own
    thread: a caller with an event loop passes it on with `call_soon_threadsafe`. It must not raise or wait. `say`,
    `cancel` and `close` may be called from any thread and return at once (`close`: within some seconds).
    """

    def __init__(
        self,
        clips: Clips,
        sink: Sink,
        clock: Callable[[], datetime],
        on_event: Callable[[VoiceEvent], None],
        check_every_s: float = CHECK_EVERY_S,
    ) -> None:
        self._clips = clips
        self._sink = sink
        self._silence = SilenceSink()
        self._clock = clock
        self._on_event = on_event
        self._check_every_s = check_every_s
        self._announcer = Announcer()
        self._untold: list[VoiceEvent] = []
        self._changed = threading.Condition()
        self._closing = False
        self._trouble: str | None = "not opened yet"
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, announcement: CallAnnouncement) -> None:
        """Put a call in the line of announcements."""
        self._change(lambda now: announcer.receive(now, announcement))

    def cancel(self, ticket: TicketId) -> None:
        """Take back the calls of this ticket that are not said yet."""
        self._change(lambda now: announcer.cancel(now, ticket))

    def close(self) -> None:
        """Stop speaking, even within a sentence, and let go of the sound card."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._sink.close()
        self._silence.close()
        self._thread.join(CLOSE_WITHIN_S)

    def _change(self, move: Callable[[Announcer], Outcome]) -> None:
        with self._changed:
            self._announcer, events = move(self._announcer)
            self._untold.extend(events)
            self._changed.notify()

    def _run(self) -> None:
        self._open()
        while not self._closing:
            with self._changed:
                woken = self._changed.wait_for(self._has_work, self._check_every_s)
            self._tell()
            if self._closing:
                return
            if woken:
                self._say_next()
            else:
                self._check()

    def _has_work(self) -> bool:
        return bool(self._closing or self._untold or self._announcer.waiting)

    def _say_next(self) -> None:
        if self._trouble is not None:
            self._open()
        self._change(lambda now: announcer.start(now, self._clock()))
        self._tell()
        announcement = self._announcer.speaking
        if announcement is None:
            return
        trouble = self._speak(announcement)
        self._change(lambda now: announcer.finish(now, self._clock(), trouble))
        self._tell()

    def _speak(self, announcement: CallAnnouncement) -> str | None:
        """Say one call; return why it was not heard, or None."""
        utterances = sayable(announcement.utterances, self._clips)
        if not any(utterances):
            # The chime alone still turns eyes to the board.
            chime = [join((CHIME,), self._clips)] if CHIME in self._clips else []
            self._play(_title(announcement), iter(chime))
            parts = [part for utterance in announcement.utterances for part in utterance]
            return f"clips missing: {', '.join(missing_clips(parts, self._clips))}"
        self._play(_title(announcement), self._sounds(utterances))
        return self._trouble

    def _play(self, title: str, sounds: Iterator[Samples]) -> None:
        sink = self._sink if self._trouble is None else self._silence
        try:
            sink.play(title, sounds)
        except SinkError as error:
            self._fail(str(error))
            if not self._closing:
                # What is left of the call passes in silence, so that the screen keeps its rhythm.
                self._play(title, sounds)

    def _sounds(self, utterances: Sequence[Utterance | None]) -> Iterator[Samples]:
        """Yield each utterance when it is its turn, if it is still to be said then."""
        said = 0
        for place, utterance in enumerate(utterances):
            with self._changed:
                waiting = self._announcer.waiting
                wanted = announcer.goes_on(self._announcer, place if said else 0, self._measure_s(waiting))
            if utterance is not None and wanted:
                said += 1
                yield join(utterance, self._clips)

    def _measure_s(self, calls: Sequence[CallAnnouncement]) -> float:
        """Return how long these calls last, each said once, in seconds."""
        first = (next(filter(None, sayable(call.utterances, self._clips)), ()) for call in calls)
        return sum(measure_s(utterance, self._clips) for utterance in first)

    def _open(self) -> None:
        try:
            self._sink.open()
        except SinkError as error:
            self._fail(str(error))
        else:
            self._trouble = None
            self._tell(SpeakerReady())

    def _check(self) -> None:
        if self._trouble is not None:
            self._open()
            return
        try:
            self._sink.check()
        except SinkError as error:
            self._fail(str(error))
            self._open()

    def _fail(self, reason: str) -> None:
        """Say once that no sound comes out, however often it is tried."""
        known, self._trouble = self._trouble, reason
        if known != reason and not self._closing:
            self._tell(SpeakerFailed(reason))

    def _tell(self, *events: VoiceEvent) -> None:
        with self._changed:
            untold, self._untold = [*self._untold, *events], []
        for event in untold:
            self._on_event(event)


def choose_sink(setting: str) -> Sink:
    """Return the sink that a setting names: `device` (the sound card), `none` (silence) or `file:FOLDER`.

    Raises `ValueError` for any other setting.
    """
    kind, _, folder = setting.partition(":")
    if kind == "file" and folder:
        return FolderSink(Path(folder))
    if setting in _SINKS:
        return _SINKS[setting]()
    raise ValueError(f"no sink is called {setting!r}: use device, none or file:FOLDER")


def _title(announcement: CallAnnouncement) -> str:
    call = announcement.call
    return f"{call.epoch}-{call.sequence:06}-{announcement.number}-{announcement.counter}"


_SINKS: dict[str, Callable[[], Sink]] = {"device": DeviceSink, "none": SilenceSink}
