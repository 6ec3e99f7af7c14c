"""The walker: what is shown when, and what is asked."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from kiosk.printing import Ended, Looked
from kiosk.walking import Walker
from kiosk.wording import Choice, Greeting, Notice, Number, View
from queue_protocol.answers import Answer, Refused, Result
from queue_protocol.commands import Command, TakeTicket
from queue_protocol.ids import DeviceId, ServiceId, token_of
from queue_protocol.snapshots import Beat
from tests.kiosk.hall import NOW, menu, ticket, welcome
from tests.kiosk.test_slips import product_texts

CERTIFICATION = ServiceId("certification")


class Paint:
    """A face that keeps what it was last shown."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.remaining: float | None = None

    def show(self, seen: View) -> None:
        """Keep it."""
        self.views.append(seen)

    def show_remaining(self, fraction: float | None) -> None:
        """Keep it."""
        self.remaining = fraction


class Stage:
    """A walker with a face, a link that waits to be answered, and a clock that a test turns."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.asked: list[tuple[Command, asyncio.Future[Result]]] = []
        self.paint = Paint()
        self.walker = Walker(
            DeviceId("kiosk-1"), product_texts(), "vi", self._ask, lambda: token_of(bytes(16)), lambda: self.now_s
        )
        self.walker.show_on(self.paint)

    def _ask(self, command: Command) -> "asyncio.Future[Result]":
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.asked.append((command, future))
        return future

    @property
    def view(self) -> View:
        """What is on the screen."""
        return self.paint.views[-1]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self.walker.tick()

    async def answer(self, result: Result) -> None:
        """Answer the last request."""
        self.asked[-1][1].set_result(result)
        await asyncio.sleep(0)

    def choose(self) -> None:
        """Go from the greeting to a request for a ticket of certification, at a person's pace."""
        self.walker.touch()
        self.wait(1)
        self.walker.tap_service(CERTIFICATION)


@pytest.fixture
def stage() -> Stage:
    """A walker whose server is there."""
    stage = Stage()
    stage.walker.heard(welcome())
    stage.walker.heard(menu(closed=("land",)))
    stage.walker.link_changed("live")
    return stage


async def test_from_the_greeting_to_the_number(stage: Stage) -> None:
    """Touch, tap, number, paper, home: each step shows its page."""
    assert isinstance(stage.view.body, Greeting)
    stage.walker.touch()
    assert isinstance(stage.view.body, Choice)
    stage.wait(1)
    stage.walker.tap_service(CERTIFICATION)
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.title == "Đang lấy số"
    await stage.answer(ticket())
    assert isinstance(stage.view.body, Number)
    assert (stage.view.body.number, stage.view.body.paper_tone) == ("A015", "waiting")
    assert stage.paint.remaining is None
    stage.walker.slip_ended(Ended(ticket().ticket, "printed", None))
    assert stage.view.body.paper == "Mời ông/bà nhận phiếu"
    assert stage.paint.remaining == 1.0
    stage.wait(8)
    assert isinstance(stage.view.body, Choice)


async def test_the_command_names_kiosk_language_and_token(stage: Stage) -> None:
    """The server learns where to print and in which language, and gets the token that the kiosk made."""
    stage.walker.tap_language("en")
    stage.choose()
    wanted = TakeTicket(service=CERTIFICATION, token=token_of(bytes(16)), language="en", print_at=DeviceId("kiosk-1"))
    assert [command for command, _ in stage.asked] == [wanted]


async def test_a_burst_of_taps_sends_one_command(stage: Stage) -> None:
    """Ten taps are one ticket."""
    stage.choose()
    for _ in range(10):
        stage.walker.touch()
        stage.walker.tap_service(CERTIFICATION)
    assert len(stage.asked) == 1


@pytest.mark.parametrize(
    ("outcome", "reason", "words"),
    [
        ("failed", "paper_out", "Máy tạm hết giấy. Số của ông/bà là A015."),
        ("failed", "unreachable", "Máy tạm không in được phiếu. Số của ông/bà là A015."),
        ("uncertain", "cut_off", "Chưa rõ phiếu đã in xong. Số của ông/bà là A015."),
    ],
)
async def test_trouble_replaces_the_arrow_never_the_number(stage: Stage, outcome: str, reason: str, words: str) -> None:
    """Whatever becomes of the paper, the number stays and the words blame nobody."""
    stage.choose()
    await stage.answer(ticket())
    stage.walker.slip_ended(Ended(ticket().ticket, outcome, reason))  # type: ignore[arg-type]  # one of the literals
    body = stage.view.body
    assert isinstance(body, Number)
    assert body.number == "A015"
    assert body.paper.replace("\xa0", " ").startswith(words)
    assert (body.paper_icon, body.paper_tone) == ("printer_alert", "trouble")


