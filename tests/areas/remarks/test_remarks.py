"""Notes and comments on a running server: who may write, read and erase them, and where they are seen."""

import csv
import io

import pytest

from queue_protocol import PROTOCOL
from queue_protocol.commands import FinishService, StartService, TakeTicket
from queue_protocol.hellos import DeskHello
from queue_protocol.ids import TicketId, Token
from queue_protocol.snapshots import Desk
from tests.core.center import CERTIFICATION
from tests.server_in_process import Page, Running, Talk, running

FIRST = TicketId("20261123-A001")
TOKEN = Token("b" * 26)
DAY = "from=2026-11-23&to=2026-11-23"
WORDS = "Cụ bà đi xe lăn, gọi 0912345678"
KEPT = "Cụ bà đi xe lăn, gọi •••"


def write(server: Running, text: str = WORDS, account: str | None = "lan", **other: str) -> Page:
    """Send the form of a desk."""
    form = {"remark": "remark-one", "ticket": FIRST, "text": text}
    return server.browse("/desk/notes", form | other, account)


def erase(server: Running, account: str | None, remark: str = "remark-one") -> Page:
    """Erase a note at a desk."""
    return server.browse("/desk/notes/erase", {"remark": remark}, account)


def sees(desk: Talk, *texts: str) -> bool:
    """Say whether a desk comes to show exactly these notes on the first ticket."""
    while tuple(each.text for each in desk.hear(Desk).notes.get(FIRST, ())) != texts:
        pass
    return True


def listed(server: Running) -> list[dict[str, str]]:
    """Return what a manager reads in the file of the day."""
    page = server.browse(f"/office/remarks.csv?{DAY}", account="quanly")
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def visit(server: Running) -> Token:
    """Let a visit be done and rated; return the address of its page."""
    server.kiosk().ask(TakeTicket(service=CERTIFICATION, token=TOKEN))
    desk = server.desk()
    desk.call_next()
    desk.ask(StartService(ticket=FIRST))
    desk.ask(FinishService(ticket=FIRST))
    assert server.browse(f"/t/{TOKEN}/rate", {"rating": "2"}).status == 303
    return TOKEN


def test_a_note_is_seen_at_every_desk_at_once(server: Running) -> None:
    """Also at the greeter's; without the phone number; and it goes from all of them when it is erased."""
    server.kiosk().take()
    desks = [server.desk("lan"), server.talk(DeskHello(protocol=PROTOCOL), "mai")]
    for desk in desks:
        assert sees(desk)
    assert write(server, account="mai").status == 200
    for desk in desks:
        assert sees(desk, KEPT)
    assert erase(server, "mai").status == 200
    for desk in desks:
        assert sees(desk)


def test_notes_outlive_the_server(server: Running) -> None:
    """Who comes after a restart reads what was written before."""
    server.kiosk().take()
    write(server)
    folder, clock = server.folder, server.clock
    server.engine.should_exit = True
    server.wait_for_end(10)
    with running(folder, clock) as again:
        assert sees(again.desk(), KEPT)


def test_only_staff_write_and_only_the_author_or_a_manager_erases(server: Running) -> None:
    """Nobody else sees the form do anything, and each refusal has a reason to show."""
    server.kiosk().take()
    assert write(server, account=None).status == 403
    assert write(server).status == 200
    assert erase(server, None).status == 403
    assert (erase(server, "hoa").status, erase(server, "hoa").text) == (403, '{"error":"note_not_yours"}')
    assert (erase(server, "lan", "remark-two").status) == 404
    assert erase(server, "quanly").status == 200
    assert [row["Nội dung"] for row in listed(server)] == ["Đã xóa: quanly, ngày 23/11/2026"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"text": "  \u200b "}, 400, "note_empty"),
        ({"ticket": "20261123-Z999"}, 400, "note_no_ticket"),
        ({"ticket": "A001"}, 400, "trouble_400"),
        ({"remark": "x"}, 400, "trouble_400"),
    ],
)
def test_what_cannot_be_kept_is_refused(server: Running, form: dict[str, str], status: int, error: str) -> None:
    """An empty note, an unknown ticket, what no desk sends."""
    server.kiosk().take()
    page = write(server, **form)
    assert (page.status, page.text) == (status, f'{{"error":"{error}"}}')
    assert listed(server) == []


def test_who_rated_may_say_more_once(server: Running, visit: Token) -> None:
    """The page asks after the rating, thanks afterwards, and takes one comment, never an empty one."""
    assert "góp ý gì thêm" in server.browse(f"/t/{visit}").text
    assert server.browse(f"/t/{visit}/comment", {"text": " "}).status == 303
    assert server.browse(f"/t/{visit}/comment", {"text": "Chờ lâu, gọi lại 0912 345 678"}).status == 303
    page = server.browse(f"/t/{visit}").text
    assert "góp ý gì thêm" not in page
    assert "Cảm ơn ông/bà đã đánh giá và góp ý." in page
    server.browse(f"/t/{visit}/comment", {"text": "Thêm một lần"})
    assert [(row["Nội dung"], row["Người viết"], row["Đánh giá"]) for row in listed(server)] == [
        ("Chờ lâu, gọi lại •••", "Người dân", "2")
    ]


def test_who_did_not_rate_says_nothing(server: Running) -> None:
    """A comment explains a rating: nobody fills the list from a slip that was just taken, or from none."""
    server.kiosk().ask(TakeTicket(service=CERTIFICATION, token=TOKEN))
    server.browse(f"/t/{TOKEN}/comment", {"text": "Chưa xong"})
    server.browse(f"/t/{'a' * 26}/comment", {"text": "Không có số"})
    assert listed(server) == []


def test_a_manager_reads_and_erases(server: Running, visit: Token) -> None:
    """The page lists comments and notes of the span; an erased one says who did it, and nobody else may."""
    server.browse(f"/t/{visit}/comment", {"text": "Chờ lâu <b>quá</b>"})
    write(server, "Đã xin lỗi")
    page = server.browse(f"/office/remarks?{DAY}", account="quanly").text
    assert "Chờ lâu &lt;b&gt;quá&lt;/b&gt;" in page
    assert "Đã xin lỗi" in page
    for account, status in (("lan", 403), (None, 403), ("quanly", 303)):
        form = {"remark": "remark-one", "from": "2026-11-23", "to": "2026-11-23"}
        sent = server.browse("/office/remarks/erase", form, account)
        assert sent.status == status
    assert sent.headers["location"] == f"/office/remarks?{DAY}"
    page = server.browse(sent.headers["location"], account="quanly").text
    assert "Đã xin lỗi" not in page
    assert "Đã xóa: quanly, ngày 23/11/2026" in page
    assert server.browse("/office/remarks/erase", {"remark": "nothing"}, "quanly").status == 404


def test_only_managers_read_them_all(server: Running) -> None:
    """A clerk sees the notes of the desk, not the list; a wrong span is said in words."""
    for path in ("/office/remarks", "/office/remarks.csv"):
        assert server.browse(path, account="lan").status == 403
        assert server.browse(f"{path}?from=yesterday", account="quanly").status == 400
