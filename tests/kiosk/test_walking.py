"""The walker: what is shown when, and what is asked."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from kiosk import reserve
from kiosk.printing import Ended, Looked
from kiosk.views import Check, Choice, Greeting, Notice, Number, Question, View
from kiosk.walking import Walker
from kiosk.wishes import Give
from queue_protocol.answers import Done, RefusalCode, Refused, Result
from queue_protocol.commands import CancelTicket, Command, TakeTicket
from queue_protocol.ids import DeviceId, ServiceId, Token, token_of
from queue_protocol.snapshots import Beat, ClosedBecause
from tests.kiosk.hall import NOW, menu, ticket, welcome, with_card
from tests.kiosk.test_reserve import granting
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
        self.given: list[Give] = []
        self.withdrawn: list[Token] = []
        self.asked: list[tuple[Command, asyncio.Future[Result]]] = []
        self.paint = Paint()
        self.walker = Walker(
            DeviceId("kiosk-1"),
            "http://10.0.0.5:8080",
            product_texts(),
            "vi",
            self._ask,
            self,
            lambda: token_of(bytes(16)),
            lambda: self.now_s,
        )
        self.walker.show_on(self.paint)

    def give(self, wish: Give) -> Result:
        """Give a ticket, as the reserve does."""
        self.given.append(wish)
        return ticket("AK01", people_ahead=None, wait=None, service=wish.service)

    def withdraw(self, token: Token) -> None:
        """Keep what is withdrawn."""
        self.withdrawn.append(token)

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
    stage.walker.heard(menu(closed={"land": "full"}, cancel_within_s=30))
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
    assert stage.view.body.home == "Xong"
    assert stage.view.body.facts[-1] == "Chờ gọi vào Quầy 1 hoặc 2"
    stage.wait(12)
    assert isinstance(stage.view.body, Choice)


async def test_alone_the_screen_is_calm_and_the_number_comes_at_once(stage: Stage) -> None:
    """No waits that nobody knows, no alarm: the services, a number, a slip, and words that claim nothing."""
    known = granting()
    stage.walker.heard(known)
    stage.walker.reserve_changed(reserve.learned(None, welcome(), known, DeviceId("kiosk-1")))
    stage.walker.link_changed("connecting")
    stage.walker.touch()
    body = stage.view.body
    assert isinstance(body, Choice)
    assert body.trouble == ("information", "Máy vẫn cấp số bình thường, mời ông/bà tiếp tục.")
    assert {(card.status, card.detail) for card in body.cards} == {("Vẫn cấp số", "")}
    stage.walker.printer_looked(Looked("failed", "paper_out"))
    assert isinstance(stage.view.body, Choice)
    assert stage.view.body.trouble is not None
    assert stage.view.body.trouble[0] == "printer_alert"
    stage.wait(1)
    stage.walker.tap_service(CERTIFICATION)
    assert (len(stage.given), stage.asked) == (1, [])
    number = stage.view.body
    assert isinstance(number, Number)
    assert (number.number, number.wrong_choice) == ("AK01", "")
    assert number.facts == ("Chưa rõ còn bao nhiêu người phía trước", "Chờ gọi vào Quầy 1 hoặc 2")


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
        ("failed", "paper_out", "Máy tạm hết giấy. Mời ông/bà nhớ số này và chờ gọi."),
        ("failed", "unreachable", "Máy tạm không in được phiếu. Mời ông/bà nhớ số này và chờ gọi."),
        ("uncertain", "cut_off", "Chưa rõ phiếu đã in xong. Không thấy phiếu, mời ông/bà nhớ số này"),
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
    assert body.home == "Tôi nhớ số rồi"
    assert "giữ phiếu" not in body.paper


async def test_a_refusal_is_said_in_words(stage: Stage) -> None:
    """The code of a refusal becomes the sentence of the person's language."""
    stage.walker.tap_language("en")
    stage.choose()
    await stage.answer(Refused(code="busy"))
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.text == product_texts()["en"].say("refused_busy")


async def test_what_only_staff_can_mend_is_not_said_to_citizens(stage: Stage) -> None:
    """A person at the kiosk is sent to the staff, and hears nothing of disks and versions."""
    stage.choose()
    await stage.answer(Refused(code="storage"))
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.text == product_texts()["vi"].say("kiosk_no_server_text")


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


async def test_a_wrong_choice_is_taken_back(stage: Stage) -> None:
    """It is asked about without a countdown, and the words say what the paper is worth now."""
    stage.choose()
    stage.walker.heard(Beat(now=NOW, revision=menu().revision))
    await stage.answer(ticket())
    stage.walker.slip_ended(Ended(ticket().ticket, "printed", None))
    assert isinstance(stage.view.body, Number)
    assert stage.view.body.wrong_choice == "Chọn nhầm việc?"
    stage.wait(2)
    stage.walker.touch()
    stage.walker.tap_wrong_choice()
    question = stage.view.body
    assert isinstance(question, Question)
    assert (question.title, question.keep) == ("Bỏ số A015 để chọn lại?", "Giữ số A015")
    assert question.give_up == "Bỏ, chọn lại"
    assert stage.paint.remaining is None
    stage.wait(2)
    stage.walker.touch()
    stage.walker.tap_cancel()
    assert stage.asked[-1][0] == CancelTicket(ticket=ticket().ticket)
    await stage.answer(Done())
    assert isinstance(stage.view.body, Notice)
    assert stage.view.body.text == "Số A015 đã hủy, phiếu này không dùng nữa. Mời ông/bà chọn lại."
    stage.wait(1)
    stage.walker.tap_home()
    assert isinstance(stage.view.body, Choice)


