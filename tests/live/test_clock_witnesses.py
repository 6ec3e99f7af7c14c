"""Boxes with clocks of their own bear out the PC's, and then the hall's time goes back before anybody comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from starlette.websockets import WebSocket

from queue_protocol import PROTOCOL
from queue_protocol.answers import Done, Refused
from queue_protocol.commands import OpenCounter
from queue_protocol.day_commands import ConfirmClock
from queue_protocol.hellos import DeskHello, Hello, KioskHello
from queue_protocol.ids import DeviceId
from queue_server.core.clock_events import ClockPutBack
from queue_server.live.clock_witnesses import OwnTime, bear_out, put_clock_right
from queue_server.live.connection import Connection
from queue_server.live.sockets import own_time
from tests.core.center import KIOSK, LAN, MANAGER, MORNING
from tests.engine.office import Office, at_work

AHEAD = timedelta(hours=11)


@pytest.mark.parametrize(
    ("minutes_apart", "agreed"), [((), False), ((0,), True), ((1, -1), True), ((0, 30), False), ((None, 0), True)]
)
def test_every_box_that_has_a_clock_agrees(minutes_apart: tuple[int | None, ...], agreed: bool) -> None:
    """One that differs is enough to wait for a manager; what a box read an hour ago has gone on since."""
    told = [
        None if each is None else OwnTime(MORNING - timedelta(hours=1) + timedelta(minutes=each), read_at_s=400.0)
        for each in minutes_apart
    ]
    assert bear_out(told, MORNING, elapsed_s=400.0 + 3600.0) is agreed


@pytest.mark.parametrize(
    ("client", "here"),
    [("192.168.1.7", False), ("192.168.1.2", True), ("127.0.0.1", True), ("::1", True), ("unknown", True)],
)
def test_a_box_on_the_same_pc_bears_nothing_out(client: str, here: bool) -> None:
    """It shares the clock that is in doubt, by whatever address it came."""
    hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), wall=MORNING)
    found = own_time(_socket(client), Connection(hello, KIOSK))
    assert (found is None) is here


@pytest.mark.parametrize(
    "hello", [KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1")), DeskHello(protocol=PROTOCOL, counter=1)]
)
def test_who_says_no_time_bears_nothing_out(hello: Hello) -> None:
    """A box of an earlier version, and the page of a clerk."""
    assert own_time(_socket("192.168.1.7"), Connection(hello, KIOSK)) is None


@dataclass
class Behind:
    """A PC's clock that was put right: eleven hours behind the hall's time."""

    office: Office
    is_reset: bool = False

    def has_lost_its_time(self) -> bool:
        """Say whether its battery is empty."""
        return self.is_reset

    def put_back(self) -> tuple[datetime, datetime]:
        """Go back."""
        before, self.office.now = self.office.now, MORNING
        return before, MORNING

    def go_on_from(self, at: datetime) -> None:
        """Be there again."""
        self.office.now = at


async def test_a_hall_that_is_not_open_goes_back_by_itself() -> None:
    """Once the boxes bear the clock out and no counter is open; with a counter open a manager decides."""
    async with at_work(Office(now=MORNING + AHEAD, clock=Behind)) as office:
        put_clock_right(office.service, is_borne_out=False)
        await office.ask(OpenCounter(counter=1), LAN)
        put_clock_right(office.service, is_borne_out=True)
        await office.take()
        assert not put_backs(office)
    async with at_work(Office(now=MORNING + AHEAD, clock=Behind)) as office:
        put_clock_right(office.service, is_borne_out=True)
        await office.take()
        assert put_backs(office) == [MORNING]
        assert office.journal.entries[-1].at == MORNING


async def test_a_clock_that_was_reset_is_refused_with_what_to_do() -> None:
    """Nobody's word makes a PC with an empty battery right, and pressing the button is not without an answer."""
    for is_reset, answer in ((True, Refused(code="clock_reset")), (False, Done())):
        async with at_work(Office(now=MORNING, clock=partial(Behind, is_reset=is_reset))) as office:
            assert (await office.ask(ConfirmClock(), MANAGER)).result == answer


def put_backs(office: Office) -> list[datetime]:
    """Return the instants to which the hall went back."""
    return [entry.event.to for entry in office.journal.entries if isinstance(entry.event, ClockPutBack)]


def _socket(client: str) -> WebSocket:
    scope = {"type": "websocket", "client": (client, 50_000), "server": ("192.168.1.2", 8080), "headers": []}

    async def nothing(*_: Any) -> Any:
        """Neither bring nor take a message."""

    return WebSocket(scope, nothing, nothing)
