"""Keeps a generated document: writes it, or with `--check` says that it is not what would be written."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NOTE = "<!-- Written by `{tool}`; change the code it is made from, then run `make docs`. -->"


def keep(path: str, tool: str, body: Iterable[str]) -> int:
    """Write the document, or with `--check` compare it; return the exit status, 1 when it is out of date.

    `path` is the document's place under the root, `tool` the program that makes it, `body` its lines.
    """
    text = "\n".join([NOTE.format(tool=tool), "", *body, ""])
    document = ROOT / path
    if "--check" not in sys.argv[1:]:
        document.write_text(text, encoding="utf-8")
        return 0
    if document.exists() and document.read_text(encoding="utf-8") == text:
        return 0
    print(f"{path} is not what {tool} writes; run `make docs`", file=sys.stderr)
    return 1


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows), ""]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
