"""What the screen says of closed hours, missing servers, missing paper and time that runs out."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from kiosk import reserve
from kiosk.printing import Ended, Looked
from kiosk.views import Choice, Greeting, Notice, Number, Prompt
from queue_protocol.answers import Answer, Refused
from queue_protocol.commands import TakeTicket
from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import Hours
from tests.kiosk.hall import NOW, menu, ticket, welcome
from tests.kiosk.test_reserve import granting
from tests.kiosk.test_walking import CERTIFICATION, Stage
from tests.kiosk.test_walking import stage as stage  # noqa: PLC0414 - a fixture


async def test_who_cannot_be_given_a_number_is_sent_to_the_staff() -> None:
    """No server since the start, a wrong key or version: one sentence for citizens, the cause small for staff."""
    fresh = Stage()
    fresh.walker.touch()
    assert isinstance(fresh.view.body, Notice)
    assert (fresh.view.body.title, fresh.view.body.staff) == ("Máy đang khởi động", "")
    fresh.wait(6)
    causes = []
    for refusal in (None, "unknown_key", "wrong_protocol", "bad_origin"):
        if refusal is not None:
            fresh.walker.heard(Answer(command_id=None, result=Refused(code=refusal)))
        body = fresh.view.body
        assert isinstance(body, Notice)
        assert (body.title, body.text) == ("Máy lấy số tạm nghỉ", "Mời ông/bà gặp cán bộ để lấy số.")
        assert "kiosk-1" in body.staff
        causes.append(body.staff)
    assert "http://10.0.0.5:8080" in causes[0]
    assert "keys/kiosk-1" in causes[1]
    assert len(set(causes)) == len(causes)
    fresh.wait(120)
    assert isinstance(fresh.view.body, Greeting)
    assert (fresh.view.body.invitation, fresh.view.body.staff) == ("Máy lấy số tạm nghỉ", causes[-1])


async def test_closed_and_offline_words_never_contradict(stage: Stage) -> None:
    """Outside of hours nothing says that numbers are given as usual, nor that somebody should be asked for one now."""
    early = msgspec.structs.replace(
        granting(), issuing=(Hours(opens_at=NOW + timedelta(hours=1), closes_at=NOW + timedelta(hours=5)),)
    )
    stage.walker.heard(early)
    stage.walker.reserve_changed(reserve.learned(None, welcome(), early, DeviceId("kiosk-1")))
    stage.walker.link_changed("connecting")
    stage.walker.touch()
    body = stage.view.body
    assert isinstance(body, Choice)
    assert body.closed is not None
    assert (body.closed.title, body.trouble) == ("Máy cấp số từ 09:12", None)
    assert {card.open for card in body.cards} == {False}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", "Mời ông/bà lấy số từ 07:00, Thứ Ba, ngày 1 tháng 12. Việc gấp, mời ông/bà gặp cán bộ."),
        ("en", "Numbers are given again from 07:00, Tuesday, 1 December. If it is urgent, please ask the staff."),
    ],
)
async def test_after_the_last_session_the_day_and_hour_are_said(stage: Stage, language: str, words: str) -> None:
    """On the greeting, over the services and on a card; an English date is read alike by everybody."""
    reopens_at = datetime(2026, 12, 1, tzinfo=UTC)
    stage.walker.heard(menu(closed={"all": "hours"}, reopens_at=reopens_at))
    stage.walker.tap_language(language)
    assert isinstance(stage.view.body, Greeting)
    assert stage.view.body.detail == words
    stage.walker.touch()
    assert isinstance(stage.view.body, Choice)
    assert stage.view.body.closed is not None
    assert (stage.view.body.closed.text, stage.view.body.closed.time) == (words, "")
    assert "07:00" in stage.view.body.cards[0].detail
    assert {"vi": "ngày 23 tháng 11 năm 2026", "en": "23 November 2026"}[language] in stage.view.bar.day


async def test_a_hung_server_is_left_and_its_request_withdrawn(stage: Stage) -> None:
    """Five seconds, then the reserve's number; the request has been given up and its answer is nobody's."""
    stage.walker.heard(granting())
    stage.walker.reserve_changed(reserve.learned(None, welcome(), granting(), DeviceId("kiosk-1")))
    stage.choose()
    (command, future) = stage.asked[-1]
    assert isinstance(command, TakeTicket)
    stage.wait(4.9)
    assert stage.withdrawn == []
    stage.wait(0.2)
    assert (stage.withdrawn, len(stage.given), future.cancelled()) == ([command.token], 1, True)
    assert isinstance(stage.view.body, Number)
    assert stage.view.body.number == "AK01"


async def test_who_still_reads_is_asked(stage: Stage) -> None:
    """Twenty seconds before the services go, and ten before a number that no paper proves."""
    stage.walker.touch()
    stage.wait(39)
    assert stage.view.prompt is None
    stage.wait(1)
    assert stage.view.prompt == Prompt("Ông/bà cần thêm thời gian không?", "Chờ thêm")
    stage.walker.tap_more_time()
    assert stage.view.prompt is None
    stage.walker.tap_service(CERTIFICATION)
    await stage.answer(ticket())
    stage.walker.slip_ended(Ended(ticket().ticket, "failed", "paper_out"))
    stage.wait(21)
    assert stage.view.prompt == Prompt("Sắp về màn hình chính. Ông/bà đã nhớ số A015 chưa?", "Chờ thêm")


async def test_trouble_is_announced_above_the_services(stage: Stage) -> None:
    """No server matters more than no paper, and both go when they are over."""
    stage.walker.touch()
    stage.walker.printer_looked(Looked("failed", "paper_out"))
    stage.walker.link_changed("connecting")
    assert _trouble(stage) == "account_question"
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
    shown = {str(card.service): (card.status, card.detail, card.open) for card in body.cards}
    assert shown["certification"] == ("Đang chờ: 4 người", "khoảng 10–20 phút", True)
    assert shown["business"] == ("Chưa có người chờ", "", True)
    assert shown["land"] == ("Hôm nay đã hết số", "mời gặp cán bộ", False)
