"""Between a box and the server: what is asked is asked again, under the same id, until an answer comes back."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count

from queue_protocol.answers import Refused, Result
from queue_protocol.ids import CommandId
from queue_server.core.decision import Actor
from queue_server.core.permissions import Order
from queue_server.simulation.agenda import Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.faults import Faults
from queue_server.simulation.invariants import InvariantBroken

RETRY_S = 2.0
"""Between two attempts of a box that is cut off."""

ECHO_EVERY = 25
"""Every so many commands arrive twice although the answer came, as after a connection that was lost too late."""

Then = Callable[[Result], None]


def ignore(_result: Result) -> None:
    """Take an answer that changes nothing for whoever asked."""


class Link:
    """The way of one box to the server."""

    def __init__(self, box: str, agenda: Agenda, center: Center, faults: Faults) -> None:
        self._box = box
        self._agenda = agenda
        self._center = center
        self._faults = faults
        self._numbers = count(1)

    @property
    def is_up(self) -> bool:
        """Whether the box has a server, as far as it knows."""
        return self._faults.state(self._box, self._agenda.now) != "cut"

    def ask(self, actor: Actor, order: Order, then: Then = ignore) -> None:
        """Ask, and let `then` have the answer when it comes; it always does."""
        day = self._agenda.now.date()
        command_id = CommandId(f"{self._box}-{day:%m%d}-{next(self._numbers):05d}")
        self._try(actor, command_id, order, self._agenda.now, then)

    def press(self, actor: Actor, order: Order, then: Then) -> None:
        """Ask as a person does, who presses again when told that it was too late; an order names what it acts on."""
        self.ask(actor, order, partial(self._unless_late, actor, order, then))

    def _unless_late(self, actor: Actor, order: Order, then: Then, result: Result) -> None:
        if isinstance(result, Refused) and result.code == "too_late":
            self.press(actor, order, then)
        else:
            then(result)

    def _try(self, actor: Actor, command_id: CommandId, order: Order, asked_at: datetime, then: Then) -> None:
        now = self._agenda.now
        age_ms = round((now - asked_at).total_seconds() * 1000)
        state = self._faults.state(self._box, now)
        result = None if state == "cut" else self._center.ask(actor, command_id, order, now, age_ms)
        if result is None or state == "deaf":
            self._agenda.after(RETRY_S, partial(self._try, actor, command_id, order, asked_at, then))
            return
        if int(command_id[-5:]) % ECHO_EVERY == 0 and not isinstance(result, Refused):
            self._echo(actor, command_id, order, result)
        self._agenda.after(0, partial(then, result))

    def _echo(self, actor: Actor, command_id: CommandId, order: Order, result: Result) -> None:
        again = self._center.ask(actor, command_id, order, self._agenda.now, 0)
        if again != result:
            raise InvariantBroken(f"{command_id} was answered by {result} and then by {again}")
