"""A table as a file that Excel opens with its Vietnamese intact."""

import csv
import io

from queue_protocol.texts import Texts
from queue_server.shell.tables import Table

CSV = "text/csv; charset=utf-8"

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the PC's old code page."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With which Excel would take words for a formula and compute it."""


def table_as_csv(table: Table, texts: Texts) -> bytes:
    """Return a table: one line of headings, one for each row, and one for the sum.

    Semicolons part the columns, as Excel expects where the decimal mark is a comma.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow([texts.say(column.heading) for column in table.columns])
    for row in (*table.rows, *([] if table.foot is None else [table.foot])):
        writer.writerow([_harmless(cell) for cell in row])
    return (BYTE_ORDER_MARK + sheet.getvalue()).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
