"""A table as a file that Excel opens with its Vietnamese intact."""

import csv
import io
from collections.abc import Mapping

from queue_protocol.texts import Texts
from queue_server.web.tables import Table

CSV = "text/csv; charset=utf-8"

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the PC's old code page."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With which Excel would take words for a formula and compute it."""


def table_as_csv(table: Table, texts: Texts, about: Mapping[str, str]) -> bytes:
    """Return a table: one line of headings, one for each row, and one for the sum.

    `about` stands behind each row, under the text of its key: of which day and site it is, for who lays files together.
    Semicolons part the columns where the decimal mark is a comma, commas where it is a point: so Excel expects it.
    """
    sheet = io.StringIO()
    delimiter = ";" if texts.say("csv_decimal_mark") == "," else ","
    writer = csv.writer(sheet, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([texts.say(heading) for heading in (*(column.heading for column in table.columns), *about)])
    for row in (*table.rows, *([] if table.foot is None else [table.foot])):
        writer.writerow([_harmless(cell) for cell in (*row, *about.values())])
    return (BYTE_ORDER_MARK + sheet.getvalue()).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
