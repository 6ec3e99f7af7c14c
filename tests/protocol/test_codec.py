"""Bytes to message and back, and one error for whatever is wrong with a frame."""

import json
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_protocol import PROTOCOL
from queue_protocol.answers import Answer, Refused
from queue_protocol.codec import (
    MAX_FRAME,
    MalformedFrame,
    WrongProtocol,
    decode_from_client,
    decode_from_server,
    encode,
)
from queue_protocol.commands import Command, OpenCounter, Request, TakeTicket
from queue_protocol.hellos import DeskHello, FromClient, KioskHello, Seen
from queue_protocol.ids import CommandId, DeviceId, Revision, ServiceId, TicketId, Token
from queue_protocol.snapshots import FromServer, Welcome
from tests.protocol.messages import kinds, messages

TAKE = Request(
    command_id=CommandId("command-1"),
    age_ms=120,
    command=TakeTicket(service=ServiceId("land"), token=Token("a" * 26)),
)


def spoil(message: msgspec.Struct, **changes: Any) -> bytes:
    """Return the frame of a message with some of its fields replaced by anything."""
    return json.dumps(json.loads(encode(message)) | changes, ensure_ascii=False).encode()


def spoil_command(**changes: Any) -> bytes:
    """Return the frame of a request with some fields of its command replaced by anything."""
    frame = json.loads(encode(TAKE))
    return json.dumps(frame | {"command": frame["command"] | changes}, ensure_ascii=False).encode()


def asking(command: bytes) -> bytes:
    """Return the frame of a request with this command."""
    return b'{"type":"request","command_id":"command-1","age_ms":0,"command":%s}' % command


