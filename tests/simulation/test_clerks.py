"""One person and the clerks of a small hall: each way in which a visit can go, alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec

from queue_protocol.ids import ServiceId, Token
from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    Entry,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketHeld,
    TicketMissed,
    TicketRecalled,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
)
from queue_server.simulation.days import PlayedDay
from queue_server.simulation.scripts import Script
from queue_server.simulation.shifts import Break
from tests.simulation.trying import fates, play, preset, script_of, with_policy

XA_NHO = preset("xa-nho")
LAND_COUNTER = 2


def with_person(script: Script, **changes: Any) -> Script:
    """Return the day with another person."""
    return replace(script, people=(replace(script.people[0], **changes),))


def with_clerk(script: Script, **changes: Any) -> Script:
    """Return the day with another clerk where land is served."""
    shifts = (replace(each, **changes) if each.counter == LAND_COUNTER else each for each in script.shifts)
    return replace(script, shifts=tuple(shifts))


def of(played: PlayedDay, *kinds: type) -> Sequence[Entry]:
    """Return the entries of these kinds, in order."""
    return [entry for entry in played.entries if isinstance(entry.event, kinds)]


def kinds(played: PlayedDay, *wanted: type) -> list[type]:
    """Return the kinds of those entries, in order."""
    return [type(entry.event) for entry in of(played, *wanted)]


def test_every_clerk_says_that_the_person_has_come() -> None:
    """Whether one key finishes and calls or two do, nobody is served who was only called."""
    quiet = script_of(XA_NHO)
    for one_key in (True, False):
        played = play(XA_NHO, with_clerk(quiet, one_key=one_key, breaks=()))
        (started,) = of(played, ServiceStarted)
        assert isinstance(started.event, ServiceStarted)
        assert not started.event.implied
        assert fates(played) == {"L001": "finished"}


def test_a_visit_lasts_as_long_as_it_takes() -> None:
    """From the start to the end it is the time that chance gave, and the goodbye."""
    quiet = with_person(script_of(XA_NHO), goodbye_s=20.0)
    played = play(XA_NHO, with_clerk(quiet, one_key=False, breaks=()))
    (started,), (finished,) = of(played, ServiceStarted), of(played, ServiceFinished)
    assert finished.at - started.at == timedelta(seconds=620)


def test_a_forgotten_key_is_marked_as_estimated() -> None:
    """Who forgot the key says so when asked; who really took so long says that."""
    forgetting = with_person(script_of(XA_NHO), forgotten_s=2 * 3600.0)
    (finished,) = of(play(XA_NHO, forgetting), ServiceFinished)
    assert isinstance(finished.event, ServiceFinished)
    assert finished.event.estimated
    long = with_person(script_of(XA_NHO), service_s=2 * 3600.0)
    (finished,) = of(play(XA_NHO, long), ServiceFinished)
    assert isinstance(finished.event, ServiceFinished)
    assert not finished.event.estimated


def test_a_no_show_is_called_three_times_and_may_come_back() -> None:
    """Nobody comes: two recalls with their gap, then no-show; who comes back later is served."""
    absent = with_person(script_of(XA_NHO), is_absent=True, returns_after_s=None)
    played = play(XA_NHO, absent)
    assert fates(played) == {"L001": "no_show"}
    calls = of(played, TicketCalled, TicketRecalled)
    assert len(calls) == 3
    gap = timedelta(seconds=XA_NHO.policy.recall_gap_s)
    assert all(later.at - earlier.at >= gap for earlier, later in pairwise(calls))
    late = with_person(script_of(XA_NHO), is_absent=True, returns_after_s=600.0)
    played = play(XA_NHO, late)
    assert fates(played) == {"L001": "finished"}
    assert kinds(played, TicketMissed, TicketReturned, ServiceFinished) == [
        TicketMissed,
        TicketReturned,
        ServiceFinished,
    ]


def test_who_waits_too_long_goes_home_without_a_word() -> None:
    """With nobody at the counter until the patience is over, the call is heard by nobody."""
    script = with_person(script_of(XA_NHO), patience_s=45 * 60.0)
    (morning, _) = script.sessions
    late = (morning.closes_at - timedelta(minutes=30), script.sessions[1].opens_at)
    assert fates(play(XA_NHO, with_clerk(script, comes_at=late, breaks=()))) == {"L001": "no_show"}
    patient = with_person(script, patience_s=4 * 3600.0)
    assert fates(play(XA_NHO, with_clerk(patient, comes_at=late, breaks=()))) == {"L001": "finished"}


def test_a_person_steps_out_and_comes_back() -> None:
    """The ticket is held, resumed when the person is back, and called again with the same number."""
    played = play(XA_NHO, with_person(script_of(XA_NHO), steps_out_s=600.0))
    (held,), (resumed,) = of(played, TicketHeld), of(played, TicketResumed)
    assert timedelta(seconds=600) <= resumed.at - held.at < timedelta(seconds=610)
    assert len(of(played, TicketCalled)) == 2
    assert fates(played) == {"L001": "finished"}


def test_a_visit_goes_on_at_another_counter() -> None:
    """Sent on to another service, the person is called there and served."""
    played = play(XA_NHO, with_person(script_of(XA_NHO), sent_on_to=ServiceId("online_help")))
    assert len(of(played, TicketTransferred)) == 1
    counters = [entry.event.counter for entry in of(played, TicketCalled) if isinstance(entry.event, TicketCalled)]
    assert counters == [2, 3]
    assert fates(played) == {"L001": "finished"}


def test_dossiers_are_done_in_turns() -> None:
    """With a most of two dossiers per turn, five take three turns, each shorter than the whole."""
    limited = with_policy(XA_NHO, dossiers_per_turn=2)
    played = play(limited, with_person(script_of(limited), dossiers=5, service_s=3000.0))
    assert len(of(played, TicketTransferred)) == 2
    assert len(of(played, TicketCalled)) == 3
    first, *_ = of(played, TicketTransferred)
    assert first.at - of(played, TicketCalled)[0].at < timedelta(seconds=3000 * 0.55 + 60)
    assert fates(played) == {"L001": "finished"}


def test_a_break_and_the_lunch() -> None:
    """A clerk pauses for the break, closes for lunch and for the night, and opens twice."""
    script = script_of(XA_NHO)
    rest = Break(script.sessions[0].opens_at + timedelta(hours=2), 600.0)
    played = play(XA_NHO, with_clerk(script, breaks=(rest,)))
    mine = [entry for entry in played.entries if getattr(entry.event, "counter", 0) == LAND_COUNTER]
    changes = (CounterOpened, CounterPaused, CounterResumed, CounterClosed)
    assert [type(entry.event) for entry in mine if isinstance(entry.event, changes)] == [
        CounterOpened,
        CounterPaused,
        CounterResumed,
        CounterClosed,
        CounterOpened,
        CounterClosed,
    ]


def test_who_waits_at_lunch_is_called_after_it() -> None:
    """Who comes just before noon while the clerk is busy keeps the place and is served in the afternoon."""
    script = script_of(XA_NHO)
    noon = script.sessions[0].closes_at
    first = replace(script.people[0], arrives_at=noon - timedelta(minutes=8))
    second = replace(first, arrives_at=noon - timedelta(minutes=2), tokens=_other_tokens(first.tokens))
    taking_all = with_policy(XA_NHO, stop_when_full=False)
    played = play(taking_all, with_clerk(replace(script, people=(first, second)), breaks=()))
    assert fates(played) == {"L001": "finished", "L002": "finished"}
    called = of(played, TicketCalled)
    assert called[0].at < noon < script.sessions[1].opens_at <= called[1].at


def test_a_counter_that_calls_by_itself() -> None:
    """With automatic calls the clerk of a free counter serves whoever the server calls."""
    calling = with_policy(XA_NHO, auto_call_after_s=2)
    played = play(calling, with_clerk(script_of(calling), breaks=()))
    (called,) = of(played, TicketCalled)
    assert called.actor == "system"
    assert fates(played) == {"L001": "finished"}


def test_a_ticket_of_priority_that_is_strict_is_served_first() -> None:
    """Two who wait when the clerk comes: the later one with priority is called first under strict."""
    strict = with_policy(XA_NHO, priority_strict=True)
    script = script_of(strict)
    first = script.people[0]
    second = replace(
        first, arrives_at=first.arrives_at + timedelta(minutes=50), priority=True, tokens=_other_tokens(first.tokens)
    )
    late = (second.arrives_at + timedelta(minutes=5), script.sessions[1].opens_at)
    played = play(strict, with_clerk(replace(script, people=(first, second)), comes_at=late, breaks=()))
    numbers = [entry.event.ticket[-4:] for entry in of(played, TicketCalled) if isinstance(entry.event, TicketCalled)]
    assert numbers == ["L002", "L001"]


def _other_tokens(tokens: tuple[Token, Token, Token]) -> tuple[Token, Token, Token]:
    one, other, last = (Token("a" * 20 + str(token)[20:]) for token in tokens)
    return one, other, last


def test_tokens_of_these_tests_are_tokens() -> None:
    """The second person's slips can be addressed."""
    for token in _other_tokens(script_of(XA_NHO).people[0].tokens):
        assert msgspec.convert(str(token), Token) == token
