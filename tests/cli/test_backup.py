"""Copies of a center: made beside its server, whole, bounded in number, and good to go on from."""

import resource
import shutil
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from device_runtime.device_key import read_key
from queue_server.cli.journal import COPY, back_up, copied_keys
from queue_server.process.arguments import Backup, StartError
from queue_server.process.last_backup import last_backup
from queue_server.storage.copying import copy_journal
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.cli.test_commands import check
from tests.server_child import ROOT, Child, command, run
from tests.storage.files import ask, bytes_of, store, tamper
from tests.storage.journals import ORIGIN, a_full_day
from tests.watching import PATIENCE_S


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a center with a whole day."""
    (tmp_path / "center").mkdir()
    store(tmp_path / "center", a_full_day().entries)
    return tmp_path / "center"


def issue_key(folder: Path) -> str:
    """Let one more box in, and return its key."""
    check(run("device", "kiosk-2", "--role", "kiosk", "--data", folder), 0)
    return read_key(folder / "keys" / "kiosk-2") or ""


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Return the folder of another disk."""
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies"


def test_a_copy_goes_on_where_the_center_was(folder: Path, copies: Path, tmp_path: Path) -> None:
    """Made beside a server, put into an empty folder, verified with the head that was said, and served from."""
    with Child.start(folder):
        done = run("backup", "--data", folder, "--to", copies)
    check(done, 0, "holds all up to entry")
    (copy,) = copies.iterdir()
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(copy, restored / FILE)
    check(run("verify", "--data", restored, "--expect", done.stdout.split()[-1]), 0)
    with Child.start(restored) as server:
        assert server.get("/health") == 200


def test_a_copy_is_of_one_moment_whatever_is_written(folder: Path, tmp_path: Path) -> None:
    """Commits during the copying neither wait for it nor come into it nor make it begin anew."""
    journal = SqliteJournal(connect(folder / FILE), ORIGIN)
    later = a_full_day().midnight().entries
    here = len(ask(folder / FILE, "SELECT sequence FROM event"))
    steps: list[int] = []

    def write_on(done: int, _total: int) -> None:
        steps.append(done)
        if len(steps) == 1:
            writing = threading.Thread(target=journal.append, args=([later[here]], []))
            writing.start()
            writing.join(1)
            assert not writing.is_alive()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("queue_server.storage.copying.PAGES_AT_ONCE", 5)
        copy_journal(folder / FILE, tmp_path / "copy", write_on)
    journal.close()
    assert steps == sorted(steps)
    assert len(steps) > 2
    assert len(ask(tmp_path / "copy", "SELECT sequence FROM event")) == here
    assert len(ask(folder / FILE, "SELECT sequence FROM event")) == here + 1


def test_the_newest_copies_are_kept_and_nothing_else_is_touched(folder: Path, copies: Path) -> None:
    """Every evening one more, and the disk does not fill up; what was cut off goes too."""
    others = ("queue-20260101T000000Z.sqlite", "queue-20260102T000000Z.sqlite", "queue-20260103T000000Z.sqlite.part")
    for name in (*others, "queue.sqlite", "letter.txt"):
        (copies / name).touch()
    check(run("backup", "--data", folder, "--to", copies, "--keep", "2"), 0)
    kept = sorted(bytes_of(copies))
    assert len(kept) == 4
    assert {others[1], "queue.sqlite", "letter.txt"} < set(kept)


def test_a_second_copy_is_as_easy_as_the_first(folder: Path, copies: Path) -> None:
    """The command of the manual works every evening."""
    for _ in range(2):
        check(run("backup", "--data", folder, "--to", copies), 0)


def test_copies_are_for_their_owner_and_without_keys(folder: Path, copies: Path) -> None:
    """Nobody else on the PC reads names and hashes in a copy, and no key is in it."""
    key = issue_key(folder)
    check(run("backup", "--data", folder, "--to", copies), 0)
    (copy,) = copies.iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    assert key.encode() not in copy.read_bytes()


def test_keys_are_copied_when_they_are_asked_for(folder: Path, copies: Path) -> None:
    """They lie beside the copy, for the owner alone, and go with it."""
    key = issue_key(folder)
    (folder / "keys" / "kiosk-3").write_bytes(b"spoilt")
    (copies / "queue-20260101T000000Z.sqlite").touch()
    copied_keys(copies / "queue-20260101T000000Z.sqlite").write({})
    check(run("backup", "--data", folder, "--to", copies, "--keep", "1", "--with-keys"), 0)
    (copy,) = copies.glob("*.sqlite")
    assert copied_keys(copy).read() == {"kiosk-2": key}
    assert [path.suffix for path in sorted(copies.iterdir())] == [".keys", ".sqlite"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies.iterdir())


def test_when_the_center_was_copied_last_is_known(folder: Path, copies: Path) -> None:
    """A copy that was read again whole is noted beside the journal, and one that failed is not."""
    assert last_backup(folder) is None
    check(run("backup", "--data", folder, "--to", copies), 0)
    noted = last_backup(folder)
    assert noted is not None
    (copy,) = copies.iterdir()
    assert (noted.path, noted.sequence) == (str(copy), len(ask(folder / FILE, "SELECT sequence FROM event")))
    assert noted.at.strftime(COPY) == copy.name
    tamper(folder / FILE, "UPDATE event SET actor = 'nobody' WHERE sequence = 3")
    check(run("backup", "--data", folder, "--to", copies), 1)
    assert last_backup(folder) == noted


def test_a_copy_that_does_not_hold_is_not_kept(folder: Path, copies: Path) -> None:
    """Damage is said with status 1, and takes no place among the copies, and none of them away."""
    (copies / "queue-20260101T000000Z.sqlite").touch()
    tamper(folder / FILE, "UPDATE event SET actor = 'nobody' WHERE sequence = 3")
    check(run("backup", "--data", folder, "--to", copies, "--keep", "1"), 1, "entry 3", "Earlier copies stay")
    assert list(bytes_of(copies)) == ["queue-20260101T000000Z.sqlite"]


def test_what_cannot_be_done_is_one_sentence(folder: Path, copies: Path, tmp_path: Path) -> None:
    """No disk, no center, nothing to keep: status 2, and nothing is made."""
    check(run("backup", "--data", folder, "--to", tmp_path / "usb"), 2, "There is no folder", "plug in the disk")
    check(run("backup", "--data", tmp_path, "--to", copies), 2, "There is no center")
    check(run("backup", "--data", folder, "--to", copies, "--keep", "0"), 2, "--keep 0")
    assert not (tmp_path / "usb").exists()
    assert list(copies.iterdir()) == []


def test_a_disk_without_room_is_not_begun(folder: Path, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is needed, and how much there is, is said beforehand."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(StartError, match="0 MB left"):
        back_up(Backup(data=folder, to=copies, keep=1))
    assert list(copies.iterdir()) == []


def test_a_disk_that_fills_up_keeps_the_earlier_copies(folder: Path, copies: Path) -> None:
    """What SQLite complains of is one sentence; the half copy goes, and the whole ones stay."""
    (copies / "queue-20260101T000000Z.sqlite").touch()
    size = (folder / FILE).stat().st_size // 2
    done = subprocess.run(
        command("backup", "--data", folder, "--to", copies, "--keep", "1"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    check(done, 2, "Earlier copies stay", "mend the disk")
    assert list(bytes_of(copies)) == ["queue-20260101T000000Z.sqlite"]
