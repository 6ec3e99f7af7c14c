"""The look at a file before it is opened: sound ones pass, broken ones are refused and left to the byte."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from queue_server.journal.port import JournalDamaged, JournalUnavailable
from queue_server.storage.chain import verify
from queue_server.storage.condition import check
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.core.center import LAN, Center
from tests.storage.files import ask, bytes_of, left_by_a_power_cut, store
from tests.storage.journals import ORIGIN, a_full_day

PAGE = 4096

Damage = Callable[[bytes], bytes]


def busy_days() -> Center:
    """Return a center whose file has some hundred pages."""
    center = a_full_day().midnight()
    for _ in range(300):
        center.take(by=LAN)
    return center


ENTRIES = busy_days().entries
BEFORE_THE_CUT = len(ENTRIES) - 60
"""The last entries lie in the log: enough of them that the last page of the file is among the pages they change."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that was closed as it should be."""
    return store(tmp_path_factory.mktemp("sound"), ENTRIES)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file whose last entries are in the log beside it."""
    folder = tmp_path_factory.mktemp("cut")
    return left_by_a_power_cut(store(folder, ENTRIES[:BEFORE_THE_CUT]), ENTRIES[BEFORE_THE_CUT:], folder / "left")


@pytest.fixture(params=["sound", "cut"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of either file, to be broken."""
    original: Path = request.getfixturevalue(request.param)
    for each in original.parent.iterdir():
        if each.is_file() and not each.name.endswith("-shm"):
            (tmp_path / each.name).write_bytes(each.read_bytes())
    return tmp_path / FILE


def test_a_sound_file_passes(path: Path) -> None:
    """A file passes after a clean end and after a power cut, and nothing in it or in its log is changed."""
    before = {name: content for name, content in bytes_of(path.parent).items() if not name.endswith("-shm")}
    check(path, lived=True, alone=True)
    after = bytes_of(path.parent)
    assert {name: after[name] for name in before} == before
    journal = SqliteJournal(connect(path), ORIGIN)
    assert journal.head().sequence == len(ENTRIES)
    journal.close()


def test_a_first_start_has_nothing_to_look_at(tmp_path: Path) -> None:
    """Where no center has run, no file is fine, and so is one that a power cut left empty."""
    check(tmp_path / FILE, lived=False, alone=True)
    (tmp_path / FILE).touch()
    check(tmp_path / FILE, lived=False, alone=True)
    assert bytes_of(tmp_path) == {FILE: b""}


@pytest.mark.parametrize("content", [None, b""], ids=["gone", "empty"])
def test_a_center_that_has_run_has_a_journal(tmp_path: Path, content: bytes | None) -> None:
    """A file that is gone or empty is not begun anew in silence."""
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    check_refused(tmp_path / FILE)


def test_an_empty_file_beside_a_log_is_damaged(tmp_path: Path, cut: Path) -> None:
    """SQLite would throw such a log away, and with it the tickets in it."""
    (tmp_path / FILE).touch()
    (tmp_path / f"{FILE}-wal").write_bytes(cut.with_name(f"{FILE}-wal").read_bytes())
    check_refused(tmp_path / FILE, lived=False)


def test_a_database_without_a_journal_is_damaged_where_a_center_has_run(tmp_path: Path) -> None:
    """Empty tables where days should be are no first start."""
    connect(tmp_path / FILE).close()
    check(tmp_path / FILE, lived=False, alone=True)
    check_refused(tmp_path / FILE)


@pytest.mark.parametrize("kept", [1, 99, 100, PAGE, 3 * PAGE + 7, 20 * PAGE])
def test_a_file_that_was_cut_off_is_refused(path: Path, kept: int) -> None:
    """Wherever it ends too early, also with a log beside it that has later pages."""
    path.write_bytes(path.read_bytes()[:kept])
    check_refused(path)


@pytest.mark.parametrize("lost", [1, PAGE])
def test_a_file_without_its_very_end_is_refused(sound: Path, tmp_path: Path, lost: int) -> None:
    """A byte or a page too few is too few."""
    (tmp_path / FILE).write_bytes(sound.read_bytes()[:-lost])
    check_refused(tmp_path / FILE)


def test_an_end_that_the_log_has_anew_is_made_good(cut: Path, tmp_path: Path) -> None:
    """A power cut while the log was folded in leaves a short file: the log still has every page."""
    (tmp_path / FILE).write_bytes(cut.read_bytes()[:-PAGE])
    (tmp_path / f"{FILE}-wal").write_bytes(cut.with_name(f"{FILE}-wal").read_bytes())
    check(tmp_path / FILE, lived=True, alone=True)
    connect(tmp_path / FILE).close()
    assert verify(tmp_path / FILE, None, lambda _done, _total: None).head.sequence == len(ENTRIES)


def noise(begin: int, end: int) -> Damage:
    """Return what overwrites a part with noise."""
    chance = random.Random(begin)  # noqa: S311 - noise, the same each time
    return lambda content: content[:begin] + chance.randbytes(end - begin) + content[end:]


def everywhere(content: bytes) -> bytes:
    """Return noise of the same size."""
    return random.Random(7).randbytes(len(content))  # noqa: S311 - noise, the same each time


