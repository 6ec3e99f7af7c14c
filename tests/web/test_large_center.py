"""A center of twenty counters and fourteen services: all of it is on the screen, and every service has a hue."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browsing import Server, Windows
from tests.web.desks import begin_center

SERVICES = 14
COUNTERS = 20


def catalogue() -> str:
    """Return the catalogue, as a file."""
    services = "".join(
        f"""
[[services]]
id = "s{place}"
prefix = "{chr(ord("A") + place)}"
names.vi = "Lĩnh vực {place}: bảo trợ xã hội, lao động"
hints.vi = "trợ cấp, mai táng phí"
icon = "stamper"
expected_minutes = 5
"""
        for place in range(SERVICES)
    )
    counters = "".join(
        f'\n[[counters]]\nnumber = {place + 1}\nservices = ["s{place % SERVICES}"]\n' for place in range(COUNTERS)
    )
    return f'center.vi = "Trung tâm lớn"\n{services}{counters}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Server]:
    """Give the tests of this module their center."""
    running = begin_center(tmp_path_factory.mktemp("large"), cache, catalogue=catalogue())
    yield running
    running.stop()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_the_board_of_twenty_counters_fits_its_screen(citizen: Windows, width: int, height: int) -> None:
    """Nobody can scroll a board: the last counter and the clock are on the screen, and each row shows all it says."""
    page = citizen.open("/display", width=width, height=height)
    rows = page.locator(".serving li")
    expect(rows).to_have_count(COUNTERS)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for bottom in (rows.last, page.locator(".foot .clock")):
        box = bottom.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
    fits = "({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>"
    fits += " scrollWidth <= clientWidth && scrollHeight <= clientHeight + 1"
    assert rows.evaluate_all(f"all => all.every({fits})")


def test_every_service_has_a_hue(citizen: Windows, server: Server) -> None:
    """There are eleven hues: the twelfth service begins anew, and no open card is grey as a closed one."""
    page = citizen.open(f"/kiosk#device=kiosk-1&key={server.key('kiosk-1')}", width=1920, height=1080)
    badges = page.locator(".service-card .face")
    expect(badges).to_have_count(SERVICES)
    colours = badges.evaluate_all("all => all.map((badge) => getComputedStyle(badge).backgroundColor)")
    assert len(set(colours)) == 11
    assert colours[11:] == colours[: SERVICES - 11]


def test_a_nearly_square_kiosk_shows_everyday_words_while_there_is_room(citizen: Windows, server: Server) -> None:
    """Fourteen services leave half a card empty on an old screen: people find their words there."""
    page = citizen.open(f"/kiosk#device=kiosk-1&key={server.key('kiosk-1')}", width=1024, height=768)
    expect(page.locator(".service-card .hints").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
