"""What a failing disk does to a file: a flipped bit, a zeroed sector, a cut. Bytes in, bytes out, no product in it.

The judge of each file is with its test: what is told must be what was acknowledged, or the damage is said.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random

SECTOR = 512


def flip(content: bytes, chance: Random) -> bytes:
    """Flip one bit."""
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def zero(content: bytes, chance: Random) -> bytes:
    """Fill a sector with zeros; the last one may be short."""
    begin = chance.randrange(-(-len(content) // SECTOR)) * SECTOR
    return content[:begin] + bytes(len(content[begin : begin + SECTOR])) + content[begin + SECTOR :]


def cut(content: bytes, chance: Random) -> bytes:
    """End the file early, perhaps at its beginning."""
    return content[: chance.randrange(len(content))]


KINDS: Mapping[str, Callable[[bytes, Random], bytes]] = {"flip": flip, "zero": zero, "cut": cut}


def damage(content: bytes, chance: Random) -> tuple[str, bytes]:
    """Do what an old disk does, one kind by chance, and return which it was and the file after it, which differs."""
    while True:
        kind = chance.choice(list(KINDS))
        spoilt = KINDS[kind](content, chance)
        if spoilt != content:
            return kind, spoilt


def first_difference(content: bytes, spoilt: bytes) -> int:
    """Return the place of the first byte that is not as it was."""
    pairs = enumerate(zip(content, spoilt, strict=False))
    return next((place for place, (before, after) in pairs if before != after), min(len(content), len(spoilt)))


def damages(content: bytes, chance: Random, times: int) -> Iterator[tuple[str, bytes]]:
    """Yield the kind of a damage and the file after it, so often, all kinds alike; each changes something."""
    for turn in range(times):
        kind = list(KINDS)[turn % len(KINDS)]
        spoilt = KINDS[kind](content, chance)
        yield kind, spoilt if spoilt != content else flip(content, chance)
