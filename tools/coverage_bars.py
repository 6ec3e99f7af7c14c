"""Judge what `make coverage` has measured: branches of what only thinks, and lines and branches of all.

Run after the tests, on the report of coverage.py in JSON. What only thinks stands in `.importlinter`, in the contract
of that name; it is tested without waiting, so hardly a branch of it has an excuse.
"""

import configparser
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent

PURE_BRANCHES = 0.98
ALL = 0.90

EXCEPTIONS: Mapping[str, str] = {}
"""Pure modules that may stay below the bar, each with the reason."""


class Share(NamedTuple):
    """How much of something is covered."""

    covered: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1; nothing to cover is all covered."""
        return self.covered / self.of if self.of else 1.0


def pure_modules(text: str) -> list[str]:
    """Return the modules and packages that only think, as `.importlinter` says."""
    contracts = configparser.ConfigParser()
    contracts.read_string(text)
    (thinking,) = (each for each in contracts.values() if each.get("name") == "What thinks does not touch")
    return thinking["source_modules"].split()


def is_pure(file: str, pure: Iterable[str]) -> bool:
    """Say whether a source file belongs to one of these modules or packages."""
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return any(module == each or module.startswith(f"{each}.") for each in pure)


def branches(summary: Mapping[str, Any]) -> Share:
    """Return how many branches of a file, or of all, were taken."""
    return Share(summary["covered_branches"], summary["num_branches"])


def total(summaries: Iterable[Mapping[str, Any]]) -> Share:
    """Return lines and branches together, as coverage.py counts them."""
    kept = list(summaries)
    covered = sum(each["covered_lines"] + each["covered_branches"] for each in kept)
    return Share(covered, sum(each["num_statements"] + each["num_branches"] for each in kept))


def judge(files: Mapping[str, Mapping[str, Any]], pure: Sequence[str]) -> list[str]:
    """Return what is below its bar, in words; nothing when all is well."""
    summaries = {name: each["summary"] for name, each in files.items()}
    thinking = {name: branches(each) for name, each in summaries.items() if is_pure(name, pure)}
    judged = [each for name, each in thinking.items() if name not in EXCEPTIONS]
    together = Share(sum(each.covered for each in judged), sum(each.of for each in judged))
    below = []
    if together.share < PURE_BRANCHES:
        missing = sorted(thinking.items(), key=lambda each: each[1].covered - each[1].of)
        worst = [
            f"  {name}: {each.of - each.covered} of {each.of} not taken" for name, each in missing if each.share < 1
        ]
        below.append("\n".join([f"branches of what thinks: {together.share:.1%}, bar {PURE_BRANCHES:.0%}", *worst]))
    everything = total(summaries.values())
    if everything.share < ALL:
        below.append(f"all: {everything.share:.1%}, bar {ALL:.0%}")
    return below


def main(arguments: Sequence[str]) -> int:
    """Judge the report named on the command line; return 1 when something is below its bar."""
    files = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["files"]
    below = judge(files, pure_modules((ROOT / ".importlinter").read_text(encoding="utf-8")))
    print("\n".join(below) or "coverage is above its bars")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
