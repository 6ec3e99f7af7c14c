"""What every page begins with: who asks, in which language, and how words become a page, a fact or an apology."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from queue_protocol.ids import DeviceId
from queue_protocol.texts import Texts
from queue_server.core.decision import Actor
from queue_server.engine.service import Service
from queue_server.storage.accounts import Account, AccountRole, DeviceRole
from queue_server.web.access import DEVICE_COOKIE, SESSION_COOKIE, Access
from queue_server.web.files import page_folders
from queue_server.web.spans import Span
from queue_server.web.tables import Wording

LANGUAGE_COOKIE = "motcua_language"

REMEMBERED_S = 400 * 24 * 3600
"""How long a browser remembers its language, and a tablet which kiosk it is: Chromium keeps nothing for longer. Set
anew with each visit, it lasts as long as the tablet hangs there."""

MOST_FIELDS = 16
"""Of a form; the largest has the roles of a person besides the name."""

FRESH = {"cache-control": "no-store"}

ALL_WELL = 200

STAFF: frozenset[AccountRole] = frozenset({"greeter", "clerk", "manager"})
MANAGERS: frozenset[AccountRole] = frozenset({"manager"})

Handler = Callable[[Request], Awaitable[Response]]
"""Answers a request."""


class Area(Protocol):
    """One thing that people do, with its pages."""

    def routes(self) -> list[BaseRoute]:
        """Return where each of its pages is found."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """Receives every request of a person's browser."""

    service: Service
    access: Access
    texts: Mapping[str, Texts]
    utc_offset_s: Callable[[], int]
    templates: Environment

    async def account(self, request: Request) -> Account | None:
        """Return the person who is signed in, or `None`."""
        return await self.access.who(request.cookies.get(SESSION_COOKIE))

    async def require(self, request: Request, *roles: AccountRole) -> Account:
        """Return the person who is signed in and has one of these roles.

        Raises `HTTPException` 403 for anybody else.
        """
        account = await self.account(request)
        if account is None or account.roles.isdisjoint(roles):
            raise HTTPException(403)
        return account

    async def device(self, request: Request) -> tuple[DeviceId, DeviceRole] | None:
        """Return the box that this browser stands for, with its role, or `None`."""
        return await self.access.device_of(request.cookies.get(DEVICE_COOKIE))

    def words(self, request: HTTPConnection) -> Texts:
        """Return the words of the language that this browser asks for; Vietnamese when it asks for none."""
        wanted = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE) or ""
        return self.texts.get(wanted) or self.texts["vi"]

    def wording(self, request: HTTPConnection) -> Wording:
        """Return what puts facts into the words of the language that this browser asks for."""
        return Wording(self.words(request), self.service.catalogue)

    def about_export(self, request: HTTPConnection, span: Span) -> dict[str, str]:
        """Return what tells the rows of one export from those of another: the span of days and the site."""
        wording = self.wording(request)
        days = [wording.day(each.isoformat()) for each in (span.first, span.last)]
        dates = {"csv_day": days[0]} if span.first == span.last else {"csv_first_day": days[0], "csv_last_day": days[1]}
        return dates | {"csv_site": self.service.site}

    def name_of_export(self, name: str, span: Span) -> str:
        """Return what the file of an export is called."""
        days = f"{span.first}" if span.first == span.last else f"{span.first}-{span.last}"
        return f"motcua-{self.service.site}-{name}-{days}.csv"

    def today(self) -> date:
        """Return the open day; before there is one, that of the last event in UTC."""
        return self.service.hall.day or self.service.hall.at.date()

    def asked_day(self, request: Request) -> date:
        """Return the day that an address names, or today.

        Raises `HTTPException` 400 for what is no day.
        """
        try:
            return date.fromisoformat(request.query_params.get("day") or self.today().isoformat())
        except ValueError:
            raise HTTPException(400) from None

    async def page(self, request: Request, template: str, status: int = ALL_WELL, **facts: object) -> HTMLResponse:
        """Return a page of a template, for the person who asks."""
        response = self._page(request, await self.account(request), template, status, facts)
        chosen = request.query_params.get("language")
        if chosen is not None and chosen in self.texts:
            set_cookie(response, LANGUAGE_COOKIE, chosen, REMEMBERED_S)
        return response

    def for_people(self, roles: frozenset[AccountRole], handler: Handler) -> Handler:
        """Return the handler of a page for people with one of these roles; anybody else gets the form to sign in."""

        async def handle(request: Request) -> Response:
            account = await self.account(request)
            if account is None:
                return await self.page(request, "sign_in.html", 401, error=None)
            if not account.roles & roles:
                return await self.page(request, "sign_in.html", 403, error="sign_in_not_allowed")
            return await handler(request)

        return handle

    def apologise(self, request: HTTPConnection, status: int, key: str) -> Response:
        """Return why nothing came of a request: a sentence for a person, its key for a script."""
        if "text/html" not in request.headers.get("accept", ""):
            return json_of({"error": key}, status)
        # Nobody is looked up: the trouble may be the storage itself. The address may be one that only takes forms.
        return self._page(request, None, "trouble.html", status, {"trouble": key, "address": "/"})

    def _page(
        self, request: HTTPConnection, account: Account | None, template: str, status: int, facts: Mapping[str, object]
    ) -> HTMLResponse:
        texts, catalogue = self.words(request), self.service.catalogue
        kept = urlencode([each for each in request.query_params.multi_items() if each[0] != "language"])
        context: dict[str, Any] = {
            "t": texts.say,
            "c": texts.count,
            "language": texts.language,
            "languages": catalogue.languages,
            "center": catalogue.center.get(texts.language, catalogue.center["vi"]),
            "account": None if account is None else account.name,
            "roles": frozenset() if account is None else account.roles,
            **place_of(f"{request.url.path}?{kept}" if kept else request.url.path),
        }
        return HTMLResponse(self.templates.get_template(template).render(context | dict(facts)), status, headers=FRESH)


