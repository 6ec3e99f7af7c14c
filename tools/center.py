"""Start one center: the queue server, a kiosk and a display, as `make run` does. Imports no box, starts programs.

What they have to say to a person is shown here; their logs go to `DATA/logs`. A box that ends by itself is started
again. One Ctrl-C, or SIGTERM, ends everything, the server last.
"""

import argparse
import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READY_LINE = "motcua serves on "
"""What the server prints when its socket is open."""

READY_WAIT_S = 30.0
"""A server that is not ready by then on the slowest disk will not be."""

STOP_WAIT_S = 6.0
"""Boxes end within two seconds; who has not ended by then is killed."""

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

    @property
    def address(self) -> str:
        """Where this machine reaches the server."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"


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
        async for line in self._child.stdout:
            said = line.decode("utf-8", "replace").rstrip()
            self.lines.put_nowait(said)
            print(f"  {said}", flush=True)
        return await self._child.wait()

    async def keep(self, running: "asyncio.Task[int] | None" = None) -> None:
        """Keep it running: start it unless it is `running`, and again whenever it ends by itself.

        The wait between two starts grows to half a minute.
        """
        pause_s = 1.0
        while True:
            if running is None:
                await self.start()
            status = await (running or self.watch())
            running = None
            if status == USAGE_ERROR:
                print(f"  {self.name} cannot start: {self.last_words()}", flush=True)
                return
            print(f"  {self.name} ended (status {status}) and is started again; see {self._log}", flush=True)
            await asyncio.sleep(pause_s)
            pause_s = min(30.0, pause_s * 2)

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
    """Run the center until it is told to stop; returns the exit status."""
    logs = center.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    server, kiosk, display = _boxes(center, logs)
    stopped = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a closed terminal, too, must leave nobody behind
        if hasattr(signal, name):
            _on_signal(getattr(signal, name), stopped)
    print("motcua starts a center in", center.data, flush=True)
    await server.start()
    watching = asyncio.create_task(server.watch())
    if not await _is_ready(server, watching, stopped):
        await server.stop()
        print(server.last_words(), file=sys.stderr)
        return USAGE_ERROR
    tell(center)
    keeping = [asyncio.create_task(box.keep()) for box in (kiosk, display)]
    keeping.append(asyncio.create_task(server.keep(watching)))
    await stopped.wait()
    for task in keeping:
        task.cancel()
    await asyncio.gather(kiosk.stop(), display.stop())
    await server.stop()
    print("motcua has stopped; the same command goes on with the same day", flush=True)
    return 0


def tell(center: Center) -> None:
    """Say where everything is."""
    if center.headless:
        print("  There is no screen here: kiosk and display run without one, and these two pages are their screens:")
        print(f"    kiosk     {center.address}/kiosk#{_device(center, 'kiosk-1')}")
        print(
            f"    display   {center.address}/display#{_device(center, 'display-1')}   (tap 'Bật âm thanh' to hear it)"
        )
    else:
        print(f"    kiosk and display open in windows; as pages: {center.address}/kiosk and {center.address}/display")
    print(f"    desk      {center.address}/desk      (sign in, open a counter, press the space bar)")
    print(f"    office    {center.address}/office    (the log, the figures, accounts)")
    print(f"    paper     {center.data / 'paper'}")
    python = shlex.quote(os.path.relpath(sys.executable))
    print("    the first manager is 'quanly', with the password of the first start; for a new one:")
    print(f"              {python} -m queue_server password quanly --data {shlex.quote(str(center.data))}")
    print("  Ctrl-C stops everything.", flush=True)


def read_arguments(arguments: Sequence[str] | None = None) -> Center:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="center.py", description="Start the server, a kiosk and a display.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of everything that is kept")
    parser.add_argument("--host", default="127.0.0.1", help="address of the server; 0.0.0.0 serves the hall")
    parser.add_argument("--port", type=int, default=8080, help="port of the server")
    parser.add_argument("--preset", default="xa-vua", help="catalogue of the first start")
    parser.add_argument("--headless", action="store_true", help="open no windows even where there is a screen")
    parser.add_argument("--sound", default="device", help="device, none, or file:FOLDER")
    given = parser.parse_args(arguments)
    return Center(
        data=given.data,
        host=given.host,
        port=given.port,
        preset=given.preset,
        headless=given.headless or not has_screen(dict(os.environ), sys.platform),
        sound=given.sound,
    )


def has_screen(environment: dict[str, str], platform: str) -> bool:
    """Say whether windows can be opened: always on Windows and macOS, elsewhere where a display server is named."""
    if platform in {"win32", "darwin"}:
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _boxes(center: Center, logs: Path) -> tuple[Box, Box, Box]:
    data = str(center.data)
    mode = ["--headless"] if center.headless else ["--windowed", "1280x720"]
    to_server = ["--server", center.address, "--data", data]
    server = ["--data", data, "--host", center.host, "--port", str(center.port), "--preset", center.preset]
    return (
        Box("server", ["queue_server", *server], logs),
        Box("kiosk", ["kiosk", *to_server, *mode], logs),
        Box("display", ["display", *to_server, *mode, "--sound", center.sound], logs),
    )


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
    key = (center.data / "keys" / name).read_text(encoding="ascii").strip()
    return f"device={name}&key={key}"


def _on_signal(number: int, stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows has no signal handlers in the loop
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))


if __name__ == "__main__":
    sys.exit(asyncio.run(run(read_arguments())))