@pytest.mark.parametrize("kind", kinds(Command), ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_every_command_arrives_inside_its_request(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """Whatever a command's fields allow, it comes back equal, and it fits a frame with room to spare."""
    command = data.draw(messages(kind))
    frame = encode(Request(command_id=CommandId("command-1"), age_ms=0, command=command))
    decoded = decode_from_client(frame)
    assert isinstance(decoded, Request)
    assert decoded.command == command
    assert len(frame) < MAX_FRAME // 8


@pytest.mark.parametrize("kind", kinds(FromClient), ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_what_a_client_says_arrives_as_it_was_said(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """Each message to the server comes back equal from its bytes, as text or binary, and gives the same bytes again."""
    message = data.draw(messages(kind))
    if hasattr(message, "protocol"):
        message = msgspec.structs.replace(message, protocol=PROTOCOL)
    frame = encode(message)
    assert decode_from_client(frame) == message
    assert encode(decode_from_client(frame.decode())) == frame


@pytest.mark.parametrize("kind", kinds(FromServer), ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_what_the_server_says_arrives_as_it_was_said(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """Each message to a client comes back equal from its bytes, whatever letters its texts have."""
    message = data.draw(messages(kind))
    if isinstance(message, Welcome):
        message = msgspec.structs.replace(message, protocol=PROTOCOL)
    frame = encode(message)
    assert decode_from_server(frame) == message
    assert encode(decode_from_server(frame.decode())) == frame


def test_bytes_are_canonical() -> None:
    """Equal messages have equal bytes, in whatever order their facts were written down."""
    one = Answer(command_id=None, result=Refused(code="busy", facts={"a": 1, "b": 2}))
    other = Answer(command_id=None, result=Refused(code="busy", facts={"b": 2, "a": 1}))
    assert one == other
    assert encode(one) == encode(other)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"\xff\xfe",
        b'{"type":"seen","revision":[1,2]}trailing',
        b'{"type":"seen","revision":[1,"\xc3\x28"]}',
        b"[" * 20_000,
        b'{"a":' * 9_000,
        b'{"type":"take_ticket"}',
        b'{"type":"set_fire"}',
        b'{"type":7}',
        b'{"type":"seen"}',
        b'{"type":"seen","revision":[1]}',
        b'{"type":"seen","revision":[1,-1]}',
        b'{"type":"seen","revision":[1,9007199254740993]}',
        b'{"type":"seen","revision":[1,1.5]}',
        b'{"type":"seen","revision":[1,1e400]}',
        b'{"type":"seen","revision":[1,NaN]}',
        b'{"protocol":"1","type":"office_hello"}',
        b'{"protocol":null,"type":"set_fire"}',
        "\ud800",
        spoil(TAKE, age_ms=-1),
        spoil(TAKE, age_ms=2**53 + 1),
        spoil(TAKE, age_ms=10**400),
        spoil(TAKE, command_id="short"),
        spoil(TAKE, command_id="x" * 65),
        spoil(TAKE, command_id="with space"),
        spoil(TAKE, command={"type": "seen", "revision": [1, 1]}),
        spoil_command(service="Đất đai"),
        spoil_command(service="land\n"),
        spoil_command(service="land\u2028"),
        spoil_command(language="vie\u0323t"),
        spoil_command(token="a" * 27),
        spoil_command(print_at="../etc"),
        spoil_command(priority=1),
        spoil_command(dossiers=0),
        spoil_command(dossiers=100),
        spoil_command(appointment_at="2026-11-23T08:00:00"),
        spoil_command(carried_over="A" * 26),
        asking(b'{"type":"rate_visit","token":"%s","rating":6}' % (b"a" * 26)),
        asking(b'{"type":"rate_visit","token":"%s","rating":0}' % (b"a" * 26)),
        asking(b'{"type":"hold_ticket","ticket":"20261123-A001","reason":"lunch"}'),
        asking(b'{"type":"requeue_ticket","ticket":"20261123-A001","dossiers_left":0}'),
        asking(b'{"type":"call_next","counter":1,"after":null,"long_service":"maybe"}'),
        asking(b'{"type":"call_next","counter":1}'),
        asking(b'{"type":"finish_service","ticket":"20261123-A001","also":%s}' % json.dumps(["land"] * 41).encode()),
        asking(b'{"type":"record_offline","number":"AKK01","service":"land","token":"%s"}' % (b"a" * 26)),
        asking(b'{"type":"change_today","sessions":[{"opens":"7:30","closes":"11:30"}]}'),
        asking(b'{"type":"change_today","sessions":[{"opens":"07:30","closes":"24:00"}]}'),
        asking(
            b'{"type":"change_today","sessions":%s}' % json.dumps([{"opens": "07:30", "closes": "08:00"}] * 5).encode()
        ),
        asking(b'{"type":"change_catalogue","catalogue":{}}'),
        spoil(KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1")), key="too-short"),
        spoil(KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1")), key="k" * 129),
        spoil(KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1")), started_slips=["20261123-A001"] * 1001),
        spoil(DeskHello(protocol=PROTOCOL), counter=100),
    ],
    ids=lambda frame: repr(frame[:40]),
)
def test_what_is_no_message_is_malformed_and_nothing_else(frame: bytes | str) -> None:
    """Wrong shape, bounds, encoding or depth: one error, which says what is wrong."""
    with pytest.raises(MalformedFrame) as error:
        decode_from_client(frame)
    assert error.value.what


@pytest.mark.parametrize(
    ("frame", "command_id"),
    [
        (asking(b'{"type":"set_fire"}'), TAKE.command_id),
        (asking(b'{"type":"record_offline","number":"AK1000000"}'), TAKE.command_id),
        (spoil_command(language="vie\u0323t"), TAKE.command_id),
        (spoil(TAKE, age_ms=-1), TAKE.command_id),
        (spoil(TAKE, command_id="short"), None),
        (b'{"type":"seen","command_id":"command-1"}', None),
        (b"{", None),
        (b"[" * 20_000, None),
    ],
)
def test_the_id_of_a_malformed_request_is_read(frame: bytes, command_id: str | None) -> None:
    """Whoever asked in a way that is no command can be told so; what is no request, or has no id, cannot."""
    with pytest.raises(MalformedFrame) as error:
        decode_from_client(frame)
    assert error.value.command_id == command_id


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_raise_anything_else(frame: bytes | str) -> None:
    """Whatever comes in, it is a message, malformed or of another version."""
    for decode in (decode_from_client, decode_from_server):
        try:
            decode(frame)
        except (MalformedFrame, WrongProtocol):
            continue


@pytest.mark.parametrize("trailer", ["\n", "\x00", "\x7f", "\x85", "\u2028", "\u2029", "o\u0323\u0302"])
def test_no_text_of_a_client_brings_control_characters(trailer: str) -> None:
    """Line ends, controls and letters that are not NFC are refused wherever a text stands."""
    assert trailer != unicodedata.normalize("NFC", trailer) or not trailer.isprintable()
    hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"))
    ticket = TicketId("20261123-A001")
    for frame in (
        spoil_command(service="land" + trailer),
        spoil(TAKE, command_id="command-1" + trailer),
        spoil(hello, device="kiosk-1" + trailer),
        spoil(hello, started_slips=[ticket + trailer]),
    ):
        with pytest.raises(MalformedFrame):
            decode_from_client(frame)


def test_a_frame_over_the_limit_is_not_even_read() -> None:
    """One byte too many is refused as such; the largest real hello is far below."""
    padding = b" " * (MAX_FRAME - len(encode(TAKE)))
    assert decode_from_client(encode(TAKE) + padding) == TAKE
    with pytest.raises(MalformedFrame, match="65537 bytes; 65536 are allowed"):
        decode_from_client(encode(TAKE) + padding + b" ")
    started = tuple(TicketId(f"20261123-AB{number:06}") for number in range(1000))
    hello = KioskHello(protocol=PROTOCOL, device=DeviceId("kiosk-1"), key="k" * 128, started_slips=started)
    assert len(encode(hello)) < MAX_FRAME / 2


def test_unknown_fields_are_left_aside() -> None:
    """A newer box may say more within one version of the protocol; what is not known is not kept."""
    frame = spoil(TAKE, mood="good", command=json.loads(encode(TAKE.command)) | {"shoe_size": 43})
    assert decode_from_client(frame) == TAKE


@pytest.mark.parametrize("theirs", [0, 2, 99])
def test_a_hello_of_another_version_is_told_apart(theirs: int) -> None:
    """The version is looked at first, so that a future hello of another shape is still answered rightly."""
    with pytest.raises(WrongProtocol) as error:
        decode_from_client(json.dumps({"type": "kiosk_hello_of_the_future", "protocol": theirs}).encode())
    assert error.value.theirs == theirs
    with pytest.raises(WrongProtocol):
        decode_from_server(json.dumps({"type": "welcome", "protocol": theirs}).encode())


def test_what_a_server_says_is_checked_too() -> None:
    """A box tells a frame that is no message of the server, such as another client's, from one that is."""
    for frame in (encode(Seen(revision=Revision(epoch=1, sequence=1))), encode(OpenCounter(counter=1)), b"{}"):
        with pytest.raises(MalformedFrame):
            decode_from_server(frame)
