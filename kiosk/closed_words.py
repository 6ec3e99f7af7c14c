"""Owns how a closure is said: in a few words on a tile, in full on a page, over the whole hall. Pure."""

from datetime import timedelta

from kiosk.closing import Closure
from kiosk.views import Closed, Notice
from queue_protocol.texts import Texts


def on_card(closure: Closure, utc_offset_s: int, texts: Texts) -> tuple[str, str]:
    """Return what a service's tile says instead of how many wait: why, and what to do."""
    facts = _facts(closure, utc_offset_s, texts)
    return texts.say(f"closed_{closure.kind}", **facts), texts.say(
        _known(f"closed_{closure.kind}_next", facts), **facts
    )


def over_hall(closure: Closure, utc_offset_s: int, texts: Texts) -> Closed:
    """Return what the whole screen says while no service gives tickets."""
    title, time, text = _in_full(closure, utc_offset_s, texts)
    return Closed(title=title, time=time, text=text)


def as_page(closure: Closure, service: str, utc_offset_s: int, texts: Texts) -> Notice:
    """Return the page that says why there is no ticket and what to do; `service` is a name, or empty."""
    title, time, text = _in_full(closure, utc_offset_s, texts)
    return Notice(
        icon="clock_outline" if closure.opens_at else "account_question",
        tone="trouble",
        above=service,
        title=title,
        time=time,
        text=text,
        home=texts.say("kiosk_home"),
    )


def _in_full(closure: Closure, utc_offset_s: int, texts: Texts) -> tuple[str, str, str]:
    """Return title, a time of today to be seen from afar, and text; that of another day stands in the text."""
    facts = _facts(closure, utc_offset_s, texts)
    text = texts.say(_known(f"closed_{closure.kind}_text", facts), **facts)
    time = facts["time"] if closure.kind == "hours" else ""
    return texts.say(f"closed_{closure.kind}_title", **facts), time, text


def _facts(closure: Closure, utc_offset_s: int, texts: Texts) -> dict[str, str]:
    if closure.opens_at is None:
        return {"time": "", "day": ""}
    local = closure.opens_at + timedelta(seconds=utc_offset_s)
    return {"time": texts.time(closure.opens_at, utc_offset_s), "day": texts.day_and_month(local.date())}


def _known(key: str, facts: dict[str, str]) -> str:
    """Return the key of the words that name the day on which it opens, where that is known and there are such words."""
    return f"{key}_known" if facts["day"] and key in _NAME_THE_DAY else key


_NAME_THE_DAY = frozenset(f"closed_{kind}_{part}" for kind in ("today", "ended") for part in ("next", "text"))
