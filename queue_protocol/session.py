"""One client's side of the conversation, without a socket or a clock.

Feed in: `connected`, `receive`, `ask`, `disconnected`. Take out: `frames_to_send`, `next_send_s`,
`silence_deadline_s`, `link`. Times are
seconds of any monotonic clock, always the same one. What was asked stays in the outbox until it is answered and is
sent again after each reconnect: the server does the same command id once and answers it alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from msgspec.structs import replace

from queue_protocol.answers import Answer, Refused, Result
from queue_protocol.codec import decode_from_server, encode
from queue_protocol.commands import Command, RecordOffline, RecordPrinted, ReportCommand, Request, WithdrawTake
from queue_protocol.hellos import Hello, Seen
from queue_protocol.ids import CommandId
from queue_protocol.journal_end import JournalEnd, newest
from queue_protocol.snapshots import Beat, FromServer, Snapshot, Welcome

SILENCE_LIMIT_S = 12.0
"""The server beats every 5 s; two beats lost and some slack mean that the link is dead."""

ASK_AGAIN_S = 1.0
"""After a refusal that passes by itself. A commit on an old disk takes 10 to 30 ms, so the server has moved on."""

FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 5.0
"""Back-off of the connection: a restarted server is found at once, a dead one costs an old PC nothing."""

LASTING = (*get_args(ReportCommand), RecordOffline, RecordPrinted, WithdrawTake)
"""Commands that say what has happened: the server takes them however late they come, so they are never given up, and go
one after the other, as a printer that is ready again must not be told before its failure."""

_PASSING = frozenset({"busy", "storage"})
_SNAPSHOTS = get_args(Snapshot)

Link = Literal["connecting", "live", "refused"]
"""`live`: what is on the screen is current. `refused`: the server does not want this box; a person must act."""


@dataclass(slots=True)
class _Pending:
    command: Command
    acted_at_s: float
    patience_s: float
    send_at_s: float | None
    """When to send it; `None`: it is on its way."""


class Session:
    """The conversation of one box. `hello` is called at each connect, as what a box has to say changes.

    `end`: where the journal ended as far as an earlier life of the box has heard; each hello says the newest.
    """

    def __init__(self, hello: Callable[[], Hello], end: JournalEnd | None = None) -> None:
        self._hello = hello
        self.end = end
        self._pending: dict[CommandId, _Pending] = {}
        self._out: list[bytes] = []
        self._welcomed = False
        self._heard_at_s: float | None = None
        self._failures = 0
        self._refusal: Refused | None = None

    def connected(self, now_s: float) -> None:
        """Take note that the socket is open, and introduce the box."""
        self._out = [encode(replace(self._hello(), heard=self.end))]
        self._welcomed = False
        self._refusal = None
        self._heard_at_s = now_s

    def disconnected(self) -> None:
        """Take note that the socket is gone: everything unanswered waits for the next one."""
        self._out.clear()
        self._welcomed = False
        self._heard_at_s = None
        self._failures += 1
        for pending in self._pending.values():
            pending.send_at_s = None

    def ask(self, command_id: CommandId, command: Command, acted_at_s: float, patience_s: float) -> None:
        """Put a command into the outbox; `acted_at_s` is when the person acted.

        For `patience_s` seconds after that a refusal that passes by itself (`busy`, `storage`) is not handed out, the
        command is asked again; a lasting one for as long as it takes.
        """
        send_at_s = acted_at_s if self._welcomed else None
        self._pending[command_id] = _Pending(command, acted_at_s, patience_s, send_at_s)

    def give_up(self, command_id: CommandId) -> None:
        """Take a command out of the outbox: it is not sent again, and its answer is not handed out."""
        self._pending.pop(command_id, None)

    def receive(self, frame: bytes | str, now_s: float) -> FromServer | None:
        """Return what the server said, or `None` when the session has dealt with it alone.

        Raises `MalformedFrame` or `WrongProtocol`: the connection is of no use then.
        """
        message = decode_from_server(frame)
        self._heard_at_s = now_s
        if isinstance(message, Welcome):
            self._welcome(now_s)
        elif isinstance(message, _SNAPSHOTS):
            self._out.append(encode(Seen(revision=message.revision)))
        elif isinstance(message, Beat):
            self.end = newest(self.end, message.end)
        elif isinstance(message, Answer):
            return message if self._settle(message, now_s) else None
        return message

    def frames_to_send(self, now_s: float) -> list[bytes]:
        """Return what is due on the socket now, and count it as sent."""
        frames, self._out = self._out, []
        for command_id, pending, send_at_s in self._to_send():
            if send_at_s <= now_s:
                pending.send_at_s = None
                frames.append(encode(_request(command_id, pending, now_s)))
        return frames

    def next_send_s(self) -> float | None:
        """Return when a frame becomes due without anything being received; `None`: never."""
        return min((send_at_s for _, _, send_at_s in self._to_send()), default=None)

    def silence_deadline_s(self) -> float | None:
        """Return when a server that goes on saying nothing counts as gone; `None`: not connected."""
        return None if self._heard_at_s is None else self._heard_at_s + SILENCE_LIMIT_S

    def retry_delay_s(self, chance: float) -> float:
        """Return how long to wait before the next connect; `chance` in [0, 1) spreads boxes that lost power at once."""
        delay: float = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(self._failures, 10))
        return delay * (0.8 + 0.4 * chance)

    def link(self) -> Link:
        """Say how far what is on the screen can be trusted."""
        if self._refusal is not None:
            return "refused"
        return "live" if self._welcomed else "connecting"

    def refusal(self) -> Refused | None:
        """Return why the server does not want this box; `None` when it does."""
        return self._refusal

    def unanswered(self) -> int:
        """Return how many commands wait for their answer."""
        return len(self._pending)

    def _welcome(self, now_s: float) -> None:
        self._welcomed = True
        self._failures = 0
        for pending in self._pending.values():
            pending.send_at_s = now_s

    def _to_send(self) -> Iterator[tuple[CommandId, _Pending, float]]:
        """Yield what is not on its way, with when to send it: of lasting commands only the first."""
        is_first = True
        for command_id, pending in self._pending.items():
            is_lasting = _lasts(pending.command)
            if pending.send_at_s is not None and (is_first or not is_lasting):
                yield command_id, pending, pending.send_at_s
            is_first = is_first and not is_lasting

    def _settle(self, answer: Answer, now_s: float) -> bool:
        if answer.command_id is None:
            self._refusal = answer.result if isinstance(answer.result, Refused) else None
            return True
        pending = self._pending.get(answer.command_id)
        if pending is None:
            return False
        if _passes(answer.result) and (_lasts(pending.command) or now_s - pending.acted_at_s < pending.patience_s):
            pending.send_at_s = now_s + ASK_AGAIN_S
            return False
        del self._pending[answer.command_id]
        return True


def _request(command_id: CommandId, pending: _Pending, now_s: float) -> Request:
    age_ms = max(0, round((now_s - pending.acted_at_s) * 1000))
    return Request(command_id=command_id, age_ms=age_ms, command=pending.command)


def _lasts(command: Command) -> bool:
    return isinstance(command, LASTING)


def _passes(result: Result) -> bool:
    return isinstance(result, Refused) and result.code in _PASSING
