"""A kiosk without its screen: hears the server, hands slips to the printer, and reports how they ended.

Everything but `start_slip` runs on the loop's thread. The box knows its link and its printer only as two functions,
given with `plug`, so that nothing below the program's root builds anything.

Each order is obeyed once. The server offers a slip again until it knows that the printing has begun, by a report or by
the hello; what it wants after that is another slip of the same ticket: a reprint, or a new one for a lost one.
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from kiosk.printing import Ended, Job, Looked
from kiosk.slips import Center, center_of, compose
from kiosk.started_slips import StartedSlips
from queue_protocol import PROTOCOL
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Answer, Done, Refused, Result
from queue_protocol.commands import Command, RecordPrinted, ReportDevice, ReportSlip
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import DeviceId, HallId, Language, TicketId, Token
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer, Menu, Welcome
from queue_protocol.texts import Texts

log = logging.getLogger(__name__)


class Watcher(Protocol):
    """Whoever wants to know what happens to the box. No method may block or raise."""

    def heard(self, message: FromServer) -> None:
        """Take what the server said."""

    def link_changed(self, link: Link) -> None:
        """Take note that the server is there, or is not."""

    def slip_ended(self, ended: Ended) -> None:
        """Take note that a slip came out, or did not."""

    def printer_looked(self, looked: Looked) -> None:
        """Take note of how the printer is."""


class Box:
    """See the top of this file. `now_s` is the clock that the printing thread uses too."""

    def __init__(
        self,
        device: DeviceId,
        read_key: Callable[[], str | None],
        started: StartedSlips,
        languages: Mapping[Language, Texts],
        now_s: Callable[[], float],
        hall: HallId | None = None,
    ) -> None:
        self._device = device
        self._hall = hall
        self._read_key = read_key
        self._started = started
        self._languages = languages
        self._now_s = now_s
        self._watchers: list[Watcher] = []
        self._welcome: Welcome | None = None
        self._center: Center | None = None
        self._waiting: list[tuple[PrintSlip, float]] = []
        self._in_line: dict[TicketId, tuple[int, RecordPrinted | None]] = {}
        """Slips that the printer has or is to get: which reprint, and what to keep of the ticket."""
        self._known_begun: set[TicketId] = set()
        self._refusal: Refused | None = None
        self._looked: Looked | None = None

    def plug(
        self,
        ask: "Callable[[Command], asyncio.Future[Result]]",
        submit: Callable[[Job], None],
        has_withdrawn: Callable[[Token], bool] = lambda _token: False,
    ) -> None:
        """Connect the link and the printer; before this nothing may be heard.

        `has_withdrawn` says of which requests no slip is wanted any more.
        """
        self._ask = ask
        self._submit = submit
        self._has_withdrawn = has_withdrawn

    def watch(self, watcher: Watcher) -> None:
        """Tell this watcher from now on, and at once what is known of the printer."""
        self._watchers.append(watcher)
        if self._looked is not None:
            watcher.printer_looked(self._looked)

    def remember(self, welcome: Welcome, menu: Menu) -> None:
        """Know the center's names from an earlier life, until the server says them anew."""
        self._center = center_of(welcome, menu)

    def obey(self, order: PrintSlip) -> None:
        """Print a slip, once: of the server, or of a ticket that this kiosk gave by itself."""
        if order.token is not None and self._has_withdrawn(order.token):
            log.info("no slip of %s: its request was given up", order.slip.number)
            return
        self._waiting.append((order, self._now_s()))
        self._print_waiting()

    def hello(self) -> KioskHello:
        """Return how the box introduces itself at this connect."""
        started = self._started.started()
        self._known_begun = set(started)
        return KioskHello(
            protocol=PROTOCOL, device=self._device, key=self._read_key(), hall=self._hall, started_slips=started
        )

    def hear(self, message: FromServer) -> None:
        """Take what the server says."""
        match message:
            case Welcome():
                self._welcome = message
                self._tell_of_slips(message.unknown_slips)
                self._report_printer()
            case Menu():
                self._center = center_of(self._welcome, message) if self._welcome else None
                self._print_waiting()
            case PrintSlip():
                self.obey(message)
            case Answer(command_id=None, result=Refused() as refusal):
                self._note_refusal(refusal)
        for watcher in self._watchers:
            watcher.heard(message)

    def link_changed(self, link: Link) -> None:
        """Take note of the link. Slips that wait for names wait on: the server offers unreported ones again anyway."""
        log.info("link: %s", link)
        for watcher in self._watchers:
            watcher.link_changed(link)

    def slip_ended(self, ended: Ended) -> None:
        """Report how a slip ended; the report stays in the outbox until the server has it."""
        self._in_line.pop(ended.ticket, None)
        report = ReportSlip(ticket=ended.ticket, outcome=ended.outcome, reason=ended.reason, length_mm=ended.length_mm)
        self._ask(report).add_done_callback(functools.partial(self._take_receipt, ended.ticket))
        for watcher in self._watchers:
            watcher.slip_ended(ended)
        self._print_waiting()

    def start_slip(self, ticket: TicketId) -> None:
        """Put the slip that the printer is about to get on the disk; called on the printing thread.

        Raises `OSError` when the disk does not take it.
        """
        copy_number, record = self._in_line.get(ticket, (0, None))
        self._started.start(ticket, copy_number, record)

    def printer_looked(self, looked: Looked) -> None:
        """Report the printer when it is not what it was."""
        if looked == self._looked:
            return
        self._looked = looked
        if self._welcome is not None:
            self._report_printer()
        for watcher in self._watchers:
            watcher.printer_looked(looked)

    def _tell_of_slips(self, tickets: Iterable[TicketId]) -> None:
        """Tell a server whose journal has lost entries of the tickets that this kiosk has on paper."""
        for record in map(self._started.record, tickets):
            if record is not None:
                self._ask(record).add_done_callback(functools.partial(_log_record, record))

    def _note_refusal(self, refusal: Refused) -> None:
        if refusal != self._refusal:
            self._refusal = refusal
            log.error("the server does not want %s: %s; check its key and its version", self._device, refusal.code)

    def _report_printer(self) -> None:
        if self._looked is not None:
            self._ask(ReportDevice(part="printer", state=self._looked.state, reason=self._looked.reason))

    def _take_receipt(self, ticket: TicketId, answer: "asyncio.Future[Result]") -> None:
        if not answer.cancelled() and isinstance(answer.result(), Done):
            self._known_begun.add(ticket)

    def _print_waiting(self) -> None:
        """Print what waits, once the center's names are known; of each ticket one slip after the other."""
        if self._center is None:
            return
        orders, self._waiting = self._waiting, []
        for order, wanted_s in orders:
            if self._is_repeated(order):
                continue
            if order.slip.ticket in self._in_line:
                self._waiting.append((order, wanted_s))
            else:
                self._print(order, wanted_s, self._center)

    def _is_repeated(self, order: PrintSlip) -> bool:
        """Say whether this very slip was begun, or is in line."""
        ticket, copy_number = order.slip.ticket, order.copy_number
        if ticket in self._in_line and self._in_line[ticket][0] == copy_number:
            return True
        return ticket not in self._known_begun and (ticket, copy_number) in self._started

    def _print(self, order: PrintSlip, wanted_s: float, center: Center) -> None:
        ticket = order.slip.ticket
        self._in_line[ticket] = (order.copy_number, _record_of(order))
        try:
            slip = compose(order, center, self._languages)
        except ValueError:
            log.exception("the slip of %s cannot be written; the server's order is not right", ticket)
            self.slip_ended(Ended(ticket, "failed", "bad_slip"))
        else:
            self._submit(Job(ticket, slip, wanted_s))


def _record_of(order: PrintSlip) -> RecordPrinted | None:
    """Return what is kept of a ticket with its slip; `None`: the slip is not its own, or its token is not known."""
    slip = order.slip
    if order.token is None or order.kind != "ticket" or order.copy_number:
        return None
    return RecordPrinted(
        ticket=slip.ticket,
        service=slip.service,
        token=order.token,
        issued_at=slip.issued_at,
        priority=slip.priority,
        dossiers=slip.dossiers,
        language=order.language,
    )


def _log_record(record: RecordPrinted, answer: "asyncio.Future[Result]") -> None:
    result = None if answer.cancelled() else answer.result()
    if isinstance(result, Refused) and result.code != "command_id_reused":  # that one says that the server has it
        log.error("the server does not take %s, which this kiosk has printed: %s", record.ticket, result.code)
