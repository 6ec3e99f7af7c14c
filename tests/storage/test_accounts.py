"""People, sessions and the keys of boxes, as rows that may change."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_protocol.ids import AccountId, DeviceId
from queue_server.storage.accounts import Account, Accounts
from queue_server.storage.sqlite import FILE, connect

LAN, HOA = AccountId("lan"), AccountId("hoa")
KIOSK = DeviceId("kiosk-1")


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """Lend the rows of a center with one clerk."""
    connection = connect(tmp_path / FILE)
    accounts = Accounts(connection)
    accounts.add(LAN, {"clerk"}, "hash of lan")
    yield accounts
    connection.close()


def test_a_person_is_added_once(accounts: Accounts) -> None:
    """A name is one person: adding it again changes neither roles nor password."""
    assert accounts.add(HOA, {"manager", "greeter"}, "hash of hoa")
    assert not accounts.add(LAN, {"manager"}, "another")
    assert accounts.all() == [
        Account(HOA, frozenset({"manager", "greeter"}), "hash of hoa"),
        Account(LAN, frozenset({"clerk"}), "hash of lan"),
    ]
    assert accounts.find("nobody") is None


def test_roles_are_given_and_taken(accounts: Accounts) -> None:
    """A person has the roles that were given last; one that is nobody gets none, and none that does not exist."""
    assert accounts.set_roles(LAN, {"clerk", "manager"})
    assert accounts.set_roles(LAN, {"greeter", "manager"})
    assert [account.roles for account in accounts.all()] == [{"greeter", "manager"}]
    assert not accounts.set_roles(HOA, {"clerk"})
    with pytest.raises(sqlite3.IntegrityError):
        accounts.set_roles(LAN, ["king"])  # type: ignore[list-item]  # the table is the last guard
    assert [account.roles for account in accounts.all()] == [{"greeter", "manager"}]


def test_a_page_is_a_box_of_its_own_kind(accounts: Accounts) -> None:
    """A tablet at the door is let in as what it is."""
    accounts.set_device(DeviceId("web-1"), "web", b"key")
    assert accounts.device("web-1") == ("web", (b"key",))


def test_a_session_ends_by_itself(accounts: Accounts) -> None:
    """A session is good until its last second, and of nobody before it was opened."""
    accounts.open_session(b"token", LAN, 100, 200)
    assert [(account := accounts.session(b"token", now)) and account.name for now in (100, 199, 200)] == [
        "lan",
        "lan",
        None,
    ]
    assert accounts.session(b"other", 100) is None


def test_a_session_is_closed(accounts: Accounts) -> None:
    """Signing out ends this session and no other."""
    accounts.open_session(b"one", LAN, 100, 200)
    accounts.open_session(b"two", LAN, 100, 200)
    accounts.close_session(b"one")
    assert accounts.session(b"one", 150) is None
    assert accounts.session(b"two", 150) is not None


def test_known_browsers_are_the_latest(accounts: Accounts) -> None:
    """Where an account has signed in is remembered once for each browser, the latest ones, until the person leaves."""
    for now, (browser, address) in enumerate([(b"1", "10.0.0.1"), (b"2", "10.0.0.2"), (b"1", "10.0.0.9")]):
        accounts.know_browser(browser, LAN, address, now, 2)
    assert accounts.known_browsers() == {"lan": {b"1": "10.0.0.9", b"2": "10.0.0.2"}}
    accounts.know_browser(b"3", LAN, "10.0.0.3", 9, 2)
    assert accounts.known_browsers() == {"lan": {b"1": "10.0.0.9", b"3": "10.0.0.3"}}
    assert accounts.remove(LAN)
    assert accounts.known_browsers() == {}


def test_a_removed_box_and_its_pages_are_out(accounts: Accounts) -> None:
    """Its key and the tokens lent to pages prove nothing any more; those of other boxes do."""
    accounts.set_device(DeviceId("kiosk-1"), "kiosk", b"one")
    accounts.set_device(DeviceId("kiosk-2"), "kiosk", b"two")
    accounts.lend_to_page(b"page of one", DeviceId("kiosk-1"))
    assert accounts.good_proofs([b"one", b"page of one", b"two", b"guess"]) == {b"one", b"page of one", b"two"}
    assert accounts.remove_device("kiosk-1")
    assert accounts.good_proofs([b"one", b"page of one", b"two"]) == {b"two"}
    assert not accounts.remove_device("kiosk-1")


def test_a_new_password_ends_sessions(accounts: Accounts) -> None:
    """Whoever had the old password is out."""
    accounts.open_session(b"token", LAN, 100, 200)
    assert accounts.set_password(LAN, "another")
    assert accounts.find("lan") == Account(LAN, frozenset({"clerk"}), "another")
    assert accounts.session(b"token", 150) is None
    assert not accounts.set_password(HOA, "another")


def test_a_person_who_leaves_is_out_at_once(accounts: Accounts) -> None:
    """Removing an account ends its sessions."""
    accounts.open_session(b"token", LAN, 100, 200)
    assert accounts.remove(LAN)
    assert accounts.session(b"token", 150) is None
    assert not accounts.remove(LAN)


def test_expired_sessions_are_swept(accounts: Accounts) -> None:
    """Opening a session drops those that ran out, so that the table stays small."""
    accounts.open_session(b"old", LAN, 100, 200)
    accounts.open_session(b"new", LAN, 300, 400)
    assert accounts.session(b"old", 150) is None


def test_a_box_has_one_key(accounts: Accounts) -> None:
    """A new key replaces the old one, and pages that were let in by the old are out."""
    accounts.set_device(KIOSK, "kiosk", b"first")
    accounts.lend_to_page(b"page", KIOSK)
    assert accounts.lent_to_page(b"page") == (KIOSK, "kiosk")
    accounts.set_device(KIOSK, "kiosk", b"second")
    assert accounts.device("kiosk-1") == ("kiosk", (b"second",))
    assert accounts.lent_to_page(b"page") is None
    assert accounts.devices() == [(KIOSK, "kiosk")]


def test_an_unknown_box_is_none(accounts: Accounts) -> None:
    """Neither a name nor a page's token is guessed at."""
    assert accounts.device("kiosk-9") is None
    assert accounts.lent_to_page(b"page") is None
