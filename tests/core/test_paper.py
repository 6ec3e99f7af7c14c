"""Paper is counted from the moment a roll is put in, and staff are told once that it will soon end."""

from datetime import timedelta

from queue_protocol.commands import ReportDevice, ReportSlip
from queue_protocol.day_commands import ReplacePaper
from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import Alarm
from queue_server.core.alarms import Surroundings, alarms
from queue_server.core.hall import PAPER_LOW_SLIPS
from tests.core.center import GREETER, KIOSK, MANAGER, MORNING, Center

KIOSK_1 = DeviceId("kiosk-1")
METRES = 9
"""With slips of 100 mm the tenth is the one after which 80 are left."""


def center_with_roll(roll_m: int = METRES) -> Center:
    """Return a center whose kiosk has a printer with a new roll."""
    center = Center()
    center.done(ReportDevice(part="printer", state="ready"), KIOSK)
    center.done(ReplacePaper(device=KIOSK_1, roll_m=roll_m), GREETER)
    return center


def print_slip(center: Center) -> None:
    """Let a minute pass and the kiosk print a slip."""
    ticket = center.wait(minutes=1).take(print_at="kiosk-1")
    center.done(ReportSlip(ticket=ticket, outcome="printed", length_mm=100), KIOSK)


def paper_alarms(center: Center) -> list[Alarm]:
    """Return what staff are told of paper."""
    return [alarm for alarm in alarms(center.hall, Surroundings(), center.now) if alarm.kind == "paper_low"]


def test_paper_is_low_since_the_slip_that_made_it_so() -> None:
    """The instant stays while the count goes on, so that who has read the alarm is not told the same again."""
    center = center_with_roll()
    for _ in range(METRES):
        print_slip(center)
    assert paper_alarms(center) == []
    for left in range(PAPER_LOW_SLIPS, PAPER_LOW_SLIPS - 3, -1):
        print_slip(center)
        (alarm,) = paper_alarms(center)
        assert alarm.at == MORNING + timedelta(minutes=METRES + 1)
        assert alarm.facts == {"device": "kiosk-1", "slips": left}


def test_a_new_roll_ends_the_alarm_or_begins_it_anew() -> None:
    """A whole roll is enough; a rest of one is low from the moment it is put in."""
    center = center_with_roll(roll_m=1)
    assert [alarm.at for alarm in paper_alarms(center)] == [MORNING]
    center.wait(minutes=5).done(ReplacePaper(device=KIOSK_1, roll_m=2), MANAGER)
    assert [alarm.at for alarm in paper_alarms(center)] == [center.now]
    center.done(ReplacePaper(device=KIOSK_1), MANAGER)
    assert paper_alarms(center) == []


def test_paper_that_is_low_at_midnight_is_low_from_the_morning_on() -> None:
    """What is in the printer crosses midnight."""
    center = center_with_roll(roll_m=1).midnight()
    opened_at = center.now
    center.wait(minutes=60).take()
    assert [alarm.at for alarm in paper_alarms(center)] == [opened_at]


def test_a_box_without_a_printer_gets_no_roll() -> None:
    """A name that nobody has heard of is a mistake, and would be counted for ever."""
    center = Center()
    refused = center.refusal(ReplacePaper(device=DeviceId("kiosk-9")), MANAGER)
    assert (refused.code, refused.facts) == ("unknown_device", {"device": "kiosk-9"})
