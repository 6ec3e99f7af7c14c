"""Owns the words on the screen: a walk becomes everything that the widgets show.

Pure. Each kind of page has one function that makes its body.
"""

from collections.abc import Mapping
from typing import Literal

from kiosk import closed_words
from kiosk.closing import Closure
from kiosk.flow import COUNTED_FROM
from kiosk.pages import (
    Asking,
    Cancelled,
    Cancelling,
    Choosing,
    Confirming,
    Holding,
    Kept,
    Paper,
    Reconsidering,
    Sorry,
    Welcoming,
)
from kiosk.slips import in_language, say_ahead, say_called_to, say_range
from kiosk.views import (
    Badge,
    Body,
    Card,
    Check,
    Choice,
    Closed,
    Dossiers,
    Greeting,
    Notice,
    Number,
    Prompt,
    Question,
    TopBar,
    View,
)
from kiosk.walk import (
    Walk,
    card_of,
    closure_of,
    closure_of_all,
    gives_alone,
    hall_time,
    is_leaving,
    is_off_duty,
    is_slow,
    is_starting,
    may_cancel,
)
from queue_protocol.answers import Refused, TicketTaken
from queue_protocol.ids import Language
from queue_protocol.snapshots import Menu, ServiceCard
from queue_protocol.texts import Texts

FOR_CITIZENS = frozenset({"busy", "too_late", "unknown_service"})
"""Refusals that say something to the person at the kiosk; the others are for staff, who find them in the log."""

_PAPER: Mapping[str, tuple[str, Literal["waiting", "ready", "trouble"], str]] = {
    "printing": ("printer", "waiting", "kiosk_printing"),
    "printed": ("arrow_down_bold", "ready", "kiosk_take_slip"),
    "accepted": ("printer", "waiting", "kiosk_slip_sent"),
    "failed": ("printer_alert", "trouble", "kiosk_trouble_failed"),
    "uncertain": ("printer_alert", "trouble", "kiosk_trouble_uncertain"),
}
"""What becomes of the paper: icon, tone, words."""


def view(walk: Walk, languages: Mapping[Language, Texts], now_s: float) -> View:
    """Return what the screen shows. `languages` holds at least all that the walk names."""
    texts = languages[walk.language]
    bar, body = _bar(walk, languages, now_s), _body(walk, texts, now_s)
    return View(bar=bar, body=body, paper_here=texts.say("kiosk_paper_here"), prompt=_prompt(walk, texts, now_s))


def say_refusal(refusal: Refused, texts: Texts) -> str:
    """Return the sentence of a refusal; one whose facts or code this kiosk does not know becomes the general one."""
    try:
        return texts.say(f"refused_{refusal.code}", **refusal.facts)
    except (KeyError, IndexError):
        return texts.say("refused_internal")


def _prompt(walk: Walk, texts: Texts, now_s: float) -> Prompt | None:
    """Return the question whether somebody is still there, while the page is about to leave."""
    if not is_leaving(walk, now_s):
        return None
    page = walk.page
    words = texts.say("kiosk_more_time_question")
    if isinstance(page, Holding):
        words = texts.say("kiosk_leaving_question", number=page.ticket.number)
    return Prompt(words=words, more=texts.say("kiosk_more_time"))


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
    body: Body
    match walk.page:
        case Welcoming():
            body = _greeting(walk, texts, now_s)
        case Choosing():
            body = _choice(walk, texts, now_s)
        case Confirming() as page:
            body = _check(walk, page, texts)
        case Asking() | Cancelling() as page:
            body = _asking(page, texts, slow=is_slow(walk, now_s))
        case Holding() as page:
            body = _number(walk, page, texts, now_s)
        case Reconsidering() as page:
            body = _question(page, texts)
        case Cancelled() | Kept() as page:
            body = _after_cancelling(page, texts)
        case Sorry() as page:
            body = _apology(walk, page, texts)
    return body


def _greeting(walk: Walk, texts: Texts, now_s: float) -> Greeting:
    closed = _closed(walk, walk.menu, texts, now_s) if walk.menu else None
    welcome = texts.say("kiosk_welcome")
    if closed is not None:
        return Greeting(welcome=welcome, icon="clock_outline", invitation=closed.title, detail=closed.text)
    if is_off_duty(walk, now_s) and not is_starting(walk, now_s):
        title, text = texts.say("kiosk_no_server"), texts.say("kiosk_no_server_text")
        return Greeting(welcome, "account_question", title, text, staff=_for_staff(walk, texts))
    return Greeting(welcome=welcome, icon="gesture_tap", invitation=texts.say("kiosk_touch_start"), detail="")


