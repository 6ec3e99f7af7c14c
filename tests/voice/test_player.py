"""The voice's thread, with sinks that write, that play to nothing, that fail, and with no card at all."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import miniaudio
import numpy as np
import pytest

from display.voice import announcer
from display.voice.announcer import NoSound, Spoken, Stale, Started
from display.voice.device import PERIOD_MS, DeviceSink
from display.voice.folder import FolderSink
from display.voice.join import join
from display.voice.player import SpeakerFailed, SpeakerReady, Voice, VoiceEvent, choose_sink
from display.voice.silence import SilenceSink
from display.voice.sink import Sink, SinkError
from display.voice.waves import Samples, read_wave
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.ids import Revision, TicketId
from queue_protocol.phrases import CHIME, LANGUAGES, announce_call, clip_keys
from tests.watching import PATIENCE_S, SOON_S, wait_until

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
# 4 ms a clip: a call is short here but for its silences.
CLIPS = {key: np.full(96, 100, np.int16) for language in LANGUAGES for key in clip_keys(language)} | {
    CHIME: np.full(240, 100, np.int16)
}
NULL = (miniaudio.Backend.NULL,)


class FakeSink:
    """Keeps what is played, or fails when told to."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.played: list[tuple[str, int]] = []
        self.opened = 0
        self.hold = threading.Event()
        self.hold.set()

    def _answer(self) -> None:
        if self.trouble is not None:
            raise SinkError(self.trouble)

    def open(self) -> None:
        """See `Sink`."""
        self.opened += 1
        self._answer()

    def check(self) -> None:
        """See `Sink`."""
        self._answer()

    def play(self, title: str, sounds: Iterable[Samples]) -> None:
        """See `Sink`. Takes the first sound, then waits while it is held."""
        self._answer()
        count = 0
        for _ in sounds:
            count += 1
            self.hold.wait(5)
        self.played.append((title, count))

    def close(self) -> None:
        """See `Sink`."""
        self.hold.set()


class Hall:
    """A voice and what it told."""

    def __init__(self, sink: Sink, check_every_s: float = 60) -> None:
        self.now = NOON
        self.told: queue.Queue[VoiceEvent] = queue.Queue()
        self.voice = Voice(CLIPS, sink, lambda: self.now, self.told.put, check_every_s)

    def hear(self, count: int) -> list[VoiceEvent]:
        """Return the next events."""
        return [self.told.get(timeout=PATIENCE_S) for _ in range(count)]


Open = Callable[..., Hall]


@pytest.fixture
def hall() -> Iterator[Open]:
    """Return a function that opens a hall; it is closed after the test."""
    opened: list[Hall] = []

    def start(sink: Sink, check_every_s: float = 60) -> Hall:
        opened.append(Hall(sink, check_every_s))
        return opened[-1]

    yield start
    for one in opened:
        one.voice.close()


def call(sequence: int, number: str = "A001", utterances: int = 2) -> CallAnnouncement:
    """Return a call of noon."""
    return CallAnnouncement(
        call=Revision(epoch=1, sequence=sequence),
        ticket=TicketId(f"20261123-{number}"),
        number=number,
        counter=3,
        kind="first",
        priority=False,
        called_at=NOON,
        utterances=announce_call(number, 3, "first", ["vi"])[:utterances],
    )


def test_each_announcement_becomes_one_file_with_the_joined_call(tmp_path: Path, hall: Open) -> None:
    """On a machine without a card the call can be checked sample by sample, and counts as spoken."""
    one = call(7, "A015")
    opened = hall(choose_sink(f"file:{tmp_path / 'said'}"))
    opened.voice.say(one)
    assert opened.hear(3) == [SpeakerReady(), Started(one), Spoken(one)]
    sound = join([part for utterance in one.utterances for part in utterance], CLIPS)
    assert isinstance(sound, np.ndarray)
    assert [path.name for path in (tmp_path / "said").iterdir()] == ["1-000007-A015-3.wav"]
    np.testing.assert_array_equal(read_wave((tmp_path / "said" / "1-000007-A015-3.wav").read_bytes()), sound)


