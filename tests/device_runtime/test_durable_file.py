"""Files of boxes: whole or not at all, every flipped bit seen, and nothing of a damaged file used."""

import logging
import os
import stat
from pathlib import Path

import pytest

from device_runtime import durable_file
from device_runtime.device_key import key_file, read_key
from device_runtime.durable_file import MOST_ASIDE, Damaged, DurableFile, framed, json_file, lay_aside, unframed

VALUE = {"number": "LK53", "token": "abc"}
KEY = "k" * 32


def values(folder: Path) -> DurableFile[dict[str, str]]:
    """Return a file in this folder for a value of text."""
    return json_file(folder / "value.json", dict[str, str])


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """The newest content is there, nothing else lies beside it, and nobody but its owner can read it."""
    assert values(tmp_path).read() is None
    values(tmp_path).write({})
    values(tmp_path).write(VALUE)
    assert values(tmp_path).read() == VALUE
    assert [path.name for path in tmp_path.iterdir()] == ["value.json"]
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "value.json").stat().st_mode) == 0o600


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    """Without a first line the content stands alone; the next writing adds the line."""
    (tmp_path / "value.json").write_bytes(b'{"number":"LK53","token":"abc"}')
    assert values(tmp_path).read() == VALUE
    values(tmp_path).write(VALUE)
    assert (tmp_path / "value.json").read_bytes().startswith(b"motcua-file 1 ")


def test_every_flipped_bit_is_seen(tmp_path: Path) -> None:
    """Wherever the bit is, the file is damaged; it never reads as another value, and never raises."""
    file = values(tmp_path)
    file.write(VALUE)
    sound = file.path.read_bytes()
    for place in range(len(sound)):
        for bit in range(8):
            file.path.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << bit]) + sound[place + 1 :])
            assert isinstance(file.look(), Damaged), (place, bit)


def test_every_cut_is_seen(tmp_path: Path) -> None:
    """A file that ends early, also one of no bytes, is damaged; so is one whose first part is zeros."""
    file = values(tmp_path)
    file.write(VALUE)
    sound = file.path.read_bytes()
    for length in range(len(sound)):
        file.path.write_bytes(sound[:length])
        assert isinstance(file.look(), Damaged), length
        file.path.write_bytes(bytes(len(sound) - length) + sound[len(sound) - length :])
        assert isinstance(file.look(), Damaged) or length == len(sound), length


def test_a_damaged_file_is_laid_aside_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every byte of it stays under a name with its date, and the way is free for a new one."""
    file = values(tmp_path)
    file.path.write_bytes(b"\xff\xff")
    os.utime(file.path, (1_764_000_000, 1_764_000_000))
    with caplog.at_level(logging.ERROR):
        found = file.read()
    assert isinstance(found, Damaged)
    assert found.laid_aside == tmp_path / "value.json.damaged-20251124T160000Z"
    assert found.laid_aside.read_bytes() == b"\xff\xff"
    assert str(found) in caplog.text
    assert file.read() is None
    file.write(VALUE)
    assert file.read() == VALUE


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say when a file came to lie where it lies")
@pytest.mark.parametrize("keep_times", [False, True])
def test_a_copy_that_is_put_back_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, keep_times: bool) -> None:
    """A file says the second of its writing, and the system when it came to lie here: a copy has another one."""
    file = values(tmp_path)
    assert file.lies_as_written()
    file.write(VALUE)
    assert file.lies_as_written()
    hour_ago = int(file.path.stat().st_ctime) - 3600
    with monkeypatch.context() as patch:
        patch.setattr(durable_file, "framed", lambda content, _: framed(content, hour_ago))
        file.write(VALUE)
    if keep_times:
        os.utime(file.path, (hour_ago, hour_ago))
    assert not file.lies_as_written()
    assert file.read() == VALUE


def test_a_look_moves_nothing(tmp_path: Path) -> None:
    """Whoever does not own the file may ask what is in it."""
    values(tmp_path).path.write_bytes(b"\xff")
    found = values(tmp_path).look()
    assert isinstance(found, Damaged)
    assert found.laid_aside is None
    assert values(tmp_path).path.read_bytes() == b"\xff"


def test_the_traces_of_a_failing_disk_are_bounded(tmp_path: Path) -> None:
    """The oldest of many damaged files goes; two of the same second have names of their own."""
    for second in range(MOST_ASIDE + 3):
        (tmp_path / "f").write_bytes(bytes([second]))
        os.utime(tmp_path / "f", (1_764_000_000 + second // 2,) * 2)
        assert lay_aside(tmp_path / "f") is not None
    left = sorted(path.read_bytes()[0] for path in tmp_path.iterdir())
    assert left == list(range(3, MOST_ASIDE + 3))


def test_a_file_that_cannot_be_read_is_damaged(tmp_path: Path) -> None:
    """A folder in its place, as a broken file system makes, is said, not raised."""
    values(tmp_path).path.mkdir()
    assert isinstance(values(tmp_path).read(), Damaged)


def test_the_file_of_a_later_version_is_not_guessed_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was put back says so, and keeps the file."""
    with monkeypatch.context() as patch:
        patch.setattr(durable_file, "VERSION", 2)
        values(tmp_path).write(VALUE)
    found = values(tmp_path).read()
    assert isinstance(found, Damaged)
    assert "a later version" in found.reason
    assert found.laid_aside is not None


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writing fails and the older content stays."""
    values(tmp_path).write(VALUE)

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            values(tmp_path).write({})
    assert values(tmp_path).read() == VALUE
    values(tmp_path).write({})
    assert values(tmp_path).read() == {}


def test_any_bytes_can_be_framed() -> None:
    """The frame is for bytes of every kind, none among them."""
    for content in (b"", b"\n", b"motcua-file", bytes(range(256))):
        assert unframed(framed(content, 1_764_000_000)) == content
    assert unframed(b"") is None


def test_a_key_is_one_line_by_hand_or_framed(tmp_path: Path) -> None:
    """The newline that an editor adds is no part of it."""
    (tmp_path / "by_hand").write_text(f"{KEY}\n")
    key_file(tmp_path / "framed").write(KEY)
    assert read_key(tmp_path / "by_hand") == KEY
    assert read_key(tmp_path / "framed") == KEY


@pytest.mark.parametrize("content", [None, b"", b"short", b"\xff" * 32, b"two words that are long enough"])
def test_a_key_that_cannot_be_used_is_none(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the file and both ways out, and the file, which is the server's, stays."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert read_key(tmp_path / "key") is None
    assert str(tmp_path / "key") in caplog.text
    assert "or give the key with --key" in caplog.text
    assert (tmp_path / "key").exists() == (content is not None)


def test_no_byte_of_a_key_can_change_unseen(tmp_path: Path) -> None:
    """A key with another letter would lock the box out without a reason; it is damage, and said."""
    file = key_file(tmp_path / "key")
    file.write(KEY)
    sound = file.path.read_bytes()
    for place in range(len(sound)):
        file.path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert isinstance(file.look(), Damaged), place


def test_without_a_file_there_is_no_key() -> None:
    """A display without a data folder has nowhere to look."""
    assert read_key(None) is None
