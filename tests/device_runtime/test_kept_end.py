"""The newest end of the journal on a box's disk."""

from pathlib import Path

import pytest

from device_runtime.kept_end import FILE, keeping_end
from queue_protocol.journal_end import JournalEnd
from tests.protocol.test_journal_end import end


def kept(folder: Path | None) -> JournalEnd | None:
    """Return what the next life of a box begins with."""
    with keeping_end(folder) as (found, _):
        return found


def test_the_last_end_is_kept(tmp_path: Path) -> None:
    """Over a restart; the folder is made when it is needed."""
    folder = tmp_path / "kiosk" / "kiosk-1"
    assert kept(folder) is None
    with keeping_end(folder) as (_, keep):
        keep(end(3))
        keep(end(4, A=7))
    assert kept(folder) == end(4, A=7)


def test_a_damaged_file_is_no_end(tmp_path: Path) -> None:
    """A flipped bit must not raise the numbers of a hall."""
    with keeping_end(tmp_path) as (_, keep):
        keep(end(4, A=7))
    stored = bytearray((tmp_path / FILE).read_bytes())
    stored[-5] ^= 1
    (tmp_path / FILE).write_bytes(stored)
    assert kept(tmp_path) is None


def test_a_disk_that_takes_nothing_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The box works on."""
    (tmp_path / "file").touch()
    with keeping_end(tmp_path / "file") as (_, keep):
        keep(end(3))
        keep(end(4))
    assert caplog.text.count("cannot be written") == 1


def test_a_box_without_a_folder_keeps_nothing() -> None:
    """A display may run without a disk."""
    with keeping_end(None) as (found, keep):
        keep(end(3))
    assert found is None
