"""The log before SQLite reads it: what SQLite takes of it, and damage that would cost acknowledged entries unseen."""

import sqlite3
from pathlib import Path

import pytest

from queue_server.storage.write_ahead_log import FRAME, HEADER, Log, read_log

PAGE = 4096
STEP = FRAME.size + PAGE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a database whose log holds six transactions of several pages."""
    folder = tmp_path_factory.mktemp("log")
    connection = sqlite3.connect(folder / "live.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("CREATE TABLE number (value INTEGER PRIMARY KEY, filling BLOB)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for value in range(6):
        connection.execute("INSERT INTO number VALUES (?, ?)", (value, b"filling" * 1300))
    for name in ("live.sqlite", "live.sqlite-wal"):
        (folder / name.replace("live", "left")).write_bytes((folder / name).read_bytes())
    connection.close()
    return folder


@pytest.fixture(scope="module")
def stored(folder: Path) -> bytes:
    """Return the log."""
    return (folder / "left.sqlite-wal").read_bytes()


def commits(stored: bytes) -> list[int]:
    """Return which frames end a transaction, from 1."""
    frames = range((len(stored) - HEADER.size) // STEP)
    return [place + 1 for place in frames if FRAME.unpack_from(stored, HEADER.size + place * STEP)[1]]


def rows_read(folder: Path, to: Path, stored: bytes) -> int:
    """Return how many of the six rows SQLite sees with this log."""
    (to / "try.sqlite").write_bytes((folder / "left.sqlite").read_bytes())
    (to / "try.sqlite-wal").write_bytes(stored)
    connection = sqlite3.connect(to / "try.sqlite")
    try:
        return int(connection.execute("SELECT count(*) FROM number").fetchone()[0])
    finally:
        connection.close()


def test_a_sound_log_is_read_whole(stored: bytes) -> None:
    """Every frame, and how many pages the file has then."""
    found = read_log(stored, PAGE)
    assert (found.frames, found.damage) == (commits(stored)[-1], None)
    assert found.pages_after == max(found.pages)
    assert not read_log(b"", PAGE).frames


def test_a_cut_off_end_was_never_acknowledged(folder: Path, stored: bytes, tmp_path: Path) -> None:
    """Wherever the log ends, what is whole before it is taken, exactly as SQLite takes it."""
    ends = commits(stored)
    for length in range(HEADER.size, len(stored), 1501):
        found = read_log(stored[:length], PAGE)
        whole = [end for end in ends if HEADER.size + end * STEP <= length]
        assert (found.damage, found.frames) == (None, whole[-1] if whole else 0)
        assert rows_read(folder, tmp_path, stored[:length]) == len(whole)


def test_a_flipped_bit_before_the_last_transaction_is_seen(stored: bytes) -> None:
    """In the page or in the frame's header: acknowledged transactions lie behind it."""
    last_begins = HEADER.size + commits(stored)[-2] * STEP
    for place in range(0, last_begins, 97):
        damaged = bytearray(stored)
        damaged[place] ^= 0x10
        assert read_log(bytes(damaged), PAGE).damage is not None, place


@pytest.mark.parametrize("place", range(HEADER.size))
def test_a_flipped_bit_in_the_header_is_seen(stored: bytes, place: int) -> None:
    """SQLite would take nothing of the log."""
    damaged = bytearray(stored)
    damaged[place] ^= 0x01
    assert read_log(bytes(damaged), PAGE).damage is not None


def test_a_zeroed_sector_before_the_last_transaction_is_seen(stored: bytes) -> None:
    """As a disk leaves it that has given up on a sector; one that was zero before is sound."""
    for sector in range(0, HEADER.size + commits(stored)[-3] * STEP, 512):
        damaged = stored[:sector] + bytes(512) + stored[sector + 512 :]
        assert (read_log(damaged, PAGE).damage is not None) == any(stored[sector : sector + 512]), sector


def test_damage_in_the_last_transaction_is_not_told_by_the_log(folder: Path, stored: bytes, tmp_path: Path) -> None:
    """It looks like a power cut in the middle of it; the rest is taken."""
    before, last = commits(stored)[-2:]
    for frame in range(before, last):
        damaged = bytearray(stored)
        damaged[HEADER.size + frame * STEP + 1000] ^= 0x10
        found = read_log(bytes(damaged), PAGE)
        assert (found.damage, found.frames) == (None, before)
        assert rows_read(folder, tmp_path, bytes(damaged)) == 5


def test_what_an_earlier_round_has_left_behind_is_no_damage(stored: bytes) -> None:
    """A log that began anew has new salts, and old frames behind the new ones."""
    frame = HEADER.size + STEP * commits(stored)[1]
    old = bytearray(stored[frame:])
    for start in range(0, len(old) - STEP + 1, STEP):
        old[start + 8] ^= 0xFF
    found = read_log(stored[:frame] + bytes(old), PAGE)
    assert (found.frames, found.damage) == (commits(stored)[1], None)


def test_zeros_are_an_empty_log() -> None:
    """Nothing in it says that anything was there; the sign of life beside the journal does."""
    assert read_log(bytes(20 * STEP), PAGE) == Log()


def test_a_log_for_pages_of_another_size_is_damaged(stored: bytes) -> None:
    """It cannot be that of the file."""
    assert read_log(stored, 8192).damage is not None
