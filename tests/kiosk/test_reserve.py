"""What a kiosk alone may give: its own numbers, each once, on the day of the menu, and nothing it does not know."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk import reserve
from kiosk.closing import Closure, closure_alone
from kiosk.reserve import Reserve
from queue_protocol.answers import TicketTaken
from queue_protocol.ids import DeviceId, ServiceId, token_of
from queue_protocol.snapshots import Hours, Menu
from queue_protocol.snapshots import Reserve as Granted
from tests.kiosk.hall import DAY, NOW, menu, welcome, with_card

KIOSK = DeviceId("kiosk-1")
CERTIFICATION, LAND = ServiceId("certification"), ServiceId("land")
TOKEN = token_of(bytes(16))


def granting(spent: dict[str, int] | None = None, **changes: Any) -> Menu:
    """Return a menu with a series for this kiosk and one for another."""
    granted = (
        Granted(device=DeviceId("kiosk-2"), mark="B", spent={"AB": 50}),
        Granted(device=KIOSK, mark="K", spent=spent or {}),
    )
    return menu(3, reserves=granted, **changes)


def full(spent: dict[str, int] | None = None) -> Reserve:
    """Return the reserve of a kiosk that has heard the server."""
    return reserve.learned(None, welcome(), granting(spent), KIOSK)


def given_of(before: Reserve, service: ServiceId = CERTIFICATION, now: datetime = NOW) -> tuple[Reserve, TicketTaken]:
    """Give a ticket that may be given."""
    made = reserve.give(before, service, TOKEN, now, 2, "en")
    assert made is not None
    return made


def test_numbers_go_on_in_a_series_of_their_own() -> None:
    """Behind the prefix stands this kiosk's mark; each service counts for itself, from what was handed in before."""
    kept, numbers = full(spent={"AK": 7}), []
    for service in (CERTIFICATION, LAND, CERTIFICATION):
        kept, ticket = given_of(kept, service)
        numbers.append(ticket.number)
    assert numbers == ["AK08", "LK01", "AK09"]
    assert [each.number for each in kept.given] == numbers
    assert {each.dossiers for each in kept.given} == {2}
    assert {each.language for each in kept.given} == {"en"}


def test_a_ticket_given_alone_claims_nothing() -> None:
    """Nobody knows who is ahead, so no figure stands on it."""
    ticket = given_of(full())[1]
    assert (ticket.ticket, ticket.people_ahead, ticket.wait, ticket.priority) == ("20261123-AK01", None, None, False)
    assert (ticket.print_at, ticket.issued_at) == (KIOSK, NOW)


@pytest.mark.parametrize(
    ("now", "good"),
    [
        (NOW, True),
        (NOW + timedelta(hours=15, minutes=47), True),  # 23:59 local
        (NOW + timedelta(hours=15, minutes=48), False),  # midnight: a series of yesterday is void
        (NOW - timedelta(seconds=1), False),  # a clock before what was lived through knows no day
    ],
)
def test_a_reserve_is_good_on_its_day(now: datetime, good: bool) -> None:
    """From the last word of the server to local midnight."""
    assert reserve.is_good(full(), now) is good
    assert (reserve.give(full(), CERTIFICATION, TOKEN, now, 1, "vi") is not None) is good


def test_a_kiosk_without_a_series_gives_nothing() -> None:
    """The catalogue names the kiosks that may; another one, or one that never heard the server, apologises."""
    stranger = reserve.learned(None, welcome(), granting(), DeviceId("kiosk-9"))
    assert not reserve.is_good(stranger, NOW)
    assert not reserve.is_good(None, NOW)
    assert reserve.give(full(), ServiceId("nothing"), TOKEN, NOW, 1, "vi") is None


def test_the_next_day_counts_anew_and_keeps_what_is_owed() -> None:
    """Numbers that were not handed in yet are, also on the next day, when the series begins at 1 again."""
    kept = given_of(full(spent={"AK": 7}))[0]
    tomorrow = replace(granting(), day=date(2026, 11, 24))
    fresh = reserve.learned(kept, welcome(), tomorrow, KIOSK)
    assert fresh.counts == {}
    assert [each.number for each in fresh.given] == ["AK08"]


def test_what_is_handed_in_is_owed_no_more() -> None:
    """The answer takes the one ticket away, not its twin of another day."""
    kept = given_of(given_of(full())[0])[0]
    first = kept.given[0]
    assert reserve.handed_in(kept, first.number, first.issued_at - timedelta(days=1)) == kept
    assert [each.number for each in reserve.handed_in(kept, first.number, first.issued_at).given] == ["AK02"]


def test_only_what_changes_the_rules_is_written_to_the_disk() -> None:
    """Waits change with each ticket of the hall and mean nothing to a kiosk alone; a closed service does."""
    kept = full()
    busier = with_card(granting(), "certification", waiting=99, people_ahead=99, wait=None)
    assert reserve.same_rules(kept, reserve.learned(kept, welcome(), busier, KIOSK))
    closed = with_card(granting(), "certification", open=False, closed_because="full")
    for other in (
        reserve.learned(kept, welcome(), closed, KIOSK),
        reserve.learned(kept, welcome(), granting(spent={"AK": 1}), KIOSK),
        given_of(kept)[0],
    ):
        assert not reserve.same_rules(kept, other)
    assert not reserve.same_rules(None, kept)


def test_hours_are_kept_also_alone() -> None:
    """The kiosk knows the day's hours; a service that the server had closed stays closed."""
    morning = Hours(opens_at=NOW - timedelta(hours=1), closes_at=NOW + timedelta(hours=3))
    afternoon = Hours(opens_at=NOW + timedelta(hours=5), closes_at=NOW + timedelta(hours=8))
    known = granting(issuing=(morning, afternoon), closed={"land": "full", "civil_status": "hours"})
    certification, civil_status, land = known.services
    assert closure_alone(known, certification, NOW) is None
    assert closure_alone(known, certification, NOW + timedelta(hours=4)) == Closure("hours", afternoon.opens_at)
    assert closure_alone(known, certification, NOW + timedelta(hours=9)) == Closure("today")
    assert closure_alone(known, civil_status, NOW) is None  # was closed by the clock, which has moved on
    assert closure_alone(known, land, NOW) == Closure("full")
    assert closure_alone(granting(), certification, NOW) is None


@given(
    st.lists(
        st.one_of(st.sampled_from(["give", "lose", "hear"]), st.integers(0, 30)),
        max_size=40,
    )
)
def test_no_number_is_given_twice_on_a_day(steps: list[str | int]) -> None:
    """Whatever the server has heard of by now, and whatever answers were lost: a day's numbers differ."""
    kept, given_numbers, server_knows = full(), [], 0
    for step in steps:
        if step == "give":
            kept, ticket = given_of(kept)
            given_numbers.append(ticket.number)
        elif step == "hear":
            kept = reserve.learned(kept, welcome(), granting(spent={"AK": server_knows}), KIOSK)
        elif step == "lose" and kept.given:
            kept = reserve.handed_in(kept, kept.given[0].number, kept.given[0].issued_at)
        elif isinstance(step, int):
            server_knows = max(server_knows, min(step, len(given_numbers)))
    assert len(set(given_numbers)) == len(given_numbers)
    assert kept.menu.day == DAY
