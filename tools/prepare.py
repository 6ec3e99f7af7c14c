"""Make a clone ready: `python3 tools/prepare.py run` for `make run`, `… test` for `make test` and `make check`.

Needs nothing but Python's standard library. It looks for the Debian packages of the purpose and installs what is
missing when it may, else it says what to type; then it builds `.venv` from the hashed lock. A stamp in `.venv` says
what it was built from, so a second run only looks; a set-up that was interrupted has no stamp and is built anew.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OLDEST_PYTHON = (3, 11)

NOT_READY = 2
"""Exit status: a person has to do something first; what, stands on the screen."""

STAMP = "prepared.json"
"""In `.venv`; written last, so that its absence means a set-up that did not end."""

LOCKS = {"run": "requirements.txt", "test": "requirements-dev.txt"}
"""The lock of each purpose. What is set up for `test` serves `run` too."""


class NotReady(Exception):
    """The clone cannot be made ready. The message says what to do."""


class Need(NamedTuple):
    """A Debian package, with what it is for."""

    packages: tuple[str, ...]
    """Names of the package, newest Debian last; any one of them will do."""
    reason: str
    purposes: frozenset[str]
    windows_only: bool = False
    """Of use only where there is a screen, or where tests draw without one."""
    required: bool = True
    """Whether nothing goes on without it; the others are installed where it may be done, and else only mentioned."""


BOTH = frozenset({"run", "test"})

NEEDS = (
    Need(("python3-venv",), "makes the virtual environment", BOTH),
    Need(("libgl1",), "Kivy's windows are linked to it", BOTH, windows_only=True),
    Need(("libegl1",), "draws windows without an X server", BOTH, windows_only=True),
    Need(("libgl1-mesa-dri",), "draws where there is no graphics card", BOTH, windows_only=True),
    Need(("libmtdev1",), "Kivy raises an alarm in the log without it", BOTH, windows_only=True, required=False),
    Need(("libasound2", "libasound2t64"), "the loudspeaker", frozenset({"run"}), required=False),
    Need(("chromium",), "the browser that tests the pages", frozenset({"test"})),
)
"""Each was found by starting the boxes without it; libgles2, which Kivy's own list names too, is not needed."""


class Machine(NamedTuple):
    """What decides which packages are needed."""

    has_screen: bool
    can_make_environments: bool
    """Whether this Python can make virtual environments by itself; Debian's own cannot without `python3-venv`."""
    installed: frozenset[str]


def needed(purpose: str, machine: Machine) -> list[Need]:
    """Return the needs of a purpose on this machine that are not met."""
    return [
        need
        for need in NEEDS
        if purpose in need.purposes
        and (not need.windows_only or purpose == "test" or machine.has_screen)
        and not (need.packages == ("python3-venv",) and machine.can_make_environments)
        and machine.installed.isdisjoint(need.packages)
    ]


def explain(needs: Sequence[Need]) -> str:
    """Return what is missing and the command to type."""
    missing = "\n".join(f"  {need.packages[0]}: {need.reason}" for need in needs)
    command = " ".join(["sudo apt-get install", *(need.packages[0] for need in needs)])
    return f"These Debian packages are missing:\n{missing}\nThis installs them:\n  {command}"


def fingerprint(lock: bytes, project: bytes, python: str, folder: str) -> str:
    """Return what changes whenever the environment must be built again."""
    parts = (lock, project, python.encode(), folder.encode())
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def serves(stamp: Mapping[str, str], purpose: str, fingerprints: Mapping[str, str]) -> bool:
    """Say whether the environment with this stamp is good for the purpose."""
    built_for = stamp.get("purpose", "")
    if built_for not in fingerprints or stamp.get("fingerprint") != fingerprints[built_for]:
        return False
    return built_for in {purpose, "test"}


def prepare(root: Path, purpose: str) -> None:
    """Make the clone at `root` ready.

    Raises `NotReady` when a person has to do something, `subprocess.CalledProcessError` when pip or venv failed.
    """
    check_python(sys.version_info[:2])
    environment = root / ".venv"
    fingerprints = read_fingerprints(root)
    stamp = read_stamp(environment)
    ready = serves(stamp, purpose, fingerprints) and (environment / "bin" / "python").exists()
    provide_packages(purpose, first=not ready)
    if ready:
        return
    began_s = time.monotonic()
    # Whoever works with the tests' environment keeps it, also when only a run is asked for.
    built_for = "test" if stamp.get("purpose") == "test" else purpose
    here = {"python": sys.version, "folder": str(root)}
    # Programs in an environment hold its full path: in a clone that was moved it is of no use.
    build(root, environment, built_for, anew=any(stamp.get(name) != value for name, value in here.items()))
    write_stamp(environment, here | {"purpose": built_for, "fingerprint": fingerprints[built_for]})
    say(f"ready after {time.monotonic() - began_s:.0f} s")


