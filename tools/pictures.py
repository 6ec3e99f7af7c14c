"""Take the pictures of `docs/images` from the running product: kiosk, paper, board, desk, office, phone.

    .venv/bin/python tools/pictures.py

A real center is started in a temporary folder, filled with a morning's tickets, and photographed. Needs what
`make test` needs. Nothing here is drawn by hand; only `hall.png` puts the pictures side by side.
"""

import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.clerk import Clerk  # noqa: E402 - the checkout is no package on the path of a script
from tests.driving import Driven  # noqa: E402
from tests.serving import Serving  # noqa: E402
from tests.watching import browser_options, wait_until  # noqa: E402

IMAGES = ROOT / "docs" / "images"

MORNING = {
    2: {"civil_status": 4, "certification": 5, "results": 2},
    3: {"land": 4, "household_business": 2},
    4: {"social_protection": 3, "online_help": 2},
}
"""Tickets taken at each counter before the pictures."""

GROUND = "#C9D3E0"

PAPER_EDGE_DOTS = 32
"""The 4 mm at the sides of an 80 mm roll that no head reaches."""


def main() -> int:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="motcua-pictures-") as folder:
        take(Path(folder))
    compose()
    return 0


def take(folder: Path) -> None:
    """Run a center and photograph it."""
    preset = (ROOT / "assets" / "catalogues" / "xa-vua.toml").read_text(encoding="utf-8")
    catalogue = folder / "catalogue.toml"
    catalogue.write_text(f'public_address = "http://10.20.30.40:8080"\n{preset}', encoding="utf-8")
    with Serving(folder / "data", options=["--catalogue", str(catalogue)]) as server:
        boxes = ["--server", server.address, "--data", str(server.data)]
        said = ["--sound", f"file:{folder / 'said'}"]
        with (
            Driven.start("kiosk", boxes, home=folder / "kiosk", size=(1600, 900)) as kiosk,
            Driven.start("display", [*boxes, *said], home=folder / "display", size=(1920, 1080)) as display,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(**browser_options())
            fill_the_morning(server)
            desk = open_desk(browser, server)
            take_kiosk(kiosk, server)
            take_call(desk, display)
            take_office(desk, server)
            take_phone(browser, server)
            browser.close()


def fill_the_morning(server: Serving) -> None:
    """Let three colleagues open their counters, people wait, and some be served."""
    for counter, name in ((2, "minh.tran"), (3, "hoa.le"), (4, "sung.a.pao")):
        with Clerk(server, counter, server.add_clerk(name)) as clerk:
            for service, count in MORNING.get(counter, {}).items():
                for _ in range(count):
                    clerk.take(service)
            clerk.call_next()
            clerk.call_next()


def open_desk(browser: Browser, server: Serving) -> Page:
    """Sign in at counter 1, as a clerk does."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{server.address}/desk")
    page.get_by_label("Tài khoản").fill(server.manager)
    page.get_by_label("Mật khẩu").fill(server.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Quầy 1").click()
    page.get_by_role("button", name="Gọi A001").wait_for()
    return page


def take_kiosk(kiosk: Driven, server: Serving) -> None:
    """Photograph the choice, and the number with its paper."""
    kiosk.wait_for("Chạm vào màn hình", 30)
    time.sleep(0.5)
    kiosk.tap("Chạm vào màn hình để lấy số")
    time.sleep(1)
    kiosk.screenshot(IMAGES / "kiosk.png")
    kiosk.tap("Chứng thực")
    kiosk.wait_for("Mời ông/bà nhận phiếu", 20)
    time.sleep(1)
    kiosk.screenshot(IMAGES / "kiosk_ticket.png")
    paper = server.data / "paper" / "latest.png"
    wait_until(paper.exists, "paper came out")
    with Image.open(paper) as printed:
        ImageOps.expand(printed.convert("L"), PAPER_EDGE_DOTS, "white").save(IMAGES / "paper.png", optimize=True)


def take_call(desk: Page, display: Driven) -> None:
    """Photograph a call at the desk and on the board."""
    desk.keyboard.press("Space")
    desk.get_by_text("Đã phát loa").wait_for()
    display.wait_for("QUẦY 1")
    time.sleep(3)
    display.screenshot(IMAGES / "display.png")
    desk.screenshot(path=IMAGES / "desk.png")


def take_office(page: Page, server: Serving) -> None:
    """Photograph the manager's page."""
    page.goto(f"{server.address}/office")
    page.get_by_role("row").filter(has_text="A001").wait_for()
    time.sleep(1)
    page.set_viewport_size({"width": 1366, "height": 1400})
    page.screenshot(path=IMAGES / "office.png")


def take_phone(browser: Browser, server: Serving) -> None:
    """Photograph the page behind the code of a slip."""
    ((body,),) = server.query("SELECT body FROM event WHERE kind GLOB 'ticket_issued.*' ORDER BY sequence DESC LIMIT 1")
    token = body.decode().partition('"token":"')[2].partition('"')[0]
    phone: Page = browser.new_page(viewport={"width": 390, "height": 700})
    phone.goto(f"{server.address}/t/{token}")
    phone.screenshot(path=IMAGES / "phone.png")


def compose() -> None:
    """Put kiosk, board, desk and paper side by side: the one picture of the README."""
    sheet = Image.new("RGB", (1640, 1000), GROUND)
    for name, place, size in (
        ("kiosk_ticket", (20, 20), (790, 470)),
        ("display", (830, 20), (790, 470)),
        ("desk", (20, 500), (860, 480)),
        ("paper", (1000, 500), (400, 480)),
    ):
        with Image.open(IMAGES / f"{name}.png") as picture:
            part = picture.convert("RGB")
        part.thumbnail(size, Image.Resampling.LANCZOS)
        sheet.paste(part, place)
    sheet.save(IMAGES / "hall.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
