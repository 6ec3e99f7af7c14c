"""SQL that turns rows of tickets and periods into figures: what a wait is, which part of it counters were at work.

Everything is in milliseconds. A *span* is two days, both included, bound as `:first` and `:last`.
"""

from queue_server.followers.reports.sums import WITHIN_15_MS, WITHIN_30_MS


def worked(began: str, ended: str, day: str) -> str:
    """Return an expression: how much of an interval lay in the center's hours of its day, without outages.

    `began`, `ended` and `day` are expressions of the query around it.
    """
    return f"""(
        (SELECT coalesce(sum(max(min({ended}, opening.closes_at) - max({began}, opening.opens_at), 0)), 0)
            FROM opening WHERE opening.day = {day})
        -
        (SELECT coalesce(sum(max(min({ended}, opening.closes_at, outage.ended_at)
                - max({began}, opening.opens_at, outage.began_at), 0)), 0)
            FROM outage JOIN opening ON opening.day = outage.day WHERE outage.day = {day})
    )"""  # noqa: S608 - expressions of this package, never a person's words


VISIT = f"""
    visit AS MATERIALIZED (
        SELECT *,
            coalesce(first_service, service) AS line,
            max(called_at - issued_at, 0) AS wait,
            CASE WHEN called_at IS NOT NULL THEN {worked("ticket.issued_at", "ticket.called_at", "ticket.day")} END
                AS worked_wait
        FROM ticket WHERE day BETWEEN :first AND :last
    )
"""  # noqa: S608 - put together from this file
"""A ticket of the span with its waits, issue to first call: the whole, and the part inside working hours without
outages. `line` is the service it waited for then; both waits are `NULL` for one that was not called."""

SERVED = """
    served AS MATERIALIZED (
        SELECT ticket_period.day, ticket_period.service AS line, sum(ticket_period.ended_at - began_at) AS time
        FROM ticket_period JOIN ticket USING (ticket)
        WHERE ticket_period.day BETWEEN :first AND :last
            AND ticket_period.status = 'serving' AND ticket.status = 'finished'
        GROUP BY ticket_period.ticket, ticket_period.service HAVING max(ticket_period.estimated) = 0
    )
"""
"""How long a visit took at one service: all its turns there together. Visits of which an end was only guessed, or that
never came to one, are left out."""

COUNTS = """
    count(*) AS issued,
    coalesce(sum(status = 'finished'), 0) AS served,
    coalesce(sum(status = 'no_show'), 0) AS no_show,
    coalesce(sum(status = 'cancelled'), 0) AS cancelled,
    coalesce(sum(status = 'void'), 0) AS void,
    coalesce(sum(status = 'expired'), 0) AS expired,
    coalesce(sum(status = 'carried_over'), 0) AS carried_over,
    coalesce(sum(transfers > 0), 0) AS transferred,
    coalesce(sum(priority), 0) AS priority,
    coalesce(sum(dossiers), 0) AS dossiers
"""
"""What became of the tickets of a group."""

COUNTED = "sequence, status, transfers, priority, dossiers, wait, worked_wait"
"""What `COUNTS` and the waits are made of, and the order."""

TICKETS_OF_DAY = """
    SELECT ticket, number, coalesce(first_service, service) AS first_service, service, priority, origin, status,
        counter, clerk, calls, slip, issued_at, called_at, started_at, ended_at, dossiers, outcome, estimated,
        start_estimated, rating,
        void_reason, ended_by, copies, returns, transfers,
        max(called_at - issued_at, 0) / 1000 AS wait_s,
        CASE status WHEN 'finished' THEN (
            SELECT sum(period.ended_at - period.began_at) / 1000 FROM ticket_period AS period
            WHERE period.day = ticket.day AND period.ticket = ticket.ticket AND period.status = 'serving'
        ) END AS service_s
    FROM ticket WHERE day = :day ORDER BY sequence
"""
"""Each ticket of a day, in the order of issue."""

CALLS_OF_DAY = """
    SELECT sequence, center, site, epoch, at, event.day, kind, body, command_id, part, actor
    FROM day JOIN event ON sequence >= opened AND (closed IS NULL OR sequence <= closed)
    WHERE day.day = :day AND (kind GLOB 'ticket_called.*' OR kind GLOB 'call_withdrawn.*') ORDER BY sequence
"""
"""The rows of the journal that are calls of a day or take one back, in order."""

TOTALS_OF_DAY = f"""
    WITH {VISIT}, {SERVED}
    SELECT line AS service, count(*) AS issued,
        sum(status = 'finished') AS served,
        sum(status = 'no_show') AS no_show,
        sum(status = 'waiting') AS waiting,
        CAST(round(avg(wait) / 1000) AS INTEGER) AS wait_mean_s,
        CAST(round(max(wait) / 1000.0) AS INTEGER) AS wait_longest_s,
        (SELECT CAST(round(avg(time) / 1000) AS INTEGER) FROM served WHERE served.line = visit.line) AS service_mean_s
    FROM visit GROUP BY line ORDER BY min(sequence)
"""  # noqa: S608 - put together from this file
"""A day per service, as it stands."""

