"""Start one center: the queue server, a kiosk and a display, as `make run` does, or some of them. Imports no box.

What they have to say to a person is shown here; their logs go to `DATA/logs`. Secrets, which are addresses with a key
and the first password, are shown only where the output is a terminal, since elsewhere it ends in the journal of the
system; files for the owner alone have them. A box that ends by itself is started again. One Ctrl-C, or SIGTERM, ends
everything, the server last. `--unit` prints what makes systemd do all this.
"""

import argparse
import asyncio
import contextlib
import getpass
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_runtime.device_key import read_key
from device_runtime.durable_file import write_whole
from tools.restore_offer import offer_restore

ROOT = Path(__file__).resolve().parent.parent

BOXES = ("server", "kiosk", "display")

PAGES = "pages.txt"
"""In the data folder: the addresses of the pages that stand for a kiosk and a display, with their keys."""

FIRST_SIGN_IN = "first_sign_in.txt"
"""In the data folder: where the server leaves the first manager's password."""

READY_LINE = "motcua serves on "
"""What the server prints when its socket is open."""

READY_WAIT_S = 30.0
"""A server that is not ready by then on the slowest disk will not be."""

STOP_WAIT_S = 6.0
"""Boxes end within two seconds; who has not ended by then is killed."""

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Between an end and the next start: a fault that comes back at once must not eat the machine."""

SOUND_S = 60.0
"""A box that lived so long was sound, and is started again at once."""

LOG_LOOK_S = 10.0  # between two looks at how long the logs are
MOST_LOG_BYTES = 5_000_000
"""A larger log makes room at the next start of its box; one older is kept."""

USAGE_ERROR = 2
"""Exit status of a box that cannot start as it was told to: starting it again would not help."""


@dataclass(frozen=True, slots=True)
class Center:
    """What to start."""

    data: Path
    host: str
    port: int
    preset: str
    headless: bool
    sound: str
    full_screen: bool = False
    printers: tuple[str, ...] = ()
    """Of the kiosk; none: its virtual printer."""
    logo: Path | None = None
    boxes: tuple[str, ...] = BOXES
    """Of `BOXES`: what this machine is for."""
    server: str | None = None
    """Address of the server where it runs on another machine; `None`: it runs here."""
    device: str | None = None
    """Name of the one box that is started here; `None`: the first of its kind."""
    hall: str | None = None

    @property
    def address(self) -> str:
        """Where this machine reaches the server."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        return self.server or f"http://{host}:{self.port}"


class Box:
    """One child process, with what it says shown and what it logs kept."""

    def __init__(self, name: str, arguments: Sequence[str], logs: Path) -> None:
        self.name = name
        self._arguments = arguments
        self._log = logs / f"{name}.log"
        self._child: asyncio.subprocess.Process | None = None
        self.lines: asyncio.Queue[str] = asyncio.Queue()

    async def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches only this program."""
        self.keep_log_short()
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self._arguments,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    async def watch(self) -> int:
        """Show what it says until it ends, and return its exit status."""
        if self._child is None or self._child.stdout is None:
            raise RuntimeError(f"{self.name} was not started")
        looking = asyncio.create_task(self._watch_log())
        try:
            async for line in self._child.stdout:
                said = line.decode("utf-8", "replace").rstrip()
                self.lines.put_nowait(said)
                print(f"  {said}", flush=True)
            return await self._child.wait()
        finally:
            looking.cancel()

    def keep_log_short(self) -> None:
        """Begin a log anew that is too long, beside its older part. It is emptied, not moved: the child has it open."""
        if self._log.exists() and self._log.stat().st_size > MOST_LOG_BYTES:
            with contextlib.suppress(OSError):  # a full disk: the older part is what gives way
                shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            os.truncate(self._log, 0)

    async def _watch_log(self) -> None:
        while True:
            await asyncio.sleep(LOG_LOOK_S)
            self.keep_log_short()

    async def keep(self, running: "asyncio.Task[int] | None" = None) -> None:
        """Keep it running: start it unless it is `running`, and again whenever it ends by itself.

        Returns when it cannot start as it was told to.
        """
        pause_s = SHORTEST_PAUSE_S
        while True:
            began_s = asyncio.get_running_loop().time()
            if running is None:
                await self.start()
            status = await (running or self.watch())
            running = None
            if asyncio.get_running_loop().time() - began_s >= SOUND_S:
                pause_s = SHORTEST_PAUSE_S
            if status == USAGE_ERROR:
                print(f"  {self.name} cannot start: {self.last_words()}", flush=True)
                return
            print(f"  {self.name} ended (status {status}) and is started again; see {self._log}", flush=True)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self._child is None or self._child.returncode is not None:
            return
        self._child.terminate()
        try:
            async with asyncio.timeout(STOP_WAIT_S):
                await self._child.wait()
        except TimeoutError:
            self._child.kill()
            await self._child.wait()

    def last_words(self) -> str:
        """Return the last line of its log: the sentence that says what to do."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"see {self._log}"


