"""The page behind the QR code of a slip, and what its holder says there of the visit.

Whoever has the token may see the page; it names no person.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_protocol.answers import Refused
from queue_protocol.commands import RateVisit
from queue_protocol.ids import CommandId, RemarkId, Token
from queue_protocol.texts import Texts
from queue_server.core.decision import Actor
from queue_server.core.missing_entries import slips_to_check
from queue_server.core.remarks import MOST_LETTERS
from queue_server.core.views import TicketPage, ticket_page
from queue_server.engine.remarks import Notebook
from queue_server.web.application import FRAMES_AND_FORMS
from queue_server.web.page_context import ALL_WELL, PageContext, field, go_on_to, read_form

VISITOR = Actor("", frozenset({"visitor"}))

PRIVATE = {
    "referrer-policy": "no-referrer",
    "content-security-policy": f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {FRAMES_AND_FORMS}",
}
"""The address of the page is its secret: nothing is loaded, and no other page is told where one comes from."""

REFRESH = {"refresh": "20"}
"""Seconds until the page is loaded again, while the ticket moves. As a header it needs no script, and no element that
readers of screens stumble over."""

OPEN = frozenset({"waiting", "called", "serving", "held", "no_show"})
"""Statuses after which there is news to come."""

TRY_AGAIN = frozenset({"busy", "internal", "storage", "too_late"})
"""Refusals that have nothing to do with the ticket; what others mean, its page shows."""


@dataclass(frozen=True, slots=True)
class TicketPages:
    """The pages of tickets."""

    context: PageContext
    notebook: Notebook
    now: Callable[[], datetime]

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/t/{token}", self._show),
            Route("/t/{token}/rate", self._rate, methods=["POST"]),
            Route("/t/{token}/comment", self._comment, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        token = Token(request.path_params["token"])
        page = ticket_page(self.context.service.hall, token, self.now())
        facts = None if page is None else await self._facts(page, self.context.words(request))
        status = 404 if page is None else ALL_WELL
        to_check = self._slips_to_check(self.context.words(request)) if page is None else None
        response = await self.context.page(request, "ticket.html", status, ticket=facts, to_check=to_check)
        response.headers.update(PRIVATE if facts is None or not facts["is_open"] else PRIVATE | REFRESH)
        return response

    async def _rate(self, request: Request) -> Response:
        form, token = await read_form(request), request.path_params["token"]
        try:
            rating = msgspec.convert({"token": token, "rating": field(form, "rating")}, RateVisit, strict=False)
        except msgspec.ValidationError:
            raise HTTPException(400) from None
        answer = await self.context.service.submit(VISITOR, CommandId(secrets.token_hex(16)), rating)
        if isinstance(answer.result, Refused) and answer.result.code in TRY_AGAIN:
            return self.context.apologise(request, 503, f"refused_{answer.result.code}")
        return go_on_to(f"/t/{token}")

    async def _comment(self, request: Request) -> Response:
        """Keep what the citizen says; a form without words, or a second one, changes nothing."""
        form, token = await read_form(request), Token(request.path_params["token"])
        page = ticket_page(self.context.service.hall, token, self.now())
        if page is not None and page.may_comment:
            await self.notebook.add_comment(RemarkId(secrets.token_hex(16)), page.ticket, field(form, "text"))
        return go_on_to(f"/t/{token}")

    def _slips_to_check(self, texts: Texts) -> dict[str, str] | None:
        """Return the span in which a slip may have been given that the journal has lost; `None`: there is none."""
        span, offset_s = slips_to_check(self.context.service.hall), self.context.utc_offset_s()
        if span is None:
            return None
        return {"since": texts.time(span.since, offset_s), "until": texts.time(span.until, offset_s)}

    async def _facts(self, page: TicketPage, texts: Texts) -> dict[str, Any]:
        service = self.context.service
        line, offset_s = service.catalogue.service(page.service), self.context.utc_offset_s()
        outlook = page.outlook
        wait = outlook.wait if outlook else None
        return {
            "number": page.number,
            "service": "" if line is None else line.names.get(texts.language, line.names["vi"]),
            "status": page.status,
            "priority": page.priority,
            "people_ahead": outlook.people_ahead if outlook else None,
            "wait": None if wait is None else (wait.low_minutes, wait.high_minutes),
            "after_break": outlook is not None and outlook.after_break,
            "counter": page.counter,
            "counters": page.counters,
            "moving": page.moving,
            "is_open": not page.replaced and page.status in OPEN,
            "replaced": page.replaced,
            "may_rate": page.may_rate,
            "rating": page.rating,
            "may_comment": page.may_comment,
            "commented": page.may_comment and await self.notebook.has_comment(page.ticket),
            "most_letters": MOST_LETTERS,
            "issued_time": texts.time(page.issued_at, offset_s),
            "day_words": texts.day(service.hall.day or page.issued_at.date()),
            "as_of": texts.time(self.now(), offset_s),
        }