async def test_a_refusal_is_said_in_words(stage: Stage) -> None:
    """The code of a refusal becomes the sentence of the person's language."""
    stage.walker.tap_language("en")
    stage.choose()
    await stage.answer(Refused(code="no_numbers_left"))
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.text == "This service has no numbers left today."


async def test_what_only_staff_can_mend_is_not_said_to_citizens(stage: Stage) -> None:
    """A person at the kiosk is sent to the staff, and hears nothing of disks and versions."""
    stage.choose()
    await stage.answer(Refused(code="storage"))
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.text == product_texts()["vi"].say("kiosk_no_server_text")


async def test_without_a_menu_the_page_says_why() -> None:
    """A kiosk that has never reached the server does not show an empty page."""
    fresh = Stage()
    fresh.walker.touch()
    assert isinstance(fresh.view.body, Notice)
    assert fresh.view.body.title == "Máy chủ tạm chưa trả lời"
    fresh.walker.heard(Answer(command_id=None, result=Refused(code="unknown_key")))
    assert "khóa thiết bị" in fresh.view.body.text


async def test_trouble_is_announced_above_the_services(stage: Stage) -> None:
    """No server matters more than no paper, and both go when they are over."""
    stage.walker.touch()
    stage.walker.printer_looked(Looked("failed", "paper_out"))
    stage.walker.link_changed("connecting")
    assert _trouble(stage) == "wifi_off"
    stage.walker.link_changed("live")
    assert _trouble(stage) == "printer_alert"
    stage.walker.printer_looked(Looked("ready", None))
    assert _trouble(stage) is None


def _trouble(stage: Stage) -> str | None:
    body = stage.view.body
    assert isinstance(body, Choice)
    return body.trouble[0] if body.trouble else None


async def test_cards_say_how_long_the_line_is(stage: Stage) -> None:
    """People waiting, the range, or why no number can be taken."""
    stage.walker.touch()
    body = stage.view.body
    assert isinstance(body, Choice)
    shown = {str(card.service): (card.status, card.wait, card.open) for card in body.cards}
    assert shown["certification"] == ("Đang chờ: 4 người", "khoảng 10–20 phút", True)
    assert shown["business"] == ("Chưa có người chờ", "", True)
    assert shown["land"] == ("Hiện không nhận số", "", False)


async def test_english_cards_borrow_no_vietnamese_hints(stage: Stage) -> None:
    """Everyday words of another language help nobody, a name of it does."""
    stage.walker.touch()
    stage.walker.tap_language("en")
    body = stage.view.body
    assert isinstance(body, Choice)
    assert (body.cards[0].name, body.cards[0].hint) == ("Certification of copies and signatures", "")
    assert stage.view.bar.languages == (("vi", "Tiếng Việt"),)


async def test_the_bar_shows_the_halls_time(stage: Stage) -> None:
    """The server's time, in the center's time zone, running on between two beats."""
    assert (stage.view.bar.time, stage.view.bar.day) == ("08:12", "Thứ Hai, ngày 23 tháng 11 năm 2026")
    stage.walker.heard(Beat(now=NOW + timedelta(minutes=30), revision=menu().revision))
    stage.wait(60)
    assert stage.view.bar.time == "08:43"


async def test_nothing_is_drawn_that_has_not_changed(stage: Stage) -> None:
    """Time alone repaints nothing: an old PC has better things to do."""
    drawn = len(stage.paint.views)
    for _ in range(20):
        stage.wait(0.1)
    assert len(stage.paint.views) == drawn


async def test_a_ticket_of_a_service_that_left_the_menu_is_shown(stage: Stage) -> None:
    """The number matters more than the name."""
    stage.choose()
    stage.walker.heard(msgspec.structs.replace(menu(), services=()))
    await stage.answer(ticket())
    assert isinstance(stage.view.body, Number)
    assert (stage.view.body.number, stage.view.body.service) == ("A015", "")
