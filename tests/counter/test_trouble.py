"""What is said of devices that cannot be used: who is to blame, what to do, and each thing once."""

import errno
import logging
import os
from pathlib import Path

import pytest

from display.counter.trouble import STEADY_S, Trouble, explain

LOG = logging.getLogger("display.counter.test")


def error(number: int) -> OSError:
    """Return the error of this number."""
    return OSError(number, os.strerror(number))


def test_a_denied_permission_names_the_group(tmp_path: Path) -> None:
    """The person who sets the box up is told what to type."""
    device = tmp_path / "device"
    device.touch()
    group = device.group()
    sentence = explain(str(device), error(errno.EACCES))
    assert f"belongs to the group {group}; join it: sudo usermod -aG {group} $USER, then log in again" in sentence


def test_a_denied_permission_on_what_is_gone_names_no_group(tmp_path: Path) -> None:
    """There is nobody to ask."""
    assert explain(str(tmp_path / "none"), error(errno.EACCES)).startswith("this user may not use")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "there is no /dev/x; is it plugged in"),
        (errno.EBUSY, "another program holds /dev/x"),
        (errno.EAGAIN, "another program holds /dev/x"),
        (errno.EIO, "/dev/x cannot be used: Input/output error"),
    ],
)
def test_each_error_has_its_sentence(number: int, words: str) -> None:
    """A cable, another program and a broken adapter are told apart."""
    assert explain("/dev/x", error(number)).startswith(words)


def test_an_error_without_a_number_is_said_in_its_own_words() -> None:
    """The library of serial ports has errors of its own."""
    assert "Write timeout" in explain("/dev/x", OSError("Write timeout"))


def test_a_lasting_trouble_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """A device that is looked for every second for a year fills no disk."""
    trouble = Trouble(LOG, "/dev/x")
    for second in range(100):
        trouble.begin(error(errno.ENOENT), float(second))
    assert len(caplog.records) == 1


def test_a_device_that_comes_and_goes_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """A loose contact is one trouble; when it was good for a while, the next is a new one."""
    trouble = Trouble(LOG, "/dev/x")
    with caplog.at_level(logging.INFO):
        for second in range(100):
            trouble.end(float(second))
            trouble.begin(error(errno.EIO), second + 0.5)
        assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "INFO"]
        trouble.end(200.0)
        trouble.begin(error(errno.EIO), 200.0 + STEADY_S + 1)
    assert [record.levelname for record in caplog.records][3:] == ["WARNING"]
