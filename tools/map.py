"""Writes `docs/map.md`: every source file with the first sentence of what it says it owns."""

import ast
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tools.generated import ROOT, keep

FOLDERS = (
    "queue_protocol",
    "device_runtime",
    "queue_server",
    "kiosk",
    "display",
    "printer_drivers",
    "assets",
    "tools",
    "benchmarks",
    "tests",
)

COMMENTS = {
    ".js": re.compile(r"/\*\s*(.*?)\*/", re.DOTALL),
    ".css": re.compile(r"/\*\s*(.*?)\*/", re.DOTALL),
    ".html": re.compile(r"\{#\s*(.*?)#\}", re.DOTALL),
}
"""Where a file that is no Python says what it owns. A .kv file belongs to the .py of the same name."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"(])")


def main() -> int:
    """Write or check the document."""
    return keep("docs/map.md", "tools/map.py", _lines())


def owned(path: Path) -> str:
    """Return the first sentence of what a file says it owns; empty when it says nothing."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = ast.get_docstring(ast.parse(text)) or ""
    else:
        found = COMMENTS[path.suffix].match(text)
        said = found[1] if found else ""
    words = " ".join(re.sub(r"^\s*\*\s?", "", said.partition("\n\n")[0], flags=re.MULTILINE).split())
    return _SENTENCE_END.split(words)[0]


def source_files() -> list[Path]:
    """Return every source file, folder by folder, each folder's own files before those below it."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"), key=lambda each: (each.parent.parts, each.name))
        if path.suffix in {".py", *COMMENTS} and "__pycache__" not in path.parts
    ]


def _lines() -> Iterator[str]:
    yield "# The files"
    yield ""
    yield "Each file says in its first line what it owns; this is that line, folder by folder."
    for folder, files in groupby(source_files(), key=lambda each: each.parent):
        yield ""
        yield f"## {folder.relative_to(ROOT).as_posix()}"
        yield ""
        for path in files:
            yield f"- [`{path.name}`](../{path.relative_to(ROOT).as_posix()}) — {owned(path)}"


if __name__ == "__main__":
    sys.exit(main())
