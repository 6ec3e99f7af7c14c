"""Four thousand touches by somebody who does not read: no number is given up."""

import random
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from kiosk import flow
from kiosk.pages import Asking, Choosing, Confirming, Holding, Page, Paper, Reconsidering
from kiosk.walk import Point, Walk
from kiosk.wishes import Cancel, Take, Wish
from queue_protocol.ids import ServiceId
from tests.kiosk.hall import NOW, menu, ticket
from tests.kiosk.test_flow import LATER, services_up

TOUCHES, FEWEST_TAKEN = 4_000, 35
WIDTH, HEIGHT = 1920.0, 1080.0
ANSWER_S, PAPER_S = 0.1, 3.0

Act = Callable[[Walk, float], tuple[Walk, Wish | None]]
Area = tuple[float, float, float, float]
"""Left, bottom, width and height, in units of the screen."""

WRONG_CHOICE: Area = (40, 860, 420, 84)
KEEP: Area = (420, 300, 560, 120)
GIVE_UP: Area = (1080, 318, 420, 84)
HOME: Area = (800, 40, 330, 84)
ANSWERS: Mapping[int, Area] = {n: (40 + 465 * (n - 1), 300, 445, 280) for n in (1, 2, 3, 4)}
"""Where the controls are on a usual screen, as pictures of it show."""


def cards() -> Mapping[ServiceId, Area]:
    """Return eleven cards in three columns."""
    return {
        card.service: (40 + 619 * (place % 3), 40 + 210 * (place // 3), 603, 194)
        for place, card in enumerate(menu().services)
    }


def hits(area: Area, place: Point) -> bool:
    """Say whether a touch at this place lands there."""
    left, bottom, width, height = area
    return left <= place[0] < left + width and bottom <= place[1] < bottom + height


@pytest.mark.parametrize("dossiers", [None, 3])
@pytest.mark.parametrize("longest_s", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(4))
def test_no_number_is_given_up_by_touches_at_random(seed: int, longest_s: float, dossiers: int | None) -> None:
    """Anywhere on the screen, now and then twice at one place, quick as a child or slow as somebody in despair."""
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated, no secret
    walk = services_up(menu=menu(cancel_within_s=600, dossiers_per_turn=dossiers), heard=(NOW, LATER))
    now_s, place, taken, doubted = LATER, (0.0, 0.0), 0, 0
    for _ in range(TOUCHES):
        now_s += chance.uniform(0.05, longest_s)
        walk = flow.tick(walk, now_s)[0]
        if isinstance(walk.page, Asking) and now_s >= walk.page.since_s + ANSWER_S:
            walk = flow.answered(walk, walk.requests, ticket(f"A{taken % 1000:03}"), now_s)
        if isinstance(walk.page, Holding) and walk.page.paper == Paper() and now_s >= walk.page.since_s + PAPER_S:
            walk = flow.slip_ended(walk, walk.page.ticket.ticket, Paper("printed"), now_s)
        if chance.random() < 2 / 3:
            place = chance.uniform(0, WIDTH), chance.uniform(0, HEIGHT)
        walk, wish = touch(walk, now_s, place)
        taken += isinstance(wish, Take)
        doubted += isinstance(walk.page, Reconsidering)
        assert not isinstance(wish, Cancel), f"given up after {taken} numbers"
    assert taken > FEWEST_TAKEN
    assert doubted


def touch(walk: Walk, now_s: float, place: Point) -> tuple[Walk, Wish | None]:
    """Return the walk after a touch, and what is wanted of the server."""
    walk = flow.touched(walk, now_s, place)
    hit = (act for area, act in controls(walk.page) if hits(area, place))
    return next(hit, lambda walk, now_s: (flow.missed(walk, now_s), None))(walk, now_s)


def controls(page: Page) -> list[tuple[Area, Act]]:
    """Return what can be touched on a page."""
    match page:
        case Choosing():
            return [(area, partial(_choose, service)) for service, area in cards().items()]
        case Confirming():
            return [(area, partial(_answer, number)) for number, area in ANSWERS.items()] + [(HOME, flow.confirmed)]
        case Holding():
            return [(WRONG_CHOICE, _only(flow.wrong_choice_tapped)), (HOME, _only(flow.home_tapped))]
        case Reconsidering():
            return [(GIVE_UP, flow.cancel_tapped), (KEEP, _only(flow.keep_tapped))]
    return []


def _choose(service: ServiceId, walk: Walk, now_s: float) -> tuple[Walk, Wish | None]:
    return flow.service_tapped(walk, service, now_s)


def _answer(number: int, walk: Walk, now_s: float) -> tuple[Walk, Wish | None]:
    return flow.dossiers_tapped(walk, number, now_s)


def _only(step: Callable[[Walk, float], Walk]) -> Act:
    return lambda walk, now_s: (step(walk, now_s), None)
