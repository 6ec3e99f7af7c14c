"""The manager's page of the day, and the facts it asks for besides its socket: the log and the usual hours."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.calendar import is_public_holiday, sessions_of
from queue_server.storage.reports import Reports
from queue_server.web.access import InThread
from queue_server.web.page_context import MANAGERS, PageContext, json_of

MOMENTS = ("issued_at", "called_at", "started_at", "ended_at")


@dataclass(frozen=True, slots=True)
class OfficePages:
    """The page that answers whether the hall is all right now."""

    context: PageContext
    reports: Reports
    in_reader: InThread

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        return [
            Route("/office", self.context.for_people(MANAGERS, partial(self.context.page, template="office.html"))),
            Route("/office/day.json", self._day),
            Route("/office/today.json", self._today),
        ]

    async def _day(self, request: Request) -> Response:
        await self.context.require(request, "manager")
        day = self.context.asked_day(request).isoformat()
        catalogue = self.context.service.catalogue
        services, zone = enumerate(catalogue.services), ZoneInfo(catalogue.time_zone)
        return json_of(
            {
                "day": day,
                "days": await self.in_reader(self.reports.days),
                "tickets": [_with_instants(row, zone) for row in await self.in_reader(self.reports.tickets, day)],
                "totals": await self.in_reader(self.reports.totals, day),
                "services": {
                    service.id: {"names": service.names, "prefix": service.prefix, "hue": place}
                    for place, service in services
                },
            }
        )

    async def _today(self, request: Request) -> Response:
        """Say what the calendar says of today; `sessions` is `null` where the center has no hours."""
        await self.context.require(request, "manager")
        day = self.context.today()
        sessions = sessions_of(self.context.service.catalogue, day)
        usual = None if sessions is None else [(each.opens_at, each.closes_at) for each in sessions]
        return json_of({"day": day, "sessions": usual, "public_holiday": is_public_holiday(day)})


def _with_instants(row: msgspec.Struct, zone: ZoneInfo) -> dict[str, Any]:
    """Return a row with its times as ISO instants, each with the offset that the center had then."""
    facts: dict[str, Any] = msgspec.to_builtins(row)
    for name in MOMENTS:
        moment = facts[name]
        facts[name] = None if moment is None else datetime.fromtimestamp(moment / 1000, zone).isoformat()
    return facts
