"""Run the tests that read the clock of the machine on days on which software falls over: `make test-dates`.

A module of tests reads it when it, or one of the modules of `tests` that it imports, starts a program: boxes and
servers take the time from the PC, everything else gets its time from the test. Python processes get the faked clock
(tests/dates/sitecustomize.py); the browser keeps the real one, as the PC of a clerk may, and pages have to do without.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

STARTS_A_PROGRAM = re.compile(r"\b(subprocess|Popen|posix_spawn)\b")
APART = frozenset({"house", "torture"})
"""Folders that read sources only, or set the clocks of their programs themselves."""
IMPORTS = re.compile(r"^from tests\.([\w.]+) import|^from tests import (\w+)", re.MULTILINE)


PYTEST = [
    *("-m", "pytest", "--numprocesses", "auto", "--dist", "loadgroup", "-p", "no:cacheprovider"),
    # The clock is set before pytest begins.
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
]


class Day(NamedTuple):
    """A moment to run the tests at."""

    name: str
    at: str
    """With its UTC offset; later than the day this version was made, before which a server believes no clock."""
    for_each_process: bool = False
    """Whether each process begins at the moment, so that each lives through it; else the whole run begins then."""


DAYS = (
    Day("first-of-month", "2027-06-01T08:00:00+07:00"),
    Day("last-of-month", "2027-08-31T15:00:00+07:00"),
    Day("first-of-year", "2027-01-01T09:00:00+07:00"),
    Day("last-of-year", "2026-12-31T16:00:00+07:00"),
    Day("leap-day", "2028-02-29T10:00:00+07:00"),
    Day("sunday", "2027-03-07T10:00:00+07:00"),
    Day("tet", "2027-02-06T09:00:00+07:00"),
    Day("midnight-in-viet-nam", "2027-05-12T23:59:52+07:00", for_each_process=True),
    Day("midnight-in-utc", "2027-05-12T23:59:52+00:00", for_each_process=True),
)


def sensitive_modules(root: Path = ROOT) -> list[Path]:
    """Return the modules of tests that read the clock of the machine."""
    modules = sorted((root / "tests").rglob("test_*.py"))
    return [each for each in modules if APART.isdisjoint(each.parts) and starts_programs(each, root, set())]


def starts_programs(module: Path, root: Path, seen: set[Path]) -> bool:
    """Say whether a module of tests, or one it imports, starts a program."""
    seen.add(module)
    source = module.read_text(encoding="utf-8")
    if STARTS_A_PROGRAM.search(source):
        return True
    conftest = module.parent / "conftest.py"
    around = [conftest] if conftest.exists() and module.parent != root / "tests" else []
    return any(starts_programs(each, root, seen) for each in [*imported(source, root), *around] if each not in seen)


def imported(source: str, root: Path) -> Iterator[Path]:
    """Yield the modules of `tests` that a source imports."""
    for dotted, name in IMPORTS.findall(source):
        path = (root / "tests").joinpath(*(dotted or name).split(".")).with_suffix(".py")
        if path.exists():
            yield path


def environment(day: Day, now: datetime) -> dict[str, str]:
    """Return the environment of a run on a day."""
    at = datetime.fromisoformat(day.at)
    clock = {"CLOCK_STARTS_AT": day.at} if day.for_each_process else {"CLOCK_AHEAD_S": str((at - now).total_seconds())}
    return {**os.environ, **clock, "PYTHONPATH": str(ROOT / "tests" / "dates")}


def main(arguments: Sequence[str]) -> int:
    """Run the tests on each day; return 0 when all were green on all of them."""
    parser = argparse.ArgumentParser(
        prog="dates.py", description="Run the tests that read the clock on difficult days."
    )
    parser.add_argument("--day", action="append", choices=[day.name for day in DAYS], help="only this one; repeatable")
    parser.add_argument("pytest", nargs=argparse.REMAINDER, help="words for pytest; tests among them run instead")
    chosen = parser.parse_args(arguments)
    words = [word for word in chosen.pytest if word != "--"]
    if not any((ROOT / word.partition("::")[0]).exists() for word in words):
        words += [str(path.relative_to(ROOT)) for path in sensitive_modules()]
    red = []
    for day in DAYS:
        if chosen.day and day.name not in chosen.day:
            continue
        print(f"{day.name}: {day.at}", flush=True)
        now = datetime.now(UTC)  # noqa: TID251 - how far the machine's clock is from the day
        run = subprocess.run([sys.executable, *PYTEST, *words], cwd=ROOT, env=environment(day, now), check=False)
        red += [day.name] if run.returncode else []
    print(f"red on: {', '.join(red)}" if red else "green on every day")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
