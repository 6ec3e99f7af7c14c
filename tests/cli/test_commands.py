"""The commands that look after a center, as a person runs them: what they say, what they change, how they end."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest

from queue_server.catalogue_file import catalogue_text
from queue_server.cli import catalogue as catalogue_commands
from queue_server.engine.clock import Clock
from queue_server.process.arguments import CatalogueImport, StartError
from queue_server.storage.reports import Reports
from queue_server.storage.sqlite import FILE
from tests.core.center import CATALOGUE, LAN, LAND, Center
from tests.house.sources import ROOT
from tests.server_child import Child, run, stored
from tests.storage.files import bytes_of, store, tamper
from tests.storage.journals import a_full_day

DAY, NEXT_DAY = "2026-11-23", "2026-11-24"
PRESET = ROOT / "assets" / "catalogues" / "xa-lon.toml"

CALENDAR = """
[hours]
sessions = [{ days = ["mon"], opens = "07:00", closes = "11:00" }]
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a center with a whole day, and a ticket on the next."""
    folder = tmp_path_factory.mktemp("lived")
    center = a_full_day().midnight()
    center.take(by=LAN)
    store(folder, center.entries)
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    """Return a copy of that center."""
    return Path(shutil.copytree(lived, tmp_path / "center"))


def check(ended: "CompletedProcess[str]", status: int, *words: str) -> None:
    """Check how a command ended, and that it said these words and no traceback."""
    said = ended.stdout + ended.stderr
    assert ended.returncode == status, said
    assert "Traceback" not in said
    assert all(each in said for each in words), said


def test_a_sound_journal_is_verified(folder: Path) -> None:
    """It says how much was read and the head, and with a printed hash that it is in the chain."""
    reports = Reports(folder / FILE)
    printed, head = reports.day_head(DAY), reports.day_head(NEXT_DAY)
    reports.close()
    check(run("verify", "--data", folder), 0, "entries are what was written", f"head {head}")
    assert printed is not None
    spaced = " ".join(printed[place : place + 8].upper() for place in range(0, 64, 8))
    check(run("verify", "--data", folder, "--expect", spaced), 0)
    check(run("verify", "--data", folder, "--expect", "0" * 64), 1, "is the hash of none of its entries")
    check(run("verify", "--data", folder, "--expect", "head"), 2, "is no hash")


def test_a_quiet_verification_says_only_what_is_wrong(folder: Path) -> None:
    """Not a word when all is well; where the damage is when it is not."""
    ended = run("verify", "--quiet", "--data", folder)
    check(ended, 0)
    assert ended.stdout + ended.stderr == ""
    tamper(folder / FILE, "UPDATE event SET actor = 'account:nobody' WHERE sequence = 5")
    check(
        run("verify", "--quiet", "--data", folder), 1, f"{FILE} is damaged: entry 5 of {DAY} is not what was written."
    )


def test_where_there_is_no_center_nothing_can_be_looked_at(tmp_path: Path) -> None:
    """One sentence and status 2, and no folder is made."""
    for words in (
        ("verify",),
        ("replay", "--day", DAY),
        ("rebuild-reports",),
        ("retain",),
        ("backup", "--to", tmp_path),
        ("catalogue", "export"),
        ("catalogue", "import", PRESET),
    ):
        check(run(*words, "--data", tmp_path / "nowhere"), 2, "There is no center in")
    assert not (tmp_path / "nowhere").exists()


def test_a_day_is_replayed_and_reports_are_rebuilt(folder: Path) -> None:
    """What somebody changed in the reports is found by a replay, and made good by a rebuild."""
    check(run("replay", "--data", folder, "--day", DAY), 0, "entries lead to the same reports")
    check(run("replay", "--data", folder, "--day", "2020-01-01"), 2, "does not have the day 2020-01-01")
    tamper(folder / FILE, "UPDATE ticket SET called_at = called_at - 1 WHERE ticket = '20261123-A001'")
    check(run("replay", "--data", folder, "--day", DAY), 1, "ticket: the file has", "rebuild-reports makes")
    check(run("rebuild-reports", "--data", folder), 0, "reports were made anew from")
    check(run("replay", "--data", folder, "--day", DAY), 0)


def test_old_days_are_removed(folder: Path) -> None:
    """A policy of one month removes the closed day of two years ago once the PC's clock says so; the open day stays."""
    catalogue = folder / "short.toml"
    check(run("catalogue", "export", "--data", folder, "--to", catalogue), 0)
    text = catalogue.read_text("utf-8")
    catalogue.write_text(text.replace("retention_months = 24", "retention_months = 1"), "utf-8")
    check(run("catalogue", "import", catalogue, "--data", folder), 0, "the catalogue was set with entry")
    today, in_two_years = f"{NEXT_DAY}T03:00:00+00:00", "2028-11-24T03:00:00+00:00"
    (folder / "alive").write_text(in_two_years, "ascii")
    check(run("retain", "--data", folder, at=today), 0, "no day is past retention")
    check(run("retain", "--data", folder, at=in_two_years), 0, f"removed 1 days, from {DAY} to {DAY}")
    check(run("verify", "--data", folder), 0, "up to which days were removed")
    assert stored(folder, "SELECT DISTINCT day FROM event") == [(NEXT_DAY,)]


