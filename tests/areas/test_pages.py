"""Pages, forms and files of a running server: who sees them, what changes nothing, and what never leaks."""

import contextlib
import csv
import io
import json
import re
import sqlite3

import pytest

from queue_protocol.commands import FinishService, OpenCounter, StartService, TakeTicket
from queue_protocol.ids import TicketId, Token
from queue_server.core.catalogue import MOST_SERVICES
from queue_server.live import condition
from queue_server.storage.sqlite import FILE
from queue_server.web.access import DEVICE_COOKIE
from queue_server.web.files import WEB
from tests.core.center import CERTIFICATION, CIVIL_STATUS
from tests.server_in_process import NAME, Running

TOKEN = Token("b" * 26)

OFFICE = re.findall(r'"(/office[a-z/]*)"', (WEB / "templates" / "office_nav.html").read_text(encoding="utf-8"))
"""Pages of the manager: all that the office's navigation leads to."""

FACTS = ["/office/day.csv", "/office/ledger.csv", "/office/reports/visits.csv", "/office/catalogue.toml"]
"""Files of the manager."""


@pytest.mark.parametrize("path", ["/", "/kiosk", "/display", "/desk", *OFFICE, "/password", f"/t/{TOKEN}"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_in_every_language(quiet_server: Running, path: str, language: str) -> None:
    """Each page is there, in words, with the headers that keep it to itself; what needs a person asks for one."""
    page = quiet_server.browse(f"{path}?language={language}")
    asks_for_a_person = path in {"/desk", "/password", *OFFICE}
    assert page.status == (401 if asks_for_a_person else 404 if path.startswith("/t/") else 200)
    assert f'lang="{language}"' in page.text
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/kiosk", "/display", "/desk", "/office", "/password", "/sign-in", "/accounts"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://[", "NONE"], ids=["foreign", "null", "broken", "none"]
)
def test_no_form_is_taken_from_elsewhere(quiet_server: Running, path: str, origin: str) -> None:
    """A POST without this server's own origin is refused before anything looks at it."""
    assert quiet_server.browse(path, {"account": "lan"}, "quanly", Origin=origin).status == 403


@pytest.mark.parametrize(("host", "status"), [(NAME, 200), (f"{NAME}:80", 200), ("evil.example", 403), ("[", 403)])
def test_only_known_names_open_pages(quiet_server: Running, host: str, status: int) -> None:
    """A foreign name that is pointed at this server opens nothing; the center's own does."""
    assert quiet_server.browse("/", Host=host).status == status


def test_a_form_of_unknown_or_great_length_is_not_read(quiet_server: Running) -> None:
    """What is too large, or does not say how large it is, is refused."""
    assert quiet_server.browse("/sign-in", {"account": "x" * 9000}).status == 403
    assert quiet_server.browse("/sign-in", {"account": "lan"}, Transfer_Encoding="chunked").status in {400, 403}


@pytest.mark.parametrize("path", ["/sign-out", "/sign-in", "/device", "/accounts", "/accounts/remove"])
def test_nothing_changes_by_a_link(quiet_server: Running, path: str) -> None:
    """What changes something is not there for GET."""
    assert quiet_server.browse(path, account="quanly").status == 405


@pytest.mark.parametrize("path", [*OFFICE, *FACTS, "/accounts.json", "/office/day.json", "/office/today.json"])
def test_the_office_is_for_managers(quiet_server: Running, path: str) -> None:
    """Who is no manager sees nothing of the office, whatever else the person may be."""
    assert quiet_server.browse(path, account="quanly").status == 200
    assert {quiet_server.browse(path, account=name).status for name in ("lan", "hoa", "mai")} == {403}
    assert quiet_server.browse(path).status in {401, 403}


@pytest.mark.parametrize("account", ["lan", "hoa", "mai", "quanly"])
def test_the_desk_is_for_all_who_stand_in_the_hall(quiet_server: Running, account: str) -> None:
    """Greeter, clerk and manager open the desk page."""
    assert quiet_server.browse("/desk", account=account).status == 200


def test_trouble_is_a_sentence_for_people_and_a_key_for_scripts(quiet_server: Running) -> None:
    """A page that is not there, a foreign form, a form too long: a browser shows why in the reader's language."""
    html = "text/html,application/xhtml+xml"
    gone = quiet_server.browse("/nothing?language=en", Accept=html)
    assert (gone.status, "There is no such page" in gone.text) == (404, True)
    foreign = quiet_server.browse("/sign-in", {"account": "lan"}, Origin="http://evil.example", Accept=html)
    assert (foreign.status, "không thuộc máy chủ xếp hàng" in foreign.text) == (403, True)
    assert foreign.headers["content-security-policy"].startswith("default-src 'self'")
    long = quiet_server.browse("/sign-in", {"account": "x" * 9000}, Accept=html)
    assert (long.status, "không hiểu yêu cầu" in long.text) == (403, True)
    assert json.loads(quiet_server.browse("/nothing").text) == {"error": "trouble_404"}
    assert json.loads(quiet_server.browse("/", Host="evil.example").text) == {"error": "refused_bad_origin"}


