"""The watch over the checkout sees what a test writes there, and lets its author and a running center work."""

import subprocess
import sys
from pathlib import Path

import filelock

from tests.checkout import CheckoutWatch
from tests.house.sources import ROOT


def watching(folder: Path) -> CheckoutWatch:
    """Return a watch over a small checkout."""
    (folder / "data").mkdir()
    (folder / "data" / "lock").touch()
    (folder / "source.py").write_text("")
    watch = CheckoutWatch(folder)
    watch.pytest_sessionstart()
    return watch


def test_new_files_and_a_changed_data_folder_are_found(tmp_path: Path) -> None:
    """Whatever appears is named, except what tools keep; a source may be edited while tests run."""
    watch = watching(tmp_path)
    (tmp_path / "source.py").write_text("edited")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "source.pyc").touch()
    assert watch.found() == []
    (tmp_path / "left.txt").touch()
    (tmp_path / "data" / "lost.json").touch()
    assert watch.found() == [tmp_path / "data" / "lost.json", tmp_path / "left.txt"]


def test_a_center_that_runs_may_write(tmp_path: Path) -> None:
    """While `make run` holds the data folder, what changes there is its own."""
    watch = watching(tmp_path)
    with filelock.FileLock(tmp_path / "data" / "lock"):
        (tmp_path / "data" / "queue.sqlite").touch()
        assert watch.found() == []


def test_a_run_that_leaves_a_file_is_red(tmp_path: Path) -> None:
    """A whole run of pytest fails for a passing test that left something behind, and names it."""
    (tmp_path / "test_leaving.py").write_text(
        '"""Leaves."""\n\ndef test_leaving():\n    """Leaves."""\n    open("left.txt", "w").close()\n'
    )
    (tmp_path / "conftest.py").write_text(
        "from pathlib import Path\n\nfrom tests.checkout import CheckoutWatch\n\n"
        "def pytest_configure(config):\n    config.pluginmanager.register(CheckoutWatch(Path.cwd()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_leaving.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, "wrote into the checkout: left.txt" in run.stdout) == (1, True), run.stdout
