"""The order of the queue: each rule alone, which one wins over which, and that each call says why."""

from datetime import timedelta

import msgspec

from queue_protocol.commands import HoldTicket, TransferTicket
from queue_server.core.catalogue import Catalogue, Counter, Interleave, Policy
from queue_server.core.dispatch import after_call, next_ticket
from queue_server.core.events import CatalogueChanged
from queue_server.core.hall import CounterState
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    HOA,
    LAN,
    MORNING,
    Center,
    called,
    service,
    with_policy,
)


def center_of(line: str, **policy: object) -> Center:
    """Return a center whose line of certification is, a minute apart, `n` for normal and `p` for priority tickets."""
    center = Center(with_policy(**policy)).open()
    for kind in line:
        center.take(priority=kind == "p")
        center.wait(minutes=1)
    return center


def preferring(**policy: object) -> Catalogue:
    """Return a catalogue whose counter 1 prefers civil status before certification."""
    counter = Counter(number=1, services=(CERTIFICATION, CIVIL_STATUS), preferred=(CIVIL_STATUS,))
    return msgspec.structs.replace(with_policy(**policy), counters=(counter, *CATALOGUE.counters[1:]))


# ---------------------------------------------------------------- head start and strict


def test_strict_priority_goes_before_all_others_however_long_they_wait() -> None:
    """Given normal tickets that wait for two hours, when a priority ticket comes, then it is next."""
    center = center_of("nn", priority_strict=True)
    center.wait(minutes=120).take(priority=True)
    assert center.call() == called("A003")
    assert center.reason(called("A003")).rule == "strict"


def test_within_the_strict_class_it_is_first_come_first_served() -> None:
    """All of the class before all others, and each class in order of issue."""
    assert center_of("npnpp", priority_strict=True).call_all() == ["A002", "A004", "A005", "A001", "A003"]


def test_no_head_start_is_no_priority() -> None:
    """Where the policy is off, priority tickets wait like others."""
    assert center_of("npn", priority_head_start_minutes=0).call_all() == ["A001", "A002", "A003"]


def test_a_service_may_have_a_head_start_of_its_own() -> None:
    """Given five minutes for this service and thirty for others, when one waits ten minutes, then it is not passed."""
    own = msgspec.structs.replace(service(CERTIFICATION, "A", 6), head_start_minutes=5)
    catalogue = msgspec.structs.replace(CATALOGUE, services=(own, *CATALOGUE.services[1:]))
    center = Center(catalogue).open()
    center.take()
    center.wait(minutes=10).take(priority=True)
    assert center.call_all() == ["A001", "A002"]


# ---------------------------------------------------------------- interleave


def test_after_two_priority_calls_one_normal_is_called() -> None:
    """Given interleave 2 to 1, when priority tickets would go on for long, then every third call is a normal one."""
    center = center_of("nnpppp", interleave=Interleave(priority=2, normal=1))
    assert center.call_all() == ["A003", "A004", "A001", "A005", "A006", "A002"]
    assert center.reason(called("A001")).rule == "interleave"


def test_two_normal_calls_may_be_due() -> None:
    """Given interleave 1 to 2, after one priority call two normal ones follow."""
    center = center_of("nnnpp", interleave=Interleave(priority=1, normal=2))
    assert center.call_all() == ["A004", "A001", "A002", "A005", "A003"]


def test_normal_calls_that_are_due_wait_for_normal_tickets() -> None:
    """With nobody normal there, priority goes on, and whoever comes then is not owed by other counters."""
    center = center_of("ppp", interleave=Interleave(priority=2, normal=1)).open(2, HOA)
    assert center.call_all() == ["A001", "A002", "A003"]
    center.take()
    center.wait(minutes=1).take(priority=True)
    center.take(priority=True)
    assert center.call(2, HOA) == called("A005")
    assert center.call(1, LAN) == called("A004")


def test_without_interleave_no_call_is_counted_or_owed() -> None:
    """A counter that owed normal calls owes none once the policy is taken away."""
    owing = CounterState(priority_run=2, normal_owed=1)
    interleave = Interleave(priority=2, normal=1)
    for priority in (True, False):
        assert after_call(owing, Policy(), priority=priority) == (0, 0)
    assert after_call(owing, Policy(interleave=interleave), priority=True) == (3, 1)
    assert after_call(owing, Policy(interleave=interleave), priority=False) == (0, 0)


# ---------------------------------------------------------------- nobody is overtaken for too long


def test_who_waits_longer_than_the_limit_is_overtaken_by_nobody() -> None:
    """Given a limit of twenty minutes, when a ticket waits for longer, then it is next before any head start."""
    center = center_of("n", no_overtake_after_minutes=20)
    center.wait(minutes=18).take(priority=True)
    choice = next_ticket(center.hall, 1, center.now)
    assert choice is not None
    assert choice.ticket == called("A002")
    center.wait(minutes=2)
    assert center.call() == called("A001")
    assert center.reason(called("A001")).rule == "no_overtake"


