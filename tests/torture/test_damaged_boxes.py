"""Every file of a kiosk and a display is damaged in every way: the box starts, and nothing is given or said twice.

The judge knows what was acknowledged: the numbers on slips, the slips that were started, the call that was spoken.
"""

from pathlib import Path
from random import Random

import pytest

from device_runtime.device_key import key_file, read_key
from display.last_spoken import FILE as SPOKEN
from display.last_spoken import read_last_spoken, write_last_spoken
from kiosk.reserve_file import FILE as RESERVE
from kiosk.started_slips import FILE as STARTED
from kiosk.started_slips import StartedSlips
from queue_protocol.answers import Refused
from tests.display.hall_server import at
from tests.kiosk.test_alone import WISH, Life
from tests.kiosk.test_started_slips import slip
from tests.torture.damage import damages

SEED = 20261123


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """Return how often each file is damaged."""
    return int(request.config.getoption("--damages")) // 4


def empty(folder: Path, name: str) -> None:
    """Take away what an earlier round has left of a file."""
    for left in folder.glob(f"{name}*"):
        left.unlink()


async def test_a_damaged_reserve(tmp_path: Path, times: int, caplog: pytest.LogCaptureFixture) -> None:
    """No number that stands on a slip is given again, with the server away or back; the damage is said."""
    life = Life(tmp_path)
    life.hear_server()
    on_slips = {life.give() for _ in range(5)}
    sound = (tmp_path / RESERVE).read_bytes()
    for kind, spoilt in damages(sound, Random(SEED), times):  # noqa: S311 - the same damages in every run
        empty(tmp_path, RESERVE)
        caplog.clear()
        (tmp_path / RESERVE).write_bytes(spoilt)
        after = Life(tmp_path)
        assert after.alone.give(WISH) == Refused(code="hall_closed"), kind
        assert "is damaged" in caplog.text
        after.hear_server(AK=2)
        assert after.give() not in on_slips


def test_damaged_started_slips(tmp_path: Path, times: int, caplog: pytest.LogCaptureFixture) -> None:
    """No slip is taken for another one, and that one is forgotten is said, also where the file ends early."""
    started = StartedSlips(tmp_path)
    for number in range(1, 41):
        started.start(slip(number))
    before = started.started()
    sound = (tmp_path / STARTED).read_bytes()
    for kind, spoilt in damages(sound, Random(SEED), times):  # noqa: S311 - the same damages in every run
        empty(tmp_path, STARTED)
        caplog.clear()
        (tmp_path / STARTED).write_bytes(spoilt)
        known = StartedSlips(tmp_path).started()
        assert set(known) <= set(before), kind
        assert "not as they were written" in caplog.text or known == before, kind


def test_a_damaged_memory_of_the_last_call(tmp_path: Path, times: int, caplog: pytest.LogCaptureFixture) -> None:
    """No other call counts as spoken, which would leave younger ones unsaid; the damage is said."""
    write_last_spoken(tmp_path, at(41))
    sound = (tmp_path / SPOKEN).read_bytes()
    for kind, spoilt in damages(sound, Random(SEED), times):  # noqa: S311 - the same damages in every run
        empty(tmp_path, SPOKEN)
        caplog.clear()
        (tmp_path / SPOKEN).write_bytes(spoilt)
        assert read_last_spoken(tmp_path) is None, kind
        assert "is damaged" in caplog.text


def test_a_damaged_key(tmp_path: Path, times: int, caplog: pytest.LogCaptureFixture) -> None:
    """No other key is presented, and the log names the file."""
    key_file(tmp_path / "kiosk-1").write("k" * 43)
    sound = (tmp_path / "kiosk-1").read_bytes()
    for kind, spoilt in damages(sound, Random(SEED), times):  # noqa: S311 - the same damages in every run
        caplog.clear()
        (tmp_path / "kiosk-1").write_bytes(spoilt)
        assert read_key(tmp_path / "kiosk-1") is None, kind
        assert str(tmp_path / "kiosk-1") in caplog.text
