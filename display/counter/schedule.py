"""Which frame goes out on a line, and when: the newest of each sign, never two at once, each again after a while. Pure.

Feed in: `show`, `show_again`. Take out: `take`, `is_behind`. Times are seconds of one monotonic clock.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class _Wanted:
    frame: bytes
    due_s: float


class Schedule:
    """The frames of one line. `byte_s` is how long a byte takes, `gap_s` the least silence between two frames.

    Each frame goes out again after `resend_s`: a sign that lost power, or missed it in noise, shows it then.
    """

    def __init__(self, byte_s: float, gap_s: float, resend_s: float) -> None:
        self._byte_s = byte_s
        self._gap_s = gap_s
        self._resend_s = resend_s
        self._wanted: dict[int, _Wanted] = {}
        self._free_s = float("-inf")

    def show(self, sign: int, frame: bytes, now_s: float) -> None:
        """Take in what this sign is to show; what it was to show before is forgotten, sent or not."""
        wanted = self._wanted.get(sign)
        if wanted is None:
            self._wanted[sign] = _Wanted(frame, now_s)
        elif wanted.frame != frame:
            wanted.frame, wanted.due_s = frame, min(wanted.due_s, now_s)

    def show_again(self, now_s: float) -> None:
        """Take in that all signs may have forgotten what they show: the line was gone."""
        for wanted in self._wanted.values():
            wanted.due_s = min(wanted.due_s, now_s)

    def take(self, now_s: float) -> bytes | None:
        """Return the frame to send now, and count it as sent; `None`: nothing is due, or the line must be silent."""
        due = self._due(now_s)
        if not due or now_s < self._free_s:
            return None
        first = min(due, key=lambda wanted: wanted.due_s)
        first.due_s = now_s + self._resend_s
        self._free_s = now_s + len(first.frame) * self._byte_s + self._gap_s
        return first.frame

    def is_behind(self, now_s: float) -> bool:
        """Say whether something that is due has not gone out, or may not have left the line yet."""
        return bool(self._due(now_s)) or now_s < self._free_s

    def _due(self, now_s: float) -> list[_Wanted]:
        return [wanted for wanted in self._wanted.values() if wanted.due_s <= now_s]
