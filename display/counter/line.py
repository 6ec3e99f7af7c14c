"""A serial line with its signs and pads: one thread owns the port, and whoever shows or listens never waits for it."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from display.clock import now_s
from display.counter import port
from display.counter.devices import BLANK, CounterSign, Face, Press
from display.counter.plans import LinePlan, SignPlan
from display.counter.presses import FrameReader, PadKey
from display.counter.schedule import Schedule
from display.counter.trouble import Trouble
from queue_protocol.ids import CounterNumber

log = logging.getLogger(__name__)

RETRY_S = 1.0
"""Pause before a port that is gone is looked for again: a cable put back works before anybody wonders."""

CLOSE_S = 2.0
"""So long the line may take at the end to blank its signs, and 100 frames at 9600 baud do."""

BITS_PER_BYTE = 11
"""Start, eight bits, parity, stop."""

STRANGE_LINES = 20
"""So many lines of the log, from the opening of a port on, tell of bytes that no pad of the table sends: enough to
learn what the keys of a pad send, and noise, or an adapter that echoes, does not fill a disk."""


class Line:
    """A line as `CallPad`; `signs` are its signs."""

    def __init__(self, plan: LinePlan) -> None:
        self._plan = plan
        self._lock = threading.Lock()
        self._frames: dict[int, bytes] = {}
        self.signs: tuple[CounterSign, ...] = tuple(_LineSign(self, at, each) for at, each in enumerate(plan.signs))
        self._blank()

    def put(self, sign: int, frame: bytes) -> None:
        """Let this sign have this frame, in place of whatever it was to have."""
        with self._lock:
            self._frames[sign] = frame

    async def watch(self, press: Press) -> None:
        """Run the line until cancelled; it leaves no number on its signs."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        stop = threading.Event()

        def tell(key: PadKey) -> None:
            _call_soon(loop, press, key.counter, key.key)

        def own() -> None:
            try:
                self._own(tell, stop)
            except Exception as fault:  # noqa: BLE001 - it is raised in the task that waits
                _call_soon(loop, _fail, ended, fault)

        thread = threading.Thread(target=own, name=self._plan.port, daemon=True)
        thread.start()
        try:
            await ended
        except asyncio.CancelledError:
            self._blank()
            raise
        finally:
            stop.set()
            await asyncio.to_thread(thread.join, CLOSE_S + port.STALL_S)

    def _blank(self) -> None:
        for sign in self.signs:
            sign.show(BLANK)

    def _own(self, tell: Callable[[PadKey], None], stop: threading.Event) -> None:
        """Be the thread that owns the port."""
        trouble = Trouble(log, self._plan.port)
        schedule = Schedule(BITS_PER_BYTE / self._plan.baud, self._plan.gap_s, self._plan.resend_s)
        while not stop.is_set():
            try:
                with port.opened(self._plan) as opened:
                    trouble.end(now_s())
                    schedule.show_again(now_s())
                    self._converse(_Conversation(opened, schedule, FrameReader(self._plan.keys), tell), stop)
            except OSError as error:
                trouble.begin(error, now_s())
                stop.wait(RETRY_S)

    def _converse(self, conversation: "_Conversation", stop: threading.Event) -> None:
        while not stop.is_set():
            conversation.turn(self._wanted())
        until = now_s() + CLOSE_S
        while conversation.turn(self._wanted()) and now_s() < until:
            pass

    def _wanted(self) -> dict[int, bytes]:
        with self._lock:
            return dict(self._frames)


class _Conversation:
    """What is said and heard on a line from the opening of its port to the end."""

    def __init__(
        self, opened: port.Port, schedule: Schedule, reader: FrameReader, tell: Callable[[PadKey], None]
    ) -> None:
        self._port = opened
        self._schedule = schedule
        self._reader = reader
        self._tell = tell
        self._strange_lines = STRANGE_LINES

    def turn(self, wanted: dict[int, bytes]) -> bool:
        """Send one frame if one is due and hear what there is; say whether more is due."""
        for sign, frame in wanted.items():
            self._schedule.show(sign, frame, now_s())
        due = self._schedule.take(now_s())
        if due is not None:
            self._port.write(due)
        for key in self._reader.feed(self._port.read(), now_s()):
            self._tell(key)
        self._report_strange()
        return self._schedule.is_behind(now_s())

    def _report_strange(self) -> None:
        strange = self._reader.take_strange()
        if strange and self._strange_lines:
            self._strange_lines -= 1
            log.info("heard what no pad of the table sends: %s", strange.hex(" "))


@dataclass(frozen=True, slots=True)
class _LineSign:
    """A sign on a line, as `CounterSign`."""

    line: Line
    at: int
    plan: SignPlan

    @property
    def counter(self) -> CounterNumber:
        return self.plan.counter

    def show(self, face: Face) -> None:
        frame = self.plan.render(face)
        if frame is None:
            log.warning("%s does not fit the sign of counter %s, which stays blank", face.number, self.counter)
            frame = self.plan.render(BLANK)
        if frame is not None:  # the table has proved that a blank always fits
            self.line.put(self.at, frame)


def _fail(ended: "asyncio.Future[None]", fault: Exception) -> None:
    if not ended.done():
        ended.set_exception(fault)


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended and nobody listens any more
        loop.call_soon_threadsafe(call, *arguments)
