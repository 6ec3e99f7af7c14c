"""Odd requests over a real socket: each is refused by its code, the socket stays open, and the next one is answered."""

import json

import msgspec

from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Answer, Refused, TicketTaken
from queue_protocol.commands import TakeTicket
from queue_protocol.ids import CommandId, DeviceId
from queue_protocol.snapshots import Menu
from queue_server.core.printers import MOST_SLIPS_OWED
from tests.core.center import CERTIFICATION, token, tokens
from tests.server_in_process import Running, Talk

KIOSK_1 = DeviceId("kiosk-1")
TAKE = {"type": "take_ticket", "service": "certification", "token": token(1)}
HANDED_IN = {"type": "record_offline", "service": "certification", "token": token(1)}


def refused(talk: Talk, **command: object) -> str:
    """Send a command as it stands, whatever it is, and return the code of its refusal."""
    frame = {"type": "request", "command_id": "odd-command", "age_ms": 0, "command": command}
    talk.connection.send(json.dumps(frame))
    answer = talk.hear(Answer)
    assert answer.command_id == CommandId("odd-command")
    assert isinstance(answer.result, Refused)
    return answer.result.code


def test_an_odd_request_is_refused_and_the_socket_stays(server: Running) -> None:
    """A date in the year 9999, a number too long, a command of nobody, paper from a display: the kiosk goes on."""
    kiosk, now = server.kiosk(), server.clock.at.isoformat()
    assert refused(kiosk, **TAKE, appointment_at="9999-12-31T23:59:59Z") == "appointment_not_today"
    assert refused(kiosk, **TAKE, appointment_at="10000-01-01T00:00:00Z") == "malformed"
    assert refused(kiosk, **TAKE, print_at="display-1") == "unknown_device"
    assert refused(kiosk, **HANDED_IN, number="AK1000000", issued_at=now) == "malformed"
    assert refused(kiosk, **HANDED_IN, number="AK999999", issued_at="0001-01-01T00:00:00+14:00") == "number_not_granted"
    assert refused(kiosk, type="set_fire") == "malformed"
    assert isinstance(kiosk.take(), TicketTaken)


def test_a_kiosk_that_owes_more_slips_than_a_socket_holds_comes_back(server: Running) -> None:
    """Three hundred are asked of a printer that is away: the rest is refused, and the kiosk is sent what it owes."""
    server.kiosk().with_printer().leave()
    desk, made = server.desk(), tokens()
    take = TakeTicket(service=CERTIFICATION, token=next(made), print_at=KIOSK_1)
    results = [desk.ask(msgspec.structs.replace(take, token=next(made))) for _ in range(300)]
    taken = [result for result in results if isinstance(result, TicketTaken)]
    assert len(taken) == MOST_SLIPS_OWED
    assert {result.code for result in results if isinstance(result, Refused)} == {"printer_behind"}
    kiosk = server.kiosk()
    assert [kiosk.hear(PrintSlip).slip.ticket for _ in taken] == [each.ticket for each in taken]
    assert kiosk.hear(Menu)
