"""The kiosk of the simulated hall, above all while the server is out of reach."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from queue_protocol.ids import DeviceId, ServiceId
from queue_server.core.catalogue import Kiosk
from queue_server.core.events import TicketIssued, TicketVoided
from queue_server.simulation.demand import with_hours
from queue_server.simulation.faults import Cut, Faults
from queue_server.simulation.people import Person
from queue_server.simulation.scripts import KIOSK, Script
from tests.simulation.trying import fates, play, preset, script_of

MARKED = preset("xa-nho")
UNMARKED = msgspec.structs.replace(MARKED, kiosks=())


def unattended(script: Script) -> Script:
    """Return the day with no clerk at any counter: nobody is called."""
    return replace(script, shifts=())


def cut_off(script: Script, deaf_s: float, cut_s: float) -> Script:
    """Return the day with the kiosk cut off from the moment the person comes."""
    at = script.people[0].arrives_at
    cut = Cut(at, at + timedelta(seconds=deaf_s), at + timedelta(seconds=cut_s))
    return replace(script, faults=Faults(cuts={KIOSK: (cut,)}))


def test_a_person_takes_a_ticket_and_is_served() -> None:
    """On a quiet day there is one ticket, with its slip, and it is finished."""
    played = play(MARKED, script_of(MARKED))
    assert fates(played) == {"L001": "finished"}
    assert {ticket.slip for ticket in played.hall.tickets.values()} == {"printed"}


def test_a_cut_off_kiosk_gives_a_number_of_its_own() -> None:
    """The number is handed in when the server is back, counts from when it was given, and is served."""
    script = cut_off(script_of(MARKED), deaf_s=0, cut_s=300)
    played = play(MARKED, script)
    assert fates(played) == {"LK01": "finished"}
    (ticket,) = played.hall.tickets.values()
    assert ticket.issued_at == script.people[0].arrives_at
    (entry,) = (entry for entry in played.entries if isinstance(entry.event, TicketIssued))
    assert entry.at >= ticket.issued_at + timedelta(seconds=300)


def test_a_number_that_nobody_heard_of_is_taken_out() -> None:
    """The server gave a number, the answer was lost, the kiosk gave its own: the greeter takes the first one out."""
    played = play(MARKED, unattended(cut_off(script_of(MARKED), deaf_s=4, cut_s=20)))
    assert fates(played) == {"L001": "void", "LK01": "carried_over"}
    assert [entry.event.reason for entry in played.entries if isinstance(entry.event, TicketVoided)] == ["double"]


def test_a_kiosk_without_a_mark_waits_for_the_server() -> None:
    """Without a series of its own the kiosk asks until it is answered, and the person gets one ticket and a turn."""
    assert fates(play(UNMARKED, cut_off(script_of(UNMARKED), deaf_s=4, cut_s=300))) == {"L001": "finished"}
    assert fates(play(UNMARKED, cut_off(script_of(UNMARKED), deaf_s=0, cut_s=300))) == {"L001": "finished"}


def test_a_wrong_choice_is_cancelled_and_made_again() -> None:
    """Who chose wrong gives the ticket back at once and takes another."""
    script = script_of(MARKED)
    mistaken = replace(script.people[0], mistaken_for=ServiceId("results"))
    played = play(MARKED, unattended(replace(script, people=(mistaken,))))
    assert fates(played) == {"T001": "cancelled", "L001": "carried_over"}


def test_who_comes_when_the_day_is_over_is_turned_away() -> None:
    """After the last session the kiosk gives nothing, and says so."""
    script = script_of(MARKED)
    late: Person = replace(script.people[0], arrives_at=script.sessions[-1].closes_at + timedelta(minutes=1))
    played = play(MARKED, replace(script, people=(late,)))
    assert fates(played) == {}
    assert played.turned_away == {ServiceId("land"): 1}


def test_a_kiosk_of_another_name_has_no_series_here() -> None:
    """Only the kiosk that has a mark gives numbers under it."""
    other = msgspec.structs.replace(MARKED, kiosks=(Kiosk(device=DeviceId("kiosk-9"), mark="E"),))
    catalogue = with_hours(other)
    assert fates(play(catalogue, cut_off(script_of(catalogue), deaf_s=0, cut_s=300))) == {"L001": "finished"}
