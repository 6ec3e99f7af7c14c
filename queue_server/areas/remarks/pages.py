"""What is written on tickets: staff add notes at the desk, managers read notes and comments and erase them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_protocol.ids import RemarkId, TicketId
from queue_server.areas.remarks.table import remark_table
from queue_server.engine.remarks import Notebook
from queue_server.storage.remarks import Remark
from queue_server.web.page_context import (
    ALL_WELL,
    MANAGERS,
    STAFF,
    PageContext,
    download,
    field,
    go_on_to,
    json_of,
    read_form,
)
from queue_server.web.spans import Asked, read_asked
from queue_server.web.spreadsheet import CSV, table_as_csv


class WrittenNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note as the form of a desk sends it."""

    remark: RemarkId
    ticket: TicketId
    text: str = ""
    """Browsers send an empty field, and the form is read without it."""


@dataclass(frozen=True, slots=True)
class RemarkPages:
    """The forms of the desk, and the page on which a manager reads."""

    context: PageContext
    notebook: Notebook

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        managers = self.context.for_people
        return [
            Route("/desk/notes", self._add, methods=["POST"]),
            Route("/desk/notes/erase", self._erase_note, methods=["POST"]),
            Route("/office/remarks", managers(MANAGERS, self._show)),
            Route("/office/remarks.csv", managers(MANAGERS, self._csv)),
            Route("/office/remarks/erase", self._erase, methods=["POST"]),
        ]

    async def _add(self, request: Request) -> Response:
        account = await self.context.require(request, *STAFF)
        form = await read_form(request)
        try:
            written = msgspec.convert(dict(form), WrittenNote)
        except msgspec.ValidationError:
            raise HTTPException(400) from None
        unkept = await self.notebook.add_note(written.remark, written.ticket, written.text, account.name)
        return json_of({}) if unkept is None else json_of({"error": f"note_{unkept}"}, 400)

    async def _erase_note(self, request: Request) -> Response:
        """Erase a note: the one who wrote it may, and a manager."""
        account = await self.context.require(request, *STAFF)
        remark = await self.notebook.find(field(await read_form(request), "remark"))
        if remark is None:
            return json_of({"error": "note_gone"}, 404)
        if account.name != remark.author and "manager" not in account.roles:
            return json_of({"error": "note_not_yours"}, 403)
        await self.notebook.erase(remark.remark, account.name)
        return json_of({})

    async def _show(self, request: Request) -> Response:
        asked = self._asked(request)
        written = [] if asked.error else await self.notebook.of_days(asked.span.first, asked.span.last)
        groups = {kind: self._drawn(request, written, kind) for kind in ("comment", "note")}
        status = 400 if asked.error else ALL_WELL
        return await self.context.page(request, "remarks.html", status, asked=asked, groups=groups)

    async def _csv(self, request: Request) -> Response:
        asked = self._asked(request)
        if asked.error:
            raise HTTPException(400)
        first, last = asked.span.first, asked.span.last
        table = remark_table(await self.notebook.of_days(first, last), self.context.wording(request))
        body = table_as_csv(table, self.context.words(request), self.context.about_export(request, asked.span))
        return download(body, CSV, self.context.name_of_export("remarks", asked.span))

    async def _erase(self, request: Request) -> Response:
        account = await self.context.require(request, "manager")
        form = await read_form(request)
        remark = await self.notebook.find(field(form, "remark"))
        if remark is None:
            raise HTTPException(404)
        await self.notebook.erase(remark.remark, account.name)
        return go_on_to(f"/office/remarks?{urlencode({name: field(form, name) for name in ('from', 'to')})}")

    def _drawn(self, request: Request, written: Sequence[Remark], kind: str) -> list[tuple[Remark, tuple[str, ...]]]:
        """Return the remarks of one kind, the latest first, each with its cells."""
        chosen = [each for each in reversed(written) if each.kind == kind]
        return list(zip(chosen, remark_table(chosen, self.context.wording(request)).rows, strict=True))

    def _asked(self, request: Request) -> Asked:
        return read_asked(request.query_params, self.context.today(), self.context.words(request))
