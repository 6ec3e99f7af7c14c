"""The server is killed in the middle of everything, and keeps what it promised."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT, Serving
from tests.torture.judge import Row, faults, read_rows
from tests.torture.storm import Storm, catalogue_for_storms, tickets_given


@pytest.mark.timeout(3600)
async def test_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Kiosks and desks get an answer to every command, and each answer is true of the journal, whatever was killed."""
    kills, operations = pytestconfig.getoption("kills"), pytestconfig.getoption("operations")
    server = Serving(tmp_path / "data", options=["--catalogue", str(catalogue_for_storms(tmp_path, ROOT))])
    storm = Storm(server, kills, operations)
    with server:
        await storm.rage()
        status = await asyncio.to_thread(server.stop)
    rows = read_rows(tmp_path / "data" / "queue.sqlite")
    assert faults(rows, storm.said) == []
    assert status == 0
    assert len(storm.said) >= operations
    assert storm.killed >= kills
    assert tickets_given(storm.said) > operations // 5, "the storm was too weak to show anything"
    print(f"{len(storm.said)} commands, {storm.killed} kills, {len(rows)} entries", file=sys.stderr)  # noqa: T201 - the figure of the note


def row(sequence: int, kind: str, **body: object) -> Row:
    """Return an entry as the judge sees it; its chain is not looked at."""
    return Row(sequence, (), f"2026-11-23T01:00:{sequence:02}", "2026-11-23", kind, body, None, 0, "x", b"", b"")


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([row(1, "ticket_issued", ticket="A1"), row(2, "ticket_issued", ticket="A1")], "issued 2 times"),
        (
            [row(1, "ticket_called", ticket="A1", counter=1), row(2, "ticket_called", ticket="A1", counter=2)],
            "called to 2 while at 1",
        ),
        (
            [row(1, "ticket_called", ticket="A1", counter=1), row(2, "ticket_called", ticket="A2", counter=1)],
            "to counter 1 where A1 is",
        ),
        ([row(1, "day_opened"), row(3, "day_opened")], "stands at place 2"),
        ([row(2, "day_opened"), row(1, "day_opened")], "is earlier"),
    ],
)
def test_the_judge_sees_faults(entries: list[Row], fault: str) -> None:
    """A judge that finds nothing wrong with a broken journal would prove nothing."""
    assert any(fault in each for each in faults(entries, [])), faults(entries, [])
