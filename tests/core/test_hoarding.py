"""Many tickets of one service at one kiosk in a short time: staff is told, and nobody is refused."""

from datetime import timedelta

import msgspec

from queue_protocol.answers import TicketTaken
from queue_protocol.commands import RecordOffline, TakeTicket
from queue_protocol.ids import DeviceId
from queue_server.core.alarms import Surroundings, alarms
from queue_server.core.catalogue import Kiosk
from queue_server.core.events import HoardingSuspected
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    KIOSK,
    OTHER_KIOSK,
    Center,
    token,
    with_policy,
)


def alarms_raised(center: Center) -> list[HoardingSuspected]:
    """Return the alarms that stand in the journal."""
    return [entry.event for entry in center.entries if isinstance(entry.event, HoardingSuspected)]


def test_many_tickets_in_a_short_time_raise_an_alarm() -> None:
    """Given six of one service at one kiosk within two minutes, then staff is told which kiosk, service, how many."""
    center = Center()
    for _ in range(6):
        center.wait(10).take()
    assert alarms_raised(center) == [
        HoardingSuspected(device=DeviceId("kiosk-1"), service=CERTIFICATION, tickets=6, within_s=120)
    ]
    (alarm,) = alarms(center.open().hall, Surroundings(), center.now)
    assert (alarm.kind, alarm.facts) == (
        "hoarding",
        {"device": "kiosk-1", "service": "certification", "tickets": 6},
    )


def test_the_next_honest_person_is_never_refused() -> None:
    """However many were taken, the next one gets a ticket like everybody."""
    center = Center()
    for _ in range(30):
        center.take()
    assert isinstance(center.when(TakeTicket(service=CERTIFICATION, token=token(1)), KIOSK).result, TicketTaken)


def test_one_alarm_is_enough_for_one_run() -> None:
    """Twenty tickets in a minute are one alarm, another twenty ten minutes later a second one."""
    center = Center()
    for _ in range(2):
        for _ in range(20):
            center.wait(3).take()
        center.wait(minutes=10)
    assert len(alarms_raised(center)) == 2


def test_people_who_come_one_after_another_are_no_alarm() -> None:
    """A ticket every half minute is a morning, not a hoarder."""
    center = Center()
    for _ in range(20):
        center.wait(30).take()
    assert alarms_raised(center) == []


def test_other_services_other_kiosks_and_staff_count_for_themselves() -> None:
    """A family at two kiosks for two services, and a greeter who helps a bus load, raise no alarm."""
    center = Center()
    for _ in range(5):
        center.take(CERTIFICATION, by=KIOSK)
        center.take(CIVIL_STATUS, by=KIOSK)
        center.take(CERTIFICATION, by=OTHER_KIOSK)
    for _ in range(10):
        center.take(by=GREETER)
    assert alarms_raised(center) == []


def test_what_was_taken_offline_counts_when_it_was_taken() -> None:
    """Given a morning without the server, when its tickets come in at once and one more is taken, then all is well."""
    kiosk = Kiosk(device=DeviceId("kiosk-1"), mark="K")
    center = Center(msgspec.structs.replace(CATALOGUE, kiosks=(kiosk,))).wait(minutes=60)
    for place in range(1, 7):
        issued_at = center.now - timedelta(minutes=8 * place)
        offline = RecordOffline(number=f"AK{place:02}", service=CERTIFICATION, token=token(place), issued_at=issued_at)
        assert isinstance(center.do(offline, KIOSK), TicketTaken)
    center.wait(30).take()
    assert alarms_raised(center) == []
    for _ in range(5):
        center.take()
    assert len(alarms_raised(center)) == 1


def test_the_policy_says_how_many_are_many() -> None:
    """Where two in ten seconds are many, two are, and after eleven seconds not."""
    center = Center(with_policy(hoarding_tickets=2, hoarding_within_s=10))
    center.take()
    center.wait(11).take()
    assert alarms_raised(center) == []
    center.wait(10).take()
    assert len(alarms_raised(center)) == 1
