"""What people wait for: paper after a touch, light and sound after "next". Real boxes, real windows, no screen.

A touch counts from the moment the test sends the finger down, a little before the kiosk feels it. Light counts until
the display has flipped the frame and the server knows it; sound until the file sink has the announcement. A real sound
card adds its own buffer.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.processes import percentile, serving
from tests.clerk import Clerk
from tests.driving import Driven
from tests.printers.tcp_printer import READY, TcpPrinter, answering, tcp_printer
from tests.serving import Serving

TOUCHES = 15
CALLS = 10

BETWEEN_CALLS_S = 5.0
"""A call keeps the panel to itself for four seconds; the next one that comes earlier waits for it on purpose."""

AIMS_MS = {"paper": 200.0, "light": 150.0, "sound": 200.0}


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return one row per wait."""
    with serving(folder / "latency") as server:
        paper_ms = _touch_to_paper(server, folder)
        light_ms, sound_ms = _next_to_light_and_sound(server, folder)
    return [
        _row("touch to last byte at the printer", paper_ms, "paper"),
        _row('"next" to the flipped frame', light_ms, "light"),
        _row('"next" to the first sample', sound_ms, "sound"),
    ]


def _touch_to_paper(server: Serving, folder: Path) -> list[float]:
    with tcp_printer(answering(READY)) as printer:
        printer_url = f"tcp://127.0.0.1:{printer.port}?width=576"
        arguments = ["--server", server.address, "--data", str(server.data), "--printer", printer_url]
        with Driven.start("kiosk", arguments, home=folder / "kiosk") as kiosk:
            return [_one_touch(kiosk, printer) for _ in range(TOUCHES)]


def _one_touch(kiosk: Driven, printer: TcpPrinter) -> float:
    """Wake the kiosk if it sleeps, touch a service, and return the milliseconds until the slip is with the printer."""
    if any("Chạm vào màn hình" in text for text in kiosk.texts()):
        kiosk.tap("Chạm vào màn hình để lấy số")
    kiosk.wait_for("Mời ông/bà chọn việc cần làm", 30)
    time.sleep(1.0)
    place = kiosk.middle_of("Nhận kết quả")
    before, seen = _bytes_taken(printer), 0
    touched = time.perf_counter()
    kiosk.touch(*place)
    last = touched
    while time.perf_counter() < touched + 5:
        size = _bytes_taken(printer) - before
        if size != seen:
            seen, last = size, time.perf_counter()
        elif seen and time.perf_counter() - last > 1.0:
            break
        time.sleep(0.002)
    if not seen:
        raise TimeoutError("no slip came out")
    kiosk.tap("Về màn hình chính")
    return (last - touched) * 1000


def _bytes_taken(printer: TcpPrinter) -> int:
    return sum(len(job) for job in printer.jobs)


def _next_to_light_and_sound(server: Serving, folder: Path) -> tuple[list[float], list[float]]:
    spoken = folder / "spoken"
    arguments = ["--server", server.address, "--data", str(server.data), "--sound", f"file:{spoken}"]
    light, sound = [], []
    with (
        Driven.start("display", arguments, home=folder / "display", size=(1920, 1080)) as display,
        Clerk(server, 4) as clerk,
    ):
        display.wait_for("Quầy 4", 30)
        for _ in range(CALLS):
            clerk.take("agriculture")
            known = len(list(spoken.glob("*.wav")))
            asked = time.time()
            clerk.call_next()
            _wait(lambda known=known: len(list(spoken.glob("*.wav"))) > known)  # type: ignore[misc]  # bound per round
            newest = max(path.stat().st_mtime for path in spoken.glob("*.wav"))
            sound.append((newest - asked) * 1000)
            light.append((_shown_at(server) - asked) * 1000)
            time.sleep(BETWEEN_CALLS_S)
    return light, sound


def _shown_at(server: Serving) -> float:
    """Return when the server learned that the latest call is on the wall, in seconds since 1970."""
    _wait(lambda: _acknowledged(server) == len(server.query("SELECT 1 FROM event WHERE kind = 'ticket_called.1'")))
    ((at,),) = server.query("SELECT max(at) FROM event WHERE kind = 'call_shown.1'")
    return datetime.fromisoformat(at).timestamp()


def _acknowledged(server: Serving) -> int:
    return len(server.query("SELECT 1 FROM event WHERE kind = 'call_shown.1'"))


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the display did not show or say the call")
        time.sleep(0.05)


def _row(what: str, took_ms: list[float], aim: str) -> dict[str, Any]:
    return {
        "what": what,
        "value": round(percentile(took_ms, 0.95), 1),
        "unit": "ms p95",
        "aim": AIMS_MS[aim],
        "median_ms": round(percentile(took_ms, 0.5), 1),
        "rounds": len(took_ms),
    }
