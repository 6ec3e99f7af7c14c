"""The kiosk without a screen: orders in, jobs and reports out."""

import asyncio
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from kiosk.box import Box
from kiosk.printing import Ended, Job, Looked
from kiosk.started_slips import StartedSlips
from queue_protocol.answers import Answer, Done, Refused, Result
from queue_protocol.commands import Command, RecordPrinted, ReportDevice, ReportSlip
from queue_protocol.ids import DeviceId, Token, token_of
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer
from tests.kiosk.hall import KEY, menu, order, ticket, welcome
from tests.kiosk.test_slips import product_texts

Outcome = Literal["printed", "failed", "uncertain"]


class Bench:
    """A box whose link and printer write down what they are given."""

    def __init__(self, folder: Path) -> None:
        self.started = StartedSlips(folder)
        self.commands: list[Command] = []
        self.jobs: list[Job] = []
        self.box = Box(DeviceId("kiosk-1"), lambda: KEY, self.started, product_texts(), lambda: self.now_s)
        self.now_s = 5.0
        self.answers: list[asyncio.Future[Result]] = []
        self.withdrawn: set[Token] = set()
        self.box.plug(self._ask, self.jobs.append, self.withdrawn.__contains__)

    def _ask(self, command: Command) -> "asyncio.Future[Result]":
        self.commands.append(command)
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    async def finish(self, outcome: Outcome = "printed", *, received: bool = True) -> None:
        """Let the first job end as the printer says, and the server have the report."""
        job = self.jobs.pop(0)
        self.box.start_slip(job.ticket)
        self.box.slip_ended(Ended(job.ticket, outcome, None))
        if received:
            self.answers[-1].set_result(Done())
            await asyncio.sleep(0)

    def hear(self, *messages: FromServer) -> None:
        """Let the box hear these."""
        for message in messages:
            self.box.hear(message)


class Notes:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def heard(self, message: FromServer) -> None:
        """Write down."""
        self.seen.append(type(message).__name__)

    def link_changed(self, link: Link) -> None:
        """Write down."""
        self.seen.append(link)

    def slip_ended(self, ended: Ended) -> None:
        """Write down."""
        self.seen.append(ended)

    def printer_looked(self, looked: Looked) -> None:
        """Write down."""
        self.seen.append(looked)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A box at work."""
    return Bench(tmp_path)


async def test_an_order_becomes_a_job(bench: Bench) -> None:
    """The slip goes to the printer with the moment in which it was wanted."""
    bench.hear(welcome(), menu(), order())
    assert [(job.ticket, job.slip.number, job.wanted_s) for job in bench.jobs] == [(ticket().ticket, "A015", 5.0)]


async def test_an_order_before_the_menu_waits_for_the_names(bench: Bench) -> None:
    """A slip without the service's name would be no slip."""
    bench.hear(welcome(), order())
    assert bench.jobs == []
    bench.hear(menu())
    assert [job.slip.service for job in bench.jobs] == ["Chứng thực"]


async def test_the_same_order_twice_is_one_slip(bench: Bench) -> None:
    """After a reconnect the server offers again what it has no report of."""
    bench.hear(welcome(), menu(), order(), order())
    assert len(bench.jobs) == 1


async def test_a_slip_that_was_started_is_not_printed_again(bench: Bench) -> None:
    """A restarted kiosk does not print what was begun before, and says in its hello what that is."""
    bench.started.start(ticket().ticket)
    bench.hear(welcome(), menu(), order())
    assert bench.jobs == []
    assert bench.box.hello().started_slips == (ticket().ticket,)


async def test_a_slip_is_as_old_as_its_order(bench: Bench) -> None:
    """One that waited for the names for a minute is wanted since a minute, and the printing thread may judge that."""
    bench.hear(welcome(), order())
    bench.now_s = 70.0
    bench.hear(menu())
    assert [job.wanted_s for job in bench.jobs] == [5.0]


async def test_a_reprint_is_printed_although_the_slip_was(bench: Bench) -> None:
    """A copy with a number of its own is another slip, also before the server has the report of the first."""
    bench.hear(welcome(), menu(), order())
    await bench.finish(received=False)
    bench.hear(order(copy_number=1))
    assert [job.slip.reprint_mark for job in bench.jobs] == ["CẤP LẠI lần 1"]
    await bench.finish()
    assert (ticket().ticket, 1) in bench.started


async def test_a_reprint_waits_for_the_slip_that_is_in_line(bench: Bench) -> None:
    """Of one ticket one slip is in line at a time, so that each report is about one of them."""
    bench.hear(welcome(), menu(), order(), order(copy_number=1), order(copy_number=1))
    assert [job.slip.reprint_mark for job in bench.jobs] == [None]
    await bench.finish()
    assert [job.slip.reprint_mark for job in bench.jobs] == ["CẤP LẠI lần 1"]
    await bench.finish()
    assert bench.jobs == []


