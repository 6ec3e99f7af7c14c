"""A day played: the script meets the rules. No chance here; the same script and catalogue give the same day."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice

from queue_protocol.ids import ServiceId, Token
from queue_server.core.catalogue import Catalogue
from queue_server.core.events import Entry
from queue_server.core.facts import Session
from queue_server.core.hall import Hall
from queue_server.simulation import estimates
from queue_server.simulation.agenda import Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.chance import Dice
from queue_server.simulation.citizens import Citizen
from queue_server.simulation.clerks import Clerk
from queue_server.simulation.demand import Conditions, open_days, with_hours
from queue_server.simulation.floor import OFFICE, Floor
from queue_server.simulation.kiosks import Kiosk
from queue_server.simulation.link import Link
from queue_server.simulation.people import Person
from queue_server.simulation.scripts import KIOSK, Script, desk_of, write_script

BEFORE_OPENING = timedelta(hours=1)
"""The server is started, and the doors are closed."""

SLIPS_AFTER = timedelta(seconds=estimates.OVERTIME_S + 60)
"""After the last session, when no counter calls any more."""

GOES_HOME_AFTER = timedelta(hours=4)
"""After the last session: the longest service is over, and whatever is asked has been answered."""

TICK_S = 5.0
"""Between two looks of the server at what time alone brings."""


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """What became of a day."""

    day: date
    sessions: tuple[Session, ...]
    hall: Hall
    """At its end, before midnight takes who is still there."""
    entries: Sequence[Entry]
    turned_away: Mapping[ServiceId, int]
    """People whom the kiosk gave no ticket."""
    left: Mapping[Token, Person]
    """Those with a slip for the next working day."""


def play_days(catalogue: Catalogue, conditions: Conditions, first: date, count: int, dice: Dice) -> Iterator[PlayedDay]:
    """Yield so many open days, one after the other, in one center.

    Raises `InvariantBroken` when something happens that never may: the rules, or this file, are wrong.
    """
    scheduled = with_hours(catalogue)
    center, left = Center(scheduled), dict[Token, Person]()
    for day, sessions in islice(open_days(scheduled, first), count):
        played = play_day(center, write_script(scheduled, day, sessions, conditions, dice, left))
        left = dict(played.left)
        yield played


def play_day(center: Center, script: Script) -> PlayedDay:
    """Play one day in a center.

    Raises `InvariantBroken`.
    """
    opens, closes = script.sessions[0].opens_at, script.sessions[-1].closes_at
    agenda = Agenda(opens - BEFORE_OPENING)
    center.publish = lambda _entries: None
    center.open_day(script.day, agenda.now)
    floor, kiosk = _people_the_hall(center, script, agenda)
    agenda.at(closes, floor.end_day)
    agenda.at(closes + SLIPS_AFTER, floor.give_slips)
    _note_restarts(center, script, agenda)
    if center.catalogue.policy.auto_call_after_s is not None:
        agenda.at(opens, partial(_tick, center, script, agenda))
    agenda.run(closes + GOES_HOME_AFTER)
    center.check_replay()
    return PlayedDay(
        day=script.day,
        sessions=script.sessions,
        hall=center.hall,
        entries=tuple(center.entries),
        turned_away=Tally(kiosk.turned_away),
        left=dict(floor.left),
    )


def _people_the_hall(center: Center, script: Script, agenda: Agenda) -> tuple[Floor, Kiosk]:
    """Put everybody and everything to where they begin the day."""

    def link(box: str) -> Link:
        return Link(box, agenda, center, script.faults)

    floor = Floor(script, agenda, center, link(OFFICE))
    kiosk = Kiosk(KIOSK, agenda, center, link(KIOSK), floor)
    clerks = {each.counter: Clerk(each, agenda, center, link(desk_of(each.counter)), floor) for each in script.shifts}
    floor.attendants = clerks
    center.publish = floor.notice
    for person in script.people:
        agenda.at(person.arrives_at, partial(kiosk.serve, Citizen(person)))
    for shift in script.shifts:
        for comes_at, session in zip(shift.comes_at, script.sessions, strict=True):
            stays = session is script.sessions[-1]
            agenda.at(comes_at, partial(clerks[shift.counter].come, session.closes_at, stays=stays))
    return floor, kiosk


def _note_restarts(center: Center, script: Script, agenda: Agenda) -> None:
    for restart in script.faults.restarts:
        agenda.at(restart.ends_at, partial(center.restart, restart.hears_until, restart.ends_at))


def _tick(center: Center, script: Script, agenda: Agenda) -> None:
    if script.faults.state(OFFICE, agenda.now) != "cut":
        center.pass_time(agenda.now)
    agenda.after(TICK_S, partial(_tick, center, script, agenda))
