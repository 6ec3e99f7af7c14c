"""What a manager, or who puts in paper, asks for about the day. The rules of `commands` hold here too."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from queue_protocol.ids import ClockTime, DeviceId

EndReason = Literal["closing_time", "power_cut", "no_staff", "system_down", "other"]


class OpeningTime(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a day, in local time."""

    opens: ClockTime
    closes: ClockTime


class ChangeToday(msgspec.Struct, frozen=True, kw_only=True, tag="change_today"):
    """The center is open in these sessions today, whatever the calendar says; with none it is closed."""

    sessions: Annotated[tuple[OpeningTime, ...], Meta(max_length=4)]


class EndDay(msgspec.Struct, frozen=True, kw_only=True, tag="end_day"):
    """No more tickets are issued at kiosks today; who is in the hall is served on or carried over."""

    reason: EndReason


class ReplacePaper(msgspec.Struct, frozen=True, kw_only=True, tag="replace_paper"):
    """Somebody has put a new roll into the printer of this kiosk."""

    device: DeviceId
    roll_m: Annotated[int, Meta(ge=1, le=500)] | None = None
    """Its length; `None`: the usual one of the center."""


class ConfirmClock(msgspec.Struct, frozen=True, kw_only=True, tag="confirm_clock"):
    """A manager says that the clock of the server is right: it jumped ahead, or is behind a hall that had done so."""
