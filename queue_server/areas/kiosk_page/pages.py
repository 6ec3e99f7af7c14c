"""The kiosk as a page, and the box that a browser stands for."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.web.access import DEVICE_COOKIE
from queue_server.web.page_context import (
    REMEMBERED_S,
    PageContext,
    field,
    go_on_to,
    keep_device,
    own_path,
    place_of,
    read_form,
    set_cookie,
)


@dataclass(frozen=True, slots=True)
class KioskPages:
    """The page of a kiosk; a browser stands for a box once it has shown its key, or a manager has let it."""

    context: PageContext

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/kiosk", self._kiosk),
            Route("/device", self._use_device, methods=["POST"]),
        ]

    async def _kiosk(self, request: Request) -> Response:
        device = await self.context.device(request)
        name = device[0] if device is not None and device[1] == "kiosk" else None
        response = await self.context.page(request, "kiosk.html", device=name, error=None)
        return response if device is None else keep_device(request, response)

    async def _use_device(self, request: Request) -> Response:
        form = await read_form(request)
        name, key = field(form, "device"), field(form, "key")
        target = own_path(field(form, "next", "/kiosk"))
        access = self.context.access
        allowed = await access.device_role(name, key) is not None or await self._is_manager(request)
        token = await access.lend_device(name) if allowed else None
        if token is None:
            facts = {"device": None, "error": "device_wrong_key"}
            return await self.context.page(request, "kiosk.html", 401, **facts, **place_of(target))
        response = go_on_to(target)
        set_cookie(response, DEVICE_COOKIE, token, REMEMBERED_S)
        return response

    async def _is_manager(self, request: Request) -> bool:
        account = await self.context.account(request)
        return account is not None and "manager" in account.roles
