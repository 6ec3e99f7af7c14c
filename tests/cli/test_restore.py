"""`restore` and what it is for: backups beside old logs, damaged folders, interrupted restores, keys of boxes."""

import shutil
from pathlib import Path

import pytest

from device_runtime.device_key import key_file, read_key
from queue_protocol.ids import DeviceId, Revision
from queue_protocol.journal_end import JournalEnd
from queue_server.cli import restore as restoring
from queue_server.cli.journal import COPY, copied_keys, verify_journal
from queue_server.cli.restore import restore
from queue_server.core.events import Entry
from queue_server.core.loss_events import EntriesMissing
from queue_server.engine.clock import Clock
from queue_server.journal.port import START, Head
from queue_server.journal.records import JournalOrigin
from queue_server.process import resources
from queue_server.process.alive_file import FILE as ALIVE
from queue_server.process.alive_file import Alive, alive_file, look_alive
from queue_server.process.arguments import Restoration, StartError, Verification
from queue_server.process.maintenance import LifeSigns
from queue_server.process.resources import lock_folder, open_file
from queue_server.storage.accounts import Accounts
from queue_server.storage.chain import verify
from queue_server.storage.copying import copy_journal
from queue_server.storage.sqlite import FILE, SqliteJournal, connect, fold
from queue_server.web.access import hash_secret, is_key
from tests.core.center import LAND, MORNING, Center
from tests.storage.journals import ORIGIN

AT_ELEVEN = MORNING.replace(hour=4)

BEFORE_THE_BACKUP = 100

SHAPES = ((0, 3), (6, 2), (7, 2), (8, 1), (9, 2), (12, 2), (200, 20))
"""Tickets after the backup before a restart, and after it: pages of the log fall differently on those of the backup."""


def no_progress(_done: int, _total: int) -> None:
    """Show nothing."""


@pytest.fixture(autouse=True)
def _at_eleven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every clock say eleven o'clock on the day of the journal."""
    monkeypatch.setattr(resources, "Clock", lambda last_at: Clock(last_at, lambda: AT_ELEVEN, lambda: 0.0))


class Life:
    """A server on a folder, as far as its disk is concerned."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.center = Center()
        self._stored = 0
        self.open()

    def open(self) -> None:
        """Start."""
        self.data.mkdir(exist_ok=True)
        self.connection = open_file(self.data)
        self.journal = SqliteJournal(self.connection, ORIGIN)
        self.signs = LifeSigns(self.data, lambda: MORNING, lambda: None)
        mark = len(list(self.data.parent.iterdir())) + self._stored + 1
        alive_file(self.data).write(Alive(at=MORNING, marks=(mark,)))
        assert fold(self.connection, mark)

    def take(self, tickets: int) -> None:
        """Give tickets, one commit each."""
        for _ in range(tickets):
            self.center.take(LAND)
            self._store()

    def _store(self) -> None:
        for entry in self.center.entries[self._stored :]:
            self.journal.append([entry], [])
        self._stored = len(self.center.entries)

    def leave(self, elsewhere: Path) -> Path:
        """Pull the plug: return the folder with what is on the disk at this moment."""
        shutil.copytree(self.data, elsewhere)
        self.connection.close()
        return elsewhere

    def stop(self) -> None:
        """End in order."""
        self.connection.close()


@pytest.mark.parametrize(("before", "after"), SHAPES)
def test_a_backup_beside_an_old_log_is_never_blended_with_it(tmp_path: Path, before: int, after: int) -> None:
    """Copied by hand over the journal, it is refused with the name of the log; the command that is named goes on."""
    life = Life(tmp_path / "life")
    life.take(BEFORE_THE_BACKUP)
    copy_journal(life.data / FILE, tmp_path / "copy.sqlite", no_progress)
    life.take(before)
    life.stop()
    life.open()
    life.take(after)
    left = life.leave(tmp_path / "left")
    shutil.copy(tmp_path / "copy.sqlite", left / FILE)
    unchanged = {path.name: path.read_bytes() for path in left.iterdir() if path.is_file()}
    for ask in (open_file, lambda data: verify_journal(Verification(data=data, expect=None, quiet=True))):
        with pytest.raises(StartError, match=rf"the log {FILE}-wal beside it.*restore"):
            ask(left)
    assert {path.name: path.read_bytes() for path in left.iterdir() if path.name in unchanged} == unchanged
    assert restore(Restoration(data=left, source=left / FILE)) == 0
    head = verify(left / FILE, None, no_progress).head
    assert head.sequence == last_of(tmp_path / "copy.sqlite") + 2  # the outage and the loss are noted
    [aside] = left.glob("before-restore-*")
    assert (aside / f"{FILE}-wal").read_bytes() == unchanged[f"{FILE}-wal"]
    open_file(left).close()


def last_of(path: Path) -> int:
    """Return the last sequence in a file."""
    return verify(path, None, no_progress).head.sequence


def test_an_older_file_of_the_folder_beside_the_log_is_refused(tmp_path: Path) -> None:
    """Not only a backup: the journal's file as it was before the last fold, without a mark that is known."""
    life = Life(tmp_path / "life")
    life.take(20)
    life.stop()
    shutil.copy(life.data / FILE, tmp_path / "older.sqlite")
    life.open()
    life.take(20)
    left = life.leave(tmp_path / "left")
    shutil.copy(tmp_path / "older.sqlite", left / FILE)
    with pytest.raises(StartError, match="belongs to another file"):
        open_file(left)


