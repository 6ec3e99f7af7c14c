"""The pages and their forms. Nothing changes by GET; every POST must come from a page of this server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_protocol.ids import Token
from queue_protocol.texts import Texts
from queue_server.core.views import TicketPage, ticket_page
from queue_server.service import Service
from queue_server.shell.access import DEVICE_COOKIE, SESSION_COOKIE, SESSION_LASTS, Access, InThread
from queue_server.shell.files import WEB
from queue_server.shell.hub import Hub
from queue_server.shell.metrics import exposition
from queue_server.shell.spreadsheet import day_as_csv
from queue_server.storage.accounts import Account, AccountRole
from queue_server.storage.reports import Reports

LANGUAGE_COOKIE = "motcua_language"

DEVICE_LASTS_S = 5 * 365 * 24 * 3600
"""A tablet on a wall is set up once."""


@dataclass(slots=True)
class Pages:
    """Everything the pages need."""

    service: Service
    hub: Hub
    access: Access
    reports: Reports
    in_reader: InThread
    texts: dict[str, Texts]
    now: Callable[[], datetime]
    utc_offset_s: Callable[[], int]
    clock_suspect: Callable[[], bool]
    version: str
    templates: Environment

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/", partial(self._open, "start.html")),
            Route("/kiosk", self._kiosk),
            Route("/display", partial(self._open, "display.html")),
            Route("/desk", partial(self._for_people, "desk.html", ("clerk", "manager"))),
            Route("/office", partial(self._for_people, "office.html", ("manager",))),
            Route("/password", self._password),
            Route("/password", self._change_password, methods=["POST"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/device", self._use_device, methods=["POST"]),
            Route("/accounts.json", self._accounts),
            Route("/accounts", self._add_account, methods=["POST"]),
            Route("/accounts/password", self._renew_password, methods=["POST"]),
            Route("/accounts/remove", self._remove_account, methods=["POST"]),
            Route("/office/day.json", self._day),
            Route("/office/day.csv", self._day_csv),
            Route("/t/{token}", self._ticket),
            Route("/health", self._health),
            Route("/metrics", self._metrics),
        ]

    async def _open(self, template: str, request: Request) -> Response:
        return await self._page(request, template)

    async def _for_people(self, template: str, roles: tuple[str, ...], request: Request) -> Response:
        account = await self._account(request)
        if account is None:
            return await self._page(request, "sign_in.html", 401, next=request.url.path, error=None)
        if account.role not in roles:
            return await self._page(request, "sign_in.html", 403, next=request.url.path, error="sign_in_not_allowed")
        return await self._page(request, template)

    async def _kiosk(self, request: Request) -> Response:
        device = await self.access.device_of(request.cookies.get(DEVICE_COOKIE))
        name = device[0] if device is not None and device[1] == "kiosk" else None
        return await self._page(request, "kiosk.html", device=name, error=None)

    async def _sign_in(self, request: Request) -> Response:
        form = await _form(request)
        target = _own_path(form.get("next", "/desk"))
        outcome, token = await self.access.sign_in(form.get("account", ""), form.get("password", "")[:128])
        if token is None:
            return await self._page(
                request, "sign_in.html", 401, next=target, error=f"sign_in_{outcome}", address=target
            )
        response = RedirectResponse(target, 303)
        _set_cookie(response, SESSION_COOKIE, token, int(SESSION_LASTS.total_seconds()))
        return response

    async def _sign_out(self, request: Request) -> Response:
        account = await self._account(request)
        await self.access.sign_out(request.cookies.get(SESSION_COOKIE))
        if account is not None:
            self.hub.cut_account(account.name)
        response = RedirectResponse("/", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    async def _password(self, request: Request) -> Response:
        if await self._account(request) is None:
            return await self._page(request, "sign_in.html", 401, next="/password", error=None)
        return await self._page(request, "password.html", error=None, done=False)

    async def _change_password(self, request: Request) -> Response:
        account = await self._account(request)
        if account is None:
            return await self._page(request, "sign_in.html", 401, next="/password", error=None)
        form = await _form(request)
        old, new = form.get("old", "")[:128], form.get("new", "")[:128]
        outcome = await self.access.change_password(account, old, new)
        if outcome == "done":
            self.hub.cut_account(account.name)
            return await self._page(request, "password.html", error=None, done=True)
        return await self._page(request, "password.html", 400, error=f"password_{outcome}", done=False)

    async def _use_device(self, request: Request) -> Response:
        form = await _form(request)
        name, key = form.get("device", ""), form.get("key", "")
        target = _own_path(form.get("next", "/kiosk"))
        allowed = await self.access.device_role(name, key) is not None or await self._is_manager(request)
        token = await self.access.lend_device(name) if allowed else None
        if token is None:
            return await self._page(request, "kiosk.html", 401, device=None, error="device_wrong_key", address=target)
        response = RedirectResponse(target, 303)
        _set_cookie(response, DEVICE_COOKIE, token, DEVICE_LASTS_S)
        return response

    async def _accounts(self, request: Request) -> Response:
        await self._require_manager(request)
        everybody = await self.access.accounts()
        return _json([{"account": each.name, "role": each.role} for each in everybody])

    async def _add_account(self, request: Request) -> Response:
        await self._require_manager(request)
        form = await _form(request)
        name = form.get("account", "").strip().lower()
        role: AccountRole = "manager" if form.get("role") == "manager" else "clerk"
        try:
            password = await self.access.add_account(name, role)
        except msgspec.ValidationError:
            return _json({"error": "account_bad_name"}, 400)
        if password is None:
            return _json({"error": "account_exists"}, 409)
        return _json({"account": name, "role": role, "password": password})

    async def _renew_password(self, request: Request) -> Response:
        await self._require_manager(request)
        name = (await _form(request)).get("account", "")
        password = await self.access.renew_password(name)
        if password is None:
            return _json({"error": "account_unknown"}, 404)
        self.hub.cut_account(name)
        return _json({"account": name, "password": password})

    async def _remove_account(self, request: Request) -> Response:
        account = await self._require_manager(request)
        name = (await _form(request)).get("account", "")
        if name == account.name:
            return _json({"error": "account_own"}, 400)
        if not await self.access.remove_account(name):
            return _json({"error": "account_unknown"}, 404)
        self.hub.cut_account(name)
        return _json({})

    async def _day(self, request: Request) -> Response:
        await self._require_manager(request)
        day = self._asked_day(request)
        catalogue = self.service.catalogue
        return _json(
            {
                "day": day,
                "days": await self.in_reader(self.reports.days),
                "tickets": [_with_instants(row) for row in await self.in_reader(self.reports.tickets, day)],
                "totals": await self.in_reader(self.reports.totals, day),
                "services": {
                    service.id: {"names": service.names, "prefix": service.prefix, "hue": place}
                    for place, service in enumerate(catalogue.services)
                },
            }
        )

    async def _day_csv(self, request: Request) -> Response:
        await self._require_manager(request)
        day = self._asked_day(request)
        rows = await self.in_reader(self.reports.tickets, day)
        texts = self._texts(request)
        body = day_as_csv(rows, self.service.catalogue, texts, self.utc_offset_s())
        name = f"motcua-{day}.csv"
        return Response(
            body,
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
        )

    async def _ticket(self, request: Request) -> Response:
        page = ticket_page(self.service.hall, self.service.catalogue, Token(request.path_params["token"]))
        texts = self._texts(request)
        ticket = None if page is None else self._ticket_facts(page, texts)
        response = await self._page(request, "ticket.html", 404 if page is None else 200, ticket=ticket)
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return response

    def _ticket_facts(self, page: TicketPage, texts: Texts) -> dict[str, Any]:
        service = self.service.catalogue.service(page.service)
        offset = self.utc_offset_s()
        wait = page.outlook.wait if page.outlook else None
        return {
            "number": page.number,
            "service": "" if service is None else service.names.get(texts.language, service.names["vi"]),
            "status": page.status,
            "priority": page.priority,
            "people_ahead": page.outlook.people_ahead if page.outlook else None,
            "wait": None if wait is None else (wait.low_minutes, wait.high_minutes),
            "counter": page.counter,
            "counters": page.counters,
            "issued_time": texts.time(page.issued_at, offset),
            "day_words": texts.day(self.service.hall.day or page.issued_at.date()),
            "as_of": texts.time(self.now(), offset),
        }

    async def _health(self, _request: Request) -> Response:
        writable = self.service.is_writable
        facts = {
            "status": "ok" if writable else "read_only",
            "version": self.version,
            "sequence": self.service.hall.sequence,
            "day": None if self.service.hall.day is None else self.service.hall.day.isoformat(),
            "clock_suspect": self.clock_suspect(),
        }
        return _json(facts, 200 if writable else 503)

    async def _metrics(self, _request: Request) -> Response:
        hall, catalogue = self.service.hall, self.service.catalogue
        waiting = {str(service.id): len(hall.line(service.id)) for service in catalogue.services}
        page = exposition(hall.sequence, self.hub.count(), waiting)
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _page(self, request: Request, template: str, status: int = 200, **facts: object) -> HTMLResponse:
        texts = self._texts(request)
        account = await self._account(request)
        context: dict[str, Any] = {
            "t": texts.say,
            "c": texts.count,
            "language": texts.language,
            "languages": self.service.catalogue.languages,
            "center": self.service.catalogue.center.get(texts.language, self.service.catalogue.center["vi"]),
            "account": None if account is None else account.name,
            "role": None if account is None else account.role,
            "address": request.url.path,
        }
        html = self.templates.get_template(template).render(context | facts)
        response = HTMLResponse(html, status, headers={"cache-control": "no-store"})
        chosen = request.query_params.get("language")
        if chosen in self.texts:
            _set_cookie(response, LANGUAGE_COOKIE, chosen, DEVICE_LASTS_S)
        return response

    async def _account(self, request: Request) -> Account | None:
        return await self.access.who(request.cookies.get(SESSION_COOKIE))

    async def _is_manager(self, request: Request) -> bool:
        account = await self._account(request)
        return account is not None and account.role == "manager"

    async def _require_manager(self, request: Request) -> Account:
        account = await self._account(request)
        if account is None or account.role != "manager":
            raise HTTPException(403)
        return account

    def _texts(self, request: Request) -> Texts:
        wanted = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE) or ""
        return self.texts.get(wanted) or self.texts["vi"]

    def _asked_day(self, request: Request) -> str:
        asked = request.query_params.get("day")
        if not asked:
            return str(self.service.hall.day)
        try:
            return date.fromisoformat(asked).isoformat()
        except ValueError:
            raise HTTPException(400) from None


def load_templates() -> Environment:
    """Return the pages' templates; a name that a page uses and nobody gives is an error, not an empty place."""
    return Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _with_instants(row: msgspec.Struct) -> dict[str, Any]:
    """Return a row with its times as ISO instants, as every message has them."""
    facts: dict[str, Any] = msgspec.to_builtins(row)
    for name in ("issued_at", "called_at", "started_at", "ended_at"):
        moment = facts[name]
        facts[name] = None if moment is None else datetime.fromtimestamp(moment / 1000, UTC).isoformat()
    return facts


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; the guard has bounded its size."""
    try:
        return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=8))
    except ValueError:
        raise HTTPException(400) from None


def _own_path(target: str) -> str:
    """Return a path of this server to go on to; anything else becomes the start page."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _set_cookie(response: Response, name: str, value: str, lasts_s: int) -> None:
    response.set_cookie(name, value, max_age=lasts_s, httponly=True, samesite="strict", path="/")


def _json(facts: Any, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(facts), status, media_type="application/json", headers={"cache-control": "no-store"}
    )
