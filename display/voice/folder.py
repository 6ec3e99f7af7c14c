"""Owns the sink that writes: each announcement becomes one WAV file, for checking machines without a card."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from display.voice.sink import SinkError
from display.voice.waves import Samples, write_wave


class FolderSink:
    """Writes `<title>.wav` at once and takes no time to play it. See `Sink` for the contract."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """See `Sink`."""
        with _as_sink_error():
            self._folder.mkdir(parents=True, exist_ok=True)

    def check(self) -> None:
        """See `Sink`."""
        if not self._folder.is_dir():
            raise SinkError(f"the folder {self._folder} is gone")

    def play(self, title: str, sounds: Iterable[Samples]) -> None:
        """See `Sink`. The file appears whole: it is written beside its place and then renamed."""
        data = write_wave(np.concatenate(list(sounds)))
        unfinished = self._folder / f"{title}.part"
        with _as_sink_error():
            unfinished.write_bytes(data)
            unfinished.replace(self._folder / f"{title}.wav")

    def close(self) -> None:
        """See `Sink`."""


@contextlib.contextmanager
def _as_sink_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SinkError(f"the announcement cannot be written: {error}") from error
