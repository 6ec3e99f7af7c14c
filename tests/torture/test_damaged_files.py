"""Bits flipped, sectors zeroed, ends cut off in every file of the server: repaired, refused or said, never silent."""

import contextlib
import io
import logging
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from random import Random

import pytest

from queue_server.storage.sqlite import FILE
from tests.torture.damage import damage, first_difference
from tests.torture.lived import PROMISES_KEPT, Lived, left_center, outcome_of_start, stopped_center

WITHOUT_CONTENT = frozenset({"lock"})

TIMES_MORE = 4
"""The journal's file and its log are damaged so much more often than any other file: most can be lost there."""


@pytest.fixture(scope="module", params=[left_center, stopped_center])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Return a center whose plug was pulled, or that was stopped: there no log makes good what is damaged under it."""
    made: Lived = request.param(tmp_path_factory.mktemp("lived"))
    return made


@pytest.mark.timeout(3600)
def test_no_damage_is_silent(
    lived: Lived, tmp_path: Path, pytestconfig: pytest.Config, caplog: pytest.LogCaptureFixture
) -> None:
    """Judged from what was acknowledged: all of it is there, or the start is refused, or staff are told."""
    caplog.set_level(logging.CRITICAL)
    times = pytestconfig.getoption("flips")
    chance = Random(times)  # noqa: S311 - weather that can be repeated
    outcomes: Counter[tuple[str, str]] = Counter()
    broken: list[str] = []
    for name in islice(turns(lived.folder), times):
        folder = tmp_path / "tried"
        shutil.copytree(lived.folder, folder)
        sound = (folder / name).read_bytes()
        kind, spoilt = damage(sound, chance)
        (folder / name).write_bytes(spoilt)
        with contextlib.redirect_stdout(io.StringIO()):
            outcome = outcome_of_start(folder, lived)
        outcomes[name, outcome] += 1
        if outcome not in PROMISES_KEPT:
            broken.append(f"{outcome}: {kind} at {first_difference(sound, spoilt)} of {name}")
        shutil.rmtree(folder)
    print(*figures(outcomes), sep="\n", file=sys.stderr)  # noqa: T201 - the figures of this run
    assert broken == []
    assert {outcome for _, outcome in outcomes} >= {"whole", "refused"}


def turns(folder: Path) -> Iterator[str]:
    """Yield the name of the file to damage next: every file of the folder in turn, for ever."""
    there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    names = [name for name in there if name not in WITHOUT_CONTENT]
    often = tuple(name for name in (FILE, f"{FILE}-wal") if name in names) * TIMES_MORE
    return cycle([*often, *(name for name in names if name not in often)])


def figures(outcomes: "Counter[tuple[str, str]]") -> Sequence[str]:
    """Return what became of each file, in lines."""
    return [f"{name}: {times} {outcome}" for (name, outcome), times in sorted(outcomes.items())]
