"""The catalogue from the command line: written as a file, checked, and set while the server is stopped."""

import contextlib
from pathlib import Path

from queue_server.catalogue_file import CatalogueRefused, catalogue_text, read_calendar_text, with_hours
from queue_server.core.catalogue import Catalogue
from queue_server.core.days import change_catalogue, in_the_way
from queue_server.core.events import Entry
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.engine.transaction import Draft
from queue_server.journal.records import JournalOrigin
from queue_server.process.arguments import (
    CatalogueCheck,
    CatalogueExport,
    CatalogueImport,
    StartError,
    read_catalogue,
    read_text,
)
from queue_server.process.resources import blaming, existing_file, open_stopped, start_clock
from queue_server.process.secret_notes import say
from queue_server.storage.reading import latest_catalogue, open_day, open_to_read
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal

CONSOLE = "system:console"
"""The actor of what somebody did who has the machine itself."""

HEAD = (
    "The catalogue of the center: what it offers, where, when and how.",
    "After a change: python -m queue_server catalogue check FILE, then import it on the office page or with",
    "python -m queue_server catalogue import FILE while the server is stopped. docs/running.md lists every key.",
)


def export_catalogue(asked: CatalogueExport) -> int:
    """Write the catalogue in force to a file or to the screen."""
    path = existing_file(asked.data)
    with blaming(path), contextlib.closing(open_to_read(path)) as connection:
        catalogue = _in_force(connection, asked.data)
    text = catalogue_text(catalogue, HEAD)
    if asked.to is None:
        say(text)
        return 0
    try:
        asked.to.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StartError(f"{asked.to} cannot be written: {error}.") from error
    return 0


def import_catalogue(asked: CatalogueImport) -> int:
    """Set the catalogue, or its hours, as an event of its own; the next start of the server follows it."""
    given = None if asked.hours_only else read_catalogue(asked.file)
    with open_stopped(asked.data) as connection, blaming(asked.data / FILE):
        before = _in_force(connection, asked.data)
        after = given or _with_calendar(before, asked.file)
        if after == before:
            say("the catalogue is this one already")
            return 0
        sequence = _append(asked.data, connection, after)
    say(f"the catalogue was set with entry {sequence}")
    return 0


MOST_SERVICES_AT_ONCE = 21
"""Beyond this names of services lay over each other on a kiosk of 1366x768; kiosks part them into pages."""


def check_catalogue(asked: CatalogueCheck) -> int:
    """Say what is wrong with a file, or that nothing is."""
    catalogue = read_catalogue(asked.file)
    say(f"{asked.file} is right: {len(catalogue.services)} services, {len(catalogue.counters)} counters")
    if (count := len(catalogue.services)) > MOST_SERVICES_AT_ONCE:
        say(
            f"warning: {count} services are more than a kiosk shows at once ({MOST_SERVICES_AT_ONCE}): citizens turn "
            "pages to find theirs. Join services that the same counters serve, if you can."
        )
    return 0


def _with_calendar(catalogue: Catalogue, file: Path) -> Catalogue:
    try:
        return with_hours(catalogue, read_calendar_text(read_text(file), str(file)), str(file))
    except CatalogueRefused as error:
        raise StartError(str(error)) from error


def _in_force(connection: Connection, data: Path) -> Catalogue:
    catalogue = latest_catalogue(connection)
    if catalogue is None:
        raise StartError(f"The center in {data} has no catalogue yet; its first start takes one with --catalogue.")
    return catalogue


def _append(data: Path, connection: Connection, catalogue: Catalogue) -> int:
    """Let the catalogue have changed on the day that is open, and return the last sequence.

    Raises `StartError` when it would lose people who wait or counters at work, as of the next start: a day that is
    over by then leaves nobody waiting.
    """
    hall = Hall()
    for entry in open_day(connection):
        hall = evolve(hall, entry)
    now = max(start_clock(data, connection).now(), hall.at)
    at_start = Draft(hall, now)
    at_start.pass_time(now)
    problem = next(in_the_way(at_start.hall, catalogue), None)
    if problem is not None:
        raise StartError(f"The catalogue was not set: {problem}. Start the server and settle that first.")
    entries = [
        Entry(hall.sequence + place + 1, now, hall.day or now.date(), CONSOLE, None, place, event)
        for place, event in enumerate(change_catalogue(hall, catalogue))
    ]
    return SqliteJournal(connection, JournalOrigin("", "", 0)).append(entries, []).sequence
