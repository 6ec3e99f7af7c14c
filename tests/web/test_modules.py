"""The pure modules of the pages, run in the browser they are written for."""

import re
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from queue_protocol.ids import CommandId, DeviceId, Token
from queue_protocol.session import LASTING
from queue_server.web.files import WEB
from tests.web.browsing import Windows


@pytest.fixture
def page(citizen: Windows) -> Page:
    """Give a page from which modules can be loaded."""
    return citizen.open("/")


def run(page: Page, module: str, body: str) -> Any:
    """Run a function body with the names that a module exports in `m`; return what it returns."""
    return page.evaluate(f"import('/static/{module}').then((m) => {{ {body} }})")


SESSION = """
const session = new m.Session(() => ({ type: "desk_hello" }));
const welcome = JSON.stringify({ type: "welcome" });
const frames = (now) => session.framesToSend(now).map((frame) => JSON.parse(frame));
const answer = (result) => JSON.stringify({ type: "answer", command_id: "c1", result });
"""


def test_a_command_is_sent_again_under_its_id_after_a_reconnect(page: Page) -> None:
    """What was not answered keeps its id, and its age grows on."""
    sent = run(
        page,
        "session.js",
        SESSION
        + """
        session.connected(0); session.receive(welcome, 0); frames(0);
        session.ask("c1", { type: "call_next" }, 100, 10000);
        const first = frames(100);
        session.disconnected(); session.connected(5000);
        const hello = frames(5000);
        session.receive(welcome, 5100);
        return [first, hello, frames(5100)];
        """,
    )
    assert [[frame["type"] for frame in frames] for frames in sent] == [["request"], ["desk_hello"], ["request"]]
    assert sent[0][0]["command_id"] == sent[2][0]["command_id"] == "c1"
    assert (sent[0][0]["age_ms"], sent[2][0]["age_ms"]) == (0, 5000)


def test_a_page_says_the_newest_end_of_the_journal_that_it_has_heard(page: Page) -> None:
    """Of two ends the later one, with numbers that do not fall within a day."""
    said = run(
        page,
        "session.js",
        SESSION
        + """
        const hear = (end) => session.receive(JSON.stringify({ type: "beat", end }), 0);
        const end = (revision, day, numbers) => ({ center: "c", revision, day, numbers });
        const said = () => { session.connected(0); return frames(0)[0].heard; };
        const first = said();
        hear(end([1, 90], "2026-11-23", { A: 42, B: 3 }));
        hear(end([2, 50], "2026-11-23", { A: 10, L: 1 }));
        hear(null);
        const same = said();
        hear(end([2, 60], "2026-11-24", { A: 1 }));
        return [first, same, said()];
        """,
    )
    assert said == [
        None,
        {"center": "c", "revision": [2, 50], "day": "2026-11-23", "numbers": {"A": 42, "B": 3, "L": 1}},
        {"center": "c", "revision": [2, 60], "day": "2026-11-24", "numbers": {"A": 1}},
    ]


def test_a_busy_server_is_asked_again_until_patience_ends(page: Page) -> None:
    """`busy` is not handed out while the person can wait; after that it is."""
    handed = run(
        page,
        "session.js",
        SESSION
        + """
        const busy = answer({ type: "refused", code: "busy" });
        session.connected(0); session.receive(welcome, 0);
        session.ask("c1", {}, 0, 2000); frames(0);
        const early = session.receive(busy, 500);
        const again = session.nextSendAt();
        frames(1500);
        return [early, again, session.receive(busy, 2500).result.code];
        """,
    )
    assert handed == [None, 1500, "busy"]


def test_what_has_happened_is_told_however_long_it_takes(page: Page) -> None:
    """Reports wait for each other, and a server that is busy for a minute is told both in the end, in order."""
    told = run(
        page,
        "session.js",
        SESSION
        + """
        session.connected(0); session.receive(welcome, 0); frames(0);
        session.ask("c1", { type: "report_call" }, 0, 1000);
        session.ask("c2", { type: "report_device" }, 0, 1000);
        const first = frames(0).map((frame) => frame.command_id);
        const busy = session.receive(answer({ type: "refused", code: "busy" }), 60000);
        const again = frames(61000).map((frame) => frame.command_id);
        session.receive(answer({ type: "done" }), 61010);
        return [first, busy, again, frames(61020).map((frame) => frame.command_id)];
        """,
    )
    assert told == [["c1"], None, ["c1"], ["c2"]]


def test_the_page_and_the_boxes_agree_on_what_is_never_given_up() -> None:
    """The twin names the commands of the session by their tags."""
    listed = re.search(
        r"const LASTING = new Set\(\[(.*?)\]\)", (WEB / "static" / "session.js").read_text(encoding="utf-8")
    )
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == {str(each.__struct_config__.tag) for each in LASTING}


