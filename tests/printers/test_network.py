"""Network printers that misbehave: every fault ends by its deadline and is told as what it is."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from printer_drivers import network
from printer_drivers.answers import NOTHING, Question
from printer_drivers.escpos import encode
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.network import TcpLine
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, Outcome, PrinterState, Source
from printer_drivers.raster import draw
from printer_drivers.slip import Slip
from tests.printers.simulated_printer import eventually
from tests.printers.tcp_printer import (
    COVER_OPEN,
    NEAR_END,
    PAPER_OUT,
    READY,
    TcpPrinter,
    answering,
    hang_up_after,
    never_read,
    read_all,
    tcp_printer,
)
from tests.watching import PATIENCE_S, SOON_S

PAPER = PAPERS[576]
BRISK = Deadlines(connect_s=0.5, job_s=PATIENCE_S, stall_s=0.5, answer_s=0.2, done_s=0.3)


@pytest.fixture
def job(slip: Slip) -> tuple[bytes, ...]:
    """Return the bytes of a usual slip."""
    return encode(draw(slip, PAPER), PAPER)


def printer_at(device: TcpPrinter, *, asks: bool = True) -> LinePrinter:
    """Return the driver for a device of the test."""
    asked = USUAL_ASKS if asks else NOTHING
    return LinePrinter(TcpLine("127.0.0.1", device.port), PAPER, asks=asked, deadlines=BRISK)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when the block takes longer."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (READY, PrinterState.READY),
        (NEAR_END, PrinterState.NEAR_END),
        (PAPER_OUT, PrinterState.PAPER_OUT),
        (COVER_OPEN, PrinterState.COVER_OPEN),
    ],
    ids=["ready", "near end", "paper out", "cover open"],
)
def test_status_is_what_the_printer_answers(told: dict[Question, int], state: PrinterState) -> None:
    """Each condition that a printer can tell is told on, with the raw bytes."""
    with tcp_printer(answering(told)) as device:
        status = printer_at(device).status()
    assert (status.state, status.source, status.raw) == (state, Source.ANSWER, bytes(told.values()))


def test_mute_printer_is_unknown() -> None:
    """Silence is `unknown`, never "fine"; once the printer was found mute, within the deadline for one answer."""
    with tcp_printer(read_all) as device:
        printer = printer_at(device)
        printer.status()
        with within(SOON_S):
            status = printer.status()
    assert (status.state, status.source) == (PrinterState.UNKNOWN, Source.SILENCE)


def test_questions_can_be_switched_off(job: tuple[bytes, ...]) -> None:
    """A printer that cannot bear questions gets exactly the job, and its state is unknown because nobody asked."""
    with tcp_printer(read_all) as device:
        printer = printer_at(device, asks=False)
        assert printer.status().source is Source.NOT_ASKED
        assert printer.print(job).evidence is Evidence.ACCEPTED
        assert eventually(lambda: sum(map(len, device.jobs)) == sum(map(len, job)))
    assert b"".join(map(bytes, device.jobs)) == b"".join(job)


@pytest.mark.parametrize("told", [PAPER_OUT, COVER_OPEN], ids=["paper out", "cover open"])
def test_nothing_is_sent_to_a_printer_that_cannot_print(job: tuple[bytes, ...], told: dict[Question, int]) -> None:
    """A printer without paper or with an open cover gets no byte, so nothing spills out after the refill."""
    with tcp_printer(answering(told)) as device:
        end = printer_at(device).print(job)
    assert (end.outcome, end.bytes_accepted) == (Outcome.FAILED, 0)
    assert device.jobs == [bytearray()]


def test_paper_that_ends_in_the_middle_is_told(job: tuple[bytes, ...]) -> None:
    """A printer that took all bytes and then says "no paper" leaves the slip uncertain and names the cause."""
    with tcp_printer(answering(READY, after=PAPER_OUT, done=b"")) as device:
        end = printer_at(device).print(job)
    assert (end.evidence, end.state) == (Evidence.TROUBLE, PrinterState.PAPER_OUT)


def test_hang_up_in_the_middle_is_uncertain(job: tuple[bytes, ...]) -> None:
    """A printer that closes after some bytes may have printed them: uncertain, at once."""
    with tcp_printer(hang_up_after(2000)) as device, within(SOON_S):
        end = printer_at(device, asks=False).print(job)
    assert (end.evidence, end.outcome) == (Evidence.CUT_OFF, Outcome.UNCONFIRMED)
    assert 0 < end.bytes_accepted < sum(map(len, job))


def test_hang_up_before_the_first_byte_is_a_failure(job: tuple[bytes, ...]) -> None:
    """A printer that closes on the first question has got nothing of the job."""
    with tcp_printer(hang_up_after(0)) as device, within(SOON_S):
        end = printer_at(device).print(job)
    assert (end.evidence, end.bytes_accepted) == (Evidence.NOTHING_SENT, 0)


def test_printer_that_never_reads_is_found_out(job: tuple[bytes, ...]) -> None:
    """A printer that stops reading is cut off after the stall deadline, not after a megabyte; the rest never comes."""
    gone = threading.Event()
    with tcp_printer(never_read(gone), receive_buffer=2048) as device, within(SOON_S):
        end = printer_at(device, asks=False).print(job * 3)
        gone.set()
    assert end.evidence is Evidence.CUT_OFF
    assert len(device.jobs[0]) < end.bytes_accepted < 20_000


def test_bytes_that_only_wait_on_this_machine_are_found_out() -> None:
    """A job small enough for the send buffer is not accepted while the printer has not acknowledged it."""
    gone = threading.Event()
    with tcp_printer(never_read(gone), receive_buffer=2048) as device, within(SOON_S):
        end = printer_at(device, asks=False).print((bytes(6000),))
        gone.set()
    assert (end.evidence, end.bytes_accepted) == (Evidence.CUT_OFF, 6000)


def test_whole_job_has_one_deadline(job: tuple[bytes, ...]) -> None:
    """A printer that takes a few bytes now and then never stalls, and is still cut off when the job's time is over."""

    def trickle(link: socket.socket, _job: bytearray) -> None:
        while link.recv(256):
            time.sleep(0.02)

    hasty = Deadlines(connect_s=0.5, job_s=0.6, stall_s=0.5, answer_s=0.1, done_s=0.1)
    with tcp_printer(trickle, receive_buffer=2048) as device, within(SOON_S):
        printer = LinePrinter(TcpLine("127.0.0.1", device.port), PAPER, asks=NOTHING, deadlines=hasty)
        end = printer.print(job * 3)
    assert end.evidence is Evidence.CUT_OFF