def test_what_holds_of_a_damaged_folder_goes_on(tmp_path: Path) -> None:
    """Given a bit flipped in the log, when the folder itself is named, then all before the damage is there."""
    life = Life(tmp_path / "life")
    life.take(40)
    left = life.leave(tmp_path / "left")
    log = left / f"{FILE}-wal"
    damaged = bytearray(log.read_bytes())
    damaged[len(damaged) // 2] ^= 0x10
    log.write_bytes(damaged)
    with pytest.raises(StartError, match="restore BACKUP"):
        open_file(left)
    assert restore(Restoration(data=left, source=left)) == 0
    restored = entries_of(left)
    assert [entry for entry in restored if entry in life.center.entries] == life.center.entries[: len(restored) - 2]
    assert 10 < len(restored) < len(life.center.entries)
    assert isinstance(restored[-1].event, EntriesMissing)


def entries_of(data: Path) -> list[Entry]:
    """Return the entries of the open day."""
    connection = connect(data / FILE)
    try:
        return list(SqliteJournal(connection, ORIGIN).open_day())
    finally:
        connection.close()


def test_the_newest_backup_that_holds_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a folder of copies; a damaged one is passed over."""
    life = Life(tmp_path / "life")
    copies = tmp_path / "copies"
    copies.mkdir()
    for hour in (1, 2, 3):
        life.take(5)
        copy_journal(life.data / FILE, copies / MORNING.replace(hour=hour).strftime(COPY), no_progress)
    life.stop()
    newest = copies / MORNING.replace(hour=3).strftime(COPY)
    newest.write_bytes(newest.read_bytes()[:-4096])
    (tmp_path / "new").mkdir()
    assert restore(Restoration(data=tmp_path / "new", source=copies)) == 0
    assert MORNING.replace(hour=2).strftime(COPY) in capsys.readouterr().out


def test_the_restored_journal_has_an_epoch_of_its_own_and_knows_what_the_folder_knew(tmp_path: Path) -> None:
    """Numbers that the sign of life has kept are not given again, and the epoch is above every one that was."""
    life = Life(tmp_path / "life")
    life.take(5)
    copy_journal(life.data / FILE, tmp_path / "copy.sqlite", no_progress)
    life.take(5)
    life.stop()
    lived = Center().entries[0].at
    heard = end_with(epoch=4, sequence=99, numbers={"L": 42})
    alive_file(life.data).write(Alive(at=lived, end=heard))
    assert restore(Restoration(data=life.data, source=tmp_path / "copy.sqlite")) == 0
    connection = connect(life.data / FILE)
    journal = SqliteJournal(connection, ORIGIN)
    assert journal.origin == JournalOrigin(center=ORIGIN.center, site=ORIGIN.site, epoch=5)
    [missing] = [each.event for each in journal.open_day() if isinstance(each.event, EntriesMissing)]
    assert (missing.because, missing.through, missing.numbers) == ("restored", heard.revision, {"L": 42})
    connection.close()
    alive = look_alive(life.data)
    assert alive is not None
    assert alive.end is not None
    assert alive.end.revision.epoch == 5


def end_with(epoch: int, sequence: int, numbers: dict[str, int]) -> JournalEnd:
    """Return an end of the journal of this center."""
    day = Center().hall.day
    assert day is not None
    revision = Revision(epoch=epoch, sequence=sequence)
    return JournalEnd(center=ORIGIN.center, revision=revision, hash="f" * 64, at=MORNING, day=day, numbers=numbers)


@pytest.mark.parametrize("content", [None, b"", b"no database at all", b"SQLite format 3\x00" + bytes(200)])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, content: bytes | None) -> None:
    """The folder stays as it is, and the sentence names what was asked for."""
    life = Life(tmp_path / "life")
    life.take(3)
    life.stop()
    (life.data / "lock").touch()
    before = {path.name: path.read_bytes() for path in life.data.iterdir() if path.is_file()}
    source = tmp_path / "wrong.sqlite"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(StartError, match=r"wrong\.sqlite"):
        restore(Restoration(data=life.data, source=source))
    assert {path.name: path.read_bytes() for path in life.data.iterdir() if path.is_file()} == before


def test_a_running_server_is_not_restored_under(tmp_path: Path) -> None:
    """The folder is locked."""
    life = Life(tmp_path / "life")
    life.stop()
    with lock_folder(life.data), pytest.raises(StartError, match="Another queue server"):
        restore(Restoration(data=life.data, source=life.data))


def test_an_interrupted_restore_is_no_new_center(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the plug pulled after the old file was laid aside, then no start begins anew, and a restore goes on."""
    life = Life(tmp_path / "life")
    life.take(3)
    copy_journal(life.data / FILE, tmp_path / "copy.sqlite", no_progress)
    life.stop()

    def pull_the_plug(_folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "sync_folder", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            restore(Restoration(data=life.data, source=tmp_path / "copy.sqlite"))
    assert not (life.data / FILE).exists()
    assert (life.data / ALIVE).exists()
    with pytest.raises(StartError, match="it is not there"):
        open_file(life.data)
    shutil.rmtree(next(life.data.glob("before-restore-*")))
    assert restore(Restoration(data=life.data, source=tmp_path / "copy.sqlite")) == 0
    open_file(life.data).close()


def test_boxes_here_get_keys_and_boxes_elsewhere_keep_theirs(tmp_path: Path) -> None:
    """A key file that is there is made good, one that is missing is made; the keys in the backup stay good."""
    life = Life(tmp_path / "life")
    accounts = Accounts(life.connection)
    for name, role in (("kiosk-1", "kiosk"), ("display-1", "display"), ("kiosk-2", "kiosk")):
        accounts.set_device(name, role, hash_secret(f"key-of-{name}-elsewhere"))  # type: ignore[arg-type]
    life.take(1)
    copy_journal(life.data / FILE, tmp_path / "copy.sqlite", no_progress)
    life.stop()
    new = tmp_path / "new"
    (new / "keys").mkdir(parents=True)
    key_file(new / "keys" / "kiosk-2").write("a-key-that-was-renewed-later")
    assert restore(Restoration(data=new, source=tmp_path / "copy.sqlite")) == 0
    connection = connect(new / FILE)
    for name in ("kiosk-1", "display-1", "kiosk-2"):
        known = Accounts(connection).device(name)
        assert known is not None
        assert is_key(f"key-of-{name}-elsewhere", known[1])
        assert is_key(read_key(new / "keys" / name) or "", known[1])
    connection.close()


def test_keys_that_a_backup_has_along_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every box of the lost PC goes on with the key that it had; damaged keys are said, and the boxes get new ones."""
    life = Life(tmp_path / "life")
    accounts, had = Accounts(life.connection), {"kiosk-1": "key-of-kiosk-1-here", "kiosk-2": "key-of-kiosk-2-here"}
    for name, key in had.items():
        accounts.set_device(DeviceId(name), "kiosk", hash_secret(key))
    life.take(1)
    copy = tmp_path / "copy.sqlite"
    copy_journal(life.data / FILE, copy, no_progress)
    copied_keys(copy).write(had)
    life.stop()
    assert restore(Restoration(data=tmp_path / "new", source=copy)) == 0
    assert {name: read_key(tmp_path / "new" / "keys" / name) for name in had} == had
    assert "device NAME" not in capsys.readouterr().out
    copied_keys(copy).path.write_bytes(copied_keys(copy).path.read_bytes()[:-1])
    assert restore(Restoration(data=tmp_path / "other", source=copy)) == 0
    assert "device NAME" in capsys.readouterr().out
    assert read_key(tmp_path / "other" / "keys" / "kiosk-1") not in {None, had["kiosk-1"]}


def test_a_head_before_everything_is_one_of_every_journal(tmp_path: Path) -> None:
    """A sign of life of a center that had written nothing finds no loss."""
    life = Life(tmp_path / "life")
    life.take(1)
    assert life.journal.leads_to(START)
    assert not life.journal.leads_to(Head(1, START.hash))
    life.stop()
