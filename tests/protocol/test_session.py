"""One client's side of the conversation, joined to a server by a link that drops what it likes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_protocol.answers import Answer, Done, RefusalCode, Refused
from queue_protocol.codec import MalformedFrame
from queue_protocol.commands import Command, OpenCounter, ReportSlip
from queue_protocol.hellos import Seen
from queue_protocol.ids import CommandId, TicketId
from queue_protocol.session import ASK_AGAIN_S, FIRST_RETRY_S, LASTING, LONGEST_RETRY_S, SILENCE_LIMIT_S, Session
from queue_server.core.permissions import AGE_LIMIT_MS
from tests.protocol.pair import BEAT, HELLO, WELCOME, Pair, ServerEnd, at, menu

OPEN = OpenCounter(counter=1)
FIRST, SECOND = CommandId("command-1"), CommandId("command-2")


def report(place: int) -> ReportSlip:
    """Return what a kiosk tells of a slip."""
    return ReportSlip(ticket=TicketId(f"20261123-A{place:03}"), outcome="printed")


def test_a_session_begins_with_its_hello() -> None:
    """The box introduces itself, is welcomed, and hands out what it was told."""
    pair = Pair().connect()
    assert pair.server.heard[0] == HELLO
    assert pair.said == [WELCOME, menu(1)]
    assert pair.session.link() == "live"


def test_nothing_is_asked_before_the_welcome() -> None:
    """A request made before the server has let the box in waits for that."""
    pair = Pair()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    pair.session.connected(pair.now_s)
    assert len(pair.session.frames_to_send(pair.now_s)) == 1
    assert pair.session.link() == "connecting"
    pair.hear(WELCOME)
    pair.flow()
    assert [request.command_id for request in pair.server.requests()] == [FIRST]
    assert pair.results() == [Done()]


def test_a_question_is_asked_once_while_the_link_holds() -> None:
    """What is on its way is not sent again, however long the answer takes."""
    pair = Pair().connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    assert len(pair.lose()) == 1
    pair.now_s += 8
    assert pair.lose() == []
    assert pair.session.unanswered() == 1


@pytest.mark.parametrize("is_request_lost", [True, False])
def test_what_was_not_answered_is_asked_again_with_its_id_and_its_age(*, is_request_lost: bool) -> None:
    """After a cut the same id is asked, older by the time that has passed, and has one effect and one answer."""
    pair = Pair().connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 60)
    if is_request_lost:
        pair.lose()
    else:
        pair.lose_answers()
    pair.session.disconnected()
    pair.now_s += 7.25
    pair.connect()
    requests = pair.server.requests()
    assert {request.command_id for request in requests} == {FIRST}
    assert requests[-1].age_ms == 7250
    assert pair.results() == [Done()]
    assert pair.session.unanswered() == 0


def test_the_age_counts_from_the_act() -> None:
    """A tap that was made while there was no link is as old as the tap, not as the link."""
    pair = Pair()
    pair.session.ask(FIRST, OPEN, 90.0, 60)
    pair.connect()
    assert pair.server.requests()[0].age_ms == 10_000


@pytest.mark.parametrize("code", ["busy", "storage"])
def test_a_refusal_that_passes_is_asked_again(code: RefusalCode) -> None:
    """The box does not hear of it: a second later the same id is asked, and its answer handed out."""
    pair = Pair(server=ServerEnd(refusals=[Refused(code=code)])).connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    pair.flow()
    assert pair.results() == []
    assert pair.session.next_send_s() == pair.now_s + ASK_AGAIN_S
    pair.now_s += ASK_AGAIN_S
    pair.flow()
    assert pair.results() == [Done()]
    assert pair.session.next_send_s() is None
    assert [request.age_ms for request in pair.server.requests()] == [0, 1000]


def test_patience_ends() -> None:
    """When the server says busy beyond the patience of the person, the refusal is handed out."""
    pair = Pair(server=ServerEnd(refusals=[Refused(code="busy")] * 99)).connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 3)
    for _ in range(20):
        pair.flow()
        pair.now_s += ASK_AGAIN_S
    assert pair.results() == [Refused(code="busy")]
    assert len(pair.server.requests()) == 4
    assert pair.session.unanswered() == 0


@pytest.mark.parametrize("code", ["busy", "storage"])
def test_what_has_happened_is_told_however_long_it_takes(code: RefusalCode) -> None:
    """A report is not given up with the patience of a person: it is asked again, once a second, until it is taken."""
    pair = Pair(server=ServerEnd(refusals=[Refused(code=code)] * 90)).connect()
    pair.session.ask(FIRST, report(1), pair.now_s, 10)
    for _ in range(90):
        pair.flow()
        assert pair.results() == []
        pair.now_s += ASK_AGAIN_S
    assert pair.flow().results() == [Done()]
    assert len(pair.server.requests()) == 91


def test_reports_are_handed_in_one_after_the_other() -> None:
    """After an outage the server hears of each when the one before is done, and a person who acts does not wait."""
    pair = Pair(server=ServerEnd(refusals=[Refused(code="busy")]))
    for place in range(30):
        pair.session.ask(CommandId(f"report-{place:03}"), report(place), pair.now_s, 10)
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    pair.now_s += 60
    pair.connect()
    assert [request.command_id for request in pair.server.requests()] == ["report-000", FIRST]
    assert pair.session.next_send_s() == pair.now_s + ASK_AGAIN_S
    pair.now_s += ASK_AGAIN_S
    pair.flow()
    assert [request.command_id for request in pair.server.requests()][2:] == [f"report-{n:03}" for n in range(30)]
    assert pair.session.unanswered() == 0
    assert pair.session.next_send_s() is None


def test_no_report_is_sent_while_one_is_on_its_way() -> None:
    """The next one waits for the answer, and for nothing that would wake it before."""
    pair = Pair().connect()
    for command_id in (FIRST, SECOND):
        pair.session.ask(command_id, report(1), pair.now_s, 10)
    assert len(pair.lose()) == 1
    assert pair.session.next_send_s() is None
    assert pair.lose() == []


def test_commands_that_last_are_those_that_are_never_too_late() -> None:
    """What the server takes at any age a box never gives up, and nothing else."""
    assert set(LASTING) == {kind for kind, limit in AGE_LIMIT_MS.items() if limit is None}


def test_a_refusal_that_does_not_pass_is_handed_out_at_once() -> None:
    """Nobody waits for what stays refused."""
    pair = Pair(server=ServerEnd(refusals=[Refused(code="desk_moved_on")])).connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    assert pair.flow().results() == [Refused(code="desk_moved_on")]


def test_an_answer_that_comes_twice_is_handed_out_once() -> None:
    """The second answer to an id, after a resend, says nothing new."""
    pair = Pair().connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    pair.flow()
    pair.hear(Answer(command_id=FIRST, result=Done()))
    assert pair.results() == [Done()]


def test_what_was_given_up_is_not_sent_again() -> None:
    """Nobody waits for it: after a reconnect it stays away, and an answer that comes all the same is nobody's."""
    pair = Pair().connect()
    pair.session.ask(FIRST, OPEN, pair.now_s, 10)
    assert len(pair.lose()) == 1
    pair.session.give_up(FIRST)
    pair.connect()
    assert pair.server.requests() == []
    pair.hear(Answer(command_id=FIRST, result=Done()))
    assert pair.results() == []


