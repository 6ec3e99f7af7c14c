"""How often a password may be guessed: per account and place with growing delays, and who waits for the next look.

A *place* is a browser in which this account has signed in before, or else a network address. So a guesser shuts out
nobody but itself: guesses are counted for its own place, and those of all unknown places together only keep other
unknown places out.
"""

import asyncio
import contextlib
import heapq
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

Scope = Literal["place", "address", "account"]
"""What guesses are counted for: an account at one place; an unknown address, whatever the account; an account, from all
unknown places together."""

Subject = tuple[Scope, str, str]
"""The account (as a hash; empty: any) and the place (empty: any)."""

GUESSES_ALLOWED: dict[Scope, int] = {"place": 5, "address": 20, "account": 25}
"""Wrong passwords in a row before each further one costs a delay. Five addresses together reach what locks an account
for all unknown places."""

FIRST_DELAY_S, LONGEST_DELAY_S = 30, 3600
"""Doubled with each further guess. Whoever forgot a password waits half a minute; a guesser gets 24 tries a day."""

FORGOTTEN_AFTER_S = 24 * 3600
"""Without a further guess."""

MOST_SUBJECTS = 2_000
"""Whose guesses are counted, of each scope; then the one that guessed longest ago is forgotten."""

MOST_STRANGERS = 8
"""Sign-ins from unknown places at once, of which one is looked at while the others wait: a second for the last."""

MOST_OF_AN_ADDRESS = 4
"""Of those, from one address: twelve threads of one guesser leave room for another newcomer."""

MOST_KNOWN = 8
"""Sign-ins at once from places where the account has signed in before; these go first, and have places of their own."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a sign-in comes from."""

    address: str
    """As `addresses.neighbourhood` writes it."""
    browser: str | None = None
    """The hash of the cookie of a browser in which this account has signed in before; `None`: there is none."""
    is_known: bool = False
    """Whether this account has signed in from here before: in this browser, or from this address."""

    def subjects(self, account: str) -> tuple[Subject, ...]:
        """Return all that a wrong password for this account counts for."""
        place = self.address if self.browser is None else f"browser {self.browser}"
        own: Subject = ("place", account, place)
        return (own,) if self.is_known else (own, ("address", "", self.address), ("account", account, ""))


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong passwords in a row."""

    failures: int
    last_at: int
    """UTC seconds since 1970."""
    locked_until: int
    """No password is looked at before; 0: the next one is."""
    address: str
    """Where the last one came from."""


class Attempts:
    """The wrong passwords of the last day, in memory: only the server's own people can restart it."""

    def __init__(self) -> None:
        self._guesses: dict[Scope, dict[Subject, Guesses]] = {"place": {}, "address": {}, "account": {}}

    def locked_until(self, account: str, visitor: Visitor, now: int) -> int:
        """Return until when no password from there is looked at; 0: it is looked at."""
        found = (self._of(subject, now) for subject in visitor.subjects(account))
        return max((each.locked_until for each in found if each is not None and each.locked_until > now), default=0)

    def note_failure(self, account: str, visitor: Visitor, now: int) -> int:
        """Count a wrong password, and return until when none is looked at; 0: the next one is."""
        return max(self._count(subject, visitor.address, now) for subject in visitor.subjects(account))

    def note_success(self, account: str, visitor: Visitor) -> None:
        """Forget the wrong passwords of this place; those of other places stay counted."""
        subject = visitor.subjects(account)[0]
        self._guesses["place"].pop(subject, None)

    def of_account(self, account: str, now: int) -> list[Guesses]:
        """Return the guesses at an account by place, the latest first."""
        found = [each for each in self._live("place", now) if each[0][1] == account]
        return sorted((guesses for _, guesses in found), key=lambda each: each.last_at, reverse=True)

    def _live(self, scope: Scope, now: int) -> Iterator[tuple[Subject, Guesses]]:
        for subject, guesses in self._guesses[scope].items():
            if now - guesses.last_at < FORGOTTEN_AFTER_S:
                yield subject, guesses

    def _of(self, subject: Subject, now: int) -> Guesses | None:
        guesses = self._guesses[subject[0]].get(subject)
        return None if guesses is None or now - guesses.last_at >= FORGOTTEN_AFTER_S else guesses

    def _count(self, subject: Subject, address: str, now: int) -> int:
        scope = subject[0]
        before, known = self._of(subject, now), self._guesses[scope]
        failures = 1 if before is None else before.failures + 1
        until = now + _delay_s(failures - GUESSES_ALLOWED[scope]) if failures >= GUESSES_ALLOWED[scope] else 0
        known.pop(subject, None)
        known[subject] = Guesses(failures, now, until, address)
        if len(known) > MOST_SUBJECTS:
            del known[next(iter(known))]
        return until


class Crowded(Exception):
    """So many sign-ins wait already that this one is told to come again."""


class Turns:
    """Lets one sign-in be looked at after the other, those from known places first."""

    def __init__(self) -> None:
        self._is_taken = False
        self._order = count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._here: list[Visitor] = []
        """Whose password is looked at, and who waits for it."""

    @contextlib.asynccontextmanager
    async def turn(self, visitor: Visitor) -> AsyncIterator[None]:
        """Wait for the turn of this visitor, and keep it.

        Raises `Crowded`.
        """
        if not self._has_room(visitor):
            raise Crowded
        self._here.append(visitor)
        try:
            await self._wait(visitor)
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._here.remove(visitor)

    def _has_room(self, visitor: Visitor) -> bool:
        alike = [each for each in self._here if each.is_known == visitor.is_known]
        if visitor.is_known:
            return len(alike) < MOST_KNOWN
        beside = sum(each.address == visitor.address for each in alike)
        return len(alike) < MOST_STRANGERS and beside < MOST_OF_AN_ADDRESS

    async def _wait(self, visitor: Visitor) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not visitor.is_known, next(self._order), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, following = heapq.heappop(self._waiting)
            if not following.done():
                following.set_result(None)
                return
        self._is_taken = False


def _delay_s(further: int) -> int:
    """Return the delay after so many guesses beyond what is allowed."""
    return min(LONGEST_DELAY_S, FIRST_DELAY_S << min(further, 10))
