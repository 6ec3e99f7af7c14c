"""A server that does not answer: how long it is waited for, what is given instead, and what is withdrawn."""

from dataclasses import replace
from datetime import timedelta

from kiosk import flow, reserve
from kiosk.pages import Choosing, Holding, Paper, Sorry
from kiosk.walk import (
    SLOW_S,
    Walk,
    is_slow,
)
from kiosk.wishes import Give, Take, Withdraw
from queue_protocol.answers import Refused
from queue_protocol.ids import token_of
from tests.kiosk.hall import NOW, ticket
from tests.kiosk.test_flow import CERTIFICATION, LATER, alone, asked, holding
from tests.kiosk.test_reserve import granting


def test_a_slow_server_is_admitted_and_then_given_up() -> None:
    """After five seconds the person is told, after fifteen the request is withdrawn and the staff will help."""
    walk = asked()
    assert not is_slow(walk, LATER + SLOW_S - 0.1)
    assert is_slow(walk, LATER + SLOW_S)
    assert flow.tick(walk, LATER + flow.GIVE_UP_S - 0.1) == (walk, None)
    gone, wish = flow.tick(walk, LATER + flow.GIVE_UP_S)
    assert isinstance(gone.page, Sorry)
    assert wish == Withdraw(1)


def hung(**changes: object) -> Walk:
    """Return a walk with a reserve that has asked a server for a ticket which counts as linked and says nothing."""
    return flow.service_tapped(replace(flow.link_changed(alone(), "live"), **changes), CERTIFICATION, LATER)[0]  # type: ignore[arg-type]


def test_a_hung_server_is_not_waited_for_while_there_is_a_reserve() -> None:
    """Five seconds after the tap the reserve gives a number in place of the request, which is withdrawn first."""
    walk = hung()
    assert flow.tick(walk, LATER + flow.ALONE_AFTER_S - 0.1) == (walk, None)
    walk, wish = flow.tick(walk, LATER + flow.ALONE_AFTER_S)
    assert wish == Give(2, CERTIFICATION, "vi", 1, NOW + timedelta(seconds=flow.ALONE_AFTER_S), instead_of=1)
    walk = flow.answered(walk, 2, ticket("AK01", people_ahead=None, wait=None), LATER + 5)
    assert isinstance(walk.page, Holding)
    assert flow.answered(walk, 1, ticket(), LATER + 6) == walk


def test_who_comes_after_does_not_wait_for_a_hung_server() -> None:
    """While a withdrawal has no answer the reserve gives at once; with the answer the server is asked again."""
    walk = hung()
    assert walk.reserve is not None
    token = token_of(bytes(16))
    silent = flow.reserve_changed(replace(walk, page=Choosing()), reserve.withdrawing(walk.reserve, token))
    assert isinstance(flow.service_tapped(silent, CERTIFICATION, LATER + 30)[1], Give)
    back = flow.reserve_changed(silent, reserve.withdrawn(silent.reserve, token))  # type: ignore[arg-type]  # as above
    assert isinstance(flow.service_tapped(back, CERTIFICATION, LATER + 30)[1], Take)


def test_a_reserve_is_not_used_for_what_is_closed() -> None:
    """The hours may end while the server hangs: then nothing is given, and the request is withdrawn all the same."""
    over = granting(dossiers_per_turn=None, issuing=())
    walk, wish = flow.tick(hung(menu=over), LATER + flow.ALONE_AFTER_S)
    assert wish is None
    assert flow.tick(walk, LATER + flow.GIVE_UP_S)[1] == Withdraw(1)


def test_a_late_answer_is_nobodys() -> None:
    """What was given up is withdrawn: its number is not shown to whoever stands there a minute later."""
    gone = flow.tick(asked(), LATER + flow.GIVE_UP_S)[0]
    home = flow.tick(gone, LATER + flow.GIVE_UP_S + flow.TROUBLE_S)[0]
    for before in (gone, home, holding(Paper("printed"))):
        assert flow.answered(before, 7, ticket("H001"), LATER + 60) == before
    assert flow.answered(home, 1, Refused(code="too_late"), LATER + 60) == home