def _choice(walk: Walk, texts: Texts, now_s: float) -> Choice | Notice:
    menu = walk.menu
    if menu is None or walk.link == "refused":
        return _starting(texts) if is_starting(walk, now_s) else _off_duty(walk, texts, home="")
    closed = _closed(walk, menu, texts, now_s)
    alone = gives_alone(walk, now_s)
    return Choice(
        question="" if closed else texts.say("kiosk_choose"),
        cards=tuple(
            _card(walk, card, closure_of(walk, menu, card, now_s), texts, alone=alone) for card in menu.services
        ),
        trouble=None if closed else _trouble(walk, texts, alone=alone),
        closed=closed,
        more=texts.say("kiosk_more_services"),
    )


def _starting(texts: Texts) -> Notice:
    title, text = texts.say("kiosk_starting"), texts.say("kiosk_asking_text")
    return Notice(icon="timer_sand", tone="waiting", title=title, text=text, home="")


def _off_duty(walk: Walk, texts: Texts, home: str) -> Notice:
    """Return the page of a kiosk that can give no number: where to get one, and small for staff what to mend."""
    return Notice(
        icon="account_question",
        tone="trouble",
        title=texts.say("kiosk_no_server"),
        text=texts.say("kiosk_no_server_text"),
        home=home,
        staff=_for_staff(walk, texts),
    )


def _for_staff(walk: Walk, texts: Texts) -> str:
    where = {"box": walk.device, "server": walk.server}
    if walk.refusal is None:
        return texts.say("kiosk_staff_unreachable", **where)
    key = f"kiosk_staff_{walk.refusal.code}"
    return texts.say(key if texts.knows(key) else "kiosk_staff_refused", **where, why=say_refusal(walk.refusal, texts))


def _closed(walk: Walk, menu: Menu, texts: Texts, now_s: float) -> Closed | None:
    closure = closure_of_all(walk, menu, now_s)
    return None if closure is None else closed_words.over_hall(closure, walk.utc_offset_s, texts)


def _trouble(walk: Walk, texts: Texts, *, alone: bool) -> tuple[str, str] | None:
    if alone and walk.printer != "failed":
        return "information", texts.say("kiosk_alone_strip")
    if alone:
        return "printer_alert", texts.say("kiosk_printer_strip")
    if walk.link != "live":
        return "account_question", texts.say("kiosk_no_server_strip")
    if walk.printer == "failed":
        return "printer_alert", texts.say("kiosk_printer_strip")
    return None


def _card(walk: Walk, card: ServiceCard, closure: Closure | None, texts: Texts, *, alone: bool) -> Card:
    """Return a service as a button; a kiosk `alone` does not know who waits."""
    is_open = closure is None
    if closure is not None:
        status, detail = closed_words.on_card(closure, walk.utc_offset_s, texts)
    else:
        status, detail = (texts.say("kiosk_card_alone"), "") if alone else _line(card, texts)
    return Card(
        service=card.service,
        badge=Badge(card.prefix, card.icon, card.hue),
        name=in_language(card.names, texts.language),
        hint=card.hints.get(texts.language, ""),  # another language's everyday words help nobody
        status=status,
        detail=detail,
        warning=texts.say("kiosk_card_after_break") if is_open and card.after_break and not alone else "",
        open=is_open,
    )


def _line(card: ServiceCard, texts: Texts) -> tuple[str, str]:
    """Return how many are called before a ticket taken now, and how long that may take, where it is known."""
    if not card.people_ahead:
        return texts.say("nobody_waiting"), ""
    return texts.count("people_waiting", card.people_ahead), say_range(card.wait, texts) if card.wait else ""


def _check(walk: Walk, page: Confirming, texts: Texts) -> Check | Notice:
    card = card_of(walk, page.service)
    if card is None:
        return _choice_gone(texts)
    dossiers = _dossiers(walk, page, texts)
    papers = in_language(card.papers, texts.language)
    return Check(
        badge=Badge(card.prefix, card.icon, card.hue),
        service=in_language(card.names, texts.language),
        papers_heading=texts.say("kiosk_papers") if papers else "",
        papers=papers,
        warning=texts.say("kiosk_after_break") if card.after_break else "",
        dossiers=dossiers,
        take="" if dossiers is not None and dossiers.counted is None else texts.say("kiosk_take"),
        back=texts.say("kiosk_back"),
    )


def _choice_gone(texts: Texts) -> Notice:
    return Notice(
        icon="information",
        tone="trouble",
        title=texts.say("kiosk_refused"),
        text=texts.say("refused_unknown_service"),
        home=texts.say("kiosk_back"),
    )


