"""How tests wait, and how they open a browser."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 90.0
"""How long tests wait for what has to come. It says nothing about speed: on two cores with twenty programs at work
Chromium took half a minute to open a page."""

SOON_S = 15.0
"""Less than this means that nothing was waited for in vain: what hangs in a test hangs for 20 s and more."""


def wait_until(holds: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Return as soon as `holds` does; fail with `what` after the time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come true in {timeout_s} s: {what}")
        time.sleep(0.05)


def browser_options() -> dict[str, Any]:
    """Return how Debian's Chromium is started without a screen, and without asking for hosts of its own."""
    return {
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }
