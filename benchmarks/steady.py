"""How long one command takes while a hall is busy: fifty commands a second from many boxes, each timed alone."""

import asyncio
import secrets
import time
from pathlib import Path
from typing import Any

import websockets.asyncio.client as websocket

from benchmarks.processes import percentile, serving
from queue_protocol import PROTOCOL
from queue_protocol.codec import encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import CommandId, DeviceId, ServiceId, token_of

BOXES = 10
PER_SECOND = 50
SECONDS = 10.0

AIM_MS = 20.0
"""Of the 99th percentile, where a commit takes 5 ms at most."""


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return the time from asking to the answer, and that of a commit."""
    with serving(folder / "steady") as server:
        url, key = f"ws://127.0.0.1:{server.port}/socket", server.key("kiosk-1")
        took = asyncio.run(_ask_steadily(url, key))
        commit_ms = _commit_ms(server.sign_in().get("/metrics").decode())
    row = {
        "what": f"one command at {PER_SECOND}/s",
        "value": round(percentile(took, 0.99) * 1000, 2),
        "unit": "ms p99",
        "aim": AIM_MS,
        "median_ms": round(percentile(took, 0.5) * 1000, 2),
        "commands": len(took),
        "commit_mean_ms": commit_ms,
    }
    return [row]


async def _ask_steadily(url: str, key: str) -> list[float]:
    """Ask at fixed moments, whether or not the answer before has come: a queue that builds up shows."""
    took: list[float] = []
    async with asyncio.TaskGroup() as boxes:
        for place in range(BOXES):
            boxes.create_task(_box(url, key, place / PER_SECOND, took))
    return took


async def _box(url: str, key: str, first_s: float, took: list[float]) -> None:
    loop, asked = asyncio.get_running_loop(), dict[str, float]()
    turns = int(SECONDS * PER_SECOND / BOXES)
    async with websocket.connect(url, compression=None, proxy=None) as connection:
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key=key, prints=False)
        await connection.send(encode(hello), text=True)
        listener = asyncio.create_task(_listen(connection, turns, asked, took))
        begin = loop.time() + first_s
        for turn in range(turns):
            await asyncio.sleep(max(begin + turn * BOXES / PER_SECOND - loop.time(), 0))
            command_id = secrets.token_urlsafe(12)
            command = TakeTicket(service=ServiceId("land"), token=token_of(secrets.token_bytes(16)))
            asked[command_id] = time.perf_counter()
            request = Request(command_id=CommandId(command_id), age_ms=0, command=command)
            await connection.send(encode(request), text=True)
        async with asyncio.timeout(5):
            await listener


async def _listen(
    connection: websocket.ClientConnection, answers: int, asked: dict[str, float], took: list[float]
) -> None:
    """Take the time of so many answers."""
    while answers:
        text = str(await connection.recv())
        if text.startswith('{"type":"answer","command_id":"'):
            took.append(time.perf_counter() - asked.pop(text.split('"', 8)[7]))
            answers -= 1


def _commit_ms(metrics: str) -> float | None:
    """Return the mean time of a commit from the server's own count; `None` when it has none."""
    figures = {line.split(" ")[0]: float(line.split(" ")[1]) for line in metrics.splitlines() if line[:1].isalpha()}
    total = next((value for name, value in figures.items() if name.endswith("commit_seconds_sum")), None)
    count = next((value for name, value in figures.items() if name.endswith("commit_seconds_count")), None)
    return round(total / count * 1000, 2) if total is not None and count else None
