"""The walk of the kiosk's screen: what each tap, answer and second does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import flow, reserve
from kiosk.closing import Closure
from kiosk.pages import Asking, Choosing, Holding, Paper, Sorry, Welcoming
from kiosk.touches import DEAD_TIME_S
from kiosk.walk import (
    IDLE_S,
    LEAVING_S,
    TICKET_S,
    UNPROVEN_S,
    WARNING_S,
    Walk,
    gives_alone,
    hall_time,
    is_leaving,
    remaining,
)
from kiosk.wishes import Give, Take
from queue_protocol.answers import Done, Refused, TicketTaken
from queue_protocol.ids import DeviceId, ServiceId
from queue_protocol.session import Link
from queue_protocol.snapshots import Menu
from tests.kiosk.hall import NOW, menu, ticket, welcome
from tests.kiosk.test_reserve import granting

CERTIFICATION = ServiceId("certification")
LATER = 100.0
"""An instant at which no dead time of the start lasts."""


def services_up(**changes: object) -> Walk:
    """Return a walk with the services on the screen and the server there, at `LATER`."""
    walk = Walk(language="vi", home_language="vi", languages=("vi", "en"))
    walk = flow.welcomed(walk, welcome(), ("vi", "en"), 0.0)
    walk = flow.link_changed(flow.menu_arrived(walk, menu(closed={"land": "full"}, cancel_within_s=30)), "live")
    return replace(walk, page=Choosing(), touched_s=LATER, **changes)  # type: ignore[arg-type]  # any field of the walk


def asked(now_s: float = LATER) -> Walk:
    """Return a walk that has asked for a ticket."""
    walk, ask = flow.service_tapped(services_up(), CERTIFICATION, now_s)
    assert ask is not None
    return walk


def holding(paper: Paper | None = None) -> Walk:
    """Return a walk with the ticket A015 on the screen, since `LATER`."""
    walk = flow.time_heard(flow.answered(asked(), 1, ticket(), LATER), NOW, LATER)
    return flow.slip_ended(walk, ticket().ticket, paper, LATER) if paper else walk


def test_a_touch_wakes_the_services() -> None:
    """Any touch on the greeting brings the services up."""
    walk = Walk(language="vi", home_language="vi", languages=("vi",))
    assert flow.touched(walk, 5.0).page == Choosing()


def test_the_touch_that_wakes_takes_no_ticket() -> None:
    """The finger that wakes the screen may come down where a service appears and must not choose it."""
    walk = flow.touched(replace(services_up(), page=Welcoming()), LATER)
    assert flow.service_tapped(walk, CERTIFICATION, LATER + 0.1)[1] is None


def test_one_tap_asks_for_the_ticket_in_the_language_on_the_screen() -> None:
    """A tap on a service is all it takes, and the ask carries the person's language."""
    walk, ask = flow.service_tapped(services_up(language="en"), CERTIFICATION, LATER)
    assert ask == Take(request=1, service=CERTIFICATION, language="en")
    assert walk.page == Asking(request=1, service=CERTIFICATION, dossiers=1, since_s=LATER)


@given(
    taps=st.lists(st.floats(0, flow.GIVE_UP_S - 0.1), min_size=1, max_size=20),
    answer_after_s=st.floats(0, flow.GIVE_UP_S - 0.1),
)
def test_a_burst_of_taps_issues_one_ticket(taps: list[float], answer_after_s: float) -> None:
    """Whatever taps follow the first until the answer and within the dead time after it, one ticket is asked for."""
    walk, first = flow.service_tapped(services_up(), CERTIFICATION, LATER)
    asks = [first]
    for tap_s in sorted(t for t in taps if t <= answer_after_s):
        walk, ask = flow.service_tapped(flow.touched(walk, LATER + tap_s), CERTIFICATION, LATER + tap_s)
        asks.append(ask)
    answered_s = LATER + answer_after_s
    walk = flow.answered(walk, 1, ticket(), answered_s)
    for after_s in (0.05, 0.2, DEAD_TIME_S - 0.01):
        walk = flow.home_tapped(flow.touched(walk, answered_s + after_s), answered_s + after_s)
        walk, ask = flow.service_tapped(walk, CERTIFICATION, answered_s + after_s)
        asks.append(ask)
    assert [ask for ask in asks if ask] == [first]
    assert isinstance(walk.page, Holding)