async def test_a_new_slip_for_a_lost_one_is_printed(bench: Bench) -> None:
    """Once the server has the report it offers no slip again: what it orders then is a new one."""
    bench.hear(welcome(), menu(), order())
    await bench.finish()
    bench.hear(order())
    assert len(bench.jobs) == 1


async def test_a_new_slip_is_printed_after_a_restart_too(bench: Bench) -> None:
    """What the hello told the server is not offered again either."""
    bench.started.start(ticket().ticket)
    assert bench.box.hello().started_slips == (ticket().ticket,)
    bench.hear(welcome(), menu(), order(kind="carried_over", valid_on="2026-11-24"))
    assert [job.slip.priority_mark for job in bench.jobs] == ["PHIẾU GỌI TRƯỚC"]


async def test_a_slip_is_not_printed_twice_when_its_report_is_on_the_way(bench: Bench) -> None:
    """The server that has not heard yet offers again, and once is enough."""
    bench.hear(welcome(), menu(), order())
    await bench.finish(received=False)
    bench.hear(order())
    assert bench.jobs == []


async def test_every_end_is_reported(bench: Bench) -> None:
    """How the paper ended is a command to the server, and news to the screen."""
    notes = Notes()
    bench.box.watch(notes)
    ended = Ended(ticket().ticket, "failed", "paper_out")
    bench.box.slip_ended(ended)
    assert bench.commands == [ReportSlip(ticket=ticket().ticket, outcome="failed", reason="paper_out")]
    assert notes.seen == [ended]


async def test_an_order_that_cannot_be_a_slip_fails_alone(bench: Bench) -> None:
    """A day that is not in the calendar is a report, not a crash, and the next slip is printed."""
    bench.hear(welcome(), menu(), order(valid_on="2026-99-99"), order(ticket("A016")))
    assert bench.commands == [ReportSlip(ticket=ticket().ticket, outcome="failed", reason="bad_slip")]
    assert [job.slip.number for job in bench.jobs] == ["A016"]


async def test_the_printer_is_reported_when_it_changes_and_to_each_new_server(bench: Bench) -> None:
    """The server learns the state at each welcome, and a state that lasts is not repeated."""
    bench.box.printer_looked(Looked("ready", None))
    assert bench.commands == []
    bench.hear(welcome())
    bench.box.printer_looked(Looked("ready", None))
    bench.box.printer_looked(Looked("failed", "paper_out"))
    bench.hear(welcome())
    ready = ReportDevice(part="printer", state="ready")
    empty = ReportDevice(part="printer", state="failed", reason="paper_out")
    assert bench.commands == [ready, empty, empty]


async def test_a_late_watcher_learns_how_the_printer_is(bench: Bench) -> None:
    """The screen may open after the printer was looked at."""
    bench.box.printer_looked(Looked("failed", "cover_open"))
    notes = Notes()
    bench.box.watch(notes)
    bench.box.link_changed("live")
    bench.hear(Answer(command_id=None, result=Refused(code="unknown_key")))
    assert notes.seen == [Looked("failed", "cover_open"), "live", "Answer"]


async def test_the_slip_of_a_request_that_was_given_up_is_not_printed(tmp_path: Path) -> None:
    """The server may take the request before it hears of the withdrawal; the person has another number in the hand."""
    bench = Bench(tmp_path)
    token = token_of(bytes(16))
    bench.withdrawn.add(token)
    bench.hear(welcome(), menu(), order(token=token), order(ticket("A016"), token=token_of(bytes([1] * 16))))
    assert [job.slip.number for job in bench.jobs] == ["A016"]


async def test_a_server_that_lost_a_ticket_is_told_of_its_slip(bench: Bench, tmp_path: Path) -> None:
    """All that the slip's order said, kept over a restart; of what was not printed, or has no token, nothing."""
    token = token_of(bytes(16))
    bench.hear(welcome(), menu(), order(token=token))
    await bench.finish()
    bench.hear(order(ticket("A016")))
    await bench.finish()
    again = Bench(tmp_path)
    lost = (ticket().ticket, ticket("A016").ticket, ticket("A017").ticket)
    again.hear(msgspec.structs.replace(welcome(), unknown_slips=lost))
    taken = ticket()
    assert again.commands == [
        RecordPrinted(
            ticket=taken.ticket,
            service=taken.service,
            token=token,
            issued_at=taken.issued_at,
            priority=taken.priority,
            dossiers=taken.dossiers,
            language="vi",
        )
    ]


async def test_a_slip_that_the_server_does_not_take_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Unless it says that it has the ticket."""
    bench.hear(welcome(), menu(), order(token=token_of(bytes(16))))
    await bench.finish()
    for code, lines in (("command_id_reused", 0), ("number_not_granted", 1)):
        bench.hear(msgspec.structs.replace(welcome(), unknown_slips=(ticket().ticket,)))
        bench.answers[-1].set_result(msgspec.convert({"type": "refused", "code": code}, Refused))
        await asyncio.sleep(0)
        assert caplog.text.count("the server does not take") == lines
