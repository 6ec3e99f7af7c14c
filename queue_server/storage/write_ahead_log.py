"""Owns the form of SQLite's write-ahead log, as far as damage to it can be seen before SQLite reads it.

SQLite takes the frames up to the first one whose checksum is wrong, and drops the rest without a word: that is right
after a power cut, where the rest was never acknowledged, and wrong after a flipped bit, where it was. What tells the
two apart is what lies behind the bad frame. Pure; the form is that of sqlite.org/fileformat2.html, 4.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

HEADER = struct.Struct(">III4x8sII")
"""Magic, version of the form, page size, salts, checksum; between them the number of the checkpoint."""
FRAME = struct.Struct(">II8sII")
"""Number of the page; pages of the file after the commit, 0 for none; salts, checksum."""

MAGIC = 0x377F0682
"""Of a log whose checksums read their words as little-endian; one more: as big-endian."""
FORM = 3_007_000

_SUMMED_OF_HEADER, _SUMMED_OF_FRAME = 24, 8
"""Bytes that the checksum is over."""
_MASK = 0xFFFFFFFF

Sums = tuple[int, int]


class _Frame(NamedTuple):
    page: int
    commit: int
    salts: bytes
    sums: Sums
    summed: bytes
    """What its checksum is over, besides that of the frame before."""


@dataclass(frozen=True, slots=True)
class Log:
    """What SQLite will take of a log, and what it would drop although it was written whole."""

    frames: int = 0
    """Sound frames up to the last commit among them."""
    pages: frozenset[int] = frozenset()
    """Of those frames."""
    pages_after: int = 0
    """Of the file after that commit; 0: there is none."""
    damage: str | None = None
    """Where the log is damaged, as a clause in English; `None`: nothing in it says so."""


def read_log(stored: bytes, page_size: int) -> Log:
    """Return what a log holds for a file with pages of this size.

    A log that ends in the middle of its last transaction is sound: nobody was told of that one. Of damage in there
    the log alone cannot tell.
    """
    header = _header(stored, page_size)
    frames = list(_frames(stored, page_size))
    if header is None:
        is_empty = not frames or not any(stored)
        return Log(damage=None if is_empty else "its header is not what was written")
    order, salts, sums = header
    sound, pages, committed, pages_after = 0, set[int](), frozenset[int](), 0
    good = 0
    for place, frame in enumerate(frames, 1):
        sums = _added(sums, frame.summed, order)
        if frame.salts != salts or sums != frame.sums or frame.page == 0:
            break
        good = place
        pages.add(frame.page)
        if frame.commit:
            sound, committed, pages_after = place, frozenset(pages), frame.commit
    behind = [frame for frame in frames[good:] if frame.salts == salts]
    is_damaged = any(frame.commit for frame in behind[:-1])
    damage = f"page {good + 1} of {len(frames)} in it is not what was written" if is_damaged else None
    return Log(sound, committed, pages_after, damage)


def sound_part(stored: bytes, page_size: int) -> bytes:
    """Return a log without all that SQLite would drop, or that is damaged; empty where nothing holds."""
    frames = read_log(stored, page_size).frames
    return stored[: HEADER.size + frames * (FRAME.size + page_size)] if frames else b""


def _header(stored: bytes, page_size: int) -> "tuple[str, bytes, Sums] | None":
    """Return how words are read, the salts and the checksum to begin with; `None`: SQLite takes nothing of the log."""
    if len(stored) < HEADER.size:
        return None
    magic, form, own_page_size, salts, *sums = HEADER.unpack_from(stored)
    if magic not in {MAGIC, MAGIC + 1} or form != FORM or own_page_size != page_size:
        return None
    order = "<" if magic == MAGIC else ">"
    begun = _added((0, 0), stored[:_SUMMED_OF_HEADER], order)
    return (order, salts, begun) if begun == tuple(sums) else None


def _frames(stored: bytes, page_size: int) -> Iterator[_Frame]:
    size = FRAME.size + page_size
    for start in range(HEADER.size, len(stored) - size + 1, size):
        page, commit, salts, *sums = FRAME.unpack_from(stored, start)
        summed = stored[start : start + _SUMMED_OF_FRAME] + stored[start + FRAME.size : start + size]
        yield _Frame(page, commit, salts, (sums[0], sums[1]), summed)


def _added(sums: Sums, content: bytes, order: str) -> Sums:
    """Return the checksum after these bytes: each pair of words is added to the two sums, crosswise."""
    one, two = sums
    words = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for first, second in zip(words, words, strict=True):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two
