"""The one look, computed: contrast, hues for colour-blind eyes, icons that exist."""

import re
import tomllib
from itertools import pairwise
from math import dist
from typing import Any

import pytest

import assets
from tests.house.sources import BOXES, ROOT, files, read

LOOK: dict[str, Any] = assets.look()
HUES: list[str] = LOOK["hues"]["order"]

Light = tuple[float, float, float]

# Viénot, Brettel and Mollon 1999, "Digital video colourmaps for checking the legibility of displays by dichromats":
# linear light as a person without one kind of cone sees it.
WITHOUT_RED = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
WITHOUT_GREEN = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
EYES = {"all cones": None, "no red cones": WITHOUT_RED, "no green cones": WITHOUT_GREEN}

LEAST_DIFFERENCE = 10.0
"""Distance in CIELAB (1976); 2.3 is just noticeable side by side, and stripes of cards are apart."""


def linear(colour: str) -> Light:
    """Return the linear light of `#RRGGBB`, each from 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (_linear(red), _linear(green), _linear(blue))


def contrast(colour: str, on: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(linear(each)) for each in (colour, on)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen_by(colour: str, eye: str) -> Light:
    """Return the linear light of a colour as this eye sees it."""
    light, matrix = linear(colour), EYES[eye]
    if matrix is None:
        return light
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in matrix)
    return (red, green, blue)


def difference(one: Light, other: Light) -> float:
    """Return the distance of two colours in CIELAB (1976)."""
    return dist(_lab(one), _lab(other))


@pytest.mark.parametrize(("colour", "on", "least"), LOOK["contrast"]["pairs"])
def test_pairs_have_their_contrast(colour: str, on: str, least: float) -> None:
    """Each pair of colours that the look names has the contrast it promises."""
    assert contrast(LOOK["colours"][colour], LOOK["colours"][on]) >= least


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21 : 1, and a colour on itself 1 : 1."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#0B3C7D", "#0B3C7D") == pytest.approx(1.0)


@pytest.mark.parametrize("hue", HUES)
def test_hues_carry_white_letters(hue: str) -> None:
    """White on the hue of a service is at least 4.5 : 1."""
    assert contrast("#FFFFFF", hue) >= 4.5


@pytest.mark.parametrize("eye", EYES)
def test_neighbouring_hues_differ(eye: str) -> None:
    """Two services side by side have hues that this eye can tell apart."""
    weak = [
        (one, other, round(difference(seen_by(one, eye), seen_by(other, eye)), 1))
        for one, other in pairwise(HUES)
        if difference(seen_by(one, eye), seen_by(other, eye)) < LEAST_DIFFERENCE
    ]
    assert weak == []


def test_every_service_of_a_preset_finds_a_hue() -> None:
    """There are as many hues as the largest preset has services."""
    presets = [tomllib.loads(read(path)) for path in files(".toml", ("assets/catalogues",))]
    assert presets
    assert len(HUES) >= max(len(preset["services"]) for preset in presets)


def named_icons() -> set[str]:
    """Return the icons named in presets and in the pages' list."""
    presets = [tomllib.loads(read(path)) for path in files(".toml", ("assets/catalogues",))]
    listed = read(ROOT / "queue_server" / "web" / "icons.txt").split()
    return {service["icon"] for preset in presets for service in preset["services"]} | set(listed)


@pytest.mark.parametrize("name", sorted(named_icons()))
def test_icons_exist(name: str) -> None:
    """Every icon that a preset or a page names can be drawn."""
    assert len(assets.icon(name)) == 1


def test_icons_named_in_code_exist() -> None:
    """Every icon that a screen asks for by name can be drawn."""
    asked = re.compile(r"\bicon\(\s*[\"']([a-z0-9_]+)[\"']|\bicon=\"([a-z0-9_]+)\"|\bBadge\(\"([a-z0-9_]+)\"")
    names = {
        name
        for suffix in (".py", ".kv", ".js")
        for path in files(suffix, BOXES)
        for found in asked.findall(read(path))
        for name in found
        if name
    }
    assert len(names) > 5
    for name in names:
        assets.icon(name)


def test_pages_list_the_icons_they_use() -> None:
    """The pages' font is cut down to a list; every icon that a page or a preset names is in it."""
    listed = set(read(ROOT / "queue_server" / "web" / "icons.txt").split())
    assert named_icons() - listed == set()


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(light: Light) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def _lab(light: Light) -> Light:
    red, green, blue = light
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in (x, y, z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
