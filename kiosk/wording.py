"""Owns the words on the screen: a walk becomes everything that the widgets show, and the widgets add nothing.

Pure. A `View` is compared to the last one to find out whether anything must be drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.flow import Asking, Choosing, Holding, Paper, Sorry, Walk, Welcoming, card_of, hall_time, is_slow
from kiosk.slips import in_language, say_ahead, say_range
from queue_protocol.answers import Refused
from queue_protocol.ids import Language, ServiceId
from queue_protocol.snapshots import ServiceCard
from queue_protocol.texts import Texts


@dataclass(frozen=True, slots=True)
class TopBar:
    """The line above every page. `languages` are the choices other than the present one: code and own name."""

    center: str
    day: str
    time: str
    languages: tuple[tuple[Language, str], ...]


@dataclass(frozen=True, slots=True)
class Greeting:
    """The page of an idle kiosk."""

    welcome: str
    invitation: str


@dataclass(frozen=True, slots=True)
class Card:
    """A service as a button. `hint` and `wait` may be empty; one that is not `open` stays visible."""

    service: ServiceId
    prefix: str
    icon: str
    hue: int
    name: str
    hint: str
    status: str
    wait: str
    open: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The page of services. `trouble` is a strip above them, icon and words, or `None`."""

    question: str
    cards: tuple[Card, ...]
    trouble: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Number:
    """The page of a ticket. `paper` is shown with `paper_icon`, as `paper_tone` says: calm or in trouble."""

    heading: str
    service: str
    number: str
    priority: str
    facts: tuple[str, ...]
    paper: str
    paper_icon: str
    paper_tone: Literal["waiting", "ready", "trouble"]
    advice: str
    home: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that says one thing. `home` is empty where there is nothing to leave."""

    icon: str
    tone: Literal["waiting", "trouble"]
    title: str
    text: str
    home: str


Body = Greeting | Choice | Number | Notice


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen in words. `paper_here` stands above the paper of a virtual printer, where there is one."""

    bar: TopBar
    body: Body
    paper_here: str


def view(walk: Walk, languages: Mapping[Language, Texts], now_s: float) -> View:
    """Return what the screen shows. `languages` holds at least all that the walk names."""
    texts = languages[walk.language]
    bar, body = _bar(walk, languages, now_s), _body(walk, texts, now_s)
    return View(bar=bar, body=body, paper_here=texts.say("kiosk_paper_here"))


def _bar(walk: Walk, languages: Mapping[Language, Texts], now_s: float) -> TopBar:
    texts = languages[walk.language]
    now = hall_time(walk, now_s)
    return TopBar(
        center=in_language(walk.center, walk.language),
        day=texts.day(walk.menu.day) if walk.menu else "",
        time=texts.time(now, walk.utc_offset_s) if now else "",
        languages=tuple(
            (language, languages[language].say("language_name"))
            for language in walk.languages
            if language != walk.language
        ),
    )


def _body(walk: Walk, texts: Texts, now_s: float) -> Body:
    match walk.page:
        case Welcoming():
            return Greeting(welcome=texts.say("kiosk_welcome"), invitation=texts.say("kiosk_touch_start"))
        case Choosing():
            return _choice(walk, texts)
        case Asking():
            return _asking(texts, slow=is_slow(walk, now_s))
        case Holding() as page:
            return _number(walk, page, texts)
        case Sorry() as page:
            return _apology(page, texts)


def _choice(walk: Walk, texts: Texts) -> Choice | Notice:
    if walk.menu is None:
        text = say_refusal(walk.refusal, texts) if walk.refusal else texts.say("kiosk_no_server_text")
        return Notice(icon="wifi_off", tone="trouble", title=texts.say("kiosk_no_server"), text=text, home="")
    return Choice(
        question=texts.say("kiosk_choose"),
        cards=tuple(_card(card, texts) for card in walk.menu.services),
        trouble=_trouble(walk, texts),
    )


