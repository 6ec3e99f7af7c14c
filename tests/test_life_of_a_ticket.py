"""The life of one ticket, from a finger to the manager's spreadsheet, through real parts. Read this test first.

A real server, a real kiosk and a real display run as processes; the windows are real, only nobody sees them. The
finger is a touch in the kiosk's window, the printer a TCP socket that keeps every byte, the clerk a headless
Chromium at the desk page. What is asserted is what people get: paper, a call on the wall, a call in the air, figures.
"""

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

import assets
from display.voice.bank import load_banks
from display.voice.waves import read_wave
from printer_drivers.bitmap import Bitmap
from printer_drivers.decoder import decode
from printer_drivers.raster import encode_png
from queue_protocol.phrases import announce_call
from tests.driving import Driven
from tests.printers.tcp_printer import READY, TcpPrinter, answering, tcp_printer
from tests.serving import Serving
from tests.watching import browser_options, wait_until

PUBLIC_ADDRESS = "http://mot-cua.bao-ha.example"

DOTS_PER_MM = 8
AMBER = (0xFF, 0xC4, 0x2E)


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    """A network printer that answers and keeps what it is sent."""
    with tcp_printer(answering(READY)) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    """A queue server with the preset of a commune that has a public address."""
    preset = (assets.FOLDER / "catalogues" / "xa-vua.toml").read_text(encoding="utf-8")
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(f'public_address = "{PUBLIC_ADDRESS}"\n{preset}', encoding="utf-8")
    with Serving(tmp_path / "data", options=["--catalogue", str(catalogue)]) as running:
        yield running


