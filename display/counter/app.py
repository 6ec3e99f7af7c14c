"""Puts the signs and pads of the counters together and runs them: the only place that constructs."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import assets
from device_runtime.device_key import read_key
from display.config import BadSetting
from display.counter.config import Settings, read_settings
from display.counter.counters import State
from display.counter.devices import CallPad
from display.counter.line import Line
from display.counter.plans import NumberPadPlan
from display.counter.shell import Counters
from queue_protocol.client import Client
from queue_protocol.texts import Texts

log = logging.getLogger(__name__)

CANNOT_RUN = 2
"""Exit status: it cannot run like this, and starting it again does not help."""

LOG_LANGUAGE = "en"

PAUSE_S = 1.0
"""After a fault in one part, before that part starts again."""


def main(argv: list[str]) -> int:
    """Run the counters' devices with these arguments until SIGINT or SIGTERM; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        asyncio.run(_run(read_settings(argv)))
    except BadSetting as trouble:
        print(f"display.counter: {trouble}", file=sys.stderr)  # noqa: T201 - the command line talks to its person
        return CANNOT_RUN
    return 0


async def _run(settings: Settings) -> None:
    stop = _stop_on_signals()
    lines = [Line(plan) for plan in settings.table.lines]
    signs = [sign for line in lines for sign in line.signs]
    counters = Counters(State(settings.device), signs, _read_texts(), partial(_find_key, settings))
    client = Client(settings.server, counters.hello, counters.hear, counters.change_link)
    counters.begin(client.ask)
    pads: list[CallPad] = [*lines, *_number_pads(settings.table.number_pads)]
    parts: list[Callable[[], Awaitable[None]]] = [client.run, counters.keep_time]
    parts.extend(partial(pad.watch, counters.press) for pad in pads)
    tasks = [asyncio.create_task(_keep_running(part)) for part in parts]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _stop_on_signals() -> asyncio.Event:
    """Return what is set when the process is asked to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _read_texts() -> Texts:
    return Texts.read(LOG_LANGUAGE, (assets.FOLDER / "texts" / f"{LOG_LANGUAGE}.po").read_bytes())


def _find_key(settings: Settings) -> str | None:
    return settings.key or read_key(settings.key_file)


def _number_pads(plans: tuple[NumberPadPlan, ...]) -> Iterator[CallPad]:
    if plans:
        from display.counter.keyboard import NumberPad  # noqa: PLC0415 - what it needs is on Linux only

        yield from map(NumberPad, plans)


async def _keep_running(run: Callable[[], Awaitable[None]]) -> None:
    """Run this for ever: a fault in one part is logged and takes no other part with it."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("a part stopped by a fault; it starts again in %s s", PAUSE_S)
        await asyncio.sleep(PAUSE_S)
