"""What is promised: people ahead as really called, and waits that are honest about counters, breaks and lines."""

from datetime import timedelta

from queue_protocol.answers import TicketTaken, WaitRange
from queue_protocol.commands import HoldTicket, PauseCounter, SetCounterServices, TakeTicket, TransferTicket
from queue_server.core.views import TicketPage, service_cards, ticket_page
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    MORNING,
    Center,
    called,
    token,
    with_policy,
)


def page_of(center: Center, number: str) -> TicketPage:
    """Return the page of a ticket of the day."""
    page = ticket_page(center.hall, center.ticket(called(number)).token, center.now)
    assert page is not None
    return page


def ahead(center: Center, number: str) -> int | None:
    """Return how many are before a ticket by its page; `None`: it does not wait."""
    expected = page_of(center, number).outlook
    return None if expected is None else expected.people_ahead


def taken(center: Center) -> TicketTaken:
    """Return the answer to somebody who takes a ticket for certification now."""
    answer = center.when(TakeTicket(service=CERTIFICATION, token=token(1)), KIOSK).result
    assert isinstance(answer, TicketTaken)
    return answer


def test_who_is_on_hold_is_not_ahead() -> None:
    """Only those who would be called before count."""
    center = Center().open()
    for _ in range(3):
        center.take()
    center.done(HoldTicket(ticket=called("A001"), reason="stepped_out"), GREETER)
    assert ahead(center, "A003") == 1


def test_a_paused_counter_helps_nobody() -> None:
    """Given one of two counters paused, the wait is that of one; with both paused it is told as for both back."""
    center = Center().open(1, LAN).open(2, HOA)
    for _ in range(4):
        center.take()
    assert taken(center).wait == WaitRange(low_minutes=5, high_minutes=20)
    center.done(PauseCounter(counter=2, reason="break"), HOA)
    assert taken(center).wait == WaitRange(low_minutes=15, high_minutes=40)
    center.done(PauseCounter(counter=1, reason="break"), LAN)
    assert taken(center).wait == WaitRange(low_minutes=5, high_minutes=20)


def test_nothing_is_said_where_no_counter_is_open() -> None:
    """A wait that nobody can know is not told."""
    center = Center()
    center.take()
    assert taken(center).wait is None


def test_a_counter_that_helps_for_a_day_counts() -> None:
    """Services set for today change who stands beside whom, and where the slip sends the person."""
    center = Center().open(3, KIEN)
    center.take(LAND)
    assert taken(center).people_ahead == 0
    center.done(SetCounterServices(counter=3, services=(LAND, CERTIFICATION)), MANAGER)
    assert (taken(center).people_ahead, taken(center).counters) == (1, (1, 2, 3))


def test_a_ticket_sent_to_a_counter_is_told_of_that_counter() -> None:
    """Given a line before every counter, whoever is sent to counter 3 hears of the line there alone."""
    center = Center().open(1, LAN).open(3, KIEN)
    center.take(CERTIFICATION)
    center.serve(1, LAN)
    for service in (CERTIFICATION, CIVIL_STATUS, LAND):
        center.take(service)
    center.wait(minutes=1).done(TransferTicket(ticket=called("A001"), counter=3), LAN)
    assert (page_of(center, "A001").counters, ahead(center, "A001")) == ((3,), 0)
    center.call(3, KIEN)
    center.done(TransferTicket(ticket=called("A001"), counter=3, first=False), KIEN)
    assert ahead(center, "L001") == 1


def test_an_early_appointment_is_not_ahead_of_those_before_its_time() -> None:
    """A person asked for nine is told of all who would be called before nine o'clock's place."""
    center = Center().open()
    center.take(appointment_at=MORNING + timedelta(hours=1), by=GREETER)
    center.take()
    assert (ahead(center, "A001"), ahead(center, "A002")) == (1, 0)


def test_strict_priority_is_ahead_of_all_others() -> None:
    """Whoever takes a normal ticket is told of every priority ticket there."""
    center = Center(with_policy(priority_strict=True)).open()
    center.take(priority=True)
    center.take(priority=True)
    assert taken(center).people_ahead == 2
    center.take()
    priority = center.when(TakeTicket(service=CERTIFICATION, token=token(1), priority=True), KIOSK).result
    assert isinstance(priority, TicketTaken)
    assert priority.people_ahead == 2


def test_a_card_says_what_its_ticket_will_say() -> None:
    """Where counters are shared, a kiosk's card counts whom its ticket will count, in every service and with any line.

    Given people for certification at a counter that serves civil status too, nobody reads that nobody waits there.
    """
    center = Center().open(1, LAN).open(2, HOA).open(3, KIEN)
    for service in (CERTIFICATION, CIVIL_STATUS, CERTIFICATION, LAND):
        center.take(service)
    center.take(CERTIFICATION, priority=True, by=GREETER)
    cards = {card.service: card for card in service_cards(center.hall, center.now)}
    assert (cards[CIVIL_STATUS].waiting, cards[CIVIL_STATUS].people_ahead) == (1, 4)
    for service, card in cards.items():
        answer = center.when(TakeTicket(service=service, token=token(1)), KIOSK).result
        assert isinstance(answer, TicketTaken)
        assert (card.people_ahead, card.wait) == (answer.people_ahead, answer.wait)
