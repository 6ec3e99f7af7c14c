"""The tickets of a day as tables: the log that a manager reads, and the ledger that answers complaints."""

from collections.abc import Sequence

from queue_server.storage.reports import CallRow, Ledger, LedgerLine, TicketRow
from queue_server.web.tables import Column, Table, Wording

LOG_COLUMNS = (
    Column("office_column_number", "words"),
    Column("office_column_service", "words"),
    Column("csv_priority", "words"),
    Column("office_column_status", "words"),
    Column("office_column_counter"),
    Column("office_column_clerk", "words"),
    Column("office_column_issued_at"),
    Column("office_column_called_at"),
    Column("office_column_started_at"),
    Column("office_column_ended_at"),
    Column("csv_wait_minutes"),
    Column("csv_service_minutes"),
    Column("csv_estimated", "words"),
    Column("csv_calls"),
    Column("office_column_slip", "words"),
    Column("report_column_dossiers"),
    Column("report_column_rating"),
)

LEDGER_COLUMNS = (
    Column("office_column_number", "words"),
    Column("office_column_service", "long"),
    Column("csv_priority", "words"),
    Column("office_column_issued_at"),
    Column("report_column_origin", "words"),
    Column("report_column_called_to", "long"),
    Column("csv_calls"),
    Column("office_column_started_at"),
    Column("office_column_ended_at"),
    Column("report_column_result", "long"),
    Column("report_column_ended_by", "words"),
)


def log_table(rows: Sequence[TicketRow], wording: Wording) -> Table:
    """Return the tickets of a day, one line each: times local, durations in minutes."""
    return Table("log", LOG_COLUMNS, tuple(_log_row(row, wording) for row in rows))


def ledger_table(ledger: Ledger, wording: Wording) -> Table:
    """Return every number of a day with what became of it and who did it. No person who came is named."""
    return Table("ledger", LEDGER_COLUMNS, tuple(_ledger_row(line, wording) for line in ledger.lines))


def _log_row(row: TicketRow, wording: Wording) -> tuple[str, ...]:
    texts = wording.texts
    return (
        row.number,
        wording.service(row.service),
        texts.say("csv_yes" if row.priority else "csv_no"),
        texts.say(f"office_ticket_{row.status}"),
        "" if row.counter is None else str(row.counter),
        row.clerk or "",
        *(wording.time(moment) for moment in (row.issued_at, row.called_at, row.started_at, row.ended_at)),
        wording.minutes(row.wait_s),
        wording.minutes(row.service_s),
        texts.say("report_estimated_mark") if row.estimated or row.start_estimated else "",
        str(row.calls),
        texts.say(f"office_slip_{row.slip}"),
        str(row.dossiers),
        "" if row.rating is None else str(row.rating),
    )


def _ledger_row(line: LedgerLine, wording: Wording) -> tuple[str, ...]:
    row, texts = line.ticket, wording.texts
    return (
        row.number,
        _services(row, wording),
        texts.say("csv_yes") if row.priority else "",
        wording.time(row.issued_at),
        texts.say(f"report_origin_{row.origin}"),
        "; ".join(_call(call, wording) for call in line.calls),
        str(row.calls),
        wording.time(row.started_at),
        wording.time(row.ended_at),
        _result(row, wording),
        _who(row.ended_by),
    )


def _services(row: TicketRow, wording: Wording) -> str:
    services = [row.first_service] if row.first_service == row.service else [row.first_service, row.service]
    return " → ".join(wording.service(service) for service in services)


def _call(call: CallRow, wording: Wording) -> str:
    told = f"{wording.time(call.at)} {wording.texts.say('counter_n', counter=call.counter)} ({call.clerk})"
    return f"{told} · {wording.texts.say('report_call_withdrawn')}" if call.withdrawn else told


def _result(row: TicketRow, wording: Wording) -> str:
    texts = wording.texts
    reasons = "end" if row.status == "carried_over" else "void"
    more = [
        texts.say(f"{reasons}_{row.void_reason}") if row.void_reason else "",
        texts.say(f"outcome_{row.outcome}") if row.outcome and row.outcome != "done" else "",
        texts.say("report_estimated") if row.estimated else "",
        texts.say("report_start_estimated") if row.start_estimated else "",
        texts.count("report_copies", row.copies) if row.copies else "",
    ]
    told = [each for each in more if each]
    status = texts.say(f"office_ticket_{row.status}")
    return f"{status} ({', '.join(told)})" if told else status


def _who(actor: str | None) -> str:
    """Return the account or the box behind an actor of the journal: `account:lan` is lan."""
    return "" if actor is None else actor.partition(":")[2] or actor
