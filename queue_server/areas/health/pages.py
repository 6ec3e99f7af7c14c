"""What a watcher asks: whether the server works, and its figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.engine.clock import Clock
from queue_server.live.condition import Condition
from queue_server.live.hub import Hub
from queue_server.web.metrics import exposition
from queue_server.web.page_context import ALL_WELL, PageContext, json_of


@dataclass(frozen=True, slots=True)
class HealthPages:
    """Two pages for programs; neither tells anything of a person."""

    context: PageContext
    hub: Hub
    clock: Clock
    condition: Condition
    wall: Callable[[], datetime]
    """What the PC believes the time is, also while the clock does not follow it."""
    version: str

    def routes(self) -> list[BaseRoute]:
        """Return where each page is found."""
        return [
            Route("/health", self._health),
            Route("/metrics", self._metrics),
        ]

    async def _health(self, _request: Request) -> Response:
        service = self.context.service
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
        service = self.context.service
        hall, catalogue = service.hall, service.catalogue
        waiting = {str(each.id): len(hall.line(each.id)) for each in catalogue.services}
        page = exposition(hall.sequence, self.hub.count(), waiting, self.clock.state)
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")