def test_a_clerk_manages_nobody(quiet_server: Running) -> None:
    """Forms of the office are refused to a clerk and to nobody."""
    for path in ("/accounts", "/accounts/roles", "/accounts/password", "/accounts/remove"):
        assert quiet_server.browse(path, {"account": "hoa"}, "lan").status == 403
        assert quiet_server.browse(path, {"account": "hoa"}).status == 403


def test_a_page_becomes_a_kiosk_by_key_or_by_manager(server: Running) -> None:
    """With the kiosk's key, or a manager's session, a tablet stands for it from then on."""
    assert server.browse("/device", {"device": "kiosk-1", "key": "a wrong key"}).status == 401
    assert server.browse("/device", {"device": "kiosk-1", "key": ""}, "lan").status == 401
    assert server.browse("/device", {"device": "kiosk-9"}, "quanly").status == 401
    for form, account in [
        ({"device": "kiosk-1", "key": server.key("kiosk-1")}, None),
        ({"device": "kiosk-1"}, "quanly"),
    ]:
        page = server.browse("/device", {**form, "next": "/kiosk"}, account)
        assert (page.status, page.headers["location"]) == (303, "/kiosk")
        lent = f"{DEVICE_COOKIE}={page.cookie(DEVICE_COOKIE)}"
        kiosk = server.browse("/kiosk", Cookie=lent)
        assert 'data-device="kiosk-1"' in kiosk.text
        # Chromium forgets after 400 days whatever it is told: each visit begins them anew.
        assert f"{DEVICE_COOKIE}={kiosk.cookie(DEVICE_COOKIE)}" == lent
        assert "Max-Age=34560000" in kiosk.headers["set-cookie"]
        assert server.browse("/display", Cookie=lent).cookie(DEVICE_COOKIE) in lent
        assert "set-cookie" not in server.browse("/kiosk").headers


def test_the_log_of_the_day_opens_in_excel(server: Running) -> None:
    """A byte order mark, semicolons, Vietnamese headings and words, local times and minutes with a comma."""
    kiosk, desk = server.kiosk(), server.desk()
    desk.ask(OpenCounter(counter=1))
    kiosk.take(priority=True)
    server.clock.wait(seconds=90)
    ticket = kiosk.take(CIVIL_STATUS).ticket
    called = desk.call_next()
    server.clock.wait(minutes=6)
    desk.ask(StartService(ticket=getattr(called, "ticket", ticket)))
    assert desk.ask(FinishService(ticket=getattr(called, "ticket", ticket)))
    page = server.browse("/office/day.csv", account="quanly")
    assert page.headers["content-disposition"] == 'attachment; filename="motcua-main-log-2026-11-23.csv"'
    assert page.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig")), delimiter=";"))
    assert [next(iter(row.values())) for row in rows] == ["A001", "H001"]
    served = list(rows[0].values())
    assert "Chứng thực" in served
    assert {"08:00", "08:01", "08:07", "1,5", "6,0", "ước tính", "lan"} <= set(served)
    assert all(len(row) == 19 and None not in row for row in rows)
    english = server.browse("/office/day.csv?language=en", account="quanly").body.decode("utf-8-sig")
    assert "Certification" in english
    assert "1.5" in english


def test_the_day_as_data_agrees_with_the_sheet(server: Running) -> None:
    """The office page reads the same tickets, with instants, and totals per service."""
    server.kiosk().take()
    facts = json.loads(server.browse("/office/day.json", account="quanly").text)
    assert [(row["number"], row["status"], row["issued_at"]) for row in facts["tickets"]] == [
        ("A001", "waiting", "2026-11-23T08:00:00+07:00")
    ]
    assert [(total["service"], total["issued"]) for total in facts["totals"]] == [("certification", 1)]
    assert (facts["day"], facts["days"]) == ("2026-11-23", ["2026-11-23"])
    assert json.loads(server.browse("/office/day.json?day=2020-01-01", account="quanly").text)["tickets"] == []
    assert server.browse("/office/day.json?day=yesterday", account="quanly").status == 400


def test_the_page_of_a_ticket_is_one_request_and_keeps_its_secret(server: Running) -> None:
    """It shows number and people ahead, sends no referrer, loads nothing, and is gone the next day."""
    kiosk = server.kiosk()
    kiosk.take()
    kiosk.ask(TakeTicket(service=CERTIFICATION, token=TOKEN))
    page = server.browse(f"/t/{TOKEN}")
    assert page.status == 200
    assert "A002" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    server.clock.wait(days=1)
    kiosk.take()
    assert server.browse(f"/t/{TOKEN}").status == 404


