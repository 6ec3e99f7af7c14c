"""The whole chain, read from outside: what holds, what does not and where, and what a printed hash proves."""

from dataclasses import replace
from pathlib import Path

import pytest

from queue_server.journal.port import JournalDamaged
from queue_server.journal.records import chain_hash, row_of
from queue_server.storage.chain import Verified, verify
from queue_server.storage.reports import Reports
from tests.storage.files import ask, store, tamper
from tests.storage.journals import ORIGIN, a_full_day

ENTRIES = a_full_day().midnight().entries
DAY = "2026-11-23"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a whole day and the opening of the next."""
    return store(tmp_path, ENTRIES)


def verified(path: Path, expect: str | None = None) -> Verified:
    """Read the chain without telling anybody how far it is."""
    return verify(path, expect, lambda _done, _total: None)


def test_a_chain_that_holds(path: Path) -> None:
    """The head is the last entry, and the progress ends at all of them."""
    told: list[tuple[int, int]] = []
    found = verify(path, None, lambda done, total: told.append((done, total)))
    assert (found.head.sequence, found.anchor.sequence, found.expected) == (len(ENTRIES), 0, True)
    assert told[-1] == (len(ENTRIES), len(ENTRIES))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE event SET actor = 'account:nobody' WHERE sequence = 5",
            "entry 5 of 2026-11-23 is not what was written",
        ),
        ("DELETE FROM event WHERE sequence = 5", "entry 5 is not there"),
        ("UPDATE event SET hash = zeroblob(32) WHERE sequence = 7", "entry 7 of 2026-11-23 is not what was written"),
        ("UPDATE event SET body = x'7b7d' WHERE sequence = 1", "entry 1 of 2026-11-23 is not what was written"),
    ],
)
def test_the_place_of_a_change_is_named(path: Path, statement: str, words: str) -> None:
    """A dispute is about one entry, so the sentence says which."""
    tamper(path, statement)
    with pytest.raises(JournalDamaged, match=words):
        verified(path)


def test_a_change_with_a_hash_made_to_fit_breaks_the_next(path: Path) -> None:
    """Who recomputes the hash of a changed row has to recompute all that follow."""
    [(previous,)] = ask(path, "SELECT previous_hash FROM event WHERE sequence = 5")
    assert isinstance(previous, bytes)
    forged = chain_hash(previous, row_of(replace(ENTRIES[4], actor="account:nobody"), ORIGIN)).hex()
    change = f"actor = 'account:nobody', hash = x'{forged}'"
    tamper(path, f"UPDATE event SET {change} WHERE sequence = 5")  # noqa: S608 - the tampering is the test
    with pytest.raises(JournalDamaged, match="entry 6 of"):
        verified(path)


def test_a_printed_hash_is_found(path: Path) -> None:
    """The head of a day, as its ledger shows it, is the hash of a row."""
    reports = Reports(path)
    closed, open_day = reports.day_head(DAY), reports.day_head("2026-11-24")
    reports.close()
    assert verified(path, closed).expected
    assert verified(path, open_day).head.hash.hex() == open_day


def test_a_journal_rewritten_whole_is_found_by_the_printed_hash(path: Path, tmp_path: Path) -> None:
    """A chain made anew holds together, but the hash on the paper is in it no more."""
    reports = Reports(path)
    printed = reports.day_head(DAY)
    reports.close()
    (tmp_path / "forged").mkdir()
    without = [*ENTRIES[:7], *ENTRIES[8:]]
    forged = store(tmp_path / "forged", [replace(each, sequence=place) for place, each in enumerate(without, 1)])
    assert verified(forged).head.sequence == len(ENTRIES) - 1
    assert not verified(forged, printed).expected


def test_damage_beside_the_journal_is_found(path: Path) -> None:
    """A page of an index that holds noise is damage too, though every entry is there."""
    root = int(str(ask(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'ticket_day'")[0][0]))
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xa5" * 4096
    path.write_bytes(bytes(content))
    with pytest.raises(JournalDamaged):
        verified(path)
