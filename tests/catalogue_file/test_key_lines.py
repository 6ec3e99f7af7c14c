"""The walk over a TOML text finds the line of every key, in every way that TOML can be written."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from queue_server.key_lines import key_lines
from tests.house.sources import files

TEXT = '''a = """x
"quoted" # no comment
"""  # a comment with = and [
"b c" = 'single # quote'
d.e = 5 # [not.a.table]

[hours]
sessions = [
  { days = ["mon", "tue"], opens = "07:30" }, # one
  { days = ["sat"], opens = 1979-05-27, closes = [
      [1, 2],
      ["]", '}'] ] },
]
[[services]]
id = "x\\\\" # ends with a backslash
[services.names]
vi = "b"
[[services]]
"id" = true
names.vi = """""three quotes in a row"""""
[[services.tools]]
kind = 1
'''


def test_every_way_of_writing() -> None:
    """Long strings, quotes, dots, arrays over lines, inline tables, tables in arrays: each key has its line."""
    assert tomllib.loads(TEXT)
    found = key_lines(TEXT)
    assert {path: line for path, line in found.items() if line >= 13} == {
        "services[0]": 14,
        "services[0].id": 15,
        "services[0].names": 16,
        "services[0].names.vi": 17,
        "services[1]": 18,
        "services[1].id": 19,
        "services[1].names": 20,
        "services[1].names.vi": 20,
        "services[1].tools[0]": 21,
        "services[1].tools[0].kind": 22,
    }
    assert (found["a"], found["b c"], found["d"], found["d.e"], found["hours"], found["hours.sessions"]) == (
        1,
        4,
        5,
        5,
        7,
        8,
    )
    sessions = {path: line for path, line in found.items() if path.startswith("hours.sessions[")}
    assert sessions["hours.sessions[0].days[1]"] == 9
    assert sessions["hours.sessions[1]"] == 10
    assert sessions["hours.sessions[1].opens"] == 10
    assert sessions["hours.sessions[1].closes[1][1]"] == 12


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "a=1", "[a]", "[[a]]"])
def test_short_texts(text: str) -> None:
    """A text of nearly nothing, without a last line end, is walked to its end."""
    assert len(key_lines(text)) == len(tomllib.loads(text))


values = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("ab\"'\\#[]{}=,.\n á", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_1", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def paths(value: object, path: str = "") -> Iterator[str]:
    """Yield the path of every key of what a text says."""
    if isinstance(value, dict):
        for key, each in value.items():
            below = f"{path}.{key}" if path else key
            yield below
            yield from paths(each, below)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield f"{path}[{place}]"
            yield from paths(each, f"{path}[{place}]")


@given(st.dictionaries(st.text("ab_1", min_size=1, max_size=3), values, max_size=4))
def test_no_key_of_any_text_is_missed(data: dict[str, object]) -> None:
    """Whatever is written, each key below the arrays of tables has a line that is there."""
    text = tomli_w.dumps(data)
    found = key_lines(text)
    lines = text.count("\n") + 1
    tables = {path for path in paths(data) if f"{path}[0]" in found}
    assert set(paths(data)) - tables <= found.keys()
    assert all(1 <= line <= lines for line in found.values())


@pytest.mark.parametrize("path", files(".toml", ("assets/catalogues",)), ids=lambda path: path.stem)
def test_the_line_of_a_key_has_the_key(path: Path) -> None:
    """In the shipped catalogues every line that is found says the key's name, or a value of its array."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for key, line in key_lines(text).items():
        name = key.rpartition(".")[2].partition("[")[0]
        assert name in lines[line - 1] or "[" in key, (key, line)