def test_the_limit_wins_over_strict_priority_and_over_who_is_put_first() -> None:
    """The promise that nobody waits for too long is kept before any other."""
    center = Center(with_policy(no_overtake_after_minutes=30, priority_strict=True)).open(1, LAN).open(2, HOA)
    center.take(CIVIL_STATUS)
    center.wait(minutes=31).take(priority=True)
    moved = center.wait(minutes=1).serve(2, HOA)
    center.done(TransferTicket(ticket=moved, first=True), HOA)
    center.take(CERTIFICATION, priority=True)
    assert center.call_all() == ["H001", "A001", "A002"]


# ---------------------------------------------------------------- preference


def test_a_preferred_service_is_called_before_the_others() -> None:
    """Given a counter that prefers civil status, when an earlier certification waits, then civil status is called."""
    center = Center(preferring()).open()
    center.take(CERTIFICATION)
    center.wait(minutes=5).take(CIVIL_STATUS)
    assert center.call_all() == ["H001", "A001"]
    assert center.reason(called("H001")).rule == "preference"
    assert center.reason(called("H001")).passed == (called("A001"),)


def test_a_preference_is_of_one_counter_only() -> None:
    """The same line at a counter without preferences is called in order of time."""
    center = Center(preferring()).open(2, HOA)
    center.take(CERTIFICATION)
    center.take(CIVIL_STATUS)
    assert center.call(2, HOA) == called("A001")


def test_a_preference_ends_where_the_limit_of_overtaking_begins() -> None:
    """Given a limit, a line that is not preferred does not starve."""
    center = Center(preferring(no_overtake_after_minutes=30)).open()
    center.take(CERTIFICATION)
    center.wait(minutes=31).take(CIVIL_STATUS)
    assert center.call_all() == ["A001", "H001"]


def test_a_normal_turn_goes_to_the_preferred_service_first() -> None:
    """Interleave says which class is next, preference which line of it."""
    center = Center(preferring(interleave=Interleave(priority=1, normal=1))).open()
    center.take(CERTIFICATION)
    center.wait(minutes=1).take(CIVIL_STATUS)
    center.wait(minutes=1).take(CIVIL_STATUS, priority=True)
    center.wait(minutes=1).take(CIVIL_STATUS, priority=True)
    assert center.call_all() == ["H002", "H001", "H003", "A001"]


def test_who_is_put_first_is_before_preferred_services_and_normal_turns() -> None:
    """What the clerk chose for one person wins over what the counter chose for a line."""
    center = Center(preferring(interleave=Interleave(priority=1, normal=1))).open(1, LAN).open(2, HOA)
    center.take(CERTIFICATION, priority=True)
    center.take(CERTIFICATION, priority=True)
    center.call(1, LAN)
    center.serve(2, HOA)
    center.take(CIVIL_STATUS)
    center.done(TransferTicket(ticket=called("A002"), counter=1, first=True), HOA)
    assert center.call(1, LAN) == called("A002")
    assert center.call(1, LAN) == called("H001")


# ---------------------------------------------------------------- appointments


def test_an_appointment_on_time_counts_from_its_time() -> None:
    """Given somebody asked for 8.10, when they come at 8.20, then they are before who came at 8.15."""
    center = Center().open()
    center.take()
    center.wait(minutes=15).take()
    center.wait(minutes=5).take(appointment_at=MORNING + timedelta(minutes=10), by=GREETER)
    assert center.call_all() == ["A001", "A003", "A002"]
    assert center.reason(called("A003")).rule == "appointment"


def test_who_comes_early_waits_for_the_appointed_time() -> None:
    """An appointment for 9.00 is no reason to pass at 8.00 who is there."""
    center = Center().open()
    center.take(appointment_at=MORNING + timedelta(hours=1), by=GREETER)
    center.wait(minutes=30).take()
    assert center.call_all() == ["A002", "A001"]


def test_who_comes_too_late_waits_like_others() -> None:
    """Over a quarter of an hour after the time it is as if there were no appointment."""
    center = Center().open()
    center.wait(minutes=10).take()
    center.wait(minutes=6).take(appointment_at=MORNING, by=GREETER)
    assert center.call_all() == ["A001", "A002"]
    assert center.ticket(called("A002")).origin == "appointment"


# ---------------------------------------------------------------- why


def test_a_call_in_order_says_so_and_passes_nobody() -> None:
    """Each call in order of time has that reason, whoever waits elsewhere."""
    center = center_of("nn")
    center.take(CIVIL_STATUS)
    for _ in range(3):
        ticket = center.call()
        assert ticket is not None
        assert (center.reason(ticket).rule, center.reason(ticket).passed) == ("due_time", ())


def test_a_policy_counts_from_the_moment_it_changes() -> None:
    """Given a line under one policy, when the manager sets another, then the next call keeps to it."""
    center = center_of("npp", interleave=Interleave(priority=1, normal=1))
    center.call()
    center.given(CatalogueChanged(catalogue=with_policy()))
    assert center.call_all() == ["A003", "A001"]


def test_who_is_on_hold_was_not_passed() -> None:
    """Only those who wait when somebody is called count as passed."""
    center = center_of("nnp")
    center.done(HoldTicket(ticket=called("A001"), reason="stepped_out"), GREETER)
    assert center.call() == called("A003")
    assert center.reason(called("A003")).passed == (called("A002"),)
