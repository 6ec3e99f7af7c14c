"""The pure modules of the clerk's page, run in the browser they are written for."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Page

import assets
from queue_protocol.desk_tickets import CallRule
from queue_protocol.texts import Texts
from tests.web.browsing import Windows

RULES: tuple[str, ...] = get_args(CallRule)

DESK = """
const desk = (more) => Object.assign({ counter: 3, current: null, line: [], away: [], unserved: [], slips: [],
  printers: [], services: [{ service: "a" }, { service: "b" }], carried: [], paused: null, one_key: true,
  dossiers_per_turn: null }, more);
"""


@pytest.fixture
def page(citizen: Windows) -> Page:
    """Give a page from which modules can be loaded."""
    return citizen.open("/")


def run(page: Page, module: str, body: str, *arguments: Any) -> Any:
    """Run a function body with the names that a module exports in `m` and the arguments in `a`."""
    return page.evaluate(f"(a) => import('/static/{module}').then((m) => {{ {DESK} {body} }})", list(arguments))


def test_a_paused_counter_deals_with_who_is_there_and_then_goes_on(page: Page) -> None:
    """Paused, the one big key starts who was called, finishes who is served, and with nobody there resumes."""
    actions = run(
        page,
        "desk_moves.js",
        """
        return ["called", "serving", null].map((status) =>
          m.primaryAction(desk({ current: status && { status }, line: [{}], paused: "break" })));
        """,
    )
    assert actions == ["start", "finish", "resume_counter"]


def test_a_menu_offers_what_the_server_would_do(page: Page) -> None:
    """Each place of a ticket has its acts; priority turns over; who may not return is not offered it."""
    menus = run(
        page,
        "desk_moves.js",
        """
        const menu = (standing, ticket, more) => m.menuOf(desk(more), { standing, ticket });
        return [menu("waiting", { priority: false }, { printers: ["k"] }), menu("waiting", { priority: true }, {}),
          menu("waiting", { priority: true }, { counter: null }), menu("missed", { may_return: false }, {}),
          menu("serving", {}, { printers: ["k"] }), menu("named", {}, {})];
        """,
    )
    waiting, preferred, on_the_floor, missed, serving, named = menus
    assert {"call", "hold", "note", "change_service", "prioritise", "reissue", "reprint", "void"} == set(waiting)
    assert ("deprioritise" in preferred, "prioritise" in preferred, "reprint" in preferred) == (True, False, False)
    assert "call" not in on_the_floor
    assert missed == ["note", "reissue", "void"]
    assert (serving, named) == (["note", "reprint"], [])


def test_a_call_is_unheard_when_its_time_is_over(page: Page) -> None:
    """Neither shown nor said, and a recall is possible: before that it is merely on its way."""
    unheard = run(
        page,
        "desk_moves.js",
        """
        const call = (more) => Object.assign(
          { status: "called", shown: false, spoken: false, recall_from: "2026-11-23T01:00:00Z" }, more);
        const at = Date.parse("2026-11-23T01:00:00Z");
        return [m.isUnheard(call(), at), m.isUnheard(call(), at - 1), m.isUnheard(call({ shown: true }), at),
          m.isUnheard(call({ spoken: true }), at), m.isUnheard(call({ status: "serving" }), at)];
        """,
    )
    assert unheard == [True, False, False, False, False]


def test_a_time_of_day_becomes_an_instant_of_the_center(page: Page) -> None:
    """Half past eight in Viet Nam is half past one in UTC; an empty field is no appointment."""
    asked = run(
        page,
        "desk_commands.js",
        """
        const issue = (appointment) => m.commandOf("issue", desk(), { value: "a", token: "t", localDay: "2026-11-23",
          utcOffset: 7 * 3600 * 1000, fields: { appointment: [appointment], language: ["vi"], dossiers: ["150"] } });
        return [issue("08:30"), issue("")].map((each) => [each.appointment_at, each.dossiers, each.priority]);
        """,
    )
    assert asked == [["2026-11-23T01:30:00.000Z", 99, False], [None, 99, False]]


def test_services_of_a_counter_are_sent_once_and_with_those_preferred(page: Page) -> None:
    """Who is to be called first is served, in the order of the catalogue."""
    sent = run(
        page,
        "desk_commands.js",
        """return m.commandOf("serve", desk(), { fields: { services: ["b"], preferred: ["a", "b"] } });""",
    )
    assert (sent["services"], sent["preferred"]) == (["a", "b"], ["a", "b"])


@pytest.mark.parametrize(("language", "waited"), [("vi", "31 phút"), ("en", "31 minutes")])
def test_every_rule_has_a_sentence_that_names_who_was_passed(page: Page, language: str, waited: str) -> None:
    """Each reason is a whole sentence with the number, whom it passed, and how long it had waited."""
    said = run(
        page,
        "desk_reason.js",
        """
        const [language, forms, rules] = a;
        return import("/static/texts.js").then(({ Texts }) => rules.map((rule) =>
          m.reasonWords(new Texts(language, forms), { number: "A012", rule, passed: ["A009", "A010"],
            issued_at: "2026-11-23T01:00:00Z", called_at: "2026-11-23T01:31:30Z" })));
        """,
        language,
        {key: list(forms) for key, forms in words(language).forms().items()},
        RULES,
    )
    assert len(set(said)) == len(RULES)
    for sentence in said:
        assert re.fullmatch(r"A012 .*A009, A010 [^{}]*\.", sentence)
        assert waited in sentence


def words(language: str) -> Texts:
    """Return the words of a language."""
    path: Path = assets.FOLDER / "texts" / f"{language}.po"
    return Texts.read(language, path.read_bytes())


def test_a_ticket_says_what_an_accident_has_left_on_it(page: Page) -> None:
    """That its number was given twice, that it was found again, both, or nothing."""
    marks = run(
        page,
        "pieces.js",
        """
        const texts = { say: (key) => key };
        const words = (row) => m.accidentMarks(texts, row).filter(Boolean).map((each) => each.textContent);
        return [words({}), words({ shares_number: true }), words({ shares_number: true, recovered: true })];
        """,
    )
    assert marks == [[], ["ticket_shares_number"], ["ticket_shares_number", "ticket_recovered"]]
