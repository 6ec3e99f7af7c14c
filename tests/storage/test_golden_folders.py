"""Folders of earlier versions open: the same figures, the same boxes, and a copy of what was there.

`tools/golden_folder.py` made each with the version whose commit is in its name; its server was killed, so the last
tickets are in the log beside the file.
"""

import json
import logging
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from device_runtime.device_key import read_key
from kiosk.reserve_file import FILE as RESERVE
from kiosk.reserve_file import ReserveFile
from kiosk.started_slips import StartedSlips
from queue_server.cli.commands import main
from queue_server.process.resources import open_beside, open_file
from queue_server.storage.chain import verify
from queue_server.storage.rebuilding import rebuild, replay
from queue_server.storage.sqlite import FILE, Connection
from queue_server.storage.versions import BEFORE, FORMAT, JournalTooNew
from tests.server_child import Child

GOLDEN = Path(__file__).parent / "golden"
ARCHIVES = sorted(GOLDEN.glob("folder-*.tar.xz"))
LATEST = GOLDEN / "folder-999d639.tar.xz"
COPIES_UNKNOWN = GOLDEN / "folder-f494ce9.tar.xz"
"""Its kiosk wrote no mark by which a copied reserve is told."""

FORMATS = {"folder-999d639.tar.xz": 2}
"""What is written in the file; the others have none, which reads as 0."""


def unpack(archive: Path, folder: Path) -> Path:
    """Return a folder as an earlier version has left it."""
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what every file directly in the folder holds, but for the lock and SQLite's index, which a look leaves."""
    files = (path for path in folder.iterdir() if path.is_file() and path.name not in {"lock", f"{FILE}-shm"})
    return {path.name: content for path in files if (content := path.read_bytes())}


def rows_of(connection: Connection) -> dict[str, dict[str, object]]:
    """Return the tickets of the reports by their ids."""
    found = connection.execute("SELECT * FROM ticket")
    names = [each[0] for each in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def test_four_versions_are_kept() -> None:
    """The tests below are of folders that are there."""
    assert len(ARCHIVES) == 4


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_an_old_folder_has_the_same_figures(tmp_path: Path, archive: Path) -> None:
    """What that version had in its reports stands there still, and again when they are made anew from the journal."""
    data = unpack(archive, tmp_path)
    told = {row["ticket"]: row for row in json.loads((data / "figures.json").read_text())}
    assert len(told) == 5
    with closing(open_file(data)) as connection:
        for _ in range(2):
            now = rows_of(connection)
            assert now.keys() == told.keys()
            for ticket, row in told.items():
                kept = row.keys() & now[ticket].keys()
                assert {"status", "issued_at", "called_at"} <= kept
                assert {name: now[ticket][name] for name in kept} == {name: row[name] for name in kept}
            for (day,) in connection.execute("SELECT day FROM day").fetchall():
                assert replay(data / FILE, day).differences == ()
            rebuild(connection)
    verify(data / FILE, None, lambda _done, _total: None)


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_an_upgrade_copies_the_file_first(tmp_path: Path, archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The copy is what the old version left, its log included; it is made once, for its owner alone, and said."""
    data = unpack(archive, tmp_path)
    found = FORMATS.get(archive.name, 0)
    copy = data / BEFORE.format(found)
    with caplog.at_level(logging.WARNING):
        open_file(data).close()
    assert str(copy) in caplog.text
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as old, closing(open_beside(data)) as new:
        assert old.execute("PRAGMA user_version").fetchone() == (found,)
        assert old.execute("SELECT * FROM event").fetchall() == new.execute("SELECT * FROM event").fetchall()
    before = copy.stat()
    open_file(data).close()
    assert copy.stat() == before
    assert not list(data.glob("*.part"))


def test_a_server_goes_on_with_an_old_folder(tmp_path: Path) -> None:
    """It serves, and the kiosk is let in with the key that the old version wrote."""
    data = unpack(LATEST, tmp_path / "center")
    key = read_key(data / "keys" / "kiosk-1")
    with Child.start(data) as server:
        assert server.get("/health") == 200
        assert server.hello().key == key
        assert "key file" not in server.said


def test_an_old_kiosk_goes_on(tmp_path: Path) -> None:
    """Its reserve and its started slips are read; the reserve is trusted, since nothing of it can be doubted."""
    kiosk = unpack(COPIES_UNKNOWN, tmp_path) / "kiosk" / "kiosk-1"
    reserve = ReserveFile(kiosk).load()
    assert reserve is not None
    assert (reserve.device, reserve.in_doubt) == ("kiosk-1", False)
    StartedSlips(kiosk)
    assert not list(kiosk.glob(f"{RESERVE}.damaged*"))


def test_a_folder_of_a_later_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence that says what to do; every byte stays, whichever command was asked."""
    data = unpack(LATEST, tmp_path)
    with closing(open_file(data)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = files_of(data)
    for opens in (open_file, open_beside):
        with pytest.raises(JournalTooNew, match="a later version of motcua: format"):
            opens(data)
    for words in (("--port", "0"), ("verify",), ("password", "quanly"), ("backup", "--to", str(tmp_path))):
        arguments = [*words, "--data", str(data)]
        assert main(arguments) == 2, words
        said = capsys.readouterr().err
        assert "a later version of motcua" in said
        assert said.count("\n") == 1
    assert files_of(data) == before