@pytest.mark.parametrize(
    "damage",
    [everywhere, noise(0, 16), noise(0, 100), noise(0, PAGE), noise(100, PAGE)],
    ids=["all", "magic", "header", "first page", "schema"],
)
def test_noise_where_every_start_reads_is_refused(sound: Path, tmp_path: Path, damage: Damage) -> None:
    """The header and the schema are read first."""
    (tmp_path / FILE).write_bytes(damage(sound.read_bytes()))
    check_refused(tmp_path / FILE)


@pytest.mark.parametrize(
    "table",
    [
        "event",
        "account",
        "device",
        "origin",
        "ticket",
        "ticket_period",
        "counter",
        "counter_period",
        "opening",
        "_sqlite_migrations",
    ],
)
def test_noise_over_a_table_that_a_start_reads_is_refused(sound: Path, tmp_path: Path, table: str) -> None:
    """The open day, people, boxes: a start that could read half of them would be worse than none."""
    last = root_of(sound, table)
    content = noise((last - 1) * PAGE, last * PAGE)(sound.read_bytes())
    (tmp_path / FILE).write_bytes(content)
    check_refused(tmp_path / FILE)


def root_of(path: Path, table: str) -> int:
    """Return the page at which a table begins."""
    return int(str(ask(path, "SELECT rootpage FROM sqlite_schema WHERE name = ?", table)[0][0]))


def test_one_changed_letter_of_the_open_day_is_refused(sound: Path, tmp_path: Path) -> None:
    """SQLite cannot see it; the chain does."""
    content = bytearray(sound.read_bytes())
    place = content.rindex(b'"type":"ticket_issued.2"')
    content[place + 60] ^= 1
    (tmp_path / FILE).write_bytes(bytes(content))
    check_refused(tmp_path / FILE)


@pytest.mark.parametrize(
    ("written", "read"),
    [(b"the journal is append-only", b"the journal is append-onli"), (b"OLD.sequence", b"OLE.sequence")],
)
def test_one_changed_letter_of_a_trigger_is_refused(sound: Path, tmp_path: Path, written: bytes, read: bytes) -> None:
    """Sound to SQLite until an entry is written: what guards the journal is compared with what this program makes."""
    path = tmp_path / FILE
    content = sound.read_bytes()
    assert written in content
    path.write_bytes(content.replace(written, read))
    with pytest.raises(JournalDamaged, match="trigger event_is_not_"):
        check(path, lived=True, alone=True)
    with pytest.raises(JournalDamaged, match="trigger event_is_not_"):
        verify(path, None, lambda _done, _total: None)


def test_a_changed_letter_in_the_list_of_migrations_is_refused(sound: Path, tmp_path: Path) -> None:
    """The library that reads it falls over a column that has another name."""
    path = tmp_path / FILE
    path.write_bytes(sound.read_bytes().replace(b"applied_at", b"applied_au"))
    with pytest.raises(JournalDamaged, match="_sqlite_migrations"):
        check(path, lived=True, alone=True)


def test_an_unknown_change_of_the_tables_is_refused(sound: Path, tmp_path: Path) -> None:
    """The name of a migration that nobody made: brought up to date, its tables would be made a second time."""
    path = tmp_path / FILE
    path.write_bytes(sound.read_bytes().replace(b"m001_journal", b"m001_journam"))
    with pytest.raises(JournalDamaged, match="m001_journam"):
        check(path, lived=True, alone=True)


def test_damage_under_a_log_is_refused_or_made_good(path: Path) -> None:
    """A page that the log has anew is made good by it; any other is refused: in no case a ticket is lost unseen."""
    whole, before = path.read_bytes(), bytes_of(path.parent)
    for page in range(0, len(whole) // PAGE, 5):
        path.write_bytes(noise(page * PAGE, (page + 1) * PAGE)(whole))
        damaged = bytes_of(path.parent)
        try:
            check(path, lived=True, alone=True)
        except JournalDamaged:
            assert bytes_of(path.parent) == damaged
        else:
            path.with_name(f"{FILE}-shm").unlink(missing_ok=True)
        path.write_bytes(whole)
    assert {name: bytes_of(path.parent)[name] for name in before} == before


def test_an_index_of_a_log_is_put_back(cut: Path, tmp_path: Path) -> None:
    """Also the file that SQLite would make anew is as it was when a start was refused."""
    content = noise(0, PAGE)(cut.read_bytes())
    (tmp_path / FILE).write_bytes(content[: len(content) // 2])
    (tmp_path / f"{FILE}-wal").write_bytes(cut.with_name(f"{FILE}-wal").read_bytes())
    (tmp_path / f"{FILE}-shm").write_bytes(b"\x01" * 32768)
    check_refused(tmp_path / FILE)


def test_a_folder_in_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    """What cannot be read at all is not called damaged."""
    (tmp_path / FILE).mkdir()
    with pytest.raises((JournalUnavailable, JournalDamaged)):
        check(tmp_path / FILE, lived=True, alone=True)


def check_refused(path: Path, *, lived: bool = True) -> None:
    """Check that a file counts as damaged, and that every file of its folder is as it was."""
    before = bytes_of(path.parent)
    with pytest.raises(JournalDamaged):
        check(path, lived=lived, alone=True)
    assert bytes_of(path.parent) == before
