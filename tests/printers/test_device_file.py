"""Device files and plain files: what is said of those that cannot be had, and what a file keeps."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from printer_drivers.answers import NOTHING
from printer_drivers.device_file import DeviceLine, FileLine
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Evidence, PrinterForbidden, PrinterState, PrinterUnreachable
from printer_drivers.rights import explain, find_group

NOBODY = 65534
JOB = (b"\x1b@", b"slip A012\n")


def test_file_keeps_one_job_after_another(tmp_path: Path) -> None:
    """Each job is appended, and nothing is claimed of its paper."""
    printer = LinePrinter(FileLine(str(tmp_path / "slips.bin")), PAPERS[576], asks=NOTHING)
    ends = [printer.print(JOB) for _ in range(2)]
    assert [end.evidence for end in ends] == [Evidence.ACCEPTED] * 2
    assert (tmp_path / "slips.bin").read_bytes() == b"".join(JOB) * 2


def test_full_disk_is_the_end_of_a_file() -> None:
    """A file on a full disk takes nothing, and says why."""
    end = LinePrinter(FileLine("/dev/full"), PAPERS[576], asks=NOTHING).print(JOB)
    assert (end.evidence, end.state) == (Evidence.NOTHING_SENT, PrinterState.UNREACHABLE)
    assert "No space left" in end.reason


def test_pipe_without_a_reader_does_not_block(tmp_path: Path) -> None:
    """A named pipe that nobody reads is unreachable at once."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PrinterUnreachable, match="cannot be used"):
        LinePrinter(FileLine(str(tmp_path / "pipe")), PAPERS[576]).open()


def test_plain_file_is_no_device(tmp_path: Path) -> None:
    """A plain file where a device should be is told from one, before a byte is written."""
    (tmp_path / "lp0").touch()
    with pytest.raises(PrinterUnreachable, match="write file://"):
        LinePrinter(DeviceLine(str(tmp_path / "lp0")), PAPERS[576]).open()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "is the printer on, plugged in"),
        (errno.EBUSY, "another program holds"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_each_trouble_has_its_advice(number: int, words: str) -> None:
    """What the system says in a number is said in a sentence with something to do."""
    error = explain("/dev/usb/lp0", OSError(number, os.strerror(number)))
    assert words in str(error)
    assert not isinstance(error, PrinterForbidden)


def test_denied_device_names_the_group_to_join(tmp_path: Path) -> None:
    """Who may not open a device is told which group may."""
    device = tmp_path / "lp0"
    device.touch()
    group = find_group(str(device))
    error = explain(str(device), PermissionError(errno.EACCES, "Permission denied"))
    assert isinstance(error, PrinterForbidden)
    assert f"belongs to the group {group}" in str(error)
    assert f"sudo usermod -aG {group} $USER" in str(error)


def test_denied_device_without_a_group_is_still_said() -> None:
    """A device that is gone by now is denied without advice that would be made up."""
    assert str(explain("/dev/gone", PermissionError(errno.EACCES, ""))) == "this user may not use /dev/gone"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become someone who is denied")
def test_real_denial_is_forbidden(tmp_path: Path) -> None:
    """A device that the system denies to this user is forbidden, with its group, on the command line as well."""
    code = (
        "import grp, os, sys; from printer_drivers.__main__ import main;"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY});"
        "sys.exit(main(['status', 'usb:///dev/motcua-test-lp']))"
    )
    device = Path("/dev/motcua-test-lp")
    os.mknod(device, 0o020660, os.makedev(1, 3))
    try:
        ended = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "en"},
        )
    finally:
        device.unlink()
    assert ended.returncode == 3, ended
    assert "belongs to the group root" in ended.stderr
    assert not list(tmp_path.iterdir())
