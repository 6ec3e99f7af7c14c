"""Who is connected, and what each of them is sent: the newest snapshot when it is ready for one, every call and slip.

A connection has one snapshot in flight; while it has not answered `Seen` it only gets marked, so a slow client costs
one mark and not a backlog. Calls and slips are never merged.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from queue_protocol.codec import encode
from queue_protocol.desk_tickets import Note
from queue_protocol.hellos import DeskHello, DisplayHello, Hello, KioskHello, OfficeHello
from queue_protocol.ids import AccountId, DeviceId, HallId, Language, Revision, TicketId
from queue_protocol.snapshots import Beat, Menu, Snapshot
from queue_server.core.alarms import Surroundings
from queue_server.core.announcements import announcement, calls_to_say, slip, slips_to_offer
from queue_server.core.box_events import DeviceReported
from queue_server.core.clock_events import ClockConfirmed
from queue_server.core.events import (
    Entry,
    SlipReprinted,
    TicketCalled,
    TicketCarriedOver,
    TicketIssued,
    TicketRecalled,
    TicketReissued,
)
from queue_server.core.hall import Hall
from queue_server.core.permissions import STAFF
from queue_server.core.staff_views import desk, office
from queue_server.core.views import board, is_in, menu, offered
from queue_server.engine.clock import Clock
from queue_server.engine.service import Service
from queue_server.live.clock_witnesses import OwnTime
from queue_server.live.condition import Condition
from queue_server.live.connection import Connection
from queue_server.live.viewers import Viewers

PRINTED = (TicketIssued, TicketReissued, SlipReprinted, TicketCarriedOver)
"""Events after which a kiosk may have a slip to print."""

MENU_PACE_S = 0.2
"""Between two menus for the same kiosk: more often nobody reads it, and an old kiosk has to draw each. What is new
after a quiet time is shown at once. With every commit, menus of 100 kiosks take a third of the server's time."""

MOST_ROOMS = 50
"""Boards that are kept encoded: a page that only looks may name any hall."""

PAGE_PREFIX = "page-"
"""Pages that stand for a display name themselves with it, so that none can pass for a box."""

SEND_LIMIT_S = 5.0
"""A LAN takes a frame in milliseconds; a client that does not take one for this long is cut."""


