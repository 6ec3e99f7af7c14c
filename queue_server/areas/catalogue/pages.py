"""The catalogue as a manager reads and changes it: tables, a TOML file out, a text in, checked before it counts."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_protocol.answers import Refused
from queue_protocol.ids import CommandId
from queue_server.areas.catalogue.changes import Change, changes_between
from queue_server.areas.catalogue.problems import problem_words
from queue_server.areas.catalogue.tables import catalogue_tables
from queue_server.catalogue_file import CatalogueRefused, Problem, catalogue_text, read_catalogue_text
from queue_server.core.catalogue import Catalogue
from queue_server.core.permissions import ChangeCatalogue
from queue_server.web.page_context import (
    ALL_WELL,
    MANAGERS,
    PageContext,
    actor_of,
    download,
    field,
    go_on_to,
    read_form,
)

PASTED = "catalogue.toml"
"""What errors call a text that came from a page."""

APPLIED = "/office/catalogue?changed=1"
"""Where a manager reads that the catalogue in use is the wanted one."""


@dataclass(frozen=True, slots=True)
class CataloguePages:
    """The pages around the catalogue."""

    context: PageContext

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        return [
            Route("/office/catalogue", self.context.for_people(MANAGERS, self._show)),
            Route("/office/catalogue.toml", self.context.for_people(MANAGERS, self._export)),
            Route("/office/catalogue/check", self._check, methods=["POST"]),
            Route("/office/catalogue", self._apply, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        catalogue = self.context.service.catalogue
        words = self.context.words(request)
        done = "changed" in request.query_params
        return await self.context.page(
            request, "catalogue.html", tables=catalogue_tables(catalogue, words), catalogue=catalogue, done=done
        )

    async def _export(self, request: Request) -> Response:
        words, catalogue = self.context.words(request), self.context.service.catalogue
        head = [
            words.say("catalogue_file_head", center=catalogue.center["vi"], day=self.context.today().isoformat()),
            words.say("catalogue_file_hint"),
        ]
        body = catalogue_text(catalogue, head).encode()
        return download(body, "application/toml; charset=utf-8", f"motcua-catalogue-{self.context.today()}.toml")

    async def _check(self, request: Request) -> Response:
        """Show what a text would change, or what is wrong with it. Nothing counts yet."""
        await self.context.require(request, "manager")
        text = field(await read_form(request), "text")
        try:
            wanted = read_catalogue_text(text, PASTED)
        except CatalogueRefused as error:
            return await self._refused(request, text, error.problems)
        return await self._checked(request, text, wanted)

    async def _apply(self, request: Request) -> Response:
        account = await self.context.require(request, "manager")
        form = await read_form(request)
        text = field(form, "text")
        try:
            wanted = read_catalogue_text(text, PASTED)
        except CatalogueRefused as error:
            return await self._refused(request, text, error.problems)
        # Made with the preview: a second press of the button is the same command.
        command_id = _command_id(field(form, "command_id"))
        in_use = self.context.service.catalogue
        if field(form, "base") != edition(in_use):
            # A second press of the button finds what the first has done; else somebody else was here meanwhile.
            return go_on_to(APPLIED) if wanted == in_use else await self._checked(request, text, wanted, outdated=True)
        order = ChangeCatalogue(catalogue=wanted)
        answer = await self.context.service.submit(actor_of(account), command_id, order)
        if isinstance(answer.result, Refused):
            problem = answer.result.facts.get("problem")
            if problem is None:
                return self.context.apologise(request, 503, f"refused_{answer.result.code}")
            return await self._refused(request, text, [Problem(None, "", str(problem))])
        return go_on_to(APPLIED)

    async def _checked(self, request: Request, text: str, wanted: Catalogue, *, outdated: bool = False) -> Response:
        changes = changes_between(self.context.service.catalogue, wanted, self.context.words(request))
        status = 409 if outdated else ALL_WELL
        return await self._shown(
            request, text, status, changes=changes, command_id=secrets.token_hex(16), outdated=outdated
        )

    async def _refused(self, request: Request, text: str, problems: Sequence[Problem]) -> Response:
        return await self._shown(request, text, 400, problems=problems)

    async def _shown(
        self,
        request: Request,
        text: str,
        status: int = ALL_WELL,
        *,
        problems: Sequence[Problem] = (),
        changes: Sequence[Change] = (),
        command_id: str = "",
        outdated: bool = False,
    ) -> Response:
        words = self.context.words(request)
        return await self.context.page(
            request,
            "catalogue_check.html",
            status,
            address="/office/catalogue",
            text=text,
            problems=[(each.line, each.key, problem_words(each.what, words)) for each in problems],
            changes=changes,
            command_id=command_id,
            base=edition(self.context.service.catalogue),
            outdated=outdated,
        )


def edition(catalogue: Catalogue) -> str:
    """Return what tells one catalogue from another: a preview says by it which one it was made against."""
    return hashlib.sha256(msgspec.json.encode(catalogue)).hexdigest()


def _command_id(said: str) -> CommandId:
    """Return the id that came with a form.

    Raises `HTTPException` 400 for what is none.
    """
    try:
        return msgspec.convert(said, CommandId)
    except msgspec.ValidationError:
        raise HTTPException(400) from None
