"""A real server as a child, and a browser without a screen that opens it by a name which is not localhost."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from device_runtime.device_key import read_key
from queue_server.process.secret_notes import left_password
from tests.watching import PATIENCE_S

HOST = "motcua.test"
"""Plain HTTP on a LAN name is the normal case; on localhost a browser allows what it forbids there."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
]


@dataclass(slots=True)
class Server:
    """One center that runs as its own process."""

    data: Path
    port: int = 0
    password: str = ""
    program: tuple[str, ...] = ("-m", "queue_server")
    """What Python runs."""
    process: "subprocess.Popen[str] | None" = None

    @property
    def address(self) -> str:
        """Return where its pages are."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it answers."""
        log = (self.data.parent / "server.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, *self.program, "--data", self.data, "--port", str(self.port), "--name", HOST],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("first manager"):
                self.password = (left_password(self.data) or ("", ""))[1]
            if line.startswith("motcua serves on"):
                found = re.search(r":(\d+) from", line)
                assert found is not None, line
                self.port = int(found[1])
                return
        raise AssertionError(f"the server did not start; see {self.data.parent / 'server.log'}")

    def stop(self) -> None:
        """Stop this very process, and wait for its end."""
        if self.process is not None and self.process.stdout is not None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=PATIENCE_S)
            self.process.stdout.close()
            self.process = None

    def key(self, device: str) -> str:
        """Return the key of a device."""
        return read_key(self.data / "keys" / device) or ""


def start_server(folder: Path, cache: Path) -> Server:
    """Return a fresh center that runs; what servers may share, as fonts, lies in `cache`."""
    server = Server(folder / "data")
    server.data.mkdir()
    (server.data / "cache").symlink_to(cache, target_is_directory=True)
    server.start()
    # The first request for a font makes all of them; a test shall not wait for that.
    urllib.request.urlopen(f"http://127.0.0.1:{server.port}/fonts/icons.woff2", timeout=PATIENCE_S).close()
    return server


def sign_in(page: Page, account: str, password: str) -> None:
    """Fill in the form and send it."""
    page.fill("input[name=account]", account)
    page.fill("input[name=password]", password)
    page.click("form.form button[type=submit]")


class Windows:
    """Opens pages as a signed-in person; every error of a page fails the test."""

    def __init__(self, browser: Browser, server: Server, state: StorageState | None) -> None:
        self._browser = browser
        self._server = server
        self._state = state
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, path: str, width: int = 1366, height: int = 768, **options: Any) -> Page:
        """Return a page in a window of its own."""
        options.setdefault("storage_state", self._state)
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self._server.address}{path}")
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


def add_clerk(page: Page, account: str) -> str:
    """Add a clerk as the manager who is signed in on this page; return the first password."""
    password: str = page.evaluate(
        """account => fetch("/accounts", { method: "POST", body: new URLSearchParams({ account, role: "clerk" }) })
        .then((answer) => answer.json()).then((made) => made.password)""",
        account,
    )
    return password


def remove_clerk(page: Page, account: str) -> None:
    """Remove an account as the manager who is signed in on this page, so that the next test finds none of it."""
    form = "{ method: 'POST', body: new URLSearchParams({ account }) }"
    page.evaluate(f"account => fetch('/accounts/remove', {form}).then((answer) => answer.status)", account)


def open_counter(page: Page, counter: int) -> None:
    """Take a counter on the desk page."""
    page.click(f"[data-action=open][data-value='{counter}']")
    page.locator("#current-title").wait_for()


def issue(page: Page, service: str) -> str:
    """Issue a ticket at the desk and return its number."""
    page.click(f"[data-action=issue][data-value={service}]")
    page.locator("#notice.good").wait_for()
    found = re.search(r"[A-Z]{1,2}\d{3}", page.locator("#notice").inner_text())
    assert found is not None
    return found[0]
