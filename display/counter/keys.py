"""What each key of a call pad asks of the server, given what the board shows at its counter. Pure.

A pad cannot answer questions: a service that took suspiciously long is one that nobody finished (`forgotten`).
"""

from collections.abc import Callable, Mapping

from display.counter.devices import Key
from queue_protocol.commands import (
    CallNext,
    Command,
    FinishService,
    MarkNoShow,
    PauseCounter,
    RecallTicket,
    ResumeCounter,
    StartService,
)
from queue_protocol.ids import CounterNumber, TicketId
from queue_protocol.snapshots import BoardCounter

AboutTicket = Callable[[TicketId], Command]

_ABOUT_TICKET: Mapping[Key, AboutTicket] = {
    "recall": lambda ticket: RecallTicket(ticket=ticket),
    "start": lambda ticket: StartService(ticket=ticket),
    "finish": lambda ticket: FinishService(ticket=ticket, long_service="forgotten"),
    "no_show": lambda ticket: MarkNoShow(ticket=ticket),
}


def command_of(key: Key, there: BoardCounter) -> Command | None:
    """Return what the key asks for; `None`: it is about a ticket, and none is there."""
    if key == "next":
        return CallNext(counter=there.counter, after=there.ticket, long_service="forgotten")
    if key == "pause":
        return _toggle_pause(there.counter, paused=there.paused)
    return None if there.ticket is None else _ABOUT_TICKET[key](there.ticket)


def _toggle_pause(counter: CounterNumber, *, paused: bool) -> Command:
    return ResumeCounter(counter=counter) if paused else PauseCounter(counter=counter, reason="break")
