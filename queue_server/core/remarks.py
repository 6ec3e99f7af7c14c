"""Remarks: the free text of staff (a note) and of citizens (a comment) on a ticket, as it may be kept.

No rule of the hall looks at one. Names cannot be told from other words; numbers that point to a person can.
"""

import re
import unicodedata
from typing import Final

MOST_LETTERS = 500
"""Of one remark: a few sentences."""

MASK: Final = "•••"
"""Stands where a number stood."""

_NUMBERS = re.compile(
    r"""
    (?<![\w.-])                     # not the middle of the code of a dossier, as H38.26-261123-0012
    (?:
        (?:\+?84|0)(?:[ .-]?\d){8,11}   # a phone, or a number of twelve digits on a card, however it is spaced
        | \d{9} | \d{12}                # an identity card of the old or the new kind
    )
    (?![\w-])
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+  # an address for mail
    """,
    re.VERBOSE,
)


def kept_text(written: str) -> str:
    """Return what is kept of a text that somebody wrote: one paragraph, NFC, without what points to a person.

    Phone numbers, numbers of identity cards and mail addresses become `MASK`. Empty when nothing is left; what is
    longer than `MOST_LETTERS` is cut.
    """
    printable = "".join(each if each.isprintable() else " " for each in unicodedata.normalize("NFC", written))
    return _NUMBERS.sub(MASK, " ".join(printable.split()))[:MOST_LETTERS].strip()
