"""The walk of the kiosk's screen around a ticket: what is asked before it, and how it is taken back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import flow
from kiosk.closing import Closure
from kiosk.pages import Cancelled, Cancelling, Choosing, Confirming, Holding, Kept, Paper, Reconsidering, Sorry
from kiosk.touches import CALM_OVER_S, CALM_S, DEAD_TIME_S, REPEAT_S
from kiosk.walk import CANCEL_LEAST_S, TICKET_S, Point, Walk, may_cancel
from kiosk.wishes import Cancel, Take
from queue_protocol.answers import Done, Refused
from tests.kiosk.hall import NOW, menu, ticket, with_card
from tests.kiosk.test_flow import CERTIFICATION, LATER, holding, services_up


def confirming(**changes: object) -> Walk:
    """Return a walk where certification was chosen and the center asks for dossiers, three in one turn."""
    asking = menu(cancel_within_s=30, dossiers_per_turn=3)
    walk, wish = flow.service_tapped(services_up(menu=asking, **changes), CERTIFICATION, LATER)
    assert (walk.page, wish) == (Confirming(CERTIFICATION), None)
    return walk


READ = LATER + 2
"""An instant at which a page that came up at `LATER` was read."""


@pytest.mark.parametrize("dossiers", [1, 2, 3])
def test_few_dossiers_are_one_tap(dossiers: int) -> None:
    """Where the center asks, the answer takes the ticket and goes along with it."""
    _, wish = flow.dossiers_tapped(confirming(), dossiers, READ)
    assert wish == Take(request=1, service=CERTIFICATION, language="vi", dossiers=dossiers)


@given(steps=st.lists(st.sampled_from([1, -1]), max_size=120))
def test_many_dossiers_are_counted(steps: list[int]) -> None:
    """From four on a person counts up and down, never out of what a ticket may hold."""
    walk, wish = flow.dossiers_tapped(confirming(), flow.COUNTED_FROM, READ)
    assert wish is None
    counted = flow.COUNTED_FROM
    for step in steps:
        walk = flow.dossiers_stepped(walk, step, READ + 1)
        counted = min(max(counted + step, 1), flow.MOST_DOSSIERS)
    _, wish = flow.confirmed(walk, READ + 1)
    assert wish == Take(request=1, service=CERTIFICATION, language="vi", dossiers=counted)


def test_dossiers_are_never_asked_where_the_center_does_not_want_to_know() -> None:
    """One tap takes the ticket, as ever, and a stray answer does nothing."""
    walk, wish = flow.service_tapped(services_up(), CERTIFICATION, LATER)
    assert isinstance(wish, Take)
    assert flow.dossiers_tapped(walk, 2, READ) == (walk, None)


def test_no_ticket_without_the_answer() -> None:
    """The page with the question has no other way to a ticket."""
    assert flow.confirmed(confirming(), READ) == (confirming(), None)


def test_papers_are_read_before_the_ticket_is_taken() -> None:
    """Who sees that a paper is missing can still go back, in the same language, without a ticket."""
    listed = with_card(menu(), "certification", papers={"vi": "Căn cước công dân"})
    walk, wish = flow.service_tapped(services_up(menu=listed, language="en"), CERTIFICATION, LATER)
    assert (walk.page, wish) == (Confirming(CERTIFICATION), None)
    back = flow.home_tapped(walk, READ)
    assert (back.page, back.language) == (Choosing(), "en")
    _, wish = flow.confirmed(walk, READ)
    assert wish == Take(request=1, service=CERTIFICATION, language="en")


def test_the_second_half_of_a_double_tap_answers_nothing() -> None:
    """The finger that chose the service may come down again where an answer or a button appears."""
    walk = confirming()
    assert flow.dossiers_tapped(walk, 1, LATER + 0.2) == (walk, None)
    assert flow.home_tapped(walk, LATER + 0.2) == walk
    counting, _ = flow.dossiers_tapped(walk, flow.COUNTED_FROM, READ)
    assert flow.dossiers_stepped(counting, 1, READ + 0.2) == counting


def test_a_service_that_closed_while_the_page_was_read_is_said_to_be_closed() -> None:
    """The menu of the moment decides, not the one of the tap before."""
    walk = flow.menu_arrived(confirming(), menu(closed={"certification": "full"}, dossiers_per_turn=3))
    walk, wish = flow.dossiers_tapped(walk, 1, READ)
    assert wish is None
    assert isinstance(walk.page, Sorry)
    assert walk.page.why == Closure("full")


def reconsidering(paper: Paper | None = None) -> Walk:
    """Return a walk that asks whether A015 is given up, since `LATER` + 2; the card was tapped at `LATER`."""
    walk = flow.touched(holding(paper or Paper("printed")), READ)
    walk = flow.wrong_choice_tapped(walk, READ)
    assert isinstance(walk.page, Reconsidering)
    return walk


def given_up(walk: Walk, now_s: float, place: Point | None = None) -> bool:
    """Say whether a touch on "give it up" at this moment counts."""
    return flow.cancel_tapped(flow.touched(walk, now_s, place), now_s)[1] is not None


def test_the_number_may_be_taken_back() -> None:
    """A wrong choice is asked about, cancelled on the server, said to be cancelled, and followed by the choice."""
    walk, wish = flow.cancel_tapped(flow.touched(reconsidering(), READ + 3), READ + 3)
    assert wish == Cancel(request=2, ticket=ticket().ticket)
    assert isinstance(walk.page, Cancelling)
    walk = flow.answered(walk, 2, Done(), READ + 3.1)
    assert isinstance(walk.page, Cancelled)
    assert flow.home_tapped(walk, READ + 5).page == Choosing()
    assert flow.tick(walk, READ + 3.1 + TICKET_S)[0].page == Choosing()


@pytest.mark.parametrize("paper", ["printing", "printed", "failed"])
def test_the_number_may_be_kept(paper: str) -> None:
    """By the answer, by a touch beside both answers, and by no answer at all; what the paper did meanwhile is shown."""
    walk = reconsidering(Paper("printing"))
    walk = flow.slip_ended(walk, ticket().ticket, Paper(paper), READ + 1)  # type: ignore[arg-type]  # one of the literals
    for after in (
        flow.keep_tapped(walk, READ + 2),
        flow.missed(walk, READ + 2),
        flow.tick(walk, READ + flow.RECONSIDER_S)[0],
    ):
        assert isinstance(after.page, Holding)
        assert after.page.paper.state == paper
        assert after.page.ticket == ticket()


def test_quick_touches_give_no_number_up() -> None:
    """Not the second half of a double tap, not one within a second of another, not the third in three seconds."""
    walk = reconsidering()
    for after_s in (0.05, DEAD_TIME_S - 0.01, CALM_S - 0.01):
        assert not given_up(walk, READ + after_s)
    assert given_up(walk, READ + CALM_S)
    restless = flow.touched(walk, READ + CALM_S)
    assert not given_up(restless, READ + CALM_OVER_S - 0.01)
    assert given_up(restless, READ + CALM_OVER_S)


def test_a_finger_that_opened_a_page_answers_nothing_on_it() -> None:
    """At the same place, as often as it comes, until it has paused; elsewhere a person who has read goes on at once."""
    here, near, away = (900.0, 500.0), (950.0, 560.0), (200.0, 900.0)
    asking = menu(cancel_within_s=30, dossiers_per_turn=3)
    walk = flow.touched(services_up(menu=asking), LATER, here)
    walk, _ = flow.service_tapped(walk, CERTIFICATION, LATER)
    assert isinstance(walk.page, Confirming)
    now_s = LATER
    for step_s in (0.3, 0.7, 1.0, 1.9, 1.5):
        now_s += step_s
        walk = flow.touched(walk, now_s, near)
        assert flow.dossiers_tapped(walk, 1, now_s) == (walk, None)
        assert flow.home_tapped(walk, now_s) == walk
    assert flow.dossiers_tapped(flow.touched(walk, now_s + 0.7, away), 1, now_s + 0.7)[1] is not None
    assert flow.dossiers_tapped(flow.touched(walk, now_s + REPEAT_S, near), 1, now_s + REPEAT_S)[1] is not None


def test_an_impatient_finger_does_not_leave_the_number() -> None:
    """The card was tapped where "done" comes up: its next taps do not send the number away unread."""
    here = (900.0, 100.0)
    walk, _ = flow.service_tapped(flow.touched(services_up(), LATER, here), CERTIFICATION, LATER)
    walk = flow.answered(walk, 1, ticket(), LATER + 0.1)
    for after_s in (0.8, 1.5, 3.0):
        walk = flow.home_tapped(flow.touched(walk, LATER + after_s, here), LATER + after_s)
        assert isinstance(walk.page, Holding)


def test_a_slip_that_is_being_printed_does_not_stand_in_the_way() -> None:
    """The person need not wait for paper that is not wanted."""
    assert isinstance(flow.wrong_choice_tapped(holding(), READ).page, Reconsidering)


def test_who_chooses_again_keeps_the_language() -> None:
    """The same person goes on; the next one is met in Vietnamese."""
    walk, _ = flow.cancel_tapped(replace(reconsidering(), language="en"), READ + 2)
    walk = flow.home_tapped(flow.answered(walk, 2, Done(), READ + 2.1), READ + 4)
    assert (walk.page, walk.language) == (Choosing(), "en")


@pytest.mark.parametrize(("result", "sure"), [(Refused(code="too_late_to_cancel"), True), (None, False)])
def test_a_number_that_could_not_be_cancelled_is_still_good(result: Refused | None, sure: bool) -> None:
    """Refused or unanswered: the person is told which, and never that the number is gone."""
    walk, _ = flow.cancel_tapped(reconsidering(), READ + 2)
    after_s = READ + 2 + flow.CANCEL_GIVE_UP_S
    walk = flow.answered(walk, 2, result, after_s) if result else flow.tick(walk, after_s)[0]
    assert isinstance(walk.page, Kept)
    assert walk.page.sure == sure


@given(later_s=st.integers(0, 60), allowed_s=st.integers(0, 60))
def test_nothing_is_offered_that_a_person_does_not_have(later_s: int, allowed_s: int) -> None:
    """The offer ends with the center's time and with the link."""
    walk = replace(holding(Paper("printed")), menu=menu(cancel_within_s=allowed_s), heard=(NOW, LATER))
    assert may_cancel(walk, LATER + later_s) == (allowed_s - later_s >= CANCEL_LEAST_S)
    is_asked = isinstance(flow.wrong_choice_tapped(walk, LATER + later_s).page, Reconsidering)
    assert is_asked == (allowed_s - later_s >= CANCEL_LEAST_S and later_s >= DEAD_TIME_S)
    assert not may_cancel(flow.link_changed(walk, "connecting"), LATER + later_s)
