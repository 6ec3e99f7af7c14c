"""The socket of a running server: who is let in, what each may ask, and that one client's fault is nobody else's."""

import json
from typing import get_args

import pytest
from websockets.exceptions import InvalidStatus

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, Done, RefusalCode, Refused, TicketTaken
from queue_protocol.codec import MAX_FRAME
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CancelTicket,
    CarryOver,
    ChangeService,
    CloseCounter,
    Command,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenCounter,
    PauseCounter,
    RateVisit,
    RecallTicket,
    RecordOffline,
    RecordPrinted,
    ReissueTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    ReprintSlip,
    Request,
    RequeueTicket,
    ResumeCounter,
    ResumeTicket,
    ReturnTicket,
    SetCounterServices,
    SetPriority,
    StartService,
    TakeBackFinish,
    TakeOverCounter,
    TakeTicket,
    TransferTicket,
    VoidTicket,
    WithdrawTake,
)
from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay, ReplacePaper
from queue_protocol.hellos import DeskHello, DisplayHello, FromClient, KioskHello, OfficeHello, Seen
from queue_protocol.ids import CommandId, DeviceId, Language, Revision, ServiceId, TicketId, Token
from queue_protocol.snapshots import Beat, Board, Desk, Menu, Office, Welcome
from queue_server.core.permissions import MAY_ASK
from tests.core.center import MORNING
from tests.server_in_process import NAME, Running, Talk

KIOSK_1, DISPLAY_1 = DeviceId("kiosk-1"), DeviceId("display-1")
NOBODYS_KEY = "a-key-that-nobody-was-given"
TICKET = TicketId("20261123-Z999")
COUNTER = 99
COMMANDS: tuple[Command, ...] = (
    TakeTicket(service=ServiceId("fishing"), token=Token("a" * 26)),
    CancelTicket(ticket=TICKET),
    WithdrawTake(token=Token("f" * 26)),
    ChangeService(ticket=TICKET, service=ServiceId("fishing")),
    SetPriority(ticket=TICKET, priority=True),
    VoidTicket(ticket=TICKET, reason="mistake"),
    ReissueTicket(ticket=TICKET, token=Token("b" * 26)),
    ReprintSlip(ticket=TICKET, print_at=KIOSK_1),
    CarryOver(ticket=TICKET, token=Token("c" * 26), reason="closing_time"),
    RateVisit(token=Token("d" * 26), rating=5),
    RecordOffline(number="ZK01", service=ServiceId("fishing"), token=Token("e" * 26), issued_at=MORNING),
    RecordPrinted(ticket=TICKET, service=ServiceId("fishing"), token=Token("f" * 26), issued_at=MORNING),
    CallNext(counter=COUNTER, after=None),
    CallTicket(counter=COUNTER, after=None, ticket=TICKET),
    RecallTicket(ticket=TICKET),
    StartService(ticket=TICKET),
    FinishService(ticket=TICKET),
    TakeBackFinish(ticket=TICKET, after=None),
    MarkNoShow(ticket=TICKET),
    ReturnTicket(ticket=TICKET),
    HoldTicket(ticket=TICKET, reason="other"),
    ResumeTicket(ticket=TICKET),
    TransferTicket(ticket=TICKET),
    RequeueTicket(ticket=TICKET, dossiers_left=1),
    OpenCounter(counter=COUNTER),
    CloseCounter(counter=COUNTER),
    TakeOverCounter(counter=COUNTER),
    PauseCounter(counter=COUNTER, reason="break"),
    ResumeCounter(counter=COUNTER),
    SetCounterServices(counter=COUNTER, services=()),
    ChangeToday(sessions=()),
    EndDay(reason="other"),
    ConfirmClock(),
    ReplacePaper(device=KIOSK_1),
    ReportSlip(ticket=TICKET, outcome="printed"),
    ReportCall(call=Revision(epoch=1, sequence=1), outcome="shown"),
    ReportDevice(part="printer", state="unknown"),
)
"""One of each kind."""

AN_HOUR_MS = 3_600_000
"""What a person asked so long ago changes nothing, and what a box reports here is of nothing that ever was."""

PEOPLE = {"greeter": "mai", "clerk": "lan", "manager": "quanly"}


def enter(server: Running, role: str) -> Talk:
    """Let a box or a person of this role in."""
    match role:
        case "kiosk":
            return server.kiosk()
        case "display":
            return server.display()
        case _:
            return server.desk(PEOPLE[role])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("role", ["kiosk", "display", "greeter", "clerk", "manager"])
def test_each_role_may_ask_what_its_table_says(quiet_server: Running, role: str, command: Command) -> None:
    """Over a real socket every command of every role is let through or refused as not allowed, and nothing between."""
    with enter(quiet_server, role) as talk:
        is_refused = talk.ask(command, age_ms=AN_HOUR_MS) == Refused(code="not_allowed")
    assert is_refused == (role not in MAY_ASK[type(command)])


