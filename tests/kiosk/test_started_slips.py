"""What the kiosk's disk remembers of the slips it started."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.started_slips import FILE, MOST_TOLD, StartedSlips
from queue_protocol.ids import TicketId


def slip(number: int, day: int = 20261123) -> TicketId:
    """Return the id of a ticket."""
    return TicketId(f"{day}-A{number:03}")


def test_a_restart_knows_what_was_started(tmp_path: Path) -> None:
    """What `start` returned from is there for the next process."""
    StartedSlips(tmp_path).start(slip(1))
    again = StartedSlips(tmp_path)
    assert (slip(1), 0) in again
    assert (slip(2), 0) not in again
    assert again.started() == (slip(1),)


def test_a_reprint_is_another_slip(tmp_path: Path) -> None:
    """That a slip was begun says nothing of its copies; the server is told of tickets, and only of their own slips."""
    StartedSlips(tmp_path).start(slip(1))
    StartedSlips(tmp_path).start(slip(2), 1)
    again = StartedSlips(tmp_path)
    assert [each in again for each in ((slip(1), 0), (slip(1), 1), (slip(2), 0), (slip(2), 1))] == [
        True,
        False,
        False,
        True,
    ]
    assert again.started() == (slip(1),)


def test_a_torn_last_line_is_a_slip_that_was_not_started(tmp_path: Path) -> None:
    """Power was cut while the line was written: the printer had not got a byte, and nothing else is harmed."""
    started = StartedSlips(tmp_path)
    started.start(slip(1))
    with (tmp_path / FILE).open("a") as file:
        file.write("20261123-A00")
    again = StartedSlips(tmp_path)
    again.start(slip(3))
    assert StartedSlips(tmp_path).started() == (slip(1), slip(3))


def test_no_byte_of_a_started_slip_can_change_unseen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A slip is never taken for another one: its line, or the count, is left out; the file is laid aside and said."""
    started = StartedSlips(tmp_path)
    for number in (1, 2, 3):
        started.start(slip(number))
    sound = (tmp_path / FILE).read_bytes()
    for place in range(len(sound)):
        for left in tmp_path.glob(f"{FILE}*"):
            left.unlink()
        caplog.clear()
        (tmp_path / FILE).write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        known = StartedSlips(tmp_path).started()
        assert set(known) <= {slip(1), slip(2), slip(3)}, place
        assert "not as they were written" in caplog.text, place


@pytest.mark.parametrize("lines_left", [0, 1, 2, 3])
def test_a_file_cut_off_at_the_end_of_a_line_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lines_left: int
) -> None:
    """Every line that is left is sound; the first one counts how many there were."""
    started = StartedSlips(tmp_path)
    for number in (1, 2, 3):
        started.start(slip(number))
    lines = (tmp_path / FILE).read_bytes().splitlines(keepends=True)
    (tmp_path / FILE).write_bytes(b"".join(lines[:lines_left]))
    assert StartedSlips(tmp_path).started() == (slip(1), slip(2), slip(3))[: max(0, lines_left - 1)]
    assert "not as they were written" in caplog.text


def test_a_line_that_came_to_the_disk_before_its_count_is_sound(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The count is forced to the disk with the next line: after a power cut there may be one more than it says."""
    started = StartedSlips(tmp_path)
    started.start(slip(1))
    started.start(slip(2))
    head = (tmp_path / FILE).read_bytes().partition(b"\n")[0]
    started.start(slip(3))
    (tmp_path / FILE).write_bytes(head + b"\n" + (tmp_path / FILE).read_bytes().partition(b"\n")[2])
    assert StartedSlips(tmp_path).started() == (slip(1), slip(2), slip(3))
    assert caplog.text == ""


def test_the_lines_of_the_first_version_are_read(tmp_path: Path) -> None:
    """Without checksums they stand alone, and the next start writes them with theirs."""
    (tmp_path / FILE).write_text("20261123-A001\n20261123-A002/1\n")
    assert (slip(2), 1) in StartedSlips(tmp_path)
    assert all(" " in line for line in (tmp_path / FILE).read_text().splitlines())


def test_a_line_that_the_disk_took_in_part_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the beginning of a line; the next slip does not become a part of it."""
    started = StartedSlips(tmp_path)
    started.start(slip(1))

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("device_runtime.durable_lines.os.fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            started.start(slip(2))
    with (tmp_path / FILE).open("r+b") as file:
        file.truncate((tmp_path / FILE).stat().st_size - 5)
    started.start(slip(3))
    assert StartedSlips(tmp_path).started() == (slip(1), slip(3))


@given(garbage=st.binary(max_size=200))
def test_any_garbage_is_survived(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    """A broken disk block costs a second slip at the worst, never the kiosk."""
    folder = tmp_path_factory.mktemp("started")
    (folder / FILE).write_bytes(b"20261123-A001\n" + garbage)
    started = StartedSlips(folder)
    assert (slip(1), 0) in started
    started.start(slip(2))
    assert (slip(2), 0) in StartedSlips(folder)


def test_old_days_are_pruned(tmp_path: Path) -> None:
    """Today and yesterday are kept, whether the day changes in the process or between two."""
    started = StartedSlips(tmp_path)
    for day in (20261121, 20261122, 20261123):
        started.start(slip(1, day))
    assert started.started() == (slip(1, 20261122), slip(1))
    assert [line.partition(" ")[0] for line in (tmp_path / FILE).read_text().splitlines()] == [
        "lines=00000002",
        "20261122-A001",
        "20261123-A001",
    ]
    assert StartedSlips(tmp_path).started() == started.started()


def test_a_hello_holds_no_more_than_it_may(tmp_path: Path) -> None:
    """The latest slips are the ones that could be offered again."""
    (tmp_path / FILE).write_text("".join(f"{slip(number)}\n" for number in range(1, MOST_TOLD + 51)))
    started = StartedSlips(tmp_path).started()
    assert len(started) == MOST_TOLD
    assert started[-1] == slip(MOST_TOLD + 50)


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    """A file where the folder should be is an error of the start, not of the first slip."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        StartedSlips(tmp_path / "taken")


def test_a_life_that_ended_in_the_middle_of_a_slip_is_known(tmp_path: Path) -> None:
    """While a slip is in the printer its started says so to the next life, and no longer when it has ended."""
    assert not StartedSlips(tmp_path).left_printing
    started = StartedSlips(tmp_path)
    started.start(slip(1))
    again = StartedSlips(tmp_path)
    assert again.left_printing
    again.start(slip(2))
    again.end()
    again.end()
    assert not StartedSlips(tmp_path).left_printing
