"""A kiosk without its screen: hears the server, hands slips to the printer, and reports how they ended.

Everything here runs on the loop's thread. The box knows its link and its printer only as two functions, given with
`plug`, so that nothing below the program's root builds anything.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from kiosk.printing import Ended, Job, Looked
from kiosk.shelf import Shelf
from kiosk.slips import Center, center_of, compose
from printer_drivers.slip import BadSlip
from queue_protocol import PROTOCOL
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Answer, Refused
from queue_protocol.commands import Command, KioskHello, ReportDevice, ReportSlip
from queue_protocol.ids import DeviceId, Language, TicketId
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
        shelf: Shelf,
        languages: Mapping[Language, Texts],
        now_s: Callable[[], float],
    ) -> None:
        self._device = device
        self._read_key = read_key
        self._shelf = shelf
        self._languages = languages
        self._now_s = now_s
        self._watchers: list[Watcher] = []
        self._welcome: Welcome | None = None
        self._center: Center | None = None
        self._waiting: list[PrintSlip] = []
        self._in_line: set[TicketId] = set()
        self._refusal: Refused | None = None
        self._looked: Looked | None = None

    def plug(self, ask: Callable[[Command], object], submit: Callable[[Job], None]) -> None:
        """Connect the link and the printer; before this nothing may be heard."""
        self._ask = ask
        self._submit = submit

    def watch(self, watcher: Watcher) -> None:
        """Tell this watcher from now on, and at once what is known of the printer."""
        self._watchers.append(watcher)
        if self._looked is not None:
            watcher.printer_looked(self._looked)

    def hello(self) -> KioskHello:
        """Return how the box introduces itself at this connect."""
        started = self._shelf.started()
        return KioskHello(protocol=PROTOCOL, device=self._device, key=self._read_key(), started_slips=started)

    def hear(self, message: FromServer) -> None:
        """Take what the server says."""
        match message:
            case Welcome():
                self._welcome = message
                self._report_printer()
            case Menu():
                self._center = center_of(self._welcome, message) if self._welcome else None
                self._print_waiting()
            case PrintSlip():
                self._waiting.append(message)
                self._print_waiting()
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
        self._in_line.discard(ended.ticket)
        self._ask(ReportSlip(ticket=ended.ticket, outcome=ended.outcome, reason=ended.reason))
        for watcher in self._watchers:
            watcher.slip_ended(ended)

    def printer_looked(self, looked: Looked) -> None:
        """Report the printer when it is not what it was."""
        if looked == self._looked:
            return
        self._looked = looked
        if self._welcome is not None:
            self._report_printer()
        for watcher in self._watchers:
            watcher.printer_looked(looked)

    def _note_refusal(self, refusal: Refused) -> None:
        if refusal != self._refusal:
            self._refusal = refusal
            log.error("the server does not want %s: %s; check its key and its version", self._device, refusal.code)

    def _report_printer(self) -> None:
        if self._looked is not None:
            self._ask(ReportDevice(part="printer", state=self._looked.state, reason=self._looked.reason))

    def _print_waiting(self) -> None:
        """Print what waits, once the center's names are known; a slip that was begun before is not begun again."""
        if self._center is None:
            return
        orders, self._waiting = self._waiting, []
        for order in orders:
            ticket = order.slip.ticket
            if ticket not in self._shelf and ticket not in self._in_line:
                self._print(order, self._center)

    def _print(self, order: PrintSlip, center: Center) -> None:
        ticket = order.slip.ticket
        self._in_line.add(ticket)
        try:
            slip = compose(order, center, self._languages)
        except BadSlip:
            log.exception("the words of the slip of %s cannot be printed", ticket)
            self.slip_ended(Ended(ticket, "failed", "bad_slip"))
        else:
            self._submit(Job(ticket, slip, self._now_s()))
