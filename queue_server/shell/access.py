"""Who is let in: people by password and session, boxes by key. Words of a secret are kept as hashes only."""

import asyncio
import functools
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Literal

import argon2
import msgspec

from queue_protocol.ids import AccountId, DeviceId
from queue_server.storage.accounts import Account, AccountRole, Accounts, DeviceRole

SESSION_COOKIE = "motcua_session"
DEVICE_COOKIE = "motcua_device"

SESSION_LASTS = timedelta(hours=12)
"""A working day with its lunch break; the next morning one signs in again."""

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=5)
"""After five wrong passwords (CONTEXT: "lock after <= 5 failures"); long enough to make guessing hopeless."""

MOST_WAITING = 8
"""Sign-ins at once, of which one is looked at while the others wait: a second for the last of them. More are told to
come again, so that a storm of guesses does not keep everybody at the door for minutes."""

MOST_STRANGERS = 1_000
"""Names without an account whose wrong passwords are counted; then the one that was tried longest ago is forgotten."""

LEAST_PASSWORD_LENGTH = 14
"""Without a second factor (TCVN 14423:2026 level 2, as summarised)."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on a bad print."""

SignIn = tuple[Literal["welcome"], str] | tuple[Literal["wrong", "locked", "busy"], None]

InThread = Callable[..., Awaitable[Any]]


