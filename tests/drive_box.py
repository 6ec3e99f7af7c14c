"""Runs a box with a window in this process and lets a test put a finger on it: `python -m tests.drive_box kiosk ARGS…`.

Kivy allows one window per process and the product has no hook for tests, so this file starts the real `main` of the
box and acts from beside it. Orders come as JSON lines on stdin, each answered by one JSON line on stdout; whatever the
box itself prints goes to stderr. Points are pixels from the top left corner, as in a screenshot. End of input ends the
box as SIGTERM does.

    {"do": "touch", "x": 10, "y": 20}        finger down, and up after two frames
    {"do": "key", "code": 282}               a key of a keyboard, down and up, by SDL's code
    {"do": "tree"}                           every widget that can be seen: class, id, text, place, size, disabled
    {"do": "screenshot", "path": "a.png"}     the next frame, as the screen gets it
"""

import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from PIL import Image

Answer = dict[str, Any]
Reply = Callable[[Answer], None]

FINGER_DOWN_S = 0.07
"""A quick tap of a person; two frames at 30 a second."""


def main(arguments: list[str]) -> int:
    """Run the box named first with the arguments that follow; return its exit status."""
    box, *rest = arguments
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    threading.Thread(target=_take_orders, args=(answers,), daemon=True, name="orders").start()
    status: int = importlib.import_module(f"{box}.app").main(rest)
    return status


def _take_orders(answers: TextIO) -> None:
    for line in sys.stdin:
        order = json.loads(line)
        _wait_for_window()
        _on_main_thread(order, lambda answer: print(json.dumps(answer, ensure_ascii=False), file=answers))
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_window() -> None:
    """Return once the box has drawn its window: importing Kivy from here would be too early for its settings."""
    while True:
        base = sys.modules.get("kivy.base")
        loop = getattr(base, "EventLoop", None)
        if loop is not None and loop.status == "started" and loop.window is not None and loop.window.children:
            return
        time.sleep(0.02)


def _on_main_thread(order: Answer, reply: Reply) -> None:
    from kivy.clock import Clock  # noqa: PLC0415 - only after the box has set Kivy up

    Clock.schedule_once(lambda _: _obey(order, reply), 0)


def _obey(order: Answer, reply: Reply) -> None:
    try:
        _ORDERS[order["do"]](order, reply)
    except Exception as error:  # noqa: BLE001 - the test gets to know whatever it is
        reply({"error": f"{type(error).__name__}: {error}"})


def _touch(order: Answer, reply: Reply) -> None:
    from kivy.base import EventLoop  # noqa: PLC0415 - as above
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.input.motionevent import MotionEvent  # noqa: PLC0415

    class Finger(MotionEvent):
        def depack(self, args: dict[str, float]) -> None:
            self.sx, self.sy = args["x"], args["y"]
            self.profile = ["pos"]
            super().depack(args)

    window = EventLoop.window
    place = {"x": order["x"] / (window.width - 1), "y": 1 - order["y"] / (window.height - 1)}
    finger = Finger("finger", 1, place, is_touch=True, type_id="touch")
    EventLoop.post_dispatch_input("begin", finger)

    def lift(_: float) -> None:
        EventLoop.post_dispatch_input("end", finger)
        reply({"ok": True})

    Clock.schedule_once(lift, FINGER_DOWN_S)


def _key(order: Answer, reply: Reply) -> None:
    from kivy.core.window import Window  # noqa: PLC0415 - as above

    # As Kivy's own window passes on a key of SDL: whoever listens for keys comes first, then what Kivy does itself.
    if not Window.dispatch("on_key_down", order["code"], 0, None, order["modifiers"]):
        Window.dispatch("on_keyboard", order["code"], 0, None, order["modifiers"])
    Window.dispatch("on_key_up", order["code"], 0)
    reply({"ok": True})


def _tree(_: Answer, reply: Reply) -> None:
    from kivy.core.window import Window  # noqa: PLC0415 - as above

    reply({"size": list(Window.size), "widgets": [row for child in Window.children for row in _rows(child, {})]})


def _rows(widget: Any, names: dict[int, str]) -> Iterator[Answer]:
    if widget.opacity == 0:
        return
    names = names | {widget_.uid: name for name, widget_ in widget.ids.items() if hasattr(widget_, "uid")}
    yield _row(widget, names)
    for child in reversed(widget.children):
        yield from _rows(child, names)


def _row(widget: Any, names: dict[int, str]) -> Answer:
    from kivy.core.window import Window  # noqa: PLC0415 - as above

    left, bottom = widget.to_window(*widget.pos)
    return {
        "class": type(widget).__name__,
        "id": names.get(widget.uid),
        "text": getattr(widget, "text", None),
        "x": left,
        "y": Window.height - bottom - widget.height,
        "width": widget.width,
        "height": widget.height,
        "disabled": bool(widget.disabled),
    }


def _screenshot(order: Answer, reply: Reply) -> None:
    from kivy.core.window import Window  # noqa: PLC0415 - as above

    def take(*_: Any) -> None:
        Window.unbind(on_flip=take)
        _save_frame(order["path"])
        reply({"ok": True})

    Window.bind(on_flip=take)  # handlers run before the frame that was just drawn is handed to the screen
    Window.canvas.ask_update()


def _save_frame(path: str) -> None:
    """Write what is drawn as PNG. Kivy's own screenshot shears pictures whose width is no multiple of 4."""
    from kivy.core.window import Window  # noqa: PLC0415 - as above
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels  # noqa: PLC0415 - as above

    pixels = glReadPixels(0, 0, *Window.size, GL_RGBA, GL_UNSIGNED_BYTE)
    picture = Image.frombytes("RGBA", Window.size, pixels).convert("RGB")
    picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path, "PNG")


_ORDERS: dict[str, Callable[[Answer, Reply], None]] = {
    "touch": _touch,
    "key": _key,
    "tree": _tree,
    "screenshot": _screenshot,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
