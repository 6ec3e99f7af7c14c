"""What a display keeps on disk, and what it does when the disk is not as it should be."""

import logging
from pathlib import Path

import pytest

from display.shelf import LAST_SPOKEN, read_key, read_last_spoken, write_last_spoken
from tests.display.hall_server import at


def test_the_last_call_spoken_survives_a_restart(tmp_path: Path) -> None:
    """What was written is read again, the newest of several."""
    write_last_spoken(tmp_path / "display-1", at(41))
    write_last_spoken(tmp_path / "display-1", at(42))
    assert read_last_spoken(tmp_path / "display-1") == at(42)
    assert [path.name for path in (tmp_path / "display-1").iterdir()] == [LAST_SPOKEN]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'{"a": 1}', b"[1,-4]"])
def test_a_broken_memory_is_no_memory(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A file cut off by a power loss stops nothing and is in the log."""
    (tmp_path / LAST_SPOKEN).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_last_spoken(tmp_path) is None
    assert LAST_SPOKEN in caplog.text


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A repeated call after a restart is all it costs."""
    (tmp_path / "file").write_text("in the way")
    write_last_spoken(tmp_path / "file", at(1))
    assert "cannot be written" in caplog.text


def test_without_a_folder_nothing_is_kept() -> None:
    """A display without a data folder remembers in memory only."""
    write_last_spoken(None, at(1))
    assert read_last_spoken(None) is None


def test_the_key_is_the_one_line_of_its_file(tmp_path: Path) -> None:
    """The newline that an editor adds is no part of it."""
    (tmp_path / "display-1").write_text("k" * 32 + "\n")
    assert read_key(tmp_path / "display-1") == "k" * 32


@pytest.mark.parametrize("content", [None, b"", b"short", b"\xff" * 32, b"two words that are long enough"])
def test_a_key_that_cannot_be_used_is_none(tmp_path: Path, content: bytes | None) -> None:
    """The server then says that it does not know the display; the log says why."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert read_key(tmp_path / "key") is None


def test_no_file_no_key() -> None:
    """Without a data folder there is nowhere to look."""
    assert read_key(None) is None
