"""A server whose journal ends before what others have heard of: at its start, and when a box comes back."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from queue_protocol.ids import Revision, ticket_number
from queue_protocol.journal_end import JournalEnd
from queue_server.core.events import DayOpened, OutageEnded
from queue_server.core.loss_events import EntriesMissing
from tests.core.center import KIOSK, MORNING
from tests.engine.office import Office, TroubledJournal, at_work


async def lived() -> tuple[Office, JournalEnd]:
    """Return a center that has given two tickets, and where its journal ends."""
    office = Office()
    async with at_work(office):
        await office.take()
        await office.take()
    assert office.service.end is not None
    return office, office.service.end


def without_last(office: Office, entries: int = 1) -> TroubledJournal:
    """Return the journal without its last entries."""
    journal = TroubledJournal()
    for entry in office.journal.entries[:-entries]:
        journal.append([entry], [])
    return journal


def successor_of(office: Office, journal: TroubledJournal, now: datetime = MORNING) -> Office:
    """Return the next server, which is asked with ids and tokens of its own."""
    return Office(journal=journal, now=now, ids=office.ids, tokens=office.tokens)


async def test_the_end_is_that_of_what_is_durable() -> None:
    """The last entry with its hash, and the last number of each series."""
    office, end = await lived()
    head = office.journal.head()
    assert (end.center, end.revision) == ("baoha", Revision(epoch=1, sequence=head.sequence))
    assert (end.hash, end.at, end.numbers) == (head.hash.hex(), office.journal.entries[-1].at, {"A": 2})


async def test_a_start_that_has_everything_notes_nothing() -> None:
    """What was heard of is there: the epoch stays, and the numbers go on."""
    office, end = await lived()
    async with at_work(successor_of(office, office.journal), catalogue=None, last_end=end) as successor:
        await successor.service.hear_of(end, KIOSK)
        assert successor.events(EntriesMissing) == []
        assert successor.service.epoch == 1
        assert ticket_number(await successor.take()) == "A003"


async def test_a_start_without_the_last_entry_goes_on_above_it() -> None:
    """The number on the lost slip is not given again; what follows has an epoch of its own."""
    office, end = await lived()
    later = MORNING + timedelta(minutes=5)
    async with at_work(successor_of(office, without_last(office), later), catalogue=None, last_end=end) as successor:
        [missing] = successor.events(EntriesMissing)
        assert (missing.after, missing.through, missing.numbers) == (end.revision.sequence - 1, end.revision, {"A": 2})
        assert ticket_number(await successor.take()) == "A003"
        assert successor.service.revision.epoch == 2
        assert successor.service.end is not None
        assert successor.service.end.revision > end.revision
        assert len(successor.events(OutageEnded)) == 1


async def test_a_loss_that_the_next_day_finds_reaches_into_it() -> None:
    """Given a backup of yesterday, when the end was heard of today, then today's numbers go on above it."""
    office, end = await lived()
    end = replace(end, day=end.day + timedelta(days=1), revision=Revision(epoch=1, sequence=90), numbers={"A": 42})
    tomorrow = successor_of(office, office.journal, MORNING + timedelta(days=1))
    async with at_work(tomorrow, catalogue=None, last_end=end) as successor:
        assert successor.events(DayOpened)[-1].missing == tuple(successor.events(EntriesMissing))
        assert ticket_number(await successor.take()) == "A043"


async def test_a_box_tells_of_a_loss_and_others_add_nothing() -> None:
    """The first hello is noted with its name; when it has returned, the next number is above."""
    office, end = await lived()
    async with at_work(successor_of(office, without_last(office)), catalogue=None) as successor:
        await successor.service.hear_of(end, KIOSK)
        await successor.service.hear_of(end, KIOSK)
        assert len(successor.events(EntriesMissing)) == 1
        assert successor.journal.entries[-1].actor == KIOSK.id
        assert successor.service.epoch == 2
        assert ticket_number(await successor.take()) == "A003"


async def test_another_history_of_the_same_length_is_seen() -> None:
    """The hash tells, where the sequence does not: a server that was restored and has gone on meanwhile."""
    office, end = await lived()
    async with at_work(successor_of(office, without_last(office)), catalogue=None) as successor:
        await successor.take("en")
        await successor.take()
        assert successor.service.end is not None
        assert successor.service.end.revision > end.revision
        await successor.service.hear_of(end, KIOSK)
        assert len(successor.events(EntriesMissing)) == 1


async def test_a_server_of_a_later_epoch_is_gone_above() -> None:
    """Whoever was restored before: the epoch after it is no other journal's."""
    office, end = await lived()
    later = replace(end, revision=Revision(epoch=5, sequence=1))
    async with at_work(successor_of(office, office.journal), catalogue=None, last_end=later) as successor:
        assert successor.service.epoch == 6


async def test_a_box_of_another_center_tells_nothing() -> None:
    """A kiosk that was moved speaks of a journal that is none of ours."""
    office, end = await lived()
    async with at_work(successor_of(office, office.journal), catalogue=None) as successor:
        await successor.service.hear_of(replace(end, center="elsewhere", revision=Revision(epoch=9, sequence=9)), KIOSK)
        assert successor.events(EntriesMissing) == []
        assert successor.service.epoch == 1


async def test_a_storage_that_does_not_answer_keeps_no_box_out() -> None:
    """What cannot be looked up is told again with the next hello."""
    office, end = await lived()
    async with at_work(successor_of(office, office.journal), catalogue=None) as successor:
        successor.journal.is_gone = True
        await successor.service.hear_of(replace(end, hash="f" * 64), KIOSK)
        successor.journal.is_gone = False
        await successor.service.hear_of(replace(end, hash="f" * 64), KIOSK)
        assert len(successor.events(EntriesMissing)) == 1
