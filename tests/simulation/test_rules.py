"""Rules by their words, and what they do to waits: the figures that a manager decides by."""

import pytest
from msgspec.structs import replace

from queue_protocol.ids import ServiceId
from queue_server.core.catalogue import Catalogue, Interleave
from queue_server.simulation.figures import DayFigures, Summary, summarize
from queue_server.simulation.rules import UnknownRule, read_rule
from tests.simulation.trying import crowd_of, figures, preset, under

XA_LON = preset("xa-lon")


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("head_start=45", {"priority_head_start_minutes": 45}),
        ("strict", {"priority_strict": True}),
        ("interleave=2:1", {"interleave": Interleave(priority=2, normal=1)}),
        ("no_overtake=30", {"no_overtake_after_minutes": 30}),
        ("off", {"priority_head_start_minutes": 0}),
        ("strict, no_overtake=30", {"priority_strict": True, "no_overtake_after_minutes": 30}),
    ],
)
def test_words_of_a_rule(words: str, changes: dict[str, object]) -> None:
    """A rule changes what its words say."""
    assert read_rule(words).changes == changes


@pytest.mark.parametrize(
    "words",
    [
        "",
        "fair",
        "head_start",
        "head_start=soon",
        "head_start=9999",
        "interleave=2",
        "interleave=0:1",
        "strict=1",
        "off,",
    ],
)
def test_words_that_are_no_rule(words: str) -> None:
    """What cannot be understood, or is out of bounds, is refused with the rules that there are."""
    with pytest.raises(UnknownRule, match="interleave=PRIORITY:NORMAL"):
        read_rule(words)


def test_a_rule_takes_the_place_of_the_catalogues() -> None:
    """What the words do not speak of is off, but for the head start; a named one holds for every service."""
    ruled = under("strict,interleave=1:1,no_overtake=20", XA_LON)
    assert under("head_start=20", ruled).policy == under("head_start=20", XA_LON).policy
    assert under("strict", ruled).policy.priority_head_start_minutes == 30
    assert under("catalogue", ruled) == ruled


def test_a_named_head_start_holds_for_every_service() -> None:
    """Head starts of single services are kept by other rules, and give way to one that is named."""
    land = _with_own_head_start(XA_LON, 60)
    assert [each.head_start_minutes for each in under("strict", land).services].count(60) == 1
    assert {each.head_start_minutes for each in under("head_start=20", land).services} == {None}


def test_strict_starves_and_a_head_start_does_not() -> None:
    """With a third of priority, strict lets people who came hours later pass; a head start is a bound."""
    strict, head_start, off = (_normal(rule) for rule in ("strict", "head_start=30", "off"))
    assert strict.passed_by_later > 120
    assert strict.longest > 1.3 * head_start.longest
    assert 0 < head_start.passed_by_later <= 30
    assert head_start.passed_by_most < strict.passed_by_most
    assert off.passed_by_later == 0


def test_a_limit_tames_strict() -> None:
    """With no_overtake, nobody who waits longer is passed, and strict costs the others less."""
    strict, limited = (_normal(rule) for rule in ("strict", "strict,no_overtake=30"))
    assert limited.p90 < strict.p90
    assert limited.longest < strict.longest
    assert limited.passed_by < strict.passed_by


def test_priority_is_worth_what_the_rule_says() -> None:
    """Priority waits shortest under strict, longer with a head start, and as long as all others without a rule."""
    strict, head_start, off = (_priority(rule).mean for rule in ("strict", "head_start=30", "off"))
    assert strict < head_start < off
    assert off == pytest.approx(_normal("off").mean, rel=0.25)


def _figures(rule: str) -> list[DayFigures]:
    if rule not in _KNOWN:
        _KNOWN[rule] = figures(under(rule, XA_LON), crowd_of("xa-lon", faults=0, priority_share=0.35), 4)
    return _KNOWN[rule]


_KNOWN: dict[str, list[DayFigures]] = {}


def _normal(rule: str) -> Summary:
    return summarize(visit for day in _figures(rule) for visit in day.visits if not visit.priority)


def _priority(rule: str) -> Summary:
    return summarize(visit for day in _figures(rule) for visit in day.visits if visit.priority)


def _with_own_head_start(catalogue: Catalogue, minutes: int) -> Catalogue:
    land = ServiceId("land")
    services = tuple(
        replace(each, head_start_minutes=minutes if each.id == land else None) for each in catalogue.services
    )
    return replace(catalogue, services=services)
