"""Pages for everybody: the door, kiosk, display, desk; signing in and out; what a watcher asks.

Nothing changes by GET; every POST must come from a page of this server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_protocol.ids import DeviceId
from queue_server.engine.clock import Clock
from queue_server.live.condition import Condition
from queue_server.live.hub import Hub
from queue_server.storage.accounts import DeviceRole
from queue_server.web.access import BROWSER_COOKIE, DEVICE_COOKIE, SESSION_COOKIE, SESSION_LASTS, SignedIn
from queue_server.web.addresses import neighbourhood
from queue_server.web.metrics import exposition
from queue_server.web.page_context import (
    ALL_WELL,
    REMEMBERED_S,
    STAFF,
    Reception,
    field,
    go_on_to,
    json_of,
    own_path,
    place_of,
    read_form,
    set_cookie,
)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that are open to all, or to all who work here."""

    reception: Reception
    hub: Hub
    clock: Clock
    condition: Condition
    wall: Callable[[], datetime]
    """What the PC believes the time is, also while the clock does not follow it."""
    version: str

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/", partial(self._open, "start.html")),
            Route("/kiosk", self._kiosk),
            Route("/display", self._display),
            Route("/desk", self.reception.for_people(STAFF, partial(self._open, "desk.html"))),
            Route("/password", self.reception.for_people(STAFF, self._password)),
            Route("/password", self._change_password, methods=["POST"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            Route("/device", self._use_device, methods=["POST"]),
            Route("/health", self._health),
            Route("/metrics", self._metrics),
        ]

    async def _open(self, template: str, request: Request) -> Response:
        return await self.reception.page(request, template)

    async def _kiosk(self, request: Request) -> Response:
        device = await self._device(request)
        name = device[0] if device is not None and device[1] == "kiosk" else None
        response = await self.reception.page(request, "kiosk.html", device=name, error=None)
        return response if device is None else _still_remembered(request, response)

    async def _display(self, request: Request) -> Response:
        response = await self._open("display.html", request)
        return response if await self._device(request) is None else _still_remembered(request, response)

    async def _device(self, request: Request) -> tuple[DeviceId, DeviceRole] | None:
        return await self.reception.access.device_of(request.cookies.get(DEVICE_COOKIE))

    async def _sign_in(self, request: Request) -> Response:
        form = await read_form(request)
        target = own_path(field(form, "next", "/desk"))
        name, password = field(form, "account"), field(form, "password")[:128]
        address = neighbourhood(request.client.host if request.client else None)
        browser = request.cookies.get(BROWSER_COOKIE)
        outcome = await self.reception.access.sign_in(name, password, address, browser)
        if not isinstance(outcome, SignedIn):
            error, status = ("refused_busy", 503) if outcome == "busy" else (f"sign_in_{outcome}", 401)
            return await self.reception.page(request, "sign_in.html", status, error=error, **place_of(target))
        response = go_on_to(target)
        set_cookie(response, SESSION_COOKIE, outcome.session, int(SESSION_LASTS.total_seconds()))
        set_cookie(response, BROWSER_COOKIE, outcome.browser, REMEMBERED_S)
        return response

    async def _sign_out(self, request: Request) -> Response:
        account = await self.reception.account(request)
        await self.reception.access.sign_out(request.cookies.get(SESSION_COOKIE))
        if account is not None:
            self.hub.cut_account(account.name)
        response = go_on_to("/")
        response.delete_cookie(SESSION_COOKIE)
        return response

    async def _password(self, request: Request) -> Response:
        return await self.reception.page(request, "password.html", error=None, done=False)

    async def _change_password(self, request: Request) -> Response:
        account = await self.reception.account(request)
        if account is None:
            return await self.reception.page(request, "sign_in.html", 401, next="/password", error=None)
        form = await read_form(request)
        old, new = field(form, "old")[:128], field(form, "new")[:128]
        outcome = await self.reception.access.change_password(account, old, new)
        if outcome == "done":
            self.hub.cut_account(account.name)
        error = None if outcome == "done" else f"password_{outcome}"
        status = ALL_WELL if error is None else 400
        return await self.reception.page(request, "password.html", status, error=error, done=error is None)

    async def _use_device(self, request: Request) -> Response:
        form = await read_form(request)
        name, key = field(form, "device"), field(form, "key")
        target = own_path(field(form, "next", "/kiosk"))
        access = self.reception.access
        allowed = await access.device_role(name, key) is not None or await self._is_manager(request)
        token = await access.lend_device(name) if allowed else None
        if token is None:
            facts = {"device": None, "error": "device_wrong_key"}
            return await self.reception.page(request, "kiosk.html", 401, **facts, **place_of(target))
        response = go_on_to(target)
        set_cookie(response, DEVICE_COOKIE, token, REMEMBERED_S)
        return response

    async def _is_manager(self, request: Request) -> bool:
        account = await self.reception.account(request)
        return account is not None and "manager" in account.roles

    async def _health(self, _request: Request) -> Response:
        service = self.reception.service
        looked, now = await self.condition.look(), self.clock.now()
        low = self.condition.disk_low_since is not None
        facts = {
            "status": "read_only" if not looked.writable else "disk_low" if low else "ok",
            "commit_ms": looked.commit_ms,
            "loop_ms": looked.loop_ms,
            "disk_free_mb": looked.disk_free_mb,
            "version": self.version,
            "sequence": service.hall.sequence,
            "day": service.hall.day,
            "now": now,
            "wall": self.wall(),
            "clock": self.clock.state,
        }
        return json_of(facts, ALL_WELL if looked.writable else 503)

    async def _metrics(self, _request: Request) -> Response:
        service = self.reception.service
        hall, catalogue = service.hall, service.catalogue
        waiting = {str(each.id): len(hall.line(each.id)) for each in catalogue.services}
        page = exposition(hall.sequence, self.hub.count(), waiting, self.clock.state)
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")


def _still_remembered(request: Request, response: Response) -> Response:
    """Let the browser of a page that stands for a box remember it from today on."""
    set_cookie(response, DEVICE_COOKIE, request.cookies[DEVICE_COOKIE], REMEMBERED_S)
    return response
