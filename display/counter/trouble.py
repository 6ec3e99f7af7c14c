"""Sentences about devices that cannot be used: what is wrong, and what a person can do. Each is said once."""

import contextlib
import errno
import logging
import os
from pathlib import Path

STEADY_S = 10.0
"""A device that worked for so long and fails has a new trouble; one that comes and goes faster is told of once."""

HELD = frozenset({errno.EBUSY, errno.EAGAIN})


class Trouble:
    """What is wrong with one device, told to the log when it begins, changes and ends."""

    def __init__(self, log: logging.Logger, device: str) -> None:
        self._log = log
        self._device = device
        self._said: str | None = None
        self._open_said = False
        self._opened_s: float | None = None

    def begin(self, error: OSError, now_s: float) -> None:
        """Take in that the device cannot be used."""
        sentence = explain(self._device, error)
        was_steady = self._opened_s is not None and now_s - self._opened_s > STEADY_S
        self._opened_s = None
        if sentence != self._said or was_steady:
            self._said, self._open_said = sentence, False
            self._log.warning("%s", sentence)

    def end(self, now_s: float) -> None:
        """Take in that the device is open."""
        self._opened_s = now_s
        if not self._open_said:
            self._open_said = True
            self._log.info("%s is open", self._device)


def explain(device: str, error: OSError) -> str:
    """Return what is wrong with a device, in a sentence."""
    number = error.errno
    if number == errno.ENOENT:
        return f"there is no {device}; is it plugged in, and at this place? it is looked for every second"
    if number in {errno.EACCES, errno.EPERM}:
        return _say_who_may(device)
    if number in HELD:
        return f"another program holds {device}; stop it"
    return f"{device} cannot be used: {error.strerror or error}; it is tried again every second"


def _say_who_may(device: str) -> str:
    group = _find_group(device)
    if group is None:
        return f"this user may not use {device}"
    advice = f"sudo usermod -aG {group} $USER, then log in again"
    return f"this user may not use {device}, which belongs to the group {group}; join it: {advice}"


def _find_group(device: str) -> str | None:
    """Return the name of the group that a device file belongs to; `None` where there is none."""
    if os.name != "posix":
        return None
    import grp  # noqa: PLC0415 - there is none on Windows

    with contextlib.suppress(OSError, KeyError):
        return grp.getgrgid(Path(device).stat().st_gid).gr_name
    return None
