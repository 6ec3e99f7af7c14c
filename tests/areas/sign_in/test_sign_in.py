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
from queue_server.live import sockets
from queue_server.storage.accounts import Accounts
from queue_server.storage.sqlite import FILE
from queue_server.web import access, sign_in_limits
from queue_server.web.access import BROWSER_COOKIE, SESSION_COOKIE, SESSION_LASTS
from queue_server.web.sign_in_limits import (
    FIRST_DELAY_S,
    GUESSES_ALLOWED,
    LONGEST_DELAY_S,
    MOST_OF_AN_ADDRESS,
)
from tests.server_in_process import PASSWORD, Page, Running
from tests.watching import PATIENCE_S, wait_until

ALLOWED = GUESSES_ALLOWED["place"]
GUESSER, NEWCOMER, DESK_PC = "127.0.0.66", "127.0.0.7", "127.0.0.10"


def sign_in(server: Running, account: str, password: str, source: str = DESK_PC, **headers: str) -> int:
    """Return the status of a sign-in."""
    form = {"account": account, "password": password, "next": "/desk"}
    return server.browse("/sign-in", form, source=source, **headers).status


def guess(server: Running, account: str, source: str = GUESSER) -> Page:
    """Try a wrong password, and return what it is answered."""
    return server.browse("/sign-in", {"account": account, "password": "wrong"}, source=source)


def lock(server: Running, account: str, source: str = GUESSER) -> None:
    """Guess until no password is looked at from there."""
    for _ in range(ALLOWED):
        assert guess(server, account, source).status == 401
    assert sign_in(server, account, PASSWORD, source) == 401


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


def test_guesses_lock_out_their_own_place_with_growing_delays(server: Running) -> None:
    """After five the right password waits half a minute, and twice as long after each further one, an hour at most."""
    lock(server, "lan")
    delay_s = FIRST_DELAY_S
    for _ in range(9):
        server.clock.wait(seconds=delay_s - 1)
        assert sign_in(server, "lan", PASSWORD, GUESSER) == 401
        server.clock.wait(seconds=2)
        assert guess(server, "lan").status == 401
        delay_s = min(2 * delay_s, LONGEST_DELAY_S)
    server.clock.wait(seconds=delay_s + 1)
    assert sign_in(server, "lan", PASSWORD, GUESSER) == 303


def test_guesses_elsewhere_shut_out_nobody(server: Running) -> None:
    """The only manager signs in from another PC, and goes on where a session is, while a guesser is locked out."""
    lock(server, "quanly")
    assert sign_in(server, "quanly", PASSWORD) == 303
    assert server.browse("/office", account="quanly").status == 200
    assert sign_in(server, "quanly", PASSWORD, GUESSER) == 401


def test_a_browser_that_signed_in_before_is_known_beside_a_guesser(server: Running) -> None:
    """Behind one address, as that of a proxy, the browser that has signed in before is no part of the guesses there."""
    page = server.browse("/sign-in", {"account": "lan", "password": PASSWORD}, source=GUESSER)
    cookies = {name: value for each in page.cookies for name, value in [each.split(";")[0].split("=", 1)]}
    lock(server, "hoa")
    lock(server, "lan")
    known = f"{BROWSER_COOKIE}={cookies[BROWSER_COOKIE]}"
    assert sign_in(server, "lan", PASSWORD, GUESSER, Cookie=known) == 303
    assert sign_in(server, "hoa", PASSWORD, GUESSER, Cookie=known) == 401
    for _ in range(ALLOWED):
        server.browse("/sign-in", {"account": "lan", "password": "wrong"}, source=GUESSER, Cookie=known)
    assert sign_in(server, "lan", PASSWORD, GUESSER, Cookie=known) == 401