def load_templates() -> Environment:
    """Return the pages' templates; a name that a page uses and nobody gives is an error, not an empty place."""
    return Environment(
        loader=FileSystemLoader(page_folders("templates")),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def read_form(request: Request) -> FormData:
    """Return the fields of a form; the guard has bounded its size.

    Raises `HTTPException` 400 for more fields than any form has.
    """
    try:
        fields = parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
        return FormData([(name, value) for name, value in fields])
    except ValueError:
        raise HTTPException(400) from None


def field(form: FormData, name: str, default: str = "") -> str:
    """Return a field of a form, or the default when it was left empty."""
    return str(form.get(name, default))


def actor_of(account: Account) -> Actor:
    """Return a person as decisions know people."""
    return Actor(account.name, frozenset(account.roles))


def own_path(target: str) -> str:
    """Return a path of this server to go on to; anything else becomes the start page."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def place_of(target: str) -> Mapping[str, str]:
    """Return what templates say of a page of this server: its path, the start of links to it, where forms lead back to.

    `target` is a path with its query, without a language.
    """
    parts = urlsplit(target)
    return {"address": parts.path, "query": f"{parts.query}&" if parts.query else "", "next": target}


def go_on_to(target: str) -> RedirectResponse:
    """Return the answer to a form that was taken: where the browser goes on to read."""
    return RedirectResponse(target, 303)


def set_cookie(response: Response, name: str, value: str, lasts_s: int) -> None:
    """Let the browser keep a value that no script and no other site can use."""
    response.set_cookie(name, value, max_age=lasts_s, httponly=True, samesite="strict", path="/")


def keep_device(request: Request, response: Response) -> Response:
    """Let the browser of a page that stands for a box remember it from today on."""
    set_cookie(response, DEVICE_COOKIE, request.cookies[DEVICE_COOKIE], REMEMBERED_S)
    return response


def json_of(facts: object, status: int = ALL_WELL) -> Response:
    """Return facts for a script."""
    return Response(msgspec.json.encode(facts), status, media_type="application/json", headers=FRESH)


def download(body: bytes, media_type: str, name: str) -> Response:
    """Return a file that the browser keeps under this name."""
    return Response(
        body, media_type=media_type, headers=FRESH | {"content-disposition": f'attachment; filename="{name}"'}
    )
