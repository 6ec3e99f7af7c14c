"""The pages of the hall in the browser of a television of 2018, Chromium 69: `make oldbrowser` runs it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.serving import ROOT, Serving

PYTHON = os.environ.get("OLD_BROWSER")
"""The interpreter that has the old engine; unset: it is not here."""

pytestmark = pytest.mark.skipif(PYTHON is None, reason="make oldbrowser installs the engine, 120 MB")

BOARD = """(function () {
  var main = document.querySelector("main");
  return main && main.innerText.indexOf("Quầy 1") > 0 ? document.getElementById("too-old").hidden : null;
})()"""
CARDS = """(function () {
  var cards = document.querySelectorAll(".service-card");
  return cards.length > 3 && document.getElementById("too-old").hidden ? cards.length : null;
})()"""
ROOM = """(function () {
  var parts = document.querySelectorAll(".languages > *");
  return parts.length > 1 && parts[1].getBoundingClientRect().left - parts[0].getBoundingClientRect().right > 4;
})()"""
TOO_OLD = """(function () {
  var note = document.getElementById("too-old");
  return note && !note.hidden && note.innerText.length > 20;
})()"""


@pytest.mark.parametrize(
    ("path", "script"),
    [("/display", BOARD), ("/kiosk#key={key}&device=kiosk-1", CARDS), ("/kiosk#key={key}&device=kiosk-1", ROOM)],
)
def test_the_pages_of_the_hall_work(tmp_path: Path, path: str, script: str) -> None:
    """The board comes over its socket, a kiosk shows its services, and buttons in a row have room between them."""
    assert look(tmp_path, path, script)


@pytest.mark.parametrize("path", ["/desk", "/office"])
def test_pages_for_staff_say_that_the_browser_is_too_old(tmp_path: Path, path: str) -> None:
    """One sentence says so, before anybody signs in."""
    assert look(tmp_path, path, TOO_OLD)


def look(folder: Path, path: str, script: str) -> object:
    """Return what a script finds on a page of a new center."""
    assert PYTHON is not None
    with Serving(folder / "data") as server:
        address = f"{server.address}{path.format(key=server.key('kiosk-1'))}"
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)}
        words = [PYTHON, str(ROOT / "tests" / "web" / "old_browser.py"), address, str(folder / "page.png"), script]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)