async def run(center: Center) -> int:
    """Run what the center has on this machine until it is told to stop; returns the exit status."""
    logs = center.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    boxes = {name: Box(name, words, logs) for name, words in commands(center).items()}
    stopped = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a closed terminal, too, must leave nobody behind
        if hasattr(signal, name):
            _on_signal(getattr(signal, name), stopped)
    print("motcua starts a center in", center.data, flush=True)
    server = boxes.pop("server", None)
    try:
        keepers = [] if server is None else [await _open(server, stopped)]
        if None in keepers:
            return USAGE_ERROR
        tell(center)
        await _keep_all([*filter(None, keepers), *(asyncio.create_task(box.keep()) for box in boxes.values())], stopped)
    finally:  # whatever has failed here must not leave a server behind that nobody sees
        await asyncio.gather(*(box.stop() for box in boxes.values()))
        await asyncio.gather(*([server.stop()] if server else []))
    print("motcua has stopped; the same command goes on with the same day", flush=True)
    return 0 if stopped.is_set() else USAGE_ERROR


async def _open(server: Box, stopped: asyncio.Event) -> "asyncio.Task[None] | None":
    """Start the server, wait until it serves, and keep it running; `None`, with its last words said: it did not."""
    await server.start()
    watching = asyncio.create_task(server.watch())
    if await _is_ready(server, watching, stopped):
        return asyncio.create_task(server.keep(watching))
    await server.stop()
    print(server.last_words(), file=sys.stderr)
    return None


async def _keep_all(keepers: "Sequence[asyncio.Task[None]]", stopped: asyncio.Event) -> None:
    """Return when told to stop, or when there is nothing left that could be kept running."""
    stopping = asyncio.create_task(stopped.wait())
    ends: list[asyncio.Future[Any]] = [stopping, asyncio.gather(*keepers, return_exceptions=True)]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in (*keepers, stopping):
        task.cancel()


def tell(center: Center) -> None:
    """Say where everything is."""
    if center.headless and set(center.boxes) == set(BOXES):
        print("  There is no screen here: kiosk and display run without one, and two pages are their screens.")
        pages = (
            f"    kiosk     {center.address}/kiosk#{_device(center, 'kiosk-1')}\n"
            f"    display   {center.address}/display#{_device(center, 'display-1')}   (tap 'Bật âm thanh' to hear it)\n"
        )
        write_whole(center.data / PAGES, pages.encode())
        print(f"    their addresses, with the keys of the boxes, are in {center.data / PAGES}")
        _show_on_terminal(center.data / PAGES)
    elif not center.headless:
        print(f"    kiosk and display open in windows; as pages: {center.address}/kiosk and {center.address}/display")
    if "server" in center.boxes:
        print(f"    desk      {center.address}/desk      (sign in, open a counter, press the space bar)")
        print(f"    office    {center.address}/office    (the log, the figures, accounts)")
        print(f"    paper     {', '.join(center.printers) or center.data / 'paper'}")
        if (center.data / FIRST_SIGN_IN).exists():
            print(f"    the first manager's password is in {center.data / FIRST_SIGN_IN}, until it is changed")
            _show_on_terminal(center.data / FIRST_SIGN_IN)
        print("    a new password for the manager 'quanly':")
        renewal = ["-m", "queue_server", "password", "quanly", "--data", str(center.data)]
        print(f"              {shlex.join([os.path.relpath(sys.executable), *renewal])}")
    else:
        print(f"    {' and '.join(center.boxes)} of the center at {center.address}")
    print("  Ctrl-C stops everything.", flush=True)


def _show_on_terminal(path: Path) -> None:
    if sys.stdout.isatty():
        print(path.read_text(encoding="utf-8"), end="")


def read_arguments(arguments: Sequence[str] | None = None) -> tuple[Center, bool]:
    """Return what the command line asks for, and whether it only wants the unit of it."""
    parser = argparse.ArgumentParser(prog="center.py", description="Start the server, a kiosk and a display.")
    option = parser.add_argument
    option("--data", type=Path, default=Path("data"), help="folder of everything that is kept")
    option("--host", default="127.0.0.1", help="address of the server; 0.0.0.0 serves the hall")
    option("--port", type=int, default=8080, help="port of the server")
    option("--preset", default="xa-vua", help="catalogue of the first start")
    option("--printer", action="append", default=[], metavar="URL", help="of the kiosk; a second one is its spare")
    option("--logo", type=Path, metavar="PNG", help="picture on each slip")
    option("--full-screen", action="store_true", help="kiosk and display take the whole screen, instead of a window")
    option("--headless", action="store_true", help="open no windows even where there is a screen")
    option("--sound", default="device", help="device, none, or file:FOLDER")
    option("--only", action="append", choices=BOXES, help="start this one alone, or these, where several are named")
    option("--server", metavar="URL", help="where the server is, when it is not started here")
    option("--device", metavar="NAME", help="name of the kiosk or display that is started alone, as kiosk-2")
    option("--hall", metavar="NAME", help="the hall that kiosk and display are in, where there are several")
    option("--unit", action="store_true", help="start nothing; print the systemd unit that starts this")
    given = parser.parse_args(arguments)
    boxes = tuple(name for name in BOXES if name in (given.only or BOXES))
    if ("server" in boxes) == bool(given.server):
        parser.error("say either --server URL, or that the server is started here; docs/installing.md has examples")
    if given.device and len(boxes) > 1:
        parser.error("--device is the name of one box: add --only kiosk or --only display")
    screen = given.full_screen or has_screen(dict(os.environ), sys.platform)
    return Center(
        data=given.data,
        host=given.host,
        port=given.port,
        preset=given.preset,
        headless=given.headless or not screen,
        sound=given.sound,
        full_screen=given.full_screen,
        printers=tuple(given.printer),
        logo=given.logo,
        boxes=boxes,
        server=given.server,
        device=given.device,
        hall=given.hall,
    ), given.unit


