"""What the server replies. A refusal is a value with a code and facts; its words live in the text files."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from queue_protocol.ids import CommandId, CounterNumber, DeviceId, Dossiers, Instant, ServiceId, TicketId, TicketNumber

RefusalCode = Literal[
    # the conversation
    "bad_origin",
    "malformed",
    "not_allowed",
    "unknown_key",
    "wrong_protocol",
    # the path of a command
    "busy",
    "command_id_reused",
    "internal",
    "storage",
    "too_late",
    # the clock
    "clock_reset",
    # the queue
    "already_rated",
    "appointment_not_today",
    "bad_catalogue",
    "carried_over_used",
    "counter_closed",
    "counter_paused",
    "counter_taken",
    "decide_current_first",
    "desk_moved_on",
    "hall_closed",
    "long_service",
    "no_counter",
    "no_numbers_left",
    "no_show_too_soon",
    "nobody_waiting",
    "not_this_kiosk",
    "number_not_granted",
    "printer_behind",
    "quota_reached",
    "recall_too_soon",
    "returned_too_often",
    "service_full",
    "ticket_at_counter",
    "too_late_to_cancel",
    "too_late_to_take_back",
    "unknown_call",
    "unknown_counter",
    "unknown_device",
    "unknown_service",
    "unknown_ticket",
    "wrong_status",
]
"""Each code has a sentence `refused_<code>` in every text file."""

REFUSAL_CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)

Facts = dict[str, str | int]


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The command took effect, or had taken it already."""


class WaitRange(msgspec.Struct, frozen=True, kw_only=True):
    """How long a wait may become, in whole minutes."""

    low_minutes: Annotated[int, Meta(ge=0)]
    high_minutes: Annotated[int, Meta(ge=0)]


class TicketTaken(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_taken"):
    """A place in the line, durable when this is read."""

    ticket: TicketId
    number: TicketNumber
    service: ServiceId
    priority: bool
    issued_at: Instant
    people_ahead: Annotated[int, Meta(ge=0)] | None
    """Tickets that the calling rule puts before this one, as of `issued_at`; `None`: a kiosk gave it by itself."""
    wait: WaitRange | None
    """`None`: not enough is known to say."""
    counters: tuple[CounterNumber, ...]
    """Counters that serve the line."""
    print_at: DeviceId | None
    dossiers: Dossiers = 1
    after_break: bool = False
    """The turn may come only after the coming break, as lunch."""


class NextCalled(msgspec.Struct, frozen=True, kw_only=True, tag="next_called"):
    """What "next" did."""

    counter: CounterNumber
    ticket: TicketId | None
    """`None`: the current ticket was finished and nobody waits."""


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The command had no effect. `facts` fill the sentence `refused_<code>`."""

    code: RefusalCode
    facts: Facts = {}


Result = Done | TicketTaken | NextCalled | Refused


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """The reply to one request; also the last word before the server closes a connection."""

    command_id: CommandId | None
    """`None`: the refusal is of the connection, not of a command."""
    result: Result
