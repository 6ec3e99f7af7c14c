"""Small modules, small functions: what a reader can hold at once."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.house.sources import EVERYTHING, FUNCTIONS, PRODUCT, files, name_of, read, tree

MODULE_LINES = 400
FUNCTION_LINES = 50
MEDIAN_LINES = 8

TYPED = (".py", ".js", ".css", ".kv", ".html")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a file with its lines, its documentation not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, FUNCTIONS):
            said = ast.get_docstring(node, clean=False)
            documentation = 0 if said is None else said.count("\n") + 1
            yield f"{name_of(path)}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1 - documentation


@pytest.mark.parametrize("suffix", TYPED)
def test_no_module_is_longer_than_a_reader_holds(suffix: str) -> None:
    """A module has at most 400 lines, in every language of the project."""
    long = {name_of(path): len(read(path).splitlines()) for path in files(suffix, EVERYTHING)}
    assert {name: lines for name, lines in long.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """A function has at most 50 lines."""
    everything = [each for path in files(".py", EVERYTHING) for each in functions(path)]
    assert {name: lines for name, lines in everything if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("box", PRODUCT)
def test_half_of_the_functions_are_tiny(box: str) -> None:
    """In each box the median function has at most 8 lines."""
    assert median(lines for path in files(".py", (box,)) for _, lines in functions(path)) <= MEDIAN_LINES
