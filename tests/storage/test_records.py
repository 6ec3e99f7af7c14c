"""Entry and row, the chain over rows, and that what was ever written can be read for ever."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.core.events import EVENTS, TicketIssued
from queue_server.journal.port import START
from queue_server.journal.records import UPCASTS, Row, chain_hash, entry_of, row_of
from tests.storage import every_event
from tests.storage.journals import ORIGIN, a_full_day

GOLDEN = Path(__file__).parent / "golden"
ENTRIES = [*a_full_day().midnight().entries, *every_event.entries()]


def golden_rows(path: Path) -> list[tuple[Row, bytes]]:
    """Return the rows of a released version, each with its hash."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        values = json.loads(line)
        own_hash = bytes.fromhex(values.pop("hash"))
        rows.append((Row(**values | {"body": values["body"].encode()}), own_hash))
    return rows


ROWS = [row for path in sorted(GOLDEN.glob("events_v*.jsonl")) for row, _ in golden_rows(path)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_row_that_was_ever_written_can_be_read(row: Row) -> None:
    """A row of any released version becomes an entry with its instant, its actor and an event of its kind."""
    entry = entry_of(row)
    assert (entry.sequence, entry.actor, entry.command_id, entry.part) == (
        row.sequence,
        row.actor,
        row.command_id,
        row.part,
    )
    assert entry.at.isoformat(timespec="microseconds") == row.at
    assert row.kind in UPCASTS or entry.event.__struct_config__.tag == row.kind


@pytest.mark.parametrize("row", [row for row in ROWS if row.kind in UPCASTS], ids=lambda row: row.kind)
def test_an_old_kind_is_read_as_the_one_of_today(row: Row) -> None:
    """A ticket from before lines had sessions waits for its service since its entry, as it did."""
    entry, old = entry_of(row), json.loads(row.body)
    assert isinstance(entry.event, TicketIssued)
    place = entry.event.place
    assert (place.line, place.session, place.rank, place.joined_at) == (old["service"], 0, 2, entry.at)
    assert place.due_at.isoformat() == old["due_at"].replace("Z", "+00:00")
    new = json.loads(row_of(entry, ORIGIN).body)
    assert {key: new[key] for key in old.keys() - {"due_at", "type"}} == {
        key: value for key, value in old.items() if key not in {"due_at", "type"}
    }


def test_the_latest_golden_rows_say_what_today_says() -> None:
    """Read by today's program, the last file has one event of each kind with every field set as it was meant."""
    latest = max(GOLDEN.glob("events_v*.jsonl"), key=lambda path: int(path.stem.removeprefix("events_v")))
    assert [entry_of(row) for row, _ in golden_rows(latest)] == every_event.entries()


def test_the_golden_rows_know_every_kind_of_event() -> None:
    """An event that is added needs its row in a golden file before it is released."""
    assert {row.kind for row in ROWS} >= {str(event.__struct_config__.tag) for event in EVENTS}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("events_v*.jsonl")), ids=lambda path: path.stem)
def test_the_chain_of_golden_rows_holds(path: Path) -> None:
    """The way the hash is made may never change, or old journals would count as damaged."""
    previous = START.hash
    for row, own_hash in golden_rows(path):
        previous = chain_hash(previous, row)
        assert previous == own_hash


@pytest.mark.parametrize("row", [row for row in ROWS if row.kind not in UPCASTS], ids=lambda row: row.kind)
def test_nothing_that_was_written_is_lost_in_reading(row: Row) -> None:
    """Read and written again, a golden row says all that it said; a field that came later may stand beside."""
    again = row_of(entry_of(row), replace(ORIGIN, center=row.center))
    assert again._replace(body=row.body) == row
    assert holds(json.loads(again.body), json.loads(row.body))


def holds(new: object, old: object) -> bool:
    """Say whether all that is in an old value is in a new one."""
    if isinstance(new, dict) and isinstance(old, dict):
        return all(key in new and holds(new[key], value) for key, value in old.items())
    if isinstance(new, list) and isinstance(old, list):
        return len(new) == len(old) and all(map(holds, new, old))
    return new == old


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry.event).__name__)
def test_an_entry_survives_its_row(entry: object) -> None:
    """What is written down reads as what it was."""
    assert entry_of(row_of(entry, ORIGIN)) == entry  # type: ignore[arg-type]  # parametrize gives objects


def test_a_row_of_no_version_is_an_error() -> None:
    """A kind that no version of this program has written is not guessed at."""
    row = ROWS[0]
    with pytest.raises(msgspec.DecodeError):
        entry_of(row._replace(body=b'{"type":"ticket_sold.1"}'))
    with pytest.raises(ValueError, match="yesterday"):
        entry_of(row._replace(at="yesterday"))


@given(st.data())
def test_every_stored_value_is_in_the_hash(data: st.DataObject) -> None:
    """Another value in any one column, or moved from one column to the next, gives another hash."""
    row = data.draw(st.sampled_from(ROWS))
    column = data.draw(st.sampled_from(Row._fields))
    value = getattr(row, column)
    other = data.draw(
        st.binary() if isinstance(value, bytes) else st.integers(0, 99) if isinstance(value, int) else st.text()
    )
    if other != value:
        assert chain_hash(START.hash, changed_row(row, column, other)) != chain_hash(START.hash, row)
    shifted = row._replace(center=row.center + row.site[:1], site=row.site[1:])
    assert chain_hash(START.hash, shifted) != chain_hash(START.hash, row)


def changed_row(row: Row, column: str, value: object) -> Row:
    """Return the row with another value in one column."""
    return Row(*(value if name == column else old for name, old in zip(Row._fields, row, strict=True)))  # type: ignore[arg-type]  # any value


def test_no_command_is_not_an_empty_command() -> None:
    """`NULL` and the empty text are told apart."""
    row = ROWS[0]
    assert row.command_id is None
    assert chain_hash(START.hash, row) != chain_hash(START.hash, row._replace(command_id=""))


def test_the_hash_goes_on_from_the_one_before() -> None:
    """The same row after another history has another hash."""
    assert chain_hash(START.hash, ROWS[0]) != chain_hash(b"\x01" * 32, ROWS[0])
