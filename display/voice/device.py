"""Owns the sound card, through miniaudio: open from the start and fed with silence between calls.

A device that is opened for each call swallows its first syllable (HDMI and amplifiers wake up slowly).
"""

import threading
from collections.abc import Generator, Iterable, Sequence

import miniaudio
import numpy as np

from display.voice.sink import SinkError
from display.voice.waves import RATE, Samples, duration_s

# A new sound waits one period at most before it is picked up, and up to all of them before it is heard.
PERIOD_MS = 20
PERIODS = 3
# A card that is this much behind the clock does not play any more: it was pulled out, or its driver hangs.
PATIENCE_S = 2.0


class DeviceSink:
    """The sound card. See `Sink` for the contract.

    `backends` of miniaudio to try; empty for those of this machine. `Backend.NULL` plays to nothing in real time.
    """

    def __init__(self, backends: Sequence[miniaudio.Backend] = ()) -> None:
        self._backends = list(backends)
        self._device: miniaudio.PlaybackDevice | None = None
        self._feed = _Feed()
        self._periods_at_check = -1

    def open(self) -> None:
        """See `Sink`."""
        self._release()
        try:
            device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=RATE,
                buffersize_msec=PERIOD_MS,
                callback_periods=PERIODS,
                backends=self._backends or None,
                app_name="motcua",
            )
            self._device = device
            device.start(self._feed.run())
        except miniaudio.MiniaudioError as error:
            self._release()
            raise SinkError(f"there is no sound card that plays: {_tell(error)}") from error
        self._periods_at_check = -1
        if self._feed.closed.is_set():
            # `close` came from another thread while the card was being opened.
            self._release()
            raise SinkError("closed")

    def check(self) -> None:
        """See `Sink`. A card that asked for no sound since the last check is gone."""
        periods = self._feed.periods
        if self._device is None or periods == self._periods_at_check:
            raise SinkError("the sound card has stopped asking for sound")
        self._periods_at_check = periods

    def play(self, title: str, sounds: Iterable[Samples]) -> None:
        """See `Sink`."""
        del title
        for sound in sounds:
            if not self._feed.play(sound, timeout_s=duration_s(sound) + PATIENCE_S):
                raise SinkError("the sound card has stopped playing")
        # The card still holds what it was given last.
        if self._feed.closed.wait(PERIODS * PERIOD_MS / 1000):
            raise SinkError("closed")

    def close(self) -> None:
        """See `Sink`."""
        self._feed.stop()
        self._release()

    def _release(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


class _Feed:
    """What the card's own thread asks for: the pending sound, then silence."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.periods = 0
        self._lock = threading.Lock()
        self._drained = threading.Event()
        self._pending: Samples = np.zeros(0, np.int16)

    def play(self, sound: Samples, timeout_s: float) -> bool:
        """Wait until the card has taken this sound; False when it did not within this time, or was closed."""
        with self._lock:
            if self.closed.is_set():
                return False
            self._pending = sound
            self._drained.clear()
        drained = self._drained.wait(timeout_s)
        with self._lock:
            self._pending = self._pending[:0]
        return drained and not self.closed.is_set()

    def stop(self) -> None:
        """End a `play` that waits."""
        with self._lock:
            self.closed.set()
            self._drained.set()

    def run(self) -> Generator[Samples, int, None]:
        """Return the generator that miniaudio sends frame counts to; it has been started, as miniaudio wants it."""
        generator = self._generate()
        next(generator)
        return generator

    def _generate(self) -> Generator[Samples, int, None]:
        frames = yield np.zeros(0, np.int16)
        while True:
            frames = yield self._take(frames)

    def _take(self, frames: int) -> Samples:
        with self._lock:
            sound, self._pending = self._pending[:frames], self._pending[frames:]
            self.periods += 1
            if not self._pending.size:
                self._drained.set()
        return np.pad(sound, (0, frames - sound.size))


def _tell(error: miniaudio.MiniaudioError) -> str:
    """Return the library's words and its number, which its own text gives as a tuple."""
    return " ".join(map(str, error.args))
