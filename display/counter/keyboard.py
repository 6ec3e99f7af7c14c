"""A USB number pad as call pad, read from the kernel's input device so that its keys type nowhere else. Linux only."""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
from collections.abc import Iterator

from display.clock import now_s
from display.counter.devices import Press
from display.counter.plans import NumberPadPlan
from display.counter.presses import INPUT_EVENT, EventReader
from display.counter.trouble import Trouble

log = logging.getLogger(__name__)

RETRY_S = 1.0
"""Pause before a pad that is gone is looked for again: opening a file that is not there costs nothing."""

EVIOCGRAB = 0x40044590
"""`_IOW('E', 0x90, int)` of linux/input.h: from now on only this program hears the device."""

READ_EVENTS = 64
"""As many as the kernel keeps for a reader."""


class NumberPad:
    """A number pad, as `CallPad`."""

    def __init__(self, plan: NumberPadPlan) -> None:
        self._plan = plan
        self._trouble = Trouble(log, plan.device)

    async def watch(self, press: Press) -> None:
        """Hand over its keys until cancelled, also after it was unplugged and put back."""
        while True:
            try:
                with _opened(self._plan.device) as descriptor:
                    self._trouble.end(now_s())
                    await self._listen(descriptor, press)
            except OSError as error:
                self._trouble.begin(error, now_s())
            await asyncio.sleep(RETRY_S)

    async def _listen(self, descriptor: int, press: Press) -> None:
        """Hand over keys until the device is gone, which raises `OSError`."""
        reader = EventReader()
        with _readable(descriptor) as readable:
            while True:
                await readable.wait()
                readable.clear()
                for code in reader.feed(_read(descriptor)):
                    if code in self._plan.keys:
                        press(self._plan.counter, self._plan.keys[code])


@contextlib.contextmanager
def _opened(device: str) -> Iterator[int]:
    """Lend the device, grabbed."""
    descriptor = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _grab(device, descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _grab(device: str, descriptor: int) -> None:
    try:
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError as error:
        if error.errno not in {errno.ENOTTY, errno.EINVAL}:
            raise
        log.warning("%s is no input device of the kernel: its keys may also type elsewhere", device)


@contextlib.contextmanager
def _readable(descriptor: int) -> Iterator[asyncio.Event]:
    """Lend an event that is set whenever there is something to read."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        yield readable
    finally:
        loop.remove_reader(descriptor)


def _read(descriptor: int) -> bytes:
    try:
        data = os.read(descriptor, READ_EVENTS * INPUT_EVENT.size)
    except BlockingIOError:
        return b""
    if not data:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return data