def _trouble(walk: Walk, texts: Texts) -> tuple[str, str] | None:
    if walk.refusal is not None:
        return "wifi_off", say_refusal(walk.refusal, texts)
    if walk.link != "live":
        return "wifi_off", texts.say("kiosk_no_server_strip")
    if walk.printer == "failed":
        return "printer_alert", texts.say("kiosk_printer_strip")
    return None


def _card(card: ServiceCard, texts: Texts) -> Card:
    return Card(
        service=card.service,
        prefix=card.prefix,
        icon=card.icon,
        hue=card.hue,
        name=in_language(card.names, texts.language),
        hint=card.hints.get(texts.language, ""),  # another language's everyday words help nobody
        status=_line_status(card, texts),
        wait=say_range(card.wait, texts) if card.open and card.waiting and card.wait else "",
        open=card.open,
    )


def _line_status(card: ServiceCard, texts: Texts) -> str:
    if not card.open:
        return texts.say("kiosk_service_closed")
    return texts.count("people_waiting", card.waiting) if card.waiting else texts.say("nobody_waiting")


def _asking(texts: Texts, *, slow: bool) -> Notice:
    text = texts.say("kiosk_slow_text" if slow else "kiosk_asking_text")
    return Notice(icon="timer_sand", tone="waiting", title=texts.say("kiosk_asking"), text=text, home="")


def _number(walk: Walk, page: Holding, texts: Texts) -> Number:
    ticket = page.ticket
    card = card_of(walk, ticket.service)
    wait = ticket.wait
    facts = [say_ahead(ticket, walk.utc_offset_s, texts)]
    if wait is not None:
        facts.append(texts.say("kiosk_estimated_wait", range=say_range(wait, texts)))
    icon, tone, key = _PAPER[page.paper.state]
    return Number(
        heading=texts.say("kiosk_your_number"),
        service=in_language(card.names, texts.language) if card else "",
        number=ticket.number,
        priority=texts.say("priority") if ticket.priority else "",
        facts=tuple(facts),
        paper=texts.say(_trouble_key(page.paper) or key, number=ticket.number),
        paper_icon=icon,
        paper_tone=tone,
        advice=texts.say("kiosk_please_wait"),
        home=texts.say("kiosk_home"),
    )


def _trouble_key(paper: Paper) -> str | None:
    return "kiosk_trouble_paper_out" if (paper.state, paper.reason) == ("failed", "paper_out") else None


def _apology(page: Sorry, texts: Texts) -> Notice:
    home = texts.say("kiosk_home")
    if page.refusal is not None:
        for_citizens = page.refusal.code in FOR_CITIZENS
        text = say_refusal(page.refusal, texts) if for_citizens else texts.say("kiosk_no_server_text")
        return Notice(icon="information", tone="trouble", title=texts.say("kiosk_refused"), text=text, home=home)
    text = texts.say("kiosk_no_answer_text" if page.asked else "kiosk_no_server_text")
    return Notice(icon="wifi_off", tone="trouble", title=texts.say("kiosk_no_server"), text=text, home=home)


FOR_CITIZENS = frozenset({"busy", "no_numbers_left", "too_late", "unknown_service"})
"""Refusals that say something to the person at the kiosk; the others are for staff, who find them in the log."""


def say_refusal(refusal: Refused, texts: Texts) -> str:
    """Return the sentence of a refusal; one whose facts or code this kiosk does not know becomes the general one."""
    try:
        return texts.say(f"refused_{refusal.code}", **refusal.facts)
    except (KeyError, IndexError):
        return texts.say("refused_internal")


_PAPER: Mapping[str, tuple[str, Literal["waiting", "ready", "trouble"], str]] = {
    "printing": ("printer", "waiting", "kiosk_printing"),
    "printed": ("arrow_down_bold", "ready", "kiosk_take_slip"),
    "failed": ("printer_alert", "trouble", "kiosk_trouble_failed"),
    "uncertain": ("printer_alert", "trouble", "kiosk_trouble_uncertain"),
}
"""What becomes of the paper: icon, tone, words."""