class Access:
    """Accounts, sessions and device keys. Passwords are checked in a thread of their own, one at a time."""

    def __init__(self, accounts: Accounts, in_writer: InThread, now: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._in_writer = in_writer
        self._now = now
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._one_at_a_time = asyncio.Lock()
        """Held from the look at the failures to the note of the next one: thirty guesses at once count as thirty."""
        self._waiting = 0
        """Sign-ins that are looked at or wait for it."""
        self._strangers: dict[bytes, tuple[int, int]] = {}
        """By the hash of a name without an account: wrong passwords in a row, and until when none is looked at. They
        get the answers that accounts get, so that nobody learns here which accounts there are."""

    async def sign_in(self, name: str, password: str) -> SignIn:
        """Check a password and open a session; its token goes into the person's cookie."""
        if self._waiting >= MOST_WAITING:
            return ("busy", None)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await self._sign_in(name.strip().lower(), password)
        finally:
            self._waiting -= 1

    async def _sign_in(self, name: str, password: str) -> SignIn:
        account: Account | None = await self._in_writer(self._accounts.find, name)
        failures, locked_until = self._attempts(name, account)
        if locked_until > self._seconds():
            return ("locked", None)
        right = await self._in_hashing(_knows_password, account, password)
        if account is None or not right:
            return await self._note_failure(name, account, failures + 1)
        token = secrets.token_urlsafe(32)
        await self._in_writer(self._accounts.note_attempt, account.name, 0, 0)
        expires_at = self._seconds() + int(SESSION_LASTS.total_seconds())
        await self._in_writer(
            self._accounts.open_session, hash_secret(token), account.name, self._seconds(), expires_at
        )
        return ("welcome", token)

    async def sign_out(self, token: str | None) -> None:
        """Close a session."""
        if token:
            await self._in_writer(self._accounts.close_session, hash_secret(token))

    async def who(self, token: str | None) -> Account | None:
        """Return the person of a session, or `None`."""
        if not token:
            return None
        account: Account | None = await self._in_writer(self._accounts.session, hash_secret(token), self._seconds())
        return account

    async def change_password(self, account: Account, old: str, new: str) -> Literal["done", "wrong", "short"]:
        """Let a person set a new password; all sessions of the account end."""
        if len(new) < LEAST_PASSWORD_LENGTH:
            return "short"
        if not await self._in_hashing(check_password, account.password, old):
            return "wrong"
        await self._in_writer(self._accounts.set_password, account.name, await self._in_hashing(hash_password, new))
        return "done"

    async def add_account(self, name: str, roles: Collection[AccountRole]) -> str | None:
        """Add a person and return the first password; `None` when the name is taken.

        Raises `msgspec.ValidationError` for a name that is no `AccountId`.
        """
        account = msgspec.convert(name, AccountId)
        password = new_password()
        hashed = await self._in_hashing(hash_password, password)
        return password if await self._in_writer(self._accounts.add, account, roles, hashed) else None

    async def set_roles(self, name: str, roles: Collection[AccountRole]) -> bool:
        """Give a person these roles and no other; `False` when there is no such account."""
        known: bool = await self._in_writer(self._accounts.set_roles, AccountId(name), roles)
        return known

    async def renew_password(self, name: str) -> str | None:
        """Give a person a new first password and return it; `None` when there is no such account."""
        password = new_password()
        hashed = await self._in_hashing(hash_password, password)
        return password if await self._in_writer(self._accounts.set_password, AccountId(name), hashed) else None

    async def remove_account(self, name: str) -> bool:
        """Remove a person; `False` when there is no such account."""
        removed: bool = await self._in_writer(self._accounts.remove, AccountId(name))
        return removed

    async def accounts(self) -> list[Account]:
        """Return everybody who may sign in."""
        everybody: list[Account] = await self._in_writer(self._accounts.all)
        return everybody

    async def device_role(self, name: str, key: str) -> DeviceRole | None:
        """Return what the box with this name is; `None` when the key is not its own, or there is no such box."""
        known: tuple[DeviceRole, bytes] | None = await self._in_writer(self._accounts.device, name)
        return known[0] if known is not None and hmac.compare_digest(known[1], hash_secret(key)) else None

    async def lend_device(self, name: str) -> str | None:
        """Let a page stand for a box, and return the token for its cookie; `None` when there is no such box."""
        if await self._in_writer(self._accounts.device, name) is None:
            return None
        token = new_key()
        await self._in_writer(self._accounts.lend_to_page, hash_secret(token), DeviceId(name))
        return token

    async def device_of(self, token: str | None) -> tuple[DeviceId, DeviceRole] | None:
        """Return the box that a page stands for by its cookie, or `None`."""
        if not token:
            return None
        lent: tuple[DeviceId, DeviceRole] | None = await self._in_writer(
            self._accounts.lent_to_page, hash_secret(token)
        )
        return lent

    def close(self) -> None:
        """End the thread."""
        self._hashing.shutdown(wait=False, cancel_futures=True)

    def _attempts(self, name: str, account: Account | None) -> tuple[int, int]:
        if account is None:
            return self._strangers.get(hash_secret(name), (0, 0))
        return account.failures, account.locked_until

    async def _note_failure(self, name: str, account: Account | None, failures: int) -> SignIn:
        locked = failures >= FAILURES_ALLOWED
        until = self._seconds() + int(LOCKED_FOR.total_seconds()) if locked else 0
        kept = (0 if locked else failures, until)
        if account is None:
            self._remember_stranger(hash_secret(name), kept)
        else:
            await self._in_writer(self._accounts.note_attempt, account.name, *kept)
        return ("locked", None) if locked else ("wrong", None)

    def _remember_stranger(self, stranger: bytes, attempts: tuple[int, int]) -> None:
        self._strangers.pop(stranger, None)
        self._strangers[stranger] = attempts
        if len(self._strangers) > MOST_STRANGERS:
            del self._strangers[next(iter(self._strangers))]

    async def _in_hashing(self, work: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._hashing, functools.partial(work, *arguments))

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password, with its salt."""
    return argon2.PasswordHasher().hash(password)


def check_password(hashed: str, password: str) -> bool:
    """Say whether this is the password; takes the same time either way."""
    try:
        return argon2.PasswordHasher().verify(hashed, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def hash_secret(secret: str) -> bytes:
    """Return the hash of a key or token; these are random and long, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def new_password() -> str:
    """Return a random password that can be read out and typed: four groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def new_key() -> str:
    """Return a random key for a box."""
    return secrets.token_urlsafe(24)


def issue_device_key(accounts: Accounts, name: DeviceId, role: DeviceRole) -> str:
    """Let a box in with a new key and return it."""
    key = new_key()
    accounts.set_device(name, role, hash_secret(key))
    return key


def _knows_password(account: Account | None, password: str) -> bool:
    return check_password(_nobody() if account is None else account.password, password)


@functools.cache
def _nobody() -> str:
    """Return a hash that no password has: checked when there is no such account, so that both answers take as long."""
    return hash_password(secrets.token_urlsafe(16))
