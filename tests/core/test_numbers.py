"""Numbers: a prefix and digits, per service and day, never twice; and those that a kiosk gives on its own."""

from datetime import timedelta

import msgspec
import pytest

from queue_protocol.answers import RefusalCode, TicketTaken
from queue_protocol.commands import CancelTicket, RecordOffline, TransferTicket, VoidTicket
from queue_protocol.ids import DeviceId, ServiceId, TicketId, ticket_number
from queue_server.core.catalogue import Catalogue, Kiosk
from queue_server.core.decision import Actor
from queue_server.core.events import CatalogueChanged, TicketIssued
from queue_server.core.permissions import AGE_LIMIT_MS, MarkKiosk
from queue_server.core.series import MARKS, reserves, split_number
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MORNING,
    OTHER_KIOSK,
    Center,
    actor,
    called,
    service,
    token,
    with_hours,
    with_policy,
)


def numbers(center: Center, times: int, wanted: ServiceId = CERTIFICATION) -> list[str]:
    """Take so many tickets of a service, and return their numbers."""
    return [ticket_number(center.take(wanted)) for _ in range(times)]


# ---------------------------------------------------------------- the center's own series


def test_start_step_and_width_are_configurable() -> None:
    """Given a start of 5, steps of 10 and four digits, the numbers are those."""
    assert numbers(Center(with_policy(number_start=5, number_step=10, number_digits=4)), 3) == [
        "A0005",
        "A0015",
        "A0025",
    ]


def test_a_small_center_may_share_one_series() -> None:
    """Given two services with one prefix, they count on together, and neither gives a number of the other."""
    shared = msgspec.structs.replace(
        CATALOGUE,
        services=(
            service(CERTIFICATION, "A", 6),
            service(CIVIL_STATUS, "A", 12),
            service(LAND, "L", 20),
        ),
    )
    center = Center(shared)
    assert [*numbers(center, 2), *numbers(center, 1, CIVIL_STATUS), *numbers(center, 1)] == [
        "A001",
        "A002",
        "A003",
        "A004",
    ]


def test_a_number_is_never_given_twice_in_a_day() -> None:
    """Void, cancelled, transferred: the number stays in the ledger and is not given again."""
    center = Center().open()
    center.done(VoidTicket(ticket=center.take(), reason="mistake"), GREETER)
    center.done(CancelTicket(ticket=center.take()), KIOSK)
    center.take()
    center.serve()
    center.done(TransferTicket(ticket=called("A003"), service=LAND), LAN)
    assert numbers(center, 1) == ["A004"]
    assert numbers(center, 1, LAND) == ["L001"]


def test_numbers_go_on_when_their_width_changes_in_the_middle_of_the_day() -> None:
    """A fourth digit makes room, and a shorter series that is used up already gives nothing."""
    center = Center(with_policy(number_digits=2, number_start=99, number_widens=False))
    assert numbers(center, 1) == ["A99"]
    center.given(CatalogueChanged(catalogue=with_policy(number_digits=3)))
    assert numbers(center, 1) == ["A100"]


def test_every_day_begins_anew() -> None:
    """The first number of a day is the first."""
    center = Center()
    numbers(center, 3)
    assert numbers(center.midnight(), 1) == ["A001"]


@pytest.mark.parametrize("number", ["", "A", "1", "a001", "ABC1", "A0000001", "A 1"])
def test_what_is_no_number_is_not_split(number: str) -> None:
    """Only a prefix of one or two letters and one to six digits is a number."""
    with pytest.raises(ValueError, match="is no number of a ticket"):
        split_number(number)


# ---------------------------------------------------------------- given while the server was out of reach


def offline_center(catalogue: Catalogue = CATALOGUE) -> Center:
    """Return a center whose kiosks have the marks K and M."""
    kiosks = (Kiosk(device=DeviceId(KIOSK.name), mark="K"), Kiosk(device=DeviceId(OTHER_KIOSK.name), mark="M"))
    return Center(msgspec.structs.replace(catalogue, kiosks=kiosks))


