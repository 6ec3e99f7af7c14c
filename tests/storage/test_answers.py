"""Answers that are kept: the same one again, or none; a changed letter is seen by whoever asks and by `verify`."""

import logging
import sqlite3
from pathlib import Path

import pytest

from queue_protocol.ids import CommandId
from queue_server.journal.port import JournalDamaged, StoredAnswer
from queue_server.storage.answers import OF_NO_COMMAND
from queue_server.storage.chain import verify
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.storage.journals import ORIGIN

GIVEN = StoredAnswer("device:kiosk-1", CommandId("command-1"), b"h" * 32, b'{"number":"L027"}', "2026-11-23")


def store(folder: Path, change: str) -> Path:
    """Write an answer, change its row as a bad disk does, and return the file."""
    journal = SqliteJournal(connect(folder / FILE), ORIGIN)
    journal.append([], [GIVEN])
    journal.close()
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    connection.execute(change)
    connection.close()
    return folder / FILE


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE answer SET answer = CAST(\'{"number":"L127"}\' AS BLOB)',
        "UPDATE answer SET actor = 'device:kiosk-2'",
        "UPDATE answer SET day = '2026-11-22'",
        "UPDATE answer SET checksum = checksum + 1",
    ],
)
def test_a_changed_answer_is_not_given_again(tmp_path: Path, change: str, caplog: pytest.LogCaptureFixture) -> None:
    """It belongs to no command any more, so that whoever asks once more is refused; `verify` names it."""
    path = store(tmp_path, change)
    with pytest.raises(JournalDamaged, match="answer to command command-1"):
        verify(path, None, lambda _done, _total: None)
    journal = SqliteJournal(connect(path), ORIGIN)
    with caplog.at_level(logging.ERROR):
        assert journal.stored_answers([GIVEN.command_id])[GIVEN.command_id].body_hash == OF_NO_COMMAND
    assert "is not given again" in caplog.text
    journal.close()


def test_an_answer_of_an_earlier_version_is_given_as_it_is(tmp_path: Path) -> None:
    """It has no checksum, and goes with its week."""
    path = store(tmp_path, "UPDATE answer SET checksum = NULL")
    verify(path, None, lambda _done, _total: None)
    journal = SqliteJournal(connect(path), ORIGIN)
    assert journal.stored_answers([GIVEN.command_id]) == {GIVEN.command_id: GIVEN}
    journal.close()
