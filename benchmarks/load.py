"""The load, as a process of its own: so many connections, each asking for the next thing as soon as it has the last.

`python -m benchmarks.load URL CONNECTIONS SECONDS KEYS` prints one JSON object. With `KEYS` (a folder of device keys)
each connection is a kiosk that takes tickets and is pushed menus; with `-` it sends bare text and waits for it to
come back. Bounded in time, talks to loopback only.
"""

import asyncio
import json
import secrets
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
import websockets.asyncio.client as websocket

from device_runtime.device_key import read_key
from queue_protocol import PROTOCOL
from queue_protocol.codec import encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import CommandId, DeviceId, ServiceId, token_of

SERVICES = ("certification", "civil_status", "land", "social_protection", "household_business", "construction")

SNAPSHOT_START = '{"type":"menu","revision":['
ANSWER_START = '{"type":"answer"'


async def take_tickets(url: str, device: str, key: str, until: float, place: int) -> list[float]:
    """Take one ticket after the other; returns the seconds each took."""
    seconds: list[float] = []
    service = ServiceId(SERVICES[place % len(SERVICES)])
    async with websocket.connect(url, compression=None, proxy=None, max_size=None) as connection:
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId(device), key=key, prints=False)
        await connection.send(encode(hello), text=True)
        while time.monotonic() < until:
            began = time.perf_counter()
            command = TakeTicket(service=service, token=token_of(secrets.token_bytes(16)))
            request = Request(command_id=CommandId(secrets.token_urlsafe(12)), age_ms=0, command=command)
            await connection.send(encode(request), text=True)
            while not (frame := str(await connection.recv())).startswith(ANSWER_START):
                if frame.startswith(SNAPSHOT_START):
                    revision = frame[len(SNAPSHOT_START) - 1 : frame.index("]", len(SNAPSHOT_START)) + 1]
                    await connection.send(f'{{"type":"seen","revision":{revision}}}')
            if '"ticket_taken"' not in frame:
                raise RuntimeError(f"no ticket: {frame[:200]}")
            seconds.append(time.perf_counter() - began)
    return seconds


async def echo(url: str, until: float) -> list[float]:
    """Send what a ticket costs in bytes and wait for it to come back; returns the seconds each took."""
    seconds: list[float] = []
    text = "x" * 190
    async with websocket.connect(url, compression=None, proxy=None) as connection:
        while time.monotonic() < until:
            began = time.perf_counter()
            await connection.send(text)
            await connection.recv()
            seconds.append(time.perf_counter() - began)
    return seconds


async def load(url: str, connections: int, seconds: float, keys: str) -> dict[str, float]:
    """Run the load and return its figures."""
    if urlsplit(url).hostname != "127.0.0.1":
        raise ValueError("load goes to loopback only")
    until = time.monotonic() + seconds
    began = time.monotonic()
    if keys == "-":
        works = [echo(url, until) for _ in range(connections)]
    else:
        key = read_key(Path(keys) / "kiosk-1") or ""
        works = [take_tickets(url, "kiosk-1", key, until, place) for place in range(connections)]
    took = sorted(each for part in await asyncio.gather(*works) for each in part)
    elapsed = time.monotonic() - began
    return {
        "connections": connections,
        "done": len(took),
        "per_second": round(len(took) / elapsed, 1),
        "median_ms": round(took[len(took) // 2] * 1000, 2),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 2),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 2),
    }


if __name__ == "__main__":
    target, count, duration, folder = sys.argv[1:5]
    print(json.dumps(uvloop.run(load(target, int(count), float(duration), folder))))
