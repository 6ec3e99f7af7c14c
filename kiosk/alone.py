"""Gives tickets while the server is out of reach: puts each on the disk, prints it, and hands it in later.

Everything runs on the loop's thread. What may be given is decided in `reserve`; a number is on the disk before anybody
sees it, so that no power cut gives it twice.
"""

import asyncio
import functools
import logging
from collections.abc import Callable

from kiosk import reserve
from kiosk.printing import Ended, Looked
from kiosk.reserve import Reserve
from kiosk.reserve_file import ReserveFile
from kiosk.wishes import Give
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Refused, Result
from queue_protocol.commands import Command, RecordOffline, WithdrawTake
from queue_protocol.ids import DeviceId, Token
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer, Menu, Welcome

log = logging.getLogger(__name__)


class Alone:
    """The reserve of one kiosk; watches its box."""

    def __init__(self, device: DeviceId, file: ReserveFile, make_token: Callable[[], Token]) -> None:
        self._device = device
        self._file = file
        self._make_token = make_token
        self._welcome: Welcome | None = None
        self._saved: Reserve | None = file.load()
        self.reserve: Reserve | None = self._saved
        """`None`: the server was never heard."""
        self._withdrawn = set(self._saved.withdrawn if self._saved is not None else ())
        self.on_change: Callable[[Reserve], object] = lambda _reserve: None
        """Told the reserve whenever it is another one."""

    def plug(self, ask: "Callable[[Command], asyncio.Future[Result]]", print_slip: Callable[[PrintSlip], None]) -> None:
        """Connect the link and the printer, and hand in what an earlier life has left, what it gave up before all."""
        self._ask = ask
        self._print_slip = print_slip
        for token in self.reserve.withdrawn if self.reserve is not None else ():
            self._ask_to_withdraw(token)
        for record in self.reserve.given if self.reserve is not None else ():
            self._hand_in(record)

    def withdraw(self, token: Token) -> None:
        """Give up a request that has no answer: the server is asked to withdraw it, now or in a later life."""
        self._withdrawn.add(token)
        if self.reserve is not None:
            self._change(reserve.withdrawing(self.reserve, token))
            self._save_if_new()
        self._ask_to_withdraw(token)

    def has_withdrawn(self, token: Token) -> bool:
        """Say whether this request was given up: its slip is not printed, should the server have taken it."""
        return token in self._withdrawn

    def give(self, wish: Give) -> Result:
        """Give a ticket; a refusal when this kiosk may not, or its disk does not keep it."""
        token = self._make_token()
        given = self.reserve and reserve.give(self.reserve, wish.service, token, wish.at, wish.dossiers, wish.language)
        if not given:
            return Refused(code="hall_closed")
        after, ticket = given
        try:
            self._save(after)
        except OSError as error:
            log.error("the disk of the kiosk does not take a number: %s", error)  # noqa: TRY400 - no fault of ours
            return Refused(code="storage")
        self._change(after)
        self._hand_in(after.given[-1])
        self._print_slip(
            PrintSlip(
                slip=ticket, language=wish.language, valid_on=after.menu.day.isoformat(), address=None, token=token
            )
        )
        return ticket

    def heard(self, message: FromServer) -> None:
        """Take what the server says."""
        if isinstance(message, Welcome):
            self._welcome = message
        elif isinstance(message, Menu) and self._welcome is not None:
            lost = self._file.is_lost
            self._change(reserve.learned(self.reserve, self._welcome, message, self._device, is_lost=lost))
            self._save_if_new()

    def link_changed(self, link: Link) -> None:
        """Do nothing: what is to be handed in waits in the outbox of the link."""

    def slip_ended(self, ended: Ended) -> None:
        """Do nothing: the box reports it."""

    def printer_looked(self, looked: Looked) -> None:
        """Do nothing: the box reports it."""

    def _ask_to_withdraw(self, token: Token) -> None:
        self._ask(WithdrawTake(token=token)).add_done_callback(functools.partial(self._note_withdrawn, token))

    def _note_withdrawn(self, token: Token, answer: "asyncio.Future[Result]") -> None:
        if answer.cancelled() or self.reserve is None:
            return
        result = answer.result()
        if isinstance(result, Refused):
            log.error("the server does not withdraw a request that had no answer: %s %s", result.code, result.facts)
        self._change(reserve.withdrawn(self.reserve, token))
        self._save_if_new()

    def _hand_in(self, record: RecordOffline) -> None:
        self._ask(record).add_done_callback(functools.partial(self._take_receipt, record))

    def _take_receipt(self, record: RecordOffline, answer: "asyncio.Future[Result]") -> None:
        if answer.cancelled() or self.reserve is None:
            return
        result = answer.result()
        # Under another id it was handed in before: by an earlier life that did not hear the answer.
        if isinstance(result, Refused) and result.code != "command_id_reused":
            log.error("the server does not take %s of %s: %s", record.number, record.issued_at, result.code)
        self._change(reserve.handed_in(self.reserve, record.number, record.issued_at))
        self._save_if_new()

    def _change(self, after: Reserve) -> None:
        self.reserve = after
        self.on_change(after)

    def _save_if_new(self) -> None:
        """Keep the reserve for the next life where it is another one in what matters; a full disk is for the log."""
        if self.reserve is None or reserve.same_rules(self._saved, self.reserve):
            return
        try:
            self._save(self.reserve)
        except OSError as error:
            log.error("the disk of the kiosk does not take the reserve: %s", error)  # noqa: TRY400 - no fault of ours

    def _save(self, after: Reserve) -> None:
        self._file.save(after)
        self._saved = after
