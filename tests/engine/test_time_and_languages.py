"""Time as the service keeps it: never backwards, with a midnight; and the language of a visit, which is in no event."""

from datetime import timedelta

import msgspec
import pytest

from queue_protocol.answers import Refused
from queue_protocol.commands import CallNext, FinishService, MarkNoShow, OpenCounter, StartService, VoidTicket
from queue_protocol.ids import CommandId, TicketId
from queue_server.core.events import CatalogueChanged, DayClosed, DayOpened, OutageEnded, TicketCalled, TicketIssued
from tests.core.center import CATALOGUE, DAY, LAN, MORNING, with_policy
from tests.engine.office import Office, at_work


async def test_time_never_goes_backwards() -> None:
    """When the clock is pulled back, entries go on from the last instant, and no wait is negative."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        await office.take()
        office.wait(hours=-3)
        await office.ask(CallNext(counter=1, after=None), LAN)
        moments = [entry.at for entry in office.journal.entries]
        assert moments == sorted(moments)
        assert office.journal.entries[-1].at == MORNING


async def test_a_start_with_a_clock_that_is_behind() -> None:
    """A server that wakes up in the past opens no day in it."""
    office = Office()
    async with at_work(office):
        await office.take()
    async with at_work(Office(journal=office.journal, now=MORNING - timedelta(days=400)), catalogue=None) as successor:
        await successor.take()
        assert successor.service.hall.day == DAY
        assert successor.journal.entries[-1].at >= MORNING


async def test_the_first_command_of_a_later_date_opens_the_day() -> None:
    """Whoever comes first in the morning gets number one, in one transaction with the change of the day."""
    async with at_work() as office:
        await office.take()
        office.wait(days=1)
        assert await office.take() == TicketId("20261124-A001")
        kinds = [type(entry.event) for entry in office.journal.entries]
        assert kinds[-3:] == [DayClosed, DayOpened, TicketIssued]
        assert office.journal.batches[-1] == 3


async def test_a_clerk_over_midnight_meets_the_new_day() -> None:
    """A call after midnight finds yesterday's line gone, and says so instead of failing."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        await office.take()
        office.wait(days=1)
        assert (await office.ask(CallNext(counter=1, after=None), LAN)).result == Refused(
            code="nobody_waiting", facts={"counter": 1}
        )
        assert office.service.hall.day == DAY + timedelta(days=1)


async def test_midnight_passes_while_nobody_asks() -> None:
    """The passing of time alone changes the day, once, and screens are told."""
    async with at_work() as office:
        office.service.pass_time()
        await office.idle()
        assert len(office.events(DayOpened)) == 1
        office.wait(days=1)
        for _ in range(3):
            office.service.pass_time()
        await office.idle()
        assert len(office.events(DayOpened)) == 2
        assert [type(entry.event) for entry in office.published] == [DayClosed, DayOpened]


async def test_a_free_counter_calls_by_itself() -> None:
    """Where the policy says so, the passing of time alone calls the next ticket, in the name of the clerk there."""
    async with at_work(catalogue=with_policy(auto_call_after_s=20)) as office:
        await office.ask(OpenCounter(counter=1), LAN)
        ticket = await office.take()
        for seconds, calls in ((19, 0), (1, 1), (60, 1)):
            office.wait(seconds=seconds)
            office.service.pass_time()
            await office.idle()
            assert len(office.events(TicketCalled)) == calls
        (call,) = office.events(TicketCalled)
        assert (office.journal.entries[-1].actor, call.ticket, call.clerk) == ("system", ticket, "lan")


async def test_a_start_in_the_middle_of_the_day_marks_the_outage() -> None:
    """From the last sign of life on nobody was there; without one, from the last event on."""
    office = Office()
    async with at_work(office):
        await office.take()
    for minutes, alive_after, expected_min in ((10, 4, 4), (30, None, 10)):
        start = MORNING + timedelta(minutes=minutes)
        alive = None if alive_after is None else MORNING + timedelta(minutes=alive_after)
        successor = Office(journal=office.journal, now=start)
        async with at_work(successor, catalogue=None, last_alive=alive):
            outage = successor.events(OutageEnded)[-1]
            assert outage == OutageEnded(began_at=MORNING + timedelta(minutes=expected_min), ended_at=start)


