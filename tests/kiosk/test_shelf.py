"""What the kiosk's disk remembers of the slips it started."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.shelf import FILE, MOST_TOLD, Shelf
from queue_protocol.ids import TicketId


def slip(number: int, day: int = 20261123) -> TicketId:
    """Return the id of a ticket."""
    return TicketId(f"{day}-A{number:03}")


def test_a_restart_knows_what_was_started(tmp_path: Path) -> None:
    """What `start` returned from is there for the next process."""
    Shelf(tmp_path).start(slip(1))
    again = Shelf(tmp_path)
    assert (slip(1), 0) in again
    assert (slip(2), 0) not in again
    assert again.started() == (slip(1),)


def test_a_reprint_is_another_slip(tmp_path: Path) -> None:
    """That a slip was begun says nothing of its copies; the server is told of tickets, and only of their own slips."""
    Shelf(tmp_path).start(slip(1))
    Shelf(tmp_path).start(slip(2), 1)
    again = Shelf(tmp_path)
    assert [each in again for each in ((slip(1), 0), (slip(1), 1), (slip(2), 0), (slip(2), 1))] == [
        True,
        False,
        False,
        True,
    ]
    assert again.started() == (slip(1),)


def test_a_torn_last_line_is_a_slip_that_was_not_started(tmp_path: Path) -> None:
    """Power was cut while the line was written: the printer had not got a byte, and nothing else is harmed."""
    shelf = Shelf(tmp_path)
    shelf.start(slip(1))
    with (tmp_path / FILE).open("a") as file:
        file.write("20261123-A00")
    again = Shelf(tmp_path)
    again.start(slip(3))
    assert Shelf(tmp_path).started() == (slip(1), slip(3))


@given(garbage=st.binary(max_size=200))
def test_any_garbage_is_survived(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    """A broken disk block costs a second slip at the worst, never the kiosk."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / FILE).write_bytes(b"20261123-A001\n" + garbage)
    shelf = Shelf(folder)
    assert (slip(1), 0) in shelf
    shelf.start(slip(2))
    assert (slip(2), 0) in Shelf(folder)


def test_old_days_are_pruned(tmp_path: Path) -> None:
    """Today and yesterday are kept, whether the day changes in the process or between two."""
    shelf = Shelf(tmp_path)
    for day in (20261121, 20261122, 20261123):
        shelf.start(slip(1, day))
    assert shelf.started() == (slip(1, 20261122), slip(1))
    assert (tmp_path / FILE).read_text() == "20261122-A001\n20261123-A001\n"
    assert Shelf(tmp_path).started() == shelf.started()


def test_a_hello_holds_no_more_than_it_may(tmp_path: Path) -> None:
    """The latest slips are the ones that could be offered again."""
    (tmp_path / FILE).write_text("".join(f"{slip(number)}\n" for number in range(1, MOST_TOLD + 51)))
    started = Shelf(tmp_path).started()
    assert len(started) == MOST_TOLD
    assert started[-1] == slip(MOST_TOLD + 50)


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    """A file where the folder should be is an error of the start, not of the first slip."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        Shelf(tmp_path / "taken")


def test_a_life_that_ended_in_the_middle_of_a_slip_is_known(tmp_path: Path) -> None:
    """While a slip is in the printer its shelf says so to the next life, and no longer when it has ended."""
    assert not Shelf(tmp_path).left_printing
    shelf = Shelf(tmp_path)
    shelf.start(slip(1))
    again = Shelf(tmp_path)
    assert again.left_printing
    again.start(slip(2))
    again.end()
    again.end()
    assert not Shelf(tmp_path).left_printing
