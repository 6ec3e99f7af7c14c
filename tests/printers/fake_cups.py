"""The commands of CUPS, as small scripts in a folder of the test."""

from pathlib import Path

# The queue `kiosk` keeps its jobs in a file; any other is unknown. A file `disabled` stops it; `refuse` and `hang`
# break lp. While `waits` is there the job is not completed, and the file is what the queue says of it.
_LP = """#!/bin/sh
cd "$(dirname "$0")"
[ -e hang ] && exec sleep 30
cat > job
[ -e refuse ] && { echo "lp: unsupported document-format" >&2; exit 1; }
[ "$*" = "-d kiosk -o raw" ] || exit 1
cat job >> jobs
echo "request id is kiosk-7 (1 file(s))"
"""
_CANCEL = """#!/bin/sh
cd "$(dirname "$0")"
[ "$1" = kiosk-7 ] && mv waits cancelled && rm jobs
"""
_LPSTAT = """#!/bin/sh
cd "$(dirname "$0")"
[ "$1" = -v ] && { echo "device for kiosk: usb://Xprinter/XP-80C"; exit; }
line="kiosk-7 root 1024 Mon Nov 30 22:39:30 2026"
[ "$2" = not-completed ] && { [ -e waits ] && echo "$line"; exit 0; }
[ "$2" = completed ] && { echo "$line"; [ -e cancelled ] && echo "	Alerts: job-canceled-by-user"; exit 0; }
[ -e waits ] && { echo "printer kiosk now printing kiosk-7.  enabled since Mon"; cat waits; exit; }
[ "$2" = kiosk ] || { echo "lpstat: Invalid destination name in list" >&2; exit 1; }
[ -e disabled ] && { echo "printer kiosk disabled since Mon - Paused"; exit; }
echo "printer kiosk is idle.  enabled since Mon"
"""


class FakeCups:
    """Both commands, and the file that the jobs are in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lp = self._write("lp", _LP)
        self.lpstat = self._write("lpstat", _LPSTAT)
        self.cancel = self._write("cancel", _CANCEL)

    @property
    def jobs(self) -> bytes:
        """Return the bytes of all jobs."""
        file = self.folder / "jobs"
        return file.read_bytes() if file.exists() else b""

    def set_state(self, state: str) -> None:
        """Break it; see the scripts."""
        (self.folder / state).touch()

    def keep_jobs(self, says: str) -> None:
        """Let each job that is queued stay there, while the queue says this of its printer."""
        with (self.folder / "lp").open("a") as lp:
            lp.write(f'printf "\\t{says}\\n" > waits\n')

    def _write(self, name: str, script: str) -> str:
        file = self.folder / name
        file.write_text(script)
        file.chmod(0o755)
        return str(file)
