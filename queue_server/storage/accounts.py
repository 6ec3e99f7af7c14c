"""People, their sessions, and the keys of boxes: rows that may change, outside the journal. Stores what it is given."""

import sqlite3
from dataclasses import dataclass
from typing import Literal, cast

from queue_protocol.ids import AccountId, DeviceId

AccountRole = Literal["clerk", "manager"]
DeviceRole = Literal["kiosk", "display"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in."""

    name: AccountId
    role: AccountRole
    password: str
    """The argon2 hash."""
    failures: int
    """Wrong passwords in a row."""
    locked_until: int
    """UTC seconds since 1970."""


class Accounts:
    """The rows on a connection of `sqlite.connect`; one thread uses it, the writer's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Account | None:
        """Return the account with this name, or `None`."""
        row = self._connection.execute(
            "SELECT name, role, password, failures, locked_until FROM account WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else Account(*row)

    def all(self) -> list[Account]:
        """Return every account, by name."""
        rows = self._connection.execute(
            "SELECT name, role, password, failures, locked_until FROM account ORDER BY name"
        )
        return [Account(*row) for row in rows]

    def add(self, name: AccountId, role: AccountRole, password: str) -> bool:
        """Add an account; `False` when the name is taken."""
        added = self._connection.execute(
            "INSERT INTO account (name, role, password) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (name, role, password)
        )
        return added.rowcount == 1

    def set_password(self, name: AccountId, password: str) -> bool:
        """Set the hash, unlock the account and end its sessions; `False` when there is no such account."""
        changed = self._connection.execute(
            "UPDATE account SET password = ?, failures = 0, locked_until = 0 WHERE name = ?", (password, name)
        )
        self._connection.execute("DELETE FROM session WHERE account = ?", (name,))
        return changed.rowcount == 1

    def remove(self, name: AccountId) -> bool:
        """Remove an account and its sessions; `False` when there is none."""
        return self._connection.execute("DELETE FROM account WHERE name = ?", (name,)).rowcount == 1

    def note_attempt(self, name: AccountId, failures: int, locked_until: int) -> None:
        """Set how many wrong passwords came in a row, and until when none is looked at."""
        self._connection.execute(
            "UPDATE account SET failures = ?, locked_until = ? WHERE name = ?", (failures, locked_until, name)
        )

    def open_session(self, token_hash: bytes, account: AccountId, now: int, expires_at: int) -> None:
        """Keep a session, and drop those that have expired."""
        self._connection.execute("DELETE FROM session WHERE expires_at <= ?", (now,))
        self._connection.execute("INSERT INTO session VALUES (?, ?, ?)", (token_hash, account, expires_at))

    def session(self, token_hash: bytes, now: int) -> Account | None:
        """Return whose session this is; `None` when it has expired or was never opened."""
        row = self._connection.execute(
            "SELECT account FROM session WHERE token_hash = ? AND expires_at > ?", (token_hash, now)
        ).fetchone()
        return None if row is None else self.find(row[0])

    def close_session(self, token_hash: bytes) -> None:
        """Forget a session."""
        self._connection.execute("DELETE FROM session WHERE token_hash = ?", (token_hash,))

    def set_device(self, name: DeviceId, role: DeviceRole, key_hash: bytes) -> None:
        """Let a box in with this key; an older key of the same name, and pages let in by it, are of no more use."""
        self._connection.execute("DELETE FROM device WHERE name = ?", (name,))
        self._connection.execute("INSERT INTO device VALUES (?, ?, ?)", (name, role, key_hash))

    def lend_to_page(self, token_hash: bytes, device: DeviceId) -> None:
        """Let a page stand for a box."""
        self._connection.execute("INSERT INTO page_device VALUES (?, ?)", (token_hash, device))

    def lent_to_page(self, token_hash: bytes) -> tuple[DeviceId, DeviceRole] | None:
        """Return the box that a page stands for, or `None`."""
        row = self._connection.execute(
            "SELECT device.name, device.role FROM page_device JOIN device ON device.name = page_device.device"
            " WHERE token_hash = ?",
            (token_hash,),
        ).fetchone()
        return None if row is None else (DeviceId(row[0]), cast("DeviceRole", row[1]))

    def device(self, name: str) -> tuple[DeviceRole, bytes] | None:
        """Return the role and the key's hash of a box; `None` when it is not known."""
        row = self._connection.execute("SELECT role, key_hash FROM device WHERE name = ?", (name,)).fetchone()
        return None if row is None else (cast("DeviceRole", row[0]), row[1])

    def devices(self) -> list[tuple[DeviceId, DeviceRole]]:
        """Return every box that is let in, by name."""
        return [tuple(row) for row in self._connection.execute("SELECT name, role FROM device ORDER BY name")]
