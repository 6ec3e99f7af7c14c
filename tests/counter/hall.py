"""Boards and welcomes as the server says them, for tests of signs and pads."""

from datetime import UTC, datetime

from queue_protocol import PROTOCOL
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId
from queue_protocol.snapshots import Board, BoardCounter, Welcome

BOX = DeviceId("counters-1")
MORNING = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


def welcome() -> Welcome:
    """Return what the server says to a box that it knows."""
    return Welcome(
        protocol=PROTOCOL, center={"vi": "-"}, languages=("vi",), utc_offset_s=7 * 3600, now=MORNING, device=BOX
    )


def counter(
    number: int, ticket: str | None = None, *, is_open: bool = True, paused: bool = False, serving: bool = True
) -> BoardCounter:
    """Return a counter with this ticket at it, being served."""
    return BoardCounter(
        counter=number,
        open=is_open,
        number=ticket,
        services=(ServiceId("certification"),),
        paused=paused,
        serving=serving and ticket is not None,
        ticket=None if ticket is None else TicketId(f"20261123-{ticket}"),
    )


def board(sequence: int, *counters: BoardCounter, one_key: bool = False) -> Board:
    """Return a board with these counters, of a center with or without the rule of one key."""
    return Board(
        revision=Revision(epoch=1, sequence=sequence),
        now=MORNING,
        calls=(),
        counters=counters,
        missed=(),
        speaker=None,
        one_key=one_key,
    )
