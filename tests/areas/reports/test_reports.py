"""Reports and ledger of a running server: what a manager reads agrees with what happened, on the page and in files."""

import csv
import io
import re
from datetime import date

import pytest

from queue_protocol.commands import (
    FinishService,
    MarkNoShow,
    RateVisit,
    RecallTicket,
    StartService,
    TakeTicket,
    VoidTicket,
)
from queue_protocol.ids import TicketId, Token
from tests.core.center import CERTIFICATION, CIVIL_STATUS
from tests.server_in_process import PASSWORD, Page, Running, Talk

TODAY = "from=2026-11-23&to=2026-11-23"


def ticket(number: str) -> TicketId:
    """Return the id of a ticket of the day of these tests."""
    return TicketId(f"20261123-{number}")


def rows(server: Running, path: str) -> list[dict[str, str]]:
    """Return a file of the manager as rows by their headings."""
    page = server.browse(path, account="quanly")
    assert page.status == 200, page.text
    assert page.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig")), delimiter=";"))


def open_tomorrow(server: Running, path: str) -> Page:
    """Open a page on the next day: the manager has to sign in again."""
    form = {"account": "quanly", "password": PASSWORD}
    cookies = (each.partition(";")[0] for each in server.browse("/sign-in", form).cookies)
    return server.browse(path, Cookie="; ".join(cookies))


def live_a_morning(server: Running) -> Talk:
    """Let one be served after four minutes, one not come, one be void, one wait."""
    kiosk, desk = server.kiosk(), server.desk()
    for _ in range(3):
        kiosk.take(dossiers=2)
    kiosk.take(CIVIL_STATUS, priority=True)
    server.clock.wait(minutes=4)
    desk.call_next()
    server.clock.wait(minutes=1)
    desk.ask(StartService(ticket=ticket("A001")))
    server.clock.wait(minutes=9)
    desk.ask(StartService(ticket=ticket("A001")))
    desk.ask(FinishService(ticket=ticket("A001"), outcome="more_papers"))
    desk.ask(VoidTicket(ticket=ticket("A002"), reason="double"))
    desk.call_next()
    for _ in range(2):
        server.clock.wait(seconds=50)
        desk.ask(RecallTicket(ticket=ticket("A003")))
    desk.ask(MarkNoShow(ticket=ticket("A003")))
    return desk


def test_a_report_counts_what_happened(server: Running) -> None:
    """Each service has its row, in the order of the catalogue, and the center has the sum."""
    live_a_morning(server)
    first, second, center = rows(server, f"/office/reports/visits.csv?{TODAY}")
    assert list(first.values()) == [
        "Chứng thực",
        "3",
        "1",
        "1",
        "0",
        "1",
        "0",
        "0",
        "0",
        "0",
        "6",
        "23/11/2026",
        "main",
    ]
    assert (second["Lĩnh vực"], second["Ưu tiên"]) == ("Hộ tịch", "1")
    assert (center["Lĩnh vực"], center["Lấy số"]) == ("Tất cả", "4")
    waits = rows(server, f"/office/reports/waits.csv?{TODAY}")[0]
    assert (waits["Số lượt được gọi"], waits["Trung bình"], waits["Chờ ≤ 15 phút"]) == ("2", "9,0", "100%")
    times = rows(server, f"/office/reports/service_times.csv?{TODAY}")[0]
    assert (times["Phục vụ trung bình"], times["Dự kiến"]) == ("9,0", "6")
    clerk = rows(server, f"/office/reports/counters.csv?{TODAY}")[0]
    assert (clerk["Quầy"], clerk["Cán bộ"], clerk["Phục vụ"], clerk["Đợi người đến"]) == (
        "Quầy 1",
        "lan",
        "0:09",
        "0:03",
    )
    busy = rows(server, f"/office/reports/arrivals.csv?{TODAY}")
    assert [(row["Giờ"], row["Thứ Hai"], row["Thứ Ba"]) for row in busy] == [("08:00–09:00", "4,0", "")]


def test_the_page_of_reports_has_every_table(server: Running) -> None:
    """What the files hold stands on the page, with a link to each file; a span of one day needs no table of days."""
    live_a_morning(server)
    page = server.browse(f"/office/reports?{TODAY}", account="quanly").text
    names = re.findall(r'href="/office/reports/(\w+)\.csv', page)
    assert names == ["visits", "waits", "worked_waits", "service_times", "counters", "arrivals", "ratings"]
    assert page.count("<table") == 7
    week = server.browse("/office/reports?from=2026-11-16&to=2026-11-23&language=en", account="quanly").text
    assert "By day" in week
    assert "Monday, 16 November 2026 to Monday, 23 November 2026" in week


