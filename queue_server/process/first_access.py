"""Who is let in before any page is open: the first people and boxes, a lost password, one more box."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from device_runtime.device_key import key_file
from device_runtime.durable_file import ASIDE, Damaged
from queue_protocol.ids import AccountId, DeviceId
from queue_server.process.arguments import DeviceAdmission, DeviceRemoval, PasswordRenewal, StartError
from queue_server.process.resources import open_beside
from queue_server.process.secret_notes import (
    FIRST_SIGN_IN,
    leave_password,
    left_password,
    remove_password,
    say,
    say_on_terminal,
)
from queue_server.storage.accounts import Accounts, DeviceRole
from queue_server.web.access import (
    check_password,
    forget_key,
    hash_password,
    hash_secret,
    is_key,
    issue_device_key,
    new_key,
    new_password,
)

FIRST_MANAGER = AccountId("quanly")

FIRST_DEVICES: dict[DeviceId, DeviceRole] = {DeviceId("kiosk-1"): "kiosk", DeviceId("display-1"): "display"}


def welcome_first_people(data: Path, accounts: Accounts, *, is_new: bool) -> None:
    """On the first start: make the first manager and the keys of the first kiosk and display, and say so once.

    `is_new`: the center's journal is empty; a box that was removed later stays away. A key that works is never
    replaced; one whose file is spoilt is, and that is said.
    """
    if accounts.all():
        _remove_outdated_password(data, accounts)
    else:
        password = new_password()
        path = leave_password(data, FIRST_MANAGER, password)
        accounts.add(FIRST_MANAGER, {"manager"}, hash_password(password))
        say(f"first manager: account {FIRST_MANAGER}, password in {path}")
        say_on_terminal(f"first manager: password {password}")
    for name, role in FIRST_DEVICES.items():
        if accounts.device(name) is None:
            if is_new:
                _admit(data, accounts, name, role)
        elif _is_spoilt(_key_file(data, name)):
            _admit(data, accounts, name, role)
            say(f"{role} {name}: its key file was empty or no key; it has a new one, and the old one is of no use")
        elif key_file(_key_file(data, name)).look() is None:
            _admit_here(data, accounts, name)


def let_boxes_of_this_folder_in(data: Path, accounts: Accounts, copied: Mapping[str, str]) -> None:
    """After a restore: let every box in with the key of its file here; the first boxes get one if they have none.

    `copied`: keys that a backup has along, by the name of the box. Boxes elsewhere keep theirs.
    """
    for name, _ in accounts.devices():
        path, known = _key_file(data, name), accounts.device(name)
        found = key_file(path).look()
        if isinstance(found, str):
            if known is not None and not is_key(found, known[1]):
                accounts.set_key_here(name, hash_secret(found))
        elif name in copied:
            _make_private_folder(path.parent)
            key_file(path).write(copied[name])
        elif name in FIRST_DEVICES:
            _admit_here(data, accounts, name)


def renew_password(asked: PasswordRenewal) -> int:
    """Set a new random password and say where it is; works while the server runs."""
    with contextlib.closing(open_beside(asked.data)) as connection:
        password = new_password()
        if not Accounts(connection).set_password(AccountId(asked.account), hash_password(password)):
            raise StartError(f"There is no account {asked.account!r} in {asked.data}.")
        try:
            path = leave_password(asked.data, asked.account, password)
        except OSError as error:
            raise StartError(f"The new password cannot be written to {asked.data}: {error}; ask again.") from error
    say(f"account {asked.account}, new password in {path}")
    say_on_terminal(f"new password {password}")
    return 0


def admit_device(asked: DeviceAdmission) -> int:
    """Let one more box in, or give one a new key, and say where it is; works while the server runs.

    Raises `StartError` when there is no center in the folder, or the name is taken by a box of another kind.
    """
    with contextlib.closing(open_beside(asked.data)) as connection:
        accounts = Accounts(connection)
        known = accounts.device(asked.device)
        if known is not None and known[0] != asked.role:
            raise StartError(f"{asked.device} is a {known[0]} already; choose another name.")
        key = _admit(asked.data, accounts, asked.device, asked.role)
    say(f"{asked.role} {asked.device}, key in {_key_file(asked.data, asked.device)}")
    say_on_terminal(f"key {key}")
    return 0


def remove_device(asked: DeviceRemoval) -> int:
    """Let a box in no more; a running server ends what it is saying within seconds.

    Raises `StartError` when there is no such box.
    """
    with contextlib.closing(open_beside(asked.data)) as connection:
        if not Accounts(connection).remove_device(asked.device):
            raise StartError(f"There is no box {asked.device} in {asked.data}.")
    forget_key(asked.data, asked.device)
    say(f"{asked.device} is removed; its key lets nothing in any more")
    return 0


def _remove_outdated_password(data: Path, accounts: Accounts) -> None:
    """Remove the file of a password that its person has changed since, or that is damaged, and say so."""
    left = left_password(data)
    account = None if left is None else accounts.find(left[0])
    if left is not None and (account is None or not check_password(account.password, left[1])):
        remove_password(data)
        say(f"the password in {data / FIRST_SIGN_IN} let nobody in any more; the file was removed")
        say(f"for a new password: python -m queue_server password ACCOUNT --data {data}")


def _admit_here(data: Path, accounts: Accounts, name: DeviceId) -> None:
    """Give a box that is known and has no key file a key for this folder: it may stand elsewhere, and keeps its own."""
    path, key = _key_file(data, name), new_key()
    _make_private_folder(path.parent)
    accounts.set_key_here(name, hash_secret(key))
    key_file(path).write(key)


def _make_private_folder(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)


def _admit(data: Path, accounts: Accounts, name: DeviceId, role: DeviceRole) -> str:
    """Give a box a new key, and leave it where a box on this machine finds it, for the owner of the folder alone."""
    path = _key_file(data, name)
    _make_private_folder(path.parent)
    path.touch(mode=0o600)  # first: a start that is cut off in between leaves a file that the next one finds empty
    key = issue_device_key(accounts, name, role)
    key_file(path).write(key)
    return key


def _is_spoilt(path: Path) -> bool:
    """Say whether a key file is there and holds no key: a power cut may have left it empty, or full of zeros.

    One that is not there is no reason to end the old key: the box may stand elsewhere, with its own.
    """
    found = key_file(path).read()
    return isinstance(found, Damaged) or (found is None and any(path.parent.glob(f"{path.name}{ASIDE}*")))


def _key_file(data: Path, name: DeviceId) -> Path:
    return data / "keys" / name
