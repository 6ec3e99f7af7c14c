"""A hall for the kiosk's tests: a server that remembers what it was asked, and the catalogue of a commune."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from queue_protocol import PROTOCOL
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Answer, Done, Refused, Result, TicketTaken, WaitRange
from queue_protocol.codec import decode_from_client, encode
from queue_protocol.commands import CancelTicket, Command, Request, TakeTicket
from queue_protocol.hellos import Hello, KioskHello
from queue_protocol.ids import DeviceId, Revision, ServiceId, ticket_id
from queue_protocol.snapshots import ClosedBecause, Menu, ServiceCard, Welcome

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
DAY = date(2026, 11, 23)
OFFSET_S = 7 * 3600
KEY = "a-key-for-the-tests-of-the-kiosk"

_SERVICES = (
    ("certification", "A", "Chứng thực", "Certification of copies and signatures", "sao y, công chứng", "stamper", 4),
    ("civil_status", "H", "Hộ tịch (Tư pháp)", "Civil status", "khai sinh, kết hôn", "account_child", 7),
    ("land", "L", "Đất đai - Môi trường", "Land, environment", "sổ đỏ, biến động", "land_plots", 12),
    ("social", "X", "Bảo trợ xã hội - Người có công - Lao động", "Social protection, meritorious people, jobs",
     "trợ cấp, hộ nghèo", "hand_heart", 2),
    ("business", "K", "Đăng ký hộ kinh doanh - Tài chính - Công thương", "Household business, finance, trade", "",
     "storefront", 0),
    ("construction", "C", "Xây dựng - Đô thị - Hạ tầng", "Construction, urban", "giấy phép xây nhà", "home_city", 1),
    ("education", "S", "Giáo dục - Y tế - Văn hóa - Nội vụ - Dân tộc, tôn giáo",
     "Education, health, culture, home affairs, ethnic and religious affairs", "miễn giảm học phí", "school", 0),
    ("agriculture", "N", "Nông nghiệp - Lâm nghiệp", "Agriculture, forestry", "thiên tai, chăn nuôi", "sprout", 0),
    ("online", "M", "Hỗ trợ nộp hồ sơ trực tuyến, VNeID", "Online filing help", "", "cellphone_check", 3),
    ("results", "T", "Nhận kết quả", "Collect a result", "theo giấy hẹn", "file_check", 5),
    ("guidance", "G", "Hướng dẫn, phản ánh, kiến nghị", "Guidance, complaints", "chưa rõ thủ tục",
     "account_question", 0),
)  # fmt: skip


def welcome(**changes: Any) -> Welcome:
    """Return the welcome of a commune in Lào Cai."""
    said = Welcome(
        protocol=PROTOCOL,
        center={
            "vi": "Trung tâm Phục vụ hành chính công xã Bảo Hà",
            "en": "Bảo Hà Commune Public Administration Service Center",
        },
        languages=("vi", "en"),
        utc_offset_s=OFFSET_S,
        now=NOW,
        device=None,
    )
    return msgspec.structs.replace(said, **changes)


def menu(services: int = 11, closed: Mapping[str, ClosedBecause] | None = None, **changes: Any) -> Menu:
    """Return a menu of the first services of the catalogue; those named in `closed` take no numbers, for that reason.

    A `closed` with the name `all` closes each service; `changes` are other fields of the menu.
    """
    reasons = closed or {}
    cards = tuple(
        ServiceCard(
            service=ServiceId(name),
            prefix=prefix,
            names={"vi": vi, "en": en},
            hints={"vi": hint} if hint else {},
            icon=icon,
            hue=place,
            waiting=waiting,
            people_ahead=waiting,
            wait=WaitRange(low_minutes=10, high_minutes=20) if waiting else None,
            counters=(1, 2),
            open=because is None,
            closed_because=because,
        )
        for place, (name, prefix, vi, en, hint, icon, waiting) in enumerate(_SERVICES[:services])
        for because in [reasons.get("all") or reasons.get(name)]
    )
    return Menu(revision=Revision(epoch=1, sequence=1), now=NOW, day=DAY, services=cards, **changes)


def many(services: int) -> Menu:
    """Return a menu of so many services, every second of them with a name of two lines."""
    first = menu(1)
    long = " về giáo dục nghề nghiệp, giáo dục thường xuyên và các cơ sở giáo dục khác của xã"
    cards = tuple(
        msgspec.structs.replace(
            first.services[0],
            service=ServiceId(f"s{place}"),
            prefix=chr(ord("A") + place // 26) + chr(ord("A") + place % 26),
            names={"vi": f"Lĩnh vực số {place}{long if place % 2 else ''}", "en": f"Service {place}"},
            hints={},
            hue=place,
        )
        for place in range(services)
    )
    return msgspec.structs.replace(first, services=cards)


def with_card(menu: Menu, service: str, **changes: Any) -> Menu:
    """Return the menu with these fields of one service changed."""
    cards = tuple(
        msgspec.structs.replace(card, **changes) if card.service == service else card for card in menu.services
    )
    return msgspec.structs.replace(menu, services=cards)


def ticket(number: str = "A015", **changes: Any) -> TicketTaken:
    """Return a ticket for certification with four people ahead."""
    taken = TicketTaken(
        ticket=ticket_id(DAY, number),
        number=number,
        service=ServiceId("certification"),
        priority=False,
        issued_at=NOW,
        people_ahead=4,
        wait=WaitRange(low_minutes=10, high_minutes=20),
        counters=(1, 2),
        print_at=DeviceId("kiosk-1"),
    )
    return msgspec.structs.replace(taken, **changes)


def order(taken: TicketTaken | None = None, **changes: Any) -> PrintSlip:
    """Return the order to print the slip of this ticket, in Vietnamese and without a code."""
    wanted = PrintSlip(slip=taken or ticket(), language="vi", valid_on=DAY.isoformat(), address=None)
    return msgspec.structs.replace(wanted, **changes)


@dataclass
class Hall:
    """What the stand-in server was told, and how it behaves."""

    url: str = ""
    menu: Menu = field(default_factory=menu)
    refusal: Refused | None = None
    """What every ticket request is answered with instead of a ticket."""
    orders: tuple[PrintSlip, ...] = ()
    """What each kiosk is told to print right after the menu, unless its hello says that it was begun."""
    no_cancel: Refused | None = None
    """What every wish to cancel is answered with instead of `Done`."""
    after_break: bool = False
    """Whether the turns of its tickets may come after the break."""
    answers: threading.Event = field(default_factory=threading.Event)
    """While cleared, requests are heard and not answered."""
    hellos: list[Hello] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    gone: bool = False
    _connections: list[ServerConnection] = field(default_factory=list)

    def asked(self, kind: type[Command]) -> list[Any]:
        """Return the commands of this kind, in order."""
        return [command for command in self.commands if isinstance(command, kind)]

    def hang_up(self) -> None:
        """Close every connection and let nobody in again."""
        self.gone = True
        for connection in self._connections:
            connection.close()

    def converse(self, connection: ServerConnection) -> None:
        """Speak with one kiosk until it leaves."""
        if self.gone:
            return
        self._connections.append(connection)
        with suppress(ConnectionClosed):
            for frame in connection:
                message = decode_from_client(frame)
                if isinstance(message, KioskHello):
                    self._greet(connection, message)
                elif isinstance(message, Request):
                    self.commands.append(message.command)
                    self.answers.wait(30)
                    self._answer(connection, message)

    def _greet(self, connection: ServerConnection, hello: KioskHello) -> None:
        self.hellos.append(hello)
        if hello.key != KEY:
            refused = Answer(command_id=None, result=Refused(code="unknown_key"))
            connection.send(encode(refused).decode())
            return
        connection.send(encode(welcome(device=hello.device)).decode())
        connection.send(encode(self.menu).decode())
        for wanted in (each for each in self.orders if each.slip.ticket not in hello.started_slips):
            connection.send(encode(wanted).decode())

    def _answer(self, connection: ServerConnection, request: Request) -> None:
        result: Result = Done()
        if isinstance(request.command, TakeTicket):
            result = self.refusal or self._issue(request.command)
        elif isinstance(request.command, CancelTicket):
            result = self.no_cancel or result
        connection.send(encode(Answer(command_id=request.command_id, result=result)).decode())
        if isinstance(result, TicketTaken):
            language = request.command.language if isinstance(request.command, TakeTicket) else "vi"
            connection.send(encode(order(result, language=language)).decode())

    def _issue(self, command: TakeTicket) -> TicketTaken:
        card = next(card for card in self.menu.services if card.service == command.service)
        self.numbers[card.prefix] += 1
        number = f"{card.prefix}{self.numbers[card.prefix]:03}"
        return ticket(
            number,
            service=card.service,
            people_ahead=card.people_ahead,
            print_at=command.print_at,
            dossiers=command.dossiers,
            after_break=self.after_break,
        )


@contextmanager
def open_hall(port: int = 0, **behaviour: Any) -> Iterator[Hall]:
    """Run the stand-in server on a free port of this machine until the block ends."""
    hall = Hall(**behaviour)
    hall.answers.set()
    with serve(hall.converse, "127.0.0.1", port, ping_interval=None) as server:
        hall.url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield hall
        finally:
            hall.answers.set()
            server.shutdown()
            thread.join(5)
