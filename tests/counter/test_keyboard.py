"""A number pad as call pad: input events of the kernel through a pipe and a pseudo-terminal."""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import tty
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from display.counter.devices import Key
from display.counter.keyboard import EVIOCGRAB, NumberPad
from display.counter.plans import NumberPadPlan
from display.counter.table import read_table
from tests.counter.bus import until
from tests.counter.test_presses import events

ENTER, PLUS, MINUS, STAR, SLASH, FIVE = 96, 78, 74, 55, 98, 76
DOWN, HELD, UP = 1, 2, 0


def plan(device: Path) -> NumberPadPlan:
    """Return the plan of a number pad of counter 2 with the usual keys."""
    return read_table(f'[[number_pads]]\ncounter = 2\ndevice = "{device}"\n').number_pads[0]


@contextlib.asynccontextmanager
async def watched(device: Path) -> AsyncIterator[list[tuple[int, Key]]]:
    """Watch a pad for the length of a test, and lend what is pressed."""
    pressed: list[tuple[int, Key]] = []
    task = asyncio.create_task(NumberPad(plan(device)).watch(lambda counter, key: pressed.append((counter, key))))
    try:
        yield pressed
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class Pipe:
    """A pipe with a name, into which a test writes what the kernel would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1
        self.plug_in()

    def plug_in(self) -> None:
        """Appear."""
        os.mkfifo(self.path)
        self._descriptor = os.open(self.path, os.O_RDWR)

    def unplug(self) -> None:
        """Vanish."""
        self.path.unlink()
        os.close(self._descriptor)

    def write(self, data: bytes) -> None:
        """Let these bytes come."""
        os.write(self._descriptor, data)


async def test_keys_have_their_usual_meaning(tmp_path: Path) -> None:
    """Enter calls, plus recalls, minus is a no-show, star a pause, slash the end; digits mean nothing."""
    pipe = Pipe(tmp_path / "pad")
    async with watched(pipe.path) as pressed:
        pipe.write(events(*((code, DOWN) for code in (ENTER, PLUS, FIVE, MINUS, STAR, SLASH))))
        await until(lambda: len(pressed) == 5)
    assert pressed == [(2, "next"), (2, "recall"), (2, "no_show"), (2, "pause"), (2, "finish")]
    pipe.unplug()


async def test_a_held_key_is_one_press(tmp_path: Path) -> None:
    """The kernel repeats a held key 30 times a second; only its going down counts."""
    pipe = Pipe(tmp_path / "pad")
    async with watched(pipe.path) as pressed:
        pipe.write(events((ENTER, DOWN), *([(ENTER, HELD)] * 40), (ENTER, UP), (PLUS, DOWN)))
        await until(lambda: (2, "recall") in pressed)
    assert pressed == [(2, "next"), (2, "recall")]
    pipe.unplug()


async def test_a_pad_that_was_pulled_out_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is looked for until it is there again, and the log says once that it is gone."""
    pipe = Pipe(tmp_path / "pad")
    async with watched(pipe.path) as pressed:
        pipe.write(events((ENTER, DOWN)))
        await until(lambda: len(pressed) == 1)
        pipe.unplug()
        await until(lambda: f"there is no {pipe.path}" in caplog.text)
        pipe.plug_in()
        pipe.write(events((PLUS, DOWN)))
        await until(lambda: len(pressed) == 2)
    assert caplog.text.count("there is no") == 1
    pipe.unplug()


async def test_a_pseudo_terminal_serves_too() -> None:
    """Reads may cut an event in two."""
    master, slave = os.openpty()
    tty.setraw(slave)
    data = events((ENTER, DOWN), (PLUS, DOWN))
    async with watched(Path(os.ttyname(slave))) as pressed:
        await asyncio.sleep(0.1)
        os.write(master, data[:30])
        await until(lambda: pressed == [(2, "next")])
        os.write(master, data[30:])
        await until(lambda: pressed == [(2, "next"), (2, "recall")])
    os.close(master)
    os.close(slave)


class Kernel:
    """An input device's side of `ioctl`: notes what is asked, and refuses with an error number if it is given one."""

    def __init__(self, refusal: int | None = None) -> None:
        self.asked: list[tuple[int, int]] = []
        self._refusal = refusal

    def ioctl(self, _descriptor: int, request: int, value: int) -> int:
        """Answer as the kernel does."""
        self.asked.append((request, value))
        if self._refusal is not None:
            raise OSError(self._refusal, os.strerror(self._refusal))
        return 0


@pytest.fixture
def put_kernel(monkeypatch: pytest.MonkeyPatch) -> Callable[[Kernel], None]:
    """Return what puts a kernel in place of this machine's, which has no input device for tests."""
    return lambda kernel: monkeypatch.setattr(fcntl, "ioctl", kernel.ioctl)


async def test_the_pad_is_taken_for_this_program_alone(tmp_path: Path, put_kernel: Callable[[Kernel], None]) -> None:
    """Enter must not press a button of whatever window is open on that machine."""
    kernel = Kernel()
    put_kernel(kernel)
    pipe = Pipe(tmp_path / "pad")
    async with watched(pipe.path):
        await until(lambda: kernel.asked == [(EVIOCGRAB, 1)])
    pipe.unplug()


async def test_a_pad_that_another_program_has_is_not_shared(
    tmp_path: Path, put_kernel: Callable[[Kernel], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Two programs would both act on a key."""
    put_kernel(Kernel(errno.EBUSY))
    pipe = Pipe(tmp_path / "pad")
    async with watched(pipe.path) as pressed:
        pipe.write(events((ENTER, DOWN)))
        await until(lambda: f"another program holds {pipe.path}" in caplog.text)
    assert pressed == []
    pipe.unplug()


async def test_what_is_no_input_device_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A pipe cannot be grabbed; it is read all the same, with a warning."""
    pipe = Pipe(tmp_path / "pad")
    with caplog.at_level(logging.INFO):
        async with watched(pipe.path):
            await until(lambda: f"{pipe.path} is open" in caplog.text)
    assert "its keys may also type elsewhere" in caplog.text
    pipe.unplug()


def test_the_request_is_the_kernels() -> None:
    """`_IOW('E', 0x90, int)`: direction in bits 30 and 31, size from 16, letter from 8, number."""
    to_kernel, size, letter, number = 1, 4, ord("E"), 0x90
    assert to_kernel << 30 | size << 16 | letter << 8 | number == EVIOCGRAB
