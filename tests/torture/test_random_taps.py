"""Touches at random on the real window: numbers are taken, and none is given up. `make torture` asks for 4,000."""

import random
import time
from pathlib import Path

import pytest

from queue_protocol.commands import CancelTicket, TakeTicket
from tests.kiosk.hall import menu, open_hall
from tests.kiosk.test_window import start

SIZE = (1280, 1024)


@pytest.mark.timeout(3_600)
def test_random_touches_on_the_window_give_no_number_up(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Anywhere, a third twice at one place, up to half a second apart; 4,000 are always played without a window.

    The hall allows ten minutes to give a number up, so that the offer is there whenever a number is.
    """
    chance = random.Random(1)  # noqa: S311 - a test that can be repeated, no secret
    x, y = 0.0, 0.0
    with open_hall(menu=menu(cancel_within_s=600)) as hall, start(hall, tmp_path, size=SIZE) as kiosk:
        kiosk.wait_for("Chạm vào")
        for _ in range(request.config.getoption("--touches")):
            if chance.random() < 2 / 3:
                x, y = chance.uniform(0, SIZE[0] - 1), chance.uniform(0, SIZE[1] - 1)
            kiosk.touch(x, y)
            time.sleep(chance.uniform(0, 0.5))
    print(f"numbers taken: {len(hall.asked(TakeTicket))}, given up: {len(hall.asked(CancelTicket))}")  # noqa: T201 - for who runs it with -s
    assert hall.asked(TakeTicket)
    assert hall.asked(CancelTicket) == []
