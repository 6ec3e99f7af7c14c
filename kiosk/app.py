"""The kiosk's program: the only place that builds the parts and joins them. Starts, supervises and ends them."""

import asyncio
import contextlib
import functools
import logging
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from msgspec import structs

import assets
from device_runtime.device_key import read_key
from device_runtime.kept_end import Keep, keeping_end
from kiosk.alone import Alone
from kiosk.box import Box
from kiosk.clock import monotonic_s, utc_now
from kiosk.config import BadOption, Options, read_options
from kiosk.printer_memory import PrinterMemory
from kiosk.printing import Encode, Press, draw
from kiosk.reserve_file import ReserveFile
from kiosk.slips import SOURCE_LANGUAGE
from kiosk.started_slips import StartedSlips
from kiosk.walking import Walker
from printer_drivers.address import VirtualAddress, build_printer, parse
from printer_drivers.printer import BadPrinterAddress, Printer
from printer_drivers.raster import BadLogo, read_logo
from printer_drivers.virtual import LATEST
from queue_protocol.client import Client
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import Language, Token, token_of
from queue_protocol.journal_end import JournalEnd
from queue_protocol.texts import Texts

log = logging.getLogger(__name__)

TICK_S = 0.1
"""How often the screen's time passes: the bar of the time left moves smoothly enough, and it costs nothing."""

RESTART_AFTER_S = 1.0
"""A part that fell over by a fault of ours is started again, not in a loop that eats the machine."""

LAST_SLIP_S, LAST_WORDS_S = 1.0, 0.1
"""At the end a slip in the printer gets this long to come out, and its report this long to leave: 2 s in all is what a
service manager and an impatient person allow."""

MISUSED = 2
"""Exit status of a command line that cannot be followed."""

Fact = TypeVar("Fact")
Show = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set."""


class NoScreen(Exception):
    """This machine has no screen that a window can open on."""


def _hello(box: Box) -> KioskHello:
    """Return how the kiosk introduces itself at this moment, by its own clock."""
    return structs.replace(box.hello(), wall=utc_now())


def main(arguments: Sequence[str]) -> int:
    """Run a kiosk until it is told to stop; return 0, or 2 when the command line cannot be followed."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        options = read_options(arguments)
        printers = [build_printer(url, PrinterMemory(options.data, url)) for url in options.printers]
        encode = _drawing_with(options.logo, printers)
        started = _open_started(options)
        if started.left_printing:
            for printer in printers:
                printer.distrust()
        languages = _read_languages(options.language)
        with keeping_end(options.folder) as kept_end:
            return asyncio.run(_run(options, printers, encode, started, languages, kept_end))
    except (BadOption, BadPrinterAddress, BadLogo, NoScreen) as error:
        sys.stderr.write(f"kiosk: {error}\n")
        return MISUSED


def _drawing_with(logo: Path | None, printers: Sequence[Printer]) -> Encode:
    """Return how slips are drawn; raise `BadLogo` for a picture that cannot stand on the paper of every printer."""
    if logo is None:
        return draw
    papers = {printer.paper: replace(printer.paper, logo=read_logo(logo, printer.paper)) for printer in printers}
    return lambda slip, paper: draw(slip, papers[paper])


def _open_started(options: Options) -> StartedSlips:
    try:
        return StartedSlips(options.folder)
    except OSError as error:
        raise BadOption(f"cannot use the folder given with --data: {error}") from error


def _read_languages(first: Language) -> Mapping[Language, Texts]:
    languages = read_texts(assets.FOLDER / "texts")
    if first not in languages:
        raise BadOption(f"--language {first}: there are no texts in it; choose one of {', '.join(languages)}")
    return languages


