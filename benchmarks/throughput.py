"""Durable tickets per second at 1, 10 and 100 connections with menus pushed to all, beside a bare echo."""

from pathlib import Path
from typing import Any

from benchmarks.processes import end, run_load, server, start

PORT, ECHO_PORT = 18_431, 18_432
CONNECTIONS = (1, 10, 100)
SECONDS = 4.0

AIMS = {1: 200.0, 100: 2000.0}
"""Tickets per second on two cores, where the disk allows."""


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return one row per number of connections."""
    rows = []
    echo = start(["benchmarks.echo_server", str(ECHO_PORT)])
    try:
        if echo.stdout is not None:
            echo.stdout.readline()
        for connections in CONNECTIONS:
            bare = run_load(f"ws://127.0.0.1:{ECHO_PORT}/socket", connections, SECONDS, "-")
            with server(folder / f"throughput-{connections}", PORT) as running:
                keys = str(running.data / "keys")
                tickets = run_load(f"ws://127.0.0.1:{PORT}/socket", connections, SECONDS, keys)
                memory = running.rss_mb()
            rows.append(_row(tickets, bare, memory))
    finally:
        end(echo)
    return rows


def _row(tickets: dict[str, Any], bare: dict[str, Any], memory_mb: float) -> dict[str, Any]:
    return {
        "what": f"durable tickets/s, {tickets['connections']} connections",
        "value": tickets["per_second"],
        "unit": "1/s",
        "aim": AIMS.get(tickets["connections"]),
        "p95_ms": tickets["p95_ms"],
        "echo_per_second": bare["per_second"],
        "share_of_echo": round(tickets["per_second"] / bare["per_second"], 3),
        "server_rss_mb": memory_mb,
        "tickets": tickets["done"],
    }
