"""What is assumed about people and days, until the center has figures of its own. All of it is estimated.

Sources: shares of services and times at the counter are guesses from press reports on one-stop offices of communes and
wards (a third of all visits for certification, two thirds with civil status in a city; land crowds everywhere); that
mornings are full, and Mondays most, is seen in every hall. `docs/simulation.md` says what to do with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from queue_protocol.ids import ServiceId

ARRIVALS: tuple[tuple[int, float], ...] = (
    (60, 0.22),
    (60, 0.24),
    (60, 0.17),
    (60, 0.09),
    (60, 0.13),
    (60, 0.09),
    (90, 0.06),
)
"""Minutes of opening, and the share of a day's people that come in them; of other hours, stretched over them."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What is assumed about the visits for a service."""

    share: float
    """Of all visits; of a catalogue with other services, in proportion."""
    variation: float
    """Coefficient of variation of the time at the counter; its mean is the catalogue's."""


VISITS: Mapping[str, Visits] = {
    "certification": Visits(0.27, 0.7),
    "civil_status": Visits(0.20, 0.6),
    "land": Visits(0.14, 0.7),
    "social_protection": Visits(0.09, 0.6),
    "household_business": Visits(0.05, 0.5),
    "construction": Visits(0.03, 0.6),
    "culture_society": Visits(0.03, 0.6),
    "agriculture": Visits(0.02, 0.6),
    "online_help": Visits(0.07, 0.8),
    "results": Visits(0.07, 0.5),
    "guidance": Visits(0.03, 0.8),
}

OTHER_VISITS = Visits(0.05, 0.6)
"""Of a service that this file does not know."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is assumed about the people of a center on an ordinary day."""

    tickets_per_day: float
    priority_share: float


CROWDS: Mapping[str, Crowd] = {
    # In the highlands a third of the visitors may be over sixty.
    "xa-nho": Crowd(18, 0.35),
    "xa-vua": Crowd(50, 0.20),
    "xa-lon": Crowd(180, 0.20),
    "qua-tai": Crowd(450, 0.20),
}
"""Per preset."""

# ---------------------------------------------------------------- days

WEEKDAY_FACTORS: tuple[float, ...] = (1.3, 1.0, 1.0, 1.0, 1.05, 1.0, 1.0)
"""From Monday."""

AFTER_HOLIDAY_FACTOR = 1.6
"""On the first open day after a public holiday; it takes the place of the weekday's."""

MARKET_DAY_FACTOR = 1.4
BEFORE_TET_FACTOR, AFTER_TET_FACTOR = 1.5, 0.5
TET_WEEK_DAYS = 7
SCHOOL_SEASON_FACTOR = 1.5
"""On certification, for school papers."""
SCHOOL_MONTHS = frozenset({6, 7, 8})
SCHOOL_SERVICE = ServiceId("certification")

# ---------------------------------------------------------------- people

NO_SHOW_SHARE = 0.05
"""Of tickets whose holder is not there at the call, however short the wait."""
RETURN_SHARE = 0.5
"""Of these, who come after all, and"""
RETURN_AFTER_S = (120.0, 2400.0)
"""so long after they were given up."""
PATIENCE_S, PATIENCE_FALL_S = 45 * 60.0, 120 * 60.0
"""Nobody leaves before the first; after it, those who stay become e times fewer in each of the second."""
WALK_S = (8.0, 40.0)
"""From the chair to the counter in a hall of 50 to 100 m²; slow walkers included."""
DOSSIERS: Mapping[int, float] = {1: 0.80, 2: 0.10, 3: 0.05, 4: 0.03, 8: 0.02}
MOST_DOSSIERS = 99
"""Of one person."""
FURTHER_DOSSIER = 0.5
"""A further dossier takes so much of the time of the first: the person and the papers are there already."""
WRONG_CHOICE_SHARE = 0.01
"""Of tickets that are cancelled at the kiosk for another one."""
STEP_OUT_SHARE = 0.03
"""Of visits that are put on hold at the counter, for a copy or a signature that is missing."""
STEP_OUT_S = (300.0, 1200.0)
SEND_ON_SHARE = 0.03
"""Of visits that go on at another service."""
COMES_BACK_SHARE = 0.8
"""Of those who were given a slip for the next working day."""

# ---------------------------------------------------------------- clerks

LATE_S = (-300.0, 420.0)
"""After the beginning of a session, when a clerk opens the counter."""
SHORT_BREAKS = 2.0
"""Per clerk and day, of"""
BREAK_S = (240.0, 900.0)
ONE_KEY_SHARE = 0.7
"""Of clerks who press "next" and nothing else; the others press start and finish, too."""
FORGETTING_SHARE = 0.01
"""Of visits after which the clerk does something else before pressing the key, for"""
FORGETTING_S = (300.0, 2400.0)
BETWEEN_TICKETS_S = (5.0, 45.0)
"""From the goodbye to the key."""
OVERTIME_S = 30 * 60.0
"""How long clerks serve on after the last session while people wait; then slips for the next day are given."""

# ---------------------------------------------------------------- faults

CUTS_PER_DAY = 0.5
"""Of the network of one box, of"""
CUT_S = (3.0, 600.0)
DEAF_S = (0.0, 6.0)
"""At the beginning of a cut: what is asked arrives, and the answers do not."""
RESTARTS_PER_DAY = 0.5
"""Of the server, of"""
RESTART_S = (4.0, 120.0)
