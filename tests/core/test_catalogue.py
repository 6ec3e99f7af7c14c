"""What a catalogue may not say, and what changes when a manager sets another one in the middle of the day."""

from datetime import date

import msgspec
import pytest

from queue_protocol.answers import Refused
from queue_protocol.commands import HoldTicket, MarkNoShow, SetCounterServices, TransferTicket, VoidTicket
from queue_protocol.day_commands import OpeningTime
from queue_protocol.ids import DeviceId, HallId, ServiceId
from queue_server.core.catalogue import (
    Catalogue,
    Counter,
    ExtraDay,
    HallPlan,
    Hours,
    Kiosk,
    Policy,
    WeeklySession,
    contradictions,
)
from queue_server.core.events import CatalogueChanged
from queue_server.core.hall import services_at
from queue_server.core.permissions import ChangeCatalogue
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    KIEN,
    LAN,
    LAND,
    MANAGER,
    Center,
    called,
    service,
    with_hours,
    with_policy,
)

FISHING = ServiceId("fishing")
KIOSK_1, KIOSK_2 = (Kiosk(device=DeviceId(f"kiosk-{number}"), mark=mark) for number, mark in ((1, "K"), (2, "M")))
GROUND = HallPlan(id=HallId("ground-floor"), names={"vi": "Tầng trệt"})


def changed(**changes: object) -> Catalogue:
    """Return the catalogue with something else in it."""
    return msgspec.structs.replace(CATALOGUE, **changes)


def with_land(**changes: object) -> Catalogue:
    """Return the catalogue with another service of land."""
    return changed(services=(*CATALOGUE.services[:2], msgspec.structs.replace(CATALOGUE.services[2], **changes)))


def with_counter(*counters: Counter) -> Catalogue:
    """Return the catalogue with further counters."""
    return changed(counters=(*CATALOGUE.counters, *counters))


def without_land() -> Catalogue:
    """Return the catalogue without land and its counter."""
    return changed(services=CATALOGUE.services[:2], counters=CATALOGUE.counters[:2])


def in_session(opens: str, closes: str) -> WeeklySession:
    """Return a session of Mondays."""
    return WeeklySession(days=("mon",), opens=opens, closes=closes)


NOON = (OpeningTime(opens="11:00", closes="12:00"), OpeningTime(opens="08:00", closes="11:30"))


@pytest.mark.parametrize(
    ("catalogue", "problem"),
    [
        (changed(services=(*CATALOGUE.services, service(LAND, "K", 5))), "service 'land' stands there 2 times"),
        (with_counter(Counter(number=3, services=(LAND,))), "counter '3' stands there 2 times"),
        (with_counter(Counter(number=4, services=(FISHING,))), "counter 4 serves 'fishing', which is no service"),
        (
            with_counter(Counter(number=4, services=(LAND,), preferred=(CERTIFICATION,))),
            "counter 4 prefers 'certification', which it does not serve",
        ),
        (
            with_counter(Counter(number=4, services=(LAND,), hall=HallId("attic"))),
            "counter 4 stands in 'attic', which is no hall",
        ),
        (changed(halls=(GROUND,)), "counter 1 stands in no hall"),
        (changed(counters=CATALOGUE.counters[:2]), "service 'land' is served by no counter"),
        (with_land(names={"en": "Land"}), "service 'land' has no Vietnamese name (names.vi)"),
        (changed(center={"en": "Center"}), "the center has no Vietnamese name (center.vi)"),
        (
            changed(kiosks=(KIOSK_1, msgspec.structs.replace(KIOSK_2, mark="K"))),
            "mark of a kiosk 'K' stands there 2 times",
        ),
        (with_policy(number_start=1000), "policy.number_start has more digits"),
        (with_hours(sessions=(in_session("09:00", "08:00"),)), "on mon a session opens at 09:00 and closes at 08:00"),
        (
            with_hours(sessions=(in_session("07:00", "12:00"), in_session("11:00", "15:00"))),
            "on mon a session opens at 11:00, before the one before closes at 12:00",
        ),
        (
            with_hours(extra_open=(ExtraDay(day=date(2026, 8, 22), sessions=NOON),)),
            "on 2026-08-22 a session opens at 11:00, before the one before closes at 11:30",
        ),
    ],
)
def test_a_contradiction_is_named(catalogue: Catalogue, problem: str) -> None:
    """What the types cannot find is found, with the place it stands at."""
    assert any(found.startswith(problem) for found in contradictions(catalogue)), list(contradictions(catalogue))


@pytest.mark.parametrize(
    ("catalogue", "problem"),
    [
        (
            changed(services=(*CATALOGUE.services[:2], service(LAND, "AK", 20)), kiosks=(KIOSK_1,)),
            "the mark 'K' of kiosk-1 makes numbers of prefix 'AK'",
        ),
        (
            changed(services=(*CATALOGUE.services[:2], service(LAND, "LX", 20)), kiosks=(KIOSK_2,)),
            "prefix 'LX' leaves no room for the mark of kiosk-2; use prefixes of one letter",
        ),
    ],
)
def test_series_that_could_meet_are_refused(catalogue: Catalogue, problem: str) -> None:
    """A number of a kiosk's own series is never one that another series could give."""
    assert problem in list(contradictions(catalogue))


