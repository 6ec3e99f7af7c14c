"""The judge: the database file and the answers that boxes got, and nothing of the server's own reasoning.

The rules are written once more here, from the events' plain bodies, so that a mistake in `evolve` cannot hide itself.
"""

import hashlib
import json
import sqlite3
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from queue_protocol.answers import NextCalled, Refused, TicketTaken
from tests.torture.boxes import Said

EVERYTHING = """
    SELECT sequence, center, site, epoch, at, day, kind, body, command_id, part, actor, previous_hash, hash
    FROM event ORDER BY sequence
"""

LEAVES_COUNTER = frozenset(
    {"service_finished", "ticket_missed", "ticket_held", "ticket_transferred", "ticket_voided", "ticket_carried_over"}
)


@dataclass(frozen=True)
class Row:
    """An entry as it lies in the file."""

    sequence: int
    stored: tuple[Any, ...]
    at: str
    day: str
    kind: str
    body: dict[str, Any]
    command_id: str | None
    part: int
    actor: str
    previous_hash: bytes
    hash: bytes


def read_rows(file: Path) -> list[Row]:
    """Return every entry of a journal, read from outside."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        found = connection.execute(EVERYTHING).fetchall()
    finally:
        connection.close()
    return [
        Row(
            sequence=row[0],
            stored=row[:11],
            at=row[4],
            day=row[5],
            kind=row[6].partition(".")[0],
            body=json.loads(row[7]),
            command_id=row[8],
            part=row[9],
            actor=row[10],
            previous_hash=row[11],
            hash=row[12],
        )
        for row in found
    ]


def faults(rows: Sequence[Row], said: Sequence[Said]) -> list[str]:
    """Return everything that is wrong: empty when the promise was kept."""
    return [
        *_broken_chain(rows),
        *_numbers_twice(rows),
        *_two_places(rows),
        *_torn_commands(rows),
        *_lost_acts(rows, said),
        *_changed_answers(said),
        *_backwards(rows),
    ]


def _broken_chain(rows: Sequence[Row]) -> Iterator[str]:
    previous = b"\x00" * 32
    for place, row in enumerate(rows, 1):
        if row.sequence != place:
            yield f"entry {row.sequence} stands at place {place}"
        digest = hashlib.sha256(previous)
        for value in row.stored:
            if value is None:
                digest.update(b"\xff" * 8)
                continue
            raw = value if isinstance(value, bytes) else str(value).encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
        if row.previous_hash != previous or row.hash != digest.digest():
            yield f"entry {row.sequence} does not follow from the one before"
        previous = row.hash


def _numbers_twice(rows: Sequence[Row]) -> Iterator[str]:
    issued = Tally(row.body["ticket"] for row in rows if row.kind == "ticket_issued")
    yield from (f"ticket {ticket} was issued {times} times" for ticket, times in issued.items() if times > 1)


def _two_places(rows: Sequence[Row]) -> Iterator[str]:
    """One ticket at a counter, one counter for a ticket, and a call only for who is in the hall."""
    at_counter: dict[int, str] = {}
    counter_of: dict[str, int] = {}
    for row in rows:
        ticket = str(row.body.get("ticket"))
        if row.kind == "ticket_called":
            counter = row.body["counter"]
            if counter in at_counter:
                yield f"entry {row.sequence}: {ticket} called to counter {counter} where {at_counter[counter]} is"
            if ticket in counter_of:
                yield f"entry {row.sequence}: {ticket} called to {counter} while at {counter_of[ticket]}"
            at_counter[counter], counter_of[ticket] = ticket, counter
        elif row.kind in LEAVES_COUNTER and ticket in counter_of:
            del at_counter[counter_of.pop(ticket)]
        elif row.kind == "day_closed":
            at_counter.clear()
            counter_of.clear()


def _torn_commands(rows: Sequence[Row]) -> Iterator[str]:
    """The events of a command are all there, and were there once."""
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.command_id is not None:
            parts[row.actor, row.command_id].append(row.part)
    for command, seen in parts.items():
        if seen != list(range(len(seen))):
            yield f"command {command} has the parts {seen}"


def _lost_acts(rows: Sequence[Row], said: Sequence[Said]) -> Iterator[str]:
    """What was acknowledged is on the disk, under the id it was asked with, and says the same."""
    by_command: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.command_id is not None:
            by_command[row.actor, row.command_id].append(row)
    done_later = {(each.actor, each.command_id) for each in said if not isinstance(each.result, Refused)}
    for each in said:
        if isinstance(each.result, Refused) and (each.actor, each.command_id) in done_later:
            continue  # a refusal has no effect and is not kept: asked once more under its id, the act may be possible
        happened = {row.kind: row.body.get("ticket") for row in by_command[each.actor, each.command_id]}
        fault = _fault_of(each, happened)
        if fault is not None:
            yield fault


def _fault_of(each: Said, happened: Mapping[str, str | None]) -> str | None:
    """Return what is wrong with one answer, given the tickets of its command's events by kind."""
    match each.result:
        case TicketTaken(ticket=ticket) if happened.get("ticket_issued") != ticket:
            return f"ticket {ticket} was given out and is not there"
        case NextCalled(ticket=str() as ticket) if happened.get("ticket_called") != ticket:
            return f"call of {ticket} was acknowledged and is not there"
        case Refused() if happened:
            return f"{each.command} was refused and has the events {sorted(happened)}"
    return None


def _changed_answers(said: Sequence[Said]) -> Iterator[str]:
    """The same id had one answer; a refusal may have become another answer later, as it has no effect."""
    answers: dict[tuple[str, str], Any] = {}
    for each in said:
        before = answers.setdefault((each.actor, each.command_id), each.result)
        if isinstance(before, Refused):
            answers[each.actor, each.command_id] = each.result
        elif before != each.result:
            yield f"{each.command} was answered {before}, then {each.result}"


def _backwards(rows: Sequence[Row]) -> Iterator[str]:
    for before, row in pairwise(rows):
        if before.kind == "clock_put_back":
            continue  # a manager has said that the time before was wrong
        if row.at < before.at or row.day < before.day:
            yield f"entry {row.sequence} is earlier than the one before"
