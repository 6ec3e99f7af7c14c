"""The tables, in the order in which they came to be. A migration that was released is never edited.

They are applied with foreign keys off: a table that is made anew would take the rows that refer to it along.
"""

from sqlite_utils import Database, Migrations

from queue_server.storage.first_tables import FIRST

migrations = Migrations("motcua")
for earlier in FIRST:
    migrations()(earlier)


@migrations()
def m010_remarks(database: Database) -> None:
    """Free text on tickets, outside the journal: its text can be erased, and then who did so stays."""
    database.execute("""
        CREATE TABLE remark (
            remark TEXT PRIMARY KEY,
            day TEXT NOT NULL,
            ticket TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('note', 'comment')),
            text TEXT,
            author TEXT,
            at INTEGER NOT NULL,
            erased_at INTEGER,
            erased_by TEXT,
            CHECK ((kind = 'note') = (author IS NOT NULL)),
            CHECK ((text IS NULL) = (erased_at IS NOT NULL) AND (text IS NULL) = (erased_by IS NOT NULL))
        ) STRICT
    """)
    database.execute("CREATE INDEX remark_day ON remark (day, at)")
    database.execute("CREATE UNIQUE INDEX remark_comment ON remark (ticket) WHERE kind = 'comment'")


@migrations()
def m011_estimated_starts(database: Database) -> None:
    """Mark the tickets whose service counts from the call, because nobody pressed "start" in time."""
    database.execute("ALTER TABLE ticket ADD COLUMN start_estimated INTEGER NOT NULL DEFAULT 0")


@migrations()
def m012_known_browsers(database: Database) -> None:
    """Remember where an account has signed in: guesses made elsewhere do not shut these out, and lock no account."""
    database.execute("""
        CREATE TABLE known_browser (
            account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
            token_hash BLOB NOT NULL,
            address TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (account, token_hash)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("ALTER TABLE account DROP COLUMN failures")
    database.execute("ALTER TABLE account DROP COLUMN locked_until")


@migrations()
def m013_keys_here(database: Database) -> None:
    """Let a box have a second key, for this folder: who restores does not know whether the box stands elsewhere."""
    database.execute("ALTER TABLE device ADD COLUMN key_hash_here BLOB")


@migrations()
def m014_write_probe(database: Database) -> None:
    """Give `/health` a row to write: only a commit shows that the disk takes commits."""
    database.execute("CREATE TABLE write_probe (written INTEGER NOT NULL) STRICT")
    database.execute("INSERT INTO write_probe VALUES (0)")


@migrations()
def m015_periods_have_keys(database: Database) -> None:
    """Give each period a key: its place among those of its ticket, or of its counter on a day.

    Who writes a row now says which periods it ends, so the triggers go.
    """
    database.execute("DROP TRIGGER ticket_period_ended")
    database.execute("DROP TRIGGER counter_period_ended")
    database.execute("""
        CREATE TABLE ticket_period_with_key (
            day TEXT NOT NULL,
            ticket TEXT NOT NULL,
            place INTEGER NOT NULL,
            status TEXT NOT NULL,
            service TEXT NOT NULL,
            counter INTEGER,
            clerk TEXT,
            estimated INTEGER NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            PRIMARY KEY (day, ticket, place)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("""
        INSERT INTO ticket_period_with_key
        SELECT day, ticket, row_number() OVER (PARTITION BY day, ticket ORDER BY rowid) - 1, status, service, counter,
            clerk, estimated, began_at, ended_at
        FROM ticket_period
    """)
    database.execute("DROP TABLE ticket_period")
    database.execute("ALTER TABLE ticket_period_with_key RENAME TO ticket_period")
    database.execute("""
        CREATE TABLE counter_period_with_key (
            day TEXT NOT NULL,
            counter INTEGER NOT NULL,
            place INTEGER NOT NULL,
            status TEXT NOT NULL,
            clerk TEXT,
            ticket TEXT,
            reason TEXT,
            estimated INTEGER NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            PRIMARY KEY (day, counter, place)
        ) STRICT, WITHOUT ROWID
    """)
    database.execute("""
        INSERT INTO counter_period_with_key
        SELECT day, counter, row_number() OVER (PARTITION BY day, counter ORDER BY rowid) - 1, status, clerk, ticket,
            reason, estimated, began_at, ended_at
        FROM counter_period
    """)
    database.execute("DROP TABLE counter_period")
    database.execute("ALTER TABLE counter_period_with_key RENAME TO counter_period")


@migrations()
def m016_answers_are_checked(database: Database) -> None:
    """Give each answer a checksum over all of its row; `NULL`: an earlier version wrote it."""
    database.execute("ALTER TABLE answer ADD COLUMN checksum INTEGER")
