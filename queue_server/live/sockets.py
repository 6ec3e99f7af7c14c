"""The socket: one reader and one writer per client. The reader never waits for a commit."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, RefusalCode, Refused
from queue_protocol.codec import MalformedFrame, WrongProtocol, decode_from_client, encode
from queue_protocol.commands import Request
from queue_protocol.hellos import DeskHello, DisplayHello, FromClient, Hello, KioskHello, OfficeHello, Seen
from queue_protocol.ids import CommandId
from queue_protocol.snapshots import Welcome
from queue_server.core.decision import Actor
from queue_server.core.handed_in import unknown_slips
from queue_server.core.permissions import MarkKiosk
from queue_server.core.series import mark_of
from queue_server.engine.clock import read_elapsed_s
from queue_server.engine.service import Service
from queue_server.live.clock_witnesses import OwnTime
from queue_server.live.connection import Connection
from queue_server.live.hub import PAGE_PREFIX, SEND_LIMIT_S, Hub
from queue_server.storage.accounts import DeviceRole, StorageError
from queue_server.web.access import DEVICE_COOKIE, SESSION_COOKIE, Access, hash_secret
from queue_server.web.addresses import Door
from queue_server.web.engines import ADMITTED
from queue_server.web.metrics import count_refusal
from queue_server.web.request_rate import RequestRate

log = logging.getLogger(__name__)

TAKING_BOXES: frozenset[DeviceRole] = frozenset({"kiosk", "web"})
SHOWING_BOXES: frozenset[DeviceRole] = frozenset({"display"})

MOST_LOGGED = 100
"""Letters of what a stranger sends that stand in the log."""

HELLO_WAIT_S = 5.0
"""A client that connects and says nothing holds a socket for no longer than this."""

IN_FLIGHT_LIMIT = 16
"""Requests of one client at once; more are refused as `busy`, and its session asks again."""

SESSION_LOOK_S = 60.0
"""Between two looks at whether the person at an open page is still signed in."""

CLOSE_CODES: dict[RefusalCode, int] = {
    "malformed": 4400,
    "unknown_key": 4401,
    "not_allowed": 4403,
    "wrong_protocol": 4426,
}


@dataclass(slots=True)
class Sockets:
    """Everything a conversation needs; one instance serves all of them."""

    service: Service
    hub: Hub
    access: Access
    door: Door
    now: Callable[[], datetime]
    utc_offset_s: Callable[[], int]
    rate: RequestRate = field(default_factory=RequestRate)
    """Shared with the pages."""
    told_offset_s: int | None = None
    """What clients were told up to the last look; `None`: nobody has looked yet."""

    def routes(self) -> list[BaseRoute]:
        """Return where conversations begin."""
        return [WebSocketRoute("/socket", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one conversation from the handshake to its end.

        As a bare ASGI application, since Starlette's wrapping of each frame costs as much as sending it.
        """
        websocket = WebSocket(scope, receive, send)
        await self.rate.wait_in_turn(websocket.client.host if websocket.client else None)
        if not self.door.admits(websocket.headers.get("host"), websocket.headers.get("origin")):
            log.warning("socket refused: bad_origin %s", (websocket.headers.get("origin") or "none")[:MOST_LOGGED])
            count_refusal("bad_origin")
            await websocket.close()
            return
        await websocket.accept()
        try:
            await self._admitted(websocket, send)
        except (WebSocketDisconnect, TimeoutError, RuntimeError) as error:
            log.debug("conversation ended: %r", error)

    async def keep_keys(self) -> None:
        """End conversations of boxes whose key was removed or replaced. Raises `StorageError`.

        Only what was looked up is judged: a box that comes in meanwhile came in by a good key.
        """
        asked = self.hub.proofs()
        self.hub.cut_proofs(asked - await self.access.are_good(asked))

    def keep_offset(self) -> None:
        """End every conversation once the center's offset from UTC is another one: each comes back and is told it.

        `Welcome` carries the offset, and comes once. It changes with summer time, with the rules of a zone, and with a
        catalogue of another zone.
        """
        offset_s = self.utc_offset_s()
        if self.told_offset_s not in {None, offset_s}:
            self.hub.cut_all()
        self.told_offset_s = offset_s

    async def _admitted(self, websocket: WebSocket, send: Send) -> None:
        try:
            async with asyncio.timeout(HELLO_WAIT_S):
                hello = _hello(await _receive(websocket))
            connection = await self._recognise(websocket, hello)
        except MalformedFrame as error:
            await _turn_away(websocket, "malformed", str(error))
        except WrongProtocol as error:
            await _turn_away(websocket, "wrong_protocol", str(error))
        else:
            if isinstance(connection, Connection):
                connection.own_time = own_time(websocket, connection)
                await self._serve(websocket, send, connection)
            else:
                await _turn_away(websocket, connection, f"hello of {type(hello).__name__}")

    async def _recognise(self, websocket: WebSocket, hello: Hello) -> "Connection | RefusalCode":
        if isinstance(hello, DeskHello | OfficeHello):
            account = await self.access.who(websocket.cookies.get(SESSION_COOKIE))
            if account is None or (isinstance(hello, OfficeHello) and "manager" not in account.roles):
                return "not_allowed"
            return Connection(hello, Actor(account.name, frozenset(account.roles)))
        able = TAKING_BOXES if isinstance(hello, KioskHello) else SHOWING_BOXES
        if hello.key is not None:
            known = await self.access.device_role(hello.device, hello.key)
            return _box(hello, known, hello.key) if known is not None and known in able else "unknown_key"
        token = websocket.cookies.get(DEVICE_COOKIE)
        device = await self.access.device_of(token)
        if isinstance(hello, DisplayHello):
            if not hello.device.startswith(PAGE_PREFIX):
                return "unknown_key"
            is_known = token is not None and device is not None and device[1] == "display"
            return _box(hello, "display", token) if token and is_known else Connection(hello, None)
        return _box(hello, "kiosk", token) if token and device == (hello.device, "kiosk") else "unknown_key"

    async def _serve(self, websocket: WebSocket, send: Send, connection: Connection) -> None:
        if connection.actor is not None:
            websocket.scope["extensions"][ADMITTED]()
        if connection.actor is not None and connection.hello.heard is not None:
            await self.service.hear_of(connection.hello.heard, connection.actor)
        connection.send(encode(self._welcome(connection)))
        self.hub.join(connection)
        self._mark(connection)
        writer = asyncio.create_task(self._write(send, connection))
        connection.cut = writer.cancel
        tasks = {writer, asyncio.create_task(self._read(websocket, connection))}
        if isinstance(connection.hello, DeskHello | OfficeHello):
            tasks.add(asyncio.create_task(self._watch_session(websocket.cookies.get(SESSION_COOKIE))))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.leave(connection)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _mark(self, connection: Connection) -> None:
        """Give a kiosk that may print a mark, so that it can go on alone; the catalogue need not name it."""
        hello, actor = connection.hello, connection.actor
        if not isinstance(hello, KioskHello) or not hello.prints or actor is None or "kiosk" not in actor.roles:
            return
        if mark_of(self.service.hall, hello.device) is None:
            self.service.submit(actor, CommandId(secrets.token_urlsafe(15)), MarkKiosk())

    def _welcome(self, connection: Connection) -> Welcome:
        catalogue, hello = self.service.catalogue, connection.hello
        started = hello.started_slips if isinstance(hello, KioskHello) else ()
        return Welcome(
            protocol=PROTOCOL,
            center=catalogue.center,
            languages=catalogue.languages,
            utc_offset_s=self.utc_offset_s(),
            now=self.now(),
            device=hello.device if isinstance(hello, KioskHello | DisplayHello) else None,
            unknown_slips=unknown_slips(self.service.hall, started),
        )

    async def _read(self, websocket: WebSocket, connection: Connection) -> None:
        pending: set[asyncio.Future[Answer]] = set()
        while True:
            try:
                message = decode_from_client(await _receive(websocket))
            except MalformedFrame as error:
                if error.command_id is None:
                    await _turn_away(websocket, "malformed", str(error))
                    return
                _refuse(connection, error.command_id, "malformed")
                await asyncio.sleep(0)  # nor who asks nonsense
            except WrongProtocol as error:
                await _turn_away(websocket, "wrong_protocol", str(error))
                return
            else:
                self._take(connection, message, pending)
            if len(pending) >= IN_FLIGHT_LIMIT:
                await asyncio.sleep(0)  # who asks faster than it is answered must not keep the writer from its turn

    def _take(self, connection: Connection, message: FromClient, pending: "set[asyncio.Future[Answer]]") -> None:
        if isinstance(message, Seen):
            connection.seen(message.revision)
        elif isinstance(message, Request):
            if connection.actor is None:
                _refuse(connection, message.command_id, "not_allowed")
            elif len(pending) >= IN_FLIGHT_LIMIT:
                _refuse(connection, message.command_id, "busy")
            else:
                future = self.service.submit(connection.actor, message.command_id, message.command, message.age_ms)
                pending.add(future)
                future.add_done_callback(lambda done: _deliver(connection, done, pending))

    async def _watch_session(self, token: str | None) -> None:
        """Return when the person is signed in no more: the hours are over, or another process renewed the password."""
        while True:
            await asyncio.sleep(SESSION_LOOK_S)
            with contextlib.suppress(StorageError):  # whether the person may stay is not known then
                if await self.access.who(token) is None:
                    return

    async def _write(self, send: Send, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        while not connection.overrun:
            await connection.wake.wait()
            connection.wake.clear()
            frames, connection.outbox = connection.outbox, []
            snapshot = self.hub.next_snapshot(connection)
            connection.sending_since_s = loop.time()
            for frame in frames if snapshot is None else [*frames, snapshot]:
                await send({"type": "websocket.send", "text": frame.decode()})
            connection.sending_since_s = None


def _refuse(connection: Connection, command_id: CommandId, code: RefusalCode) -> None:
    count_refusal(code)
    connection.send(encode(Answer(command_id=command_id, result=Refused(code=code))))


def _deliver(connection: Connection, done: "asyncio.Future[Answer]", pending: "set[asyncio.Future[Answer]]") -> None:
    pending.discard(done)
    if not done.cancelled():
        answer = done.result()
        if isinstance(answer.result, Refused):
            count_refusal(answer.result.code)
        connection.send(encode(answer))
        if isinstance(connection.hello, DeskHello):
            connection.mark()  # also after what changed nothing: the page waits for the screen behind the answer


def _box(hello: KioskHello | DisplayHello, role: DeviceRole, secret: str) -> Connection:
    """Let a box in by its key, or by the token of a page that stands for it."""
    return Connection(hello, Actor(hello.device, frozenset({role})), proof=hash_secret(secret))


def own_time(websocket: WebSocket, connection: Connection) -> OwnTime | None:
    """Return what a box reads on its own clock; one on this PC, or behind a program on it, shares this PC's."""
    hello, client = connection.hello, websocket.client
    if not isinstance(hello, KioskHello | DisplayHello) or hello.wall is None or connection.actor is None:
        return None
    own = websocket.scope.get("server") or ("",)
    try:
        is_elsewhere = client is not None and client.host != own[0] and not ip_address(client.host).is_loopback
    except ValueError:  # what a proxy says need not be an address
        return None
    return OwnTime(hello.wall, read_elapsed_s()) if is_elsewhere else None


def _hello(frame: str | bytes) -> Hello:
    message = decode_from_client(frame)
    if isinstance(message, Request | Seen):
        raise MalformedFrame("the first frame is no hello")
    return message


async def _receive(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | None = message.get("text")
    if text is not None:
        return text
    data: bytes = message.get("bytes") or b""
    return data


async def _turn_away(websocket: WebSocket, code: RefusalCode, why: str) -> None:
    """Say why, close with a code of our own, and leave a line in the log."""
    log.warning("client %s refused: %s (%s)", websocket.client, code, why)
    count_refusal(code)
    if websocket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            async with asyncio.timeout(SEND_LIMIT_S):
                await websocket.send_text(encode(Answer(command_id=None, result=Refused(code=code))).decode())
                await websocket.close(CLOSE_CODES.get(code, 4400))
