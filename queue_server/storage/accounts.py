"""People, their sessions, and the keys of boxes: rows that may change, outside the journal. Stores what it is given."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, cast

from queue_protocol.ids import AccountId, DeviceId
from queue_server.storage.reading import transaction

AccountRole = Literal["clerk", "greeter", "manager"]
DeviceRole = Literal["kiosk", "display", "web"]

StorageError = sqlite3.Error
"""What any question here may raise: the disk is full, or another program has locked the file for too long."""

FIND = """
    SELECT name, (SELECT group_concat(role) FROM account_role WHERE account = name), password
    FROM account
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in."""

    name: AccountId
    roles: frozenset[AccountRole]
    """In a small center one person may have all."""
    password: str
    """The argon2 hash."""


class Accounts:
    """The rows on a connection of `sqlite.connect`; one thread uses it, the writer's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Account | None:
        """Return the account with this name, or `None`."""
        row = self._connection.execute(f"{FIND} WHERE name = ?", (name,)).fetchone()
        return None if row is None else _account(*row)

    def all(self) -> list[Account]:
        """Return every account, by name."""
        return [_account(*row) for row in self._connection.execute(f"{FIND} ORDER BY name")]

    def add(self, name: AccountId, roles: Collection[AccountRole], password: str) -> bool:
        """Add an account; `False` when the name is taken."""
        with transaction(self._connection):
            added = self._connection.execute(
                "INSERT INTO account (name, password) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, password)
            )
            if added.rowcount == 1:
                self._add_roles(name, roles)
        return added.rowcount == 1

    def set_roles(self, name: AccountId, roles: Collection[AccountRole]) -> bool:
        """Give a person these roles and no other; `False` when there is no such account."""
        if self.find(name) is None:
            return False
        with transaction(self._connection):
            self._connection.execute("DELETE FROM account_role WHERE account = ?", (name,))
            self._add_roles(name, roles)
        return True

    def set_password(self, name: AccountId, password: str) -> bool:
        """Set the hash and end the account's sessions; `False` when there is no such account."""
        changed = self._connection.execute("UPDATE account SET password = ? WHERE name = ?", (password, name))
        self._connection.execute("DELETE FROM session WHERE account = ?", (name,))
        return changed.rowcount == 1

    def remove(self, name: AccountId) -> bool:
        """Remove an account and its sessions; `False` when there is none."""
        return self._connection.execute("DELETE FROM account WHERE name = ?", (name,)).rowcount == 1

    def know_browser(self, token_hash: bytes, account: AccountId, address: str, now: int, most: int) -> None:
        """Remember where an account has signed in: the browser and its address, the `most` latest."""
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO known_browser VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET address = excluded.address, at = excluded.at",
                (account, token_hash, address, now),
            )
            self._connection.execute(
                "DELETE FROM known_browser WHERE account = ? AND token_hash NOT IN"
                " (SELECT token_hash FROM known_browser WHERE account = ? ORDER BY at DESC LIMIT ?)",
                (account, account, most),
            )

    def known_browsers(self) -> dict[str, dict[bytes, str]]:
        """Return by account where it has signed in: the address of each browser, by the hash of its token."""
        known: dict[str, dict[bytes, str]] = {}
        for account, token_hash, address in self._connection.execute(
            "SELECT account, token_hash, address FROM known_browser ORDER BY at"
        ):
            known.setdefault(account, {})[token_hash] = address
        return known

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
        self._connection.execute("INSERT INTO device (name, role, key_hash) VALUES (?, ?, ?)", (name, role, key_hash))

    def remove_device(self, name: str) -> bool:
        """Let a box in no more, nor the pages that stand for it; `False` when there is none."""
        return self._connection.execute("DELETE FROM device WHERE name = ?", (name,)).rowcount == 1

    def good_proofs(self, proofs: Collection[bytes]) -> frozenset[bytes]:
        """Return those of these hashes that are the key of a box, or were lent to a page that stands for one."""
        good = self._connection.execute(
            "SELECT key_hash FROM device UNION SELECT key_hash_here FROM device"
            " UNION SELECT token_hash FROM page_device"
        )
        return frozenset(proofs) & {row[0] for row in good}

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

    def set_key_here(self, name: DeviceId, key_hash: bytes) -> None:
        """Let a box in with this key too, that of its file in the data folder; its other key stays good."""
        self._connection.execute("UPDATE device SET key_hash_here = ? WHERE name = ?", (key_hash, name))

    def device(self, name: str) -> tuple[DeviceRole, tuple[bytes, ...]] | None:
        """Return the role of a box and the hashes of its keys, one or two; `None` when it is not known."""
        question = "SELECT role, key_hash, key_hash_here FROM device WHERE name = ?"
        row = self._connection.execute(question, (name,)).fetchone()
        return (
            None if row is None else (cast("DeviceRole", row[0]), tuple(each for each in row[1:] if each is not None))
        )

    def devices(self) -> list[tuple[DeviceId, DeviceRole]]:
        """Return every box that is let in, by name."""
        return [tuple(row) for row in self._connection.execute("SELECT name, role FROM device ORDER BY name")]

    def _add_roles(self, name: AccountId, roles: Collection[AccountRole]) -> None:
        self._connection.executemany("INSERT INTO account_role VALUES (?, ?)", [(name, role) for role in roles])


def _account(name: str, roles: str | None, password: str) -> Account:
    held = frozenset(cast("list[AccountRole]", roles.split(",") if roles else []))
    return Account(AccountId(name), held, password)
