"""What is assumed, applied to calendars: how many come on which day, for what, and when."""

from collections import Counter as Tally
from datetime import date, timedelta
from itertools import islice, pairwise
from math import exp
from random import Random
from statistics import NormalDist, fmean, pstdev

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_protocol.day_commands import OpeningTime
from queue_protocol.ids import ServiceId
from queue_server.core.calendar import sessions_at, sessions_of
from queue_server.core.catalogue import ExtraDay
from queue_server.simulation import estimates
from queue_server.simulation.chance import between, happens, lasting, moments, one_of
from queue_server.simulation.demand import (
    WEEKDAYS,
    arrivals,
    day_factor,
    extra_weight,
    open_days,
    service_weights,
    with_hours,
)
from queue_server.simulation.faults import draw_faults
from queue_server.simulation.people import draw_person
from queue_server.simulation.shifts import draw_shift
from tests.simulation.trying import MONDAY, dice, preset

XA_LON = preset("xa-lon")
SESSIONS = sessions_of(XA_LON, MONDAY) or ()


def test_shares_are_whole() -> None:
    """The shares of services, of hours and of dossiers each sum to one."""
    assert sum(visits.share for visits in estimates.VISITS.values()) == pytest.approx(1)
    assert sum(share for _, share in estimates.ARRIVALS) == pytest.approx(1)
    assert sum(estimates.DOSSIERS.values()) == pytest.approx(1)


class EvenChance(Random):
    """Chance without luck: its normal draws lie at even steps of the distribution, each step once."""

    def __init__(self, draws: int) -> None:
        super().__init__(0)
        self._shares = iter((step + 0.5) / draws for step in range(draws))

    def lognormvariate(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """Return the next step of the distribution."""
        return exp(NormalDist(mu, sigma).inv_cdf(next(self._shares)))


@given(st.floats(1, 60), st.floats(0.2, 1.0))
def test_times_at_the_counter_have_their_mean_and_variation(mean: float, variation: float) -> None:
    """Times are positive, with the mean and the coefficient of variation that were asked for."""
    chance = EvenChance(1000)
    times = [lasting(chance, mean, variation) for _ in range(1000)]
    assert min(times) > 0
    assert fmean(times) == pytest.approx(mean, rel=0.01)
    assert pstdev(times) / fmean(times) == pytest.approx(variation, rel=0.05)


@given(st.floats(0, 400), st.integers(0, 2**16))
def test_moments_come_in_order(count: float, seed: int) -> None:
    """Moments lie within the time, in order, as many as expected, give or take five deviations."""
    found = list(moments(dice(seed)("moments"), count))
    assert found == sorted(found)
    assert all(0 < moment < 1 for moment in found)
    assert abs(len(found) - count) <= 5 * count**0.5 + 8


def test_choices_follow_their_weights() -> None:
    """What weighs twice as much is chosen twice as often, what weighs nothing never, and shares are kept."""
    chance = dice(1)("choices")
    chosen = Tally(one_of(chance, {"one": 1.0, "two": 2.0, "none": 0.0}) for _ in range(6000))
    assert chosen["two"] / chosen["one"] == pytest.approx(2, rel=0.1)
    assert chosen["none"] == 0
    assert sum(happens(chance, 0.3) for _ in range(6000)) == pytest.approx(1800, rel=0.1)
    assert all(5 <= between(chance, 5, 9) < 9 for _ in range(100))


def test_people_come_while_the_center_is_open() -> None:
    """All come within a session, nearly half of them in the first two hours, and fewest at the end."""
    found = list(arrivals(dice(1)("arrivals"), SESSIONS, 3000))
    morning, afternoon = SESSIONS
    assert all(any(each.opens_at <= at < each.closes_at for each in SESSIONS) for at in found)
    early = sum(at < morning.opens_at + timedelta(hours=2) for at in found)
    late = sum(at >= afternoon.closes_at - timedelta(minutes=90) for at in found)
    assert early / len(found) == pytest.approx(0.46, abs=0.04)
    assert late / len(found) == pytest.approx(0.06, abs=0.02)


def test_other_hours_are_filled_in_the_same_way() -> None:
    """The profile of the day is stretched over whatever hours there are."""
    saturday = sessions_at(XA_LON, date(2027, 3, 6), [OpeningTime(opens="07:00", closes="10:45")])
    found = list(arrivals(dice(1)("arrivals"), saturday, 3000))
    (session,) = saturday
    assert all(session.opens_at <= at < session.closes_at for at in found)
    early = sum(at < session.opens_at + timedelta(hours=1) for at in found)
    assert early / len(found) == pytest.approx(0.46, abs=0.04)


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (date(2027, 3, 1), 1.3),
        (date(2027, 3, 2), 1.0),
        (date(2027, 3, 5), 1.05),
        (date(2027, 4, 19), 1.6),
        (date(2027, 2, 2), 1.5),
        (date(2027, 2, 11), 1.6 * 0.5),
        (date(2027, 2, 18), 1.0),
    ],
    ids=["monday", "tuesday", "friday", "after a holiday", "before the new year", "after it", "long after it"],
)
def test_days_differ(day: date, factor: float) -> None:
    """Mondays, days after holidays and the weeks around the lunar new year have their factors."""
    assert day_factor(XA_LON, day, None) == pytest.approx(factor)


