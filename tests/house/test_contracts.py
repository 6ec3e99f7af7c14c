"""The import contracts leave nobody out: what thinks is on the list of what may not touch."""

import ast
from configparser import ConfigParser
from pathlib import Path

from tests.house.sources import BOXES, ROOT, files, tree

CONTRACTS = ConfigParser()
CONTRACTS.read(ROOT / ".importlinter", encoding="utf-8")

PURITY = CONTRACTS["importlinter:contract:purity"]

COMPOSITION = ("app", "config", "__main__", "clock")
"""Files of a box that join, read the command line, or are its clock: they touch by their office."""


def listed(name: str) -> list[str]:
    """Return the modules that the purity contract lists under this name."""
    return [line for line in PURITY[name].split() if line and not line.startswith("#")]


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """Return the names a file imports, each with the modules above it."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}


def covers(modules: list[str], module: str) -> bool:
    """Say whether a module, or a package it is in, is among these."""
    return any(module == each or module.startswith(f"{each}.") for each in modules)


def test_every_module_that_thinks_is_kept_from_touching() -> None:
    """A module that imports nothing that touches is listed as one that thinks."""
    thinking, touching = listed("source_modules"), set(listed("forbidden_modules"))
    forgotten = [
        module_of(path)
        for path in files(".py", BOXES)
        if path.stem not in {"__init__", *COMPOSITION}
        and not covers(thinking, module_of(path))
        and not covers(list(touching), module_of(path))
        and imported(path).isdisjoint(touching)
    ]
    assert forgotten == []


def test_listed_modules_exist() -> None:
    """No contract speaks of a module that is gone."""
    ours = [name for name in listed("source_modules") + listed("forbidden_modules") if name.split(".")[0] in BOXES]
    places = [ROOT / name.replace(".", "/") for name in ours]
    assert [str(place) for place in places if not place.is_dir() and not place.with_suffix(".py").exists()] == []