def test_going_home_by_a_double_tap_does_not_take_another_ticket() -> None:
    """The second half of a double tap on "home" lands on a service and is not meant for it."""
    home = flow.home_tapped(holding(Paper("printed")), LATER + 1)
    assert home.page == Choosing()
    assert flow.service_tapped(home, CERTIFICATION, LATER + 1.2)[1] is None
    assert flow.service_tapped(home, CERTIFICATION, LATER + 1 + DEAD_TIME_S)[1] is not None


@pytest.mark.parametrize("link", ["connecting", "refused"])
def test_without_the_server_no_ticket_is_pretended(link: Link) -> None:
    """A tap while the server is away says so, and asks for nothing that could be issued behind the person's back."""
    walk, ask = flow.service_tapped(flow.link_changed(services_up(), link), CERTIFICATION, LATER)
    assert ask is None
    assert walk.page == Sorry(why=None, service=None, since_s=LATER, until_s=LATER + flow.TROUBLE_S)


def alone(**changes: object) -> Walk:
    """Return a walk whose server is out of reach, with a reserve, at `LATER`."""
    known = granting(closed={"land": "full"}, dossiers_per_turn=None)
    walk = flow.menu_arrived(flow.time_heard(services_up(), NOW, LATER), known)
    kept = reserve.learned(None, welcome(), known, DeviceId("kiosk-1"))
    return replace(flow.link_changed(flow.reserve_changed(walk, kept), "connecting"), **changes)  # type: ignore[arg-type]


def test_without_the_server_a_kiosk_with_a_reserve_goes_on() -> None:
    """The tap asks nobody: the ticket comes from the reserve, at the hall's time as this kiosk knows it."""
    walk, wish = flow.service_tapped(alone(language="en"), CERTIFICATION, LATER + 5)
    assert wish == Give(1, CERTIFICATION, "en", 1, NOW + timedelta(seconds=5))
    page = flow.answered(walk, 1, ticket("AK01", people_ahead=None, wait=None), LATER + 5).page
    assert isinstance(page, Holding)
    assert page.ticket.number == "AK01"
    sorry = flow.answered(walk, 1, Refused(code="storage"), LATER + 5).page
    assert isinstance(sorry, Sorry)
    assert sorry.why == Refused(code="storage")


def test_a_kiosk_alone_keeps_to_what_it_knows() -> None:
    """A service that was closed stays so; a box that the server turned away, and one of yesterday, give nothing."""
    page = flow.service_tapped(alone(), ServiceId("land"), LATER)[0].page
    assert isinstance(page, Sorry)
    assert page.why == Closure("full")
    for walk, now_s in (
        (flow.turned_away(alone(), Refused(code="unknown_key")), LATER),
        (alone(reserve=None), LATER),
        (alone(), LATER + 86_400),
    ):
        gone, wish = flow.service_tapped(walk, CERTIFICATION, now_s)
        assert wish is None
        assert isinstance(gone.page, Sorry)


def test_an_earlier_life_is_remembered_on_its_day_alone() -> None:
    """After a restart without a server the screen offers what was known, at the time of the PC; not the next day."""
    kept = reserve.learned(None, welcome(), granting(), DeviceId("kiosk-1"))
    fresh = Walk(language="vi", home_language="vi", languages=("vi", "en"))
    walk = flow.remembered(fresh, kept, NOW + timedelta(hours=1), ("vi", "en"), 0.0)
    assert walk.menu == kept.menu
    assert hall_time(walk, 0.0) == NOW + timedelta(hours=1)
    assert gives_alone(walk, 0.0)
    assert flow.remembered(fresh, kept, NOW + timedelta(days=1), ("vi", "en"), 0.0) == fresh


def test_a_closed_service_is_refused_at_once() -> None:
    """A service that takes no numbers stays visible, and its tap says so without asking the server."""
    walk, ask = flow.service_tapped(services_up(), ServiceId("land"), LATER)
    assert ask is None
    assert isinstance(walk.page, Sorry)
    assert (walk.page.why, walk.page.service) == (Closure("full"), "land")


def test_a_printed_ticket_goes_home_after_twelve_seconds() -> None:
    """The count begins when the paper is out."""
    walk = flow.slip_ended(holding(), ticket().ticket, Paper("printed"), LATER + 2)
    assert isinstance(flow.tick(walk, LATER + 2 + TICKET_S - 0.01)[0].page, Holding)
    assert flow.tick(walk, LATER + 2 + TICKET_S)[0].page == Choosing()


