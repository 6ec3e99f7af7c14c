"""Walks the flow: keeps the present `Walk`, feeds it what happens, and shows what has changed.

Knows no widgets: the screen is one function that is given a `View`, and calls back with taps.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from kiosk import flow
from kiosk.pages import Paper
from kiosk.printing import Ended, Looked
from kiosk.reserve import Reserve
from kiosk.views import View
from kiosk.walk import Point, Walk, remaining
from kiosk.wishes import Cancel, Give, Take, Wish, Withdraw
from kiosk.wording import view
from queue_protocol.answers import Answer, Refused, Result
from queue_protocol.commands import CancelTicket, Command, TakeTicket
from queue_protocol.ids import DeviceId, Language, ServiceId, Token
from queue_protocol.session import Link
from queue_protocol.snapshots import Beat, FromServer, Menu, Welcome
from queue_protocol.texts import Texts


class Face(Protocol):
    """What the walker shows on."""

    def show(self, seen: View) -> None:
        """Show this from now on."""

    def show_remaining(self, fraction: float | None) -> None:
        """Show how much of the page's time is left, from 1 to 0; `None` hides it."""


class OwnNumbers(Protocol):
    """Numbers that this kiosk gives by itself."""

    def give(self, wish: Give) -> Result:
        """Give a ticket without the server; a refusal when this kiosk may not."""

    def withdraw(self, token: Token) -> None:
        """Give up a request that has no answer."""