def has_screen(environment: dict[str, str], platform: str) -> bool:
    """Say whether windows can be opened: always on Windows and macOS, elsewhere where a display server is named."""
    return platform in {"win32", "darwin"} or any(map(environment.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def commands(center: Center) -> dict[str, list[str]]:
    """Return the words behind `python -m` for each box of this machine, the server first."""
    data = ["--data", str(center.data)]
    window = [] if center.full_screen else ["--windowed", "1280x720"]
    mode = ["--headless"] if center.headless else window
    place = ["--server", center.address, *data, *_named("--device", center.device), *_named("--hall", center.hall)]
    paper = [word for url in center.printers for word in ("--printer", url)] + _named("--logo", center.logo)
    every = {
        "server": ["queue_server", *data, "--host", center.host, "--port", str(center.port), "--preset", center.preset],
        "kiosk": ["kiosk", *place, *mode, *paper],
        "display": ["display", *place, *mode, "--sound", center.sound],
    }
    return {name: every[name] for name in center.boxes}


def unit(center: Center) -> str:
    """Return the systemd unit that starts this: at boot where there are no windows, else with the session of a user."""
    by_itself = f"User={getpass.getuser()}\n" if center.headless else ""
    target = "multi-user.target" if center.headless else "graphical-session.target"
    return f"""[Unit]
Description=motcua: {", ".join(center.boxes)}
StartLimitIntervalSec=0

[Service]
{by_itself}WorkingDirectory={str(ROOT).replace("%", "%%")}
ExecStart={" ".join(map(_quote, [sys.executable, "tools/center.py", *options(center)]))}
Environment=PYTHONUNBUFFERED=1
UMask=0077
Restart=always
RestartSec=10
KillMode=mixed
TimeoutStopSec=20

[Install]
WantedBy={target}
"""


def options(center: Center) -> list[str]:
    """Return the command line that asks for this, with paths that are good from everywhere."""
    words = [*_named("--data", center.data.resolve()), *_named("--sound", center.sound)]
    if "server" in center.boxes:
        words += ["--host", center.host, "--port", str(center.port), "--preset", center.preset]
    words += [word for name in center.boxes for word in ("--only", name)] if center.boxes != BOXES else []
    words += [word for url in center.printers for word in ("--printer", url)]
    words += _named("--logo", center.logo and center.logo.resolve())
    words += [*_named("--server", center.server), *_named("--device", center.device), *_named("--hall", center.hall)]
    shown = {"--headless": center.headless, "--full-screen": center.full_screen and not center.headless}
    return words + [word for word, wanted in shown.items() if wanted]


def _named(option: str, value: object) -> list[str]:
    return [] if value is None else [option, str(value)]


def _quote(word: str) -> str:
    """Return a word as systemd reads it: in quotes, with its own signs for values doubled."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'


async def _is_ready(server: Box, watching: "asyncio.Task[int]", stopped: asyncio.Event) -> bool:
    deadline = asyncio.get_running_loop().time() + READY_WAIT_S
    while not watching.done() and not stopped.is_set() and asyncio.get_running_loop().time() < deadline:
        try:
            async with asyncio.timeout(0.1):
                if (await server.lines.get()).startswith(READY_LINE):
                    return True
        except TimeoutError:
            continue
    return False


def _device(center: Center, name: str) -> str:
    """Return what lets a page stand for a box; behind the '#' it never leaves the browser by itself."""
    key = read_key(center.data / "keys" / name)
    return f"device={name}&key={key}"


def _on_signal(number: int, stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows has no signal handlers in the loop
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))


def main() -> int:
    """Do what the command line asks for; returns the exit status."""
    center, wants_unit = read_arguments()
    if wants_unit:
        print(unit(center), end="")
        return 0
    if "server" in center.boxes and sys.stdin.isatty():
        offer_restore(center.data, input)
    return asyncio.run(run(center))


if __name__ == "__main__":
    sys.exit(main())
