"""What a display keeps on disk, and what it does when the disk is not as it should be."""

import logging
from pathlib import Path

import pytest

from display.last_spoken import FILE, read_last_spoken, write_last_spoken
from tests.display.hall_server import at


def test_the_last_call_spoken_survives_a_restart(tmp_path: Path) -> None:
    """What was written is read again, the newest of several."""
    write_last_spoken(tmp_path / "display-1", at(41))
    write_last_spoken(tmp_path / "display-1", at(42))
    assert read_last_spoken(tmp_path / "display-1") == at(42)
    assert [path.name for path in (tmp_path / "display-1").iterdir()] == [FILE]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'{"a": 1}', b"[1,-4]"])
def test_a_broken_memory_is_no_memory(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A file cut off by a power loss stops nothing and is in the log."""
    (tmp_path / FILE).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_last_spoken(tmp_path) is None
    assert FILE in caplog.text


def test_no_byte_of_the_memory_can_change_unseen(tmp_path: Path) -> None:
    """A flipped bit never makes another call the last one, which would leave younger calls unsaid."""
    write_last_spoken(tmp_path, at(41))
    sound = (tmp_path / FILE).read_bytes()
    for place in range(len(sound)):
        (tmp_path / FILE).write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert read_last_spoken(tmp_path) is None, place


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A repeated call after a restart is all it costs."""
    (tmp_path / "file").write_text("in the way")
    write_last_spoken(tmp_path / "file", at(1))
    assert "cannot be written" in caplog.text


def test_without_a_folder_nothing_is_kept() -> None:
    """A display without a data folder remembers in memory only."""
    write_last_spoken(None, at(1))
    assert read_last_spoken(None) is None
