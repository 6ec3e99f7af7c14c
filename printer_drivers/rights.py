"""Owns what is said of a device file that cannot be opened: is it missing, or who may have it."""

import contextlib
import errno
import os
from pathlib import Path

from printer_drivers.printer import PrinterForbidden, PrinterUnreachable

_HELD = frozenset({errno.EBUSY, errno.EAGAIN})


def explain(path: str, error: OSError) -> PrinterUnreachable:
    """Return the error to raise, with what to do in its sentence."""
    if isinstance(error, FileNotFoundError):
        message = f"there is no {path}; is the printer on, plugged in, and at this place?"
        return PrinterUnreachable(message, "printer_no_device", path=path)
    if isinstance(error, PermissionError):
        group = find_group(path)
        key = "printer_not_allowed" if group else "printer_not_allowed_at_all"
        return PrinterForbidden(_say_who_may(path, group), key, path=path, group=group or "")
    if error.errno in _HELD:
        message = f"another program holds {path}; stop it, or take the printer away from CUPS"
        return PrinterUnreachable(message, "printer_held", path=path)
    return PrinterUnreachable(f"{path} cannot be used: {error.strerror or error}")


def _say_who_may(path: str, group: str | None) -> str:
    if group is None:
        return f"this user may not use {path}"
    advice = f"sudo usermod -aG {group} $USER, then log in again"
    return f"this user may not use {path}, which belongs to the group {group}; join it: {advice}"


def find_group(path: str) -> str | None:
    """Return the name of the group that a device file belongs to; None where files have no groups or it is gone."""
    if os.name != "posix":
        return None
    import grp  # noqa: PLC0415 - there is none on Windows

    with contextlib.suppress(OSError, KeyError):
        return grp.getgrgid(Path(path).stat().st_gid).gr_name
    return None