def test_questions_keep_their_order() -> None:
    """What was asked first is sent first, also after a reconnect."""
    pair = Pair()
    for command_id in (SECOND, FIRST):
        pair.session.ask(command_id, OPEN, pair.now_s, 10)
    pair.connect()
    assert [request.command_id for request in pair.server.requests()] == [SECOND, FIRST]


def test_each_snapshot_is_answered_with_its_revision() -> None:
    """The server sends the next snapshot only after it was told that this one is on the screen."""
    pair = Pair().connect()
    pair.hear(menu(7), BEAT, menu(9))
    pair.flow()
    assert pair.server.heard[1:] == [Seen(revision=at(1)), Seen(revision=at(7)), Seen(revision=at(9))]


def test_what_was_seen_is_not_told_to_the_next_connection() -> None:
    """A cut drops the receipts: a new connection begins with the hello."""
    pair = Pair().connect()
    pair.hear(menu(7))
    pair.session.disconnected()
    pair.connect()
    assert pair.server.heard[2] == HELLO


def test_silence_is_counted_from_the_last_word() -> None:
    """Each frame moves the deadline; without a link there is none."""
    pair = Pair()
    assert pair.session.silence_deadline_s() is None
    pair.connect()
    pair.now_s += 5
    pair.hear(BEAT)
    assert pair.session.silence_deadline_s() == 105 + SILENCE_LIMIT_S
    pair.session.disconnected()
    assert pair.session.silence_deadline_s() is None


