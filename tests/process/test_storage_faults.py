"""A server whose disk fails it: what it says, and that it leaves every byte to whoever restores it."""

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from queue_protocol.answers import Done, Refused, TicketTaken
from queue_protocol.commands import ReportDevice, Request, TakeTicket
from queue_protocol.ids import CommandId, ServiceId, token_of
from queue_server.process.alive_file import look_alive
from queue_server.storage.sqlite import FILE
from tests.server_child import ROOT, SERVES, Child, command, run, stored
from tests.storage.files import store
from tests.storage.journals import a_full_day
from tests.watching import PATIENCE_S

PAGE = 4096


def take(number: int) -> Request:
    """Return the request of another person."""
    command = TakeTicket(service=ServiceId("land"), token=token_of(number.to_bytes(16, "big")))
    return Request(command_id=CommandId(f"command-{number}"), age_ms=0, command=command)


def report(number: int) -> Request:
    """Return a kiosk's news of its printer, another one each time."""
    state: Literal["ready", "failed"] = "ready" if number % 2 else "failed"
    return Request(
        command_id=CommandId(f"report-{number}"), age_ms=0, command=ReportDevice(part="printer", state=state)
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that a killed server left: its file, and a log with the last tickets."""
    folder = tmp_path_factory.mktemp("lived") / "center"
    folder.mkdir()
    store(folder, a_full_day().midnight().entries)
    assert run("device", "kiosk-1", "--role", "kiosk", "--data", folder).returncode == 0
    with Child.start(folder) as child:
        # The start folds the log; what comes after stays in it for ten seconds at least.
        until = time.monotonic() + PATIENCE_S
        while (folder / f"{FILE}-wal").stat().st_size > 0 and time.monotonic() < until:
            time.sleep(0.02)
        for number in range(3):
            assert isinstance(child.ask(take(number)).result, Refused | TicketTaken)
            assert child.ask(report(number)).result == Done()  # also where the hall is closed and gives no ticket
        child.kill()
    assert (folder / f"{FILE}-wal").stat().st_size > 0
    return folder


@pytest.fixture(params=["with its log", "alone"])
def folder(lived: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return a copy of it, as found after a power cut, or as after a clean end."""
    folder = Path(shutil.copytree(lived, tmp_path / "center"))
    if request.param == "alone":
        sqlite3.connect(folder / FILE).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
        assert not (folder / f"{FILE}-wal").exists()
    return folder


def check_refused(folder: Path, words: str) -> None:
    """Check that a start ends with status 2, a sentence how to restore, and not a byte changed."""
    before = bytes_of_files(folder)
    ended = run("--data", folder, "--port", "0")
    assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
    assert words in ended.stderr
    assert f"restore BACKUP --data {folder}" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert bytes_of_files(folder) == before


def bytes_of_files(folder: Path) -> dict[str, bytes]:
    """Return every file beside the keys, but the lock."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "lock"}


@pytest.mark.parametrize("kept", [0, 9 * PAGE + 11])
def test_a_truncated_file_is_refused(folder: Path, kept: int) -> None:
    """Wherever the file ends too early, with or without the log that a power cut leaves."""
    content = (folder / FILE).read_bytes()
    assert len(content) > 9 * PAGE + 11
    (folder / FILE).write_bytes(content[:kept])
    check_refused(folder, "is damaged")


def test_a_file_that_is_gone_is_not_begun_anew(folder: Path) -> None:
    """A folder in which a center has run misses its journal: nobody wants the numbers to begin again in silence."""
    (folder / FILE).unlink()
    check_refused(folder, "it is not there")


def test_noise_anywhere_is_refused_or_changes_nothing_that_is_read(folder: Path) -> None:
    """Page by page: either the start is refused to the byte, or it comes up with every entry whole."""
    whole = (folder / FILE).read_bytes()
    pages = len(whole) // PAGE
    chance = random.Random(11)  # noqa: S311 - noise, the same each time
    for page in chance.sample(range(pages), 3):
        copy = Path(shutil.copytree(folder, folder.with_name(f"page-{page}")))
        (copy / FILE).write_bytes(whole[: page * PAGE] + chance.randbytes(PAGE) + whole[(page + 1) * PAGE :])
        before = bytes_of_files(copy)
        status, logged = start_and_stop(copy)
        assert status in {0, 2}, logged
        if status == 2:
            assert bytes_of_files(copy) == before, logged
        assert "Traceback" not in logged


def start_and_stop(folder: Path) -> tuple[int, str]:
    """Start a server, and stop it once it answers, if it comes so far. Returns its status and what it logged."""
    with child_of(folder, folder.parent / f"{folder.name}.log") as child:
        if child.said:
            child.get("/health")
            child.process.terminate()
        return child.process.wait(PATIENCE_S), child.errors()


def child_of(folder: Path, log: Path, size: int = resource.RLIM_INFINITY) -> Child:
    """Start a server of which no file may grow beyond a size; `said` is empty when it does not come to serve."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command("--data", folder, "--port", "0"),
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=limit,  # noqa: PLW1509 - no thread runs here, and Popen has no limits of its own
        )
    assert process.stdout is not None
    said = next((line for line in process.stdout if line.startswith(SERVES)), "")
    port = int(said.removeprefix(SERVES).split(" ")[0].rpartition(":")[2]) if said else 0
    return Child(process, folder, log, said, port)


