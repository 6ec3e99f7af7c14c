"""Who is let in: signing in and out, guesses, passwords, the people who may."""

import html
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from queue_protocol.answers import Answer
from queue_protocol.ids import AccountId
from queue_protocol.snapshots import Desk
from queue_server.shell import access, connections
from queue_server.shell.access import FAILURES_ALLOWED, LOCKED_FOR, MOST_WAITING, SESSION_COOKIE, SESSION_LASTS
from queue_server.storage.accounts import Accounts
from queue_server.storage.sqlite import FILE
from tests.shell.server import PASSWORD, Running
from tests.watching import PATIENCE_S, wait_until


def sign_in(server: Running, account: str, password: str) -> int:
    """Return the status of a sign-in."""
    return server.browse("/sign-in", {"account": account, "password": password, "next": "/desk"}).status


def test_a_full_disk_is_said_when_somebody_signs_in(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session cannot be kept: the page says that the server cannot write, and what to look at."""

    def fail(*_arguments: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Accounts, "open_session", fail)
    form = {"account": "lan", "password": PASSWORD}
    page = server.browse("/sign-in", form, Accept="text/html")
    assert (page.status, "chưa ghi được dữ liệu" in page.text) == (503, True)
    assert json.loads(server.browse("/sign-in", form).text) == {"error": "refused_storage"}


def test_a_person_signs_in_and_out(server: Running) -> None:
    """The right password opens a session that lasts a working day, in a cookie no script and no other site can use."""
    page = server.browse("/sign-in", {"account": "lan", "password": PASSWORD, "next": "/desk"})
    assert (page.status, page.headers["location"]) == (303, "/desk")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(page.headers["set-cookie"].split("; "))
    session = f"{SESSION_COOKIE}={page.cookie(SESSION_COOKIE)}"
    assert server.browse("/desk", Cookie=session).status == 200
    server.clock.at += SESSION_LASTS
    assert server.browse("/desk", Cookie=session).status == 401
    server.clock.at -= SESSION_LASTS
    assert server.browse("/sign-out", {}, Cookie=session).status == 303
    assert server.browse("/desk", Cookie=session).status == 401


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_a_sign_in_leads_nowhere_else(server: Running, target: str) -> None:
    """The page to go on to is one of this server."""
    page = server.browse("/sign-in", {"account": "lan", "password": PASSWORD, "next": target})
    assert page.headers["location"] in {"/", "/desk"}


def test_a_sign_in_leads_to_the_very_page_that_was_asked_for(server: Running) -> None:
    """The link of a report keeps its days, also when the first password was wrong or the language was changed."""
    report = "/office/reports?from=2026-11-01&to=2026-11-02"
    form = server.browse(f"{report}&language=en")
    assert f'name="next" value="{html.escape(report)}"' in form.text
    again = server.browse("/sign-in", {"account": "quanly", "password": "wrong", "next": report})
    assert f'name="next" value="{html.escape(report)}"' in again.text
    assert f'href="{html.escape(report)}&amp;language=en"' in again.text
    page = server.browse("/sign-in", {"account": "quanly", "password": PASSWORD, "next": report})
    assert page.headers["location"] == report


def test_five_wrong_passwords_lock_for_five_minutes(server: Running) -> None:
    """Even the right password does not open a locked account; afterwards it does, and others were never locked."""
    for _ in range(FAILURES_ALLOWED):
        assert sign_in(server, "lan", "wrong") == 401
    assert sign_in(server, "lan", PASSWORD) == 401
    assert sign_in(server, "hoa", PASSWORD) == 303
    server.clock.at += LOCKED_FOR
    server.clock.wait(seconds=1)
    assert sign_in(server, "lan", PASSWORD) == 303


def test_guesses_at_once_are_counted_like_guesses_in_a_row(server: Running) -> None:
    """Eight wrong passwords at the same moment lock as five do."""
    with ThreadPoolExecutor(MOST_WAITING) as many:
        assert set(many.map(lambda _: sign_in(server, "lan", "wrong"), range(MOST_WAITING))) == {401}
    assert sign_in(server, "lan", PASSWORD) == 401


def test_a_storm_of_guesses_keeps_nobody_waiting_for_long(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty at once a few are looked at; the others are told at once, in words, to come again in a moment."""
    told_all, check = threading.Event(), access._knows_password

    def check_when_all_are_told(*arguments: Any) -> bool:
        assert told_all.wait(PATIENCE_S)
        return check(*arguments)

    monkeypatch.setattr(access, "_knows_password", check_when_all_are_told)
    with ThreadPoolExecutor(40) as many:
        asked = [many.submit(server.browse, "/sign-in", {"account": "lan", "password": "x"}) for _ in range(40)]
        wait_until(lambda: sum(each.done() for each in asked) == 40 - MOST_WAITING, "the others are told")
        told_all.set()
        pages = [each.result() for each in asked]
    busy = [page for page in pages if page.status == 503]
    assert ({page.status for page in pages}, len(busy)) == ({401, 503}, 40 - MOST_WAITING)
    assert "Máy chủ đang bận" in busy[0].text
    assert sign_in(server, "hoa", PASSWORD) == 303


def test_a_sign_in_tells_nobody_which_accounts_there_are(server: Running) -> None:
    """A name without an account gets the same pages as a person, and is locked after as many guesses."""

    def answers(name: str) -> list[tuple[int, str]]:
        form = {"account": name, "password": "wrong"}
        pages = [server.browse("/sign-in", form) for _ in range(FAILURES_ALLOWED + 1)]
        server.clock.wait(seconds=LOCKED_FOR.total_seconds() + 1)
        pages.append(server.browse("/sign-in", form))
        return [(page.status, page.text) for page in pages]

    assert answers("lan") == answers("nobody")
    assert len(set(answers("nobody-else"))) == 2


def test_guessed_names_do_not_fill_the_memory(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the names without an account only the latest are remembered."""
    monkeypatch.setattr(access, "MOST_STRANGERS", 2)
    for _ in range(FAILURES_ALLOWED):
        sign_in(server, "first", "wrong")
    locked = server.browse("/sign-in", {"account": "first", "password": "wrong"}).text
    for name in ("second", "third"):
        sign_in(server, name, "wrong")
    assert server.browse("/sign-in", {"account": "first", "password": "wrong"}).text != locked


def test_a_name_is_known_however_it_is_typed(server: Running) -> None:
    """Phones begin with a capital and end with a space."""
    assert sign_in(server, " Lan ", PASSWORD) == 303


@pytest.mark.parametrize(
    ("path", "form", "by"),
    [
        ("/sign-out", {}, "lan"),
        ("/accounts/password", {"account": "lan"}, "quanly"),
        ("/accounts/remove", {"account": "lan"}, "quanly"),
    ],
)
def test_who_is_out_works_no_longer(server: Running, path: str, form: dict[str, str], by: str) -> None:
    """A desk that is open when its person signs out, is given a new password or is removed ends at once."""
    desk = server.desk("lan")
    desk.hear(Desk)
    assert server.browse(path, form, by).status in {200, 303}
    desk.hear_end()


@pytest.mark.parametrize("how", ["hours", "password"])
def test_a_session_that_is_over_ends_an_open_desk(server: Running, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """After twelve hours, or once another process has renewed the password, the desk is asked to sign in again."""
    monkeypatch.setattr(connections, "SESSION_LOOK_S", 0.1)
    desk = server.desk("lan")
    desk.hear(Desk)
    assert desk.hears_none(Answer)
    if how == "hours":
        server.clock.at += SESSION_LASTS
    else:
        other = sqlite3.connect(server.folder / FILE, isolation_level=None)
        Accounts(other).set_password(AccountId("lan"), "not a hash")
        other.close()
    desk.hear_end()
    refusal, code = server.desk("lan").hear_end()
    assert (refusal.result.code, code) == ("not_allowed", 4403)


def test_a_right_password_forgets_the_wrong_ones(server: Running) -> None:
    """Only five in a row lock; an unknown name is told the same as a wrong password."""
    for _ in range(2):
        for _ in range(FAILURES_ALLOWED - 1):
            sign_in(server, "lan", "wrong")
        assert sign_in(server, "lan", PASSWORD) == 303
    wrong = server.browse("/sign-in", {"account": "lan", "password": "wrong"})
    nobody = server.browse("/sign-in", {"account": "nobody", "password": "wrong"})
    assert (wrong.status, wrong.text) == (nobody.status, nobody.text)


def test_a_new_password_needs_the_old_and_some_length(server: Running) -> None:
    """Short or unproven: nothing changes. Right: the old one is of no more use, and all sessions end."""
    new = "một mật khẩu mới"
    assert server.browse("/password", {"old": PASSWORD, "new": "short"}, "lan").status == 400
    assert server.browse("/password", {"old": "wrong", "new": new}, "lan").status == 400
    done = server.browse("/password", {"old": PASSWORD, "new": new}, "lan")
    assert (done.status, "<input" in done.text, 'href="/desk"' in done.text) == (200, False, True)
    assert server.browse("/desk", account="lan").status == 401
    assert (sign_in(server, "lan", PASSWORD), sign_in(server, "lan", new)) == (401, 303)


def test_a_manager_adds_renews_and_removes_people(server: Running) -> None:
    """A first password is shown once and works; a renewed one replaces it; who is removed is out."""
    added = json.loads(server.browse("/accounts", {"account": " Minh ", "role": "clerk"}, "quanly").text)
    assert (added["account"], added["roles"]) == ("minh", ["clerk"])
    assert sign_in(server, "minh", added["password"]) == 303
    assert server.browse("/accounts", {"account": "minh", "role": "clerk"}, "quanly").status == 409
    assert server.browse("/accounts", {"account": "no name", "role": "clerk"}, "quanly").status == 400
    assert server.browse("/accounts", {"account": "nobody"}, "quanly").status == 400
    renewed = json.loads(server.browse("/accounts/password", {"account": "minh"}, "quanly").text)
    assert (sign_in(server, "minh", added["password"]), sign_in(server, "minh", renewed["password"])) == (401, 303)
    assert {"account": "minh", "roles": ["clerk"]} in json.loads(server.browse("/accounts.json", account="quanly").text)
    assert server.browse("/accounts/remove", {"account": "minh"}, "quanly").status == 200
    assert sign_in(server, "minh", renewed["password"]) == 401
    assert server.browse("/accounts/remove", {"account": "minh"}, "quanly").status == 404
    assert server.browse("/accounts/remove", {"account": "quanly"}, "quanly").status == 400


def test_a_person_may_have_several_roles_and_be_given_others(server: Running) -> None:
    """New roles count at once; a manager cannot lock the office by giving up the own role, nor leave anybody none."""
    roles = ("greeter", "clerk", "manager")
    assert server.browse("/office", account="lan").status == 403
    changed = server.browse("/accounts/roles", [("account", "lan"), *(("role", role) for role in roles)], "quanly")
    assert json.loads(changed.text)["roles"] == sorted(roles)
    assert server.browse("/office", account="lan").status == 200
    for form in ({"account": "quanly", "role": "clerk"}, {"account": "lan"}, {"account": "lan", "role": "king"}):
        assert server.browse("/accounts/roles", form, "quanly").status == 400
    assert server.browse("/accounts/roles", {"account": "nobody", "role": "clerk"}, "quanly").status == 404
    assert server.browse("/office", account="lan").status == 200
