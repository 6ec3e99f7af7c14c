"""The span of days that a page is asked for, and the spans that people ask for most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from queue_protocol.texts import Texts

LONGEST_DAYS = 366
"""Of a span: a year is what yearly reports ask for."""


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Yield each day."""
        for ahead in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=ahead)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page about a span shows of it, above its own content."""

    span: Span
    """Today, where what was asked for is none."""
    error: str | None
    """Why it is none, as a key of the text files."""
    spans: Mapping[str, Span]
    """The usual ones by name."""
    chosen: frozenset[str]
    """The names of those that were asked for: on the first of a month "today" and "this month" are the same days."""
    period: str
    """The span in words."""


def read_asked(query: Mapping[str, str], today: date, texts: Texts) -> Asked:
    """Return what an address asks for with `from` and `to`."""
    read, spans = read_span(query.get("from"), query.get("to"), today), usual_spans(today)
    error, span = (read, Span(today, today)) if isinstance(read, str) else (None, read)
    first, last = texts.day(span.first), texts.day(span.last)
    return Asked(
        span=span,
        error=error,
        spans=spans,
        chosen=frozenset(name for name, each in spans.items() if each == span),
        period=first if span.first == span.last else texts.say("report_period", first=first, last=last),
    )


def usual_spans(today: date) -> Mapping[str, Span]:
    """Return the spans that people ask for most, by name."""
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    before = month - timedelta(days=1)
    return {
        "today": Span(today, today),
        "yesterday": Span(today - timedelta(days=1), today - timedelta(days=1)),
        "week": Span(monday, today),
        "month": Span(month, today),
        "last_month": Span(before.replace(day=1), before),
        "year": Span(today.replace(month=1, day=1), today),
    }


def read_span(first: str | None, last: str | None, today: date) -> Span | str:
    """Return the span that was asked for, today when none was; a key of `report_span_wrong_…` for a wrong one."""
    try:
        span = Span(date.fromisoformat(first or today.isoformat()), date.fromisoformat(last or first or str(today)))
    except ValueError:
        return "report_span_wrong_date"
    if span.last < span.first:
        return "report_span_wrong_order"
    return "report_span_wrong_length" if (span.last - span.first).days >= LONGEST_DAYS else span
