"""Nothing lost and nothing twice: hundreds of slips to printers that fail at random, judged by the paper alone."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from printer_drivers import conversation
from printer_drivers.line_printer import LinePrinter
from printer_drivers.network import TcpLine
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, JobEnd, Outcome
from printer_drivers.serial_line import SerialLine
from printer_drivers.wire import Line
from tests.printers.simulated_printer import Faults, Mechanism, PtyPlug, Simulator, TcpPlug, simulated, slip_job

JOBS = 120
# The printer of this test answers within milliseconds, so what waits in vain may be short.
BRISK = Deadlines(connect_s=0.3, job_s=3, stall_s=0.4, answer_s=0.06, done_s=0.15)
# 115200 baud.
PACE = 11_520.0
LINES = 4
TRIES = 3

# How often each fault strikes, in a hundred jobs.
STRIKES: tuple[tuple[int, Callable[[int], Faults]], ...] = (
    (88, lambda _at: Faults()),
    (1, lambda _at: Faults(mute=True)),
    (1, lambda _at: Faults(answers_after_s=0.08)),
    (1, lambda _at: Faults(glued=True)),
    (1, lambda _at: Faults(paper_out=True)),
    (1, lambda _at: Faults(cover_open=True)),
    (3, lambda at: Faults(paper_out_at=at)),
    (2, lambda at: Faults(stall_at=at)),
    (2, lambda at: Faults(hang_up_at=at)),
)


def _text(number: int) -> str:
    return f"slip {number:04}"


class Bench:
    """A printer that fails at random, and what became of each slip."""

    def __init__(self, line: Line, simulator: Simulator, chance: random.Random) -> None:
        self._printer = LinePrinter(line, PAPERS[576], deadlines=BRISK)
        self._simulator = simulator
        self._chance = chance

    def print_one(self, number: int) -> JobEnd:
        """Print a slip as a kiosk does: again only while nothing was sent. Faults may strike each time."""
        for _ in range(TRIES):
            self._strike()
            end = self._printer.print(slip_job(_text(number), LINES))
            self._repair()
            if end.evidence is not Evidence.NOTHING_SENT:
                break
        return end

    def _strike(self) -> None:
        (build,) = self._chance.choices([build for _, build in STRIKES], [often for often, _ in STRIKES])
        self._simulator.set_faults(build(self._chance.randrange(60)))

    def _repair(self) -> None:
        """Put paper in, close it, plug it in: whatever it still holds comes out, and the kiosk looks at it again."""
        if self._simulator.mechanism.faults != Faults():
            self._simulator.set_faults(Faults())
            self._printer.status()


@pytest.fixture(params=["tcp", "serial"])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Bench, Simulator]]:
    """Return a printer on each kind of line, and what it is."""
    monkeypatch.setattr(conversation, "QUIET_S", 0.1)  # its cut takes no time
    plug = TcpPlug() if request.param == "tcp" else PtyPlug(tmp_path / "port")
    line: Line = (
        TcpLine("127.0.0.1", plug.port) if isinstance(plug, TcpPlug) else SerialLine(str(plug.name), 115200, "none")
    )
    with simulated(plug, bytes_per_s=PACE) as simulator:
        chance = random.Random(request.param)  # noqa: S311 - the same faults in each run
        yield Bench(line, simulator, chance), simulator


def test_printed_and_reported_are_all(bench: tuple[Bench, Simulator]) -> None:
    """Each slip is on paper or reported as not surely printed; a confirmed one is on paper; none is there twice."""
    works, simulator = bench
    ends = {number: works.print_one(number) for number in range(JOBS)}
    papers = Counter(text for sheet in simulator.sheets for text in _read_slips(sheet))
    printed = {number for number in ends if papers[_text(number)]}
    reported = {number for number, end in ends.items() if end.outcome is not Outcome.CONFIRMED}
    failed = {number for number, end in ends.items() if end.outcome is Outcome.FAILED}
    assert max(papers.values()) == 1
    assert printed | reported == set(ends)
    assert not failed & printed
    assert 0.5 * JOBS < len(printed) < JOBS, "faults struck, and most slips came out"
    assert len(reported) < 0.5 * JOBS, "most are confirmed, also beside much else"


@pytest.mark.parametrize("torn", [b"\x10", b"\x10\x04"])
def test_torn_question_leaves_no_mark_on_paper(torn: bytes) -> None:
    """The judge is just: a question that a hang-up tore in two is not a letter at the head of the next slip."""
    mechanism = Mechanism()
    for message in (torn, b"\x10\x04\x01", b"".join(slip_job(_text(1), LINES))):
        mechanism.take(message)
    assert [_read_slips(sheet) for sheet in mechanism.sheets] == [[_text(1)]]


def _read_slips(sheet: bytes) -> list[str]:
    """Return the slips of which every line is on this sheet, one after another."""
    lines = Counter(sheet.decode().splitlines())
    return [text for text, count in lines.items() for _ in range(count // LINES)]
