"""What a box keeps of where the journal ends, and says in each hello."""

from datetime import date, timedelta

import msgspec

from queue_protocol.codec import decode_from_client, encode
from queue_protocol.hellos import KioskHello
from queue_protocol.ids import Revision
from queue_protocol.journal_end import JournalEnd, newest
from queue_protocol.session import Session
from queue_protocol.snapshots import Beat
from tests.protocol.pair import HELLO, MORNING

DAY = MORNING.date()


def end(sequence: int, epoch: int = 1, day: date = DAY, **numbers: int) -> JournalEnd:
    """Return an end of the journal of this center."""
    revision = Revision(epoch=epoch, sequence=sequence)
    return JournalEnd(center="baoha", revision=revision, hash=f"{sequence:064x}", at=MORNING, day=day, numbers=numbers)


def test_the_later_end_is_kept() -> None:
    """By epoch, then by sequence, in whatever order they come."""
    assert newest(None, end(1)) == newest(end(1), None) == end(1)
    for later, earlier in ((end(2), end(1)), (end(1, epoch=2), end(9))):
        assert newest(earlier, later) == newest(later, earlier) == later


def test_numbers_of_a_day_never_fall() -> None:
    """A restored server that knows less does not make a box forget what was given."""
    kept = newest(end(90, A=42, B=3), end(50, epoch=2, A=10, L=1))
    assert kept == end(50, epoch=2, A=42, B=3, L=1)


def test_numbers_of_a_later_day_are_kept_alone() -> None:
    """Each day begins its series anew."""
    tomorrow = DAY + timedelta(days=1)
    assert newest(end(90, A=42), end(95, day=tomorrow, A=1)) == end(95, day=tomorrow, A=1)
    assert newest(end(90, day=tomorrow, A=4), end(5, epoch=2, A=9)) == end(5, epoch=2, day=tomorrow, A=4)


def test_another_center_replaces_what_was_kept() -> None:
    """A box that is moved to another center does not speak of the old one."""
    other = msgspec.structs.replace(end(1), center="laocai")
    assert newest(end(90, A=42), other) == other


def test_a_session_says_the_newest_end_it_has_heard() -> None:
    """In each hello, from an earlier life on."""
    session = Session(lambda: HELLO, end(3))
    assert said_by(session) == end(3)
    for each in (end(7), end(5), None):
        session.receive(encode(Beat(now=MORNING, revision=Revision(epoch=1, sequence=1), end=each)), 1.0)
    assert said_by(session) == end(7)


def said_by(session: Session) -> JournalEnd | None:
    """Let a session connect, and return the end in its hello."""
    session.connected(0.0)
    hello = decode_from_client(session.frames_to_send(0.0)[0])
    assert isinstance(hello, KioskHello)
    return hello.heard
