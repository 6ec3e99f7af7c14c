"""SQL that changes the tables of reports: a ticket's row, a counter's row, the day. `recording` says when."""

# ---------------------------------------------------------------- tickets

ADD_TICKETS = """
    INSERT INTO ticket (ticket, day, sequence, number, service, priority, origin, status, calls, slip, issued_at, since,
        dossiers)
    VALUES
"""
"""Behind it stand the rows, in brackets; every other statement is whole."""

CALL = """
    UPDATE ticket SET status = 'called', counter = ?, clerk = ?, calls = calls + 1, estimated = 0, start_estimated = 0,
        called_at = coalesce(called_at, ?), since = ? WHERE ticket = ?
"""
RECALL = "UPDATE ticket SET calls = calls + 1 WHERE ticket = ?"
START = """
    UPDATE ticket SET status = 'serving', started_at = coalesce(started_at, max(:at, since)), since = max(:at, since),
        start_estimated = :implied
    WHERE ticket = :ticket
"""
FINISH = """
    UPDATE ticket SET status = 'finished', ended_at = ?, since = ?, ended_by = ?, outcome = ?, also = ?, estimated = ?
    WHERE ticket = ?
"""
END = """
    UPDATE ticket SET status = ?, ended_at = ?, since = ?, ended_by = ?, void_reason = ? WHERE ticket = ?
"""
WAIT_AGAIN = """
    UPDATE ticket SET status = ?, since = ?, ended_at = NULL, ended_by = NULL, returns = returns + ? WHERE ticket = ?
"""
TRANSFER = """
    UPDATE ticket SET status = 'waiting', since = ?, first_service = coalesce(first_service, service), service = ?,
        transfers = transfers + ?, estimated = ? WHERE ticket = ?
"""
COUNT_FROM_CALL = """
    UPDATE ticket SET started_at = iif(started_at = since, :from, started_at), since = :from, start_estimated = 1
    WHERE ticket = :ticket
"""
SHORTEN_CALL = """
    UPDATE ticket_period SET ended_at = max(:from, began_at)
    WHERE ticket = :ticket AND status = 'called' AND ended_at = (SELECT since FROM ticket WHERE ticket = :ticket)
"""
LENGTHEN_CALL = """
    UPDATE ticket_period SET ended_at = :started WHERE ticket = :ticket AND status = 'called' AND ended_at = :from
"""
REOPEN = """
    UPDATE ticket SET since = coalesce(iif(:from IS NULL, NULL, :started), (
            SELECT max(began_at) FROM ticket_period AS period
            WHERE period.ticket = ticket.ticket AND period.status = 'serving' AND period.ended_at = ticket.ended_at
        ), since), started_at = iif(started_at = :from, :started, started_at)
    WHERE ticket = :ticket
"""
FORGET_SERVICE = """
    DELETE FROM ticket_period WHERE ticket = :ticket AND status = 'serving'
        AND ended_at = (SELECT ended_at FROM ticket WHERE ticket = :ticket)
"""
SERVE_ON = """
    UPDATE ticket SET status = 'serving', ended_at = NULL, ended_by = NULL, outcome = NULL, also = '[]', estimated = 0,
        start_estimated = 0
    WHERE ticket = ?
"""
WITHDRAW = """
    UPDATE ticket SET (status, since) = (
            SELECT coalesce(max(status), 'waiting'), coalesce(max(began_at), ticket.since) FROM ticket_period AS period
            WHERE period.ticket = ticket.ticket AND period.ended_at = ticket.since
        ), calls = calls - :calls, called_at = iif(:first, NULL, called_at), counter = iif(:first, NULL, counter),
        clerk = iif(:first, NULL, clerk)
    WHERE ticket = :ticket
"""
FORGET_WAIT = """
    DELETE FROM ticket_period
    WHERE ticket = :ticket AND began_at >= (SELECT since FROM ticket WHERE ticket = :ticket)
"""
CHANGE_SERVICE = "UPDATE ticket SET service = ?, since = ? WHERE ticket = ?"
CHANGE_PRIORITY = "UPDATE ticket SET priority = ? WHERE ticket = ?"
CHANGE_CLERK = """
    UPDATE ticket SET clerk = ?, since = ? WHERE ticket = (SELECT ticket FROM counter WHERE counter = ?)
"""
RATE = "UPDATE ticket SET rating = ? WHERE ticket = ?"
SLIP = "UPDATE ticket SET slip = ?, copies = copies + ? WHERE ticket = ?"
EXPIRE = """
    UPDATE ticket SET estimated = status IN ('called', 'serving'), status = 'expired', since = ?
    WHERE day = ? AND status IN ('waiting', 'called', 'serving', 'held')
"""
STOP_MISSING = "UPDATE ticket SET since = ? WHERE day = ? AND status = 'no_show'"

