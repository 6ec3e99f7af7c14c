"""The server as a process: a clean life, an unclean death, and a start that cannot be."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from websockets.sync.client import connect

from device_runtime.device_key import read_key
from queue_protocol import PROTOCOL
from queue_protocol.answers import TicketTaken
from queue_protocol.codec import encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import AccountId, CommandId, DeviceId, ServiceId, Token
from queue_server.process.secret_notes import FIRST_SIGN_IN
from queue_server.storage.accounts import Accounts
from queue_server.storage.sqlite import FILE
from queue_server.storage.sqlite import connect as connect_file
from queue_server.web.access import hash_password
from tests.server_child import ROOT, Child, command, run, stored
from tests.watching import PATIENCE_S

TAKE = Request(
    command_id=CommandId("the-same-id"),
    age_ms=0,
    command=TakeTicket(service=ServiceId("land"), token=Token("e" * 26)),
)


def password_in(said: str) -> str:
    """Return the password in the file that a program named to its person; nobody else may read that file."""
    found = re.search(r"account quanly, (?:new )?password in (.+)", said)
    assert found, said
    path = Path(found[1])
    assert path.stat().st_mode & 0o077 == 0
    password = path.read_text().split()[-1]
    assert password not in said
    return password


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_life_from_first_start_to_a_clean_end(tmp_path: Path, number: int) -> None:
    """It says where the first password is, serves, ends with status 0 and no traceback, and goes on the next time."""
    folder = tmp_path / "a center"
    with Child.start(folder) as child:
        assert len(password_in(child.said)) >= 14
        first = child.ask(TAKE)
        assert child.end(number)[0] == 0
        assert "Traceback" not in child.errors()
    with Child.start(folder) as child:
        assert "password" not in child.said
        assert child.ask(TAKE) == first
        assert stored(folder, "SELECT count(*) FROM event WHERE kind = 'ticket_issued.2'") == [(1,)]


def test_secrets_are_for_the_owner_of_the_folder(tmp_path: Path) -> None:
    """Two first starts have different passwords and keys, and nobody else may read the keys."""
    said, keys = set(), set()
    for name in ("one", "two"):
        with Child.start(tmp_path / name) as child:
            said.add(password_in(child.said))
            key = tmp_path / name / "keys" / "kiosk-1"
            keys.add(key.read_text("ascii"))
            assert key.stat().st_mode & 0o077 == 0
            assert key.parent.stat().st_mode & 0o077 == 0
            assert (tmp_path / name / "queue.sqlite").stat().st_mode & 0o077 == 0
    assert (len(said), len(keys)) == (2, 2)


@pytest.mark.parametrize("left", [b"", b"\0" * 33, b"\xff\xfe", b"word"], ids=["nothing", "zeros", "bytes", "a word"])
def test_a_spoilt_key_file_is_made_good(tmp_path: Path, left: bytes) -> None:
    """A power cut may leave anything in the file: the next start writes a key that opens the door, and says so."""
    folder = tmp_path / "center"
    with Child.start(folder):
        pass
    key = folder / "keys" / "kiosk-1"
    key.write_bytes(left)
    with Child.start(folder) as child:
        assert "kiosk kiosk-1: its key file was empty or no key" in child.said
        assert isinstance(child.ask(TAKE).result, TicketTaken)


def test_a_box_elsewhere_keeps_its_key_and_one_here_gets_its_own(tmp_path: Path) -> None:
    """A folder without its key files, as from a backup, still knows the boxes; those beside the server find a key."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        elsewhere = child.hello()
    shutil.rmtree(folder / "keys")
    with Child.start(folder) as child:
        here = child.hello()
        assert here.key != elsewhere.key
        assert isinstance(child.ask(TAKE, elsewhere).result, TicketTaken)
        assert child.ask(TAKE, here).result == child.ask(TAKE, elsewhere).result


