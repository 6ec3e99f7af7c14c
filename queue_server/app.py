"""The composition: the only place that constructs the server's parts and joins them."""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import assets
from queue_protocol.texts import Texts
from queue_server.areas.accounts.pages import AccountPages
from queue_server.areas.catalogue.pages import CataloguePages
from queue_server.areas.desk.pages import DeskPages
from queue_server.areas.devices.pages import DevicePages
from queue_server.areas.display_page.pages import DisplayPages
from queue_server.areas.health.pages import HealthPages
from queue_server.areas.kiosk_page.pages import KioskPages
from queue_server.areas.office.pages import OfficePages
from queue_server.areas.remarks.pages import RemarkPages
from queue_server.areas.reports.pages import ReportPages
from queue_server.areas.sign_in.pages import SignInPages
from queue_server.areas.ticket.pages import TicketPages
from queue_server.core.catalogue import Catalogue
from queue_server.engine.clock import Clock, read_elapsed_s, read_wall
from queue_server.engine.remarks import Notebook
from queue_server.engine.service import InWriter, Service
from queue_server.journal.records import JournalOrigin
from queue_server.live.clock_witnesses import bear_out, put_clock_right
from queue_server.live.condition import Condition
from queue_server.live.hub import Hub
from queue_server.live.sockets import Sockets
from queue_server.process import maintenance
from queue_server.process.alive_file import Alive, alive_file
from queue_server.process.arguments import Config, read_catalogue
from queue_server.process.first_access import welcome_first_people
from queue_server.process.resources import (
    blaming,
    copied_at,
    listen,
    lock_folder,
    open_file,
    outer_address,
    raise_file_limit,
    start_clock,
)
from queue_server.process.secret_notes import say
from queue_server.storage.accounts import Accounts, StorageError
from queue_server.storage.remarks import Remarks
from queue_server.storage.reports import Reports
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal
from queue_server.web import application as web
from queue_server.web.access import Access
from queue_server.web.addresses import Door, authority
from queue_server.web.files import Files
from queue_server.web.metrics import note_commit
from queue_server.web.newcomers import MOST
from queue_server.web.page_context import Area, PageContext, load_templates

log = logging.getLogger(__name__)

FIRST_EPOCH = 1
"""Of a journal from its first entry on; each loss of entries that becomes known raises it."""

BEAT_S = 5.0
"""Between two signs of life; clients count 12 s of silence as a dead link."""

WATCH_S = 1.0
"""Between two looks for clients that take nothing any more."""

COMMITS = frozenset({"append", "_append_new"})
"""The works of the writer's thread that end with a commit, by name."""

SWITCH_INTERVAL_S = 0.0005
"""How long the loop may keep the interpreter from the writer's thread. With Python's 5 ms a commit of fifty tickets
waits for the loop between its rows: at 100 connections 1,150 tickets/s became 1,420 in one pair of runs."""

GARBAGE_AFTER = 20_000
"""Objects that come to be before Python looks for rings of dead ones among them. The hall is values without rings, and
most of what a command makes stays: with Python's 700 a tenth of the server's time goes into looking."""


def serve(config: Config) -> int:
    """Serve one center until told to stop.

    Raises `StartError` when the folder, the file, the port or the catalogue is not usable.
    """
    os.umask(0o077)  # the journal, its tokens and its hashes are for the owner of the folder alone
    with lock_folder(config.data), listen(config.host, config.port) as listening:
        connection = open_file(config.data)
        try:
            use_fast_loop()
            most = raise_file_limit() // 2
            sys.setswitchinterval(SWITCH_INTERVAL_S)
            gc.freeze()
            gc.set_threshold(GARBAGE_AFTER)
            web.run(
                compose(config, connection, _greeting(config, listening)), listening, config.proxies, min(MOST, most)
            )
        finally:
            connection.close()
    return 0


def compose(config: Config, connection: Connection, greeting: str) -> Any:
    """Return the application with all its parts; it says the greeting once it serves and can be told to end."""
    path = config.data / FILE
    with blaming(path):
        journal = SqliteJournal(connection, JournalOrigin(secrets.token_hex(8), config.site, FIRST_EPOCH))
        clock, alive = start_clock(config.data, connection), alive_file(config.data).read()
    catalogue = read_catalogue(config.catalogue) if journal.head().sequence == 0 else None
    accounts = Accounts(connection)
    with blaming(path):
        _welcome(config.data, accounts, is_new=catalogue is not None)
    writer, reader = ThreadPoolExecutor(1, "writer"), ThreadPoolExecutor(1, "reader")
    in_writer, in_reader = _runner(writer, timed=True), _runner(reader)
    service = Service(journal, in_writer, clock.now, clock)
    condition = _condition(config.data, connection, service, clock, in_writer, accounts)
    hub = Hub(clock, service, condition)
    notebook = Notebook(Remarks(connection), in_writer, clock.now, lambda: service.hall.day, hub.show_notes)
    with blaming(path):
        asyncio.run(_begin(service, catalogue, alive if isinstance(alive, Alive) else None, notebook))
    access = Access(accounts, in_writer, clock.now)
    texts = read_texts()
    offset_s = functools.partial(_utc_offset_s, service, clock)
    sockets = Sockets(service, hub, access, Door(config.names, _own_names()), clock.now, offset_s)
    reports = Reports(path)
    context = PageContext(service, access, texts, offset_s, load_templates())
    pages = _pages(context, hub, clock, condition, notebook, reports, in_reader, config.data)
    files = Files(config.data / "cache", texts)
    works = _works(config.data, connection, service, hub, clock, in_writer)
    works = (*works, functools.partial(_watch_told, sockets), condition.watch)

    @contextlib.asynccontextmanager
    async def lifespan(_application: object) -> AsyncIterator[None]:
        async with web.keep_running(*works):
            say(greeting)
            yield
        access.close()
        await in_reader(reports.close)
        for executor in (writer, reader):
            executor.shutdown()

    routes = [route for each in (*pages, files, sockets) for route in each.routes()]
    return web.build(routes, sockets.door, sockets.rate, lifespan, context.apologise)