def test_a_catalogue_goes_out_and_comes_back(folder: Path, tmp_path: Path) -> None:
    """Exported, changed, checked and imported, it is an event of the console; the same again is none."""
    exported = tmp_path / "out.toml"
    check(run("catalogue", "export", "--data", folder, "--to", exported), 0)
    assert run("catalogue", "export", "--data", folder).stdout.strip() == exported.read_text("utf-8").strip()
    check(run("catalogue", "check", exported), 0, "is right: 3 services, 3 counters")
    check(run("catalogue", "import", exported, "--data", folder), 0, "is this one already")
    check(run("catalogue", "import", PRESET, "--data", folder), 0, "the catalogue was set with entry")
    found = stored(folder, "SELECT kind, actor, day FROM event WHERE actor = 'system:console'")
    assert ("catalogue_changed.1", "system:console", NEXT_DAY) in found
    check(run("verify", "--data", folder), 0)
    check(run("replay", "--data", folder, "--day", NEXT_DAY), 0)


@pytest.mark.parametrize(("count", "warns"), [(21, False), (22, True)])
def test_a_check_warns_of_services_that_no_page_holds(tmp_path: Path, count: int, *, warns: bool) -> None:
    """From 22 services on `catalogue check` says that a kiosk shows them on pages; the file is right all the same."""
    ids = [f"s{index}" for index in range(count)]
    services = (
        f'[[services]]\nid = "{each}"\nprefix = "{chr(ord("A") + index)}"\nnames.vi = "Việc {index}"\n'
        'icon = "file"\nexpected_minutes = 5\n'
        for index, each in enumerate(ids)
    )
    file = tmp_path / "many.toml"
    head = 'center.vi = "Xã"\nlanguages = ["vi"]\ntime_zone = "Asia/Ho_Chi_Minh"\n'
    counter = f"[[counters]]\nnumber = 1\nservices = {json.dumps(ids)}\n"
    file.write_text(head + "".join(services) + counter, "utf-8")
    said = run("catalogue", "check", file)
    check(said, 0, f"is right: {count} services")
    assert ("warning:" in said.stdout) is warns


def smaller(folder: Path) -> CatalogueImport:
    """Return the import of a catalogue that lacks a service and a counter."""
    fewer = msgspec.structs.replace(CATALOGUE, services=CATALOGUE.services[:2], counters=CATALOGUE.counters[:2])
    file = folder / "smaller.toml"
    file.write_text(catalogue_text(fewer), "utf-8")
    return CatalogueImport(data=folder, file=file, hours_only=False)


