"""A kiosk written from `docs/protocol.md` alone: its tables are all it knows, and it meets a real server.

Nothing of `queue_protocol` is imported here: what the document does not say, this kiosk cannot do.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.server_in_process import Running, running

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
Row = dict[str, str]


def rows(heading: str) -> list[Row]:
    """Return the first table below a heading, each row by its columns."""
    below = DOCUMENT.split(f"\n{heading}\n", 1)[1]
    lines = []
    for line in below.splitlines():
        if line.startswith("#"):
            break
        if line.startswith("|"):
            lines.append([plain(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    head, _, *found = lines or [[], []]
    return [dict(zip(head, row, strict=True)) for row in found]


def plain(cell: str) -> str:
    """Return a cell without the marks of code around all of it."""
    found = re.fullmatch("`([^`]*)`", cell)
    return (found[1] if found else cell).replace(r"\|", "|")


LIMITS = {row["limit"]: row["value"] for row in rows("### Limits")}
CLOSE_CODES = {row["refusal"]: int(row["close code"]) for row in rows("### Close codes")}
VALUES = {row["value"]: row["type"] for row in rows("## Bounded values")}
KINDS = {row["name"]: re.findall("`([a-z_]+)`", row["is"]) for row in rows("## Maps and messages by kind")}
REFUSALS = {row["code"]: row["English"] for row in rows("## Refusals")}
MAY = {row["command"]: row for row in rows("## Who may ask for what")}


def fields(message: str) -> list[Row]:
    """Return the fields of a message."""
    return rows(f"### `{message}`")


def make(message: str, **known: Any) -> dict[str, Any]:
    """Return a message with every required field: what is known, or what its type allows."""
    made: dict[str, Any] = {"type": message}
    for row in fields(message):
        if row["field"] in known:
            made[row["field"]] = known.pop(row["field"])
        elif row["default"] == "required":
            made[row["field"]] = example(row["type"])
    assert not known, f"the document does not know {known} of {message}"
    return made


def example(kind: str) -> Any:
    """Return a value of a type of the document."""
    said = VALUES.get(kind, kind)
    if "null" in said:
        return None
    if said.startswith("int"):
        return int(re.findall("[0-9]+", said)[0]) if "≥" in said else 1
    if said == "datetime":
        return "2026-11-23T01:00:00Z"
    if re.search(r"\^\[a-z2-7\]\{26\}\$", said):
        return "a" * 26
    raise AssertionError(f"the document does not say how a {kind} is made: {said}")


def check(message: dict[str, Any], kind: str) -> None:
    """Check that a message has the fields of the document and no other, and none that is missing."""
    documented = {row["field"]: row["default"] for row in fields(kind)}
    assert set(message) - {"type"} <= set(documented)
    assert {name for name, default in documented.items() if default == "required"} <= set(message)


class Kiosk:
    """A kiosk as the document has it."""

    def __init__(self, connection: ClientConnection, device: str, key: str) -> None:
        self._connection = connection
        self.heard: list[dict[str, Any]] = []
        self.say(make("kiosk_hello", protocol=int(LIMITS["version"]), device=device, key=key))

    def say(self, message: dict[str, Any]) -> None:
        """Send a frame."""
        self._connection.send(json.dumps(message))

    def hear(self, kind: str) -> dict[str, Any]:
        """Return the next message of this kind, and say of each snapshot that it was seen."""
        while True:
            message: dict[str, Any] = json.loads(self._connection.recv(timeout=5))
            assert message["type"] in KINDS["FromServer"]
            check(message, message["type"])
            self.heard.append(message)
            if message["type"] in KINDS["Snapshot"]:
                self.say(make("seen", revision=message["revision"]))
            if message["type"] == kind:
                return message

    def ask(self, command: dict[str, Any], command_id: str) -> dict[str, Any]:
        """Ask, and return the result."""
        self.say(make("request", command_id=command_id, age_ms=0, command=command))
        while (answer := self.hear("answer"))["command_id"] != command_id:
            pass
        result: dict[str, Any] = answer["result"]
        assert result["type"] in KINDS["Result"]
        check(result, result["type"])
        return result


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Lend a server."""
    with running(tmp_path_factory.mktemp("document")) as server:
        yield server


