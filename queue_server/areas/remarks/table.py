"""Notes and comments as a table."""

from collections.abc import Sequence

from queue_server.storage.remarks import Remark
from queue_server.web.tables import Column, Table, Wording

COLUMNS = (
    Column("remark_column_day"),
    Column("remark_column_time"),
    Column("office_column_number", "words"),
    Column("office_column_service", "long"),
    Column("remark_column_kind", "words"),
    Column("report_column_rating"),
    Column("remark_column_text", "long"),
    Column("remark_column_author", "words"),
)


def remark_table(remarks: Sequence[Remark], wording: Wording) -> Table:
    """Return what was written, one line each; of an erased text, who erased it and when."""
    return Table("remarks", COLUMNS, tuple(_row(each, wording) for each in remarks))


def _row(remark: Remark, wording: Wording) -> tuple[str, ...]:
    texts = wording.texts
    return (
        wording.day(remark.day),
        wording.time(remark.at),
        remark.number,
        wording.service(remark.service),
        texts.say(f"remark_kind_{remark.kind}"),
        "" if remark.rating is None else str(remark.rating),
        _erased(remark, wording) if remark.text is None else remark.text,
        texts.say("remark_author_citizen") if remark.author is None else remark.author,
    )


def _erased(remark: Remark, wording: Wording) -> str:
    day = "" if remark.erased_at is None else wording.day_of(remark.erased_at)
    return wording.texts.say("remark_erased", account=remark.erased_by or "", day=day)
