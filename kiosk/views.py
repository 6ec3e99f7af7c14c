"""Owns what the screen shows: a `View` is all words, icons and colours of one moment, and the widgets add nothing.

Pure data, made by `wording` and compared with the last one to find out whether anything must be drawn.
"""

from dataclasses import dataclass
from typing import Literal

from queue_protocol.ids import Language, ServiceId


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
    icon: str
    invitation: str
    detail: str
    """What more there is to say where no tickets are given; else empty."""
    staff: str = ""
    """Why the machine gives no numbers and where that is mended, small; else empty."""


@dataclass(frozen=True, slots=True)
class Badge:
    """How a service looks wherever it stands: letter, icon and hue."""

    prefix: str
    icon: str
    hue: int


@dataclass(frozen=True, slots=True)
class Card:
    """A service as a button. `hint`, `detail` and `warning` may be empty; one that is not `open` stays visible."""

    service: ServiceId
    badge: Badge
    name: str
    hint: str
    status: str
    """How many wait, or why no ticket is given."""
    detail: str
    """How long it may take, or what to do."""
    warning: str
    open: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """Why the whole hall gives no tickets. `time` is when it does again, to be seen from afar; it may be empty."""

    title: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The page of services. `trouble` is a strip above them, icon and words, or `None`."""

    question: str
    """Empty while `closed` stands in its place."""
    cards: tuple[Card, ...]
    trouble: tuple[str, str] | None
    closed: Closed | None
    more: str
    """What turns to the next page, where one page does not hold all."""


@dataclass(frozen=True, slots=True)
class Dossiers:
    """How many dossiers: `answers` are numbers and what stands on their buttons, or `counted` is counted by steps."""

    question: str
    explanation: str
    answers: tuple[tuple[int, str], ...]
    counted: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """The page between the choice of a service and its number. `papers` and `warning` may be empty."""

    badge: Badge
    service: str
    papers_heading: str
    papers: str
    warning: str
    dossiers: Dossiers | None
    take: str
    """Empty where an answer about dossiers takes the number."""
    back: str


@dataclass(frozen=True, slots=True)
class Number:
    """The page of a ticket. `paper` is shown with `paper_icon`, as `paper_tone` says: calm or in trouble."""

    heading: str
    service: str
    number: str
    priority: str
    facts: tuple[str, ...]
    warning: str
    """Empty unless the turn may come after the break."""
    paper: str
    paper_icon: str
    paper_tone: Literal["waiting", "ready", "trouble"]
    advice: str
    home: str
    wrong_choice: str
    """Empty where the ticket can no longer be taken back here."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a number is given up: `keep` is the safe answer, `give_up` the other."""

    icon: str
    title: str
    text: str
    keep: str
    give_up: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that says one thing. `home` is empty where there is nothing to leave."""

    icon: str
    tone: Literal["waiting", "trouble", "done"]
    title: str
    text: str
    home: str
    home_icon: str = "home"
    above: str = ""
    """What it is about, as a service."""
    time: str = ""
    """A time of the day that matters, to be seen from afar."""
    staff: str = ""
    """For staff, small: the cause, and where it is mended."""


Body = Greeting | Choice | Check | Number | Question | Notice


@dataclass(frozen=True, slots=True)
class Prompt:
    """Asks whether somebody is still there, in place of the bar on top; `more` is the answer."""

    words: str
    more: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen in words. `paper_here` stands above the paper of a virtual printer, where there is one."""

    bar: TopBar
    body: Body
    paper_here: str
    prompt: Prompt | None = None
