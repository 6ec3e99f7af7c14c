"""Work at a desk as tests do it: in the page, and beside it through sockets that the page's browser opens."""

import json
import secrets
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, WebSocket, expect

from queue_protocol import PROTOCOL
from queue_protocol.ids import token_of
from tests.watching import PATIENCE_S
from tests.web.browsing import Server, Windows, sign_in

CATALOGUE = """
center.vi = "Trung tâm thử"
center.en = "Trial center"

[policy]
recall_gap_s = 0
calls_before_no_show = 1
returns_allowed = 1
dossiers_per_turn = 2
long_service_factor = 2

[[services]]
id = "copies"
prefix = "A"
names.vi = "Sao y"
names.en = "Copies"
icon = "stamper"
expected_minutes = 1

[[services]]
id = "births"
prefix = "H"
names.vi = "Khai sinh"
names.en = "Births"
icon = "account_child"
expected_minutes = 1

[[counters]]
number = 1
services = ["copies"]

[[counters]]
number = 2
services = ["births"]

[[counters]]
number = 3
services = ["copies", "births"]
"""
"""A center without a gap between calls: who missed one call comes back once, and one turn takes two dossiers."""

ASK = """([hello, command]) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}/socket`);
  const name = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0"));
  const request = { type: "request", command_id: name.join(""), age_ms: 0, command };
  socket.onopen = () => socket.send(JSON.stringify(hello));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      socket.send(JSON.stringify(request));
    } else if (message.type === "answer") {
      socket.close();
      resolve(message.result);
    }
  };
})"""

ATTEND = """(hello) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}/socket`);
  window.slips = [];
  socket.onopen = () => socket.send(JSON.stringify(hello));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "print_slip") {
      window.slips.push(message);
    } else if (message.type === "menu") {
      socket.send(JSON.stringify({ type: "seen", revision: message.revision }));
      resolve();
    }
  };
})"""


def new_token() -> str:
    """Return the address of a ticket's page that nobody has used."""
    return str(token_of(secrets.token_bytes(16)))


def ask(page: Page, command: dict[str, Any]) -> dict[str, Any]:
    """Ask the server for something as the person who is signed in on this page, beside what the page does."""
    result: dict[str, Any] = page.evaluate(ASK, [{"type": "desk_hello", "protocol": PROTOCOL}, command])
    assert result["type"] != "refused", result
    return result


def ask_as_kiosk(page: Page, server: Server, command: dict[str, Any]) -> dict[str, Any]:
    """Ask the server for something as the kiosk."""
    result: dict[str, Any] = page.evaluate(ASK, [_kiosk_hello(server, prints=False), command])
    assert result["type"] != "refused", result
    return result


def take(page: Page, service: str, **more: Any) -> dict[str, Any]:
    """Take a ticket for a person; return the answer, with the token."""
    token = new_token()
    return {"token": token} | ask(page, {"type": "take_ticket", "service": service, "token": token} | more)


def attend_printer(page: Page, server: Server) -> Callable[[], list[dict[str, Any]]]:
    """Let this page stand for a kiosk that prints; return what gives the slips that it was sent."""
    ask_as_kiosk(page, server, {"type": "report_device", "part": "printer", "state": "ready", "reason": None})
    page.evaluate(ATTEND, _kiosk_hello(server, prints=True))
    return lambda: list(page.evaluate("window.slips"))


def _kiosk_hello(server: Server, *, prints: bool) -> dict[str, Any]:
    key = server.key("kiosk-1")
    return {"type": "kiosk_hello", "protocol": PROTOCOL, "device": "kiosk-1", "key": key, "prints": prints}


def listen(page: Page) -> list[dict[str, Any]]:
    """Return a list that fills with the commands this page sends from its next connection on."""
    commands: list[dict[str, Any]] = []

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "request":
            commands.append(message["command"])

    def follow(socket: WebSocket) -> None:
        socket.on("framesent", hear)

    page.on("websocket", follow)
    page.reload()
    page.locator("#desk h1, #desk h2").first.wait_for()
    return commands


def wait_until_free(page: Page) -> None:
    """Wait until the page has the answer to what was asked, and shows it."""
    page.wait_for_timeout(50)
    expect(page.locator("#desk [data-action=close]")).not_to_have_attribute("aria-disabled", "true")


def press(page: Page, key: str) -> None:
    """Press a key and wait until the page has its answer."""
    page.keyboard.press(key)
    wait_until_free(page)


def choose(page: Page, *path: str) -> None:
    """Open a sheet and press what is named, one after the other; each is a selector."""
    page.click(path[0])
    for step in path[1:]:
        page.click(f"#sheet {step}")


def menu_of(number: str) -> str:
    """Return the selector of the button "⋯" in the row of a ticket."""
    return f"li:has(strong:text-is('{number}')) [data-sheet=ticket]"


def line(page: Page) -> list[str]:
    """Return the numbers that wait for this counter."""
    return page.locator(".line li strong").all_inner_texts()


def empty_counter(page: Page) -> None:
    """Finish whoever is at the counter and void who waits or is away, so that the next test finds nobody."""
    page.keyboard.press("Escape")
    if page.locator("#current-number").count():
        if page.locator(".ticket.called").count():
            page.click("[data-action=start]")
            expect(page.locator(".ticket.serving")).to_be_visible()
        page.click("[data-action=finish]")
        expect(page.locator(".ticket.empty")).to_be_visible()
    while page.locator("[data-action=fold][data-value=away][aria-expanded=false]").count():
        page.click("[data-action=fold][data-value=away]")
    while rows := page.locator(".line [data-sheet=ticket], .rows [data-sheet=ticket]").count():
        choose(page, ".line [data-sheet=ticket], .rows [data-sheet=ticket]", "[data-sheet=void]", "[data-value=other]")
        expect(page.locator(".line [data-sheet=ticket], .rows [data-sheet=ticket]")).to_have_count(rows - 1)


@contextmanager
def person(browser: Browser, server: Server, manager: Page, account: str, role: str) -> Iterator[Page]:
    """Give the desk page of somebody else, who has this role and is gone afterwards."""
    password = manager.evaluate(
        """([account, role]) => fetch("/accounts", { method: "POST", body: new URLSearchParams({ account, role }) })
        .then((answer) => answer.json()).then((made) => made.password)""",
        [account, role],
    )
    windows = Windows(browser, server, None)
    page = windows.open("/desk")
    sign_in(page, account, password)
    page.locator("#desk h1").wait_for()
    yield page
    windows.close()
    assert windows.errors == []
    manager.evaluate(
        "account => fetch('/accounts/remove', { method: 'POST', body: new URLSearchParams({ account }) })"
        ".then((answer) => answer.status)",
        account,
    )


def begin_center(folder: Path, cache: Path, *program: str, catalogue: str = CATALOGUE) -> Server:
    """Return a center of this catalogue that runs; `program` is what Python runs instead of the server."""
    plan = folder / "center.toml"
    plan.write_text(catalogue, encoding="utf-8")
    server = Server(folder / "data", program=(*(program or ("-m", "queue_server")), "--catalogue", str(plan)))
    server.data.mkdir()
    (server.data / "cache").symlink_to(cache, target_is_directory=True)
    server.start()
    # The first request for a font makes all of them; a test shall not wait for that.
    urllib.request.urlopen(f"http://127.0.0.1:{server.port}/fonts/icons.woff2", timeout=PATIENCE_S).close()
    return server
