"""Connections that nobody has been let in on yet: how many there may be, and which one goes when there are too many.

Whoever is let in by a key, a cookie or a session leaves this count and is never cut for it. Of the others the oldest
goes first: a browser's request and a box's hello take milliseconds, so who has been here longest is who says nothing.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from queue_server.web.addresses import neighbourhood, plain_address

MOST_OF_AN_ADDRESS = 200
"""A browser keeps six connections, and all boxes of one PC come at once after a power cut."""

MOST = 4_000
"""In all; less where the system lets the process hold fewer files."""


@dataclass(eq=False, slots=True)
class Newcomer:
    """One connection."""

    address: str
    cut: Callable[[], object]


class Newcomers:
    """All connections that are not let in, the oldest first."""

    def __init__(self, proxies: Collection[str] = (), most: int = MOST) -> None:
        """`proxies` stand for many guests each, so that only the count of all is kept for them."""
        self._proxies = [ip_network(each) for each in proxies]
        self._most = most
        self._by_address: dict[str, dict[Newcomer, None]] = {}
        self._all: dict[Newcomer, None] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def enter(self, host: str | None, cut: Callable[[], object]) -> Newcomer:
        """Count a connection; when there are too many, the oldest of its address, or of all, is cut."""
        newcomer = Newcomer(neighbourhood(host), cut)
        own = self._by_address.setdefault(newcomer.address, {})
        own[newcomer] = self._all[newcomer] = None
        if len(own) > MOST_OF_AN_ADDRESS and not self._is_proxy(host):
            self._cut(next(iter(own)))
        elif len(self._all) > self._most:
            self._cut(next(iter(self._all)))
        return newcomer

    def leave(self, newcomer: Newcomer) -> None:
        """Count a connection no more: it was let in, or is gone."""
        if self._all.pop(newcomer, newcomer) is None:
            own = self._by_address[newcomer.address]
            del own[newcomer]
            if not own:
                del self._by_address[newcomer.address]

    def _cut(self, newcomer: Newcomer) -> None:
        self.leave(newcomer)
        newcomer.cut()

    def _is_proxy(self, host: str | None) -> bool:
        if not self._proxies or host is None:
            return False
        address = ip_address(plain_address(host))
        return any(address in network for network in self._proxies)
