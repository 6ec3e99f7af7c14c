"""Boxes that never give up: real sockets, the product's own session, and every answer kept for the judge."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import websockets.asyncio.client as websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, NextCalled, Refused, Result, TicketTaken
from queue_protocol.codec import encode
from queue_protocol.commands import (
    CallNext,
    CancelTicket,
    Command,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    Request,
    ResumeTicket,
    ReturnTicket,
    StartService,
    TakeTicket,
    TransferTicket,
)
from queue_protocol.hellos import DeskHello, Hello, KioskHello
from queue_protocol.ids import CommandId, DeviceId, ServiceId, TicketId, token_of
from queue_protocol.session import Session
from queue_protocol.snapshots import Desk

CHANCE = random.Random()  # noqa: S311 - makes weather, guards nothing

SERVICES = ("certification", "civil_status", "land", "social_protection")

PATIENCE_S = 60.0
"""Of a box towards a server that says `busy` or `storage`: the storm lasts shorter."""


@dataclass
class Said:
    """A command, and what it was answered."""

    actor: str
    command_id: CommandId
    command: Command
    result: Result


@dataclass
class Box:
    """One client of the server on a port; asks until it is answered, through every crash."""

    actor: str
    port: int
    hello: Callable[[], Hello]
    headers: Mapping[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    desk: Desk | None = None

    def __post_init__(self) -> None:
        """Begin with nothing asked."""
        self._session = Session(self.hello)
        self._waiting: dict[CommandId, asyncio.Future[Result]] = {}
        self._wake = asyncio.Event()

    async def ask(self, command: Command, command_id: CommandId | None = None) -> Result:
        """Ask, wait for the answer however often the server dies, and keep it."""
        command_id = command_id or CommandId(secrets.token_urlsafe(12))
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = future
        self._session.ask(command_id, command, asyncio.get_running_loop().time(), PATIENCE_S)
        self._wake.set()
        result = await future
        self.said.append(Said(self.actor, command_id, command, result))
        return result

    async def ask_once_more(self) -> None:
        """Send a command that was answered before under its old id; the judge compares the two answers.

        The age starts anew, as a box that restarts knows it no better.
        """
        if self.said:
            before = CHANCE.choice(self.said[-20:])
            await self.ask(before.command, before.command_id)

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        while True:
            with contextlib.suppress(OSError, TimeoutError, InvalidHandshake, ConnectionClosed, EOFError):
                await self._converse()
            self._session.disconnected()
            await asyncio.sleep(CHANCE.uniform(0.02, 0.1))

    async def _converse(self) -> None:
        address = f"ws://127.0.0.1:{self.port}/socket"
        async with websocket.connect(
            address, additional_headers=self.headers, compression=None, proxy=None, open_timeout=3, close_timeout=0.2
        ) as connection:
            self._session.connected(asyncio.get_running_loop().time())
            sender = asyncio.create_task(self._send(connection))
            try:
                async for frame in connection:
                    self._receive(frame)
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    def _receive(self, frame: str | bytes) -> None:
        message = self._session.receive(frame, asyncio.get_running_loop().time())
        self._wake.set()
        if isinstance(message, Desk):
            self.desk = message
        elif isinstance(message, Answer) and message.command_id is not None:
            future = self._waiting.pop(message.command_id, None)
            if future is not None and not future.done():
                future.set_result(message.result)

    async def _send(self, connection: websocket.ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            for frame in self._session.frames_to_send(loop.time()):
                await connection.send(frame, text=True)
            due_s = self._session.next_send_s()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if due_s is None else max(0.01, due_s - loop.time())):
                    await self._wake.wait()


def kiosk(port: int, device: str, key: str) -> Box:
    """Return a kiosk whose slips nobody prints."""
    return Box(
        f"device:{device}",
        port,
        lambda: KioskHello(protocol=PROTOCOL, device=DeviceId(device), key=key, prints=False),
    )


def desk(port: int, account: str, counter: int, cookie: str) -> Box:
    """Return the page of a clerk at a counter."""
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    return Box(f"account:{account}", port, lambda: DeskHello(protocol=PROTOCOL, counter=counter), headers)


async def people_come(box: Box, acts: int) -> None:
    """Take tickets at a kiosk; now and then one is cancelled, and now and then the kiosk asks the same once more."""
    for _ in range(acts):
        service = ServiceId(CHANCE.choice(SERVICES))
        taken = await box.ask(TakeTicket(service=service, token=token_of(secrets.token_bytes(16))))
        chance = CHANCE.random()
        if isinstance(taken, TicketTaken) and chance < 0.1:
            await box.ask(CancelTicket(ticket=taken.ticket))
        elif chance < 0.25:
            await box.ask_once_more()


async def clerk_works(box: Box, counter: int, acts: int) -> None:
    """Open a counter and call, start, finish, miss, hold, transfer, as the page shows what there is."""
    await box.ask(OpenCounter(counter=counter))
    current: TicketId | None = None
    for _ in range(acts):
        if current is not None and CHANCE.random() < 0.6:
            await box.ask(_with_current(current))
        result = await box.ask(CallNext(counter=counter, after=current, long_service="true"))
        if isinstance(result, NextCalled):
            current = result.ticket
        elif isinstance(result, Refused):
            await asyncio.sleep(0.02)
            current = _current_of(box, current)
        if CHANCE.random() < 0.15:
            await box.ask_once_more()
        await _bring_back(box)


def _with_current(ticket: TicketId) -> Command:
    choices: list[Command] = [
        StartService(ticket=ticket),
        StartService(ticket=ticket),
        FinishService(ticket=ticket),
        MarkNoShow(ticket=ticket),
        HoldTicket(ticket=ticket, reason="stepped_out"),
        TransferTicket(ticket=ticket, service=ServiceId(CHANCE.choice(SERVICES))),
    ]
    return CHANCE.choice(choices)


def _current_of(box: Box, believed: TicketId | None) -> TicketId | None:
    """Return the ticket at the counter as the page shows it."""
    if box.desk is None:
        return believed
    return None if box.desk.current is None else box.desk.current.ticket


async def _bring_back(box: Box) -> None:
    away = [] if box.desk is None else [each for each in box.desk.away if each.may_return]
    if away and CHANCE.random() < 0.3:
        row = CHANCE.choice(away)
        back = ReturnTicket(ticket=row.ticket) if row.reason is None else ResumeTicket(ticket=row.ticket)
        await box.ask(back)


def frame_of(command: Command) -> bytes:
    """Return a request as it goes over the wire."""
    return encode(Request(command_id=CommandId(secrets.token_urlsafe(12)), age_ms=0, command=command))