def test_guesses_from_many_addresses_lock_newcomers_only(server: Running) -> None:
    """Whoever has many addresses locks the account for places where it never signed in; its own PC is none of them."""
    assert sign_in(server, "lan", PASSWORD) == 303
    for place in range(GUESSES_ALLOWED["account"] // ALLOWED):
        lock(server, "lan", f"127.0.1.{place}")
    assert sign_in(server, "lan", PASSWORD, NEWCOMER) == 401
    assert sign_in(server, "lan", PASSWORD) == 303
    assert sign_in(server, "hoa", PASSWORD, NEWCOMER) == 303


def test_one_address_does_not_try_many_accounts(server: Running) -> None:
    """A guesser with one word for all names is locked out as well; a person who is known there is not."""
    assert sign_in(server, "hoa", PASSWORD, GUESSER) == 303
    for number in range(GUESSES_ALLOWED["address"]):
        guess(server, f"name-{number}")
    assert sign_in(server, "lan", PASSWORD, GUESSER) == 401
    assert sign_in(server, "hoa", PASSWORD, GUESSER) == 303


def test_guesses_at_once_are_counted_like_guesses_in_a_row(server: Running) -> None:
    """Wrong passwords at the same moment lock as those in a row do."""
    for _ in range(2):
        with ThreadPoolExecutor(MOST_OF_AN_ADDRESS) as many:
            assert {page.status for page in many.map(lambda _: guess(server, "lan"), range(MOST_OF_AN_ADDRESS))} == {
                401
            }
    assert sign_in(server, "lan", PASSWORD, GUESSER) == 401


def test_a_storm_of_guesses_keeps_nobody_waiting_for_long(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty at once a few are looked at; the others are told at once, in words, to come again in a moment."""
    told_all, check = threading.Event(), access._knows_password

    def check_when_all_are_told(*arguments: Any) -> bool:
        assert told_all.wait(PATIENCE_S)
        return check(*arguments)

    monkeypatch.setattr(access, "_knows_password", check_when_all_are_told)
    with ThreadPoolExecutor(40) as many:
        asked = [many.submit(guess, server, "lan") for _ in range(40)]
        wait_until(lambda: sum(each.done() for each in asked) == 40 - MOST_OF_AN_ADDRESS, "the others are told")
        told_all.set()
        pages = [each.result() for each in asked]
    busy = [page for page in pages if page.status == 503]
    assert ({page.status for page in pages}, len(busy)) == ({401, 503}, 40 - MOST_OF_AN_ADDRESS)
    assert "Máy chủ đang bận" in busy[0].text
    assert sign_in(server, "hoa", PASSWORD) == 303


def test_a_sign_in_tells_nobody_which_accounts_there_are(server: Running) -> None:
    """A name without an account gets the same pages as a person, and is locked after as many guesses."""

    def answers(name: str, source: str) -> list[tuple[int, str]]:
        pages = [guess(server, name, source) for _ in range(ALLOWED + 1)]
        server.clock.wait(seconds=FIRST_DELAY_S + 1)
        pages.append(guess(server, name, source))
        return [(page.status, page.text) for page in pages]

    assert answers("lan", "127.0.1.1") == answers("nobody", "127.0.1.2")
    assert len(set(answers("nobody-else", "127.0.1.3"))) == 2


def test_a_manager_sees_who_guesses(server: Running) -> None:
    """The list of people says how many wrong passwords came for whom in the last day, and from where."""
    lock(server, "lan")
    guess(server, "lan", NEWCOMER)
    people = {each["account"]: each for each in json.loads(server.browse("/accounts.json", account="quanly").text)}
    assert (people["lan"]["guesses"], set(people["lan"]["guessed_from"])) == (ALLOWED + 1, {GUESSER, NEWCOMER})
    assert (people["hoa"]["guesses"], people["hoa"]["guessed_at"]) == (0, None)


def test_a_renewed_password_lets_the_person_in_at_once(server: Running) -> None:
    """What was guessed at is gone: the first thing to do for whoever is locked out works."""
    lock(server, "lan")
    renewed = json.loads(server.browse("/accounts/password", {"account": "lan"}, "quanly").text)
    assert sign_in(server, "lan", renewed["password"], GUESSER) == 303


def test_guessed_names_do_not_fill_the_memory(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those whose guesses are counted only the latest are remembered."""
    monkeypatch.setattr(sign_in_limits, "MOST_SUBJECTS", 2)
    lock(server, "lan")
    for source in (NEWCOMER, DESK_PC):
        guess(server, "nobody", source)
    assert sign_in(server, "lan", PASSWORD, GUESSER) == 303


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
    monkeypatch.setattr(sockets, "SESSION_LOOK_S", 0.1)
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
        for _ in range(ALLOWED - 1):
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
    people = json.loads(server.browse("/accounts.json", account="quanly").text)
    assert ("minh", ["clerk"]) in [(each["account"], each["roles"]) for each in people]
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
