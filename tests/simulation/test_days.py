"""Whole days of every preset: whatever the rule, the seed and the faults, nothing happens that never may."""

from collections import Counter as Tally

import pytest

from queue_server.core.events import (
    CounterPaused,
    OutageEnded,
    TicketCancelled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
    TicketVoided,
)
from queue_server.simulation.days import PlayedDay
from tests.simulation.trying import PRESETS, crowd_of, days, preset, under, with_policy

RULES = ("catalogue", "strict", "interleave=2:1", "strict,interleave=1:2,no_overtake=20", "off")

ENDS = {"finished", "no_show", "cancelled", "void", "carried_over", "waiting", "held"}
"""What may be left of a ticket when the clerks have gone; who waits on hears nobody call."""


def check_end(played: PlayedDay) -> None:
    """Check that a day came to its end: counters closed, nobody at one, nobody heard nothing."""
    assert [number for number, state in played.hall.counters.items() if state.clerk or state.ticket] == []
    assert {ticket.status for ticket in played.hall.tickets.values()} <= ENDS
    assert played.hall.ended


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("name", "count", "seeds"),
    [("xa-nho", 5, (1, 2, 3, 4)), ("xa-vua", 5, (1, 2)), ("xa-lon", 3, (1,)), ("qua-tai", 2, (1,))],
)
def test_days_keep_every_promise(name: str, count: int, seeds: tuple[int, ...], rule: str) -> None:
    """Each event of each day keeps the invariants, the entries rebuild the hall, and the day comes to its end."""
    for seed in seeds:
        played = list(days(under(rule, preset(name)), crowd_of(name), count, seed))
        assert len(played) == count
        for day in played:
            check_end(day)
            assert day.hall.tickets


@pytest.mark.parametrize("name", PRESETS)
def test_days_on_which_all_breaks_again_and_again(name: str) -> None:
    """With the network and the server down ten times as often, nothing is lost, doubled or out of order."""
    for day in days(preset(name), crowd_of(name, faults=10.0), 1, seed=5):
        check_end(day)
        assert day.hall.outages


@pytest.mark.parametrize(
    "policy",
    [
        {"one_key": False},
        {"auto_call_after_s": 10},
        {"dossiers_per_turn": 2},
        {"resume_keeps_place": False, "recall_gap_s": 0, "calls_before_no_show": 1, "returns_allowed": 1},
        {"stop_when_full": False, "number_digits": 2, "number_step": 2},
    ],
    ids=lambda policy: next(iter(policy)),
)
def test_days_of_other_policies(policy: dict[str, object]) -> None:
    """Policies that change how clerks work keep the invariants, too."""
    for day in days(with_policy(preset("xa-vua"), **policy), crowd_of("xa-vua"), 4, seed=2):
        check_end(day)


def test_days_have_all_that_happens_in_a_hall() -> None:
    """In a few days there are mistakes, recalls, no-shows, returns, holds, transfers, breaks, outages and leftovers."""
    seen: Tally[type] = Tally()
    offline, back_again = 0, 0
    for day in days(preset("qua-tai"), crowd_of("qua-tai", faults=10.0), 2, seed=1):
        seen.update(type(entry.event) for entry in day.entries)
        issued = [entry.event for entry in day.entries if isinstance(entry.event, TicketIssued)]
        offline += sum(event.issued_at is not None for event in issued)
        back_again += sum(event.carried_over is not None for event in issued)
    happens = {
        TicketCancelled,
        TicketRecalled,
        TicketMissed,
        TicketReturned,
        TicketHeld,
        TicketResumed,
        TicketTransferred,
        TicketCarriedOver,
        TicketVoided,
        CounterPaused,
        OutageEnded,
    }
    assert happens - set(seen) == set()
    assert min(offline, back_again) > 0


def test_everybody_is_served_where_there_is_room() -> None:
    """In a small center that never fails, all who stay are served, and nobody is turned away."""
    for day in days(preset("xa-nho"), crowd_of("xa-nho", faults=0), 5):
        fates = Tally(ticket.status for ticket in day.hall.tickets.values())
        assert set(fates) <= {"finished", "no_show", "cancelled"}
        assert fates["finished"] > 3 * fates["no_show"]
        assert not day.turned_away
        assert not day.hall.outages


def test_too_many_people_are_turned_away_or_given_a_slip() -> None:
    """Where more come than can be served, the kiosk says so in time, or a slip for the next day is given."""
    first, second = days(with_policy(preset("qua-tai"), stop_when_full=False), crowd_of("qua-tai"), 2)
    assert sum(first.turned_away.values()) == 0
    assert len(first.left) > 10
    carried = [ticket for ticket in second.hall.tickets.values() if ticket.place.rank == 0]
    assert 0 < len(carried) <= len(first.left)
    (stopping,) = days(preset("qua-tai"), crowd_of("qua-tai"), 1)
    assert sum(stopping.turned_away.values()) > 10
    assert len(stopping.left) < len(first.left)


def test_the_same_seed_gives_the_same_day() -> None:
    """Days are a function of catalogue, conditions and seed, down to every entry."""
    one, same, other = (list(days(preset("xa-vua"), crowd_of("xa-vua"), 2, seed)) for seed in (3, 3, 4))
    assert [day.entries for day in one] == [day.entries for day in same]
    assert [day.entries for day in one] != [day.entries for day in other]


def test_every_rule_meets_the_same_people() -> None:
    """What chance decides does not depend on the rule that is tried: only the order of calls does."""
    taking_all = with_policy(preset("xa-vua"), stop_when_full=False)
    plain, strict = (next(days(under(rule, taking_all), crowd_of("xa-vua"), 1)) for rule in ("off", "strict"))
    assert set(plain.hall.tokens) == set(strict.hall.tokens)
    assert plain.entries != strict.entries
