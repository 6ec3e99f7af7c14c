"""A center under fire: kiosks and desks work while the server is killed and started, over and over."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from queue_protocol.answers import TicketTaken
from tests.serving import Serving
from tests.torture.boxes import CHANCE, Box, Said, clerk_works, desk, kiosk, people_come

CLERKS = ("lan", "hoa", "kien", "mai")

ACTS_AT_ONCE = 12
"""What a box does between two looks at whether enough was done."""

STILLBORN = 0.2
"""Share of starts that are killed before or just after the server is ready."""

SECONDS_PER_KILL = 6.0
"""A start takes one to two seconds on two busy cores; a storm that lasts longer than this for each kill hangs."""


@dataclass
class Storm:
    """What is to happen, and what has."""

    server: Serving
    kills: int
    operations: int
    killed: int = 0

    def __post_init__(self) -> None:
        """Begin with no boxes."""
        self.boxes: list[Box] = []

    @property
    def said(self) -> list[Said]:
        """Every command with its answer, of all boxes."""
        return [each for box in self.boxes for each in box.said]

    async def rage(self) -> None:
        """Let boxes work and kill the server until both are done often enough; then let every question be answered."""
        self.boxes = await asyncio.to_thread(self._open_boxes)
        links = [asyncio.create_task(box.run()) for box in self.boxes]
        try:
            async with asyncio.timeout(30 + self.kills * SECONDS_PER_KILL + self.operations / 50):
                await asyncio.gather(self._kill(), *(self._work(place, box) for place, box in enumerate(self.boxes)))
        finally:
            for link in links:
                link.cancel()
            await asyncio.gather(*links, return_exceptions=True)

    def _open_boxes(self) -> list[Box]:
        kiosks = [kiosk(self.server.port, "kiosk-1", self.server.key("kiosk-1")) for _ in range(4)]
        desks = [
            desk(self.server.port, name, counter, self.server.add_clerk(name).cookie)
            for counter, name in enumerate(CLERKS, 1)
        ]
        return [*kiosks, *desks]

    def _is_over(self) -> bool:
        return self.killed >= self.kills and len(self.said) >= self.operations

    async def _work(self, place: int, box: Box) -> None:
        while not self._is_over():
            if box.actor.startswith("device:"):
                await people_come(box, ACTS_AT_ONCE)
            else:
                await clerk_works(box, place - 3, ACTS_AT_ONCE)

    async def _kill(self) -> None:
        """Pull the plug at any moment: in the middle of commits, and now and then while the server starts."""
        while self.killed < self.kills:
            await asyncio.sleep(CHANCE.uniform(0.0, 1.2))
            await asyncio.to_thread(self.server.kill)
            self.killed += 1
            if CHANCE.random() < STILLBORN:
                await asyncio.to_thread(self.server.launch)
                await asyncio.sleep(CHANCE.uniform(0.0, 1.5))
                await asyncio.to_thread(self.server.kill)
                self.killed += 1
            await asyncio.to_thread(self.server.start)


def tickets_given(said: Sequence[Said]) -> int:
    """Return how many different tickets were acknowledged."""
    return len({each.result.ticket for each in said if isinstance(each.result, TicketTaken)})


def catalogue_for_storms(folder: Path, root: Path) -> Path:
    """Return a catalogue in which a day holds more tickets than any real one, and calls need no pause."""
    preset = (root / "assets" / "catalogues" / "xa-vua.toml").read_text(encoding="utf-8")
    path = folder / "storm.toml"
    path.write_text(
        preset.replace("number_digits = 3", "number_digits = 6").replace("recall_gap_s = 45", "recall_gap_s = 0"),
        encoding="utf-8",
    )
    return path