def test_after_a_power_cut_every_ticket_is_there(lived: Path, tmp_path: Path) -> None:
    """The log that was left is folded in, the outage is marked, and numbers go on."""
    folder = Path(shutil.copytree(lived, tmp_path / "center"))
    with Child.start(folder) as child:
        before = stored(folder, "SELECT count(*) FROM ticket")
        child.ask(take(100))
        assert stored(folder, "SELECT count(*) FROM ticket") >= before
        child.end()
    assert run("verify", "--data", folder).returncode == 0


@pytest.mark.parametrize("size", [3_000, 120_000])
def test_a_first_start_on_a_full_disk(tmp_path: Path, size: int) -> None:
    """It is one sentence with what to do; once there is room the center begins as if nothing had been."""
    folder, log = tmp_path / "center", tmp_path / "log"
    with child_of(folder, log, size) as child:
        assert (child.process.wait(PATIENCE_S), child.said) == (2, "")
    assert "cannot be used" in log.read_text("utf-8")
    assert "Free some space" in log.read_text("utf-8")
    assert log.read_text("utf-8").count("\n") == 1
    with Child.start(folder) as child:
        assert isinstance(child.ask(take(1)).result, TicketTaken)


def test_a_disk_that_fills_while_the_server_runs(tmp_path: Path) -> None:
    """From then on every ticket is refused, none is lost that was given, and the next start has them all."""
    folder, log = tmp_path / "center", tmp_path / "log"
    with Child.start(folder) as child:
        assert child.get("/health") == 200
        child.end()
    size = (folder / FILE).stat().st_size + 350_000
    given, refused = [], None
    with child_of(folder, log, size) as child:
        for number in range(400):
            answer = child.ask(take(number)).result
            if isinstance(answer, Refused):
                refused = answer.code
                break
            assert isinstance(answer, TicketTaken)
            given.append(answer.number)
        assert refused == "storage"
        assert child.end()[0] == 0
        assert "Traceback" not in child.errors()
    with Child.start(folder) as child:
        numbers = [number for (number,) in stored(folder, "SELECT number FROM ticket ORDER BY sequence")]
        assert numbers == given
        assert isinstance(child.ask(take(999)).result, TicketTaken)


def test_a_database_locked_by_another_program(tmp_path: Path) -> None:
    """A running server refuses while it lasts and goes on afterwards; a start says what to close."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        other = sqlite3.connect(folder / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert child.ask(take(1)).result == Refused(code="storage")
        other.execute("ROLLBACK")
        assert isinstance(child.ask(take(2)).result, TicketTaken)
        other.close()
        child.end()
    holder = sqlite3.connect(folder / FILE, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    ended = run("--data", folder, "--port", "0")
    holder.close()
    assert ended.returncode == 2
    assert "locked" in ended.stderr
    assert "close other programs" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_command_beside_the_server_leaves_its_log_alone(tmp_path: Path) -> None:
    """A box is let in while the server runs: what is written afterwards is seen from outside, also after a kill."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        until = time.monotonic() + PATIENCE_S
        while (folder / f"{FILE}-wal").stat().st_size > 0 and time.monotonic() < until:
            time.sleep(0.02)
        assert run("device", "display-2", "--role", "display", "--data", folder).returncode == 0
        before = stored(folder, "SELECT count(*) FROM event")
        assert child.ask(report(1)).result == Done()
        assert stored(folder, "SELECT count(*) FROM event") > before
        child.kill()
    with Child.start(folder) as child:
        assert stored(folder, "SELECT count(*) FROM event WHERE kind LIKE 'device_reported%'") == [(1,)]
        child.end()


def test_the_sign_of_life_is_as_old_as_the_last_seconds(tmp_path: Path) -> None:
    """It is there from the first second, and a clean end leaves a last one."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        wait_for(folder / "alive")
        first = look_alive(folder)
        child.end(signal.SIGTERM)
    last = look_alive(folder)
    assert first is not None
    assert last is not None
    assert first.at < last.at < first.at + timedelta(seconds=PATIENCE_S)


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + PATIENCE_S
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)
