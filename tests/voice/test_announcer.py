"""The order of announcements, with time as an argument."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from display.voice import announcer
from display.voice.announcer import CROWDED_S, Announcer, AnnouncerEvent, NoSound, Spoken, Stale, Started
from queue_protocol.announcements import CallAnnouncement, CallKind
from queue_protocol.ids import Revision, TicketId
from queue_protocol.phrases import announce_call

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def call(
    sequence: int,
    number: str,
    kind: CallKind = "first",
    at: datetime = NOON,
    languages: tuple[str, ...] = ("vi",),
) -> CallAnnouncement:
    """Return a call as the server makes it."""
    return CallAnnouncement(
        call=Revision(epoch=1, sequence=sequence),
        ticket=TicketId(f"20261123-{number}"),
        number=number,
        counter=3,
        kind=kind,
        priority=False,
        called_at=at,
        utterances=announce_call(number, 3, kind, languages),
    )


def receive_all(*calls: CallAnnouncement) -> Announcer:
    """Return an announcer that these calls came to."""
    state = Announcer()
    for one in calls:
        state, _ = announcer.receive(state, one)
    return state


def speak_all(state: Announcer, now: datetime = NOON) -> tuple[Announcer, list[str], list[AnnouncerEvent]]:
    """Say what waits; return the numbers in order and what happened."""
    said: list[str] = []
    events: list[AnnouncerEvent] = []
    while True:
        state, started = announcer.start(state, now)
        events += started
        if state.speaking is None:
            return state, said, events
        said.append(state.speaking.number)
        state, finished = announcer.finish(state, now)
        events += finished


def test_two_calls_in_one_moment_are_both_said_in_order() -> None:
    """A call 0.3 s after another waits and is said; none overwrites the other."""
    state = receive_all(call(1, "A001"), call(2, "H002", at=NOON + timedelta(seconds=0.3)))
    _, said, events = speak_all(state)
    assert said == ["A001", "H002"]
    assert [type(event) for event in events] == [Started, Spoken, Started, Spoken]


def test_a_call_that_comes_twice_is_said_once() -> None:
    """Waiting, being said, or said: the same call number is not said again."""
    one = call(1, "A001")
    state, _ = announcer.receive(receive_all(one), one)
    state, _ = announcer.start(state, NOON)
    state, events = announcer.receive(state, one)
    assert (state.waiting, events) == ((), ())
    state, _ = announcer.finish(state, NOON)
    state, events = announcer.receive(state, one)
    assert (state.waiting, events) == ((), (Spoken(one),))


def test_an_acknowledgement_that_was_lost_is_given_again() -> None:
    """The server offers a spoken call again only when it never heard that it was spoken, so it is told once more."""
    one = call(1, "A001")
    state, _, _ = speak_all(receive_all(one))
    assert announcer.receive(state, one)[1] == (Spoken(one),)


def test_a_new_call_of_a_waiting_ticket_takes_its_place() -> None:
    """A ticket called again while it waits is said once, with the newest words, and loses no place."""
    old, between, new = call(1, "A001"), call(2, "H002"), call(3, "A001", "recall")
    state, events = announcer.receive(receive_all(old, between), new)
    assert (state.waiting, events) == ((new, between), (Stale(old, "replaced"),))


def test_an_older_call_does_not_replace_a_newer_one() -> None:
    """Calls that are offered again out of order do not bring back old words."""
    newer, older = call(3, "A001", "recall"), call(1, "A001")
    state, events = announcer.receive(receive_all(newer), older)
    assert (state.waiting, events) == ((newer,), (Stale(older, "replaced"),))


def test_a_recall_of_the_ticket_being_called_waits_its_turn() -> None:
    """What is being said is not replaced; the recall is said after it."""
    state, _ = announcer.start(receive_all(call(1, "A001")), NOON)
    state, _ = announcer.receive(state, call(2, "A001", "recall"))
    state, _ = announcer.finish(state, NOON)
    _, said, _ = speak_all(state)
    assert said == ["A001"]


def test_a_cancelled_ticket_is_not_called() -> None:
    """Served or gone: nobody is called for nothing."""
    one = call(1, "A001")
    state, events = announcer.cancel(receive_all(one, call(2, "H002")), one.ticket)
    assert events == (Stale(one, "cancelled"),)
    assert speak_all(state)[1] == ["H002"]


def test_a_ticket_cancelled_while_it_is_said_is_not_repeated() -> None:
    """The sentence is finished, its repeat left out, and it counts as spoken."""
    one = call(1, "A001", languages=("vi", "en"))
    state, _ = announcer.start(receive_all(one), NOON)
    state, _ = announcer.cancel(state, one.ticket)
    assert [announcer.goes_on(state, place, 0.0) for place in range(3)] == [True, False, False]
    assert announcer.finish(state, NOON)[1] == (Spoken(one),)


def test_a_call_of_more_than_five_minutes_ago_is_never_said() -> None:
    """At five minutes it is said, after it no more; the judge is the server's time."""
    one, late = call(1, "A001"), NOON + timedelta(minutes=5)
    assert speak_all(receive_all(one), late)[1] == ["A001"]
    _, said, events = speak_all(receive_all(one), late + timedelta(seconds=1))
    assert (said, events) == ([], [Stale(one, "too_old")])


def test_repeats_are_left_out_while_too_much_waits() -> None:
    """What waits is measured in seconds: over the limit a call is said once in each language, up to it twice."""
    calls = [call(number, f"A{number:03}", languages=("vi", "en")) for number in range(1, 3)]
    state, _ = announcer.start(receive_all(*calls), NOON)
    places = range(3)
    assert [announcer.goes_on(state, place, CROWDED_S + 0.1) for place in places] == [True, False, True]
    assert [announcer.goes_on(state, place, CROWDED_S) for place in places] == [True, True, True]


def test_a_call_without_sound_may_be_offered_again() -> None:
    """A call that was not heard is not acknowledged, and is said when it comes again."""
    one = call(1, "A001")
    state, _ = announcer.start(receive_all(one), NOON)
    state, events = announcer.finish(state, NOON, "no card")
    assert events == (NoSound(one, "no card"),)
    state, _ = announcer.receive(state, one)
    assert speak_all(state)[1] == ["A001"]


def test_memory_of_spoken_calls_ends_with_their_staleness() -> None:
    """After a day of calls the announcer remembers those of the last five minutes."""
    state = Announcer()
    for minute in range(600):
        now = NOON + timedelta(minutes=minute)
        state, _ = announcer.receive(state, call(minute, f"A{minute}", at=now))
        state, _, _ = speak_all(state, now)
    assert len(state.spoken) <= 6


@given(st.lists(st.tuples(st.integers(1, 8), st.sampled_from(["A001", "A002", "A003"])), max_size=20))
def test_every_call_has_one_end(arrivals: list[tuple[int, str]]) -> None:
    """Whatever comes in whatever order: each call is spoken once or stale, and none is lost."""
    calls = [call(sequence, number) for sequence, number in dict(arrivals).items()]
    state = Announcer()
    events: list[AnnouncerEvent] = []
    for one in calls:
        state, told = announcer.receive(state, one)
        events += told
    _, _, spoken = speak_all(state)
    ends = [event.announcement.call for event in [*events, *spoken] if isinstance(event, Spoken | Stale)]
    assert sorted(ends) == sorted(one.call for one in calls)
