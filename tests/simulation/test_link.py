"""Between a box and the server: cut, deaf or up, what is asked has one effect and one answer."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queue_protocol.answers import Done, NextCalled, Refused, Result, TicketTaken
from queue_protocol.commands import CallNext, OpenCounter, TakeTicket
from queue_protocol.ids import CommandId
from queue_server.core.permissions import Order
from queue_server.simulation.agenda import Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.faults import Cut, Faults
from queue_server.simulation.invariants import InvariantBroken
from queue_server.simulation.link import ECHO_EVERY, Link
from tests.core.center import CATALOGUE, CERTIFICATION, DAY, KIOSK, LAN, MORNING, token

TAKE = TakeTicket(service=CERTIFICATION, token=token(1))


class Hallway:
    """A center with one box, whose way to the server is cut for a while from the beginning."""

    def __init__(self, deaf_s: float = 0, cut_s: float = 0) -> None:
        ends_at = MORNING + timedelta(seconds=cut_s)
        cut = Cut(MORNING, MORNING + timedelta(seconds=deaf_s), ends_at)
        self.agenda = Agenda(MORNING)
        self.center = Center(CATALOGUE)
        self.center.open_day(DAY, MORNING)
        self.link = Link("kiosk-1", self.agenda, self.center, Faults(cuts={"kiosk-1": (cut,)}))
        self.answers: list[Result] = []

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.agenda.run(self.agenda.now + timedelta(seconds=seconds))


def test_an_answer_comes_at_once() -> None:
    """Over a network that is up, what is asked is answered in the same moment."""
    hallway = Hallway()
    hallway.link.ask(KIOSK, TAKE, hallway.answers.append)
    hallway.run(0)
    (answer,) = hallway.answers
    assert isinstance(answer, TicketTaken)


def test_what_is_asked_while_cut_off_arrives_later() -> None:
    """Nothing reaches the server while the network is cut; then it does, once."""
    hallway = Hallway(cut_s=20)
    hallway.link.ask(KIOSK, TAKE, hallway.answers.append)
    hallway.run(19)
    assert not hallway.center.hall.tickets
    hallway.run(5)
    assert len(hallway.center.hall.tickets) == 1
    assert len(hallway.answers) == 1


def test_a_lost_answer_is_given_again() -> None:
    """What arrived and was not answered has happened once, and the answer is the first one."""
    hallway = Hallway(deaf_s=5, cut_s=60)
    hallway.link.ask(KIOSK, TAKE, hallway.answers.append)
    hallway.run(4)
    assert len(hallway.center.hall.tickets) == 1
    assert hallway.answers == []
    hallway.run(60)
    assert len(hallway.center.hall.tickets) == 1
    (answer,) = hallway.answers
    assert isinstance(answer, TicketTaken)
    assert answer.issued_at == MORNING


def test_a_person_presses_again_when_it_was_too_late() -> None:
    """A key pressed during a long cut is refused as too late, and pressed again; a box alone only gets the refusal."""
    hallway = Hallway(cut_s=60)
    hallway.center.ask(LAN, CommandId("desk-1-00001"), OpenCounter(counter=1), MORNING, 0)
    hallway.center.ask(KIOSK, CommandId("kiosk-1-00001"), TAKE, MORNING, 0)
    hallway.link.ask(LAN, CallNext(counter=1, after=None), hallway.answers.append)
    hallway.run(70)
    assert hallway.answers == [Refused(code="too_late")]
    pressing = Hallway(cut_s=60)
    pressing.link.press(LAN, OpenCounter(counter=1), pressing.answers.append)
    pressing.run(70)
    assert pressing.answers == [Done()]


def test_commands_that_arrive_twice_have_one_effect() -> None:
    """Every so many commands are sent twice; the hall does not show it."""
    hallway = Hallway()
    for number in range(2 * ECHO_EVERY):
        hallway.link.ask(KIOSK, replace(TAKE, token=token(number)), hallway.answers.append)
    hallway.run(0)
    assert len(hallway.center.hall.tickets) == 2 * ECHO_EVERY == len(hallway.answers)


def test_an_id_used_for_two_commands_is_found() -> None:
    """A box that gives one id to two commands has an error of its own."""
    hallway = Hallway()
    orders: list[Order] = [TAKE, replace(TAKE, priority=True)]
    hallway.center.ask(KIOSK, CommandId("kiosk-1-00001"), orders[0], MORNING, 0)
    with pytest.raises(InvariantBroken, match="used for two commands"):
        hallway.center.ask(KIOSK, CommandId("kiosk-1-00001"), orders[1], MORNING, 0)


def test_a_restart_keeps_the_hall_and_marks_the_time() -> None:
    """The server comes back with the same hall, and says since when it was gone."""
    hallway = Hallway()
    hallway.link.ask(KIOSK, TAKE, hallway.answers.append)
    hallway.run(60)
    before = hallway.center.hall
    hallway.center.restart(MORNING + timedelta(seconds=30), hallway.agenda.now)
    assert hallway.center.hall.tickets == before.tickets
    (outage,) = hallway.center.hall.outages
    assert outage.began_at == MORNING + timedelta(seconds=30)


def test_a_journal_that_rebuilds_another_hall_is_found() -> None:
    """When the entries do not lead to the hall that was believed, the restart says so."""
    hallway = Hallway()
    hallway.link.ask(KIOSK, TAKE, hallway.answers.append)
    hallway.center.entries.pop()
    with pytest.raises(InvariantBroken, match="rebuild another hall"):
        hallway.center.restart(MORNING, MORNING)


def test_a_called_ticket_is_answered_once_to_a_desk_that_hears_badly() -> None:
    """Two attempts of one press call one person."""
    hallway = Hallway(deaf_s=3, cut_s=6)
    hallway.center.ask(LAN, CommandId("desk-1-00001"), OpenCounter(counter=1), MORNING, 0)
    for number in (1, 2):
        taking = replace(TAKE, token=token(number))
        hallway.center.ask(KIOSK, CommandId(f"kiosk-1-{number:05d}"), taking, MORNING, 0)
    hallway.link.press(LAN, CallNext(counter=1, after=None), hallway.answers.append)
    hallway.run(10)
    (answer,) = hallway.answers
    assert isinstance(answer, NextCalled)
    assert len(hallway.center.hall.calls) == 1
