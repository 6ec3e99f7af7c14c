"""`python -m benchmarks [NAME …]`: measure, print a table, write `benchmarks/results/latest.json`."""

import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import core, footprint, history, latency, paper, steady, throughput

SUITES = {
    "core": core.measure,
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
    (results / "latest.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=2), encoding="utf-8")
    return 0


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print what was measured, its aim, and what else is known of it."""
    known = {"suite", "what", "value", "unit", "aim"}
    for row in rows:
        aim = "" if row["aim"] is None else f"aim {row['aim']:g}"
        more = "  ".join(f"{name} {value}" for name, value in row.items() if name not in known)
        print(f"{row['what']:<44} {row['value']:>9g} {row['unit']:<7} {aim:<10} {more}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
