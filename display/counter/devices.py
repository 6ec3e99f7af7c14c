"""The port to what hangs on a counter: a sign that shows, a pad that is pressed. Drivers are beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from queue_protocol.ids import CounterNumber, TicketNumber

Key = Literal["next", "recall", "start", "finish", "no_show", "pause"]
"""What a key of a call pad means; `pause` also ends a pause."""

Look = Literal["number", "blank", "paused", "refusal"]
"""`blank`: nobody is there, the counter is closed, or nothing current is known. `refusal`: a key had no effect."""

Press = Callable[[CounterNumber, Key], None]
"""Takes note, on the running loop, that a key was pressed at a counter."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a sign shows."""

    look: Look
    number: TicketNumber | None = None
    """The ticket at the counter; `None` unless `look` is `number`."""


BLANK, PAUSED, REFUSAL = Face("blank"), Face("paused"), Face("refusal")


class CounterSign(Protocol):
    """A sign on a counter. It may be unplugged or lose power at any time, and shows the right thing once it is back."""

    @property
    def counter(self) -> CounterNumber:
        """The counter it hangs on."""

    def show(self, face: Face) -> None:
        """Show this from now on, in place of whatever was to be shown before; returns at once and never fails."""


class CallPad(Protocol):
    """The keys of one counter, or of several that share a line."""

    async def watch(self, press: Press) -> None:
        """Hand over each key that is pressed until cancelled; a pad that is unplugged is waited for."""
