"""Who may ask for what, and how long after the act of a person a command still counts."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CancelTicket,
    CarryOver,
    ChangeService,
    CloseCounter,
    Command,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    PauseCounter,
    RateVisit,
    RecallTicket,
    RecordOffline,
    RecordPrinted,
    ReissueTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    ReprintSlip,
    RequeueTicket,
    ResumeCounter,
    ResumeTicket,
    ReturnTicket,
    SetCounterServices,
    SetPriority,
    StartService,
    TakeBackFinish,
    TakeOverCounter,
    TakeTicket,
    TransferTicket,
    VoidTicket,
    WithdrawTake,
)
from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay, ReplacePaper
from queue_protocol.ids import Instant
from queue_protocol.journal_end import JournalEnd
from queue_server.core.catalogue import Catalogue

Role = Literal["kiosk", "display", "web", "visitor", "greeter", "clerk", "manager"]
"""Boxes: `kiosk`, `display`, and `web`, a page that books from outside. People: `greeter`, `clerk`, `manager`; one
person may be several. `visitor`: whoever holds a slip, known by its token and by nothing else."""


class ChangeCatalogue(msgspec.Struct, frozen=True, kw_only=True, tag="change_catalogue"):
    """A manager sets services, counters, hours and policy anew. Comes from the office page's upload, not by socket."""

    catalogue: Catalogue


class PutClockBack(msgspec.Struct, frozen=True, kw_only=True, tag="put_clock_back"):
    """A manager says that the PC's clock, which is before the hall's time, is right.

    `ConfirmClock` becomes this where it is so; it does not come by socket.
    """

    before: Instant
    """The time of the hall when it was said."""
    to: Instant


class MarkKiosk(msgspec.Struct, frozen=True, kw_only=True, tag="mark_kiosk"):
    """A kiosk that was let in needs a mark for numbers of its own. Comes from its hello, not as a command."""


class NoteJournalEnd(msgspec.Struct, frozen=True, kw_only=True, tag="note_journal_end"):
    """A client has heard of an end of the journal to which this one does not lead. Comes from its hello."""

    end: JournalEnd
    after: int
    """Sequence of the last entry that was there when this server started."""
    since: Instant
    """When it was written."""


Order = Command | ChangeCatalogue | MarkKiosk | PutClockBack | NoteJournalEnd
"""All that `decide` decides."""

DEVICES: frozenset[Role] = frozenset({"kiosk", "display", "web"})
STAFF: frozenset[Role] = frozenset({"greeter", "clerk", "manager"})
"""Who stands in the hall and helps with tickets."""
AT_DESK: frozenset[Role] = frozenset({"clerk", "manager"})
_KIOSK: frozenset[Role] = frozenset({"kiosk"})
_MANAGER: frozenset[Role] = frozenset({"manager"})
_PAD: frozenset[Role] = frozenset({"display"})
"""A box that owns the call pad of a counter acts there for its clerk; it is the one that shows the counter's sign."""

MAY_ASK: Mapping[type, frozenset[Role]] = {
    TakeTicket: STAFF | {"kiosk", "web"},
    CancelTicket: STAFF | {"kiosk"},
    WithdrawTake: _KIOSK,
    ChangeService: STAFF,
    SetPriority: STAFF,
    VoidTicket: STAFF,
    ReissueTicket: STAFF,
    ReprintSlip: STAFF,
    CarryOver: STAFF,
    RateVisit: frozenset({"visitor", "kiosk"}),
    RecordOffline: _KIOSK,
    RecordPrinted: _KIOSK,
    MarkKiosk: _KIOSK,
    CallNext: AT_DESK | _PAD,
    CallTicket: AT_DESK,
    RecallTicket: AT_DESK | _PAD,
    StartService: AT_DESK | _PAD,
    FinishService: AT_DESK | _PAD,
    TakeBackFinish: AT_DESK,
    MarkNoShow: AT_DESK | _PAD,
    ReturnTicket: STAFF,
    HoldTicket: STAFF,
    ResumeTicket: STAFF,
    TransferTicket: AT_DESK,
    RequeueTicket: AT_DESK,
    OpenCounter: AT_DESK,
    CloseCounter: AT_DESK,
    TakeOverCounter: AT_DESK,
    PauseCounter: AT_DESK | _PAD,
    ResumeCounter: AT_DESK | _PAD,
    SetCounterServices: AT_DESK,
    ChangeToday: _MANAGER,
    EndDay: _MANAGER,
    ConfirmClock: _MANAGER,
    PutClockBack: _MANAGER,
    ReplacePaper: STAFF,
    ChangeCatalogue: _MANAGER,
    NoteJournalEnd: DEVICES | STAFF,
    ReportSlip: _KIOSK,
    ReportCall: frozenset({"display"}),
    ReportDevice: DEVICES,
}

_PERSON_LIMIT_MS = 10_000
"""Who waited longer than this for a page has done something else by now."""

_AGE_LIMITS: Mapping[type, int | None] = {
    # Nobody stands at a kiosk for longer than this without a number.
    TakeTicket: 30_000,
    # What has happened has happened, however late it is told.
    RecordOffline: None,
    RecordPrinted: None,
    WithdrawTake: None,
    ReportSlip: None,
    ReportCall: None,
    ReportDevice: None,
}

AGE_LIMIT_MS: Mapping[type, int | None] = {asked: _AGE_LIMITS.get(asked, _PERSON_LIMIT_MS) for asked in MAY_ASK}
