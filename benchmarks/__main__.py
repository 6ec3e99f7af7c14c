"""`python -m benchmarks [NAME …]`: measure, print a table, write `benchmarks/results/latest.json`.

What the file has of suites that were not measured this time stays in it.
"""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import append, core, footprint, history, latency, paper, steady, throughput

SUITES = {
    "core": core.measure,
    "append": append.measure,
    "throughput": throughput.measure,
    "steady": steady.measure,
    "latency": latency.measure,
    "sockets": footprint.sockets_memory,
    "footprint": footprint.measure,
    "paper": paper.measure,
    "history": history.measure,
}


def main(names: list[str]) -> int:
    """Run the named suites, or all."""
    rows: list[dict[str, Any]] = []
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()}
    for name in names or list(SUITES):
        with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
            print(f"measuring {name} …", flush=True)
            rows.extend({"suite": name, **row} for row in SUITES[name](Path(folder)))
    print_table(rows)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    latest = results / "latest.json"
    earlier = json.loads(latest.read_text(encoding="utf-8"))["rows"] if latest.exists() else []
    kept = merge(earlier, rows)
    latest.write_text(json.dumps({"machine": machine, "rows": kept}, indent=2), encoding="utf-8")
    return 0


def merge(earlier: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of each suite as last measured, in the order of `SUITES`."""
    measured = {row["suite"] for row in rows}
    every = [row for row in earlier if row["suite"] not in measured] + rows
    return sorted((row for row in every if row["suite"] in SUITES), key=lambda row: list(SUITES).index(row["suite"]))


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print what was measured, its aim, and what else is known of it."""
    known = {"suite", "what", "value", "unit", "aim"}
    for row in rows:
        aim = "" if row["aim"] is None else f"aim {row['aim']:g}"
        more = "  ".join(f"{name} {value}" for name, value in row.items() if name not in known)
        print(f"{row['what']:<44} {row['value']:>9g} {row['unit']:<7} {aim:<10} {more}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
