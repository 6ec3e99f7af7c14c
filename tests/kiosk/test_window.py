"""The real window, with a finger on it: what is drawn, and what reaches the server."""

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

import assets
from kiosk.touches import CALM_OVER_S, DEAD_TIME_S, REPEAT_S
from printer_drivers.virtual import LATEST
from queue_protocol.answers import Refused
from queue_protocol.commands import CancelTicket, ReportSlip, TakeTicket
from tests.driving import KIVY_KEYS, Driven
from tests.kiosk.hall import KEY, Hall, many, menu, open_hall, with_card

PRIMARY = assets.look()["colours"]["primary"]


def start(hall: Hall, folder: Path, *arguments: str, size: tuple[int, int] = (1366, 768)) -> Driven:
    """Start a kiosk for this hall."""
    args = ["--server", hall.url, "--key", KEY, "--data", str(folder / "data"), *arguments]
    return Driven.start("kiosk", args, home=folder, size=size)


def test_a_finger_takes_a_ticket_and_paper_comes_out(tmp_path: Path) -> None:
    """Greeting, services, number, paper: the walk of a citizen, with a double tap that takes one ticket."""
    with open_hall() as hall, start(hall, tmp_path) as kiosk:
        kiosk.wait_for("Bảo Hà")
        kiosk.tap("Chạm vào màn hình để lấy số")
        kiosk.wait_for("Hướng dẫn, phản ánh, kiến nghị")
        time.sleep(0.7)
        place = kiosk.middle_of("Chứng thực")
        kiosk.touch(*place)
        kiosk.touch(*place)
        assert kiosk.wait_for("A001") == "A001"
        kiosk.wait_for("Mời ông/bà nhận phiếu")
        time.sleep(1.5)
        picture = Image.open(kiosk.screenshot(tmp_path / "ticket.png")).convert("RGB")
        assert kiosk.stop() == 0
    assert [command.service for command in hall.asked(TakeTicket)] == ["certification"]
    assert [report.outcome for report in hall.asked(ReportSlip)] == ["printed"]
    left, top, right, bottom = _extent(picture.crop((0, 100, 1000, 500)), PRIMARY)
    assert bottom - top >= picture.height // 5, "the number fills the middle of the page"
    assert right - left >= picture.width // 3
    black = sum(
        picture.crop((1120, 90, 1360, 400)).point(lambda value: 255 * (value < 40)).convert("1").histogram()[1:]
    )
    assert black > 1000, "the slip is drawn beside the page"


def test_the_folder_of_the_paper_may_be_tidied(tmp_path: Path) -> None:
    """Paper that is taken away under the window costs nothing, and the next slip is seen."""
    paper = tmp_path / "data" / "paper"
    with open_hall() as hall, start(hall, tmp_path) as kiosk:
        for number in (1, 2):
            kiosk.tap("Chạm vào" if number == 1 else "Xong")
            kiosk.tap("Chứng thực")
            kiosk.wait_for(f"A00{number}")
            kiosk.wait_for("Mời ông/bà nhận phiếu")
            (paper / LATEST).unlink()
            time.sleep(0.8)
        assert kiosk.stop() == 0


def _extent(picture: Image.Image, colour: str) -> tuple[int, int, int, int]:
    """Return the box of the pixels that have exactly this colour."""
    plain = Image.new("RGB", picture.size, colour)
    box = ImageChops.invert(
        ImageChops.difference(picture, plain).convert("L").point(lambda far: 255 * (far > 0))
    ).getbbox()
    assert box is not None
    return box


def test_english_and_back(tmp_path: Path) -> None:
    """The language button changes every word, and a refusal is said in that language."""
    with open_hall(refusal=Refused(code="no_numbers_left")) as hall, start(hall, tmp_path) as kiosk:
        kiosk.tap("Chạm vào")
        kiosk.tap("English")
        kiosk.tap("Collect a result")
        kiosk.wait_for("All numbers of today are given")
        assert hall.asked(TakeTicket)[0].language == "en"
        kiosk.tap("Back to start")
        kiosk.wait_for("Mời ông/bà chọn việc cần làm")


