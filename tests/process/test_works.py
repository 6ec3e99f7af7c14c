"""What runs beside the pages: a fault in it is logged, and it goes on."""

import asyncio
import logging

import pytest

from queue_server.web.application import keep_running
from tests.watching import PATIENCE_S


async def test_a_work_that_fails_is_logged_and_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    """A fault in a beat does not end all beats, and the other works do not notice."""
    beats: list[int] = []
    came_back, undisturbed = asyncio.Event(), asyncio.Event()

    async def beat() -> None:
        beats.append(1)
        if len(beats) < 3:
            raise RuntimeError("broken")
        came_back.set()
        await asyncio.Event().wait()

    async def other() -> None:
        await came_back.wait()
        undisturbed.set()

    with caplog.at_level(logging.ERROR):
        async with keep_running(beat, other, pause_s=0.01), asyncio.timeout(PATIENCE_S):
            await undisturbed.wait()
    assert len(beats) == 3
    assert caplog.text.count("RuntimeError: broken") == 2


async def test_a_failing_work_keeps_a_pace() -> None:
    """A fault that stays costs one try in each pause."""
    tries: list[int] = []

    async def fail() -> None:
        tries.append(1)
        raise RuntimeError("broken")

    async with keep_running(fail, pause_s=60):
        for _ in range(50):
            await asyncio.sleep(0)
    assert len(tries) == 1


async def test_a_work_that_is_done_is_not_begun_again() -> None:
    """The look at the whole journal is one."""
    looks: list[int] = []

    async def look() -> None:
        looks.append(1)

    async with keep_running(look, pause_s=0):
        for _ in range(50):
            await asyncio.sleep(0)
    assert len(looks) == 1