def check_python(version: Sequence[int]) -> None:
    """Raise `NotReady` when this Python is too old."""
    if tuple(version) < OLDEST_PYTHON:
        have, want = (".".join(map(str, each)) for each in (version, OLDEST_PYTHON))
        raise NotReady(
            f"This is Python {have} ({sys.executable}); motcua needs {want} or newer, as Debian 12 has it. "
            "With another one installed, name it: make run PYTHON=python3.12"
        )


def provide_packages(purpose: str, *, first: bool) -> None:
    """Install the Debian packages that are missing, where it may be done.

    Raises `NotReady` when that fails and one is required; the others are tried the `first` time only.
    """
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        if first:
            say(f"no Debian here: whether the libraries for {purpose} are there is not checked")
        return
    missing = needed(purpose, look_at_machine(purpose))
    required = any(need.required for need in missing)
    if not required and not (first and missing):
        return
    trouble = install_packages(missing)
    if trouble and required:
        raise NotReady(f"{trouble}{explain(missing)}\nThen start again.")
    if trouble:
        say(f"{trouble}It goes on without.\n{explain(missing)}")


def look_at_machine(purpose: str) -> Machine:
    """Return what this machine has of all that a purpose may need."""
    names = [name for need in NEEDS if purpose in need.purposes for name in need.packages]
    return Machine(
        has_screen=any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")),
        can_make_environments=all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
        installed=frozenset(list_installed(names)),
    )


def list_installed(names: Iterable[str]) -> list[str]:
    """Return which of these Debian packages are installed."""
    asked = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n", *names]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return [line.partition(" ")[2] for line in said.splitlines() if line.startswith("installed ")]


def find_rights() -> list[str] | None:
    """Return what to put before a command to run it as root; `None`: it may not be done."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install_packages(needs: Sequence[Need]) -> str:
    """Install the packages by the names that this Debian knows; return why it did not work, empty when it did."""
    rights = find_rights()
    if rights is None:
        return "Without root or sudo nothing can be installed from here. "
    quiet_apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]
    say(f"installing from Debian: {', '.join(need.packages[0] for need in needs)}")
    subprocess.run([*quiet_apt, "update"], check=False)  # lists of last week may do when the network does not
    names = [next((name for name in reversed(need.packages) if is_offered(name)), need.packages[0]) for need in needs]
    done = subprocess.run([*quiet_apt, "install", "--no-install-recommends", *names], check=False)
    return f"apt-get failed with status {done.returncode}. " if done.returncode else ""


def is_offered(name: str) -> bool:
    """Say whether this Debian has a package of this name."""
    asked = ["apt-cache", "show", "--no-all-versions", name]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def build(root: Path, environment: Path, purpose: str, *, anew: bool) -> None:
    """Build the environment from the lock, or bring a whole one up to date."""
    part_from_others(environment)
    (environment / STAMP).unlink(missing_ok=True)
    if anew or not environment.exists():
        say("making the virtual environment .venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
    lock = LOCKS[purpose]
    count = sum("==" in line for line in (root / lock).read_text(encoding="utf-8").splitlines())
    say(f"installing {count} packages from {lock}; this takes a minute or two")
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "--requirement", lock], cwd=root, check=True)
    say("installing motcua itself")
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], cwd=root, check=True)


def part_from_others(environment: Path) -> None:
    """Let go of an environment that is only a link: it belongs to another clone, and would be emptied for this one."""
    if environment.is_symlink():
        say(f"{environment.name} was a link to {environment.readlink()}; this clone gets its own")
        environment.unlink()


def read_fingerprints(root: Path) -> dict[str, str]:
    """Return the fingerprint of each purpose as the clone is at this moment."""
    project = (root / "pyproject.toml").read_bytes()
    return {
        purpose: fingerprint((root / lock).read_bytes(), project, sys.version, str(root))
        for purpose, lock in LOCKS.items()
    }


def read_stamp(environment: Path) -> dict[str, str]:
    """Return what the environment was built for; nothing when it is not whole."""
    try:
        stamp = json.loads((environment / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(environment: Path, stamp: Mapping[str, str]) -> None:
    """Say that the environment is whole."""
    (environment / STAMP).write_text(f"{json.dumps(stamp, indent=2)}\n", encoding="utf-8")


def say(line: str) -> None:
    """Tell the person who waits what is being done."""
    print(f"motcua: {line}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(prog="prepare.py", description="Make this clone ready.")
    parser.add_argument("purpose", choices=sorted(LOCKS), help="run: to open a center; test: to work on it")
    purpose = parser.parse_args(arguments).purpose
    try:
        prepare(Path(__file__).resolve().parent.parent, purpose)
    except NotReady as error:
        print(error, file=sys.stderr)
        return NOT_READY
    except subprocess.CalledProcessError as error:
        print(f"The set-up stopped: {error}. What went wrong stands above; start again when it is mended.")
        return NOT_READY
    except KeyboardInterrupt:
        print("The set-up was interrupted; the next start begins it anew.")
        return NOT_READY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