def test_calls_are_said_in_order_and_never_at_once(hall: Open) -> None:
    """A second call waits until the first has been heard."""
    sink = FakeSink()
    sink.hold.clear()
    opened = hall(sink)
    one, two = call(1, "A001"), call(2, "H002")
    opened.voice.say(one)
    opened.voice.say(two)
    assert opened.hear(2) == [SpeakerReady(), Started(one)]
    assert opened.told.empty()
    sink.hold.set()
    assert opened.hear(3) == [Spoken(one), Started(two), Spoken(two)]


def test_a_crowd_that_comes_during_a_call_cuts_its_repeat(hall: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that arrive while the first half is said cut the second half; the last one has room for both."""
    monkeypatch.setattr(announcer, "CROWDED_S", 0.0)
    sink = FakeSink()
    sink.hold.clear()
    opened = hall(sink)
    opened.voice.say(call(1, "A001"))
    opened.hear(2)
    for number in range(2, 5):
        opened.voice.say(call(number, f"A00{number}"))
    sink.hold.set()
    opened.hear(7)
    assert [utterances for _, utterances in sink.played] == [1, 1, 1, 2]


def test_cancelled_and_stale_calls_are_told_and_not_said(hall: Open) -> None:
    """What nobody needs is not played, by the server's clock."""
    sink = FakeSink()
    sink.hold.clear()
    opened = hall(sink)
    one, two, three = call(1, "A001"), call(2, "H002"), call(3, "L003")
    for each in (one, two, three):
        opened.voice.say(each)
    opened.hear(2)
    opened.voice.cancel(two.ticket)
    opened.now += timedelta(minutes=6)
    sink.hold.set()
    assert opened.hear(3) == [Stale(two, "cancelled"), Spoken(one), Stale(three, "too_old")]
    assert [title for title, _ in sink.played] == ["1-000001-A001-3"]


def test_without_a_card_calls_pass_in_silence_and_are_not_spoken(hall: Open) -> None:
    """No card: told once, the call takes its time, ends as not heard, and the voice goes on."""
    sink = FakeSink()
    sink.trouble = "no card"
    opened = hall(sink)
    one = call(1, utterances=1)
    before = time.monotonic()
    opened.voice.say(one)
    assert opened.hear(3) == [SpeakerFailed("no card"), Started(one), NoSound(one, "no card")]
    assert time.monotonic() - before > 1.0


def test_a_card_that_comes_back_is_used_again(hall: Open) -> None:
    """The card is tried again while nothing is called; then the same call can be spoken."""
    sink = FakeSink()
    sink.trouble = "no card"
    opened = hall(sink, check_every_s=0.02)
    assert opened.hear(1) == [SpeakerFailed("no card")]
    sink.trouble = None
    assert opened.hear(1) == [SpeakerReady()]
    one = call(1)
    opened.voice.say(one)
    assert opened.hear(2) == [Started(one), Spoken(one)]
    assert sink.opened > 1


def test_a_card_that_is_pulled_out_while_idle_is_noticed(hall: Open) -> None:
    """The health page knows before the next call is lost; it is told once, not at every try."""
    sink = FakeSink()
    opened = hall(sink, check_every_s=0.02)
    assert opened.hear(1) == [SpeakerReady()]
    sink.trouble = "pulled out"
    assert opened.hear(1) == [SpeakerFailed("pulled out")]
    time.sleep(0.1)
    assert opened.told.empty()


def test_a_call_with_an_unknown_clip_is_not_heard_and_the_next_one_is(hall: Open) -> None:
    """A key that no bank has is named in the event; it stops nothing."""
    opened = hall(FakeSink())
    broken = call(1)
    broken = CallAnnouncement(
        **{field: getattr(broken, field) for field in broken.__struct_fields__ if field != "utterances"},
        utterances=(("mww/call", 100, "vi/digit-1"),),
    )
    whole = call(2, "H002")
    opened.voice.say(broken)
    opened.voice.say(whole)
    assert opened.hear(5) == [
        SpeakerReady(), Started(broken), NoSound(broken, "clips missing: mww/call"), Started(whole), Spoken(whole),
    ]  # fmt: skip


@pytest.mark.parametrize("make", [lambda: DeviceSink(NULL), SilenceSink], ids=["null backend", "silence"])
def test_sound_takes_its_time(make: Callable[[], Sink]) -> None:
    """A device that plays to nothing, and our own silence, last as long as the sound."""
    sink = make()
    sink.open()
    before = time.monotonic()
    sink.play("call", [np.zeros(4800, np.int16), np.zeros(2400, np.int16)])
    assert time.monotonic() - before > 0.25
    sink.check()
    sink.close()


@pytest.mark.parametrize("make", [lambda: DeviceSink(NULL), SilenceSink], ids=["null backend", "silence"])
def test_closing_ends_a_sentence_at_once(make: Callable[[], Sink]) -> None:
    """Ctrl-C does not wait for the end of a call."""
    sink = make()
    sink.open()
    threading.Timer(0.05, sink.close).start()
    before = time.monotonic()
    with pytest.raises(SinkError):
        sink.play("call", [np.zeros(24_000 * 100, np.int16)])
    assert time.monotonic() - before < SOON_S


def test_a_closed_device_neither_opens_nor_plays() -> None:
    """A close that comes while the voice is opening the card, or between two sentences, wins."""
    sink = DeviceSink(NULL)
    sink.open()
    sink.close()
    for act in (sink.open, lambda: sink.play("call", [np.zeros(24_000 * 20, np.int16)])):
        with pytest.raises(SinkError):
            act()
    assert sink._device is None


def test_the_first_sample_comes_soon() -> None:
    """An open, idle device takes a new sound with the next period it asks for, and a period is at most 50 ms."""
    sink = DeviceSink(NULL)
    feed = sink._feed.run()
    assert not feed.send(480).any()
    thread = threading.Thread(target=sink._feed.play, args=(np.ones(1, np.int16), PATIENCE_S))
    thread.start()
    wait_until(lambda: sink._feed._pending.size > 0, "the sound is given to the device")
    assert feed.send(480)[0] == 1
    thread.join()
    assert PERIOD_MS <= 50


def test_the_device_gets_every_sample_in_order() -> None:
    """What the card takes, period by period, is the sound and then silence."""
    sink = DeviceSink(NULL)
    feed = sink._feed.run()
    sound = np.arange(1, 1001, dtype=np.int16)
    thread = threading.Thread(target=sink._feed.play, args=(sound, 5))
    thread.start()
    while not sink._feed._pending.size:
        time.sleep(0.001)
    taken = np.concatenate([feed.send(frames) for frames in (1, 480, 480, 480)])
    thread.join()
    np.testing.assert_array_equal(taken, np.pad(sound, (0, 441)))


def test_a_card_that_stops_asking_is_noticed() -> None:
    """A device whose thread asks for nothing between two checks is gone."""
    sink = DeviceSink(NULL)
    with pytest.raises(SinkError, match="stopped asking"):
        sink.check()
    sink.open()
    time.sleep(0.1)
    sink.check()
    device = sink._device
    assert device is not None
    device.stop()
    sink._periods_at_check = sink._feed.periods
    with pytest.raises(SinkError, match="stopped asking"):
        sink.check()
    sink.close()


def test_a_backend_that_cannot_play_is_a_sentence() -> None:
    """A machine without the sound system asked for (here Android's) gets an error to show, no traceback."""
    sink = DeviceSink((miniaudio.Backend.AAUDIO,))
    with pytest.raises(SinkError, match="no sound card that plays"):
        sink.open()


def test_a_folder_that_cannot_be_written_is_a_sink_error(tmp_path: Path) -> None:
    """A full or forbidden disk does not stop the voice."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="cannot be written"):
        FolderSink(tmp_path / "file" / "below").open()
    with pytest.raises(SinkError, match="gone"):
        FolderSink(tmp_path / "nowhere").check()
    with pytest.raises(SinkError, match="cannot be written"):
        FolderSink(tmp_path / "nowhere").play("call", [np.zeros(1, np.int16)])


@pytest.mark.parametrize(("setting", "kind"), [("device", DeviceSink), ("none", SilenceSink), ("file:x", FolderSink)])
def test_settings_name_the_sinks(setting: str, kind: type[Sink]) -> None:
    """The three places where sound can go."""
    assert isinstance(choose_sink(setting), kind)


@pytest.mark.parametrize("setting", ["", "file", "file:", "loud"])
def test_a_setting_that_names_no_sink_is_refused(setting: str) -> None:
    """The sentence lists what can be chosen."""
    with pytest.raises(ValueError, match="device, none or file:FOLDER"):
        choose_sink(setting)
