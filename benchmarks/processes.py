"""Children that benchmarks measure: how they are started and what memory they take."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.serving import Serving

ROOT = Path(__file__).resolve().parent.parent


def serving(data: Path) -> Serving:
    """Return a server on a folder of its own, for a load: three digits hold a real day, not thousands a second."""
    data.mkdir(parents=True, exist_ok=True)
    catalogue = data / "catalogue.toml"
    preset = (ROOT / "assets" / "catalogues" / "xa-vua.toml").read_text(encoding="utf-8")
    loaded = preset.replace("number_digits = 3", "number_digits = 6").replace("recall_gap_s = 45", "recall_gap_s = 0")
    catalogue.write_text(loaded, encoding="utf-8")
    return Serving(data, options=["--catalogue", str(catalogue)])


def start(module: Sequence[str]) -> "subprocess.Popen[str]":
    """Start a module of this project as a child that says nothing on standard error."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
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


def run_load(url: str, connections: int, seconds: float, keys: str) -> dict[str, Any]:
    """Run `benchmarks.load` and return its figures."""
    words = [sys.executable, "-m", "benchmarks.load", url, str(connections), str(seconds), keys]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=seconds + 30, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
