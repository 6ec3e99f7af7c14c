"""Alarms: each lasts as long as its cause, and nobody is told of what is not so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from queue_protocol.commands import PauseCounter, RecallTicket, ReportCall, TakeTicket
from queue_protocol.ids import DeviceId, Revision
from queue_protocol.snapshots import Alarm
from queue_server.core.alarms import (
    BOX_MISSED,
    CALL_FORGOTTEN,
    CALL_UNSHOWN,
    COPY_OLD,
    COUNTER_IDLE,
    Surroundings,
    alarms,
)
from queue_server.core.staff_views import desk, office
from tests.core.center import (
    CERTIFICATION,
    DISPLAY,
    HOA,
    KIOSK,
    LAN,
    MORNING,
    Center,
    account,
    called,
    token,
    with_hours,
    with_policy,
)

SECOND = timedelta(seconds=1)
DISPLAY_1, KIOSK_1 = DeviceId("display-1"), DeviceId("kiosk-9")


def raised(center: Center, around: Surroundings | None = None) -> list[Alarm]:
    """Return the alarms of this moment."""
    return list(alarms(center.hall, around or Surroundings(), center.now))


def kinds(center: Center, around: Surroundings | None = None) -> list[str]:
    """Return their kinds."""
    return [each.kind for each in raised(center, around)]


def test_a_hall_at_work_raises_nothing() -> None:
    """People wait, one is served, one was just called."""
    center = Center().open(1, LAN).open(2, HOA)
    for _ in range(4):
        center.take()
    center.serve(1, LAN)
    center.call(2, HOA)
    assert kinds(center.wait(59)) == []


def test_a_counter_that_calls_nobody_while_people_wait() -> None:
    """Three minutes free with somebody in its line; not while it pauses, and not for who has just come."""
    center = Center().open()
    center.wait(600).take()
    assert kinds(center) == [], "nobody waits for long yet"
    center.now += COUNTER_IDLE
    (alarm,) = raised(center)
    assert (alarm.kind, alarm.at, alarm.facts) == ("counter_idle", MORNING, {"counter": 1, "count": 1})
    assert center.done(PauseCounter(counter=1, reason="break"), LAN)
    assert kinds(center) == []


def test_nobody_is_missed_at_lunch() -> None:
    """Outside of the sessions a free counter is free."""
    center = Center(with_hours()).at("11:00").open()
    center.at("11:29").take(by=LAN)
    assert kinds(center.at("11:40")) == []


def test_a_call_that_nobody_decides_on() -> None:
    """A quarter of an hour after the latest call the counter is told, and its desk alone."""
    center = Center().open(1, LAN).open(2, HOA)
    center.take()
    center.call()
    center.wait(60).done(RecallTicket(ticket=called("A001")), LAN)
    center.now += CALL_FORGOTTEN - SECOND
    assert "call_forgotten" not in kinds(center)
    center.now += SECOND
    (alarm,) = [each for each in raised(center) if each.kind == "call_forgotten"]
    assert alarm.facts == {"counter": 1, "number": "A001"}
    mine, other = (
        desk(center.hall, center.revision, center.now, account(by), number, Surroundings()).alarms
        for by, number in ((LAN, 1), (HOA, 2))
    )
    assert [each.kind for each in mine] == ["call_forgotten"]
    assert other == ()
    center.begin()
    assert kinds(center) == []


def test_a_display_that_is_here_and_shows_nothing() -> None:
    """A minute after a call that no display has shown; without any display its absence is the alarm."""
    center = Center().open()
    center.take()
    center.call()
    dead = Surroundings(displays=(DISPLAY_1,), connected=frozenset({DISPLAY_1}), started_at=MORNING)
    center.now += CALL_UNSHOWN
    (alarm,) = raised(center, dead)
    assert (alarm.kind, alarm.facts) == ("call_unshown", {"number": "A001", "counter": 1})
    assert kinds(center, replace(dead, displays=())) == []
    call = Revision(epoch=1, sequence=center.ticket(called("A001")).last_call)
    center.done(ReportCall(call=call, outcome="shown"), DISPLAY)
    assert kinds(center, dead) == []


def test_boxes_that_are_away_or_never_came() -> None:
    """Half a minute later than they should be here, by what is known of each; at night nobody misses them."""
    center = Center(with_hours()).at("08:00")
    left = center.now
    around = Surroundings(expected={KIOSK_1: None, DISPLAY_1: left}, started_at=left)
    center.now += BOX_MISSED - SECOND
    assert kinds(center, around) == []
    center.now += SECOND
    found = {(each.kind, each.facts["device"]) for each in raised(center, around)}
    assert found == {("box_never", "kiosk-9"), ("box_away", "display-1")}
    assert kinds(center.at("20:00"), around) == []
    states = office(center.hall, center.revision, center.now, around).devices
    told = {(each.device, each.connected, each.seen) for each in states}
    assert {("display-1", False, True), ("kiosk-9", False, False)} <= told


@pytest.mark.parametrize(
    ("changes", "kind", "facts"),
    [
        ({"unwritable_since": MORNING}, "storage", {}),
        ({"disk_low_since": MORNING, "disk_free_mb": 120}, "disk_low", {"free_mb": 120}),
        ({"copied_at": MORNING - COPY_OLD - SECOND}, "backup_old", {"days": 3}),
    ],
)
def test_the_server_s_own_pc(changes: dict[str, Any], kind: str, facts: dict[str, int]) -> None:
    """A disk that takes nothing, one that is nearly full, and data that exists only once, at every desk."""
    center = Center().open()
    around = Surroundings(**changes)
    (alarm,) = raised(center, around)
    assert (alarm.kind, alarm.facts) == (kind, facts)
    shown = desk(center.hall, center.revision, center.now, account(LAN), 1, around).alarms
    assert shown == (alarm,)
    assert kinds(center, Surroundings(copied_at=MORNING - COPY_OLD)) == []


@pytest.mark.parametrize("widens", [True, False])
def test_numbers_that_come_to_an_end(*, widens: bool) -> None:
    """At 90 % staff are told; then the series goes on with one more digit, unless the catalogue forbids it."""
    policy = {"number_digits": 2, "number_start": 88, "number_widens": widens, "hoarding_tickets": 99}
    center = Center(with_policy(**policy)).open()
    center.take()
    assert kinds(center) == []
    for _ in range(2):
        center.take()
    (alarm,) = raised(center)
    assert alarm.kind == ("numbers_widen" if widens else "numbers_ending")
    assert (alarm.facts["prefix"], alarm.facts["last"], alarm.facts["highest"]) == ("A", 90, 99)
    for _ in range(9):
        center.take()
    if widens:
        assert center.take() == called("A100")
        assert kinds(center) == []
    else:
        command = TakeTicket(service=CERTIFICATION, token=token(1))
        assert center.refusal(command, KIOSK).code == "no_numbers_left"
