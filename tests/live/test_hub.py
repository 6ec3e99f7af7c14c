"""What the hub does with what became durable, on a service without sockets: one batch, one moment, who speaks."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar, cast

from queue_protocol import PROTOCOL
from queue_protocol.announcements import CallAnnouncement, PrintSlip
from queue_protocol.codec import decode_from_server
from queue_protocol.commands import CallNext, OpenCounter, TransferTicket
from queue_protocol.hellos import DisplayHello, KioskHello
from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import Board, FromServer, Menu
from queue_server.core.decision import Actor
from queue_server.engine.clock import Clock
from queue_server.live.connection import Connection
from queue_server.live.hub import Hub
from queue_server.live.sockets import Sockets
from queue_server.web.access import Access
from queue_server.web.addresses import Door
from tests.core.center import CERTIFICATION, DISPLAY, HOA, KIOSK, LAN, MIDNIGHT
from tests.engine.office import Office, at_work

Said = TypeVar("Said")


class Screens:
    """A hub on the service of an office, and the clients that a test lets in."""

    def __init__(self, office: Office) -> None:
        self.hub = Hub(Clock(None, lambda: office.now, lambda: 0.0), office.service, None)
        office.listeners.append(self.hub.publish)

    def kiosk(self) -> Connection:
        """Let a kiosk in that prints."""
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId(KIOSK.name), key=None, prints=True)
        return self.let_in(Connection(hello, KIOSK))

    def display(self, actor: Actor | None = DISPLAY, name: str | None = None, *, sound: bool = True) -> Connection:
        """Let a display in; without an actor a page that may only look."""
        device = DeviceId(name or (actor.name if actor else "page-1"))
        return self.let_in(Connection(DisplayHello(protocol=PROTOCOL, device=device, sound=sound), actor))

    def let_in(self, connection: Connection) -> Connection:
        """Let a client in."""
        self.hub.join(connection)
        return connection

    def snapshot(self, connection: Connection) -> FromServer | None:
        """Return the snapshot that a client is sent, if there is one, and let it have seen it."""
        frame = self.hub.next_snapshot(connection)
        connection.in_flight = None
        return None if frame is None else decode_from_server(frame)

    def speaker(self, connection: Connection) -> str | None:
        """Return who speaks by the board of a display."""
        connection.mark()
        board = self.snapshot(connection)
        assert isinstance(board, Board)
        return board.speaker


@asynccontextmanager
async def opened(office: Office | None = None) -> AsyncIterator[tuple[Office, Screens]]:
    """Run an office with its screens; the clerk of counter 1 is there."""
    office = office or Office()
    screens = Screens(office)
    async with at_work(office):
        await office.ask(OpenCounter(counter=1), LAN)
        yield office, screens


def heard(connection: Connection, kind: type[Said]) -> list[Said]:
    """Return what a client was sent of this kind."""
    return [said for said in map(decode_from_server, connection.outbox) if isinstance(said, kind)]


def calls(connection: Connection) -> list[tuple[str, int]]:
    """Return the calls that a display was told of."""
    return [(each.number, each.counter) for each in heard(connection, CallAnnouncement)]


def test_what_waited_for_a_commit_over_midnight_hurts_no_screen() -> None:
    """A call and a slip of the day before come with the opening of the next day: the screens go on with that day."""

    async def tell() -> None:
        async with opened(Office(now=MIDNIGHT + timedelta(hours=23, minutes=59, seconds=50))) as (office, screens):
            kiosk, display = screens.kiosk(), screens.display()
            screens.snapshot(kiosk)
            await office.take()
            office.gate.clear()
            asked = [office.submit(office.taking(print_at=KIOSK.name))]
            await office.idle()
            asked.append(office.submit(CallNext(counter=1, after=None), LAN))
            asked.append(office.submit(office.taking(print_at=KIOSK.name)))
            await office.idle()
            office.wait(seconds=15)
            asked.append(office.submit(office.taking(print_at=KIOSK.name)))
            await office.idle()
            office.gate.set()
            await asyncio.wait_for(asyncio.gather(*asked), 5)
            await office.idle()
            assert calls(display) == []
            assert [each.slip.ticket for each in heard(kiosk, PrintSlip)] == ["20261123-A002", "20261124-A001"]
            menu = screens.snapshot(kiosk)
            assert isinstance(menu, Menu)
            assert menu.day.day == 24

    asyncio.run(tell())


def test_a_ticket_called_twice_in_one_batch_is_announced_where_it_is() -> None:
    """Called, sent on and called again while a commit lasted: the first counter is not said, nor the second twice."""

    async def tell() -> None:
        async with opened() as (office, screens):
            await office.ask(OpenCounter(counter=2), HOA)
            display = screens.display()
            ticket = await office.take()
            office.gate.clear()
            asked = [office.submit(office.taking())]
            await office.idle()
            asked.append(office.submit(CallNext(counter=1, after=None), LAN))
            asked.append(office.submit(TransferTicket(ticket=ticket, service=CERTIFICATION, counter=2), LAN))
            asked.append(office.submit(CallNext(counter=2, after=None), HOA))
            await office.idle()
            office.gate.set()
            await asyncio.wait_for(asyncio.gather(*asked), 5)
            await office.idle()
            assert calls(display) == [("A001", 2)]

    asyncio.run(tell())


def test_a_display_that_becomes_the_speaker_is_offered_what_nobody_has_said() -> None:
    """Once, whether the one before it leaves or fails; the others are not bothered, and it is not when it just came."""

    async def tell() -> None:
        async with opened() as (office, screens):
            first, second = screens.display(), screens.display(Actor("display-2", frozenset({"display"})))
            silent = screens.display(Actor("display-3", frozenset({"display"})), sound=False)
            await office.take()
            await office.ask(CallNext(counter=1, after=None), LAN)
            assert calls(second) == [("A001", 1)]
            screens.hub.leave(first)
            assert calls(second) == [("A001", 1)] * 2
            assert screens.speaker(second) == "display-2"
            assert calls(silent) == [("A001", 1)]
            screens.hub.leave(second)
            assert calls(screens.display()) == [("A001", 1)]

    asyncio.run(tell())


def test_a_page_that_may_only_look_never_speaks_and_cuts_nobody() -> None:
    """A phone of the hall that opens the board, under the name of the real loudspeaker too, changes nothing."""

    async def tell() -> None:
        async with opened() as (_, screens):
            cut: list[Connection] = []
            hall = screens.display(Actor("page-hall", frozenset({"display"})))
            hall.cut = lambda: cut.append(hall)
            phone = screens.display(None)
            thief = screens.display(None, "page-hall")
            assert {screens.speaker(each) for each in (hall, phone, thief)} == {"page-hall"}
            screens.hub.leave(hall)
            assert screens.speaker(phone) is None
            assert screens.hub.surroundings().speaker is None
            assert cut == []

    asyncio.run(tell())


def test_a_kiosk_that_comes_to_a_quiet_hall_gets_the_time_of_a_beat() -> None:
    """The menu that all kiosks share is built anew with each beat; those that are here are not sent the same again."""

    async def tell() -> None:
        async with opened() as (office, screens):
            here = screens.kiosk()
            screens.snapshot(here)
            office.wait(minutes=4)
            screens.hub.beat()
            menu = screens.snapshot(screens.kiosk())
            assert isinstance(menu, Menu)
            assert menu.now == office.now
            assert screens.hub.next_snapshot(here) is None

    asyncio.run(tell())


async def test_a_new_offset_is_told_to_who_is_connected() -> None:
    """The same offset again ends no conversation; another one ends each, so that it comes back to a new welcome."""
    async with opened() as (office, screens):
        cut: list[str] = []
        for name, connection in (("kiosk", screens.kiosk()), ("display", screens.display())):
            connection.cut = partial(cut.append, name)
        offsets = iter((7200, 7200, 3600, 3600))
        sockets = Sockets(
            office.service,
            screens.hub,
            cast("Access", None),
            Door(frozenset(), frozenset()),
            lambda: office.now,
            lambda: next(offsets),
        )
        for expected in ([], [], ["display", "kiosk"], ["display", "kiosk"]):
            sockets.keep_offset()
            assert sorted(cut) == expected


async def test_a_box_that_comes_while_keys_are_looked_up_stays() -> None:
    """Only the keys that were looked up are judged: a box that came in meanwhile was not among them."""
    async with opened() as (office, screens):
        removed, newcomer = (
            screens.kiosk(),
            Connection(DisplayHello(protocol=PROTOCOL, device=DeviceId("new")), DISPLAY),
        )
        cut: list[bytes] = []
        for each, proof in ((removed, b"removed"), (newcomer, b"good")):
            each.proof, each.cut = proof, partial(cut.append, proof)

        class Looking:
            async def are_good(self, proofs: Collection[bytes]) -> frozenset[bytes]:
                screens.let_in(newcomer)
                return frozenset(proofs) - {b"removed"}

        door = Door(frozenset(), frozenset())
        access = cast("Access", Looking())
        await Sockets(office.service, screens.hub, access, door, lambda: office.now, lambda: 0).keep_keys()
        assert cut == [b"removed"]