def meet(server: Running, key: str | None = None) -> Kiosk:
    """Let a kiosk of the document come."""
    opening = connect(f"ws://{server.host}{LIMITS['path']}", compression=None, proxy=None, ping_interval=None)
    return Kiosk(server.sockets.enter_context(opening), "kiosk-1", key or server.key("kiosk-1"))


def test_a_kiosk_of_the_document_takes_a_ticket(server: Running) -> None:
    """Welcome, menu, a ticket, the next menu; the same request over another connection has the same answer."""
    kiosk = meet(server)
    assert kiosk.hear("welcome") is kiosk.heard[0]
    service = kiosk.hear("menu")["services"][0]["service"]
    take = make("take_ticket", service=service)
    assert take["type"] in KINDS["Command"]
    assert MAY["take_ticket"]["kiosk"] == "yes"
    taken = kiosk.ask(take, "command-of-the-document")
    assert (taken["type"], taken["service"]) == ("ticket_taken", service)
    assert kiosk.hear("menu")
    again = meet(server)
    assert again.ask(take, "command-of-the-document") == taken
    other = again.ask(make("take_ticket", service=service, token="b" * 26), "command-of-the-document")
    assert (other["code"], other["code"] in REFUSALS) == ("command_id_reused", True)


def test_what_the_document_refuses_is_refused(server: Running) -> None:
    """A command of nobody is malformed and the session goes on; one of another role is not allowed."""
    kiosk = meet(server)
    assert kiosk.ask({"type": "set_fire"}, "command-of-nobody")["code"] == "malformed"
    assert MAY["end_day"]["kiosk"] == ""
    assert kiosk.ask({"type": "end_day", "reason": "other"}, "command-of-a-manager")["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "kiosk_hello", "protocol": 1, "device": "kiosk-1", "key": "x" * 32}, "unknown_key"),
        ({"type": "kiosk_hello", "protocol": 99, "device": "kiosk-1"}, "wrong_protocol"),
        ({"type": "office_hello", "protocol": 1}, "not_allowed"),
        ({"type": "seen"}, "malformed"),
    ],
)
def test_who_is_turned_away_is_told_why(server: Running, frame: dict[str, Any], code: str) -> None:
    """The last word is the refusal, and the close code that of the document."""
    url = f"ws://{server.host}{LIMITS['path']}"
    with connect(url, compression=None, proxy=None, ping_interval=None) as connection:
        connection.send(json.dumps(frame))
        answer = json.loads(connection.recv(timeout=5))
        assert (answer["command_id"], answer["result"]["code"]) == (None, code)
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == CLOSE_CODES[code]


def test_silence_is_no_hello(server: Running) -> None:
    """Who says nothing is closed after the time of the document."""
    began = time.monotonic()
    url = f"ws://{server.host}{LIMITS['path']}"
    with connect(url, compression=None, proxy=None, ping_interval=None) as connection:
        with pytest.raises(ConnectionClosed):
            connection.recv(timeout=30)
        assert time.monotonic() - began >= float(LIMITS["hello"]) - 0.1


def test_every_name_of_a_type_is_explained() -> None:
    """Whatever a table gives as the type of a field has a row, a section or a list of its own."""
    named = set(VALUES) | set(KINDS) | {row["name"] for row in rows("## Choices")}
    sections = set(re.findall(r"^### `?([A-Za-z_]+)`?$", DOCUMENT, re.MULTILINE))
    used = set()
    told = DOCUMENT.split("\n## Refusals\n")[0]
    for row in re.findall(r"^\| `[a-z_]+` \| (.*?) \|", told, re.MULTILINE):
        used |= set(re.findall(r"\b([A-Z][A-Za-z]+)\b", re.sub("`[^`]*`", "", row)))
    tags = {"".join(part.title() for part in each.split("_")) for each in sections}
    assert {each for each in used if each not in named | sections | tags} == set()
