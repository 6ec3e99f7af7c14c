"""The people who may sign in: listed, added, given other roles or a new password, removed. For managers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.live.hub import Hub
from queue_server.storage.accounts import Account, AccountRole
from queue_server.web.page_context import PageContext, field, json_of, read_form
from queue_server.web.sign_in_limits import Guesses

MOST_ADDRESSES = 5
"""Of guessers that a manager is shown."""

ROLES: tuple[AccountRole, ...] = get_args(AccountRole)


@dataclass(frozen=True, slots=True)
class AccountPages:
    """Forms and facts about people."""

    context: PageContext
    hub: Hub

    def routes(self) -> list[BaseRoute]:
        """Return where each is found."""
        return [
            Route("/accounts.json", self._list),
            Route("/accounts", self._add, methods=["POST"]),
            Route("/accounts/roles", self._set_roles, methods=["POST"]),
            Route("/accounts/password", self._renew_password, methods=["POST"]),
            Route("/accounts/remove", self._remove, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        await self.context.require(request, "manager")
        access = self.context.access
        everybody = await access.accounts()
        return json_of([_facts(each, access.guesses_at(each)) for each in everybody])

    async def _add(self, request: Request) -> Response:
        await self.context.require(request, "manager")
        form = await read_form(request)
        name, roles = field(form, "account").strip().lower(), _roles(form)
        if not roles:
            return _wrong("account_no_role")
        try:
            password = await self.context.access.add_account(name, roles)
        except msgspec.ValidationError:
            return _wrong("account_bad_name")
        if password is None:
            return _wrong("account_exists", 409)
        return json_of({"account": name, "roles": sorted(roles), "password": password})

    async def _set_roles(self, request: Request) -> Response:
        account = await self.context.require(request, "manager")
        form = await read_form(request)
        name, roles = field(form, "account"), _roles(form)
        if not roles:
            return _wrong("account_no_role")
        if name == account.name and "manager" not in roles:
            return _wrong("account_own_role")
        if not await self.context.access.set_roles(name, roles):
            return _wrong("account_unknown", 404)
        self.hub.cut_account(name)
        return json_of({"account": name, "roles": sorted(roles)})

    async def _renew_password(self, request: Request) -> Response:
        await self.context.require(request, "manager")
        name = field(await read_form(request), "account")
        password = await self.context.access.renew_password(name)
        if password is None:
            return _wrong("account_unknown", 404)
        self.hub.cut_account(name)
        return json_of({"account": name, "password": password})

    async def _remove(self, request: Request) -> Response:
        account = await self.context.require(request, "manager")
        name = field(await read_form(request), "account")
        if name == account.name:
            return _wrong("account_own")
        if not await self.context.access.remove_account(name):
            return _wrong("account_unknown", 404)
        self.hub.cut_account(name)
        return json_of({})


def _facts(account: Account, guesses: Sequence[Guesses]) -> Mapping[str, object]:
    """Return what managers see of a person; `guesses`: wrong passwords of the last day, by place, the latest first."""
    now = max((each.last_at for each in guesses), default=0)
    return {
        "account": account.name,
        "roles": sorted(account.roles),
        "guesses": sum(each.failures for each in guesses),
        "guessed_from": list(dict.fromkeys(each.address for each in guesses))[:MOST_ADDRESSES],
        "guessed_at": datetime.fromtimestamp(now, UTC) if guesses else None,
    }


def _roles(form: FormData) -> Sequence[AccountRole]:
    asked = form.getlist("role")
    return [role for role in ROLES if role in asked]


def _wrong(key: str, status: int = 400) -> Response:
    return json_of({"error": key}, status)
