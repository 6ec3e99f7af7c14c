"""The server as its own process: started, ended, killed; its words kept."""

import contextlib
import http.client
import io
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from websockets.sync.client import connect

from device_runtime.device_key import read_key
from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer
from queue_protocol.codec import decode_from_server, encode
from queue_protocol.commands import Request
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import DeviceId
from queue_server.cli.commands import main
from queue_server.storage.sqlite import FILE
from tests.watching import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]

SERVES = "motcua serves on http://"


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of a server."""
    return [sys.executable, "-m", "queue_server", *map(str, arguments)]


def run(*arguments: str | Path, at: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command line that is expected to end by itself; `at` is what the PC's clock says then, with a zone.

    A command runs in this process, a second faster than in its own: `--help`, the server itself and whatever needs
    another clock run as a process. Each command's help is asked for once, so each is started for real once.
    """
    words = [str(each) for each in arguments]
    if at is None and "--help" not in words and words[:1] != [] and not words[0].startswith("-"):
        return run_here(words)
    return run_as_process(words, at)


def run_here(words: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command in this process: what it says is caught, and the log's handlers are as before."""
    root, said, errors = logging.getLogger(), io.StringIO(), io.StringIO()
    before, root.handlers, level = root.handlers, [], root.level
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        try:
            status = main(words)
        except SystemExit as ending:  # argparse ends so
            status = ending.code if isinstance(ending.code, int) else 1
        finally:
            root.handlers = before
            root.setLevel(level)
    return subprocess.CompletedProcess(words, status, said.getvalue(), errors.getvalue())


def run_as_process(words: list[str], at: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command line in a process of its own; `at` as in `run`."""
    environment = dict(os.environ)
    if at is not None:
        environment.pop("CLOCK_AHEAD_S", None)  # a date sweep sets it, and it would go before
        environment |= {"CLOCK_STARTS_AT": at, "PYTHONPATH": str(ROOT / "tests" / "dates")}
    return subprocess.run(
        command(*words),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@dataclass
class Child:
    """A running server; use as a context manager, which kills what is left of it."""

    process: "subprocess.Popen[str]"
    folder: Path
    log: Path
    said: str
    """What it told its person before it was ready."""
    port: int

    @classmethod
    def start(cls, folder: Path, *arguments: str) -> Self:
        """Start a server on this folder and a free port, and wait until it serves."""
        log = folder.parent / f"{folder.name}.log"
        with log.open("a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                command("--data", folder, "--port", "0", *arguments),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        said = ""
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if line.startswith(SERVES):
                port = int(line.removeprefix(SERVES).split(" ")[0].rpartition(":")[2])
                return cls(process, folder, log, said, port)
        raise AssertionError(f"the server did not start: {log.read_text('utf-8')}")

    def errors(self) -> str:
        """Return what it has logged."""
        return self.log.read_text("utf-8")

    def get(self, path: str, host: str | None = None) -> int:
        """Return the status of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        status = connection.getresponse().status
        connection.close()
        return status

    def hello(self) -> KioskHello:
        """Return the hello of the kiosk of this folder."""
        key = read_key(self.folder / "keys" / "kiosk-1")
        return KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key=key, prints=False)

    def ask(self, request: Request, hello: KioskHello | None = None) -> Answer:
        """Come as the kiosk of this folder, or with another hello, ask, and return the answer."""
        with connect(f"ws://127.0.0.1:{self.port}/socket", compression=None, proxy=None, ping_interval=None) as socket:
            socket.send(encode(hello or self.hello()), text=True)
            socket.send(encode(request), text=True)
            while True:
                message = decode_from_server(socket.recv(timeout=PATIENCE_S))
                if isinstance(message, Answer):
                    return message

    def end(self, number: int = signal.SIGTERM, within_s: float = PATIENCE_S) -> tuple[int, float]:
        """Ask it to end, and return the exit status and how long it took, in seconds."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(within_s)
        return status, time.monotonic() - began

    def kill(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()


def stored(folder: Path, question: str) -> list[tuple[object, ...]]:
    """Return what the file of a folder says to a question, beside the server that may be writing it."""
    connection = sqlite3.connect(f"{(folder / FILE).as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()
