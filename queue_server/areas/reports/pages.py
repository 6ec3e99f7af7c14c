"""Reports of a span of days and the ledger of a day: pages that can be printed, and the same tables as files."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.areas.reports.tables import TABLES, Figures, ask, in_order
from queue_server.areas.reports.ticket_tables import ledger_table, log_table
from queue_server.storage.reports import Ledger, Reports
from queue_server.web.access import InThread
from queue_server.web.page_context import ALL_WELL, MANAGERS, PageContext, download
from queue_server.web.spans import Asked, Span, read_asked
from queue_server.web.spreadsheet import CSV, table_as_csv
from queue_server.web.tables import Table


@dataclass(frozen=True, slots=True)
class ReportPages:
    """The pages with which a manager looks back."""

    context: PageContext
    reports: Reports
    in_reader: InThread

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        managers = self.context.for_people
        return [
            Route("/office/reports", managers(MANAGERS, self._show)),
            Route("/office/reports/{name}.csv", managers(MANAGERS, self._table_csv)),
            Route("/office/ledger", managers(MANAGERS, self._ledger)),
            Route("/office/ledger.csv", managers(MANAGERS, self._ledger_csv)),
            Route("/office/day.csv", managers(MANAGERS, self._day_csv)),
        ]

    async def _show(self, request: Request) -> Response:
        asked = self._asked(request)
        tables = [] if asked.error else await self._tables(request, asked.span)
        status = 400 if asked.error else ALL_WELL
        return await self.context.page(request, "reports.html", status, asked=asked, tables=tables)

    async def _table_csv(self, request: Request) -> Response:
        asked, name = self._asked(request), request.path_params["name"]
        if asked.error:
            raise HTTPException(400)
        if name not in TABLES:
            raise HTTPException(404)
        table = TABLES[name](await self._figures(asked.span), self.context.wording(request))
        return self._file(request, table, name, asked.span)

    async def _ledger(self, request: Request) -> Response:
        day = self.context.asked_day(request)
        ledger: Ledger = await self.in_reader(self.reports.ledger, day.isoformat())
        return await self.context.page(
            request,
            "ledger.html",
            day=day,
            days=await self.in_reader(self.reports.days),
            period=self.context.words(request).day(day),
            is_open=day == self.context.service.hall.day,
            head=ledger.head,
            table=ledger_table(ledger, self.context.wording(request)),
        )

    async def _ledger_csv(self, request: Request) -> Response:
        day = self.context.asked_day(request)
        ledger = await self.in_reader(self.reports.ledger, day.isoformat())
        return self._file(request, ledger_table(ledger, self.context.wording(request)), "ledger", Span(day, day))

    async def _day_csv(self, request: Request) -> Response:
        day = self.context.asked_day(request)
        rows = await self.in_reader(self.reports.tickets, day.isoformat())
        return self._file(request, log_table(rows, self.context.wording(request)), "log", Span(day, day))

    async def _tables(self, request: Request, span: Span) -> list[Table]:
        figures, wording = await self._figures(span), self.context.wording(request)
        # A single day is in every table already.
        return [draw(figures, wording) for name, draw in TABLES.items() if name != "days" or span.first < span.last]

    async def _figures(self, span: Span) -> Figures:
        catalogue = self.context.service.catalogue
        figures: Figures = await self.in_reader(ask, self.reports, span, ZoneInfo(catalogue.time_zone))
        return in_order(figures, [each.id for each in catalogue.services])

    def _asked(self, request: Request) -> Asked:
        return read_asked(request.query_params, self.context.today(), self.context.words(request))

    def _file(self, request: Request, table: Table, name: str, span: Span) -> Response:
        body = table_as_csv(table, self.context.words(request), self.context.about_export(request, span))
        return download(body, CSV, self.context.name_of_export(name, span))
