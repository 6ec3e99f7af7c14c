"""Where each key of a TOML text stands: line numbers, for errors that a person can follow with a finger.

`tomllib` keeps no places. This walks over a text that `tomllib` has read already, so it need not know what is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

BLANK = " \t\r\n"
PLAIN_ENDS = ",]}#\r\n"
"""What ends a number, a date or a truth value."""


def key_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of each key of a valid TOML text under its path: `services[2].names.vi`.

    Tables and elements of arrays have a line too: where they begin.
    """
    return _Walk(text).lines()


@dataclass
class _Walk:
    text: str
    at: int = 0
    found: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    """Path of each array of tables, with how many it has so far."""

    def lines(self) -> dict[str, int]:
        table = ""
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _header(self) -> str:
        """Read `[a.b]` or `[[a.b]]`, and return the path of the keys below it."""
        line, many = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        *above, last = list(self._names("]"))
        self.at += 2 if many else 1
        path = ""
        for name in above:
            path = self._inside(_joined(path, name))
            self._note(path, line)
        path = _joined(path, last)
        if many:
            self.tables[path] = self.tables.get(path, -1) + 1
        path = self._inside(path)
        self._note(path, line)
        return path

    def _inside(self, path: str) -> str:
        return f"{path}[{self.tables[path]}]" if path in self.tables else path

    def _pair(self, table: str) -> None:
        line = self._line()
        path = table
        for name in self._names("="):
            path = _joined(path, name)
            self._note(path, line)
        self.at += 1
        self._value(path)

    def _names(self, end: str) -> Iterator[str]:
        """Yield the parts of a dotted key, and stop before what ends it."""
        while self._skip_blank() and self.text[self.at] != end:
            if self.text[self.at] == ".":
                self.at += 1
            elif self.text[self.at] in "\"'":
                begin = self.at
                self._string()
                yield self.text[begin + 1 : self.at - 1]
            else:
                begin = self.at
                while self.text[self.at] not in f"{BLANK}.{end}":
                    self.at += 1
                yield self.text[begin : self.at]

    def _value(self, path: str) -> None:
        self._skip_blank()
        match self.text[self.at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._string()
            case _:
                while self.at < len(self.text) and self.text[self.at] not in PLAIN_ENDS:
                    self.at += 1

    def _array(self, path: str) -> None:
        self.at += 1
        place = 0
        while self._skip_blank(",") and self.text[self.at] != "]":
            self._note(f"{path}[{place}]", self._line())
            self._value(f"{path}[{place}]")
            place += 1
        self.at += 1

    def _inline_table(self, path: str) -> None:
        self.at += 1
        while self._skip_blank(",") and self.text[self.at] != "}":
            self._pair(path)
        self.at += 1

    def _string(self) -> None:
        """Skip a string of any of the four kinds."""
        quote = self.text[self.at]
        end = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(end)
        while not self.text.startswith(end, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(end)
        while len(end) > 1 and self.text.startswith(quote, self.at):
            self.at += 1  # a long string may end with up to two quotes of its own

    def _skip_blank(self, more: str = "") -> bool:
        """Skip blanks and comments; returns whether anything is left."""
        while self.at < len(self.text) and self.text[self.at] in f"{BLANK}#{more}":
            if self.text[self.at] == "#":
                self.at = self.text.find("\n", self.at)
                self.at = len(self.text) if self.at < 0 else self.at
            else:
                self.at += 1
        return self.at < len(self.text)

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note(self, path: str, line: int) -> None:
        self.found.setdefault(path, line)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
