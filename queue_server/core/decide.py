"""What a command does: given the hall, events; or a refusal. Pure: the same hall and command give the same decision."""

from datetime import datetime

from queue_server.core import boxes, calls, counters, days, handed_in, missing_entries, visits
from queue_server.core.decision import Actor, Deciders, Decision, refuse
from queue_server.core.hall import Hall
from queue_server.core.permissions import AGE_LIMIT_MS, MAY_ASK, Order


def decide(hall: Hall, order: Order, actor: Actor, now: datetime, age_ms: int) -> Decision:
    """Return what the order does to the hall.

    The hall must have an open day (`days.open_day` gives it one). A refusal has no events.
    """
    if not actor.roles & MAY_ASK[type(order)]:
        return refuse("not_allowed")
    limit = AGE_LIMIT_MS[type(order)]
    if limit is not None and age_ms > limit:
        return refuse("too_late")
    return _DECIDERS[type(order)](hall, order, actor, now)


_DECIDERS: Deciders = {
    **visits.DECIDERS,
    **handed_in.DECIDERS,
    **calls.DECIDERS,
    **counters.DECIDERS,
    **days.DECIDERS,
    **missing_entries.DECIDERS,
    **boxes.DECIDERS,
}
