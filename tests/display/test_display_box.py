"""The display as a process: a real window that nobody sees, a real socket, clips joined into real sound."""

import os
import signal
import subprocess
import sys
import time
import wave
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from display.last_spoken import read_last_spoken
from display.panel import LARGE_S
from queue_protocol.commands import ReportCall, ReportDevice
from queue_protocol.ids import Revision
from tests.display.hall_server import HallServer, announce, at, board, wait_until, welcome
from tests.driving import KIVY_KEYS, ROOT, Driven
from tests.watching import PATIENCE_S

AMBER, NAVY = (255, 196, 46), (10, 26, 48)
"""The call and its ground, from the look."""


def panel_colours(box: Driven, path: Path) -> Counter[object]:
    """Return how many pixels of each colour the left two thirds of the screen have."""
    with Image.open(box.screenshot(path)) as picture:
        left = picture.convert("RGB").crop((0, 60, picture.width * 2 // 3, picture.height * 2 // 3))
        return Counter({colour: count for count, colour in left.getcolors(left.width * left.height) or []})


def started_headless(server: HallServer, *arguments: str) -> "subprocess.Popen[str]":
    """Start a display without a screen."""
    return subprocess.Popen(
        [sys.executable, "-m", "display", "--headless", "--server", server.address, *arguments],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(child: "subprocess.Popen[str]", number: int) -> str:
    """Ask a child to end; return what it said on stderr by its end."""
    child.send_signal(number)
    _, said = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0
    return said


def test_a_call_is_seen_and_heard(hall_server: HallServer, tmp_path: Path) -> None:
    """Amber on navy with its counter and sentence; the sound lies in the folder; both are reported."""
    arguments = ["--server", hall_server.address, "--data", str(tmp_path), "--sound", f"file:{tmp_path / 'sound'}"]
    with Driven.start("display", arguments, home=tmp_path, size=(1280, 720)) as box:
        box.wait_for("Quầy 3")
        call = announce(2)
        hall_server.say(call, board(2, call))
        for words in ("A015", "QUẦY 3", "đến quầy số 3", "Đang phục vụ"):
            box.wait_for(words)
        hall_server.heard(ReportCall(call=at(2), outcome="shown"))
        hall_server.heard(ReportCall(call=at(2), outcome="spoken"))
        time.sleep(1.0)
        rest = panel_colours(box, tmp_path / "rest.png")
        assert rest[NAVY] > rest[AMBER] > 10_000
        with wave.open(str(tmp_path / "sound" / "1-000002-A015-3.wav")) as sound:
            assert sound.getframerate() == 24_000
            assert sound.getnframes() > 5 * 24_000
        assert box.stop() == 0
    assert read_last_spoken(tmp_path / "display" / "display-1") == at(2)


def test_a_call_flashes_and_then_rests(hall_server: HallServer, tmp_path: Path) -> None:
    """The panel is amber for a moment, also on a busy machine that misses some of them, and then navy again."""
    with Driven.start(
        "display", ["--server", hall_server.address, "--sound", "none"], home=tmp_path, size=(1280, 720)
    ) as box:
        box.wait_for("Quầy 3")
        flashed = False
        for sequence in range(2, 8):
            recall = announce(sequence, kind="recall")
            hall_server.say(recall, board(sequence, recall))
            seen = [panel_colours(box, tmp_path / "flash.png") for _ in range(6)]
            flashed = any(colours[AMBER] > colours[NAVY] for colours in seen)
            if flashed:
                break
            time.sleep(LARGE_S)
        assert flashed
        time.sleep(1.5)
        rest = panel_colours(box, tmp_path / "rest.png")
        assert rest[NAVY] > rest[AMBER]


def test_two_calls_in_one_moment_are_both_shown_and_spoken(hall_server: HallServer, tmp_path: Path) -> None:
    """Calls 0.3 s apart are both large, one after the other, and said in order."""
    arguments = ["--server", hall_server.address, "--sound", f"file:{tmp_path / 'sound'}"]
    with Driven.start("display", arguments, home=tmp_path, size=(1280, 720)) as box:
        box.wait_for("Quầy 3")
        first, second = announce(2), announce(3, "H108", 1)
        hall_server.say(first, board(2, first))
        time.sleep(0.3)
        hall_server.say(second, board(3, second, first))
        box.wait_for("QUẦY 1")
        hall_server.heard(ReportCall(call=second.call, outcome="shown"))
    reports = [each for each in hall_server.commands if isinstance(each, ReportCall)]
    assert [each.call for each in reports if each.outcome == "shown"] == [first.call, second.call]
    assert [each.call for each in reports if each.outcome == "spoken"] == [first.call, second.call]


def test_without_the_server_the_screen_says_so(hall_server: HallServer, tmp_path: Path) -> None:
    """The banner comes with the loss of the link and does not wait for the next call."""
    with Driven.start(
        "display", ["--server", hall_server.address, "--sound", "none"], home=tmp_path, size=(1024, 768)
    ) as box:
        box.wait_for("Quầy 3")
        hall_server.hang_up()
        box.wait_for("Màn hình tạm chưa cập nhật (từ 08 giờ 12)")
        box.wait_for("Mất kết nối")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_headless_display_speaks_and_ends_when_asked(
    hall_server: HallServer, tmp_path: Path, number: signal.Signals
) -> None:
    """Voice without screen: the call is said, nothing is reported as shown, and Kivy is not loaded."""
    child = started_headless(hall_server, "--data", str(tmp_path), "--sound", f"file:{tmp_path / 'sound'}")
    call = announce(2)
    hall_server.say(call, board(2, call))
    hall_server.heard(ReportCall(call=at(2), outcome="spoken"))
    said = ended(child, number)
    assert not any(isinstance(each, ReportCall) and each.outcome == "shown" for each in hall_server.commands)
    assert "kivy" not in said


def test_a_restart_says_what_was_spoken_last(hall_server: HallServer, tmp_path: Path) -> None:
    """The server learns from the hello what it need not offer again."""
    folder = tmp_path / "display" / "display-1"
    folder.mkdir(parents=True)
    (folder / "last_spoken").write_bytes(b"[1,41]")
    child = started_headless(hall_server, "--data", str(tmp_path), "--sound", "none")
    hello = wait_until(lambda: hall_server.hellos[0] if hall_server.hellos else None)
    ended(child, signal.SIGTERM)
    assert hello.last_spoken == Revision(epoch=1, sequence=41)
    assert hello.sound is False


def test_the_key_is_found_when_it_appears(hall_server: HallServer, tmp_path: Path) -> None:
    """On the first start of a center the display may be there before its key: each connect looks again."""
    child = started_headless(hall_server, "--data", str(tmp_path), "--sound", "none")
    wait_until(lambda: hall_server.hellos or None)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "display-1").write_text("k" * 32 + "\n")
    hall_server.drop()
    wait_until(lambda: len(hall_server.hellos) > 1 or None)
    ended(child, signal.SIGTERM)
    assert [hello.key for hello in hall_server.hellos[:2]] == [None, "k" * 32]


def test_no_key_opens_anything_of_kivy(hall_server: HallServer, tmp_path: Path) -> None:
    """A keyboard that lies about changes nothing on the board."""
    with Driven.start(
        "display", ["--server", hall_server.address, "--sound", "none"], home=tmp_path, size=(1280, 720)
    ) as box:
        box.wait_for("Quầy 3")
        classes = sorted({widget["class"] for widget in box.tree()})
        for key in KIVY_KEYS:
            box.press(*key)
            time.sleep(0.2)
            assert sorted({widget["class"] for widget in box.tree()}) == classes, key
        assert box.stop() == 0


def test_a_machine_without_a_sound_card_says_so_and_shows_on(hall_server: HallServer, tmp_path: Path) -> None:
    """The trouble goes to the server as a key; the board carries the badge."""
    no_card = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "nowhere", "ALSA_CONFIG_PATH": os.devnull}
    with Driven.start(
        "display", ["--server", hall_server.address], home=tmp_path, size=(1280, 720), env=no_card
    ) as box:
        hall_server.heard(ReportDevice(part="speaker", state="failed", reason="no_sound"))
        box.wait_for("Mất âm thanh")


@pytest.mark.parametrize("screen", [{}, {"SDL_VIDEODRIVER": "x11", "DISPLAY": ":99"}], ids=["none", "dead"])
def test_without_a_screen_it_says_what_to_do_instead(tmp_path: Path, screen: dict[str, str]) -> None:
    """A machine that has no screen gets one sentence and status 2, and no call counts as shown."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    bare = {name: value for name, value in os.environ.items() if name not in screens}
    bare["KIVY_HOME"] = str(tmp_path / "kivy")
    ending = subprocess.run(
        [sys.executable, "-m", "display", "--data", str(tmp_path), "--sound", "none", "--windowed", "1280x720"],
        cwd=ROOT,
        env=bare | screen,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ending.returncode == 2
    assert ending.stderr.splitlines()[-1].startswith("display: there is no screen")


def test_a_display_that_starts_first_waits_for_its_server(tmp_path: Path) -> None:
    """The order of start does not matter."""
    server = HallServer()
    child = started_headless(server, "--data", str(tmp_path), "--sound", "none")
    time.sleep(1)
    server.greeting = [welcome(), board(1)]
    with server:
        wait_until(lambda: server.hellos or None)
        ended(child, signal.SIGTERM)