def offline(number: str, minutes_ago: float = 0, chance: int = 70, wanted: ServiceId = CERTIFICATION) -> RecordOffline:
    """Return what a kiosk hands in about a ticket it gave on its own, so long before nine o'clock."""
    issued_at = MORNING + timedelta(minutes=60 - minutes_ago)
    return RecordOffline(number=number, service=wanted, token=token(chance), issued_at=issued_at)


def test_what_a_kiosk_gave_on_its_own_joins_when_it_was_given() -> None:
    """Given an outage, when the kiosk hands in a ticket of a quarter of an hour ago, then it is before later ones."""
    center = offline_center().open().wait(minutes=50)
    center.take()
    center.wait(minutes=10)
    event = center.done(offline("AK01", minutes_ago=15), KIOSK)[0]
    assert isinstance(event, TicketIssued)
    assert (event.ticket, event.origin, event.issued_at) == (
        called("AK01"),
        "kiosk",
        MORNING + timedelta(minutes=45),
    )
    assert center.ticket(called("AK01")).issued_at == event.issued_at
    assert center.call_all() == ["AK01", "A001"]


def test_numbers_of_kiosks_never_meet_those_of_the_center() -> None:
    """The center's series goes on without a hole, whatever kiosks gave; and each kiosk has its own."""
    center = offline_center().wait(minutes=60)
    numbers(center, 1)
    center.done(offline("AK01", chance=71), KIOSK)
    center.done(offline("AM01", chance=72), OTHER_KIOSK)
    assert numbers(center, 1) == ["A002"]
    assert set(center.hall.tickets) == {called(number) for number in ("A001", "A002", "AK01", "AM01")}


def test_each_kiosk_is_told_its_reserve() -> None:
    """Its mark, and how far each series that was handed in has come: a kiosk with a new disk goes on from there."""
    center = offline_center().wait(minutes=60)
    center.done(offline("AK01", chance=71), KIOSK)
    center.done(offline("AK07", chance=72), KIOSK)
    center.done(offline("LM02", chance=73, wanted=LAND), OTHER_KIOSK)
    numbers(center, 3)
    assert [(each.device, each.mark, each.spent) for each in reserves(center.hall)] == [
        (KIOSK.name, "K", {"AK": 7}),
        (OTHER_KIOSK.name, "M", {"LM": 2}),
    ]


def test_a_ticket_that_was_handed_in_is_not_handed_in_again() -> None:
    """The token tells: a kiosk that was not answered hands in the same ticket once more, whatever its number."""
    center = offline_center().wait(minutes=60)
    center.done(offline("AK01"), KIOSK)
    assert center.refusal(offline("AK01"), KIOSK).code == "command_id_reused"
    assert center.refusal(offline("AK02"), KIOSK).code == "command_id_reused"


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (offline("A001"), KIOSK, "number_not_granted"),
        (offline("AM01"), KIOSK, "number_not_granted"),
        (offline("LK01"), KIOSK, "number_not_granted"),
        (offline("AK1"), KIOSK, "number_not_granted"),
        (offline("AK001"), KIOSK, "number_not_granted"),
        (offline("AK00"), KIOSK, "number_not_granted"),
        (offline("AK01", minutes_ago=9 * 60 + 1), KIOSK, "number_not_granted"),
        (offline("AK01", wanted=ServiceId("fishing")), KIOSK, "unknown_service"),
        (offline("AK01"), LAN, "not_allowed"),
    ],
)
def test_only_what_was_granted_for_today_is_taken_in(command: RecordOffline, by: Actor, code: RefusalCode) -> None:
    """Another series, another kiosk's, another service's, another spelling, another day's; and no person's word."""
    assert offline_center().wait(minutes=60).refusal(command, by).code == code


