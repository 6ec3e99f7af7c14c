"""The hand of a test on a real window: starts a box as a child, reads its screen, taps it, ends it.

    with Driven.start("kiosk", ["--data", str(folder)], home=tmp_path, size=(1366, 768)) as kiosk:
        kiosk.tap("Chứng thực")
        assert kiosk.wait_for("A001")

Everything is bounded in time; only the own child is ever ended.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.watching import PATIENCE_S

ROOT = Path(__file__).resolve().parent.parent

READING_S = 0.7
"""Nobody taps a word sooner than this after it appeared, and the kiosk takes quicker taps for a trembling hand."""


KIVY_KEYS = ((282,), (27,), (292,), (293,), (101, "ctrl"), (113, "ctrl"))
"""Keys that open, close or turn something in a Kivy program left as it is: F1, Escape, F11, F12, Ctrl+E, Ctrl+Q."""


class BoxTrouble(AssertionError):
    """The box did not answer, has ended, or does not show what the test looks for; holds the end of its log."""


class Driven:
    """A box with a real window that nobody sees; use as a context manager."""

    def __init__(self, child: "subprocess.Popen[str]", log: Path) -> None:
        self.process = child
        self.log = log
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @classmethod
    def start(
        cls,
        box: str,
        args: Sequence[str],
        *,
        home: Path,
        size: tuple[int, int] | None = (1366, 768),
        env: Mapping[str, str] | None = None,
    ) -> Self:
        """Start `kiosk` or `display` with these arguments; `home` keeps its log, Kivy's own folder, and its data.

        A `--data` among the arguments is the folder of its data instead.

        `size` is the window's in pixels; `None` leaves the arguments alone.
        """
        windowed = [] if size is None else ["--windowed", f"{size[0]}x{size[1]}"]
        home.mkdir(parents=True, exist_ok=True)
        log = home / f"{box}-{time.monotonic_ns()}.log"
        with log.open("w", encoding="utf-8") as errors:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.drive_box", box, "--data", str(home / "data"), *args, *windowed],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                cwd=ROOT,
                env={**os.environ, **quiet_screen(home), **(env or {})},
            )
        return cls(child, log)

    def touch(self, x: float, y: float) -> None:
        """Put a finger on this pixel, counted from the top left corner, and lift it."""
        self._ask({"do": "touch", "x": x, "y": y})

    def press(self, code: int, *modifiers: str) -> None:
        """Press a key of a keyboard, by SDL's code, and let it go."""
        self._ask({"do": "key", "code": code, "modifiers": list(modifiers)})

    def tap(self, text: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until this text is shown, read it as a person would, and tap the middle of it."""
        self.wait_for(text, timeout_s)
        time.sleep(READING_S)
        self.wait_for(text, timeout_s)  # a slow start shows it, takes it away, and shows it again
        self.touch(*self.middle_of(text))

    def middle_of(self, text: str) -> tuple[float, float]:
        """Return where to tap for this text: the widget whose whole text it is, else the first that contains it."""
        shown = [widget for widget in self.tree() if widget["text"]]
        found = [w for w in shown if w["text"] == text] or [w for w in shown if text in w["text"]]
        if not found:
            raise BoxTrouble(self._trouble(f"{text!r} is not on the screen, which shows {self.texts()}"))
        return found[0]["x"] + found[0]["width"] / 2, found[0]["y"] + found[0]["height"] / 2

    def texts(self) -> list[str]:
        """Return every text that can be seen, in the order of the widgets."""
        return [widget["text"] for widget in self.tree() if widget["text"]]

    def tree(self) -> list[dict[str, Any]]:
        """Return every widget that can be seen; see `drive_box`."""
        widgets: list[dict[str, Any]] = self._ask({"do": "tree"})["widgets"]
        return widgets

    def wait_for(self, text: str, timeout_s: float = PATIENCE_S) -> str:
        """Return the first text on the screen that contains `text`, as soon as there is one."""
        deadline = time.monotonic() + timeout_s
        while True:
            shown = self.texts()
            found = next((words for words in shown if text in words), None)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise BoxTrouble(self._trouble(f"{text!r} did not appear in {timeout_s} s; the screen shows {shown}"))
            time.sleep(0.05)

    def screenshot(self, path: Path) -> Path:
        """Write the next frame as PNG and return where it is."""
        self._ask({"do": "screenshot", "path": str(path)})
        return path

    def stop(self, timeout_s: float = PATIENCE_S) -> int:
        """End the box as a service manager does and return its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
            raise BoxTrouble(self._trouble(f"did not end within {timeout_s} s of SIGTERM")) from None
        finally:
            self._close_pipes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError):  # closed by `stop`
            for line in self.process.stdout:
                self._answers.put(line)

    def _ask(self, order: dict[str, Any], timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        assert self.process.stdin is not None
        try:
            print(json.dumps(order), file=self.process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(self._answer(time.monotonic() + timeout_s))
        except (OSError, queue.Empty) as error:
            raise BoxTrouble(self._trouble(f"no answer to {order}")) from error
        if "error" in answer:
            raise BoxTrouble(self._trouble(answer["error"]))
        return answer

    def _answer(self, deadline: float) -> str:
        while True:
            try:
                return self._answers.get(timeout=0.1)
            except queue.Empty:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise

    def _trouble(self, what: str) -> str:
        status = self.process.poll()
        life = "is running" if status is None else f"has ended with status {status}"
        return f"{what}; the box {life}. Its log ends:\n{self.log.read_text(encoding='utf-8')[-3000:]}"


def quiet_screen(home: Path) -> dict[str, str]:
    """Return the environment in which Kivy draws to a screen that nobody sees and keeps its files in `home`."""
    return {
        "SDL_VIDEODRIVER": "offscreen",
        "KIVY_HOME": str(home / "kivy"),
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "PYTHONUNBUFFERED": "1",
    }