@pytest.fixture
def clerk() -> Iterator[Page]:
    """A browser tab at a counter."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_options())
        yield browser.new_page(viewport={"width": 1366, "height": 768}, accept_downloads=True)
        browser.close()


def test_a_ticket_lives_from_a_touch_to_the_spreadsheet(
    server: Serving, printer: TcpPrinter, clerk: Page, tmp_path: Path
) -> None:
    """One touch becomes a number, paper, a call that is shown and spoken, a served visit and a line in the log."""
    spoken = tmp_path / "spoken"
    boxes = ["--server", server.address, "--data", str(server.data)]
    kiosk_arguments = [*boxes, "--printer", f"tcp://127.0.0.1:{printer.port}?width=576"]
    with (
        Driven.start("kiosk", kiosk_arguments, home=tmp_path / "kiosk") as kiosk,
        Driven.start("display", [*boxes, "--sound", f"file:{spoken}"], home=tmp_path / "display") as display,
    ):
        take_a_number(kiosk)
        check_the_paper(printer, server, tmp_path)
        call_from_the_desk(clerk, server)
        check_the_display(display, tmp_path)
        check_the_announcement(spoken)
        serve_at_the_desk(clerk)
        check_the_journal(server)
        check_the_office(clerk, server)


def take_a_number(kiosk: Driven) -> None:
    """A finger wakes the kiosk, a finger on the service: the number is on the screen."""
    kiosk.tap("Chạm vào màn hình để lấy số")
    kiosk.tap("Chứng thực")
    kiosk.wait_for("A001")


def check_the_paper(printer: TcpPrinter, server: Serving, tmp_path: Path) -> None:
    """The bytes are one sheet with a number of 15 mm and a code that opens the page of this very ticket."""
    wait_until(lambda: server.query("SELECT slip FROM ticket") == [("printed",)], "the slip is reported as printed")
    jobs = [bytes(job) for job in printer.jobs if len(job) > 1000]
    assert len(jobs) == 1
    (sheet,) = decode(jobs[0], 576)
    picture = tmp_path / "paper.png"
    picture.write_bytes(encode_png(sheet))
    assert tallest_ink(sheet) >= 15 * DOTS_PER_MM
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    assert re.fullmatch(rf"{PUBLIC_ADDRESS}/t/[a-z2-7]{{26}}", code.text)
    with urllib.request.urlopen(code.text.replace(PUBLIC_ADDRESS, server.address)) as page:
        assert "A001" in page.read().decode()


def call_from_the_desk(clerk: Page, server: Serving) -> None:
    """The clerk signs in, opens counter 1 and calls with the space bar."""
    clerk.goto(f"{server.address}/desk")
    clerk.get_by_label("Tài khoản").fill(server.manager)
    clerk.get_by_label("Mật khẩu").fill(server.password)
    clerk.keyboard.press("Enter")
    clerk.get_by_role("button", name="Quầy 1").click()
    expect(clerk.get_by_role("button", name="Gọi A001")).to_be_enabled()
    clerk.keyboard.press("Space")


def check_the_display(display: Driven, tmp_path: Path) -> None:
    """The call is on the wall: the number in amber, the counter beside it."""
    display.wait_for("A001")
    display.wait_for("QUẦY 1")
    pixels = np.asarray(Image.open(display.screenshot(tmp_path / "board.png")).convert("RGB"))
    amber = (pixels == np.array(AMBER)).all(axis=2)
    inverted_amber_ground = amber.mean() > 0.2
    rows = amber.any(axis=1).sum()
    assert inverted_amber_ground or rows > pixels.shape[0] // 6


def check_the_announcement(spoken: Path) -> None:
    """What was said is the clips of the call, in order, in one piece."""
    wait_until(lambda: any(spoken.glob("*.wav")), "the announcement is written")
    (said,) = spoken.glob("*.wav")
    utterances = announce_call("A001", 1, "first", ["vi"])
    clips = load_banks(assets.FOLDER / "voice", ["vi"]).clips
    heard = read_wave(said.read_bytes())
    expected = [
        clips[part] if isinstance(part, str) else np.zeros(part * 24, dtype=np.int16)
        for utterance in utterances
        for part in utterance
    ]
    assert np.array_equal(heard[: sum(map(len, expected))], np.concatenate(expected))


def serve_at_the_desk(clerk: Page) -> None:
    """The desk knows that the call was spoken; the person comes and the visit is finished, by keys alone."""
    expect(clerk.get_by_text("Đã phát loa")).to_be_visible()
    clerk.keyboard.press("b")
    expect(clerk.get_by_text("Đang phục vụ").first).to_be_visible()
    clerk.keyboard.press("h")
    expect(clerk.get_by_text("Chưa có người chờ").first).to_be_visible()


def check_the_journal(server: Serving) -> None:
    """Everything a dispute needs is an event, once."""
    wait_until(
        lambda: server.query("SELECT status FROM ticket") == [("finished",)], "the visit is finished in the database"
    )
    wait_until(lambda: "call_shown" in kinds_of_events(server), "the call was large for its time")
    kinds = kinds_of_events(server)
    for kind in ("ticket_issued", "slip_printed", "ticket_called", "call_shown", "call_spoken"):
        assert kinds.count(kind) == 1, kinds
    assert kinds.index("service_started") < kinds.index("service_finished")


def kinds_of_events(server: Serving) -> list[str]:
    """Return the kind of every event of the journal, in order."""
    return [kind.partition(".")[0] for (kind,) in server.query("SELECT kind FROM event ORDER BY sequence")]


def check_the_office(clerk: Page, server: Serving) -> None:
    """The manager reads the wait of the ticket and takes it home as a file that Excel opens."""
    clerk.goto(f"{server.address}/office")
    row = clerk.get_by_role("row").filter(has_text="A001")
    expect(row).to_contain_text(re.compile(r"\d:\d\d"))
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name=re.compile("CSV")).click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    heading, line = content.decode("utf-8-sig").splitlines()
    assert "Số" in heading
    assert line.startswith("A001;Chứng thực;")
    ((wait_s,),) = server.query("SELECT (called_at - issued_at) / 1000 FROM ticket")
    assert f"{wait_s / 60:.1f}".replace(".", ",") in line.split(";")


def tallest_ink(sheet: Bitmap) -> int:
    """Return the height in dots of the tallest run of rows that have ink in the middle third of the paper."""
    dots = np.unpackbits(np.frombuffer(sheet.data, dtype=np.uint8)).reshape(sheet.height, sheet.width_dots)
    middle = dots[:, sheet.width_dots // 3 : 2 * sheet.width_dots // 3]
    runs = "".join("1" if row.any() else "0" for row in middle).split("0")
    return max(map(len, runs))
