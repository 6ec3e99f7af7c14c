"""Whatever bytes come over the socket: the server stays up, stays small, and stays right."""

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import websockets.asyncio.client as websocket
from websockets.exceptions import ConnectionClosed

from queue_protocol import PROTOCOL
from queue_protocol.answers import TicketTaken
from queue_protocol.codec import encode
from queue_protocol.commands import CallNext, RecallTicket, ReportDevice, ReportSlip, TakeTicket
from queue_protocol.hellos import KioskHello, Seen
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId, token_of
from tests.serving import ROOT, Serving
from tests.torture.boxes import CHANCE, Box, frame_of, kiosk
from tests.torture.judge import faults, read_rows
from tests.torture.storm import catalogue_for_storms

THROWERS = 16

GROWTH_MB = 25
"""Between a tenth of the frames and all of them. A leak of 300 bytes per frame would show at 100,000 frames."""

ODD: tuple[Any, ...] = (
    "",
    "\x00",
    "\ud800",
    "A" * 5000,
    "' OR 1=1",
    "../../etc",
    "é",
    1e308,
    -1,
    2**60,
    None,
    [],
    {},
    True,
    "𐍈",
    "NaN",
)


def good_frames() -> list[bytes]:
    """Return frames as a kiosk sends them, fresh tokens in them."""
    ticket = TicketId("20261123-A001")
    return [
        frame_of(TakeTicket(service=ServiceId("land"), token=token_of(secrets.token_bytes(16)))),
        frame_of(ReportSlip(ticket=ticket, outcome="printed")),
        frame_of(ReportDevice(part="printer", state="failed", reason="paper_out")),
        frame_of(CallNext(counter=1, after=None)),
        frame_of(RecallTicket(ticket=ticket)),
        encode(Seen(revision=Revision(epoch=1, sequence=5))),
    ]


def mutated(frame: bytes) -> str | bytes:
    """Return a frame that somebody or something has damaged."""
    kind = CHANCE.randrange(6)
    if kind == 0:
        return CHANCE.randbytes(CHANCE.randrange(0, 300))
    if kind == 1:
        place = CHANCE.randrange(len(frame))
        return (frame[:place] + CHANCE.randbytes(1) + frame[place + 1 :]).decode("utf-8", "replace")
    if kind == 2:
        return frame[: CHANCE.randrange(len(frame))].decode("utf-8", "replace")
    if kind == 3:
        return "[" * CHANCE.randrange(1, 60_000)
    return msgspec.json.encode(_with_odd_value(msgspec.json.decode(frame))).decode()


def _with_odd_value(message: Any) -> Any:
    """Return the message with one value replaced by one that nobody sends."""
    inner = message.get("command", message) if isinstance(message, dict) else message
    if isinstance(inner, dict) and inner:
        odd = CHANCE.choice(ODD)
        inner[CHANCE.choice(list(inner))] = odd.encode("utf-8", "replace").decode() if isinstance(odd, str) else odd
    return message


async def throw(port: int, key: str, frames: int, answers: list[int]) -> None:
    """Throw so many frames, some of them good, over as many conversations as it takes."""
    thrown = 0
    while thrown < frames:
        try:
            async with websocket.connect(
                f"ws://127.0.0.1:{port}/socket", compression=None, proxy=None, close_timeout=0.1
            ) as socket:
                if CHANCE.random() < 0.9:
                    hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key=key, prints=False)
                    await socket.send(encode(hello), text=True)
                for _ in range(CHANCE.randrange(1, 40)):
                    frame = CHANCE.choice(good_frames())
                    await socket.send(frame if CHANCE.random() < 0.8 else mutated(frame), text=None)
                    thrown += 1
                async with asyncio.timeout(0.05):
                    async for _ in socket:
                        answers[0] += 1
        except (OSError, TimeoutError, ConnectionClosed):
            continue


@pytest.mark.timeout(3600)
async def test_the_socket_takes_anything(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Noise, halves of frames, deep nesting, odd values: nobody honest notices, memory stays, the journal is whole."""
    frames = int(pytestconfig.getoption("frames"))
    options = ["--catalogue", str(catalogue_for_storms(tmp_path, ROOT))]
    with Serving(tmp_path / "data", options=options) as server:
        key, answers = server.key("kiosk-1"), [0]
        honest = kiosk(server.port, "kiosk-1", key)
        link = asyncio.create_task(honest.run())
        sizes = []
        for share in (0.1, 0.9):
            each = int(frames * share / THROWERS) + 1
            async with asyncio.timeout(60 + frames / 50):
                await asyncio.gather(*(throw(server.port, key, each, answers) for _ in range(THROWERS)))
            await _takes_a_ticket(honest)
            sizes.append(psutil.Process(server.pid).memory_info().rss / 1e6)
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
        assert sizes[1] - sizes[0] < GROWTH_MB, sizes
        assert answers[0] > 0
        assert "Traceback" not in server.log.read_text(encoding="utf-8")
    rows = read_rows(tmp_path / "data" / "queue.sqlite")
    assert faults(rows, honest.said) == []
    print(f"{frames} frames, {len(rows)} entries, {sizes[0]:.0f} to {sizes[1]:.0f} MB", file=sys.stderr)  # noqa: T201 - the figure of the note


async def _takes_a_ticket(honest: Box) -> None:
    async with asyncio.timeout(10):
        taken = await honest.ask(TakeTicket(service=ServiceId("land"), token=token_of(secrets.token_bytes(16))))
    assert isinstance(taken, TicketTaken), taken