def test_a_refused_box_says_so_until_it_tries_again() -> None:
    """A refusal of the connection is handed out and stays with the box through the cut that follows."""
    pair = Pair()
    pair.session.connected(pair.now_s)
    pair.hear(Answer(command_id=None, result=Refused(code="unknown_key")))
    assert pair.results() == [Refused(code="unknown_key")]
    pair.session.disconnected()
    assert (pair.session.link(), pair.session.refusal()) == ("refused", Refused(code="unknown_key"))
    pair.connect()
    assert (pair.session.link(), pair.session.refusal()) == ("live", None)


def test_nonsense_from_the_server_is_an_error() -> None:
    """A frame that is no message ends the use of this connection."""
    with pytest.raises(MalformedFrame):
        Pair().connect().session.receive(b"<html>", 100.0)


def test_the_hello_is_made_anew_at_each_connect() -> None:
    """What a box has to say of itself may change between two links."""
    hellos = iter([HELLO, HELLO])
    session = Session(lambda: next(hellos))
    for _ in range(2):
        session.connected(1.0)
        session.disconnected()
    assert next(hellos, None) is None


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_back_off_is_bounded_and_spread(failures: int, chance: float) -> None:
    """However often it failed, the next try comes within six seconds and never at once; a welcome starts anew."""
    pair = Pair()
    for _ in range(failures):
        pair.session.disconnected()
    delay_s = pair.session.retry_delay_s(chance)
    assert 0.8 * FIRST_RETRY_S <= delay_s <= 1.2 * LONGEST_RETRY_S
    pair.connect()
    assert pair.session.retry_delay_s(0.5) == pytest.approx(FIRST_RETRY_S)


@given(st.lists(st.sampled_from(["ask", "flow", "lose", "lose_answers", "cut", "wait"]), max_size=30), st.data())
def test_whatever_the_link_drops_each_question_gets_its_answer(steps: list[str], data: st.DataObject) -> None:
    """Requests, answers and links are lost in any order; in the end everything asked was answered once."""
    pair, asked = Pair().connect(), 0
    for step in steps:
        match step:
            case "ask":
                asked += 1
                pair.server.refusals = [Refused(code="busy")] * data.draw(st.integers(0, 2))
                command: Command = report(asked) if data.draw(st.booleans()) else OPEN
                pair.session.ask(CommandId(f"command-{asked}"), command, pair.now_s, 600)
            case "flow":
                pair.flow()
            case "lose":
                pair.lose()
            case "lose_answers":
                pair.lose_answers()
            case "cut":
                pair.session.disconnected()
                pair.connect()
            case _:
                pair.now_s += 1.5
    pair.session.disconnected()
    pair.connect()
    while pair.session.unanswered():
        pair.now_s += ASK_AGAIN_S
        pair.flow()
    assert pair.results() == [Done()] * asked
    assert len(pair.server.done) == asked