def test_the_small_catalogue_of_these_tests_is_sound() -> None:
    """A catalogue without a contradiction is said to have none, with kiosks, hours and halls too."""
    halls = changed(
        halls=(GROUND,), counters=tuple(msgspec.structs.replace(each, hall=GROUND.id) for each in CATALOGUE.counters)
    )
    for catalogue in (CATALOGUE, changed(kiosks=(KIOSK_1, KIOSK_2)), with_hours(), halls):
        assert list(contradictions(catalogue)) == []


def test_look_ups_say_none_for_what_is_not_there() -> None:
    """A service, counter or kiosk that is not in the catalogue is `None`, not an error."""
    assert CATALOGUE.service(FISHING) is None
    assert CATALOGUE.counter(9) is None
    assert CATALOGUE.kiosk("kiosk-1") is None
    assert [counter.number for counter in CATALOGUE.counters_of(CERTIFICATION)] == [1, 2]


def test_defaults_are_those_that_were_decided() -> None:
    """Half an hour of head start, 45 s between calls, three calls, twenty minutes and two times to come back."""
    policy = Policy()
    assert (policy.priority_head_start_minutes, policy.priority_strict) == (30, False)
    assert (policy.recall_gap_s, policy.calls_before_no_show) == (45, 3)
    assert (policy.return_within_minutes, policy.returns_allowed) == (20, 2)
    assert (policy.cancel_within_s, policy.long_service_factor) == (30, 3)
    assert Hours(sessions=(in_session("07:30", "11:30"),)).public_holidays


# ---------------------------------------------------------------- changed live


def test_a_manager_changes_the_catalogue_live() -> None:
    """Given a day under way, when services change, then it is one event with all of it, and counts at once."""
    center = Center()
    center.take()
    new = with_policy(number_start=7)
    assert center.done(ChangeCatalogue(catalogue=new), MANAGER) == (CatalogueChanged(catalogue=new),)
    assert center.entries[-1].actor == "account:quanly"
    assert center.hall.catalogue == new
    assert center.done(ChangeCatalogue(catalogue=new), MANAGER) == ()


def test_a_catalogue_that_contradicts_itself_is_refused_with_what_is_wrong() -> None:
    """Nothing changes, and the manager reads why."""
    refused = Center().refusal(ChangeCatalogue(catalogue=changed(counters=CATALOGUE.counters[:2])), MANAGER)
    assert refused == Refused(code="bad_catalogue", facts={"problem": "service 'land' is served by no counter"})


def test_only_a_manager_changes_the_catalogue() -> None:
    """A clerk and a greeter do not."""
    for by in (LAN, GREETER):
        assert Center().refusal(ChangeCatalogue(catalogue=without_land()), by).code == "not_allowed"


@pytest.mark.parametrize("status", ["waiting", "held", "no_show"])
def test_a_service_that_people_wait_for_stays(status: str) -> None:
    """Neither the line, nor who is on hold, nor who may still come back is lost by a new catalogue."""
    center = Center().open(3, KIEN)
    ticket = center.take(LAND)
    if status == "held":
        center.done(HoldTicket(ticket=ticket, reason="stepped_out"), GREETER)
    if status == "no_show":
        center.call(3, KIEN)
        center.done(MarkNoShow(ticket=ticket), KIEN)
    problem = str(center.refusal(ChangeCatalogue(catalogue=without_land()), MANAGER).facts["problem"])
    assert problem.startswith("people wait for service 'land'")


def test_a_service_may_go_when_its_people_are_gone() -> None:
    """After the last one was voided, and its counter is closed, land can be taken out."""
    center = Center()
    center.done(VoidTicket(ticket=center.take(LAND), reason="left"), GREETER)
    assert center.done(ChangeCatalogue(catalogue=without_land()), MANAGER)


def test_a_counter_at_work_stays() -> None:
    """Neither a clerk nor a person sent to one counter is left standing."""
    center = Center().open(3, KIEN)
    problem = "counter 3 is at work; it can go when it is closed and nobody waits for it"
    assert center.refusal(ChangeCatalogue(catalogue=without_land()), MANAGER).facts == {"problem": problem}
    center = Center().open(1, LAN)
    center.take()
    center.serve()
    center.done(TransferTicket(ticket=called("A001"), counter=3), LAN)
    assert center.refusal(ChangeCatalogue(catalogue=without_land()), MANAGER).facts == {"problem": problem}


def test_a_counter_forgets_a_service_that_is_gone() -> None:
    """Services set for the day go on, as far as the center still offers them."""
    center = Center()
    center.done(SetCounterServices(counter=1, services=(CIVIL_STATUS, LAND), preferred=(LAND,)), MANAGER)
    center.done(ChangeCatalogue(catalogue=without_land()), MANAGER)
    assert services_at(center.hall, 1) == ((CIVIL_STATUS,), ())