def test_a_market_day_brings_more() -> None:
    """On the weekday of the market more people come, on the others as many as ever."""
    assert day_factor(XA_LON, date(2027, 3, 2), "tue") == pytest.approx(1.4)
    assert day_factor(XA_LON, date(2027, 3, 3), "tue") == pytest.approx(1.0)


def test_school_season() -> None:
    """From June to August more people come, and the more of them for certification."""
    march, july = (service_weights(XA_LON, date(2027, month, 6)) for month in (3, 7))
    certification, land = ServiceId("certification"), ServiceId("land")
    assert july[certification] / march[certification] == pytest.approx(1.5)
    assert july[land] == march[land]
    assert extra_weight(XA_LON, date(2027, 7, 6)) == pytest.approx(1 + 0.5 * 0.27)
    assert extra_weight(XA_LON, date(2027, 3, 2)) == pytest.approx(1)


def test_open_days_follow_the_calendar() -> None:
    """Weekends and holidays are left out, and an extra day is in."""
    hours = XA_LON.hours
    assert hours is not None
    saturday = ExtraDay(day=date(2027, 4, 17), sessions=(OpeningTime(opens="07:30", closes="11:30"),))
    extra = msgspec.structs.replace(XA_LON, hours=msgspec.structs.replace(hours, extra_open=(saturday,)))
    days = [day for day, _ in islice(open_days(extra, date(2027, 4, 14)), 4)]
    assert days == [date(2027, 4, 14), date(2027, 4, 15), date(2027, 4, 17), date(2027, 4, 19)]


def test_a_catalogue_without_hours_gets_the_usual_ones() -> None:
    """A day needs an end; a catalogue with hours keeps them."""
    assert preset("xa-vua").hours is None
    hours = with_hours(preset("xa-vua")).hours
    assert hours is not None
    assert {each.opens for each in hours.sessions} == {"07:30", "13:30"}
    assert with_hours(XA_LON) is XA_LON


def test_people_are_as_estimated() -> None:
    """Of many people drawn, the shares are those of the estimates, and times scale with dossiers."""
    chance, wanted = dice(2)("people"), service_weights(XA_LON, MONDAY)
    people = [draw_person(chance, XA_LON, SESSIONS[0].opens_at, wanted, 0.35) for _ in range(3000)]
    count = len(people)
    assert sum(person.priority for person in people) / count == pytest.approx(0.35, abs=0.03)
    assert sum(person.is_absent for person in people) / count == pytest.approx(0.05, abs=0.015)
    assert sum(person.service == "certification" for person in people) / count == pytest.approx(0.27, abs=0.03)
    assert min(person.patience_s for person in people) >= estimates.PATIENCE_S
    assert len({token for person in people for token in person.tokens}) == 3 * count
    single = fmean(person.service_s for person in people if person.dossiers == 1)
    many = fmean(person.service_s for person in people if person.dossiers > 2)
    assert many > 1.5 * single


def test_clerks_come_in_time_for_their_sessions() -> None:
    """A clerk comes to each session, at most some minutes late, and breaks lie within the day."""
    for counter in range(1, 30):
        shift = draw_shift(dice(counter)("clerk"), XA_LON, counter, SESSIONS)
        for comes_at, session in zip(shift.comes_at, SESSIONS, strict=True):
            assert session.opens_at <= comes_at <= session.opens_at + timedelta(minutes=7)
        assert all(SESSIONS[0].opens_at <= each.begins_at <= SESSIONS[-1].closes_at for each in shift.breaks)


def test_nobody_presses_one_key_where_that_is_not_the_rule() -> None:
    """With a policy of start and finish, all clerks press them."""
    strict = msgspec.structs.replace(XA_LON, policy=msgspec.structs.replace(XA_LON.policy, one_key=False))
    assert not any(draw_shift(dice(seed)("clerk"), strict, 1, SESSIONS).one_key for seed in range(20))
    assert any(draw_shift(dice(seed)("clerk"), XA_LON, 1, SESSIONS).one_key for seed in range(20))


def test_cuts_of_one_box_do_not_overlap() -> None:
    """Cuts follow one another, are deaf first and then cut, and there are none where none are wanted."""
    faults = draw_faults(dice(3), ["kiosk-1"], SESSIONS, 40)
    cuts = faults.cuts["kiosk-1"]
    assert len(cuts) > 5
    for cut, following in pairwise(cuts):
        assert cut.begins_at <= cut.hears_until <= cut.ends_at < following.begins_at
        assert faults.state("kiosk-1", cut.ends_at - timedelta(microseconds=1)) in {"cut", "deaf"}
    assert draw_faults(dice(3), ["kiosk-1"], SESSIONS, 0).restarts == ()


def test_weekdays_are_those_of_the_calendar() -> None:
    """The names of weekdays stand in the order of the calendar."""
    assert WEEKDAYS[MONDAY.weekday()] == "mon"
