"""Values of an entry as rows have them."""

from datetime import datetime

from queue_server.core.events import Entry


def milliseconds(at: datetime) -> int:
    """Return an instant as UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def who(entry: Entry) -> str:
    """Return the name of who acted, without what they are."""
    return entry.actor.rpartition(":")[2]
