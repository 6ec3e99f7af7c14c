"""The page of a clerk, and of whoever gives numbers by hand."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.web.page_context import STAFF, PageContext


@dataclass(frozen=True, slots=True)
class DeskPages:
    """The desk: one page, which asks for everything else by its socket."""

    context: PageContext

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/desk", self.context.for_people(STAFF, self._desk)),
        ]

    async def _desk(self, request: Request) -> Response:
        return await self.context.page(request, "desk.html")