def _pages(
    context: PageContext,
    hub: Hub,
    clock: Clock,
    condition: Condition,
    notebook: Notebook,
    reports: Reports,
    in_reader: InWriter,
    data: Path,
) -> tuple[Area, ...]:
    """Return every area of the pages: a new one is added here."""
    return (
        SignInPages(context, hub),
        KioskPages(context),
        DisplayPages(context),
        DeskPages(context),
        HealthPages(context, hub, clock, condition, read_wall, version("motcua")),
        TicketPages(context, notebook, clock.now),
        AccountPages(context, hub),
        DevicePages(context, hub, data),
        RemarkPages(context, notebook),
        OfficePages(context, reports, in_reader),
        ReportPages(context, reports, in_reader),
        CataloguePages(context),
    )


def _welcome(data: Path, accounts: Accounts, *, is_new: bool) -> None:
    """Let the first people and boxes in, and offer to go on with a backup where a new center begins."""
    if is_new:
        say(f"a new center begins in {data}. To go on with a backup instead, stop this server and run:")
        say(f"  python -m queue_server restore BACKUP --data {data}")
    welcome_first_people(data, accounts, is_new=is_new)


def _condition(
    data: Path, connection: Connection, service: Service, clock: Clock, in_writer: InWriter, accounts: Accounts
) -> Condition:
    copied = functools.partial(copied_at, data, connection)
    return Condition(service, clock, data, in_writer, accounts.devices, copied, clock.now())


def _works(
    data: Path, connection: Connection, service: Service, hub: Hub, clock: Clock, in_writer: InWriter
) -> tuple[web.Work, ...]:
    signs = maintenance.LifeSigns(data, clock.now, lambda: service.end)
    return (
        functools.partial(service.run, hub.publish),
        functools.partial(_beat, service, hub, clock),
        functools.partial(_watch, hub),
        signs.stay_alive,
        functools.partial(signs.fold_log, connection, in_writer),
        functools.partial(maintenance.remove_old_days, service, connection, in_writer),
        functools.partial(maintenance.verify_once, data, functools.partial(_note_damage, hub, clock)),
    )


def read_texts() -> dict[str, Texts]:
    """Return the words of every language there is; Vietnamese stands in for what another one lacks."""
    folder = assets.FOLDER / "texts"
    first = Texts.read("vi", (folder / "vi.po").read_bytes())
    others = [path for path in folder.glob("*.po") if path.stem != "vi"]
    return {"vi": first} | {path.stem: Texts.read(path.stem, path.read_bytes(), first) for path in others}


def _runner(executor: Executor, *, timed: bool = False) -> InWriter:
    async def run(work: Callable[..., Any], *arguments: object) -> Any:
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        try:
            return await loop.run_in_executor(executor, functools.partial(work, *arguments))
        finally:
            if timed and getattr(work, "__name__", "") in COMMITS:
                note_commit(time.perf_counter() - began)

    return run


async def _begin(service: Service, catalogue: Catalogue | None, alive: Alive | None, notebook: Notebook) -> None:
    await service.restore()
    await service.prepare(catalogue, *(None, None) if alive is None else (alive.at, alive.end))
    await notebook.open()


async def _beat(service: Service, hub: Hub, clock: Clock) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        service.pass_time()
        if clock.state == "behind":
            put_clock_right(service, is_borne_out=bear_out(hub.own_times(), read_wall(), read_elapsed_s()))
        hub.beat()


async def _watch_told(sockets: Sockets) -> None:
    """End, within a beat, conversations of boxes whose key was removed or replaced, and all at a new offset."""
    while True:
        await asyncio.sleep(BEAT_S)
        sockets.keep_offset()
        with contextlib.suppress(StorageError):  # which keys are good is not known then
            await sockets.keep_keys()


def _note_damage(hub: Hub, clock: Clock, _words: str) -> None:
    """Let staff see it: the next beat brings them a snapshot."""
    hub.journal_damaged_at = clock.now()


async def _watch(hub: Hub) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(WATCH_S)
        hub.cut_stuck(loop.time())


def _utc_offset_s(service: Service, clock: Clock) -> int:
    offset = clock.now().astimezone(ZoneInfo(service.catalogue.time_zone)).utcoffset()
    return int((offset or timedelta()).total_seconds())


def _greeting(config: Config, listening: socket.socket) -> str:
    """Return the address to open on this PC, and for a server of the hall the one that the hall opens."""
    host, port = listening.getsockname()[:2]
    greeting = f"motcua serves on http://{authority(host, port)} from {config.data}"
    return f"{greeting}; in the hall: http://{authority(outer, port)}" if (outer := outer_address(host)) else greeting


def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name}.local"})


def use_fast_loop() -> None:
    """Let asyncio run on uvloop where it exists: it takes less of an old processor for each message."""
    if os.name != "nt":
        import uvloop  # noqa: PLC0415 - not there on Windows

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
