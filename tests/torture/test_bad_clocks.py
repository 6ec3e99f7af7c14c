"""The PC's clock is set, lost and right again, while real people take real numbers."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from queue_protocol.answers import Done, TicketTaken
from queue_protocol.day_commands import ConfirmClock
from queue_protocol.ids import ticket_day
from tests.clerk import Clerk
from tests.serving import Serving
from tests.torture.judge import faults, read_rows

DAY_S = 86_400.0


class CenterWithClock:
    """A server whose PC believes what the test sets, and a clerk who takes tickets for people."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._clock = folder / "clock"
        self._folder = folder
        monkeypatch.setenv("CLOCK_FILE", str(self._clock))
        self.set_clock(0.0)
        self.server = Serving(folder / "data", program=("-m", "tests.torture.clocked_server"))

    def set_clock(self, seconds_off: float) -> None:
        """Set the PC's clock to so many seconds after the true time; takes effect at once."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(seconds_off), encoding="ascii")
        new.replace(self._clock)

    @contextmanager
    def clerk(self) -> Iterator[Clerk]:
        """Let the manager stand at counter 1."""
        with Clerk(self.server, 1) as clerk:
            yield clerk

    def health(self) -> Any:
        """Return what a watcher is told."""
        with urllib.request.urlopen(f"{self.server.address}/health", timeout=5) as answer:
            return json.load(answer)

    def pull_the_plug(self) -> None:
        """End the server as a power cut does."""
        self.server.kill()

    def check(self) -> None:
        """Have the judge look at the journal."""
        assert faults(read_rows(self._folder / "data" / "queue.sqlite"), []) == []


@pytest.fixture
def center(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CenterWithClock]:
    """Run a center with a clock to play with."""
    playing = CenterWithClock(tmp_path, monkeypatch)
    with playing.server:
        yield playing
    playing.check()


def test_a_clock_set_back_a_day(center: CenterWithClock) -> None:
    """Numbers go on on the same day, nothing is earlier than what was before, and staff are told."""
    with center.clerk() as clerk:
        first = clerk.take("certification")
        center.set_clock(-DAY_S)
        second = clerk.take("certification")
        assert (first.number, second.number) == ("A001", "A002")
        assert ticket_day(first.ticket) == ticket_day(second.ticket)
        assert second.issued_at >= first.issued_at
        assert center.health()["clock"] == "behind"
        center.set_clock(0.0)
        assert clerk.take("certification").number == "A003"
        assert center.health()["clock"] == "fine"


def test_a_clock_set_forward_a_year(center: CenterWithClock) -> None:
    """Nobody's day ends by it: numbers go on until a manager confirms, and then a new day begins."""
    with center.clerk() as clerk:
        first = clerk.take("certification")
        center.set_clock(365 * DAY_S)
        second = clerk.take("certification")
        assert (second.number, ticket_day(second.ticket)) == ("A002", ticket_day(first.ticket))
        assert center.health()["clock"] == "ahead"
        assert clerk.ask(ConfirmClock()) == Done()
        third = clerk.take("certification")
        assert third.number == "A001"
        assert ticket_day(third.ticket) - ticket_day(first.ticket) >= timedelta(days=364)
        assert center.health()["clock"] == "fine"


@pytest.mark.parametrize("ahead_s", [11 * 3600.0, 13 * DAY_S])
def test_a_clock_that_was_ahead_and_is_right_again(center: CenterWithClock, ahead_s: float) -> None:
    """One word of a manager puts the hall back: numbers go on, who waited is called in the order of coming."""
    with center.clerk() as clerk:
        numbers = [clerk.take("certification").number]
        center.pull_the_plug()
    center.set_clock(ahead_s)
    center.server.start()
    with center.clerk() as clerk:
        ahead = clerk.take("certification")
        center.set_clock(0.0)
        assert center.health()["clock"] == "behind"
        assert clerk.ask(ConfirmClock()) == Done()
        assert center.health()["clock"] == "fine"
        right = clerk.take("certification")
        assert right.issued_at < ahead.issued_at
        assert int(right.number[1:]) == int(ahead.number[1:]) + 1
        called = clerk.call_next()
        assert called in {ahead.ticket, f"{ahead.ticket[:8]}-{numbers[0]}"}
    center.pull_the_plug()
    center.server.start()
    assert center.health()["clock"] == "fine"
    with center.clerk() as clerk:
        assert clerk.take("certification").issued_at < ahead.issued_at


def test_the_pc_is_off_at_midnight(center: CenterWithClock) -> None:
    """The next day begins at the next start; who was left is closed with the day, and numbers begin anew."""
    with center.clerk() as clerk:
        left = clerk.take("certification")
    center.pull_the_plug()
    center.set_clock(DAY_S)
    center.server.start()
    with center.clerk() as clerk:
        first = clerk.take("certification")
        assert (first.number, first.people_ahead) == ("A001", 0)
        assert ticket_day(first.ticket) == ticket_day(left.ticket) + timedelta(days=1)
    closed = [row for row in read_rows(center.server.data / "queue.sqlite") if row.kind == "day_closed"]
    assert [row.body["left"] for row in closed] == [[left.ticket]]


@pytest.mark.parametrize(("days_off", "clock"), [(-4000, "behind"), (3000, "ahead")])
def test_a_start_with_a_dead_clock(center: CenterWithClock, days_off: int, clock: str) -> None:
    """A PC whose battery died in the night goes on with the day that the journal knows, and says so."""
    with center.clerk() as clerk:
        before = clerk.take("certification")
    center.pull_the_plug()
    center.set_clock(days_off * DAY_S)
    center.server.start()
    assert center.health()["clock"] == clock
    with center.clerk() as clerk:
        after = clerk.take("certification")
    assert (after.number, ticket_day(after.ticket)) == ("A002", ticket_day(before.ticket))
    assert after.issued_at >= before.issued_at


def test_a_first_start_with_a_dead_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PC that believes it is 2010 gives numbers, of a day on which this program existed."""
    center = CenterWithClock(tmp_path, monkeypatch)
    center.set_clock((datetime(2010, 1, 1, tzinfo=UTC) - datetime.now(UTC)).total_seconds())  # noqa: TID251 - the PC's
    with center.server, center.clerk() as clerk:
        taken = clerk.take("certification")
        assert isinstance(taken, TicketTaken)
        assert ticket_day(taken.ticket).year >= 2026
        assert center.health()["clock"] == "behind"
    center.check()
