"""Commands share commits; nothing is answered or published before it is durable; one bad command spoils no other."""

import asyncio
from typing import Any

import pytest

from queue_protocol.answers import NextCalled, Refused, TicketTaken
from queue_protocol.commands import CallNext, OpenCounter
from queue_server.core.decide import decide
from queue_server.core.decision import Decision
from queue_server.core.events import TicketCalled, TicketIssued
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.engine import transaction
from queue_server.engine.service import WAITING_LIMIT
from tests.core.center import LAN, LAND
from tests.engine.office import Office, at_work


async def test_what_arrives_during_a_commit_shares_the_next() -> None:
    """While one transaction is written ninety commands come in; they are one transaction more, with one alarm."""
    async with at_work() as office:
        before = len(office.journal.batches)
        office.gate.clear()
        first = office.submit(office.taking())
        await office.idle()
        rest = [office.submit(office.taking()) for _ in range(90)]
        office.gate.set()
        await asyncio.gather(first, *rest)
        assert office.journal.batches[before:] == [1, 91]


async def test_nothing_is_said_before_it_is_durable() -> None:
    """While the disk is busy there is no answer, nothing published, and the screens show the state before."""
    async with at_work() as office:
        office.gate.clear()
        answer = office.submit(office.taking())
        await office.idle()
        assert not answer.done()
        assert (office.published, len(office.service.hall.tickets)) == ([], 0)
        office.gate.set()
        assert isinstance((await answer).result, TicketTaken)
        assert [type(entry.event) for entry in office.published] == [TicketIssued]


async def test_commands_of_a_batch_see_each_other() -> None:
    """Two tickets of one batch get two numbers, and a call in the same batch finds the first of them."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        office.gate.clear()
        blocker = office.submit(office.taking(LAND))
        await office.idle()
        asked = [office.submit(office.taking()) for _ in range(2)]
        call = office.submit(CallNext(counter=1, after=None), LAN)
        office.gate.set()
        await blocker
        taken = [(await each).result for each in asked]
        numbers = [result.number for result in taken if isinstance(result, TicketTaken)]
        assert numbers == ["A001", "A002"]
        called = (await call).result
        assert isinstance(called, NextCalled)
        assert called.ticket == office.events(TicketCalled)[0].ticket == office.events(TicketIssued)[1].ticket


async def test_the_state_is_what_the_journal_says() -> None:
    """After any number of commands the hall in memory equals the hall that the entries build."""
    async with at_work() as office:
        await asyncio.gather(*(office.ask(office.taking()) for _ in range(20)))
        hall = Hall()
        for entry in office.journal.entries:
            hall = evolve(hall, entry)
        assert hall == office.service.hall == office.halls[-1]


async def test_an_error_in_deciding_refuses_that_command_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of three commands in one batch the middle one hits a fault of the code: the others are done."""

    def faulty(hall: Hall, command: Any, *rest: Any) -> Decision:
        if getattr(command, "service", None) == LAND:
            raise ZeroDivisionError
        return decide(hall, command, *rest)

    monkeypatch.setattr(transaction, "decide", faulty)
    async with at_work() as office:
        commands = [office.taking(), office.taking(LAND), office.taking()]
        answers = await asyncio.gather(*(office.ask(command) for command in commands))
        assert [type(answer.result) for answer in answers] == [TicketTaken, Refused, TicketTaken]
        assert answers[1].result == Refused(code="internal")
        assert len(office.events(TicketIssued)) == 2
    assert "only this command is refused" in caplog.text


async def test_an_error_anywhere_does_not_end_the_only_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault outside of deciding refuses its batch; the next one is served, from what is durable."""
    async with at_work() as office:
        monkeypatch.setattr(office.service, "_conclude", lambda *_: 1 / 0)
        assert (await office.ask(office.taking())).result == Refused(code="internal")
        monkeypatch.undo()
        assert isinstance((await office.ask(office.taking())).result, TicketTaken)


async def test_more_than_memory_should_hold_is_busy() -> None:
    """At a thousand waiting commands the next is refused at once, and a place that is free again is taken."""
    async with at_work() as office:
        office.gate.clear()
        asked = [office.submit(office.taking()) for _ in range(WAITING_LIMIT)]
        refused = office.submit(office.taking())
        assert refused.done()
        assert refused.result().result == Refused(code="busy")
        repeated = office.submit(office.taking(), command_id="command-0")
        assert repeated.result().result == Refused(code="command_id_reused")
        office.gate.set()
        await asyncio.gather(*asked)
        assert isinstance((await office.ask(office.taking(LAND))).result, TicketTaken)
        assert not office.service._pending


async def test_who_gave_up_waiting_does_no_harm() -> None:
    """A client whose future was cancelled has its command done all the same."""
    async with at_work() as office:
        office.gate.clear()
        answer = office.submit(office.taking())
        answer.cancel()
        office.gate.set()
        await office.take()
        assert len(office.events(TicketIssued)) == 2


async def test_a_second_start_goes_on_where_the_first_ended() -> None:
    """The hall after a restart is the hall before, and importing the same catalogue writes nothing."""
    office = Office()
    async with at_work(office):
        await office.ask(OpenCounter(counter=1), LAN)
        await office.take()
        await office.ask(CallNext(counter=1, after=None), LAN)
    successor = Office(journal=office.journal)
    before = len(office.journal.entries)
    async with at_work(successor):
        assert successor.service.hall == office.service.hall
        assert len(office.journal.entries) == before
        assert successor.service.is_writable
