"""A journal that fails: what landed is answered and published, what did not is done again or refused, nothing twice."""

import asyncio

import pytest

from queue_protocol.answers import Answer, NextCalled, Refused, TicketTaken
from queue_protocol.commands import CallNext, OpenCounter
from queue_server.core.events import DayOpened, TicketCalled, TicketIssued
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.journal.port import Head, JournalDamaged
from tests.core.center import LAN, LAND, with_policy
from tests.engine.office import Office, at_work
from tests.watching import PATIENCE_S

pytestmark = pytest.mark.filterwarnings("error")


async def batch_of(office: Office, count: int) -> list[object]:
    """Ask so many times in one batch, and return the results."""
    office.gate.clear()
    asked = [office.submit(office.taking()) for _ in range(count)]
    office.gate.set()
    async with asyncio.timeout(PATIENCE_S):
        return [(await each).result for each in asked]


def numbers(results: list[object]) -> list[str]:
    """Return the numbers of the tickets among these results."""
    return [result.number for result in results if isinstance(result, TicketTaken)]


def replayed(office: Office) -> Hall:
    """Return the hall that the journal builds."""
    hall = Hall()
    for entry in office.journal.entries:
        hall = evolve(hall, entry)
    return hall


@pytest.mark.parametrize("trouble", ["before", "after"])
@pytest.mark.parametrize("count", [1, 5])
async def test_one_failed_append_is_nobodys_trouble(trouble: str, count: int) -> None:
    """Whether it failed before or after it was written: each is answered normally, once, and published once."""
    async with at_work() as office:
        office.journal.troubles = [trouble]  # type: ignore[list-item]  # parametrize gives plain texts
        assert numbers(await batch_of(office, count)) == [f"A{number:03}" for number in range(1, count + 1)]
        assert len(office.events(TicketIssued)) == count
        assert [entry.event for entry in office.published] == office.events(TicketIssued)
        assert office.service.hall == replayed(office)
        assert office.service.is_writable


async def test_a_call_that_landed_is_still_said() -> None:
    """The display hears of a call whose append reported an error after it was written, and the clerk is answered."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        ticket = await office.take()
        office.journal.troubles = ["after"]
        assert (await office.ask(CallNext(counter=1, after=None), LAN)).result == NextCalled(counter=1, ticket=ticket)
        assert [type(entry.event) for entry in office.published][-1] is TicketCalled
        assert len(office.events(TicketCalled)) == 1


async def test_a_slip_that_landed_keeps_its_language() -> None:
    """A visit taken in English is known as such when its slip is published, also after a failed append."""
    languages: list[object] = []
    async with at_work() as office:
        office.listeners.append(lambda _hall, _entries: languages.append(dict(office.service.languages)))
        office.journal.troubles = ["after"]
        ticket = await office.take("en")
    assert languages == [{ticket: "en"}]


async def test_a_poisoned_command_is_refused_alone() -> None:
    """When a batch fails and one of its commands fails again alone, the others are done."""
    async with at_work() as office:
        office.journal.troubles = ["before", "before"]
        results = await batch_of(office, 3)
        assert results[0] == Refused(code="storage")
        assert numbers(results) == ["A001", "A002"]


async def test_a_dead_storage_refuses_and_recovers() -> None:
    """While the storage is gone each command is refused as storage, the state stays, and afterwards all goes on."""
    async with at_work() as office:
        await office.take()
        office.journal.is_gone = True
        assert await batch_of(office, 3) == [Refused(code="storage")] * 3
        assert not office.service.is_writable
        assert office.service.hall == replayed(office)
        office.journal.is_gone = False
        assert numbers(await batch_of(office, 2)) == ["A002", "A003"]
        assert office.service.is_writable


async def test_a_refused_command_is_done_when_it_is_asked_again() -> None:
    """The same id after a storage refusal has its effect then, once."""
    async with at_work() as office:
        command = office.taking()
        office.journal.is_gone = True
        assert (await office.ask(command, command_id="the-same-id")).result == Refused(code="storage")
        office.journal.is_gone = False
        first = await office.ask(command, command_id="the-same-id")
        assert isinstance(first.result, TicketTaken)
        assert await office.ask(command, command_id="the-same-id") == first


async def test_what_landed_before_the_storage_went_is_found_when_it_is_back() -> None:
    """Written, reported as failed, then gone: the retry gets the ticket that is in the journal, and it is published."""
    async with at_work() as office:
        command = office.taking(LAND)
        office.journal.troubles = ["after"]
        original = office.journal.head

        def vanish() -> object:
            office.journal.is_gone = True
            return original()

        office.journal.head = vanish  # type: ignore[method-assign, assignment]  # gone right after the write
        assert (await office.ask(command, command_id="the-same-id")).result == Refused(code="storage")
        assert office.published == []
        office.journal.head, office.journal.is_gone = original, False  # type: ignore[method-assign]  # back again
        answer = await office.ask(command, command_id="the-same-id")
        assert isinstance(answer.result, TicketTaken)
        assert [entry.event for entry in office.published] == office.events(TicketIssued)
        assert len(office.events(TicketIssued)) == 1


async def test_a_damaged_journal_is_a_storage_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage that is found while the server runs refuses commands and ends nothing."""

    def damaged() -> list[object]:
        raise JournalDamaged("entry 3 is not what was written")

    async with at_work() as office:
        monkeypatch.setattr(office.journal, "open_day", damaged)
        office.journal.troubles = ["after"]
        assert (await office.ask(office.taking())).result == Refused(code="storage")
        monkeypatch.undo()
        assert isinstance((await office.ask(office.taking())).result, TicketTaken)


