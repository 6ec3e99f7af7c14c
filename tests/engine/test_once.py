"""The same command twice: one effect and one answer, whenever the second one comes."""

import asyncio

import msgspec
import pytest

from queue_protocol.answers import Done, Refused, TicketTaken
from queue_protocol.commands import OpenCounter
from queue_server.core.decision import Actor
from queue_server.core.events import CounterOpened, TicketIssued
from tests.core.center import HOA, KIOSK, LAN, LAND, OTHER_KIOSK
from tests.engine.office import Office, at_work
from tests.watching import PATIENCE_S


async def test_a_second_press_joins_the_first() -> None:
    """The same id asked again while the first is being made durable gets the same answer; one ticket is issued."""
    async with at_work() as office:
        office.gate.clear()
        command = office.taking()
        first = office.submit(command, command_id="the-same-id")
        second = office.submit(command, command_id="the-same-id")
        office.gate.set()
        assert await first == await second
        assert len(office.events(TicketIssued)) == 1


async def test_asked_again_after_its_answer() -> None:
    """The stored answer comes back, with the instant and the people ahead of the first time, and nothing happens."""
    async with at_work() as office:
        command = office.taking()
        first = await office.ask(command, command_id="the-same-id")
        await office.take()
        office.wait(minutes=3)
        before = len(office.journal.entries)
        assert await office.ask(command, command_id="the-same-id") == first
        assert len(office.journal.entries) == before


async def test_asked_again_after_a_restart() -> None:
    """A server that was started anew on the same journal gives the answer its predecessor gave."""
    office = Office()
    async with at_work(office):
        command = office.taking()
        first = await office.ask(command, command_id="the-same-id")
    async with at_work(Office(journal=office.journal), catalogue=None) as successor:
        assert await successor.ask(command, command_id="the-same-id") == first
        assert len(successor.events(TicketIssued)) == 1
        assert isinstance((await successor.ask(office.taking(LAND))).result, TicketTaken)


async def test_what_was_done_is_never_too_late() -> None:
    """A kiosk that comes back after an hour still gets the ticket it took; a first request that old takes none."""
    async with at_work() as office:
        command = office.taking()
        first = await office.ask(command, command_id="the-same-id")
        assert await office.ask(command, command_id="the-same-id", age_ms=3_600_000) == first
        late = await office.ask(office.taking(), age_ms=3_600_000)
        assert late.result == Refused(code="too_late")


async def test_a_command_without_events_is_answered_alike() -> None:
    """Done without any effect is still the answer to that id."""
    async with at_work() as office:
        opening = OpenCounter(counter=1)
        await office.ask(opening, LAN)
        assert (await office.ask(opening, LAN, "the-same-id")).result == Done()
        assert (await office.ask(opening, LAN, "the-same-id")).result == Done()
        assert len(office.events(CounterOpened)) == 1


async def test_a_refusal_is_decided_anew() -> None:
    """Refusals are not stored: what was refused may be possible a moment later, under the same id."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        wanted = OpenCounter(counter=1)
        assert isinstance((await office.ask(wanted, HOA, "the-same-id")).result, Refused)
        await office.ask(OpenCounter(counter=2), LAN)
        assert (await office.ask(wanted, HOA, "the-same-id")).result == Done()


@pytest.mark.parametrize("is_pending", [True, False])
@pytest.mark.parametrize("by", [KIOSK, OTHER_KIOSK, LAN])
async def test_an_id_is_of_one_act_of_one_actor(by: Actor, *, is_pending: bool) -> None:
    """Another body, or the same from somebody else, is refused and changes nothing, before and after the commit."""
    async with at_work() as office:
        command = office.taking()
        office.gate.clear()
        first = office.submit(command, command_id="the-same-id")
        if not is_pending:
            office.gate.set()
            await first
        other = command if by is not KIOSK else msgspec.structs.replace(command, service=LAND)
        second = office.submit(other, by, "the-same-id")
        office.gate.set()
        async with asyncio.timeout(PATIENCE_S):
            assert (await second).result == Refused(code="command_id_reused")
            assert isinstance((await first).result, TicketTaken)
        assert len(office.events(TicketIssued)) == 1


async def test_age_is_no_part_of_the_act() -> None:
    """A retry is older than the first try and still the same."""
    async with at_work() as office:
        command = office.taking()
        first = await office.ask(command, command_id="the-same-id", age_ms=5)
        assert await office.ask(command, command_id="the-same-id", age_ms=900) == first
