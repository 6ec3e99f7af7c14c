"""Who is let in: people by password and session, boxes by key. Words of a secret are kept as hashes only."""

import asyncio
import contextlib
import functools
import hashlib
import hmac
import logging
import os
import secrets
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import argon2
import msgspec

from queue_protocol.ids import AccountId, DeviceId
from queue_server.storage.accounts import Account, AccountRole, Accounts, DeviceRole
from queue_server.web.sign_in_limits import Attempts, Crowded, Guesses, Turns, Visitor

log = logging.getLogger(__name__)

SESSION_COOKIE = "motcua_session"
DEVICE_COOKIE = "motcua_device"
BROWSER_COOKIE = "motcua_browser"
"""Of a browser in which somebody has signed in: guesses made elsewhere do not shut it out."""

SESSION_LASTS = timedelta(hours=12)
"""A working day with its lunch break; the next morning one signs in again."""

MOST_BROWSERS = 50
"""Of one account that are remembered; then the one that signed in longest ago is forgotten."""

LEAST_PASSWORD_LENGTH = 14
"""Without a second factor (TCVN 14423:2026 level 2, as summarised)."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on a bad print."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was opened; both tokens go into cookies of the person's browser."""

    session: str
    browser: str


SignIn = SignedIn | Literal["wrong", "locked", "busy"]

InThread = Callable[..., Awaitable[Any]]


class Access:
    """Accounts, sessions and device keys. Passwords are checked in a thread of their own, one at a time."""

    def __init__(self, accounts: Accounts, in_writer: InThread, now: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._in_writer = in_writer
        self._now = now
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="passwords", initializer=_step_back)
        self._turns = Turns()
        self._attempts = Attempts()
        self._browsers = accounts.known_browsers()

    async def sign_in(self, name: str, password: str, address: str, browser: str | None = None) -> SignIn:
        """Check a password and open a session.

        `address` is where the person comes from (`addresses.neighbourhood`), `browser` what the cookie of the browser
        says. Places where the account has signed in before are looked at first, and no guesses made elsewhere lock
        them out. An account that is not there is answered like one that is.
        """
        name = name.strip().lower()
        visitor = self._visitor(name, address, browser)
        try:
            async with self._turns.turn(visitor):
                return await self._sign_in(name, password, visitor, browser)
        except Crowded:
            return "busy"

    def _visitor(self, name: str, address: str, browser: str | None) -> Visitor:
        known = self._browsers.get(name, {})
        hashed = hash_secret(browser) if browser else b""
        if hashed in known:
            return Visitor(address, hashed.hex(), is_known=True)
        return Visitor(address, is_known=address in known.values())

    async def _sign_in(self, name: str, password: str, visitor: Visitor, browser: str | None) -> SignIn:
        account: Account | None = await self._in_writer(self._accounts.find, name)
        guessed = _guessed(name, account)
        if self._attempts.locked_until(guessed, visitor, self._seconds()):
            return "locked"
        right = await self._in_hashing(_knows_password, account, password)
        if account is None or not right:
            until = self._attempts.note_failure(guessed, visitor, self._seconds())
            if until:
                log.warning("sign-in: too many wrong passwords from %s; none is looked at for a while", visitor.address)
            return "locked" if until else "wrong"
        self._attempts.note_success(guessed, visitor)
        return await self._open_session(account.name, visitor, browser)

    async def _open_session(self, account: AccountId, visitor: Visitor, browser: str | None) -> SignedIn:
        now, session = self._seconds(), secrets.token_urlsafe(32)
        browser = browser if browser and visitor.browser is not None else secrets.token_urlsafe(32)
        expires_at = now + int(SESSION_LASTS.total_seconds())
        await self._in_writer(self._accounts.open_session, hash_secret(session), account, now, expires_at)
        await self._in_writer(
            self._accounts.know_browser, hash_secret(browser), account, visitor.address, now, MOST_BROWSERS
        )
        self._browsers.setdefault(account, {})[hash_secret(browser)] = visitor.address
        return SignedIn(session, browser)

    def guesses_at(self, account: Account) -> list[Guesses]:
        """Return the wrong passwords of the last day by place, the latest first, for managers."""
        return self._attempts.of_account(_guessed(account.name, account), self._seconds())

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
        known: tuple[DeviceRole, tuple[bytes, ...]] | None = await self._in_writer(self._accounts.device, name)
        return known[0] if known is not None and is_key(key, known[1]) else None

    async def devices(self) -> list[tuple[DeviceId, DeviceRole]]:
        """Return every box that is let in."""
        boxes: list[tuple[DeviceId, DeviceRole]] = await self._in_writer(self._accounts.devices)
        return boxes

    async def remove_device(self, name: str) -> bool:
        """Let a box and the pages that stand for it in no more; `False` when there is no such box."""
        removed: bool = await self._in_writer(self._accounts.remove_device, name)
        return removed

    async def are_good(self, proofs: Collection[bytes]) -> frozenset[bytes]:
        """Return those of these hashes of keys and page tokens that still let a box in."""
        good: frozenset[bytes] = await self._in_writer(self._accounts.good_proofs, proofs)
        return good

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

    async def _in_hashing(self, work: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._hashing, functools.partial(work, *arguments))

    def _seconds(self) -> int:
        return int(self._now().timestamp())


_HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
"""46 MiB on one processor, the least that OWASP asks of argon2id: with the library's four threads each look at a
password takes all of a hall's old PC, and a guesser's five made the answers of a kiosk wait 170 ms."""


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password, with its salt."""
    return _HASHER.hash(password)


def check_password(hashed: str, password: str) -> bool:
    """Say whether this is the password; takes the same time either way."""
    try:
        return _HASHER.verify(hashed, password)
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


def forget_key(data: Path, name: str) -> None:
    """Remove the key file of a box that was removed; one that cannot be removed opens nothing any more."""
    with contextlib.suppress(OSError):
        (data / "keys" / name).unlink(missing_ok=True)


def is_key(key: str, hashes: Iterable[bytes]) -> bool:
    """Say whether one of these hashes is that of a key."""
    return any(hmac.compare_digest(each, hash_secret(key)) for each in hashes)


def issue_device_key(accounts: Accounts, name: DeviceId, role: DeviceRole) -> str:
    """Let a box in with a new key and return it."""
    key = new_key()
    accounts.set_device(name, role, hash_secret(key))
    return key


def _step_back() -> None:
    """Let this thread wait for all others of the machine, where threads can; nobody in the hall waits for a sign-in."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _guessed(name: str, account: Account | None) -> str:
    """Return what guesses at an account are counted for: with its password changes what was guessed at."""
    return hash_secret(f"{name}\0{'' if account is None else account.password}").hex()


def _knows_password(account: Account | None, password: str) -> bool:
    return check_password(_nobody() if account is None else account.password, password)


@functools.cache
def _nobody() -> str:
    """Return a hash that no password has: checked when there is no such account, so that both answers take as long."""
    return hash_password(secrets.token_urlsafe(16))
