"""A kiosk that goes on by itself: on its disk first, then on paper, then handed in; across restarts and full disks."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from device_runtime import durable_file
from device_runtime.durable_file import Damaged, framed, json_file
from kiosk.alone import Alone
from kiosk.reserve import Reserve
from kiosk.reserve_file import FILE, ReserveFile
from kiosk.wishes import Give
from queue_protocol.announcements import PrintSlip
from queue_protocol.answers import Done, Refused, Result, TicketTaken
from queue_protocol.commands import Command, RecordOffline, WithdrawTake
from queue_protocol.ids import DeviceId, ServiceId, token_of
from tests.kiosk.hall import NOW, ticket, welcome
from tests.kiosk.test_reserve import granting

WISH = Give(request=1, service=ServiceId("certification"), language="vi", dossiers=1, at=NOW)


class Life:
    """One life of a kiosk on a folder, with a link and a printer that keep what they are told."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[tuple[Command, asyncio.Future[Result]]] = []
        self.printed: list[PrintSlip] = []
        self.tokens = iter(range(1, 256))
        self.alone = Alone(DeviceId("kiosk-1"), ReserveFile(folder), lambda: token_of(bytes([next(self.tokens)]) * 16))
        self.alone.plug(self._ask, self.printed.append)

    def _ask(self, command: Command) -> "asyncio.Future[Result]":
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.asked.append((command, future))
        return future

    def hear_server(self, **spent: int) -> None:
        """Let the server speak."""
        self.alone.heard(welcome())
        self.alone.heard(granting(spent=spent))

    def give(self) -> str:
        """Give a ticket and return its number."""
        given = self.alone.give(WISH)
        assert isinstance(given, TicketTaken)
        return given.number

    def handed_in(self) -> list[str]:
        """Return the numbers that were handed in, in order."""
        return [command.number for command, _ in self.asked if isinstance(command, RecordOffline)]

    async def answer(self, place: int, result: Result) -> None:
        """Let the server answer."""
        self.asked[place][1].set_result(result)
        await asyncio.sleep(0)


async def test_a_ticket_is_kept_printed_and_handed_in(tmp_path: Path) -> None:
    """All three say the same number, and the slip is one like any other."""
    life = Life(tmp_path)
    life.hear_server()
    assert [life.give(), life.give()] == ["AK01", "AK02"]
    assert [(order.slip.number, order.valid_on, order.copy_number) for order in life.printed] == [
        ("AK01", "2026-11-23", 0),
        ("AK02", "2026-11-23", 0),
    ]
    assert life.handed_in() == ["AK01", "AK02"]
    tokens = [command.token for command, _ in life.asked if isinstance(command, RecordOffline)]
    assert len(set(tokens)) == 2


async def test_a_restart_gives_no_number_again_and_hands_in_what_is_owed(tmp_path: Path) -> None:
    """A kiosk that loses power while the server is away goes on where it was."""
    before = Life(tmp_path)
    before.hear_server()
    numbers = [before.give(), before.give()]
    await before.answer(0, ticket("AK01"))
    after = Life(tmp_path)
    assert after.handed_in() == ["AK02"]
    assert [*numbers, after.give()] == ["AK01", "AK02", "AK03"]


@pytest.mark.parametrize("code", ["command_id_reused", "number_not_granted"])
async def test_what_the_server_has_answered_is_owed_no_more(tmp_path: Path, code: str) -> None:
    """Handed in twice over two lives, or refused for good: it is asked once more for neither, and the count stays."""
    life = Life(tmp_path)
    life.hear_server()
    life.give()
    await life.answer(0, Refused(code=code))  # type: ignore[arg-type]  # of the table above
    again = Life(tmp_path)
    assert again.handed_in() == []
    assert again.give() == "AK02"


