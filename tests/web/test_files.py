"""What the pages' files promise: light, old browsers, no words of their own."""

import re
from pathlib import Path

import pytest

import assets
from queue_protocol.texts import Texts
from queue_server.web.files import WEB, page_folders

FILES = sorted(path for kind in ("static", "templates") for folder in page_folders(kind) for path in folder.iterdir())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]

TOO_YOUNG = re.compile(r"\?\.[a-zA-Z\[(]|\?\?|\.replaceAll\(|\.at\(|#[a-z]+\s*[=(;]|\bimport\(|\bstatic\s+\{|&&=|\|\|=")
"""Syntax and calls that came after ES2019."""

INSECURE = re.compile(r"randomUUID|\.subtle\b|serviceWorker|wakeLock|clipboard|\.locks\b|audioWorklet")
"""What a browser hides on plain HTTP."""

KEY = re.compile(
    r"""(?:t|say|count|c)\(\s*["'`]([a-z]+_[a-z_]+)["'`]"""
    r"""|"((?:page|desk|office|kiosk|board|sign_in|password|ticket_page)_[a-z_]+)"[,)\]]"""
)


def test_all_pages_together_are_light() -> None:
    """Every page with all scripts and styles is under 300 KB, fonts apart."""
    assert sum(path.stat().st_size for path in FILES) < 300_000


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_run_in_the_oldest_browser_there_is(script: Path) -> None:
    """No script uses what came after ES2019, or what plain HTTP does not have."""
    code = re.sub(r"/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert TOO_YOUNG.findall(code) == []
    assert INSECURE.findall(code) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_key_that_pages_name_has_words(language: str) -> None:
    """Each text key written in a script or template stands in each text file."""
    words = Texts.read(language, (assets.FOLDER / "texts" / f"{language}.po").read_bytes())
    named = {key for path in FILES if path.suffix in {".js", ".html"} for key in _keys(path)}
    assert len(named) > 100
    assert sorted(key for key in named if not words.knows(key)) == []


def test_every_icon_that_pages_name_is_cut_into_the_font() -> None:
    """Each icon of a script or template is in icons.txt, and each of icons.txt exists."""
    listed = set((WEB / "icons.txt").read_text(encoding="utf-8").split())
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.suffix in {".js", ".html"})
    named = set(re.findall(r"""icon(?:\(|: )"([a-z_]+)\"""", text)) | set(re.findall(r"icon-([a-z_]+)", text))
    assert len(named) > 10
    assert named <= listed
    assert all(assets.icon(name) for name in listed)


def test_no_page_holds_words_of_its_own() -> None:
    """No letter with a Vietnamese mark stands in a script or template: words live in the text files."""
    marked = re.compile(r"[À-ỹ]")
    assert [path.name for path in FILES if path.suffix in {".js", ".html"} and marked.search(_code(path))] == []


def _keys(path: Path) -> set[str]:
    found = {first or second for first, second in KEY.findall(path.read_text(encoding="utf-8"))}
    return {key for key in found if not key.endswith(("_", "_hello"))}


def _code(path: Path) -> str:
    """Return a file without its comments."""
    return re.sub(r"/\*.*?\*/|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_no_two_areas_have_a_file_of_one_name() -> None:
    """All files have one address, so each name is found in one folder only."""
    names = [path.name for path in FILES]
    assert len(names) == len(set(names)) > 50
