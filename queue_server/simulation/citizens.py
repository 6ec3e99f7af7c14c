"""A person of the script in the hall: with which ticket, there or not, and how far the visit is."""

from collections.abc import Sequence
from datetime import datetime

from queue_protocol.ids import TicketId
from queue_server.core.calendar import moment_after
from queue_server.core.facts import Session
from queue_server.simulation.people import Person, effort


class Citizen:
    """Does what the script says, and knows only what a person in the hall knows."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.ticket: TicketId | None = None
        """`None`: none yet."""
        self.is_sent_home = False
        """By the kiosk, without a ticket."""
        self._leaves_at: datetime | None = None
        self._is_away = person.is_absent
        self._has_returned = False
        self._has_stepped_out = False
        self._was_sent_on = False

    def sit_down(self, ticket: TicketId, now: datetime, sessions: Sequence[Session]) -> None:
        """Wait with a ticket, as long as the patience lasts."""
        self.ticket = ticket
        self._leaves_at = moment_after(sessions, now, self.person.patience_s / 60)

    def is_there(self, now: datetime) -> bool:
        """Say whether the person hears a call."""
        return not self._is_away and (self._leaves_at is None or now < self._leaves_at)

    def is_at_counter(self) -> None:
        """Come to the counter; from here on nobody goes home."""
        self._leaves_at = None

    def go(self) -> None:
        """Be away for a while."""
        self._is_away = True

    def come_back(self) -> None:
        """Be there again, and stay."""
        self._is_away = False
        self._leaves_at = None

    def service_s(self, dossiers: int) -> float:
        """Return how long these dossiers take at the counter: half as long, when something comes between."""
        whole = self.person.service_s * effort(dossiers) / effort(self.person.dossiers)
        comes_between = self.person.steps_out_s is not None or self.person.sent_on_to is not None
        return whole / 2 if comes_between else whole

    def returns_once(self) -> bool:
        """Say, once, that the person was only late for the call, and comes after it."""
        returns = self._is_away and not self._has_returned
        self._has_returned = True
        return returns

    def steps_out(self) -> bool:
        """Say, once, that the person has to step out in the middle of the service."""
        steps_out = self.person.steps_out_s is not None and not self._has_stepped_out
        self._has_stepped_out = True
        return steps_out

    def is_sent_on(self) -> bool:
        """Say, once, that the visit goes on at another service."""
        sent_on = self.person.sent_on_to is not None and not self._was_sent_on
        self._was_sent_on = True
        return sent_on
