"""Owns how a closure is said: in a few words on a tile, in full on a page, over the whole hall. Pure."""

from kiosk.closing import Closure
from kiosk.views import Closed, Notice
from queue_protocol.texts import Texts


def on_card(closure: Closure, utc_offset_s: int, texts: Texts) -> tuple[str, str]:
    """Return what a service's tile says instead of how many wait: why, and what to do."""
    time = _opening(closure, utc_offset_s, texts)
    return texts.say(f"closed_{closure.kind}", time=time), texts.say(f"closed_{closure.kind}_next")


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
    time = _opening(closure, utc_offset_s, texts)
    title = texts.say(f"closed_{closure.kind}_title", time=time)
    return title, time, texts.say(f"closed_{closure.kind}_text", time=time)


def _opening(closure: Closure, utc_offset_s: int, texts: Texts) -> str:
    return "" if closure.opens_at is None else texts.time(closure.opens_at, utc_offset_s)
