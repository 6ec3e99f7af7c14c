"""Owns the one form of a picture between raster and printer: 1-bit rows, packed as ESC/POS wants them.

Pure. Whoever draws makes a `Bitmap`; whoever encodes, decodes or saves takes one; nobody else needs a picture library.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A black and white picture; a set bit is black, the highest bit of a byte is its leftmost dot.

    `width_dots` is a multiple of 8, as in the raster command GS v 0; `data` holds `height` rows one after another.
    Raises `ValueError` when the three do not agree.
    """

    width_dots: int
    height: int
    data: bytes

    def __post_init__(self) -> None:
        if self.width_dots <= 0 or self.width_dots % 8:
            raise ValueError(f"width {self.width_dots} is not a positive multiple of 8 dots")
        if self.height < 0 or len(self.data) != self.height * self.row_bytes:
            raise ValueError(
                f"{len(self.data)} bytes are not {self.height} rows of {self.row_bytes} bytes",
            )

    @property
    def row_bytes(self) -> int:
        """Bytes in one row."""
        return self.width_dots // 8

    def rows(self) -> list[bytes]:
        """Return the rows from top to bottom, each `row_bytes` long."""
        step = self.row_bytes
        return [self.data[at : at + step] for at in range(0, len(self.data), step)]