def test_ratings_stand_beside_how_many_rated(server: Running) -> None:
    """A hundred percent of one voice is seen to be one voice."""
    kiosk, desk = server.kiosk(), server.desk()
    token = Token("c" * 26)
    kiosk.ask(TakeTicket(service=CERTIFICATION, token=token))
    kiosk.take()
    desk.call_next()
    desk.ask(StartService(ticket=ticket("A001")))
    desk.ask(FinishService(ticket=ticket("A001")))
    desk.call_next()
    desk.ask(StartService(ticket=ticket("A002")))
    desk.ask(FinishService(ticket=ticket("A002")))
    kiosk.ask(RateVisit(token=token, rating=5))
    row = rows(server, f"/office/reports/ratings.csv?{TODAY}")[0]
    assert list(row.values())[1:5] == ["2", "1", "50%", "100%"]


@pytest.mark.parametrize("asked", ["from=tomorrow", "from=2026-11-23&to=2026-11-22", "from=2020-01-01&to=2026-01-01"])
def test_a_span_that_makes_no_sense_is_explained(quiet_server: Running, asked: str) -> None:
    """The page says what is wrong and shows today's form; a file is refused."""
    page = quiet_server.browse(f"/office/reports?{asked}", account="quanly")
    assert (page.status, 'id="error"' in page.text) == (400, True)
    assert quiet_server.browse(f"/office/reports/visits.csv?{asked}", account="quanly").status == 400


def test_a_report_that_is_not_there_is_not_found(quiet_server: Running) -> None:
    """Only the questions that the page asks have files."""
    assert quiet_server.browse("/office/reports/secrets.csv", account="quanly").status == 404


def test_the_ledger_has_every_number_with_its_story(server: Running) -> None:
    """Issue, calls, end, why and by whom: void numbers and the ones still waiting too, and no person's name."""
    live_a_morning(server)
    served, void, missed, waiting = rows(server, "/office/ledger.csv?day=2026-11-23")
    assert list(served.values()) == [
        "A001",
        "Chứng thực",
        "",
        "08:00",
        "Máy lấy số",
        "08:04 Quầy 1 (lan)",
        "1",
        "08:05",
        "08:14",
        "Đã xong (Cần bổ sung giấy tờ, sẽ quay lại)",
        "lan",
        "23/11/2026",
        "main",
    ]
    assert (void["Số"], void["Kết quả"], void["Người ghi"]) == ("A002", "Đã hủy (Lấy trùng hai số)", "lan")
    assert (missed["Số lần gọi"], missed["Kết quả"]) == ("3", "Không có mặt")
    assert (waiting["Số"], waiting["Ưu tiên"], waiting["Kết quả"]) == ("H001", "Có", "Đang chờ")


def test_the_ledger_carries_the_head_of_the_chain(server: Running) -> None:
    """A day's last hash stands at its end with the command that checks it; it moves as long as the day is open."""
    server.kiosk().take()
    page = server.browse("/office/ledger?day=2026-11-23", account="quanly").text
    head = re.search(r'id="head">([0-9a-f]{64})<', page)
    assert head is not None
    assert f"--expect {head[1]}" in page
    assert "Ngày chưa khép" in page
    server.clock.wait(days=1)
    server.kiosk().take()
    closed = open_tomorrow(server, "/office/ledger?day=2026-11-23").text
    assert 'id="head"' in closed
    assert "Ngày chưa khép" not in closed
    assert head[1] not in closed


def test_a_day_without_a_journal_has_no_proof(quiet_server: Running) -> None:
    """The ledger of a day that the journal does not have says so; what is no day is refused."""
    gone = quiet_server.browse("/office/ledger?day=2020-01-01", account="quanly")
    assert (gone.status, 'id="head"' in gone.text) == (200, False)
    assert quiet_server.browse("/office/ledger?day=never", account="quanly").status == 400


def test_the_usual_hours_of_today_are_told(quiet_server: Running) -> None:
    """The form for today's hours asks what the calendar says; a center without hours is always open."""
    told = quiet_server.browse("/office/today.json", account="quanly").text
    assert told == f'{{"day":"{date(2026, 11, 23)}","sessions":null,"public_holiday":false}}'