def test_a_plug_pulled_between_commit_and_answer(tmp_path: Path) -> None:
    """Killed as soon as the ticket is in the file, before anybody heard of it: the retry gets it, and there is one."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        url = f"ws://127.0.0.1:{child.port}/socket"
        with connect(url, compression=None, proxy=None, ping_interval=None, close_timeout=0) as kiosk:
            kiosk.send(encode(child.hello()), text=True)
            kiosk.send(encode(TAKE), text=True)
            while not stored(folder, "SELECT * FROM ticket"):
                time.sleep(0.001)
            child.kill()
    with Child.start(folder) as child:
        answer = child.ask(TAKE)
        assert isinstance(answer.result, TicketTaken)
        assert answer.result.number == "L001"
        assert stored(folder, "SELECT command_id FROM event WHERE kind = 'ticket_issued.2'") == [("the-same-id",)]
        assert stored(folder, "SELECT number, status FROM ticket") == [("L001", "waiting")]


def test_a_secret_is_shown_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    """Where a person types, the new password stands on the screen; a file or a journal gets its path only."""
    pty = pytest.importorskip("pty")
    folder = tmp_path / "center"
    with Child.start(folder):
        ours, theirs = pty.openpty()
        ended = subprocess.run(
            command("password", "quanly", "--data", folder), cwd=ROOT, stdout=theirs, timeout=PATIENCE_S, check=True
        )
        os.close(theirs)
        shown = os.read(ours, 10_000).decode()
        os.close(ours)
        assert ended.returncode == 0
        assert (folder / FIRST_SIGN_IN).read_text().split()[-1] in shown


def test_the_file_of_a_password_goes_when_it_is_changed(tmp_path: Path) -> None:
    """The first start after the change removes it: a password that opens nothing need not lie about."""
    folder = tmp_path / "center"
    with Child.start(folder):
        assert (folder / FIRST_SIGN_IN).exists()
    with Child.start(folder):
        assert (folder / FIRST_SIGN_IN).exists()
    with closing(connect_file(folder / FILE)) as connection:
        Accounts(connection).set_password(AccountId("quanly"), hash_password("another password"))
    with Child.start(folder):
        assert not (folder / FIRST_SIGN_IN).exists()


def test_no_token_in_any_line_of_the_log(tmp_path: Path) -> None:
    """The pages of tickets that were there, gone, or asked for under a foreign name leave no token in the log."""
    with Child.start(tmp_path / "center") as child:
        child.ask(TAKE)
        assert child.get(f"/t/{'e' * 26}") == 200
        assert child.get(f"/t/{'f' * 26}") == 404
        assert child.get(f"/t/{'e' * 26}", host="evil.example") == 403
        child.end()
        assert "e" * 26 not in child.errors()
        assert "f" * 26 not in child.errors()
        assert "bad_origin" in child.errors()


def test_a_password_is_renewed_while_the_server_runs(tmp_path: Path) -> None:
    """The command says where it is; an unknown account, or a folder without a center, is one sentence and status 2."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        first = password_in(child.said)
        renewed = run("password", "quanly", "--data", folder)
        assert renewed.returncode == 0
        assert password_in(renewed.stdout) != first
        check_refusal(run("password", "nobody", "--data", folder), "no account 'nobody'")
    check_refusal(run("password", "quanly", "--data", tmp_path / "nowhere"), "There is no center in")


