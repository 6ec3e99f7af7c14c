"""How many requests one address has looked at in a second: further ones wait for their turn, boxes and staff do not.

A page costs a millisecond or two of an old processor. A guest that asks as fast as it can would have all of it, and
each answer of a kiosk would wait behind some hundred pages that nobody reads.
"""

import asyncio
from collections.abc import Callable

from queue_server.web.addresses import neighbourhood

A_SECOND = 50
"""Requests of one address, in the long run: under a tenth of a processor."""

AT_ONCE = 150
"""Requests that nobody waits for: a desk and an office, opened together, load eighty files."""

MOST_ADDRESSES = 5_000
"""Whose requests are counted; then those are forgotten that are owed nothing."""


class RequestRate:
    """When the next request of each address is looked at."""

    def __init__(self, now_s: Callable[[], float] | None = None) -> None:
        """`now_s` is any monotonic clock; `None`: the running loop's."""
        self._now_s = now_s or (lambda: asyncio.get_running_loop().time())
        self._due_s: dict[str, float] = {}
        """By address: when all that it has asked for would be done at its rate."""

    async def wait_in_turn(self, host: str | None) -> None:
        """Wait until a request from there may be looked at."""
        delay_s = self.delay_s(host)
        if delay_s > 0:
            await asyncio.sleep(delay_s)

    def delay_s(self, host: str | None) -> float:
        """Count a request, and return how long it has to wait; 0: not at all."""
        now_s, address = self._now_s(), neighbourhood(host)
        due_s = max(self._due_s.pop(address, now_s), now_s)
        if len(self._due_s) >= MOST_ADDRESSES:
            self._due_s = {each: due for each, due in self._due_s.items() if due > now_s}
        self._due_s[address] = due_s + 1 / A_SECOND
        return max(0.0, due_s - now_s - AT_ONCE / A_SECOND)
