"""The start page, and the way in and out: signing in, signing out, a password of one's own.

Nothing changes by GET; every POST must come from a page of this server.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.live.hub import Hub
from queue_server.web.access import BROWSER_COOKIE, SESSION_COOKIE, SESSION_LASTS, SignedIn
from queue_server.web.addresses import neighbourhood
from queue_server.web.page_context import (
    ALL_WELL,
    REMEMBERED_S,
    STAFF,
    PageContext,
    field,
    go_on_to,
    own_path,
    place_of,
    read_form,
    set_cookie,
)


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The pages that are open to all, or to all who work here."""

    context: PageContext
    hub: Hub

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/", self._start),
            Route("/password", self.context.for_people(STAFF, self._password)),
            Route("/password", self._change_password, methods=["POST"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
        ]

    async def _start(self, request: Request) -> Response:
        return await self.context.page(request, "start.html")

    async def _sign_in(self, request: Request) -> Response:
        form = await read_form(request)
        target = own_path(field(form, "next", "/desk"))
        name, password = field(form, "account"), field(form, "password")[:128]
        address = neighbourhood(request.client.host if request.client else None)
        browser = request.cookies.get(BROWSER_COOKIE)
        outcome = await self.context.access.sign_in(name, password, address, browser)
        if not isinstance(outcome, SignedIn):
            error, status = ("refused_busy", 503) if outcome == "busy" else (f"sign_in_{outcome}", 401)
            return await self.context.page(request, "sign_in.html", status, error=error, **place_of(target))
        response = go_on_to(target)
        set_cookie(response, SESSION_COOKIE, outcome.session, int(SESSION_LASTS.total_seconds()))
        set_cookie(response, BROWSER_COOKIE, outcome.browser, REMEMBERED_S)
        return response

    async def _sign_out(self, request: Request) -> Response:
        account = await self.context.account(request)
        await self.context.access.sign_out(request.cookies.get(SESSION_COOKIE))
        if account is not None:
            self.hub.cut_account(account.name)
        response = go_on_to("/")
        response.delete_cookie(SESSION_COOKIE)
        return response

    async def _password(self, request: Request) -> Response:
        return await self.context.page(request, "password.html", error=None, done=False)

    async def _change_password(self, request: Request) -> Response:
        account = await self.context.account(request)
        if account is None:
            return await self.context.page(request, "sign_in.html", 401, next="/password", error=None)
        form = await read_form(request)
        old, new = field(form, "old")[:128], field(form, "new")[:128]
        outcome = await self.context.access.change_password(account, old, new)
        if outcome == "done":
            self.hub.cut_account(account.name)
        error = None if outcome == "done" else f"password_{outcome}"
        status = ALL_WELL if error is None else 400
        return await self.context.page(request, "password.html", status, error=error, done=error is None)