def test_a_kiosk_without_a_mark_gives_nothing_on_its_own() -> None:
    """Where the catalogue names no kiosk, no number comes from one."""
    assert Center().wait(minutes=60).refusal(offline("AK01"), KIOSK).code == "number_not_granted"


def test_a_kiosk_whose_clock_is_ahead_gives_nothing_in_the_future() -> None:
    """A moment that has not come counts as now."""
    center = offline_center().wait(minutes=60)
    center.done(offline("AK01", minutes_ago=-30), KIOSK)
    assert center.ticket(called("AK01")).issued_at == center.now


def test_an_old_ticket_is_taken_in_whatever_the_time() -> None:
    """What has happened is never too late, and closing time does not undo it."""
    center = offline_center(with_hours()).open(3, KIEN).at("18:00")
    assert AGE_LIMIT_MS[RecordOffline] is None
    assert isinstance(center.when(offline("AK01"), KIOSK, age_ms=10**9).result, TicketTaken)


def test_a_series_of_a_kiosk_goes_on_past_ninety_nine() -> None:
    """A long outage takes a third digit rather than a number twice."""
    center = offline_center().wait(minutes=60)
    center.done(offline("AK99"), KIOSK)
    center.done(offline("AK100", chance=71), KIOSK)
    assert TicketId("20261123-AK100") in center.hall.tickets


# ---------------------------------------------------------------- marks that the server gives

ADMITTED = actor("kiosk-7", "kiosk")


def test_a_kiosk_that_was_let_in_gets_a_mark_of_its_own() -> None:
    """With a preset that names no kiosk each one may go on alone: a letter each, once, and kept over midnight."""
    center = Center(CATALOGUE)
    for by in (KIOSK, OTHER_KIOSK, KIOSK):
        center.done(MarkKiosk(), by)
    marks = {each.device: each.mark for each in reserves(center.hall)}
    assert list(marks) == [KIOSK.name, OTHER_KIOSK.name]
    assert len(set(marks.values())) == 2
    center.midnight()
    assert {each.device: each.mark for each in reserves(center.hall)} == marks
    number = f"A{marks[DeviceId(KIOSK.name)]}01"
    handed_in = RecordOffline(number=number, service=CERTIFICATION, token=token(1), issued_at=center.now)
    assert isinstance(center.do(handed_in, KIOSK), TicketTaken)
    assert [each.spent for each in reserves(center.hall) if each.device == KIOSK.name] == [{number[:2]: 1}]


def test_the_catalogue_s_own_mark_wins() -> None:
    """A kiosk that the file names keeps that mark; one that the server marked gives way to it with the next letter."""
    named = msgspec.structs.replace(CATALOGUE, kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark="M"),))
    center = Center(named)
    assert center.done(MarkKiosk(), KIOSK) == ()
    center.done(MarkKiosk(), ADMITTED)
    given = center.hall.marks[DeviceId("kiosk-7")]
    assert given != "M"
    taken_by_hand = msgspec.structs.replace(CATALOGUE, kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark=given),))
    center.given(CatalogueChanged(catalogue=taken_by_hand))
    assert [each.device for each in reserves(center.hall)] == ["kiosk-1"]
    center.done(MarkKiosk(), ADMITTED)
    assert center.hall.marks[DeviceId("kiosk-7")] != given


def test_no_mark_makes_a_number_of_another_series() -> None:
    """Where prefixes have two letters there is no room for a mark; after the last letter there is none either."""
    wide = msgspec.structs.replace(CATALOGUE, services=(service(CERTIFICATION, "CT", 6), *CATALOGUE.services[1:]))
    assert Center(wide).done(MarkKiosk(), KIOSK) == ()
    center = Center(CATALOGUE)
    for number in range(30):
        center.done(MarkKiosk(), actor(f"kiosk-{number}", "kiosk"))
    assert sorted(each.mark for each in reserves(center.hall)) == sorted(MARKS)