class Hub:
    """All connections of the center."""

    def __init__(self, clock: Clock, service: Service, condition: Condition | None) -> None:
        """`condition`: of the server's PC; `None`: nobody looks at it, and no box is missed."""
        self._clock = clock
        self._service = service
        self._condition = condition
        self._notes: Mapping[TicketId, tuple[Note, ...]] = {}
        self._connections: dict[Connection, None] = {}
        self._menus: tuple[Revision, dict[HallId | None, tuple[Menu, bytes]]] | None = None
        self._menus_marked_s = -MENU_PACE_S
        """When kiosks were last told that there is a newer menu, by the loop's clock."""
        self._menus_due: asyncio.TimerHandle | None = None
        """When they are told next; `None`: there is nothing newer to tell."""
        self._boards: dict[HallId | None, tuple[Revision, bytes]] = {}
        """By hall, as long as neither the state, nor who speaks, nor a beat makes it another one."""
        self._viewers = Viewers()
        self._speaking: frozenset[Connection] = frozenset()
        """The displays that speak, each offered what nobody had said when it began to."""
        self.journal_damaged_at: datetime | None = None
        """When the journal's past was found not to be what was written."""
        self._left_at: dict[DeviceId, datetime] = {}
        """When each box that was here since the start has left last."""

    def join(self, connection: Connection) -> None:
        """Take a client in, and give it what it still owes: calls to say, slips to print."""
        if isinstance(connection.hello, DisplayHello) and connection.actor is not None:
            self._cut_twins(connection.hello.device)
        self._connections[connection] = None
        if connection.actor is None:
            connection.pace = self._viewers.wait_in_turn
            connection.mark()
            return
        if isinstance(connection.hello, KioskHello) and connection.hello.prints:
            self._offer_slips(connection, connection.hello)
        if isinstance(connection.hello, DisplayHello):
            connection.sound = connection.hello.sound
            self._offer_calls(connection, connection.hello)
        self._hand_over(offered=connection)
        self._mark_who_sees_boxes()

    def leave(self, connection: Connection) -> None:
        """Let a client go."""
        if connection in self._connections and isinstance(connection.hello, KioskHello | DisplayHello):
            self._left_at[connection.hello.device] = self._clock.now()
        self._connections.pop(connection, None)
        self._viewers.leave(connection)
        if connection.actor is not None:
            self._hand_over()
            self._mark_who_sees_boxes()

    def publish(self, hall: Hall, entries: Sequence[Entry]) -> None:
        """Tell everybody what has become durable."""
        for entry in entries:
            if isinstance(entry.event, TicketCalled | TicketRecalled):
                self._announce(hall, entry.event.ticket, entry.sequence)
            elif isinstance(entry.event, PRINTED):
                self._print(hall, entry.event.ticket)
            elif isinstance(entry.event, ClockConfirmed):
                self._clock.confirm()
            elif isinstance(entry.event, DeviceReported) and entry.event.part == "speaker":
                self._note_speaker(entry.event)
                self._hand_over()
        self._mark(each for each in self._connections if not isinstance(each.hello, KioskHello))
        self._mark_kiosks_in_turn()

    def own_times(self) -> list[OwnTime | None]:
        """Return what the clients that are here read on clocks of their own when they came."""
        return [each.own_time for each in self._connections]

    def cut_stuck(self, now_s: float) -> None:
        """Cut every client that has not taken its frames for `SEND_LIMIT_S`; `now_s` by the loop's clock.

        Looked at once a second for all: a timer around each send costs a tenth of the server's time under load.
        """
        for connection in list(self._connections):
            if connection.sending_since_s is not None and now_s - connection.sending_since_s > SEND_LIMIT_S:
                connection.cut()

    def cut_account(self, account: str) -> None:
        """End every conversation of a person: who may still come in comes back by itself."""
        for connection in list(self._connections):
            actor = connection.actor
            if actor is not None and actor.roles & STAFF and actor.name == account:
                connection.cut()

    def proofs(self) -> frozenset[bytes]:
        """Return by which keys and tokens boxes have been let in."""
        return frozenset(each.proof for each in self._connections if each.proof is not None)

    def cut_proofs(self, bad: Collection[bytes]) -> None:
        """End every conversation of a box that came in by one of these keys or tokens."""
        for connection in list(self._connections):
            if connection.proof is not None and connection.proof in bad:
                connection.cut()

    def cut_device(self, device: str) -> None:
        """End every conversation of a box, and of pages that stand for it."""
        for connection in list(self._connections):
            if connection.proof is not None and connection.actor is not None and connection.actor.name == device:
                connection.cut()

    def cut_all(self) -> None:
        """End every conversation: each client comes back by itself, to a new welcome."""
        for connection in list(self._connections):
            connection.cut()

    def connected_devices(self) -> frozenset[str]:
        """Return the names of the boxes that are here."""
        return frozenset(each.actor.name for each in self._connections if each.proof is not None and each.actor)

    def beat(self) -> None:
        """Give everybody a sign of life, and those a snapshot whose screen time has changed without any event.

        Staff see what is overdue, kiosks what has opened or closed.
        """
        service = self._service
        frame = encode(Beat(now=self._clock.now(), revision=service.revision, end=service.end))
        for connection in self._connections:
            connection.send(frame)
        self._boards.clear()
        self._mark(each for each in self._connections if isinstance(each.hello, DeskHello | OfficeHello))
        self._renew_menus()

    def show_notes(self, notes: Mapping[TicketId, tuple[Note, ...]]) -> None:
        """Let desks show what staff have written on tickets of the day."""
        self._notes = notes
        self._mark(each for each in self._connections if isinstance(each.hello, DeskHello))

    def surroundings(self) -> Surroundings:
        """Return what staff should know besides the hall."""
        displays = [
            each.hello.device for each in self._connections if isinstance(each.hello, DisplayHello) and each.actor
        ]
        around = Surroundings(
            connected=frozenset(
                each.hello.device
                for each in self._connections
                if isinstance(each.hello, KioskHello | DisplayHello) and each.actor is not None
            ),
            printing=tuple(sorted(self._printers())),
            displays=tuple(sorted(set(displays))),
            speaker=self._speaker_name(),
            clock=self._clock.state,
            journal_damaged_at=self.journal_damaged_at,
            notes=self._notes,
        )
        return around if self._condition is None else self._condition.around(around, self._left_at)

    def count(self) -> dict[str, int]:
        """Return how many clients of each kind are connected."""
        kinds = [str(each.hello.__struct_config__.tag).removesuffix("_hello") for each in self._connections]
        return {kind: kinds.count(kind) for kind in ("kiosk", "display", "desk", "office")}

    def next_snapshot(self, connection: Connection) -> bytes | None:
        """Return the snapshot the client is ready for and has not had; `None`: nothing to send."""
        if not connection.marked or connection.in_flight is not None:
            return None
        connection.marked = False
        connection.in_flight = self._service.revision
        if isinstance(connection.hello, KioskHello):
            return self._menu_frame(connection, connection.hello.hall)
        if isinstance(connection.hello, DisplayHello):
            return self._board_frame(connection.hello.hall)
        snapshot = self._view(connection)
        if snapshot is None:
            connection.in_flight = None
        return None if snapshot is None else encode(snapshot)

    def _menu_frame(self, connection: Connection, room: HallId | None) -> bytes | None:
        """Return the menu: the same bytes for every kiosk of a hall, built per revision and with each beat."""
        revision = self._service.revision
        if self._menus is None or self._menus[0] != revision:
            self._menus = (revision, {})
        if room not in self._menus[1]:
            snapshot = menu(self._service.hall, revision, self._clock.now(), room)
            if snapshot is None:
                connection.in_flight = None
                return None
            self._menus[1][room] = (snapshot, encode(snapshot))
        return self._menus[1][room][1]

    def _board_frame(self, room: HallId | None) -> bytes:
        """Return the board: the same bytes for every display of a hall."""
        revision = self._service.revision
        kept = self._boards.get(room)
        if kept is None or kept[0] != revision:
            if len(self._boards) >= MOST_ROOMS:
                self._boards.clear()
            shown = board(self._service.hall, revision, self._clock.now(), self._speaker_name(room), room)
            kept = self._boards[room] = (revision, encode(shown))
        return kept[1]

    def _renew_menus(self) -> None:
        """Build the menus anew, so that none is old that a kiosk gets.

        Kiosks that are here are told when time alone has opened or closed something, or brought a break nearer.
        """
        revision, now = self._service.revision, self._clock.now()
        before = {} if self._menus is None else self._menus[1]
        menus = {room: menu(self._service.hall, revision, now, room) for room in before}
        if any(offered(menus[room]) != offered(shown) for room, (shown, _) in before.items()):
            self._mark_kiosks_in_turn()
        self._menus = (revision, {room: (each, encode(each)) for room, each in menus.items() if each is not None})

    def _view(self, connection: Connection) -> Snapshot | None:
        service, now = self._service, self._clock.now()
        hall, revision = service.hall, service.revision
        match connection.hello:
            case DeskHello(counter=counter) if connection.actor is not None:
                account = AccountId(connection.actor.name)
                return desk(hall, revision, now, account, counter, self.surroundings())
            case OfficeHello():
                return office(hall, revision, now, self.surroundings())
            case _:
                return None

    def _announce(self, hall: Hall, called: TicketId, sequence: int) -> None:
        """Let displays say a call, unless a later one of the same batch has taken its place or midnight its ticket."""
        service, ticket = self._service, hall.tickets.get(called)
        if ticket is None or ticket.last_call != sequence:
            return
        said = announcement(ticket, service.catalogue, service.epoch, self._languages(called))
        if said is not None:
            self._send_to(
                encode(said), lambda hello: isinstance(hello, DisplayHello) and is_in(hall, said.counter, hello.hall)
            )

    def _print(self, hall: Hall, wanted: TicketId) -> None:
        """Let the kiosk of a slip print it, unless midnight has taken its ticket."""
        ticket = hall.tickets.get(wanted)
        kiosk = None if ticket is None else ticket.print_at
        printer = None if kiosk is None else self._printers().get(kiosk)
        if printer is not None:
            printer.send(self._slip_frame(hall, wanted))

    def _offer_slips(self, connection: Connection, hello: KioskHello) -> None:
        hall = self._service.hall
        for ticket in slips_to_offer(hall, self._clock.now(), hello.device, hello.started_slips):
            connection.send(self._slip_frame(hall, ticket))

    def _offer_calls(self, connection: Connection, hello: DisplayHello) -> None:
        service = self._service
        for ticket in calls_to_say(service.hall, self._clock.now(), service.epoch, hello.last_spoken):
            said = announcement(service.hall.tickets[ticket], service.catalogue, service.epoch, self._languages(ticket))
            if said is not None and is_in(service.hall, said.counter, hello.hall):
                connection.send(encode(said))

    def _slip_frame(self, hall: Hall, ticket: TicketId) -> bytes:
        language = self._languages(ticket)[-1]
        return encode(slip(hall.tickets[ticket], hall, language))

    def _languages(self, ticket: TicketId) -> tuple[Language, ...]:
        """Return what a call is said in: Vietnamese, and once more in the language of the visit."""
        own = self._service.languages.get(ticket, "vi")
        return ("vi",) if own == "vi" else ("vi", own)

    def _printers(self) -> dict[DeviceId, Connection]:
        """Return the connection that prints for each kiosk: the newest, as an older one is a dead link."""
        return {
            each.hello.device: each
            for each in self._connections
            if isinstance(each.hello, KioskHello) and each.hello.prints
        }

    def _speaker(self, room: HallId | None = None) -> Connection | None:
        """Return the one display that speaks in a hall (`None`: in the center): a box before a page.

        Of several able ones it is who came first. A display that names no hall speaks where no other does. A page that
        may only look never speaks: it can tell nobody that a call was heard, or that it was not.
        """
        able = [each for each in self._displays() if each.sound and each.actor is not None]
        here = [each for each in able if room is None or _hall_of(each) in {room, None}]
        return min(here, key=lambda each: (_is_page(each), _hall_of(each) != room), default=None)

    def _speaker_name(self, room: HallId | None = None) -> DeviceId | None:
        speaker = self._speaker(room)
        return speaker.hello.device if speaker is not None and isinstance(speaker.hello, DisplayHello) else None

    def _hand_over(self, offered: Connection | None = None) -> None:
        """Offer a display that speaks from here on what nobody has said; `offered` was offered it just now."""
        self._boards.clear()
        before = self._speaking
        self._speaking = frozenset(each for each in self._displays() if self._speaker(_hall_of(each)) is each)
        for connection in self._speaking - before - {offered}:
            if isinstance(connection.hello, DisplayHello):
                self._offer_calls(connection, connection.hello)

    def _displays(self) -> list[Connection]:
        return [each for each in self._connections if isinstance(each.hello, DisplayHello)]

    def _note_speaker(self, event: DeviceReported) -> None:
        for connection in self._displays():
            if connection.actor is not None and connection.actor.name == event.device:
                connection.sound = event.state == "ready"

    def _send_to(self, frame: bytes, wanted: Callable[[Hello], bool]) -> None:
        for connection in self._connections:
            if wanted(connection.hello):
                connection.send(frame)

    def _cut_twins(self, device: DeviceId) -> None:
        """End an older conversation under the name of a known display: a dead link, or one that would speak as well."""
        for connection in list(self._connections):
            if isinstance(connection.hello, DisplayHello) and connection.hello.device == device:
                connection.cut()

    def _mark_who_sees_boxes(self) -> None:
        """Who comes and goes shows on every screen but the kiosks': staff see boxes, displays see who speaks."""
        self._mark(each for each in self._connections if not isinstance(each.hello, KioskHello))

    def _mark_kiosks_in_turn(self) -> None:
        """Mark all kiosks, at once or when `MENU_PACE_S` have passed since the last time."""
        loop = asyncio.get_running_loop()
        if self._menus_due is None:
            self._menus_due = loop.call_at(self._menus_marked_s + MENU_PACE_S, self._mark_kiosks)

    def _mark_kiosks(self) -> None:
        self._menus_due = None
        self._menus_marked_s = asyncio.get_running_loop().time()
        self._mark(each for each in self._connections if isinstance(each.hello, KioskHello))

    @staticmethod
    def _mark(connections: Iterable[Connection]) -> None:
        for connection in connections:
            connection.mark()


def _hall_of(display: Connection) -> HallId | None:
    return display.hello.hall if isinstance(display.hello, DisplayHello) else None


def _is_page(display: Connection) -> bool:
    return isinstance(display.hello, DisplayHello) and display.hello.device.startswith(PAGE_PREFIX)
