"""The project says nothing of the machine it was written on, nor where its packages come from."""

import re
from pathlib import Path

from tests.house.sources import ROOT, name_of, tracked

REGISTRIES = tuple(
    "".join(parts)
    for parts in (("py", "pi", ".org"), ("python", "hosted", ".org"), ("npm", "js.org"), ("npm", "js.com"))
)
"""Put together here, so that this file does not name them either."""

HOMES = re.compile(r"/(?:home|Users)/[a-z]\w*/|(?<![\w/.])/ro[o]t/")


def texts() -> dict[str, str]:
    """Return every tracked text by its name; the licence is not ours to write."""
    found = {}
    for path in tracked():
        try:
            found[name_of(path)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_registry() -> None:
    """No tracked file names the host of a package registry: where packages come from is the machine's business."""
    assert [name for name, text in texts().items() if any(host in text for host in REGISTRIES)] == []


def test_no_file_names_this_machine() -> None:
    """No tracked file names a place or a home folder of the machine it was written on."""
    here = {str(ROOT), str(ROOT.parent)} | {str(Path.home())}
    here -= {"/", "/tmp"}
    named = {name for name, text in texts().items() if HOMES.search(text) or any(f"{place}/" in text for place in here)}
    assert named == set()


def test_locks_pin_every_package_by_hash() -> None:
    """Each package of the locks has one version and at least one hash, and nothing is fetched from an address."""
    for name, least in (("requirements.txt", 30), ("requirements-dev.txt", 30), ("requirements-emulator.txt", 10)):
        lock = (ROOT / name).read_text(encoding="utf-8")
        packages = re.split(r"\n(?=\S)", lock.strip())
        assert len(packages) > least
        assert [each for each in packages if "==" not in each.split("\n")[0] or "--hash=sha256:" not in each] == []
        assert "://" not in lock
