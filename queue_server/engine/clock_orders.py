"""What a word on the PC's clock means: that it is right where it jumped ahead, or where the hall's time was wrong."""

import functools
from asyncio import Future
from datetime import datetime
from typing import Protocol

from queue_protocol.answers import Answer, RefusalCode, Refused
from queue_server.core.permissions import PutClockBack
from queue_server.engine.transaction import Asked


class CorrectableClock(Protocol):
    """The clock of `now`, which goes back when a manager says so."""

    def has_lost_its_time(self) -> bool:
        """Say whether the PC's clock was reset, and is right by nobody's word."""

    def put_back(self) -> tuple[datetime, datetime] | None:
        """Go back to the PC's time if it is behind; return the time before and the new one, or `None`."""

    def go_on_from(self, at: datetime) -> None:
        """Be at this instant again."""


def follow_word_on_clock(clock: CorrectableClock, asked: Asked) -> RefusalCode | None:
    """Where the PC's clock is behind the hall's time, let a confirmation mean that it is right all the same.

    The clock goes back first, so that what is decided behind the event is of the new time; until the event is
    decided the hall stands still, as its last one is later. A refusal takes it back. Returns why nobody can mean it.
    """
    if clock.has_lost_its_time():
        return "clock_reset"
    moved = clock.put_back()
    if moved is not None:
        asked.order = PutClockBack(before=moved[0], to=moved[1])
        asked.answer.add_done_callback(functools.partial(_keep_clock, clock, moved[0]))
    return None


def _keep_clock(clock: CorrectableClock, before: datetime, done: "Future[Answer]") -> None:
    if done.cancelled() or isinstance(done.result().result, Refused):
        clock.go_on_from(before)