@pytest.mark.parametrize(
    ("counter", "hours", "words"),
    [
        (1, 0, "The catalogue was not set: people wait for service 'land'; it can go when nobody does. Start"),
        (3, 24, "The catalogue was not set: counter 3 is at work; it can go"),
        (1, 24, None),
    ],
    ids=["a line of today", "a counter over midnight", "a line of yesterday"],
)
def test_a_catalogue_that_would_lose_people_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counter: int, hours: int, words: str | None
) -> None:
    """Who waits today, and who works at a counter, is not left without it; a line ends with its day."""
    center = Center().open(counter, LAN)
    center.take(LAND, by=LAN)
    store(tmp_path, center.entries)
    clock = Clock(center.now, wall=lambda: center.now + timedelta(hours=hours))
    monkeypatch.setattr(catalogue_commands, "start_clock", lambda _data, _connection: clock)
    asked, count = smaller(tmp_path), len(center.entries)
    if words is None:
        assert catalogue_commands.import_catalogue(asked) == 0
    else:
        with pytest.raises(StartError, match=re.escape(words)):
            catalogue_commands.import_catalogue(asked)
        assert stored(tmp_path, "SELECT max(sequence) FROM event") == [(count,)]


def test_a_calendar_comes_alone(folder: Path, tmp_path: Path) -> None:
    """Hours from a file of the province replace those of the catalogue, and nothing else."""
    (tmp_path / "calendar.toml").write_text(CALENDAR, "utf-8")
    before = run("catalogue", "export", "--data", folder).stdout
    check(run("catalogue", "import", "--calendar", tmp_path / "calendar.toml", "--data", folder), 0, "set with entry")
    after = run("catalogue", "export", "--data", folder).stdout
    assert after.partition("[hours]")[0] == before.partition("[hours]")[0]
    assert 'opens = "07:00"' in after


def test_a_wrong_catalogue_is_said_and_not_taken(folder: Path, tmp_path: Path) -> None:
    """File, line and key, status 2, and the journal as it was."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(PRESET.read_text("utf-8").replace("expected_minutes = 6", "expected_minutes = 0", 1), "utf-8")
    before = bytes_of(folder)
    check(run("catalogue", "check", wrong), 2, f"The catalogue {wrong} is not right: line ", "expected_minutes")
    check(run("catalogue", "import", wrong, "--data", folder), 2, "expected_minutes")
    check(run("catalogue", "import", tmp_path / "none.toml", "--data", folder), 2, "There is no catalogue")
    check(run("catalogue", "check", folder), 2, "cannot be read")
    check(run("catalogue", "export", "--data", folder, "--to", folder), 2, "cannot be written")
    assert bytes_of(folder)[FILE] == before[FILE]


def test_beside_a_running_server(tmp_path: Path) -> None:
    """What only reads works; what writes says that the server must be stopped first."""
    folder = tmp_path / "center"
    with Child.start(folder, "--site", "tram-y-te"):
        assert stored(folder, "SELECT DISTINCT site FROM event") == [("tram-y-te",)]
        check(run("verify", "--data", folder), 0, "entries are what was written")
        [(day,)] = stored(folder, "SELECT day FROM day")
        check(run("replay", "--data", folder, "--day", str(day)), 0)
        check(run("catalogue", "export", "--data", folder), 0, "[[services]]")
        for words in (("rebuild-reports",), ("retain",), ("catalogue", "import", PRESET)):
            check(run(*words, "--data", folder), 2, "Another queue server works in", "Stop it first")


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("replay",),
        ("rebuild-reports",),
        ("retain",),
        ("backup",),
        ("catalogue", "export"),
        ("catalogue", "import"),
        ("catalogue", "check"),
        ("password",),
        ("device",),
        (),
    ],
)
def test_every_command_says_how_it_ends(words: tuple[str, ...]) -> None:
    """`--help` has the exit statuses."""
    check(run(*words, "--help"), 0, "Exit status: 0", "usage: python -m queue_server")