async def _run(
    options: Options,
    printers: Sequence[Printer],
    encode: Encode,
    started: StartedSlips,
    languages: Mapping[Language, Texts],
    kept_end: tuple[JournalEnd | None, Keep],
) -> int:
    loop = asyncio.get_running_loop()
    box = Box(
        options.device, lambda: options.key or read_key(options.key_file), started, languages, monotonic_s, options.hall
    )
    client = Client(options.server, functools.partial(_hello, box), box.hear, box.link_changed, *kept_end)
    press = Press(
        printers,
        box.start_slip,
        started.end,
        _across(loop, box.slip_ended),
        _across(loop, box.printer_looked),
        encode=encode,
    )
    alone = Alone(options.device, ReserveFile(options.folder), _make_token)
    box.plug(client.ask, press.submit, alone.has_withdrawn)
    alone.plug(client.ask, box.obey)
    walker = Walker(
        options.device,
        options.server,
        languages,
        options.language,
        client.ask,
        alone,
        _make_token,
        monotonic_s,
    )
    alone.on_change = walker.reserve_changed
    if alone.reserve is not None:
        box.remember(alone.reserve.welcome, alone.reserve.menu)
        walker.remember(alone.reserve, utc_now())
    box.watch(alone)
    show = _say_headless(options) if options.headless else _open_window(options, box, walker)
    press.start()
    link = asyncio.create_task(_keep_running("the link", client.run))
    try:
        await show(_stop_on_signals(loop))
    finally:
        await asyncio.to_thread(press.stop, LAST_SLIP_S)
        await asyncio.sleep(LAST_WORDS_S)
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
    return 0


def _say_headless(options: Options) -> Show:
    """Return what a kiosk without a screen does: it says that it runs, and waits for its end."""
    paper = ", then ".join(options.printers)
    sys.stdout.write(f"{options.device} runs without a screen; its paper goes to {paper}\n")
    sys.stdout.flush()

    async def show(stopped: asyncio.Event) -> None:
        await stopped.wait()

    return show


def _open_window(options: Options, box: Box, walker: Walker) -> Show:
    """Return what a kiosk with a screen does. Kivy is imported here and nowhere else: a headless one never loads it."""
    from kiosk.screens import settings  # noqa: PLC0415 - see above

    settings.prepare(options.windowed)
    from kiosk.screens.face import KioskApp, has_window  # noqa: PLC0415 - reads the settings when imported

    if not has_window():
        raise NoScreen("no window can be opened on this machine; start with --headless and open /kiosk in a browser")
    window = KioskApp(walker)
    virtual = [address for address in map(parse, options.printers) if isinstance(address, VirtualAddress)]
    if virtual:
        window.face.watch_paper(Path(virtual[0].folder) / LATEST)
    box.watch(walker)
    walker.show_on(window.face)

    return functools.partial(_draw, window, walker)


async def _draw(window: Any, walker: Walker, stopped: asyncio.Event) -> None:
    """Run the window until the event is set; meanwhile let the screen's time pass."""
    passing = _keep_running("the passing of time", functools.partial(_let_time_pass, walker))
    tasks = [asyncio.create_task(passing), asyncio.create_task(_close(window, stopped))]
    try:
        await window.async_run("asyncio")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _let_time_pass(walker: Walker) -> None:
    while True:
        walker.tick()
        await asyncio.sleep(TICK_S)


async def _close(window: Any, stopped: asyncio.Event) -> None:
    await stopped.wait()
    window.stop()


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await run()
        except Exception:
            log.exception("%s fell over; starting it again", name)
        await asyncio.sleep(RESTART_AFTER_S)


def _stop_on_signals(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Return the event that Ctrl-C and a service manager's stop set."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the loop by itself
            loop.add_signal_handler(number, stopped.set)
    return stopped


def _across(loop: asyncio.AbstractEventLoop, call: Callable[[Fact], None]) -> Callable[[Fact], None]:
    """Return a function that calls on the loop's thread, whichever thread it is called from."""

    def across(fact: Fact) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody is left to tell
            loop.call_soon_threadsafe(call, fact)

    return across


def read_texts(folder: Path) -> Mapping[Language, Texts]:
    """Return the texts of every language that has a file, the source language first."""
    source = Texts.read(SOURCE_LANGUAGE, (folder / f"{SOURCE_LANGUAGE}.po").read_bytes())
    others = sorted(file for file in folder.glob("*.po") if file.stem != SOURCE_LANGUAGE)
    return {SOURCE_LANGUAGE: source} | {
        file.stem: Texts.read(file.stem, file.read_bytes(), fallback=source) for file in others
    }


def _make_token() -> Token:
    return token_of(secrets.token_bytes(16))
