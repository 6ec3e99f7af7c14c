"""The language of each visit, in memory only: known while a ticket may still be called, gone when it is done."""

from collections.abc import Sequence

from queue_protocol.commands import RecordOffline, RecordPrinted, TakeTicket
from queue_protocol.ids import Language, TicketId
from queue_server.core.events import DayOpened, Entry
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import MAY_COME_BACK
from queue_server.core.permissions import Order

Languages = dict[TicketId, Language]


def remember(languages: Languages, hall: Hall, order: Order) -> None:
    """Keep the language in which a ticket was asked for, while it may be called."""
    if isinstance(order, TakeTicket | RecordOffline | RecordPrinted) and order.token in hall.tokens:
        ticket = hall.tickets[hall.tokens[order.token]]
        if ticket.status in MAY_COME_BACK:
            languages[ticket.id] = order.language


def forget(languages: Languages, hall: Hall, entries: Sequence[Entry]) -> None:
    """Let go of the languages of tickets that these entries have brought to their end."""
    for entry in entries:
        if isinstance(entry.event, DayOpened):
            for gone in languages.keys() - set(hall.tickets):
                del languages[gone]
        ticket = hall.tickets.get(getattr(entry.event, "ticket", TicketId("")))
        if ticket is not None and ticket.status not in MAY_COME_BACK:
            languages.pop(ticket.id, None)
