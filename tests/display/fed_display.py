"""A display whose rules are fed by a test: what it is told, and the effects that follow."""

from display import update as rules
from display.state import State
from display.update import Effect, Say, Step
from queue_protocol.announcements import CallAnnouncement
from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import FromServer
from tests.display.hall_server import DISPLAY

ELSEWHERE = DeviceId("display-2")


class Hall:
    """A display in a test: feeds the rules and keeps what they want done."""

    def __init__(self, *, speaks: bool = True) -> None:
        self.now_s = 100.0
        self.effects: list[Effect] = []
        self.state = State(DISPLAY, speaker="ready" if speaks else None)
        self.take(rules.change_link(self.state, "live", self.now_s))

    def take(self, step: Step) -> None:
        """Go on from this step."""
        self.state = step.state
        self.effects.extend(step.effects)

    def hear(self, *messages: FromServer) -> None:
        """Let the server say this."""
        for message in messages:
            self.take(rules.hear(self.state, message, self.now_s))

    def wait(self, seconds: float) -> None:
        """Let time pass as the shell does, in small steps."""
        for _ in range(round(seconds / 0.05)):
            self.now_s += 0.05
            self.take(rules.pass_time(self.state, self.now_s))

    def flip(self) -> None:
        """Put the panel on the screen."""
        assert self.state.panel is not None
        self.take(rules.confirm_frame(self.state, self.state.panel.call.call, self.now_s))

    def begin(self, call: CallAnnouncement) -> None:
        """Let the voice begin a call."""
        self.take(rules.begin_speaking(self.state, call.call, self.now_s))

    def finish(self, call: CallAnnouncement) -> None:
        """Let the voice end a call."""
        self.take(rules.finish_speaking(self.state, call.call, self.now_s))

    def large(self) -> str | None:
        """Return the number on the panel."""
        return self.state.panel.call.number if self.state.panel is not None else None

    def said(self) -> list[str]:
        """Return the numbers given to the voice."""
        return [effect.announcement.number for effect in self.effects if isinstance(effect, Say)]