SERVICES = f"""
    WITH {VISIT}, {SERVED},
    grouped AS MATERIALIZED (
        SELECT line AS part, {COUNTED} FROM visit UNION ALL SELECT NULL AS part, {COUNTED} FROM visit
    ),
    shares AS (
        SELECT part, wait, worked_wait,
            cume_dist() OVER (PARTITION BY part ORDER BY wait) AS share,
            cume_dist() OVER (PARTITION BY part ORDER BY worked_wait) AS worked_share
        FROM grouped WHERE wait IS NOT NULL
    ),
    quantiles AS (
        SELECT part,
            min(CASE WHEN share >= 0.5 THEN wait END) AS wait_median,
            min(CASE WHEN share >= 0.9 THEN wait END) AS wait_p90,
            min(CASE WHEN worked_share >= 0.5 THEN worked_wait END) AS worked_median,
            min(CASE WHEN worked_share >= 0.9 THEN worked_wait END) AS worked_p90
        FROM shares GROUP BY part
    ),
    times AS (
        SELECT line AS part, avg(time) AS service_mean FROM served GROUP BY line
        UNION ALL SELECT NULL, avg(time) FROM served
    ),
    counted AS (
        SELECT part, min(sequence) AS first_sequence, {COUNTS}, count(wait) AS waits,
            avg(wait) AS wait_mean, max(wait) AS wait_longest,
            avg(wait <= {WITHIN_15_MS}) AS within_15, avg(wait <= {WITHIN_30_MS}) AS within_30,
            avg(worked_wait) AS worked_mean, max(worked_wait) AS worked_longest,
            avg(worked_wait <= {WITHIN_15_MS}) AS worked_within_15,
            avg(worked_wait <= {WITHIN_30_MS}) AS worked_within_30
        FROM grouped GROUP BY part
    )
    SELECT *, counted.part AS service
    FROM counted
        LEFT JOIN quantiles ON quantiles.part IS counted.part
        LEFT JOIN times ON times.part IS counted.part
    ORDER BY counted.part IS NULL, first_sequence
"""  # noqa: S608 - put together from this file
"""A span per service, and the whole center as the last row, without a service."""

COUNTERS = f"""
    WITH period AS (
        SELECT *, ended_at - began_at AS time,
            {worked("counter_period.began_at", "counter_period.ended_at", "counter_period.day")} AS at_work
        FROM counter_period WHERE day BETWEEN :first AND :last AND NOT estimated
    )
    SELECT counter, clerk,
        count(DISTINCT CASE status WHEN 'serving' THEN ticket END) AS tickets,
        coalesce(sum(CASE status WHEN 'serving' THEN time END), 0) / 1000 AS serving_s,
        coalesce(sum(CASE status WHEN 'called' THEN time END), 0) / 1000 AS called_s,
        coalesce(sum(CASE status WHEN 'free' THEN at_work END), 0) / 1000 AS free_s,
        coalesce(sum(CASE status WHEN 'paused' THEN at_work END), 0) / 1000 AS paused_s
    FROM period GROUP BY counter, clerk ORDER BY counter, clerk
"""  # noqa: S608 - put together from this file
"""A span per counter and clerk. Free and paused time counts inside working hours only: a clerk who goes home without
closing the counter has not been idle all night."""

ARRIVALS = """
    SELECT (CAST(strftime('%w', day) AS INTEGER) + 6) % 7 AS weekday,
        local_hour(issued_at) AS hour,
        count(*) AS tickets, count(DISTINCT day) AS days
    FROM ticket WHERE day BETWEEN :first AND :last GROUP BY weekday, hour ORDER BY weekday, hour
"""
"""When people come: tickets per day of the week and local hour."""

RATINGS = """
    WITH visit AS MATERIALIZED (
        SELECT coalesce(first_service, service) AS line, sequence, status, rating
        FROM ticket WHERE day BETWEEN :first AND :last
    ),
    grouped AS MATERIALIZED (SELECT line AS part, * FROM visit UNION ALL SELECT NULL AS part, * FROM visit)
    SELECT part AS service, sum(status = 'finished') AS served, count(rating) AS rated,
        coalesce(sum(rating = 1), 0) AS one, coalesce(sum(rating = 2), 0) AS two, coalesce(sum(rating = 3), 0) AS three,
        coalesce(sum(rating = 4), 0) AS four, coalesce(sum(rating = 5), 0) AS five, avg(rating) AS mean
    FROM grouped GROUP BY part ORDER BY part IS NULL, min(sequence)
"""
"""What people said, per service, and the whole center as the last row, without a service."""

SUMS = "SELECT * FROM daily_sum WHERE day BETWEEN :first AND :last ORDER BY day, service"
"""The sums of closed days, also of those whose tickets are gone."""

DAYS = """
    SELECT day FROM day WHERE EXISTS (SELECT * FROM ticket WHERE ticket.day = day.day) ORDER BY day DESC LIMIT :most
"""
"""Days that have tickets, the latest first."""

HEAD_OF_DAY = """
    SELECT hash FROM event WHERE sequence = (
        SELECT coalesce(closed, (SELECT max(sequence) FROM event)) FROM day WHERE day.day = :day)
"""
"""The last entry of a day; of the open day, the last of all."""
