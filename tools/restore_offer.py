"""What a first start at a terminal asks: a new center, or one that comes back from a backup."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KEPT_BY_A_CENTER = ("queue.sqlite", "alive")
"""Where one of these is, a center has run."""

BACKUP_PLACES = ("/media", "/run/media", "/mnt")
"""Where systems put a disk that is plugged in."""

BACKUPS = tuple(f"{'*/' * depth}queue-????????T??????Z.sqlite" for depth in range(1, 5))
"""As deep as a folder on a disk of a user; a search of all of a large disk would keep its person waiting."""


def offer_restore(data: Path, ask: Callable[[str], str]) -> None:
    """Where no center was yet, let the person at the terminal choose: a new one, or one from a backup.

    `ask` shows a question and returns the line that was typed. Returns when a backup was restored, or none is wanted.
    """
    if any((data / name).exists() for name in KEPT_BY_A_CENTER):
        return
    print(f"There is no center in {data} yet.")
    found = {path for place in BACKUP_PLACES for each in BACKUPS for path in Path(place).glob(each)}
    for path in sorted(found, key=lambda each: each.name, reverse=True)[:3]:
        print(f"    a backup is in {path}")
    while source := ask("Press Enter for a new center, or type the backup (its file or its folder): ").strip():
        words = [sys.executable, "-m", "queue_server", "restore", source, "--data", str(data)]
        if subprocess.run(words, cwd=ROOT, check=False).returncode == 0:
            return
