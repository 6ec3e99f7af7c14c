"""Strangers as a process of its own: `python -m tests.strangers KIND PORT`, until its standard input ends.

Each is somebody without any key on the network of the hall, who guesses passwords, breaks off what it sends, says
nothing, or looks at the board in very many windows. It says `ready` when it has begun.
"""

import asyncio
import base64
import os
import resource
import struct
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping

from queue_protocol import PROTOCOL
from queue_protocol.codec import encode
from queue_protocol.hellos import DisplayHello, Seen
from queue_protocol.ids import DeviceId, Revision

GUESSERS, BREAKERS, SILENT, VIEWERS = 12, 8, 1_000, 800
PAUSE_S = 0.02
"""Between two requests of one guesser or breaker: some hundreds a second in all, and the machine of a test keeps a
processor for the others."""

PER_ADDRESS = 100
"""Viewers from one address of the loopback network: as many phones as there are."""


async def guess(port: int, _number: int) -> None:
    """Try passwords of the manager, for ever."""
    body = b"account=quanly&password=wrong&next=/desk"
    while True:
        await ask(port, b"POST /sign-in", body, len(body))
        await asyncio.sleep(PAUSE_S)


async def break_off(port: int, number: int) -> None:
    """Begin forms and never end them, and come from a foreign page with a long name, for ever."""
    while True:
        if number % 2:
            await ask(port, b"POST /sign-in", b"account=", 4_000, wait=False)
        else:
            await ask(port, b"GET /desk", b"", 0, origin=b"http://" + b"x" * 7_000)
        await asyncio.sleep(PAUSE_S)


async def be_silent(port: int, _number: int) -> None:
    """Open a connection and say nothing; open another one when it is closed."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.66", 0))
        try:
            await reader.read()
        except OSError:
            pass
        finally:
            writer.close()
        await asyncio.sleep(1)


async def look(port: int, number: int) -> None:
    """Show the board in a window without any key, and say of each that it was seen."""
    source = f"127.0.2.{1 + number // PER_ADDRESS}"
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        try:
            await shake_hands(port, reader, writer)
            hello = DisplayHello(protocol=PROTOCOL, device=DeviceId(f"page-{number}"))
            writer.write(frame(encode(hello)))
            while (said := await receive(reader)) is not None:
                if b'"type":"board"' in said:
                    writer.write(frame(encode(Seen(revision=revision_in(said)))))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
        await asyncio.sleep(1)


KINDS: Mapping[str, tuple[Callable[[int, int], Coroutine[None, None, None]], int]] = {
    "guesses": (guess, GUESSERS),
    "log": (break_off, BREAKERS),
    "silent": (be_silent, SILENT),
    "pages": (look, VIEWERS),
}
"""What each stranger does, and how many times at once."""


async def ask(
    port: int, line: bytes, body: bytes, length: int, *, origin: bytes | None = None, wait: bool = True
) -> None:
    """Send a request and read its answer, or break off where it stands."""
    host = f"127.0.0.1:{port}".encode()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.66", 0))
        writer.write(
            line + b" HTTP/1.1\r\nHost: " + host + b"\r\nOrigin: " + (origin or b"http://" + host) + b"\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
            b"Content-Length: " + str(length).encode() + b"\r\n\r\n" + body
        )
        if wait:
            await reader.read()
        else:
            await writer.drain()
        writer.close()
    except OSError:
        return


async def shake_hands(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Open a socket."""
    key = base64.b64encode(os.urandom(16))
    writer.write(
        f"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".encode()
        + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + key
        + b"\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")


async def receive(reader: asyncio.StreamReader) -> bytes | None:
    """Return the next text; pings go unanswered until the server cuts, and `None` is a close."""
    kind, length = await reader.readexactly(2)
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    said = await reader.readexactly(length)
    return None if kind & 0x0F == 0x08 else said


def frame(body: bytes) -> bytes:
    """Return a text as a masked frame; the mask is zeros."""
    length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack("!H", len(body))
    return b"\x81" + length + b"\x00" * 4 + body


def revision_in(said: bytes) -> Revision:
    """Return the revision of a snapshot without reading the rest of it."""
    epoch, _, sequence = said.partition(b'"revision":[')[2].partition(b"]")[0].partition(b",")
    return Revision(epoch=int(epoch), sequence=int(sequence))


async def be_many(kind: str, port: int) -> None:
    """Begin, say so, and go on until whoever started this ends it."""
    act, times = KINDS[kind]
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True).start()
    running = [asyncio.create_task(act(port, number)) for number in range(times)]
    await asyncio.sleep(2)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await over.wait()
    for task in running:
        task.cancel()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    asyncio.run(be_many(sys.argv[1], int(sys.argv[2])))