def test_a_further_box_is_let_in_while_the_server_runs(tmp_path: Path) -> None:
    """The command leaves the key beside the others and says where; a name that is no name, or taken, is refused."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        admitted = run("device", "kiosk-2", "--role", "kiosk", "--data", folder)
        assert admitted.returncode == 0
        path = folder / "keys" / "kiosk-2"
        assert admitted.stdout == f"kiosk kiosk-2, key in {path}\n"
        key = read_key(path)
        hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-2"), key=key, prints=False)
        assert isinstance(child.ask(TAKE, hello).result, TicketTaken)
        check_refusal(run("device", "Kiosk 2", "--role", "kiosk", "--data", folder), "no name of a box")
        check_refusal(run("device", "kiosk-2", "--role", "display", "--data", folder), "kiosk-2 is a kiosk already")
    check_refusal(run("device", "kiosk-2", "--role", "kiosk", "--data", tmp_path / "nowhere"), "There is no center in")


def check_refusal(ended: "CompletedProcess[str]", *words: str) -> None:
    """Check that a process ended with status 2 and one sentence that has these words, and said nothing else."""
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.endswith(".\n")
    assert all(each in ended.stderr for each in words), ended.stderr


def test_a_second_server_on_the_same_folder(tmp_path: Path) -> None:
    """It says that another one works there; the first goes on."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        check_refusal(run("--data", folder, "--port", "0"), f"Another queue server works in {folder}")
        assert child.get("/health") == 200


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """It says which port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check_refusal(
            run("--data", tmp_path / "center", "--port", str(port)), f"Port {port} on 127.0.0.1 cannot be used"
        )
    check_refusal(run("--data", tmp_path / "center", "--port", "70000"), "70000 is no port")


def test_a_host_that_is_not_here(tmp_path: Path) -> None:
    """An address of another machine cannot be listened on, and is said to be the reason."""
    check_refusal(
        run("--data", tmp_path / "center", "--host", "192.0.2.1", "--port", "0"),
        "192.0.2.1 is no address of this machine",
        "--host",
    )


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """Where a folder should be stands a file: it cannot be written, and is left as it was."""
    path = tmp_path / "center"
    path.write_text("letters")
    check_refusal(run("--data", path, "--port", "0"), f"The folder {path} cannot be written")
    assert path.read_text() == "letters"


@pytest.mark.parametrize("content", [b"\x00\x01noise" * 2000, b"SQLite format 3\x00" + b"\xa5" * 8000])
def test_a_database_of_noise(tmp_path: Path, content: bytes) -> None:
    """A file that is no database any more is named, with what to do, and not touched."""
    path = tmp_path / FILE
    path.write_bytes(content)
    check_refusal(run("--data", tmp_path, "--port", "0"), f"{path} is damaged")
    assert path.read_bytes() == content


def test_a_database_with_a_hole(tmp_path: Path) -> None:
    """Noise in the middle of a real file is found at the start, and the file is left for whoever restores it."""
    folder = tmp_path / "center"
    with Child.start(folder) as child:
        child.ask(TAKE)
        child.end()
    path = folder / FILE
    content = bytearray(path.read_bytes())
    place = content.rindex(b'"ticket_issued.2"')
    content[place + 40 : place + 60] = b"\xa5" * 20
    path.write_bytes(content)
    check_refusal(run("--data", folder, "--port", "0"), f"{path} is damaged")
    assert path.read_bytes() == bytes(content)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('prefix = "A"', 'prefix = "a1"', "services[0].prefix: expected"),
        ('id = "land"', 'id = "civil_status"', "service 'civil_status' stands there 2 times"),
        ("expected_minutes = 6", "expected_minutes = ", "is no TOML: Invalid value (at line "),
        ('"Asia/Ho_Chi_Minh"', '"Asia/Hanoi"', "there is no time zone 'Asia/Hanoi'"),
        ("one_key", "one_button", "one_button"),
        ('names.vi = "Chứng thực"', "", "names.vi"),
    ],
)
def test_a_broken_catalogue(tmp_path: Path, old: str, new: str, words: str) -> None:
    """The sentence names the file and the place in it; nothing is begun with half a catalogue."""
    text = (ROOT / "assets" / "catalogues" / "xa-vua.toml").read_text("utf-8")
    path = tmp_path / "broken.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    ended = run("--data", tmp_path / "center", "--port", "0", "--catalogue", path)
    check_refusal(ended, str(path), words)
    assert stored(tmp_path / "center", "SELECT count(*) FROM event, account") == [(0,)]


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    """The presets that are there are named."""
    check_refusal(run("--data", tmp_path / "center", "--port", "0", "--preset", "xa-khong"), "xa-vua")


def test_words_that_make_no_command_line(tmp_path: Path) -> None:
    """An unknown option ends with status 2 and how it is used."""
    ended = run("--data", tmp_path, "--prot", "0")
    assert ended.returncode == 2
    assert "unrecognized arguments" in ended.stderr


def test_a_damaged_file_of_a_password_stops_no_start(tmp_path: Path) -> None:
    """Cut off in the middle it lets nobody in: it is removed, and what to ask for is said."""
    folder = tmp_path / "center"
    with Child.start(folder):
        pass
    (folder / FIRST_SIGN_IN).write_bytes(b"account quanly\npassw")
    with Child.start(folder):
        assert not (folder / FIRST_SIGN_IN).exists()
