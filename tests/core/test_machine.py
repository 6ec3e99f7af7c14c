"""Any command in any state: hypothesis and long walks play whole days, and check what must always hold."""

from collections.abc import Callable

import msgspec
from hypothesis import settings

from queue_protocol.ids import DeviceId
from queue_server.core.catalogue import Interleave, Kiosk, Policy
from queue_server.core.events import (
    EVENTS,
    Event,
)
from tests.core.any_command import Chance
from tests.core.any_days import ABOUT_TICKETS, KINDS, Days
from tests.core.center import (
    with_hours,
)

STEPS = 1200
CHECKED_EVERY = 20
"""Steps between two checks of the whole hall in a long day: each check looks at every ticket."""


RARE = 2
"""Kinds of events that chance may leave out."""


PLAIN = msgspec.structs.replace(
    with_hours(), kiosks=(Kiosk(device=DeviceId("kiosk-1"), mark="K"), Kiosk(device=DeviceId("kiosk-2"), mark="M"))
)
POLICIES = (
    Policy(auto_call_after_s=20, stop_when_full=False, hoarding_tickets=3, calls_before_no_show=1),
    Policy(
        one_key=False,
        recall_gap_s=0,
        calls_before_no_show=2,
        interleave=Interleave(priority=2, normal=1),
        stop_when_full=False,
    ),
    Policy(priority_strict=True, no_overtake_after_minutes=30, recall_gap_s=0, stop_when_full=False),
)
DEEDS: tuple[Callable[[Days, int], None], ...] = (
    *[lambda machine, number: machine.somebody_asks_for_something(KINDS[number % len(KINDS)], number)] * 8,
    *[
        lambda machine, number: machine.a_clerk_does_something_with_a_ticket(
            ABOUT_TICKETS[number % len(ABOUT_TICKETS)], number
        )
    ]
    * 8,
    *[lambda machine, number: machine.a_clerk_works(1 + number % 3, number)] * 5,
    lambda machine, number: machine.a_clerk_takes_a_finish_back(1 + number % 3, number),
    *[lambda machine, number: machine.people_come(1 + number % 2, number)] * 3,
    *[lambda machine, number: machine.a_kiosk_prints(number)] * 2,
    lambda machine, number: machine.somebody_chose_by_mistake(number),
    *[lambda machine, number: machine.wait((0.0, 30.0, 60.0, 300.0)[number % 4])] * 4,
    lambda machine, number: machine.sleep(number % 6),
    lambda machine, number: machine.the_power_fails(number % 2),
)
"""What happens in a hall, the more often the more of its kind stand here."""


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=30, stateful_step_count=40)


def test_long_days() -> None:
    """Thousands of steps of busy halls, further than hypothesis goes: same checks, nearly every event happens."""
    happened: set[type[Event]] = set()
    for seed, policy in enumerate(POLICIES):
        chance, machine = Chance(seed), Days()
        machine.begin(msgspec.structs.replace(PLAIN, policy=policy), seed)
        for step in range(STEPS):
            chance.of(*DEEDS)(machine, chance.number)
            if step % CHECKED_EVERY == 0:
                machine.check_all()
        machine.teardown()
        happened |= {type(entry.event) for entry in machine.center.entries}
    assert len(set(EVENTS) - happened) <= RARE, set(EVENTS) - happened
