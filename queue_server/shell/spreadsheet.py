"""The log of a day as a file that Excel opens with its Vietnamese intact."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from queue_protocol.texts import Texts
from queue_server.core.catalogue import Catalogue
from queue_server.storage.reports import TicketRow

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the PC's old code page."""

HEADINGS = (
    "office_column_number",
    "office_column_service",
    "csv_priority",
    "office_column_status",
    "office_column_counter",
    "office_column_clerk",
    "office_column_issued_at",
    "office_column_called_at",
    "office_column_started_at",
    "office_column_ended_at",
    "csv_wait_minutes",
    "csv_service_minutes",
    "csv_calls",
    "office_column_slip",
)
"""Keys of the headings; what a page shows under the same name is the same figure."""


def day_as_csv(rows: Sequence[TicketRow], catalogue: Catalogue, texts: Texts, utc_offset_s: int) -> bytes:
    """Return the tickets of a day: one line each under a line of headings, times local, durations in minutes.

    Semicolons part the columns, as Excel expects where the decimal mark is a comma.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow([texts.say(key) for key in HEADINGS])
    writer.writerows(_line(row, catalogue, texts, utc_offset_s) for row in rows)
    return (BYTE_ORDER_MARK + sheet.getvalue()).encode()


def _line(row: TicketRow, catalogue: Catalogue, texts: Texts, utc_offset_s: int) -> list[str]:
    service = next((each for each in catalogue.services if each.id == row.service), None)
    moments = (row.issued_at, row.called_at, row.started_at, row.ended_at)
    return [
        row.number,
        row.service if service is None else service.names.get(texts.language, service.names["vi"]),
        texts.say("csv_yes" if row.priority else "csv_no"),
        texts.say(f"office_ticket_{row.status}"),
        "" if row.counter is None else str(row.counter),
        row.clerk or "",
        *(_time(moment, texts, utc_offset_s) for moment in moments),
        _minutes(row.wait_s, texts),
        _minutes(row.service_s, texts),
        str(row.calls),
        texts.say(f"office_slip_{row.slip}"),
    ]


def _time(moment_ms: int | None, texts: Texts, utc_offset_s: int) -> str:
    if moment_ms is None:
        return ""
    return texts.time(datetime.fromtimestamp(moment_ms / 1000, UTC), utc_offset_s)


def _minutes(seconds: int | None, texts: Texts) -> str:
    return "" if seconds is None else f"{seconds / 60:.1f}".replace(".", texts.say("csv_decimal_mark"))
