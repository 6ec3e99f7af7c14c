"""Watches over the checkout while tests run: a test writes into its own folder and nowhere else."""

import os
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest

ROOT = Path(__file__).resolve().parent.parent

KEPT_BY_TOOLS = frozenset(
    {".git", ".venv", ".venv-old-browser", "__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
    | {".import_linter_cache", "build"}
)
"""Folders that Python and the tools of a developer write to at any time."""


class CheckoutWatch:
    """Fails the run when files have appeared in the checkout, or have changed that git does not keep."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._before: dict[Path, float] = {}

    def pytest_sessionstart(self) -> None:
        """Look at the checkout before any test."""
        self._before = written(self._root)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for what was written since."""
        if self.found() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was written since."""
        for path in self.found():
            terminalreporter.write_line(f"a test wrote into the checkout: {path.relative_to(self._root)}", red=True)

    def found(self) -> list[Path]:
        """Return what was written since the start."""
        return sorted(path for path, at in written(self._root).items() if self._before.get(path) != at)


def written(root: Path) -> dict[Path, float]:
    """Return every file under `root` with the time of its last change; 0 for sources, which their author may edit."""
    skipped = KEPT_BY_TOOLS | ({"data"} if is_open(root / "data") else set())
    return {path: path.stat().st_mtime if path.is_relative_to(root / "data") else 0.0 for path in files(root, skipped)}


def files(folder: Path, skipped: frozenset[str] | set[str]) -> Iterator[Path]:
    """Yield the files below a folder, without folders of these names."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in skipped]
        yield from (Path(place) / name for name in names)


def is_open(data: Path) -> bool:
    """Say whether a center runs on this folder, as `make run` lets it: then it is the center that writes there."""
    lock = data / "lock"
    if not lock.exists():
        return False
    try:
        with filelock.FileLock(lock, blocking=False):
            return False
    except filelock.Timeout:
        return True
