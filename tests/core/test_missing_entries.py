"""A journal that has lost its end: numbers that were given are not given again, and staff are told what is missing."""

from datetime import date, timedelta

import msgspec
import pytest

from queue_protocol.ids import Revision, ticket_number
from queue_protocol.journal_end import JournalEnd
from queue_protocol.snapshots import Alarm, SlipsToCheck
from queue_server.core.alarms import Surroundings, alarms
from queue_server.core.loss_events import EntriesMissing
from queue_server.core.missing_entries import slips_to_check
from queue_server.core.permissions import NoteJournalEnd
from queue_server.core.views import board
from tests.core.center import DAY, KIOSK, MIDNIGHT, Center

TOMORROW = DAY + timedelta(days=1)


def told(center: Center, sequence: int, day: date = DAY, epoch: int = 1, **numbers: int) -> NoteJournalEnd:
    """Return what a box tells of an end, five minutes after the last entry that is there."""
    end = JournalEnd(
        center="baoha",
        revision=Revision(epoch=epoch, sequence=sequence),
        hash="f" * 64,
        at=center.hall.at + timedelta(minutes=5),
        day=day,
        numbers=numbers,
    )
    return NoteJournalEnd(end=end, after=center.hall.sequence, since=center.hall.at)


def alarms_of(center: Center) -> list[Alarm]:
    """Return the alarms about lost entries."""
    raised = alarms(center.hall, Surroundings(), center.now)
    return [each for each in raised if each.kind in {"entries_missing", "journal_restored"}]


def test_numbers_go_on_above_all_that_were_heard_of() -> None:
    """Every series, those of kiosks alone too; one that is ahead here stays where it is."""
    center = Center().open()
    first = center.take()
    center.done(told(center, 90, A=42, L=3, AK=5), KIOSK)
    center.done(told(center, 91, A=7, L=4), KIOSK)
    assert ticket_number(first) == "A001"
    assert ticket_number(center.take()) == "A043"
    assert (center.hall.issued["L"], center.hall.issued["AK"]) == (4, 5)


def test_the_alarm_names_the_gap() -> None:
    """How many entries, and from when to when a slip may be unknown."""
    center = Center().open()
    center.take()
    after, since = center.hall.sequence, center.hall.at
    center.done(told(center, after + 12), KIOSK)
    [alarm] = alarms_of(center)
    assert (alarm.kind, alarm.at) == ("entries_missing", since + timedelta(minutes=5))
    assert alarm.facts == {"began_at": since.isoformat(), "entries": 12}


def test_what_is_known_of_a_loss_is_noted_once() -> None:
    """Ten boxes that say the same raise one alarm and write one entry; one that knows more adds to it."""
    center = Center().open()
    first = told(center, 90, A=42)
    center.done(first, KIOSK)
    assert center.when(first, KIOSK).events == ()
    assert center.when(told(center, 80, A=40), KIOSK).events == ()
    assert len(center.done(told(center, 80, A=43), KIOSK)) == 1
    assert len(center.done(told(center, 95, A=1), KIOSK)) == 1
    assert [alarm.facts["entries"] for alarm in alarms_of(center)] == [95 - center.hall.missing[0].after]


def test_the_span_begins_with_the_first_loss() -> None:
    """What is heard later belongs to the same gap, which began before the server gave new numbers."""
    center = Center().open()
    since = center.hall.at
    center.done(told(center, 90), KIOSK)
    center.wait(minutes=30).take()
    center.done(told(center, 95), KIOSK)
    assert [alarm.facts["began_at"] for alarm in alarms_of(center)] == [since.isoformat()]


def test_numbers_of_another_day_change_nothing_today() -> None:
    """Each day begins its series anew; the loss itself is still said."""
    center = Center().open()
    center.done(told(center, 90, day=DAY - timedelta(days=1), A=42), KIOSK)
    assert ticket_number(center.take()) == "A001"
    assert len(alarms_of(center)) == 1


def test_numbers_of_a_day_that_is_not_open_yet_wait_for_it() -> None:
    """Given a new PC with yesterday's date, when its day begins, then it goes on above what boxes have told."""
    center = Center().open()
    center.done(told(center, 90, day=TOMORROW, A=42), KIOSK)
    center.done(told(center, 91, day=TOMORROW, A=41, L=2), KIOSK)
    assert ticket_number(center.take()) == "A001"
    center.midnight()
    assert center.hall.day == TOMORROW
    assert ticket_number(center.take()) == "A043"
    assert center.hall.issued["L"] == 2
    center.midnight()
    assert ticket_number(center.take()) == "A001"
    assert center.hall.missing == ()


def test_citizens_are_told_which_slips_to_show() -> None:
    """While slips of today may be unknown, and not for those of yesterday, which are good for nothing."""
    center = Center().open()
    assert slips_to_check(center.hall) is None
    yesterday = center.hall.at - timedelta(days=1)
    lost = EntriesMissing(because="lost", after=1, through=None, since=yesterday, until=MIDNIGHT, day=DAY)
    center.given(lost)
    assert slips_to_check(center.hall) is None
    center.given(msgspec.structs.replace(lost, until=center.now))
    assert slips_to_check(center.hall) == SlipsToCheck(since=MIDNIGHT, until=center.now)
    assert board(center.hall, Revision(epoch=1, sequence=1), center.now, None).slips_to_check is not None
    center.midnight()
    assert slips_to_check(center.hall) is None


@pytest.mark.parametrize("days_ago", [0, 3])
def test_a_restored_journal_says_so(days_ago: int) -> None:
    """The span in which slips may be unknown ends at the restore, and begins no earlier than today."""
    center = Center().open()
    since = center.hall.at - timedelta(days=days_ago)
    center.given(
        EntriesMissing(because="restored", after=5, through=None, since=since, until=center.now, day=DAY, numbers={})
    )
    [alarm] = alarms_of(center)
    assert (alarm.kind, alarm.at) == ("journal_restored", center.now)
    assert alarm.facts == {"began_at": max(since, MIDNIGHT).isoformat(), "entries": 0}