def _dossiers(walk: Walk, page: Confirming, texts: Texts) -> Dossiers | None:
    most = walk.menu.dossiers_per_turn if walk.menu else None
    if most is None:
        return None
    few = tuple((each, str(each)) for each in range(1, COUNTED_FROM))
    return Dossiers(
        question=texts.say("kiosk_dossiers"),
        explanation=texts.count("kiosk_dossiers_limit", most),
        answers=(*few, (COUNTED_FROM, texts.say("kiosk_dossiers_more", n=COUNTED_FROM))),
        counted=page.dossiers,
    )


def _asking(page: Asking | Cancelling, texts: Texts, *, slow: bool) -> Notice:
    text = texts.say("kiosk_slow_text" if slow else "kiosk_asking_text")
    title = texts.say("kiosk_asking")
    if isinstance(page, Cancelling):
        title = texts.say("kiosk_cancelling", number=page.ticket.number)
    return Notice(icon="timer_sand", tone="waiting", title=title, text=text, home="")


def _number(walk: Walk, page: Holding, texts: Texts, now_s: float) -> Number:
    ticket = page.ticket
    card = card_of(walk, ticket.service)
    icon, tone, key = _PAPER[page.paper.state]
    proven = page.paper.state in {"printing", "printed"}
    return Number(
        heading=texts.say("kiosk_your_number"),
        service=in_language(card.names, texts.language) if card else "",
        number=ticket.number,
        priority=texts.say("priority") if ticket.priority else "",
        facts=_facts(walk, ticket, texts),
        warning=texts.say("kiosk_after_break") if ticket.after_break else "",
        paper=texts.say(_trouble_key(page.paper) or key),
        paper_icon=icon,
        paper_tone=tone,
        advice=texts.say("kiosk_please_wait"),
        home=texts.say("kiosk_done" if proven else "kiosk_remembered"),
        wrong_choice=texts.say("kiosk_wrong_choice") if may_cancel(walk, now_s) else "",
    )


def _facts(walk: Walk, ticket: TicketTaken, texts: Texts) -> tuple[str, ...]:
    """Return how many are ahead, how long that may take, and where the person is called to."""
    ahead = say_ahead(ticket, walk.utc_offset_s, texts)
    wait = "" if ticket.wait is None else texts.say("kiosk_estimated_wait", range=say_range(ticket.wait, texts))
    called_to = say_called_to(ticket.counters, texts) if ticket.counters else ""
    return tuple(fact for fact in (ahead, wait, called_to) if fact)


def _question(page: Reconsidering, texts: Texts) -> Question:
    number = page.holding.ticket.number
    return Question(
        icon="undo",
        title=texts.say("kiosk_give_up_question", number=number),
        text=texts.say("kiosk_give_up_text", number=number),
        keep=texts.say("kiosk_keep", number=number),
        give_up=texts.say("kiosk_give_up"),
    )


def _trouble_key(paper: Paper) -> str | None:
    return "kiosk_trouble_paper_out" if (paper.state, paper.reason) == ("failed", "paper_out") else None


def _after_cancelling(page: Cancelled | Kept, texts: Texts) -> Notice:
    number = page.ticket.number
    if isinstance(page, Cancelled):
        return Notice(
            icon="check_circle",
            tone="done",
            title=texts.say("kiosk_cancelled", number=number),
            text=texts.say("kiosk_cancelled_text", number=number),
            home=texts.say("kiosk_choose_again"),
            home_icon="gesture_tap",
        )
    return Notice(
        icon="account_question",
        tone="trouble",
        title=texts.say("kiosk_not_cancelled", number=number),
        text=texts.say("kiosk_not_cancelled_text" if page.sure else "kiosk_cancel_unsure_text", number=number),
        home=texts.say("kiosk_home"),
    )


def _apology(walk: Walk, page: Sorry, texts: Texts) -> Notice:
    home = texts.say("kiosk_home")
    match page.why:
        case Closure() as closure:
            card = card_of(walk, page.service) if page.service else None
            service = in_language(card.names, texts.language) if card else ""
            return closed_words.as_page(closure, service, walk.utc_offset_s, texts)
        case Refused() as refusal:
            known = refusal.code in FOR_CITIZENS
            text = say_refusal(refusal, texts) if known else texts.say("kiosk_no_server_text")
            return Notice(icon="information", tone="trouble", title=texts.say("kiosk_refused"), text=text, home=home)
        case None:
            return _off_duty(walk, texts, home)