# ---------------------------------------------------------------- counters

OPEN_COUNTER = """
    INSERT INTO counter (counter, day, status, since, clerk) VALUES (?, ?, 'free', ?, ?)
    ON CONFLICT DO UPDATE SET day = excluded.day, status = 'free', since = excluded.since, clerk = excluded.clerk,
        ticket = NULL, paused = NULL, estimated = 0
"""
CLOSE_COUNTER = """
    UPDATE counter SET status = 'closed', since = ?, clerk = NULL, ticket = NULL, paused = NULL, estimated = 0
    WHERE counter = ?
"""
CLOSE_COUNTERS = """
    UPDATE counter SET estimated = ticket IS NOT NULL, status = 'closed', since = ?, clerk = NULL, ticket = NULL,
        paused = NULL
"""
TAKE_OVER = """
    UPDATE counter SET clerk = ?, since = ?, paused = NULL, status = iif(ticket IS NULL, 'free', status), estimated = 0
    WHERE counter = ?
"""
PAUSE = """
    UPDATE counter SET paused = ?, status = iif(ticket IS NULL, 'paused', status),
        since = iif(ticket IS NULL, ?, since), estimated = 0
    WHERE counter = ?
"""
RESUME = """
    UPDATE counter SET paused = NULL, status = iif(ticket IS NULL, 'free', status),
        since = iif(ticket IS NULL, ?, since), estimated = 0
    WHERE counter = ?
"""
OCCUPY = "UPDATE counter SET status = 'called', ticket = ?, since = ?, estimated = 0 WHERE counter = ?"
SERVE = "UPDATE counter SET status = 'serving', since = max(?, since) WHERE ticket = ?"
COUNT_COUNTER_FROM_CALL = "UPDATE counter SET since = :from WHERE ticket = :ticket"
SHORTEN_COUNTER_CALL = """
    UPDATE counter_period SET ended_at = max(:from, began_at)
    WHERE ticket = :ticket AND status = 'called' AND ended_at = (SELECT since FROM counter WHERE ticket = :ticket)
"""
LENGTHEN_COUNTER_CALL = """
    UPDATE counter_period SET ended_at = :started WHERE ticket = :ticket AND status = 'called' AND ended_at = :from
"""
OCCUPY_AGAIN = """
    UPDATE counter SET status = 'serving', ticket = :ticket, estimated = 0,
        since = min(since, (SELECT since FROM ticket WHERE ticket = :ticket))
    WHERE counter = :counter
"""
FORGET_SINCE_FINISH = """
    DELETE FROM counter_period WHERE counter = :counter AND NOT (ticket IS :ticket AND status = 'called')
        AND ended_at >= (SELECT ended_at FROM ticket WHERE ticket = :ticket)
"""
FREE = """
    UPDATE counter SET status = iif(paused IS NULL, 'free', 'paused'), ticket = NULL, since = ?, estimated = ?
    WHERE ticket = ?
"""

# ---------------------------------------------------------------- the clock

INSTANTS = {
    "ticket": ("issued_at", "called_at", "started_at", "ended_at", "since"),
    "ticket_period": ("began_at", "ended_at"),
    "counter": ("since",),
    "counter_period": ("began_at", "ended_at"),
    "outage": ("began_at", "ended_at"),
}
PUT_BACK = tuple(
    f"UPDATE {table} SET "  # noqa: S608 - names of this file
    + ", ".join(f"{name} = {name} - iif({name} > :to AND {name} <= :before, :before - :to, 0)" for name in names)
    + " WHERE day = :day"
    for table, names in INSTANTS.items()
)
"""What was lived through in the wrong time moves, as in `clock_correction`; `since` that falls ends no period."""

# ---------------------------------------------------------------- the day

OPEN_DAY = "INSERT OR REPLACE INTO day (day, opened) VALUES (?, ?)"
CLOSE_DAY = "UPDATE day SET closed = ? WHERE day = ?"
FORGET_HOURS = "DELETE FROM opening WHERE day = ?"
ADD_HOURS = "INSERT OR REPLACE INTO opening VALUES (?, ?, ?)"
ADD_OUTAGE = "INSERT OR REPLACE INTO outage VALUES (?, ?, ?)"
