"""Durable tickets per second at 1, 10 and 100 connections with menus pushed to all, beside a bare echo."""

from pathlib import Path
from typing import Any

from benchmarks.processes import end, rss_mb, run_load, serving, start
from tests.serving import free_port

CONNECTIONS = (1, 10, 100)
SECONDS = 4.0

AIMS = {1: 200.0, 100: 2000.0}
"""Tickets per second on two cores, where the disk allows."""


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return one row per number of connections."""
    port = free_port()
    echo = start(["benchmarks.echo_server", str(port)])
    try:
        if echo.stdout is not None:
            echo.stdout.readline()
        return [_measure_at(connections, folder, port) for connections in CONNECTIONS]
    finally:
        end(echo)


def _measure_at(connections: int, folder: Path, echo_port: int) -> dict[str, Any]:
    bare = run_load(f"ws://127.0.0.1:{echo_port}/socket", connections, SECONDS, "-")
    with serving(folder / f"throughput-{connections}") as server:
        tickets = run_load(f"ws://127.0.0.1:{server.port}/socket", connections, SECONDS, str(server.data / "keys"))
        memory = rss_mb(server.pid)
    return {
        "what": f"durable tickets, {connections} connections",
        "value": tickets["per_second"],
        "unit": "1/s",
        "aim": AIMS.get(connections),
        "p95_ms": tickets["p95_ms"],
        "echo_per_second": bare["per_second"],
        "share_of_echo": round(tickets["per_second"] / bare["per_second"], 3),
        "server_rss_mb": memory,
    }
