"""Children that benchmarks measure: how they are started, when they are ready, what memory they take."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A queue server that runs."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    ready_s: float
    password: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def rss_mb(self) -> float:
        """Return its memory in megabytes."""
        return rss_mb(self.process.pid)


@contextlib.contextmanager
def server(data: Path, port: int) -> Iterator[Server]:
    """Run a server on a folder of its own."""
    began = time.perf_counter()
    data.mkdir(parents=True, exist_ok=True)
    catalogue = data / "catalogue.toml"
    preset = (ROOT / "assets" / "catalogues" / "xa-vua.toml").read_text(encoding="utf-8")
    # Three digits hold a real day, not a load of thousands a second.
    catalogue.write_text(preset.replace("number_digits = 3", "number_digits = 6"), encoding="utf-8")
    process = start(["queue_server", "--data", str(data), "--port", str(port), "--catalogue", str(catalogue)])
    password = ""
    try:
        for line in process.stdout or ():
            password = line.split()[-1] if "password" in line else password
            if line.startswith("motcua serves on"):
                break
        wait_until_healthy(port)
        yield Server(process, port, data, time.perf_counter() - began, password)
    finally:
        end(process)


def start(module: Sequence[str], env: dict[str, str] | None = None) -> "subprocess.Popen[str]":
    """Start a module of this project as a child that says nothing on standard error."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )


def end(process: "subprocess.Popen[str]") -> None:
    """End a child that was started here."""
    process.terminate()
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    memory: int = psutil.Process(pid).memory_info().rss
    return round(memory / 1e6, 1)


def wait_until_healthy(port: int) -> None:
    """Return when the server answers; raises `TimeoutError` after ten seconds."""
    import urllib.request  # noqa: PLC0415 - costs a tenth of a second that would be counted as start-up

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(f"no server on port {port}")


def run_load(url: str, connections: int, seconds: float, keys: str) -> dict[str, Any]:
    """Run `benchmarks.load` and return its figures."""
    words = [sys.executable, "-m", "benchmarks.load", url, str(connections), str(seconds), keys]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=seconds + 30, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