def test_silence_and_refusal_are_noticed(page: Page) -> None:
    """12 s without a word end the link; an answer to no command means that the server does not want the page."""
    seen = run(
        page,
        "session.js",
        SESSION
        + """
        session.connected(1000); session.receive(welcome, 3000);
        const deadline = session.silenceDeadline();
        const refused = { type: "refused", code: "not_allowed" };
        session.receive(JSON.stringify({ type: "answer", command_id: null, result: refused }), 4000);
        return [deadline, session.link(), session.refusal.code];
        """,
    )
    assert seen == [15000, "refused", "not_allowed"]


def test_a_tree_keeps_the_elements_that_stay(page: Page) -> None:
    """Rows that move are the same elements, in the order asked for; the focus and a typed text survive."""
    kept = run(
        page,
        "tree.js",
        """
        const root = document.body.appendChild(document.createElement("div"));
        const row = (key) => m.build("li", { key }, m.build("input", { name: key }));
        m.patch(root, row("a"), row("b"), row("c"));
        const input = root.querySelector("[name=b]");
        input.value = "typed"; input.focus();
        m.patch(root, "words", row("c"), row("b"), row("d"));
        return [input.isConnected, document.activeElement === input, input.value, root.innerText.trim(),
                Array.from(root.children, (each) => each.dataset.key)];
        """,
    )
    assert kept == [True, True, "typed", "words", ["c", "b", "d"]]


def test_the_primary_button_never_calls_someone_unnamed(page: Page) -> None:
    """With nobody waiting it finishes; a ticket only called is decided on first unless one key does it all."""
    actions = run(
        page,
        "desk_moves.js",
        """
        const desk = (status, waiting, one_key) => m.primaryAction({
          current: status && { status }, line: waiting ? [{}] : [], one_key });
        return [desk(null, false, true), desk(null, true, true), desk("called", true, true),
                desk("called", true, false), desk("serving", true, false), desk("serving", false, true),
                desk("called", false, true)];
        """,
    )
    assert actions == [None, "next", "start", "start", "next", "finish", "start"]


def test_a_stale_or_finished_call_is_not_spoken(page: Page) -> None:
    """A call is spoken while it is young and its ticket is called; a board older than the call has no say."""
    spoken = run(
        page,
        "display_calls.js",
        """
        const call = { call: [1, 50], number: "A001", counter: 1, called_at: "2026-11-23T01:00:00Z" };
        const board = (sequence, number) => ({ revision: [1, sequence], counters: [{ counter: 1, number }] });
        const at = Date.parse(call.called_at);
        return [m.isSpeakable(call, board(60, "A001"), at), m.isSpeakable(call, board(60, "A002"), at),
                m.isSpeakable(call, board(40, null), at), m.isSpeakable(call, board(60, "A001"), at + 301000)];
        """,
    )
    assert spoken == [True, False, True, False]


def test_a_call_is_said_by_the_page_that_speaks_once_and_again_only_when_it_is_offered(page: Page) -> None:
    """What was another display's to say is forgotten until the server offers it; what was taken is not taken twice."""
    taken = run(
        page,
        "display_calls.js",
        """
        const turns = new m.Turns();
        const call = (sequence) => ({ call: [1, sequence] });
        const take = () => turns.take().map((each) => each.call[1]);
        turns.hear(call(5)); turns.leave();
        const left = take();
        turns.hear(call(5)); turns.hear(call(5)); turns.hear(call(6));
        const offered = take();
        turns.hear(call(6)); turns.hear(call(7));
        return [left, offered, take()];
        """,
    )
    assert taken == [[], [5, 6], [7]]


def test_words_take_the_form_of_their_number(page: Page) -> None:
    """English has two forms, Vietnamese one; facts are filled in."""
    said = run(
        page,
        "texts.js",
        """
        const en = new m.Texts("en", { k: ["{n} person at {time}", "{n} people at {time}"] });
        const vi = new m.Texts("vi", { k: ["{n} người lúc {time}"] });
        const facts = { time: "08:12" };
        return [en.count("k", 1, facts), en.count("k", 4, facts), vi.count("k", 4, facts)];
        """,
    )
    assert said == ["1 person at 08:12", "4 people at 08:12", "4 người lúc 08:12"]


def test_ids_made_by_a_page_are_those_of_the_protocol(page: Page) -> None:
    """Tokens, command ids and display names have the shape the server asks for, and do not repeat."""
    made = run(
        page,
        "chance.js",
        "return Array.from({ length: 50 }, () => [m.ticketToken(), m.commandId(), m.pageName()]);",
    )
    for token, command_id, name in made:
        assert msgspec.convert(token, Token) == token
        assert msgspec.convert(command_id, CommandId) == command_id
        assert msgspec.convert(name, DeviceId) == name
    assert len({token for token, _, _ in made}) == len(made)
