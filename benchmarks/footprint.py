"""Start-up and memory of each process, and whether memory stays flat over a thousand calls."""

import time
from pathlib import Path
from typing import Any

from benchmarks.processes import rss_mb, run_load, serving
from tests.clerk import Clerk
from tests.driving import Driven
from tests.serving import Serving

CALLS = 1000
"""Several days of a commune's hall."""

READY_AIM_S = {"server": 1.0, "kiosk": 3.0, "display": 3.0}


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of start-up and memory."""
    began = time.perf_counter()
    with serving(folder / "footprint") as server:
        rows = [_row("server ready", time.perf_counter() - began, "s", READY_AIM_S["server"])]
        boxes = ["--server", server.address, "--data", str(server.data)]
        kiosk, kiosk_s = _started("kiosk", boxes, folder, "Chạm vào màn hình")
        with kiosk:
            rows.append(_row("kiosk ready", kiosk_s, "s", READY_AIM_S["kiosk"]))
            rows.append(_row("kiosk memory", rss_mb(kiosk.process.pid), "MB", None))
        display, display_s = _started("display", [*boxes, "--sound", f"file:{folder / 'said'}"], folder, "Quầy 1")
        with display:
            rows.append(_row("display ready", display_s, "s", READY_AIM_S["display"]))
            rows.extend(_over_a_thousand_calls(server, display))
    return rows


def _started(box: str, arguments: list[str], folder: Path, sign: str) -> tuple[Driven, float]:
    began = time.perf_counter()
    driven = Driven.start(box, arguments, home=folder / box)
    driven.wait_for(sign, 30)
    return driven, time.perf_counter() - began


def _over_a_thousand_calls(server: Serving, display: Driven) -> list[dict[str, Any]]:
    samples = {}
    with Clerk(server, 2) as clerk:
        for done in range(1, CALLS + 1):
            clerk.take("guidance")
            clerk.call_next()
            if done % (CALLS // 4) == 0:
                time.sleep(1.0)
                samples[done] = (rss_mb(display.process.pid), rss_mb(server.pid))
    quarter, last = samples[CALLS // 4], samples[CALLS]
    return [
        _row(f"display memory after {CALLS} calls", last[0], "MB", None, at_a_quarter_mb=quarter[0]),
        _row(f"server memory after {CALLS} calls", last[1], "MB", None, at_a_quarter_mb=quarter[1]),
    ]


def _row(what: str, value: float, unit: str, aim: float | None, **more: object) -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "aim": aim, **more}


def sockets_memory(folder: Path) -> list[dict[str, Any]]:
    """Return the server's memory with 100 sockets after 1,000 tickets."""
    with serving(folder / "sockets") as server:
        done = 0
        while done < CALLS:
            done += run_load(f"ws://127.0.0.1:{server.port}/socket", 100, 1.0, str(server.data / "keys"))["done"]
        return [_row("server memory, 100 sockets, 1,000 tickets", rss_mb(server.pid), "MB", 90.0, tickets=done)]