async def test_a_disk_that_is_full_gives_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be kept is not printed; when the disk has room again the same number is given, once."""
    life = Life(tmp_path)
    life.hear_server()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("device_runtime.durable_file.os.fsync", refuse)
        assert life.alone.give(WISH) == Refused(code="storage")
        life.hear_server(AK=0)
    assert (life.printed, life.handed_in()) == ([], [])
    assert life.give() == "AK01"


async def test_a_damaged_file_is_a_kiosk_that_knows_nothing(tmp_path: Path) -> None:
    """It starts, gives nothing by itself, and when the server was heard it goes on behind a gap, once.

    What the server knows is not all: the last numbers may stand on slips only.
    """
    (tmp_path / FILE).write_bytes(b'{"menu":')
    life = Life(tmp_path)
    assert life.alone.reserve is None
    assert life.alone.give(WISH) == Refused(code="hall_closed")
    still_away = Life(tmp_path)
    assert still_away.alone.give(WISH) == Refused(code="hall_closed")
    life = Life(tmp_path)
    life.hear_server(AK=4)
    life.hear_server(AK=4)
    assert life.give() == "AK105"
    assert Life(tmp_path).give() == "AK106"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say when a file came to lie where it lies")
async def test_a_reserve_that_was_copied_back_repeats_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of an hour ago knows nothing of the numbers since: none is given until the server was heard."""
    life = Life(tmp_path)
    life.hear_server()
    with monkeypatch.context() as patch:
        patch.setattr(durable_file, "framed", lambda content, at_s: framed(content, at_s - 3600))
        life.give()
    old = (tmp_path / FILE).read_bytes()
    assert [life.give(), life.give()] == ["AK02", "AK03"]
    (tmp_path / FILE).write_bytes(old)
    again = Life(tmp_path)
    assert again.alone.give(WISH) == Refused(code="hall_closed")
    assert again.handed_in() == ["AK01"]
    await again.answer(0, ticket("AK01"))
    assert Life(tmp_path).alone.give(WISH) == Refused(code="hall_closed")
    again.hear_server(AK=1)
    assert again.give() == "AK102"


async def test_no_byte_of_a_reserve_can_change_unseen(tmp_path: Path) -> None:
    """Wherever a byte is flipped or the file ends early, the kiosk starts, says so, and gives no number twice."""
    life = Life(tmp_path)
    life.hear_server()
    given = {life.give(), life.give()}
    sound = (tmp_path / FILE).read_bytes()
    spoilt = [sound[:at] + bytes([sound[at] ^ 0x81]) + sound[at + 1 :] for at in range(len(sound))]
    spoilt += [sound[:length] for length in range(len(sound))]
    for place, stored in enumerate(spoilt):
        assert isinstance(json_file(tmp_path / FILE, Reserve).parse(stored), Damaged), place
    for stored in spoilt[:: len(spoilt) // 9]:
        (tmp_path / FILE).write_bytes(stored)
        again = Life(tmp_path)
        assert again.alone.reserve is None
        again.hear_server()
        assert again.give() not in given


async def test_the_screen_is_told_what_may_be_given(tmp_path: Path) -> None:
    """Each word of the server, each ticket and each answer is another reserve."""
    life, told = Life(tmp_path), []
    life.alone.on_change = lambda reserve: told.append(len(reserve.given))
    life.hear_server()
    life.give()
    await life.answer(0, ticket("AK01"))
    assert told == [0, 1, 0]


async def test_a_day_that_is_over_gives_nothing(tmp_path: Path) -> None:
    """The server does not come back overnight: the kiosk apologises in the morning."""
    life = Life(tmp_path)
    life.hear_server()
    tomorrow = Give(request=2, service=WISH.service, language="vi", dossiers=1, at=NOW + timedelta(days=1))
    assert life.alone.give(tomorrow) == Refused(code="hall_closed")


GIVEN_UP = token_of(bytes([200]) * 16)


async def test_what_was_given_up_is_withdrawn_before_all(tmp_path: Path) -> None:
    """The request first, then the ticket that was given in its place; across a restart too, until it is answered."""
    life = Life(tmp_path)
    life.hear_server()
    life.alone.withdraw(GIVEN_UP)
    assert life.give() == "AK01"
    kinds: list[type[Command]] = [WithdrawTake, RecordOffline]
    assert [type(command) for command, _ in life.asked] == kinds
    after = Life(tmp_path)
    assert [type(command) for command, _ in after.asked] == kinds
    assert after.asked[0][0] == WithdrawTake(token=GIVEN_UP)
    assert after.alone.has_withdrawn(GIVEN_UP)
    await after.answer(0, Done())
    assert after.alone.reserve is not None
    assert after.alone.reserve.withdrawn == ()
    assert [type(command) for command, _ in Life(tmp_path).asked] == [RecordOffline]


async def test_a_refused_withdrawal_is_logged_and_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody is being served under that number: staff can read it, and the kiosk asks the server again."""
    life = Life(tmp_path)
    life.hear_server()
    life.alone.withdraw(GIVEN_UP)
    await life.answer(0, Refused(code="wrong_status", facts={"number": "A015"}))
    assert "A015" in caplog.text
    assert life.alone.reserve is not None
    assert life.alone.reserve.withdrawn == ()