@pytest.mark.parametrize("state", ["failed", "uncertain", "accepted"])
def test_a_number_without_sure_paper_stays_longer(state: str) -> None:
    """Without paper there is time to learn the number by heart."""
    walk = holding(Paper(state, "paper_out"))  # type: ignore[arg-type]  # one of the literals above
    assert isinstance(flow.tick(walk, LATER + UNPROVEN_S - 0.01)[0].page, Holding)
    assert flow.tick(walk, LATER + UNPROVEN_S)[0].page == Choosing()


def test_paper_that_nobody_reports_becomes_trouble() -> None:
    """A ticket whose print order never came is not shown as being printed for ever."""
    walk = flow.tick(holding(), LATER + flow.TROUBLE_S)[0]
    assert isinstance(walk.page, Holding)
    assert walk.page.paper.state == "uncertain"
    assert flow.tick(walk, LATER + flow.TROUBLE_S + UNPROVEN_S)[0].page == Choosing()


def test_a_slip_that_ends_before_its_answer_counts() -> None:
    """The print order may overtake the answer."""
    early = flow.slip_ended(asked(), ticket().ticket, Paper("printed"), LATER)
    walk = flow.answered(early, 1, ticket(), LATER + 0.1)
    assert isinstance(walk.page, Holding)
    assert walk.page.paper == Paper("printed")


def test_a_ticket_that_nobody_prints_says_so() -> None:
    """Where the server names no printer, no paper is promised."""
    walk = flow.answered(asked(), 1, ticket(print_at=None), LATER)
    assert isinstance(walk.page, Holding)
    assert walk.page.paper.state == "failed"


def test_the_slip_of_another_person_leaves_the_page_alone() -> None:
    """Slips for the page /kiosk come out of the same printer."""
    walk = flow.slip_ended(holding(), ticket("H001").ticket, Paper("failed", "paper_out"), LATER)
    assert isinstance(walk.page, Holding)
    assert walk.page.paper.state == "printing"


def test_a_refusal_is_shown_with_its_code() -> None:
    """The words of a refusal are chosen by its code, so the walk keeps it."""
    walk = flow.answered(asked(), 1, Refused(code="busy"), LATER)
    assert isinstance(walk.page, Sorry)
    assert walk.page.why == Refused(code="busy")


def test_a_tap_a_moment_too_late_says_the_same_as_the_tile() -> None:
    """The service closed while the request was on its way: the refusal becomes a closure."""
    walk = flow.answered(asked(), 1, Refused(code="quota_reached", facts={"service": "certification"}), LATER)
    assert isinstance(walk.page, Sorry)
    assert (walk.page.why, walk.page.service) == (Closure("quota"), CERTIFICATION)


def test_an_idle_screen_asks_before_it_leaves() -> None:
    """Twenty seconds before, and any touch is an answer; a number without proof of paper asks too, and may stay."""
    walk = services_up()
    assert not is_leaving(walk, LATER + IDLE_S - WARNING_S - 0.1)
    assert is_leaving(walk, LATER + IDLE_S - WARNING_S)
    assert not is_leaving(flow.touched(walk, LATER + IDLE_S - 1), LATER + IDLE_S)
    unproven = holding(Paper("failed", "paper_out"))
    assert not is_leaving(unproven, LATER + UNPROVEN_S - LEAVING_S - 0.1)
    assert is_leaving(unproven, LATER + UNPROVEN_S - LEAVING_S)
    longer = flow.more_time(unproven, LATER + UNPROVEN_S - 1)
    assert isinstance(flow.tick(longer, LATER + 2 * UNPROVEN_S - 2)[0].page, Holding)
    assert not is_leaving(holding(Paper("printed")), LATER + TICKET_S - 1)


def test_an_idle_screen_greets_in_the_first_language() -> None:
    """The next person does not find the language of the last."""
    walk = flow.language_tapped(services_up(), "en", LATER)
    assert walk.language == "en"
    idle = flow.tick(walk, LATER + IDLE_S)[0]
    assert (idle.page, idle.language) == (Welcoming(), "vi")


def test_the_language_goes_home_with_the_ticket() -> None:
    """After a ticket the screen speaks Vietnamese again."""
    walk = replace(holding(Paper("printed")), language="en")
    assert flow.tick(walk, LATER + TICKET_S)[0].language == "vi"


def test_a_double_tap_on_the_language_changes_it_once() -> None:
    """The button of the other language appears where the first one was."""
    walk = flow.language_tapped(services_up(), "en", LATER)
    assert flow.language_tapped(walk, "vi", LATER + 0.2).language == "en"


