"""The tables, in the order in which they came to be. A migration that was released is never edited."""

from sqlite_utils import Database, Migrations

migrations = Migrations("motcua")


@migrations()
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


@migrations()
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


@migrations()
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