def test_a_visit_is_rated_once_by_who_has_the_slip(server: Running) -> None:
    """The buttons of a ticket's page, which says `null` for its origin, count once; the page then thanks."""
    kiosk, desk = server.kiosk(), server.desk()
    kiosk.ask(TakeTicket(service=CERTIFICATION, token=TOKEN))
    desk.call_next()
    ticket = TicketId("20261123-A001")
    form = {"rating": "4"}
    assert server.browse(f"/t/{TOKEN}/rate", form, Origin="null").status == 303  # too early: nothing comes of it
    desk.ask(StartService(ticket=ticket))
    desk.ask(FinishService(ticket=ticket))
    assert 'name="rating"' in server.browse(f"/t/{TOKEN}").text
    for refused in ({"rating": "6"}, {"rating": "x"}, {}):
        assert server.browse(f"/t/{TOKEN}/rate", refused, Origin="null").status == 400
    assert server.browse(f"/t/{TOKEN}/rate", form, Origin="http://evil.example").status == 403
    page = server.browse(f"/t/{TOKEN}/rate", form, Origin="null")
    assert (page.status, page.headers["location"]) == (303, f"/t/{TOKEN}")
    assert 'name="rating"' not in server.browse(f"/t/{TOKEN}").text
    assert server.browse(f"/t/{TOKEN}/rate", {"rating": "1"}, Origin="null").status == 303
    rows = json.loads(server.browse("/office/day.json", account="quanly").text)["tickets"]
    assert [row["rating"] for row in rows] == [4]


def test_health_and_figures(server: Running) -> None:
    """What a watcher asks: status, place in the journal, clients, waiting tickets and refusals."""
    kiosk = server.kiosk()
    kiosk.take()
    health = json.loads(server.browse("/health").text)
    assert (health["status"], health["day"], health["clock"]) == ("ok", "2026-11-23", "fine")
    assert health["now"] == health["wall"] == "2026-11-23T01:00:00Z"
    figures = server.browse("/metrics").text
    assert 'motcua_clients{kind="kiosk"} 1.0' in figures
    assert 'motcua_tickets_waiting{service="certification"} 1.0' in figures
    assert f"motcua_journal_sequence {float(health['sequence'])}" in figures
    assert "motcua_commit_seconds_count" in figures


@pytest.mark.parametrize("path", ["/look.css", "/icons.css", "/texts/vi.json", "/voice/vi/call.wav", "/static/page.js"])
def test_files_of_the_pages_are_there(quiet_server: Running, path: str) -> None:
    """Every page finds its look, its words, its clips and its scripts."""
    assert quiet_server.browse(path).status == 200


@pytest.mark.parametrize("path", ["/static/page.js", "/static/style.css", "/look.css", "/texts/vi.json"])
def test_no_page_runs_scripts_of_an_older_server(quiet_server: Running, path: str) -> None:
    """A browser asks whether its copy is still the one: after an upgrade it takes the new file with the next page."""
    page = quiet_server.browse(path)
    assert page.headers["cache-control"] == "no-cache"
    if "etag" in page.headers:
        known = quiet_server.browse(path, If_None_Match=page.headers["etag"])
        assert (known.status, known.headers["cache-control"]) == (304, "no-cache")


def test_fonts_that_could_not_be_made_are_tried_again(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Each page that asks for a missing font has it tried, and the log tells of each failure."""
    (server.folder / "cache").write_text("a file where the folder would be", encoding="utf-8")
    for tries in (1, 2):
        assert server.browse("/fonts/icons.woff2").status == 503
        assert sum("fonts were not made" in record.getMessage() for record in caplog.records) == tries


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/texts/xx.json",
        "/voice/vi/nothing.wav",
        "/voice/..%2f..%2fpyproject.toml",
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/fonts/..%2f..%2fqueue.sqlite",
    ],
)
def test_no_other_file_is(quiet_server: Running, path: str) -> None:
    """Nothing outside of the pages' own files can be read."""
    assert quiet_server.browse(path).status == 404


def test_every_service_of_the_longest_catalogue_has_a_hue(quiet_server: Running) -> None:
    """There are fewer hues than a catalogue may have services: they begin anew."""
    hues = dict(re.findall(r"\.(hue-\d+) \{ --hue: (#\w+); \}", quiet_server.browse("/look.css").text))
    assert len(hues) == MOST_SERVICES
    assert len(set(hues.values())) == 11
    assert (hues["hue-11"], hues["hue-12"]) == (hues["hue-0"], hues["hue-1"])


def test_health_is_measured_and_comes_back_by_itself(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes no commit is seen without any command; once it does again, health and commands are back."""
    monkeypatch.setattr(condition, "FRESH_S", 0.0)
    well = json.loads(server.browse("/health").text)
    assert well["disk_free_mb"] > 0
    assert {"commit_ms", "loop_ms"} <= well.keys()
    with contextlib.closing(sqlite3.connect(server.folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        failing = server.browse("/health")
        assert (failing.status, json.loads(failing.text)["status"]) == (503, "read_only")
        other.execute("ROLLBACK")
    assert json.loads(server.browse("/health").text)["status"] == "ok"
    assert server.kiosk().take().number == "A001"
