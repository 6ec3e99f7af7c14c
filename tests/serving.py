"""The real queue server as a child of a test: started on a folder and a free port, asked, killed, started again."""

import contextlib
import http.cookiejar
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from device_runtime.device_key import read_key
from queue_server.process.secret_notes import left_password
from tests.watching import PATIENCE_S

ROOT = Path(__file__).resolve().parent.parent


LOWEST_PORT = 10_000
PORTS_EACH = 100
"""More than the servers of one worker at a time: two workers begin at different places."""

_ports = itertools.count()


class ServerTrouble(AssertionError):
    """The server did not start, or did not answer; holds the end of its log."""


class Serving:
    """A queue server; use as a context manager. `manager` and `password` are of the first start on this folder."""

    manager = "quanly"

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        options: Sequence[str] = (),
        program: Sequence[str] = ("-m", "queue_server"),
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.password = ""
        self._options = options
        self._program = program
        self._child: subprocess.Popen[str] | None = None
        self._said: list[str] = []
        data.mkdir(parents=True, exist_ok=True)
        self.log = data / "server.log"

    @property
    def address(self) -> str:
        """Where it is, as pages and boxes are told."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        if self._child is None:
            raise ServerTrouble("the server was not started")
        return self._child.pid

    def start(self) -> Self:
        """Start it and wait until it serves."""
        self.launch()
        deadline = time.monotonic() + PATIENCE_S
        while not any(line.startswith("motcua serves on") for line in self._said) or not self.answers():
            if self._child is None or self._child.poll() is not None or time.monotonic() > deadline:
                raise ServerTrouble(self.log.read_text(encoding="utf-8")[-2000:])
            time.sleep(0.02)
        return self

    def launch(self) -> None:
        """Start it and wait for nothing."""
        words = [sys.executable, *self._program, "--data", str(self.data), "--port", str(self.port)]
        with self.log.open("a", encoding="utf-8") as errors:
            self._child = subprocess.Popen(
                [*words, *self._options],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        reader = threading.Thread(target=self._listen, args=(self._child,), daemon=True)
        reader.start()

    def answers(self) -> bool:
        """Say whether it serves pages at this moment."""
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=2):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def kill(self) -> None:
        """Pull the plug."""
        if self._child is not None and self._child.poll() is None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._child.wait(PATIENCE_S)
        self._close()

    def stop(self) -> int:
        """End it as a service manager does, and return its exit status."""
        if self._child is None:
            return 0
        self._child.terminate()
        try:
            return self._child.wait(PATIENCE_S)
        finally:
            self.kill()

    def key(self, device: str) -> str:
        """Return the key of a box, as a box on the same machine finds it."""
        return read_key(self.data / "keys" / device) or ""

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what the file on the disk says, read from outside."""
        uri = f"file:{urllib.parse.quote(str(self.data / 'queue.sqlite'))}?mode=ro"
        connection = sqlite3.connect(uri, uri=True)
        try:
            return list(connection.execute(sql, values))
        finally:
            connection.close()

    def sign_in(self, account: str = "", password: str = "") -> "SignedIn":
        """Sign in through the form, as a browser does."""
        return SignedIn(self.address, account or self.manager, password or self.password)

    def add_clerk(self, name: str) -> "SignedIn":
        """Let the manager add a clerk, and sign in as that clerk."""
        account = json.loads(self.sign_in().post("/accounts", account=name, role="clerk"))
        return self.sign_in(account["account"], account["password"])

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self, child: "subprocess.Popen[str]") -> None:
        for line in child.stdout or ():
            self._said.append(line.rstrip())
            if line.startswith("first manager:"):
                self.password = (left_password(self.data) or ("", ""))[1]

    def _close(self) -> None:
        if self._child is not None and self._child.stdout is not None:
            self._child.stdout.close()
        self._said.clear()


class SignedIn:
    """A person's browser without a screen: keeps its cookies, sends its origin."""

    def __init__(self, address: str, account: str, password: str) -> None:
        self._address = address
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self.post("/sign-in", account=account, password=password, next="/health")

    @property
    def cookie(self) -> str:
        """The Cookie header that this browser sends."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)

    def get(self, path: str) -> bytes:
        """Return a page."""
        with self._opener.open(f"{self._address}{path}", timeout=PATIENCE_S) as answer:
            content: bytes = answer.read()
            return content

    def json(self, path: str) -> Any:
        """Return what a JSON address says."""
        return json.loads(self.get(path))

    def post(self, path: str, **fields: str) -> bytes:
        """Send a form and return the page that follows."""
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{self._address}{path}", body, {"Origin": self._address})
        with self._opener.open(request, timeout=PATIENCE_S) as answer:
            content: bytes = answer.read()
            return content


def free_port() -> int:
    """Return a port that nobody listens on at this moment, and that nobody is given who asks for any port.

    Tests run beside each other: a port of the system's own range could go to another one before the server takes it.
    """
    lowest_given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    for _ in range(lowest_given - LOWEST_PORT):
        port = LOWEST_PORT + (os.getpid() * PORTS_EACH + next(_ports)) % (lowest_given - LOWEST_PORT)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerTrouble(f"every port from {LOWEST_PORT} to {lowest_given} is taken")
