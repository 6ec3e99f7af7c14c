"""What every journal does, whichever storage it is on; run against each of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from queue_protocol.ids import CommandId
from queue_server.core.events import DayOpened
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.journal.port import START, Head, Journal, JournalUnavailable
from tests.core.center import CATALOGUE, KIOSK, LAN
from tests.storage.journals import (
    ORIGIN,
    OpenJournal,
    answer,
    entries_of_a_day,
    named,
    open_memory,
    open_sqlite,
)

ENTRIES = entries_of_a_day()


@pytest.fixture(params=[open_memory, open_sqlite], ids=["memory", "sqlite"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenJournal]:
    """Lend each kind of journal in turn."""
    yield from request.param(tmp_path)


class TestJournal:
    """The contract."""

    def test_an_empty_journal_has_a_head_before_everything(self, open_journal: OpenJournal) -> None:
        """Nothing is in it: sequence 0, a hash of zeros, no day, whose it is."""
        journal = open_journal()
        assert (journal.head(), list(journal.open_day()), journal.origin) == (START, [], ORIGIN)

    def test_what_was_appended_is_there(self, open_journal: OpenJournal) -> None:
        """Entries come back equal, after a reopening too, and the head is the last of them."""
        journal = open_journal()
        head = journal.append(ENTRIES[:-2], [])
        assert head.sequence == ENTRIES[-3].sequence
        assert journal.head() == head
        again = open_journal()
        assert again.head() == head
        assert list(again.open_day()) == ENTRIES[:-2]

    def test_a_journal_leads_to_its_own_entries_alone(self, open_journal: OpenJournal) -> None:
        """By sequence and hash; the place before the first entry is one of every journal."""
        journal = open_journal()
        heads = [journal.append([entry], []) for entry in ENTRIES]
        assert all(journal.leads_to(head) for head in [START, *heads])
        assert not journal.leads_to(Head(heads[3].sequence, heads[4].hash))
        assert not journal.leads_to(Head(heads[-1].sequence + 1, heads[-1].hash))

    def test_an_epoch_is_raised_for_good_and_never_lowered(self, open_journal: OpenJournal) -> None:
        """It is that of the entries appended from then on, after a reopening too."""
        journal = open_journal()
        journal.append(ENTRIES[:2], [])
        journal.raise_epoch(4)
        journal.raise_epoch(3)
        journal.append(ENTRIES[2:4], [])
        assert journal.origin == replace(ORIGIN, epoch=4)
        assert open_journal().origin == journal.origin

    def test_the_hash_depends_on_content_and_order_only(self, open_journal: OpenJournal) -> None:
        """In one transaction or in many, the same entries lead to the same head; others to another."""
        journal = open_journal()
        for entry in ENTRIES:
            head = journal.append([entry], [])
        memory = next(open_memory(Path()))()
        assert memory.append(ENTRIES, []) == head
        other = next(open_memory(Path()))()
        changed = [*ENTRIES[:-1], replace(ENTRIES[-1], actor="account:nobody")]
        assert other.append(changed, []).hash != head.hash

    def test_a_day_is_read_from_its_opening(self, open_journal: OpenJournal) -> None:
        """Of two days only the open one is read, and it builds the whole hall."""
        journal = open_journal()
        journal.append(ENTRIES, [])
        read = list(journal.open_day())
        assert isinstance(read[0].event, DayOpened)
        assert read == ENTRIES[-1:]
        hall, whole = Hall(), Hall()
        for entry in read:
            hall = evolve(hall, entry)
        for entry in ENTRIES:
            whole = evolve(whole, entry)
        assert hall == whole
        assert hall.catalogue == CATALOGUE

    def test_answers_are_found_by_their_command(self, open_journal: OpenJournal) -> None:
        """An answer that was stored is there after a reopening; a command without an effect has none."""
        open_journal().append(ENTRIES[:1], [answer("command-1"), answer("command-2", LAN)])
        asked = [CommandId(f"command-{number}") for number in (1, 2, 3)]
        assert open_journal().stored_answers(asked) == {
            CommandId("command-1"): answer("command-1"),
            CommandId("command-2"): answer("command-2", LAN),
        }

    def test_an_answer_without_entries_is_kept(self, open_journal: OpenJournal) -> None:
        """A command that was done already has an answer and no event."""
        journal = open_journal()
        head = journal.append(ENTRIES[:3], [])
        assert journal.append([], [answer("command-1")]) == head
        assert list(journal.stored_answers([CommandId("command-1")])) == [CommandId("command-1")]

    def test_nothing_is_asked_for_nothing(self, open_journal: OpenJournal) -> None:
        """A batch of no commands has no answers."""
        assert open_journal().stored_answers([]) == {}

    @pytest.mark.parametrize("sequence", [2, 4, 7], ids=["again", "last", "gap"])
    def test_an_entry_out_of_order_is_not_taken(self, open_journal: OpenJournal, sequence: int) -> None:
        """An entry that does not follow the head leaves nothing of its batch behind, neither entry nor answer."""
        journal = open_journal()
        head = journal.append(ENTRIES[:4], [])
        batch = [ENTRIES[4], replace(ENTRIES[5], sequence=sequence)]
        self.check_refused(journal, lambda: journal.append(batch, [answer("command-1")]))
        assert journal.head() == head
        assert journal.append(ENTRIES[4:6], []).sequence == 6

    def test_a_command_has_its_events_once(self, open_journal: OpenJournal) -> None:
        """The same part of the same command of the same actor is not written twice, even under a new sequence."""
        journal = open_journal()
        journal.append([*ENTRIES[:2], named(ENTRIES[2], "command-1")], [])
        twice = named(replace(ENTRIES[3], actor=ENTRIES[2].actor), "command-1")
        self.check_refused(journal, lambda: journal.append([twice], [answer("command-1")]))
        assert journal.append([replace(twice, part=1)], []).sequence == 4

    def test_an_answer_is_given_once(self, open_journal: OpenJournal) -> None:
        """A second answer under an id, whoever asked, takes its whole batch with it."""
        journal = open_journal()
        head = journal.append(ENTRIES[:1], [answer("command-1", LAN)])
        batch = [answer("command-2"), answer("command-1", KIOSK)]
        self.check_refused(journal, lambda: journal.append(ENTRIES[1:2], batch), "command-2")
        assert journal.head() == head
        assert journal.stored_answers([CommandId("command-1")])[CommandId("command-1")].actor == LAN.id

    @staticmethod
    def check_refused(journal: Journal, append: Callable[[], object], gone: str = "command-1") -> None:
        """Check that an append is refused whole."""
        before = list(journal.open_day())
        with pytest.raises(JournalUnavailable):
            append()
        assert list(journal.open_day()) == before
        assert journal.stored_answers([CommandId(gone)]) == {}
