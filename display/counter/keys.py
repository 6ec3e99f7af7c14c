"""What each key of a call pad asks of the server, given what the board shows at its counter. Pure.

A pad cannot answer questions: a service that took suspiciously long is one that nobody finished (`forgotten`).
"""

from collections.abc import Callable, Mapping

from display.counter.devices import Key
from queue_protocol.commands import (
    CallNext,
    Command,
    FinishService,
    LongService,
    MarkNoShow,
    PauseCounter,
    RecallTicket,
    ResumeCounter,
    StartService,
)
from queue_protocol.ids import CounterNumber, TicketId
from queue_protocol.snapshots import BoardCounter

AboutTicket = Callable[[TicketId], Command]

_FINISHED: LongService = "forgotten"

_ABOUT_TICKET: Mapping[Key, AboutTicket] = {
    "recall": lambda ticket: RecallTicket(ticket=ticket),
    "start": lambda ticket: StartService(ticket=ticket),
    "finish": lambda ticket: FinishService(ticket=ticket, long_service=_FINISHED),
    "no_show": lambda ticket: MarkNoShow(ticket=ticket),
}


def command_of(key: Key, there: BoardCounter, *, one_key: bool) -> Command | None:
    """Return what the key asks for; `None`: it is about a ticket, and none is there.

    As at the desk's page: `next` on a ticket that was only called says that the person has come. With `one_key`
    the key of a no-show calls the next person, unless the counter pauses.
    """
    if key == "next":
        if there.ticket is not None and not there.serving:
            return StartService(ticket=there.ticket)
        return CallNext(counter=there.counter, after=there.ticket, long_service=_FINISHED)
    if key == "no_show" and one_key and not there.paused and there.ticket is not None:
        return CallNext(counter=there.counter, after=there.ticket, current="no_show")
    if key == "pause":
        return _toggle_pause(there.counter, paused=there.paused)
    return None if there.ticket is None else _ABOUT_TICKET[key](there.ticket)


def _toggle_pause(counter: CounterNumber, *, paused: bool) -> Command:
    return ResumeCounter(counter=counter) if paused else PauseCounter(counter=counter, reason="break")
