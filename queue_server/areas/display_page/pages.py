"""The display as a page: what is called, shown and said in a browser."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.web.page_context import PageContext, keep_device


@dataclass(frozen=True, slots=True)
class DisplayPages:
    """The page of a display, for everybody who may look at the hall."""

    context: PageContext

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/display", self._display),
        ]

    async def _display(self, request: Request) -> Response:
        response = await self.context.page(request, "display.html")
        return response if await self.context.device(request) is None else keep_device(request, response)
