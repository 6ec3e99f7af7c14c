"""Several halls in one center: a display shows its own counters and calls, a kiosk offers what its hall serves."""

import msgspec

from queue_protocol.commands import MarkNoShow
from queue_protocol.ids import HallId, ServiceId
from queue_server.core.catalogue import HallPlan
from queue_server.core.views import board, is_in, menu
from tests.core.center import CATALOGUE, CERTIFICATION, CIVIL_STATUS, HOA, KIEN, LAN, LAND, Center, called

GROUND, UPPER = HallId("ground-floor"), HallId("upper-floor")
TWO_HALLS = msgspec.structs.replace(
    CATALOGUE,
    halls=(HallPlan(id=GROUND, names={"vi": "Tầng trệt"}), HallPlan(id=UPPER, names={"vi": "Tầng hai"})),
    counters=tuple(
        msgspec.structs.replace(counter, hall=UPPER if counter.number == 3 else GROUND)
        for counter in CATALOGUE.counters
    ),
)


def center_with_calls() -> Center:
    """Return a center of two halls with a call in each, A001 at counter 1 below and L001 at counter 3 above."""
    center = Center(TWO_HALLS).open(1, LAN).open(2, HOA).open(3, KIEN)
    center.take(CERTIFICATION)
    center.take(LAND)
    center.call(1, LAN)
    center.wait(1).call(3, KIEN)
    return center


def calls_shown(center: Center, room: HallId | None) -> list[str]:
    """Return the numbers that a display of this hall shows as called."""
    return [call.number for call in board(center.hall, center.revision, center.now, None, room).calls]


def test_a_display_shows_the_calls_of_its_hall() -> None:
    """Below only A001, above only L001, and a display without a hall shows both."""
    center = center_with_calls()
    assert calls_shown(center, GROUND) == ["A001"]
    assert calls_shown(center, UPPER) == ["L001"]
    assert calls_shown(center, None) == ["L001", "A001"]


def test_a_display_shows_the_counters_of_its_hall() -> None:
    """Nobody below looks for counter 3."""
    center = center_with_calls()
    shown = board(center.hall, center.revision, center.now, None, GROUND)
    assert [each.counter for each in shown.counters] == [1, 2]


def test_a_busy_hall_pushes_no_call_of_the_other_off_the_board() -> None:
    """Given nine calls below after one above, then the display above still shows its call, and each five at most."""
    center = center_with_calls()
    for _ in range(9):
        center.take(CERTIFICATION)
        center.wait(1).call(2, HOA)
    assert calls_shown(center, UPPER) == ["L001"]
    assert len(calls_shown(center, GROUND)) == 5
    assert len(calls_shown(center, None)) == 5


def test_who_did_not_come_is_listed_where_they_were_called() -> None:
    """The strip of missed numbers is of the hall too."""
    center = center_with_calls()
    center.done(MarkNoShow(ticket=called("L001")), KIEN)
    assert board(center.hall, center.revision, center.now, None, UPPER).missed == ("L001",)
    assert board(center.hall, center.revision, center.now, None, GROUND).missed == ()


def test_a_kiosk_offers_what_its_hall_serves() -> None:
    """Below certification and civil status, above land, and a kiosk without a hall offers all."""
    center = Center(TWO_HALLS)
    offered: dict[HallId | None, list[ServiceId]] = {}
    for room in (GROUND, UPPER, None):
        shown = menu(center.hall, center.revision, center.now, room)
        assert shown is not None
        offered[room] = [card.service for card in shown.services]
    assert offered == {
        GROUND: [CERTIFICATION, CIVIL_STATUS],
        UPPER: [LAND],
        None: [CERTIFICATION, CIVIL_STATUS, LAND],
    }


def test_a_call_concerns_one_hall() -> None:
    """What is not at a counter concerns no single hall; a display of the whole center is concerned by all."""
    center = center_with_calls()
    assert is_in(center.hall, 3, UPPER)
    assert not is_in(center.hall, 3, GROUND)
    assert not is_in(center.hall, None, GROUND)
    assert is_in(center.hall, None, None)


def test_in_one_hall_nothing_is_told_apart() -> None:
    """A center without halls shows every call on every display."""
    center = Center().open(1, LAN)
    center.take()
    center.call()
    assert calls_shown(center, None) == ["A001"]
