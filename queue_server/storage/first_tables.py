"""The tables of the first versions, in the order in which they came to be. What was released is never edited."""

from collections.abc import Callable

from sqlite_utils import Database


def m001_journal(database: Database) -> None:
    """Events, hash-chained and append-only, and the answers of the commands that caused them."""
    database.execute("""
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            center TEXT NOT NULL,
            site TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            at TEXT NOT NULL,
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            body BLOB NOT NULL,
            command_id TEXT,
            part INTEGER NOT NULL,
            actor TEXT NOT NULL,
            previous_hash BLOB NOT NULL,
            hash BLOB NOT NULL,
            UNIQUE (actor, command_id, part)
        ) STRICT
    """)
    database.execute("CREATE INDEX event_day_opened ON event (sequence) WHERE kind GLOB 'day_opened.*'")
    database.execute("""
        CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """)
    database.execute("""
        CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """)
    database.execute("""
        CREATE TABLE answer (
            command_id TEXT PRIMARY KEY,
            actor TEXT NOT NULL,
            body_hash BLOB NOT NULL,
            answer BLOB NOT NULL,
            day TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("CREATE INDEX answer_day ON answer (day)")
    database.execute("CREATE TABLE origin (center TEXT NOT NULL, site TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT")


def m002_reports(database: Database) -> None:
    """One row per ticket, written from its events in the same transaction. Times are UTC milliseconds since 1970."""
    database.execute("""
        CREATE TABLE ticket (
            ticket TEXT PRIMARY KEY,
            day TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            number TEXT NOT NULL,
            service TEXT NOT NULL,
            priority INTEGER NOT NULL,
            origin TEXT NOT NULL,
            status TEXT NOT NULL,
            counter INTEGER,
            clerk TEXT,
            calls INTEGER NOT NULL,
            slip TEXT NOT NULL,
            issued_at INTEGER NOT NULL,
            called_at INTEGER,
            started_at INTEGER,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("CREATE INDEX ticket_day ON ticket (day, sequence)")


def m003_access(database: Database) -> None:
    """People and boxes that are let in. Mutable, outside the journal."""
    database.execute("""
        CREATE TABLE account (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('clerk', 'manager')),
            password TEXT NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            locked_until INTEGER NOT NULL DEFAULT 0
        ) STRICT
    """)
    database.execute("""
        CREATE TABLE session (
            token_hash BLOB PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
            expires_at INTEGER NOT NULL
        ) STRICT
    """)
    database.execute("""
        CREATE TABLE device (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('kiosk', 'display')),
            key_hash BLOB NOT NULL
        ) STRICT
    """)
    database.execute("""
        CREATE TABLE page_device (
            token_hash BLOB PRIMARY KEY,
            device TEXT NOT NULL REFERENCES device (name) ON DELETE CASCADE
        ) STRICT
    """)


def m004_ticket_periods(database: Database) -> None:
    """Keep what every wait, service, idle and pause time is read from: one row per period, when a row's `since` moves.

    The period that still runs is the row of the ticket itself (`status` since `since`), so that issuing a ticket stays
    one insert. A trigger copies it away when it ends: no event can forget to.
    """
    for column in (
        "first_service TEXT",  # `NULL`: no transfer, `service` it is
        "dossiers INTEGER NOT NULL DEFAULT 1",
        "since INTEGER NOT NULL DEFAULT 0",
        "outcome TEXT",
        "also TEXT NOT NULL DEFAULT '[]'",  # a JSON array of services
        "estimated INTEGER NOT NULL DEFAULT 0",
        "rating INTEGER",
        "void_reason TEXT",
        "ended_by TEXT",
        "copies INTEGER NOT NULL DEFAULT 0",
        "returns INTEGER NOT NULL DEFAULT 0",
        "transfers INTEGER NOT NULL DEFAULT 0",
    ):
        database.execute(f"ALTER TABLE ticket ADD COLUMN {column}")
    database.execute("""
        CREATE TABLE ticket_period (
            ticket TEXT NOT NULL,
            day TEXT NOT NULL,
            status TEXT NOT NULL,
            service TEXT NOT NULL,
            counter INTEGER,
            clerk TEXT,
            estimated INTEGER NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL
        ) STRICT
    """)
    database.execute("CREATE INDEX ticket_period_day ON ticket_period (day, ticket)")
    database.execute("""
        CREATE TRIGGER ticket_period_ended AFTER UPDATE OF since ON ticket WHEN NEW.since > OLD.since
        BEGIN INSERT INTO ticket_period VALUES (
            OLD.ticket, OLD.day, OLD.status, OLD.service,
            CASE WHEN OLD.status IN ('called', 'serving') THEN OLD.counter END,
            CASE WHEN OLD.status IN ('called', 'serving') THEN OLD.clerk END,
            NEW.estimated, OLD.since, NEW.since
        ); END
    """)


def m005_counter_periods(database: Database) -> None:
    """Keep the same of counters: free, called, serving, paused; a closed counter has no period."""
    database.execute("""
        CREATE TABLE counter (
            counter INTEGER PRIMARY KEY,
            day TEXT NOT NULL,
            status TEXT NOT NULL,
            since INTEGER NOT NULL,
            clerk TEXT,
            ticket TEXT,
            paused TEXT,
            estimated INTEGER NOT NULL DEFAULT 0
        ) STRICT
    """)
    database.execute("""
        CREATE TABLE counter_period (
            counter INTEGER NOT NULL,
            day TEXT NOT NULL,
            status TEXT NOT NULL,
            clerk TEXT,
            ticket TEXT,
            reason TEXT,
            estimated INTEGER NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL
        ) STRICT
    """)
    database.execute("CREATE INDEX counter_period_day ON counter_period (day)")
    database.execute("""
        CREATE TRIGGER counter_period_ended AFTER UPDATE OF since ON counter
        WHEN NEW.since > OLD.since AND OLD.status <> 'closed'
        BEGIN INSERT INTO counter_period VALUES (
            OLD.counter, OLD.day, OLD.status, OLD.clerk, OLD.ticket,
            CASE OLD.status WHEN 'paused' THEN OLD.paused END,
            NEW.estimated, OLD.since, NEW.since
        ); END
    """)


def m006_days(database: Database) -> None:
    """Days with their hours and outages, and the version of the rows of reports."""
    database.execute("""
        CREATE TABLE day (
            day TEXT PRIMARY KEY,
            opened INTEGER NOT NULL,
            closed INTEGER
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("""
        CREATE TABLE opening (
            day TEXT NOT NULL,
            opens_at INTEGER NOT NULL,
            closes_at INTEGER NOT NULL,
            PRIMARY KEY (day, opens_at)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("""
        CREATE TABLE outage (
            day TEXT NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            PRIMARY KEY (day, began_at)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("CREATE TABLE recording (version INTEGER NOT NULL) STRICT")
    database.execute("INSERT INTO recording VALUES (1)")


def m007_sums(database: Database) -> None:
    """Figures of each closed day, kept for ever."""
    database.execute("""
        CREATE TABLE daily_sum (
            day TEXT NOT NULL,
            service TEXT NOT NULL,
            issued INTEGER NOT NULL,
            served INTEGER NOT NULL,
            no_show INTEGER NOT NULL,
            cancelled INTEGER NOT NULL,
            void INTEGER NOT NULL,
            expired INTEGER NOT NULL,
            carried_over INTEGER NOT NULL,
            transferred INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            dossiers INTEGER NOT NULL,
            waits INTEGER NOT NULL,
            wait_ms INTEGER NOT NULL,
            wait_longest_ms INTEGER NOT NULL,
            within_15 INTEGER NOT NULL,
            within_30 INTEGER NOT NULL,
            worked_wait_ms INTEGER NOT NULL,
            worked_longest_ms INTEGER NOT NULL,
            worked_within_15 INTEGER NOT NULL,
            worked_within_30 INTEGER NOT NULL,
            timed INTEGER NOT NULL,
            service_ms INTEGER NOT NULL,
            rated INTEGER NOT NULL,
            rating_total INTEGER NOT NULL,
            PRIMARY KEY (day, service)
        ) STRICT, WITHOUT ROWID
    """)


def m008_retention(database: Database) -> None:
    """Whole closed days may go from the front of the journal, each under a row that says what was there."""
    database.execute("""
        CREATE TABLE removal (
            sequence INTEGER PRIMARY KEY,
            hash BLOB NOT NULL,
            day TEXT NOT NULL,
            entries INTEGER NOT NULL,
            removed_at TEXT NOT NULL
        ) STRICT
    """)
    database.execute("""
        CREATE TRIGGER removal_ends_a_day BEFORE INSERT ON removal
        WHEN NOT EXISTS (SELECT * FROM event WHERE sequence = NEW.sequence AND hash = NEW.hash)
            OR NOT EXISTS (SELECT * FROM event WHERE sequence = NEW.sequence + 1 AND kind GLOB 'day_opened.*')
        BEGIN SELECT RAISE(ABORT, 'only whole closed days are removed'); END
    """)
    database.execute("""
        CREATE TRIGGER removal_is_not_changed BEFORE UPDATE ON removal
        BEGIN SELECT RAISE(ABORT, 'a removal stays on record'); END
    """)
    database.execute("""
        CREATE TRIGGER removal_is_not_deleted BEFORE DELETE ON removal
        BEGIN SELECT RAISE(ABORT, 'a removal stays on record'); END
    """)
    database.execute("DROP TRIGGER event_is_not_deleted")
    database.execute("""
        CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
        WHEN OLD.sequence > coalesce((SELECT max(sequence) FROM removal), 0)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """)


def m009_roles(database: Database) -> None:
    """Let a person have several roles, and a page on a phone or tablet be a box of its own kind."""
    database.execute("""
        CREATE TABLE account_role (
            account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('clerk', 'greeter', 'manager')),
            PRIMARY KEY (account, role)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("INSERT INTO account_role SELECT name, role FROM account")
    database.execute("ALTER TABLE account DROP COLUMN role")
    database.execute("""
        CREATE TABLE device_of_any_kind (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('kiosk', 'display', 'web')),
            key_hash BLOB NOT NULL
        ) STRICT
    """)
    database.execute("INSERT INTO device_of_any_kind SELECT name, role, key_hash FROM device")
    database.execute("DROP TABLE device")
    database.execute("ALTER TABLE device_of_any_kind RENAME TO device")


FIRST: tuple[Callable[[Database], None], ...] = (
    m001_journal,
    m002_reports,
    m003_access,
    m004_ticket_periods,
    m005_counter_periods,
    m006_days,
    m007_sums,
    m008_retention,
    m009_roles,
)
"""Applied in this order, before those of `migrations`."""