@pytest.mark.parametrize("trouble", ["before", "after"])
async def test_midnight_comes_also_when_its_append_fails_and_nobody_asks(trouble: str) -> None:
    """The day is opened once and published once, with no command that would try again."""
    async with at_work() as office:
        office.wait(days=1)
        office.journal.troubles = [trouble]  # type: ignore[list-item]  # parametrize gives plain texts
        office.service.pass_time()
        await office.idle()
        assert len(office.events(DayOpened)) == 2
        assert type(office.published[-1].event) is DayOpened
        assert len(office.halls) == 1
        assert office.service.hall == replayed(office)
        assert office.service.is_writable


async def test_a_counter_calls_by_itself_also_when_the_append_fails_and_nobody_asks() -> None:
    """A free counter's own call is tried again like a command, and made once."""
    async with at_work(catalogue=with_policy(auto_call_after_s=20)) as office:
        await office.ask(OpenCounter(counter=1), LAN)
        await office.take()
        office.wait(seconds=30)
        office.journal.troubles = ["before"]
        office.service.pass_time()
        await office.idle()
        assert len(office.events(TicketCalled)) == 1


async def test_a_dead_storage_is_tried_at_each_beat_and_not_in_between() -> None:
    """While no append succeeds, a new day costs two tries a beat; the first beat after that opens it."""
    async with at_work() as office:
        office.wait(days=1)
        tried = len(office.journal.batches)
        office.journal.troubles = ["before"] * 99
        for _ in range(3):
            office.service.pass_time()
            await office.idle()
        assert len(office.journal.batches) - tried <= 6
        office.journal.troubles.clear()
        office.service.pass_time()
        await office.idle()
        assert len(office.events(DayOpened)) == 2
        assert office.service.is_writable


async def test_whoever_asks_while_time_cannot_be_written_is_answered() -> None:
    """A command that arrives while a failed midnight is tried again does not wait for the next beat."""
    asked: list[asyncio.Future[Answer]] = []
    async with at_work() as office:
        original = office.journal.head

        def head() -> Head:
            asked.append(office.submit(office.taking()))
            return original()

        office.wait(days=1)
        office.journal.troubles = ["before", "before"]
        office.journal.head = head  # type: ignore[method-assign]  # somebody asks in this very moment
        office.service.pass_time()
        await office.idle()
        office.journal.head = original  # type: ignore[method-assign]
        async with asyncio.timeout(PATIENCE_S):
            assert isinstance((await asked[0]).result, TicketTaken)
        assert len(office.events(DayOpened)) == 2


async def test_refusals_and_repeats_need_no_write() -> None:
    """A batch in which nothing happens and nothing is answered for the first time is not written."""
    async with at_work() as office:
        before = len(office.journal.batches)
        await office.ask(CallNext(counter=1, after=None), LAN)
        assert len(office.journal.batches) == before