def test_a_server_that_has_gone_is_admitted(tmp_path: Path) -> None:
    """The services stay, a strip says what is wrong, and a tap gives an honest page and no ticket."""
    with open_hall() as hall, start(hall, tmp_path) as kiosk:
        kiosk.tap("Chạm vào")
        kiosk.wait_for("Chứng thực")
        hall.hang_up()
        kiosk.wait_for("Máy lấy số tạm nghỉ. Mời ông/bà gặp cán bộ để lấy số.")
        kiosk.tap("Chứng thực")
        kiosk.wait_for("Dành cho cán bộ: kiosk-1 chưa kết nối được máy chủ")
    assert hall.asked(TakeTicket) == []


def test_a_wrong_choice_is_cancelled_by_a_finger(tmp_path: Path) -> None:
    """Each page has its button; a touch beside the answers keeps the number, and the server is told to cancel."""
    asking = with_card(menu(cancel_within_s=30, dossiers_per_turn=2), "results", papers={"vi": "Giấy hẹn"})
    with open_hall(menu=asking) as hall, start(hall, tmp_path) as kiosk:
        kiosk.tap("Chạm vào")
        kiosk.tap("Nhận kết quả")
        kiosk.wait_for("Giấy hẹn")
        kiosk.tap("4 trở lên")
        kiosk.tap("Lấy số")
        kiosk.wait_for("T001")
        kiosk.tap("Chọn nhầm việc?")
        kiosk.wait_for("Bỏ số T001 để chọn lại?")
        kiosk.touch(20, 700)
        kiosk.wait_for("Mời ông/bà ngồi chờ")
        time.sleep(DEAD_TIME_S)
        kiosk.tap("Chọn nhầm việc?")
        kiosk.wait_for("Bỏ số T001 để chọn lại?")
        time.sleep(CALM_OVER_S)
        kiosk.tap("Bỏ, chọn lại")
        kiosk.wait_for("Số T001 đã hủy, phiếu này không dùng nữa. Mời ông/bà chọn lại.")
        kiosk.tap("Chọn lại")
        kiosk.wait_for("Mời ông/bà chọn việc cần làm")
    assert [command.dossiers for command in hall.asked(TakeTicket)] == [4]
    assert [command.ticket for command in hall.asked(CancelTicket)] == ["20261123-T001"]


@pytest.mark.parametrize("size", [(1080, 1920), (1024, 768)])
def test_a_full_page_before_the_number_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    """Long papers, a warning, a long name and the question about dossiers are all on the screen at once."""
    papers = {"vi": "Bản chính và bản photo giấy tờ cần xác nhận; căn cước công dân; đơn theo mẫu có chữ ký."}
    full = with_card(menu(dossiers_per_turn=3), "education", papers=papers, after_break=True)
    with open_hall(menu=full) as hall, start(hall, tmp_path, "--printer", "tcp://127.0.0.1:9", size=size) as kiosk:
        kiosk.tap("Chạm vào")
        kiosk.wait_for("Giáo dục")
        time.sleep(REPEAT_S)  # upright, the card lies where the finger has just woken the page
        kiosk.tap("Giáo dục")
        kiosk.wait_for("Ông/bà nộp bao nhiêu hồ sơ?")
        time.sleep(0.3)
        tree = kiosk.tree()
    shown = [widget for widget in tree if widget["text"] and widget["class"] != "ScreenManager"]
    assert len([widget for widget in tree if widget["class"] == "Answer"]) == 4
    bar = next(widget for widget in tree if widget["class"] == "Bar")
    for widget in shown[shown.index(next(w for w in shown if w["text"].startswith("Giáo dục"))) :]:
        assert bar["height"] <= widget["y"], widget
        assert widget["y"] + widget["height"] <= size[1], widget


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 1024), (1024, 600), (1080, 1920), (768, 1366)])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_eleven_services_fit_without_scrolling(tmp_path: Path, size: tuple[int, int], language: str) -> None:
    """On each screen every card lies on it, overlaps no other, and has its words, the everyday ones too, inside."""
    args = ["--language", language, "--printer", "tcp://127.0.0.1:9"]
    with open_hall(menu=menu(11)) as hall, start(hall, tmp_path, *args, size=size) as kiosk:
        kiosk.tap("Chạm vào" if language == "vi" else "Touch the screen")
        kiosk.wait_for("Chứng thực" if language == "vi" else "Certification")
        time.sleep(0.3)
        tree = kiosk.tree()
    cards = [widget for widget in tree if widget["class"] == "ServiceCard"]
    assert len(cards) == 11
    for card in cards:
        assert 0 <= card["x"] <= size[0] + 1 - card["width"]
        assert 0 <= card["y"] <= size[1] + 1 - card["height"]
        assert min(card["width"], card["height"]) >= 80
    assert not [(a["y"], b["y"]) for a in cards for b in cards if a is not b and _overlap(a, b)]
    _words_stay_inside(tree)
    shown = " ".join(widget["text"] for widget in tree if widget["class"] == "Words")
    hints = [each.hints["vi"] for each in hall.menu.services if each.hints and language == "vi"]
    assert [hint for hint in hints if hint not in shown] == []


