"""Owns how a secret reaches a person: in a file that only the owner of the data folder reads, and on a terminal.

What a program prints may end in the journal of the system, where others read it for months. So a secret is printed only
where the output is a terminal; what is printed in every case is the path of the file.
"""

import sys
from pathlib import Path

from device_runtime.durable_file import write_whole

FIRST_SIGN_IN = "first_sign_in.txt"
"""In the data folder: the account and password of the first manager, or the one that was renewed there last."""

WORDS = 4
"""In that file."""


def say(line: str) -> None:
    """Tell the person who started the program something that everybody may read."""
    print(line, flush=True)  # noqa: T201 - the console is where a person reads how to go on


def say_on_terminal(line: str) -> None:
    """Tell a person at a terminal a secret; where the output is none, say nothing."""
    if sys.stdout.isatty():
        say(line)


def leave_password(data: Path, account: str, password: str) -> Path:
    """Write a password for the owner of the folder alone, and return the path of the file.

    Raises `OSError` when the disk does not take it.
    """
    path = data / FIRST_SIGN_IN
    write_whole(path, f"account {account}\npassword {password}\n".encode())
    return path


def left_password(data: Path) -> tuple[str, str] | None:
    """Return the account and password that lie in the folder; `None`: there is no such file.

    Of a damaged one both may be no account and no password.
    """
    try:
        words = (data / FIRST_SIGN_IN).read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return None
    return (words[1], words[3]) if len(words) == WORDS and words[::2] == ["account", "password"] else ("", "")


def remove_password(data: Path) -> None:
    """Remove a password that is of no use any more."""
    (data / FIRST_SIGN_IN).unlink(missing_ok=True)