def test_the_table_of_commands_is_whole() -> None:
    """The test above asks each kind of command there is."""
    assert {type(command) for command in COMMANDS} == set(get_args(Command))


def test_a_page_that_only_looks_may_ask_nothing(quiet_server: Running) -> None:
    """A display page without a device sees the board and is refused whatever it asks."""
    with quiet_server.talk(DisplayHello(protocol=PROTOCOL, device=DeviceId("page-1"))) as talk:
        talk.hear(Board)
        for command in COMMANDS:
            assert talk.ask(command) == Refused(code="not_allowed")


@pytest.mark.parametrize(
    ("hello", "code", "close_code"),
    [
        (KioskHello(protocol=PROTOCOL, device=KIOSK_1, key=NOBODYS_KEY), "unknown_key", 4401),
        (KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-9"), key=NOBODYS_KEY), "unknown_key", 4401),
        (KioskHello(protocol=PROTOCOL, device=KIOSK_1), "unknown_key", 4401),
        (DisplayHello(protocol=PROTOCOL, device=DISPLAY_1, key=NOBODYS_KEY), "unknown_key", 4401),
        (DeskHello(protocol=PROTOCOL, counter=1), "not_allowed", 4403),
        (OfficeHello(protocol=PROTOCOL), "not_allowed", 4403),
        (KioskHello(protocol=PROTOCOL + 1, device=KIOSK_1), "wrong_protocol", 4426),
        (Seen(revision=Revision(epoch=1, sequence=1)), "malformed", 4400),
        (Request(command_id=CommandId("command-0"), age_ms=0, command=COMMANDS[0]), "malformed", 4400),
    ],
)
def test_a_hello_that_is_not_accepted_is_told_why(
    quiet_server: Running, hello: FromClient, code: RefusalCode, close_code: int
) -> None:
    """A wrong key, an unknown box, no session, another version, no hello: the last word and the close have codes."""
    with quiet_server.talk(hello) as talk:
        assert talk.hear_end() == (Answer(command_id=None, result=Refused(code=code)), close_code)


def test_a_key_opens_one_door(quiet_server: Running) -> None:
    """The key of the kiosk lets no display in, and that of another box not this one."""
    key = quiet_server.key("kiosk-1")
    for hello in (
        DisplayHello(protocol=PROTOCOL, device=KIOSK_1, key=key),
        DisplayHello(protocol=PROTOCOL, device=DISPLAY_1, key=key),
        KioskHello(protocol=PROTOCOL, device=DISPLAY_1, key=quiet_server.key("display-1")),
    ):
        with quiet_server.talk(hello) as talk:
            assert talk.hear_end()[1] == 4401


def test_a_clerk_does_not_see_the_office(quiet_server: Running) -> None:
    """The manager's screen is for managers; a made-up session is nobody's."""
    for account in ("lan", "somebody"):
        with quiet_server.talk(OfficeHello(protocol=PROTOCOL), account) as talk:
            assert talk.hear_end()[1] == 4403


@pytest.mark.parametrize("frame", ["{", "[]", '{"type":"set_fire"}', "x" * 100, b"\xff\xfe\xfd"])
def test_nonsense_is_refused_and_the_others_go_on(quiet_server: Running, frame: str | bytes) -> None:
    """As hello or later, a malformed frame ends that conversation with its code and no other."""
    with quiet_server.kiosk() as other:
        other.hear(Menu)
        first = quiet_server.talk()
        first.connection.send(frame)
        assert first.hear_end() == (Answer(command_id=None, result=Refused(code="malformed")), 4400)
        later = quiet_server.kiosk(prints=False)
        later.hear(Menu)
        later.connection.send(frame)
        last, code = later.hear_end()
        assert (last, code) == (Answer(command_id=None, result=Refused(code="malformed")), 4400)
        assert other.ask(COMMANDS[0]) == Refused(code="unknown_service")


def test_text_that_is_no_text_ends_the_conversation(quiet_server: Running) -> None:
    """A text frame that is not UTF-8 is closed by the protocol's own code."""
    with quiet_server.talk() as talk:
        talk.connection.send(b"\xff\xfe\xfd", text=True)
        assert talk.hear_end()[1] == 1007


def test_an_oversized_frame_is_cut_at_once(quiet_server: Running) -> None:
    """A frame over the limit is never held in memory: the close code says too big."""
    with quiet_server.kiosk(prints=False) as talk:
        talk.hear(Menu)
        talk.connection.send("x" * (MAX_FRAME + 1))
        assert talk.hear_end()[1] == 1009


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
def test_a_foreign_page_is_refused_before_anything_is_said(quiet_server: Running, headers: dict[str, str]) -> None:
    """A wrong Origin or Host gets status 403 instead of a socket, even with a valid session."""
    with pytest.raises(InvalidStatus) as refused:
        quiet_server.talk(None, "lan", **headers)
    assert refused.value.response.status_code == 403


def test_own_pages_and_boxes_come_in(quiet_server: Running) -> None:
    """A page of this server sends its own origin, a box none; both are let in."""
    for headers in ({}, {"Origin": f"http://{quiet_server.host}"}):
        with quiet_server.talk(DeskHello(protocol=PROTOCOL), "lan", **headers) as talk:
            talk.hear(Desk)
    with quiet_server.talk(
        DeskHello(protocol=PROTOCOL), "lan", Host=f"{NAME}:8080", Origin=f"http://{NAME}:8080"
    ) as talk:
        talk.hear(Desk)


def test_a_welcome_says_where_one_is(quiet_server: Running) -> None:
    """The center by name, its languages and its local time, and the name the server knows the box by."""
    with quiet_server.kiosk(prints=False) as talk:
        welcome = talk.hear(Welcome)
        assert (welcome.protocol, welcome.languages, welcome.device) == (PROTOCOL, ("vi", "en"), KIOSK_1)
        assert welcome.utc_offset_s == 7 * 3600
        assert welcome.now == quiet_server.clock.at
        assert welcome.center["vi"].startswith("Trung tâm Phục vụ hành chính công")


@pytest.mark.parametrize(("role", "kind"), [("kiosk", Menu), ("display", Board), ("clerk", Desk), ("manager", Desk)])
def test_each_screen_gets_its_snapshot(quiet_server: Running, role: str, kind: type) -> None:
    """After the welcome comes the whole of what this screen shows."""
    with enter(quiet_server, role) as talk:
        assert talk.hear(kind)
        assert [type(message) for message in talk.heard if not isinstance(message, Beat)] == [Welcome]


def test_the_office_sees_the_hall(quiet_server: Running) -> None:
    """The manager's screen has every line and counter."""
    with quiet_server.office() as talk:
        office = talk.hear(Office)
        assert (len(office.lines), len(office.counters)) == (11, 4)


def test_a_walk_from_ticket_to_call(server: Running) -> None:
    """A ticket taken at the kiosk is called at a desk, announced to the display, and acknowledged back to the desk."""
    kiosk, display, desk = server.kiosk(), server.display(sound=True), server.desk()
    taken = kiosk.take(print_at=KIOSK_1)
    assert desk.call_next()
    call = display.hear_call()
    assert (call.number, call.counter, call.kind) == (taken.number, 1, "first")
    assert call.utterances
    assert display.ask(ReportCall(call=call.call, outcome="spoken")) == Done()
    while not ((current := desk.hear(Desk).current) and current.spoken):
        pass
    assert current.number == taken.number


def test_a_retry_over_another_connection_gets_the_ticket(server: Running) -> None:
    """The same id asked again after a cut is answered with the same ticket."""
    command = TakeTicket(service=ServiceId("land"), token=Token("b" * 26))
    first = server.kiosk().ask(command, "the-same-id")
    assert isinstance(first, TicketTaken)
    assert server.kiosk().ask(command, "the-same-id", age_ms=60_000) == first


def test_a_flood_of_one_client_is_busy(server: Running) -> None:
    """More than sixteen requests at once are refused as busy or done; all are answered, and others are served."""
    flood, other = server.kiosk(), server.display()
    for number in range(200):
        take = TakeTicket(
            service=ServiceId("land"), token=Token(f"{number:026}".translate({48 + d: 97 + d for d in range(10)}))
        )
        flood.say(Request(command_id=CommandId(f"flood-{number:04}"), age_ms=0, command=take))
    assert other.ask(ReportDevice(part="speaker", state="ready")) == Done()
    answers = [flood.hear(Answer) for _ in range(200)]
    assert len({answer.command_id for answer in answers}) == 200
    codes = {answer.result.code for answer in answers if isinstance(answer.result, Refused)}
    assert codes <= {"busy"}


def test_languages_are_spoken_after_vietnamese(server: Running) -> None:
    """A visit in English is called in Vietnamese first and then in English; a Vietnamese one once."""
    kiosk, display, desk = server.kiosk(), server.display(), server.desk()
    languages: list[Language] = ["en", "vi"]
    for language in languages:
        kiosk.take(language=language)
    desk.call_next()
    english = display.hear_call()
    desk.ask(StartService(ticket=english.ticket))
    desk.call_next(after=english.ticket)
    vietnamese = display.hear_call()
    assert "en/call" in json.dumps(english.utterances)
    assert "en/" not in json.dumps(vietnamese.utterances)
