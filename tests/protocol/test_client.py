"""The client against a server on a real socket that hangs up, falls silent and comes back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from queue_protocol import session
from queue_protocol.answers import Answer, Done, Refused
from queue_protocol.client import Client, socket_url
from queue_protocol.codec import encode
from queue_protocol.commands import OpenCounter, Request
from queue_protocol.hellos import KioskHello
from queue_protocol.session import Link
from queue_protocol.snapshots import FromServer
from tests.protocol.pair import HELLO, WELCOME, ServerEnd, menu
from tests.watching import PATIENCE_S

OPEN = OpenCounter(counter=1)


@dataclass
class Hall:
    """A server for one client, with a switch for each way of being of no use."""

    end: ServerEnd = field(default_factory=ServerEnd)
    connections: list[ServerConnection] = field(default_factory=list)
    hangs_up_on_requests: int = 0
    """How many requests are heard and answered by a cut only."""
    is_silent: bool = False
    turns_away: bool = False
    talks_nonsense: bool = False

    async def converse(self, connection: ServerConnection) -> None:
        """Hold one conversation."""
        self.connections.append(connection)
        with contextlib.suppress(ConnectionClosed):
            async for frame in connection:
                await self._take(connection, frame.encode() if isinstance(frame, str) else frame)

    async def _take(self, connection: ServerConnection, frame: bytes) -> None:
        said = self.end.take(frame)
        heard = self.end.heard[-1]
        if self.talks_nonsense:
            await connection.send("<html>")
        elif self.turns_away and isinstance(heard, KioskHello):
            await connection.send(encode(Answer(command_id=None, result=Refused(code="unknown_key"))), text=True)
            await connection.close(4401)
        elif isinstance(heard, Request) and self.hangs_up_on_requests > 0:
            self.hangs_up_on_requests -= 1
            connection.transport.abort()
        elif not self.is_silent:
            for message in said:
                await connection.send(encode(message), text=True)


@dataclass
class Box:
    """What a client has told its box."""

    messages: list[FromServer] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    async def until(self, link: Link) -> None:
        """Wait for this state of the link."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.links or self.links[-1] != link:
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def connected(hall: Hall) -> AsyncIterator[tuple[Client, Box]]:
    """Run the hall and a client of it."""
    async with serve(hall.converse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        box = Box()
        client = Client(f"http://127.0.0.1:{port}", lambda: HELLO, box.messages.append, box.links.append)
        running = asyncio.create_task(client.run())
        try:
            yield client, box
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("http://192.168.1.10:8080", "ws://192.168.1.10:8080/socket"),
        ("https://queue.example", "wss://queue.example/socket"),
        ("hall-pc:8080", "ws://hall-pc:8080/socket"),
        ("http://[::1]:8080/anything?else", "ws://[::1]:8080/socket"),
    ],
)
def test_the_address_of_a_server_is_where_its_socket_is(server: str, url: str) -> None:
    """A server is named as people name it; the socket stands at one place of it."""
    assert socket_url(server) == url


@pytest.mark.parametrize(
    "server", ["", "http://", ":8080", "host:80800", "host:abc", "http://host:-1", "host:0", "http://[::1", "[fe80]:x"]
)
def test_an_address_without_a_host_or_with_no_possible_port_is_refused(server: str) -> None:
    """The error says how an address is written."""
    with pytest.raises(ValueError, match="write it as"):
        socket_url(server)


async def test_a_question_gets_its_answer() -> None:
    """The future has the result, and the box hears of the welcome, the snapshot and the answer."""
    async with connected(Hall()) as (client, box):
        assert await asyncio.wait_for(client.ask(OPEN), 5) == Done()
        assert box.messages[:2] == [WELCOME, menu(1)]
        assert box.links == ["live"]


async def test_an_answer_survives_a_cut() -> None:
    """The server hears the request twice under one id, across two connections, and the future gets one result."""
    hall = Hall(hangs_up_on_requests=2)
    async with connected(hall) as (client, box):
        assert await asyncio.wait_for(client.ask(OPEN), 10) == Done()
        assert len({request.command_id for request in hall.end.requests()}) == 1
        assert len(hall.connections) == 3
        assert box.links == ["live", "connecting", "live", "connecting", "live"]


async def test_a_refusal_is_a_result() -> None:
    """The server's no is a value in the future, not an exception."""
    hall = Hall(end=ServerEnd(refusals=[Refused(code="nobody_waiting", facts={"counter": 1})]))
    async with connected(hall) as (client, _):
        assert await asyncio.wait_for(client.ask(OPEN), 5) == Refused(code="nobody_waiting", facts={"counter": 1})


async def test_a_storage_refusal_is_asked_again_without_a_cut() -> None:
    """The client wakes by itself when a question is due again."""
    hall = Hall(end=ServerEnd(refusals=[Refused(code="storage")]))
    async with connected(hall) as (client, _):
        assert await asyncio.wait_for(client.ask(OPEN), 5) == Done()
        assert (len(hall.connections), len(hall.end.requests())) == (1, 2)


async def test_a_silent_server_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on which nothing is said is given up, and a new one is tried."""
    monkeypatch.setattr(session, "SILENCE_LIMIT_S", 0.2)
    hall = Hall(is_silent=True)
    async with connected(hall) as (client, box):
        answer = client.ask(OPEN)
        while len(hall.connections) < 2:
            await asyncio.sleep(0.01)
        hall.is_silent = False
        assert await asyncio.wait_for(answer, 5) == Done()
        assert box.links == ["live"]


async def test_a_box_that_is_not_wanted_knows_it() -> None:
    """The link says refused, and the client goes on trying, as a person may set the key right."""
    hall = Hall(turns_away=True)
    async with connected(hall) as (_, box):
        await box.until("refused")
        hall.turns_away = False
        await box.until("live")


async def test_nonsense_ends_the_connection_and_not_the_client(caplog: pytest.LogCaptureFixture) -> None:
    """After a frame that is no message the client connects anew, and the log says which server it was."""
    hall = Hall(talks_nonsense=True)
    async with connected(hall) as (client, _):
        while not hall.connections:
            await asyncio.sleep(0.01)
        await hall.connections[0].wait_closed()
        hall.talks_nonsense = False
        assert await asyncio.wait_for(client.ask(OPEN), 5) == Done()
    assert "not of this protocol" in caplog.text


async def test_a_server_that_comes_later_is_found() -> None:
    """The order of start does not matter: a box that was first connects when the server is there."""
    async with serve(Hall().converse, "127.0.0.1", 0) as first:
        port = first.sockets[0].getsockname()[1]
    box = Box()
    client = Client(f"127.0.0.1:{port}", lambda: HELLO, box.messages.append, box.links.append)
    running = asyncio.create_task(client.run())
    answer = client.ask(OPEN)
    await asyncio.sleep(0.3)
    async with serve(Hall().converse, "127.0.0.1", port):
        assert await asyncio.wait_for(answer, 5) == Done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
