"""The walk of the kiosk's screen around a ticket: what is asked before it, and how it is taken back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import flow
from kiosk.closing import Closure
from kiosk.flow import Cancel, Take
from kiosk.pages import Cancelled, Cancelling, Choosing, Confirming, Holding, Kept, Paper, Sorry
from kiosk.walk import TICKET_S, Walk, cancel_seconds
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


def test_the_number_may_be_taken_back() -> None:
    """A wrong choice is cancelled on the server, said to be cancelled, and followed by the choice."""
    walk, wish = flow.cancel_tapped(holding(Paper("printed")), LATER + 1)
    assert wish == Cancel(request=2, ticket=ticket().ticket)
    assert isinstance(walk.page, Cancelling)
    walk = flow.answered(walk, 2, Done(), LATER + 1.1)
    assert isinstance(walk.page, Cancelled)
    assert flow.home_tapped(walk, LATER + 3).page == Choosing()
    assert isinstance(flow.tick(walk, LATER + 1.1 + TICKET_S - 0.01).page, Cancelled)
    assert flow.tick(walk, LATER + 1.1 + TICKET_S).page == Choosing()


def test_a_slip_that_is_being_printed_does_not_stand_in_the_way() -> None:
    """The person need not wait for paper that is not wanted."""
    assert isinstance(flow.cancel_tapped(holding(), LATER + 1)[1], Cancel)


def test_who_chooses_again_keeps_the_language() -> None:
    """The same person goes on; the next one is met in Vietnamese."""
    walk, _ = flow.cancel_tapped(replace(holding(Paper("printed")), language="en"), LATER + 1)
    walk = flow.home_tapped(flow.answered(walk, 2, Done(), LATER + 1.1), LATER + 3)
    assert (walk.page, walk.language) == (Choosing(), "en")


@pytest.mark.parametrize(("result", "sure"), [(Refused(code="too_late_to_cancel"), True), (None, False)])
def test_a_number_that_could_not_be_cancelled_is_still_good(result: Refused | None, sure: bool) -> None:
    """Refused or unanswered: the person is told which, and never that the number is gone."""
    walk, _ = flow.cancel_tapped(holding(Paper("printed")), LATER + 1)
    after_s = LATER + 1 + flow.CANCEL_GIVE_UP_S
    walk = flow.answered(walk, 2, result, after_s) if result else flow.tick(walk, after_s)
    assert isinstance(walk.page, Kept)
    assert walk.page.sure == sure


@given(later_ms=st.integers(0, 60_000), allowed_s=st.integers(0, 60))
def test_no_second_is_offered_that_a_person_does_not_have(later_ms: int, allowed_s: int) -> None:
    """The offer ends with the center's time, with the page, and with the link, whichever is first."""
    later_s = later_ms / 1000
    walk = replace(holding(Paper("printed")), menu=menu(cancel_within_s=allowed_s), heard=(NOW, LATER))
    offered = cancel_seconds(walk, LATER + later_s)
    left_s = min(allowed_s, TICKET_S) - later_s
    assert offered == (int(left_s) if left_s >= 1 else None)
    assert (flow.cancel_tapped(walk, LATER + later_s)[1] is not None) == (
        offered is not None and later_s >= flow.DEAD_TIME_S
    )
    assert cancel_seconds(flow.link_changed(walk, "connecting"), LATER + later_s) is None


def test_a_late_ticket_does_not_disturb_who_is_reading() -> None:
    """Another person's number comes after the one who answers a question has gone."""
    walk = flow.answered(confirming(), 7, ticket("H001"), READ)
    assert isinstance(walk.page, Confirming)
    after = flow.home_tapped(walk, READ)
    assert isinstance(after.page, Holding)
    assert after.page.ticket.number == "H001"
