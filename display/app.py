"""Puts a display together and runs it: the only place that constructs."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

import assets
from device_runtime.device_key import read_key
from device_runtime.kept_end import keeping_end
from display.clock import utc_now
from display.config import BadSetting, Settings, read_settings
from display.last_spoken import read_last_spoken, write_last_spoken
from display.runtime import Display, Handlers, keep_running
from display.state import State
from display.view import LANGUAGE
from display.voice.bank import Clips, load_banks
from display.voice.player import Voice, choose_sink
from queue_protocol.client import Client
from queue_protocol.hellos import DisplayHello
from queue_protocol.ids import Revision
from queue_protocol.phrases import LANGUAGES, clip_keys
from queue_protocol.texts import Texts

if TYPE_CHECKING:
    from display.screens.window import BoardWindow

log = logging.getLogger(__name__)

CANNOT_RUN = 2
"""Exit status: it cannot run like this, and starting it again does not help."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """What there is to speak with; `clips` is `None` where nothing can be said."""

    clips: Clips | None
    state: State


def _hello(display: Display) -> DisplayHello:
    """Return how the display introduces itself at this moment, by its own clock."""
    return structs.replace(display.hello(), wall=utc_now())


def main(argv: list[str]) -> int:
    """Run a display with these arguments until SIGINT, SIGTERM or the closing of its window; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(read_settings(argv)))
    except BadSetting as trouble:
        print(f"display: {trouble}", file=sys.stderr)  # noqa: T201 - the command line talks to its person
        return CANNOT_RUN
    return 0


async def _run(settings: Settings) -> None:
    stop = _stop_on_signals()
    sound = _read_sound(settings)
    display = Display(sound.state, _read_texts(), partial(_find_key, settings))
    window = None if settings.headless else _open_window(settings, display)
    with (
        keeping_end(settings.folder) as kept_end,
        _disk(settings.folder) as remember,
        _speaker(settings, sound.clips, display) as voice,
    ):
        client = Client(settings.server, partial(_hello, display), display.hear, display.change_link, *kept_end)
        show = window.show if window is not None else _ignore
        say, silence = (voice.say, voice.cancel) if voice is not None else (_ignore, _ignore)
        display.begin(Handlers(ask=client.ask, say=say, silence=silence, remember=remember, show=show))
        await _work(client, display, window, stop)


def _stop_on_signals() -> asyncio.Event:
    """Return what is set when the process is asked to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _read_sound(settings: Settings) -> _Sound:
    """Return the clips, and the state to begin with.

    A broken clip costs the calls that need it in that language; a display without a whole language is silent and lit.
    """
    last_spoken = read_last_spoken(settings.folder)
    state = State(device=settings.device, hall=settings.hall, last_spoken=last_spoken)
    if settings.sound == "none":
        return _Sound(None, state)
    loaded = load_banks(assets.FOLDER / "voice", LANGUAGES)
    for key in loaded.recorded:
        log.info("%s is a recording of this site", key)
    for fault in loaded.faults:
        log.error(
            "%s; what needs it is shown and not said. `python -m display.voice build` makes the clips again", fault
        )
    trouble = "clips_broken" if loaded.faults else None
    if not any(clip_keys(language) <= loaded.clips.keys() for language in LANGUAGES):
        return _Sound(None, replace(state, speaker="failed", trouble=trouble))
    return _Sound(loaded.clips, replace(state, speaker="unknown", clips_trouble=trouble))


def _read_texts() -> Texts:
    return Texts.read(LANGUAGE, (assets.FOLDER / "texts" / f"{LANGUAGE}.po").read_bytes())


def _find_key(settings: Settings) -> str | None:
    return settings.key or read_key(settings.key_file)


def _open_window(settings: Settings, display: Display) -> "BoardWindow":
    from display.screens.setup import prepare  # noqa: PLC0415 - Kivy is loaded only where there is a screen

    prepare(settings.window)
    from display.screens.window import BoardWindow, NoScreen  # noqa: PLC0415 - only after Kivy was set up

    try:
        return BoardWindow(display.confirm_frame)
    except NoScreen as trouble:
        raise BadSetting(
            "there is no screen to show the board on; start with --headless for the voice alone"
        ) from trouble


@contextlib.contextmanager
def _disk(folder: Path | None) -> Iterator[Callable[[Revision], None]]:
    """Lend what keeps the last call spoken: one writer in its own thread, as an old disk may be slow."""
    with ThreadPoolExecutor(1, "disk") as writer:

        def remember(call: Revision) -> None:
            writer.submit(write_last_spoken, folder, call)

        yield remember


@contextlib.contextmanager
def _speaker(settings: Settings, clips: Clips | None, display: Display) -> Iterator[Voice | None]:
    """Lend the voice; `None` where there is nothing to speak with."""
    if clips is None:
        yield None
        return
    voice = Voice(clips, choose_sink(settings.sound), display.server_time, display.hear_voice)
    try:
        yield voice
    finally:
        voice.close()


async def _work(client: Client, display: Display, window: "BoardWindow | None", stop: asyncio.Event) -> None:
    tasks = [
        asyncio.create_task(keep_running("the link to the server", client.run)),
        asyncio.create_task(keep_running("the passing of time", display.keep_time)),
    ]
    if window is None:
        await stop.wait()
    else:
        drawing = asyncio.create_task(window.run())
        drawing.add_done_callback(lambda _: stop.set())
        await stop.wait()
        window.close()
        await drawing  # raises what the drawing died of: a screen that does not draw must not look alive
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _ignore(_: object) -> None:
    """Take the place of a hand that this display does not have."""