async def test_a_start_on_a_new_day_is_no_outage() -> None:
    """The night is nobody's loss."""
    office = Office()
    async with at_work(office):
        await office.take()
    async with at_work(Office(journal=office.journal, now=MORNING + timedelta(days=1)), catalogue=None) as successor:
        assert successor.events(OutageEnded) == []


@pytest.mark.parametrize(("hours_after_eight", "is_next_day"), [(15.99, False), (16.0, True)])
async def test_the_day_is_the_centers(hours_after_eight: float, *, is_next_day: bool) -> None:
    """The day changes at midnight in Lào Cai, which is five in the afternoon in UTC."""
    async with at_work() as office:
        office.wait(hours=hours_after_eight)
        office.service.pass_time()
        await office.idle()
        assert (office.service.hall.day == DAY + timedelta(days=1)) == is_next_day


async def test_the_first_start_opens_the_local_day() -> None:
    """A center that is set up before seven in the morning opens today, although UTC is still in yesterday."""
    async with at_work(Office(now=MORNING - timedelta(hours=2))) as office:
        assert office.service.hall.day == DAY
        assert [type(entry.event) for entry in office.journal.entries] == [CatalogueChanged, DayOpened]


async def test_an_empty_center_has_no_catalogue_to_show() -> None:
    """Before the first import the catalogue is an error, not a guess."""
    async with at_work(catalogue=None) as office:
        with pytest.raises(LookupError):
            office.service.catalogue  # noqa: B018 - reading it is the test
    async with at_work() as office:
        assert office.service.catalogue == CATALOGUE
        assert (office.service.epoch, office.service.revision.sequence) == (1, 2)


async def test_a_language_is_known_while_the_visit_lasts() -> None:
    """It is there until the ticket can be called no more, and gone then."""
    async with at_work() as office:
        await office.ask(OpenCounter(counter=1), LAN)
        first, second = await office.take("en"), await office.take("hmn")
        assert office.service.languages == {first: "en", second: "hmn"}
        await office.ask(CallNext(counter=1, after=None), LAN)
        await office.ask(StartService(ticket=first), LAN)
        await office.ask(FinishService(ticket=first), LAN)
        assert office.service.languages == {second: "hmn"}
        await office.ask(CallNext(counter=1, after=None), LAN)
        await office.ask(MarkNoShow(ticket=second), LAN)
        assert office.service.languages == {second: "hmn"}, "who missed a call may come back"
        await office.ask(VoidTicket(ticket=second, reason="left"), LAN)
        assert office.service.languages == {}


async def test_languages_are_gone_in_the_morning() -> None:
    """Whoever was left behind at midnight is forgotten."""
    async with at_work() as office:
        await office.take("en")
        office.wait(days=1)
        office.service.pass_time()
        await office.idle()
        assert office.service.languages == {}


async def test_who_comes_first_in_the_morning_keeps_the_language() -> None:
    """A ticket that opens the day with its own command is not forgotten with those of yesterday."""
    async with at_work() as office:
        await office.take("en")
        office.wait(days=1)
        ticket = await office.take("hmn")
        assert office.service.languages == {ticket: "hmn"}


async def test_no_language_is_written_down() -> None:
    """Neither events nor stored answers tell what language a person spoke."""
    async with at_work() as office:
        await office.ask(office.taking(language="hmn"), command_id="the-same-id")
        stored = list(office.journal.stored_answers([CommandId("the-same-id")]).values())
        written = [msgspec.json.encode(entry.event) for entry in office.journal.entries]
        assert stored
        assert not any(b"hmn" in each for each in [*written, *(answer.answer for answer in stored)])