class Walker:
    """One screen's walk; see `flow`. All on the loop's thread.

    `ask` sends a command and gives the future of its answer; `make_token` gives a fresh address for a ticket's page.
    """

    def __init__(
        self,
        device: DeviceId,
        server: str,
        languages: Mapping[Language, Texts],
        home_language: Language,
        ask: "Callable[[Command], asyncio.Future[Result]]",
        alone: OwnNumbers,
        make_token: Callable[[], Token],
        now_s: Callable[[], float],
    ) -> None:
        self._device = device
        self._languages = languages
        self._ask = ask
        self._alone = alone
        self._make_token = make_token
        self._now_s = now_s
        self._face: Face | None = None
        self._shown: View | None = None
        self._taking: tuple[int, Token, asyncio.Future[Result]] | None = None
        """The request for a ticket that has no answer yet."""
        self._walk = Walk(
            language=home_language,
            home_language=home_language,
            languages=tuple(languages),
            device=device,
            server=server,
            began_s=now_s(),
        )

    def show_on(self, face: Face) -> None:
        """Show on this face from now on."""
        self._face = face
        self._shown = None
        self._go(self._walk)

    def tick(self) -> None:
        """Let time pass; to be called several times a second."""
        self._follow(*flow.tick(self._walk, self._now_s()))

    def touch(self, place: Point | None = None) -> None:
        """Somebody touched the screen, here."""
        self._go(flow.touched(self._walk, self._now_s(), place))

    def miss(self) -> None:
        """Somebody touched what is no control."""
        self._go(flow.missed(self._walk, self._now_s()))

    def tap_more_time(self) -> None:
        """Somebody is still there."""
        self._go(flow.more_time(self._walk, self._now_s()))

    def tap_service(self, service: ServiceId) -> None:
        """Somebody chose a service."""
        self._follow(*flow.service_tapped(self._walk, service, self._now_s()))

    def tap_dossiers(self, dossiers: int) -> None:
        """Somebody said how many dossiers."""
        self._follow(*flow.dossiers_tapped(self._walk, dossiers, self._now_s()))

    def step_dossiers(self, step: int) -> None:
        """Somebody counts one dossier more or less."""
        self._go(flow.dossiers_stepped(self._walk, step, self._now_s()))

    def tap_take(self) -> None:
        """Somebody has read what there was to read, and wants the number."""
        self._follow(*flow.confirmed(self._walk, self._now_s()))

    def tap_wrong_choice(self) -> None:
        """Somebody may have chosen by mistake."""
        self._go(flow.wrong_choice_tapped(self._walk, self._now_s()))

    def tap_keep(self) -> None:
        """Somebody keeps the number."""
        self._go(flow.keep_tapped(self._walk, self._now_s()))

    def tap_cancel(self) -> None:
        """Somebody gives the number up."""
        self._follow(*flow.cancel_tapped(self._walk, self._now_s()))

    def tap_language(self, language: Language) -> None:
        """Somebody chose a language."""
        self._go(flow.language_tapped(self._walk, language, self._now_s()))

    def tap_home(self) -> None:
        """Somebody wants to leave the page."""
        self._go(flow.home_tapped(self._walk, self._now_s()))

    def heard(self, message: FromServer) -> None:
        """Take what the server says."""
        now_s = self._now_s()
        match message:
            case Welcome():
                self._go(flow.welcomed(self._walk, message, tuple(self._languages), now_s))
            case Menu():
                self._go(flow.menu_arrived(self._walk, message))
            case Beat():
                self._go(flow.time_heard(self._walk, message.now, now_s))
            case Answer(command_id=None, result=Refused() as refusal):
                self._go(flow.turned_away(self._walk, refusal))

    def remember(self, reserve: Reserve, now: datetime) -> None:
        """Begin with what the server said in an earlier life of this kiosk; `now` is the time of the PC."""
        self._go(flow.remembered(self._walk, reserve, now, tuple(self._languages), self._now_s()))

    def reserve_changed(self, reserve: Reserve) -> None:
        """Take note of what this kiosk may give by itself."""
        self._go(flow.reserve_changed(self._walk, reserve))

    def link_changed(self, link: Link) -> None:
        """Take note of the link."""
        self._go(flow.link_changed(self._walk, link))

    def slip_ended(self, ended: Ended) -> None:
        """Show what became of the paper."""
        paper = Paper(state=ended.outcome, reason=ended.reason)
        self._go(flow.slip_ended(self._walk, ended.ticket, paper, self._now_s()))

    def printer_looked(self, looked: Looked) -> None:
        """Show whether slips can be expected."""
        self._go(flow.printer_changed(self._walk, looked.state))

    def _follow(self, walk: Walk, wish: Wish | None) -> None:
        self._go(walk)
        match wish:
            case Give():
                if wish.instead_of is not None:
                    self._give_up(wish.instead_of)
                self._go(flow.answered(self._walk, wish.request, self._alone.give(wish), self._now_s()))
            case Withdraw():
                self._give_up(wish.request)
            case Take():
                self._take(wish)
            case Cancel():
                answer = self._ask(CancelTicket(ticket=wish.ticket))
                answer.add_done_callback(functools.partial(self._take_answer, wish.request))

    def _take(self, wish: Take) -> None:
        command = TakeTicket(
            service=wish.service,
            token=self._make_token(),
            language=wish.language,
            print_at=self._device,
            dossiers=wish.dossiers,
        )
        answer = self._ask(command)
        self._taking = wish.request, command.token, answer
        answer.add_done_callback(functools.partial(self._take_answer, wish.request))

    def _give_up(self, request: int) -> None:
        """Wait no longer for the answer to a request, and see that none comes of it."""
        taking, self._taking = self._taking, None
        if taking is not None and taking[0] == request:
            _, token, answer = taking
            answer.cancel()
            self._alone.withdraw(token)

    def _take_answer(self, request: int, answer: "asyncio.Future[Result]") -> None:
        if not answer.cancelled():
            self._go(flow.answered(self._walk, request, answer.result(), self._now_s()))

    def _go(self, walk: Walk) -> None:
        self._walk = walk
        if self._face is None:
            return
        now_s = self._now_s()
        seen = view(walk, self._languages, now_s)
        if seen != self._shown:
            self._shown = seen
            self._face.show(seen)
        self._face.show_remaining(remaining(walk, now_s))
