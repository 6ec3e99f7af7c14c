"""The boxes that are let in: listed, and removed, for managers. One more is let in by the command line."""

from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.live.hub import Hub
from queue_server.web.access import forget_key
from queue_server.web.page_context import PageContext, field, json_of, read_form


@dataclass(frozen=True, slots=True)
class DevicePages:
    """Facts about boxes, and the form that removes one."""

    context: PageContext
    hub: Hub
    data: Path

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        return [
            Route("/devices.json", self._list),
            Route("/devices/remove", self._remove, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        await self.context.require(request, "manager")
        here = self.hub.connected_devices()
        boxes = await self.context.access.devices()
        return json_of([{"device": name, "role": role, "connected": name in here} for name, role in boxes])

    async def _remove(self, request: Request) -> Response:
        """Remove a box: its key is of no more use, and what it was saying ends at once."""
        await self.context.require(request, "manager")
        name = field(await read_form(request), "device")
        if not await self.context.access.remove_device(name):
            return json_of({"error": "device_unknown"}, 404)
        forget_key(self.data, name)
        self.hub.cut_device(name)
        return json_of({})