@pytest.mark.parametrize(("size", "count"), [((1366, 768), 24), ((1024, 600), 40)])
def test_many_services_lie_on_pages(tmp_path: Path, size: tuple[int, int], count: int) -> None:
    """Each name is whole on one page and over no other; a button turns them and comes round."""
    with (
        open_hall(menu=many(count)) as hall,
        start(hall, tmp_path, "--printer", "tcp://127.0.0.1:9", size=size) as kiosk,
    ):
        kiosk.tap("Chạm vào")
        kiosk.wait_for("Xem việc khác · 1/")
        seen: list[str] = []
        pages, page = 1, 0
        while page < pages:
            page += 1
            kiosk.wait_for(f"Xem việc khác · {page}/")
            time.sleep(0.3)
            tree = kiosk.tree()
            words = [widget["text"] for widget in tree if widget["text"]]
            pages = int(next(each for each in words if each.startswith("Xem việc khác")).rsplit("/")[-1])
            cards = [widget for widget in tree if widget["class"] == "ServiceCard"]
            assert not [(a["y"], b["y"]) for a in cards for b in cards if a is not b and _overlap(a, b)]
            _words_stay_inside(tree)
            seen += [each for each in words if each.startswith("Lĩnh vực")]
            time.sleep(DEAD_TIME_S)
            kiosk.tap("Xem việc khác")
        kiosk.wait_for("Xem việc khác · 1/")
    assert len(seen) == len(set(seen)) == count
    assert pages > 1


def _overlap(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return all(
        a[edge] < b[edge] + b[side] and b[edge] < a[edge] + a[side] for edge, side in (("x", "width"), ("y", "height"))
    )


def _words_stay_inside(tree: list[dict[str, Any]]) -> None:
    card = None
    for widget in tree:
        if widget["class"] == "ServiceCard":
            card = widget
        elif card is not None and widget["class"] == "Words" and _overlap(widget, card) and widget["text"]:
            assert widget["y"] >= card["y"] - 1, widget
            assert widget["y"] + widget["height"] <= card["y"] + card["height"] + 1, widget


def test_no_key_opens_anything_of_kivy(tmp_path: Path) -> None:
    """F1, Escape, F11, F12, Ctrl+E and Ctrl+Q: the screen stays as it is, and the kiosk goes on."""
    with open_hall() as hall, start(hall, tmp_path) as kiosk:
        kiosk.wait_for("Chạm vào")
        before = {widget["class"] for widget in kiosk.tree()}
        for key in KIVY_KEYS:
            kiosk.press(*key)
            time.sleep(0.2)
            assert {widget["class"] for widget in kiosk.tree()} <= before, key
        kiosk.tap("Chạm vào")
        kiosk.wait_for("Chứng thực")
