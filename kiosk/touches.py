"""Owns which touches count: none that was meant for the page before, and no quick ones for what cannot be undone.

Pure.
"""

from dataclasses import replace
from math import dist

from kiosk.pages import Page
from kiosk.walk import Point, Walk

DEAD_TIME_S = 0.6
"""Taps this soon after the page or the language changed belong to what was there before: a trembling or impatient
finger comes back within half a second, and nobody reads a page faster."""

REPEAT_S, REPEAT_UNITS = 2.0, 150.0
"""A finger that comes down at the place that opened the page, this soon after it came down there last, is one more of
the same impatient finger. A card is 120 units high, and nobody who has read the page aims within its own trace."""

CALM_S, CALM_TOUCHES, CALM_OVER_S = 1.0, 3, 3.0
"""A number is given up by a person who reads and chooses: not within a second of another touch, and not by the third
touch in three seconds. Children and fists touch faster than that."""


def note_touch(walk: Walk, now_s: float, place: Point | None) -> Walk:
    """Take note of a touch; `place` in units of `screens.look`, `None`: by a keyboard, which has no finger."""
    repeated = now_s < walk.repeat_until_s and _is_near(place, walk.opened_at)
    return replace(
        walk,
        touched_s=now_s,
        touches=(*walk.touches, now_s)[-CALM_TOUCHES:],
        finger=place,
        repeated=repeated,
        repeat_until_s=now_s + REPEAT_S if repeated else walk.repeat_until_s,
    )


def turn(walk: Walk, page: Page, now_s: float) -> Walk:
    """Put a page up. What a touch has opened is not acted on by the same finger, nor by its next taps at that place."""
    opened = replace(walk, page=page, deaf_until_s=now_s + DEAD_TIME_S)
    if walk.finger is None or now_s - walk.touched_s > DEAD_TIME_S:
        return opened
    return replace(opened, opened_at=walk.finger, repeat_until_s=now_s + REPEAT_S)


def is_deaf(walk: Walk, now_s: float) -> bool:
    """Say whether a tap now was meant for what was on the screen before."""
    return walk.repeated or now_s < walk.deaf_until_s


def is_calm(walk: Walk) -> bool:
    """Say whether the last touch is one of a person who reads and chooses."""
    touches = walk.touches
    if len(touches) > 1 and touches[-1] - touches[-2] < CALM_S:
        return False
    return len(touches) < CALM_TOUCHES or touches[-1] - touches[0] >= CALM_OVER_S


def _is_near(place: Point | None, other: Point | None) -> bool:
    return place is not None and other is not None and dist(place, other) <= REPEAT_UNITS
