"""The catalogue as tables that a manager can read: services, counters, hours and rules in words."""

from collections.abc import Iterable
from typing import get_args

import msgspec

from queue_protocol.texts import Texts
from queue_server.core.catalogue import Catalogue, Counter, Hours, Service, Weekday, WeeklySession
from queue_server.web.tables import WEEKDAYS, Column, Table, Wording

WEEKDAY_NAMES = dict(zip(get_args(Weekday), WEEKDAYS, strict=True))

SERVICE_COLUMNS = (
    Column("catalogue_column_prefix", "words"),
    Column("office_column_service", "long"),
    Column("catalogue_column_hints", "long"),
    Column("catalogue_column_minutes"),
    Column("catalogue_column_quota"),
    Column("office_column_counter", "words"),
)
COUNTER_COLUMNS = (
    Column("office_column_counter", "words"),
    Column("catalogue_column_services", "long"),
    Column("catalogue_column_preferred", "long"),
    Column("catalogue_column_hall", "words"),
)
HOURS_COLUMNS = (Column("catalogue_column_days", "long"), Column("catalogue_column_hours", "words"))
RULE_COLUMNS = (Column("catalogue_column_rule", "long"), Column("catalogue_column_value", "words"))


def catalogue_tables(catalogue: Catalogue, texts: Texts) -> list[Table]:
    """Return the parts of a catalogue, each with the text `catalogue_<name>` as its title."""
    wording = Wording(texts, catalogue)
    return [
        Table("services", SERVICE_COLUMNS, tuple(_service_row(each, wording) for each in catalogue.services)),
        Table("counters", COUNTER_COLUMNS, tuple(_counter_row(each, wording) for each in catalogue.counters)),
        Table("hours", HOURS_COLUMNS, tuple(_hours_rows(catalogue.hours, texts))),
        Table("policy", RULE_COLUMNS, tuple(_policy_rows(catalogue, texts))),
    ]


def value_words(value: object, texts: Texts) -> str:
    """Return a value of a catalogue in words."""
    if value is None:
        return texts.say("catalogue_nothing")
    if isinstance(value, bool):
        return texts.say("csv_yes" if value else "csv_no")
    if isinstance(value, dict):
        return " · ".join(f"{name}: {value_words(each, texts)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_words(each, texts) for each in value) or texts.say("catalogue_nothing")
    return str(value)


def _service_row(service: Service, wording: Wording) -> tuple[str, ...]:
    quota = service.quota_per_session
    return (
        service.prefix,
        wording.pick(service.names),
        wording.pick(service.hints),
        str(service.expected_minutes),
        "" if quota is None else str(quota),
        ", ".join(str(each.number) for each in wording.catalogue.counters_of(service.id)),
    )


def _counter_row(counter: Counter, wording: Wording) -> tuple[str, ...]:
    halls = {each.id: wording.pick(each.names) for each in wording.catalogue.halls}
    return (
        wording.texts.say("counter_n", counter=counter.number),
        ", ".join(wording.service(each) for each in counter.services),
        ", ".join(wording.service(each) for each in counter.preferred),
        "" if counter.hall is None else halls.get(counter.hall, counter.hall),
    )


def _hours_rows(hours: Hours | None, texts: Texts) -> Iterable[tuple[str, ...]]:
    if hours is None:
        yield texts.say("catalogue_every_day"), texts.say("catalogue_always_open")
        return
    for session in hours.sessions:
        yield _days(session, texts), f"{session.opens}–{session.closes}"
    for extra in hours.extra_open:
        times = ", ".join(f"{each.opens}–{each.closes}" for each in extra.sessions)
        yield f"{extra.day:%d/%m/%Y}", times
    for day in hours.closed:
        yield f"{day:%d/%m/%Y}", texts.say("catalogue_closed")
    if hours.public_holidays:
        yield texts.say("catalogue_public_holidays"), texts.say("catalogue_closed")
    yield texts.say("catalogue_issue_before"), texts.count("page_minutes", hours.issue_before_minutes)
    yield texts.say("catalogue_issue_until"), texts.count("page_minutes", hours.issue_until_minutes)


def _days(session: WeeklySession, texts: Texts) -> str:
    return ", ".join(texts.say(WEEKDAY_NAMES[each]) for each in session.days)


def _policy_rows(catalogue: Catalogue, texts: Texts) -> Iterable[tuple[str, ...]]:
    for name, value in msgspec.to_builtins(catalogue.policy).items():
        yield texts.say(f"policy_{name}"), value_words(value, texts)