def test_connection_nobody_takes_is_unreachable(job: tuple[bytes, ...]) -> None:
    """A host that swallows the call is given up at the connect deadline, with nothing sent."""
    with socket.socket() as listener, contextlib.ExitStack() as callers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        printer = LinePrinter(TcpLine("127.0.0.1", listener.getsockname()[1]), PAPER, deadlines=BRISK)
        with within(SOON_S):
            end = printer.print(job)
    assert (end.evidence, end.state) == (Evidence.NOTHING_SENT, PrinterState.UNREACHABLE)


def test_mute_printer_is_asked_once(job: tuple[bytes, ...]) -> None:
    """After it was found mute a job loses no time on questions, until the printer is heard again."""
    with tcp_printer(read_all) as device:
        printer = printer_at(device)
        for _ in range(2):
            printer.print(job)
        device.behave(answering(READY))
        printer.status()
        end = printer.print(job)
    assert [bytes(job).count(b"\x1d\x72\x01") for job in device.jobs][1] == 0
    assert end.outcome is Outcome.CONFIRMED


def test_each_job_has_its_own_connection(job: tuple[bytes, ...]) -> None:
    """No connection is kept between jobs, so a printer that serves one caller is free for others."""
    with tcp_printer(answering(READY)) as device:
        printer = printer_at(device)
        ends = [printer.print(job).outcome for _ in range(3)]
    assert ends == [Outcome.CONFIRMED] * 3
    assert [bytes(kept) for kept in device.jobs] == [b"".join(job)] * 3


def test_ipv6_address(job: tuple[bytes, ...]) -> None:
    """A printer with an IPv6 address prints like any other."""
    with socket.socket(socket.AF_INET6) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        listener.listen()
        kept = bytearray()

        def serve() -> None:
            link, _ = listener.accept()
            with link:
                read_all(link, kept)

        thread = threading.Thread(target=serve)
        thread.start()
        printer = LinePrinter(TcpLine("::1", listener.getsockname()[1]), PAPER, asks=NOTHING, deadlines=BRISK)
        end = printer.print(job)
        thread.join(5)
    assert end.evidence is Evidence.ACCEPTED
    assert kept == b"".join(job)


def test_a_family_that_the_kernel_lacks_leads_to_the_next_address(
    job: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with an IPv6 address is reached by its IPv4 one on a machine that knows only that; alone, it is told."""
    lacking = (socket.AF_ASH, ("::1", 9100))
    with tcp_printer(read_all) as device:
        known = [lacking, (socket.AF_INET, ("127.0.0.1", device.port))]
        monkeypatch.setattr(network, "_resolve", lambda *_: known)
        assert printer_at(device, asks=False).print(job).outcome is not Outcome.FAILED
        known.pop()
        assert printer_at(device, asks=False).status().state is PrinterState.UNREACHABLE


def test_a_late_answer_finds_an_open_socket(job: tuple[bytes, ...]) -> None:
    """A slow printer answers after we hung up, and still reads its job: a reset would make it forget the rest."""
    read: list[bytes] = []

    def slow(link: socket.socket, _job: bytearray) -> None:
        link.sendall(b"\x12")
        time.sleep(0.2)
        link.sendall(b"\x12")  # met a closed socket before, whose reset threw away what was not read yet
        while arrived := link.recv(512):
            read.append(arrived)
            time.sleep(0.002)

    with tcp_printer(slow) as device:
        printer = printer_at(device, asks=False)
        assert printer.print(job).evidence is Evidence.ACCEPTED
        wait = time.monotonic() + 10
        while b"".join(read) != b"".join(job) and time.monotonic() < wait:
            time.sleep(0.01)
    assert b"".join(read) == b"".join(job)