def test_the_greeting_can_be_left_in_another_language() -> None:
    """A tap on the language button of the greeting both wakes the screen and is obeyed."""
    woken = flow.touched(replace(services_up(), page=Welcoming()), LATER)
    assert flow.language_tapped(woken, "en", LATER).language == "en"


def test_only_languages_with_texts_are_offered() -> None:
    """A center may offer more than this kiosk can say."""
    walk = Walk(language="vi", home_language="vi", languages=("vi", "en"))
    offered = flow.welcomed(walk, welcome(languages=("hmn", "vi", "en")), ("vi", "en"), 0.0)
    assert offered.languages == ("vi", "en")


def test_the_clock_is_the_servers() -> None:
    """The hall has one time, whatever the kiosk's own clock says."""
    walk = flow.time_heard(services_up(), NOW, 10.0)
    now = hall_time(walk, 70.0)
    assert now is not None
    assert (now - NOW).total_seconds() == 60


def test_a_refused_box_keeps_the_reason_until_it_is_let_in() -> None:
    """Between two attempts the link is merely away, but staff must be able to read why."""
    refusal = Refused(code="unknown_key")
    walk = flow.link_changed(flow.turned_away(services_up(), refusal), "connecting")
    assert walk.refusal == refusal
    assert flow.link_changed(walk, "live").refusal is None


_MENUS: dict[str, Menu] = {
    "plain": menu(cancel_within_s=30),
    "asking": menu(cancel_within_s=30, dossiers_per_turn=3),
    "closed": menu(closed={"all": "ended"}),
}
_INPUTS = st.sampled_from(
    ["touch", "service", "one", "many", "more", "take", "wrong", "keep", "cancel", "done", "home", "language", "ticket",
     "refusal", "printed", "failed", "lost", "live", *_MENUS]
)  # fmt: skip


@given(steps=st.lists(st.tuples(_INPUTS, st.floats(0, 5)), max_size=40))
def test_every_page_has_a_way_home(steps: list[tuple[str, float]]) -> None:
    """Whatever happened before, a screen left alone greets again within two minutes."""
    walk, now_s = services_up(heard=(NOW, LATER)), LATER
    for step, wait_s in steps:
        now_s += wait_s
        walk = flow.tick(_happen(walk, step, now_s), now_s)[0]
    deadline_s = now_s + 180
    while now_s < deadline_s:
        now_s += 0.5
        walk = flow.tick(walk, now_s)[0]
    assert walk.page == Welcoming()


def _happen(walk: Walk, step: str, now_s: float) -> Walk:
    taken: TicketTaken = ticket(print_at=DeviceId("kiosk-1"))
    inputs = {
        "touch": lambda: flow.touched(walk, now_s),
        "service": lambda: flow.service_tapped(walk, CERTIFICATION, now_s)[0],
        "one": lambda: flow.dossiers_tapped(walk, 1, now_s)[0],
        "many": lambda: flow.dossiers_tapped(walk, 4, now_s)[0],
        "more": lambda: flow.dossiers_stepped(walk, 1, now_s),
        "take": lambda: flow.confirmed(walk, now_s)[0],
        "wrong": lambda: flow.wrong_choice_tapped(walk, now_s),
        "keep": lambda: flow.keep_tapped(walk, now_s),
        "cancel": lambda: flow.cancel_tapped(walk, now_s)[0],
        "done": lambda: flow.answered(walk, walk.requests, Done(), now_s),
        "home": lambda: flow.home_tapped(walk, now_s),
        "language": lambda: flow.language_tapped(walk, "en", now_s),
        "ticket": lambda: flow.answered(walk, walk.requests, taken, now_s),
        "refusal": lambda: flow.answered(walk, walk.requests, Refused(code="storage"), now_s),
        "printed": lambda: flow.slip_ended(walk, taken.ticket, Paper("printed"), now_s),
        "failed": lambda: flow.slip_ended(walk, taken.ticket, Paper("failed", "paper_out"), now_s),
        "lost": lambda: flow.link_changed(walk, "connecting"),
        "live": lambda: flow.link_changed(walk, "live"),
    }
    return flow.menu_arrived(walk, _MENUS[step]) if step in _MENUS else inputs[step]()


@given(st.floats(0, 60))
def test_the_time_left_shrinks_from_whole_to_nothing(later_s: float) -> None:
    """The bar is a share of the page's own time, and there is none while the paper is awaited."""
    walk = holding(Paper("printed"))
    left = remaining(walk, LATER + later_s)
    assert left == pytest.approx(max(0.0, 1 - later_s / TICKET_S))
    assert remaining(holding(), LATER + later_s) is None