async def test_the_number_of_dossiers_goes_to_the_server(stage: Stage) -> None:
    """Large answers first, steps for many, and what happens to the rest is explained before."""
    stage.walker.heard(menu(dossiers_per_turn=3))
    stage.choose()
    body = stage.view.body
    assert isinstance(body, Check)
    assert body.dossiers is not None
    assert [words for _, words in body.dossiers.answers] == ["1", "2", "3", "4 trở lên"]
    assert "tối đa 3 hồ sơ" in body.dossiers.explanation
    assert body.take == ""
    stage.wait(1)
    stage.walker.tap_dossiers(4)
    stage.wait(1)
    stage.walker.step_dossiers(1)
    stage.wait(1)
    stage.walker.tap_take()
    (command, _) = stage.asked[-1]
    assert isinstance(command, TakeTicket)
    assert command.dossiers == 5


async def test_papers_are_shown_in_the_persons_language_or_in_vietnamese(stage: Stage) -> None:
    """A name of a paper that only Vietnamese has is better than none."""
    stage.walker.heard(with_card(menu(), "certification", papers={"vi": "Căn cước công dân"}))
    stage.walker.tap_language("en")
    stage.choose()
    body = stage.view.body
    assert isinstance(body, Check)
    assert (body.papers_heading, body.papers, body.take) == ("Papers to bring", "Căn cước công dân", "Take a number")


async def test_a_turn_after_lunch_is_said_before_and_after(stage: Stage) -> None:
    """On the tile, and with the number."""
    stage.walker.heard(with_card(menu(), "certification", after_break=True))
    stage.walker.touch()
    body = stage.view.body
    assert isinstance(body, Choice)
    assert [bool(card.warning) for card in body.cards[:2]] == [True, False]
    stage.wait(1)
    stage.walker.tap_service(CERTIFICATION)
    await stage.answer(ticket(after_break=True))
    assert isinstance(stage.view.body, Number)
    assert stage.view.body.warning == "Lượt của ông/bà có thể sau giờ nghỉ trưa"


async def test_a_closed_hall_says_when_it_opens_on_every_page(stage: Stage) -> None:
    """The greeting invites nobody to a machine that gives nothing; the services stay, grey; then all is as ever."""
    opens_at = NOW + timedelta(hours=4, minutes=48)
    stage.walker.heard(menu(closed={"all": "hours"}, opens_at=opens_at))
    assert isinstance(stage.view.body, Greeting)
    assert stage.view.body.invitation == "Máy cấp số từ 13:00"
    stage.walker.touch()
    body = stage.view.body
    assert isinstance(body, Choice)
    assert body.closed is not None
    assert (body.question, body.closed.time) == ("", "13:00")
    assert {(card.status, card.open) for card in body.cards} == {("Cấp số từ 13:00", False)}
    stage.walker.heard(Beat(now=opens_at, revision=menu().revision))
    stage.walker.tick()
    body = stage.view.body
    assert isinstance(body, Choice)
    assert body.closed is None
    assert all(card.open for card in body.cards)


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("hours", "Hôm nay không cấp số nữa"),
        ("ended", "Hôm nay đã ngừng cấp số"),
        ("full", "Hôm nay đã hết số"),
        ("quota", "Buổi này đã hết số"),
        ("numbers", "Hôm nay đã phát hết số"),
        ("no_counter", "Hôm nay chưa có quầy phục vụ"),
    ],
)
async def test_a_closed_service_says_why_and_whom_to_ask(stage: Stage, because: ClosedBecause, words: str) -> None:
    """A tap on a grey tile is answered by a whole page, and asks the server for nothing."""
    stage.walker.heard(menu(closed={"certification": because}))
    stage.choose()
    body = stage.view.body
    assert isinstance(body, Notice)
    assert (body.above, body.title) == ("Chứng thực", words)
    assert "cán bộ" in body.text
    assert stage.asked == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("hall_closed", "Máy cấp số từ 13:30"),
        ("service_full", "Hôm nay đã hết số"),
        ("quota_reached", "Buổi này đã hết số"),
        ("no_numbers_left", "Hôm nay đã phát hết số"),
        ("no_counter", "Hôm nay chưa có quầy phục vụ"),
    ],
)
async def test_what_closed_a_moment_ago_is_said_alike(stage: Stage, code: RefusalCode, words: str) -> None:
    """The refusal of a request reads as the tile would have."""
    stage.choose()
    await stage.answer(Refused(code=code, facts={"service": "certification", "opens_at": "2026-11-23T06:30:00+00:00"}))
    assert isinstance(stage.view.body, Notice)
    assert (stage.view.body.above, stage.view.body.title) == ("Chứng thực", words)
