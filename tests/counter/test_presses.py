"""Keys out of bytes: frames in noise, frames in pieces, and events of the kernel."""

from hypothesis import given
from hypothesis import strategies as st

from display.counter.presses import INPUT_EVENT, STRANGE_BYTES, EventReader, FrameReader, PadKey
from tests.counter.bus import NEXT, RECALL

FRAMES = {NEXT: PadKey(1, "next"), RECALL: PadKey(1, "recall")}

NOISE = st.binary(max_size=6).filter(lambda noise: not set(noise) & {0x05, 0x11})
"""Bytes that no frame begins with."""


def events(*keys: tuple[int, int]) -> bytes:
    """Return input events of keys with these codes and values, each followed by the report that ends it."""
    return b"".join(INPUT_EVENT.pack(1, 2, 1, code, value) + INPUT_EVENT.pack(1, 2, 0, 0, 0) for code, value in keys)


@given(st.lists(st.tuples(NOISE, st.sampled_from(sorted(FRAMES))), max_size=6), st.data())
def test_frames_are_found_in_noise_however_they_are_split(sent: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """Every key counts once, in order, whatever stands between and wherever the reads cut."""
    stream = b"".join(noise + frame for noise, frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader, found = FrameReader(FRAMES), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end], 0.0)
    assert found == [FRAMES[frame] for _, frame in sent]


def test_a_broken_frame_does_not_take_the_next_one_with_it() -> None:
    """A frame that was cut off is dropped up to where the next one begins."""
    reader = FrameReader(FRAMES)
    assert reader.feed(NEXT[:3] + NEXT + NEXT[:1] + RECALL, 0.0) == [FRAMES[NEXT], FRAMES[RECALL]]


def test_the_beginning_of_a_frame_is_forgotten_after_a_while() -> None:
    """Noise that looks like a beginning does not join with a later piece."""
    reader = FrameReader(FRAMES)
    assert reader.feed(NEXT[:2], 0.0) == []
    assert reader.feed(NEXT[2:], 1.0) == []
    assert reader.feed(NEXT, 1.1) == [FRAMES[NEXT]]


def test_strange_bytes_are_kept_for_the_log_and_no_more_than_some() -> None:
    """Who sets up a pad learns what it sends; a bus of noise fills no memory."""
    reader = FrameReader(FRAMES)
    reader.feed(b"\x09\x08" + NEXT, 0.0)
    assert reader.take_strange() == b"\x09\x08"
    reader.feed(b"\x09" * 5000, 0.0)
    assert reader.take_strange() == b"\x09" * STRANGE_BYTES
    assert reader.take_strange() == b""


def test_only_keys_going_down_count() -> None:
    """A held key repeats and is released; neither is a press."""
    assert EventReader().feed(events((96, 1), (96, 2), (96, 2), (96, 0), (78, 1))) == [96, 78]


@given(st.lists(st.integers(1, 200), max_size=5), st.data())
def test_events_may_come_in_pieces(codes: list[int], data: st.DataObject) -> None:
    """A read that cuts an event in two loses nothing."""
    stream = events(*((code, 1) for code in codes))
    cut = data.draw(st.integers(0, len(stream)))
    reader = EventReader()
    assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == codes
