"""What the house tests look at: the files of the project, read once, and the literals in them."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

BOXES = ("queue_protocol", "device_runtime", "queue_server", "kiosk", "display", "printer_drivers")
PRODUCT = (*BOXES, "assets")
EVERYTHING = (*PRODUCT, "tools", "benchmarks", "tests")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def files(suffix: str, folders: tuple[str, ...] = PRODUCT) -> list[Path]:
    """Return the files that end so, in these folders."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob(f"*{suffix}")))
    return [path for path in found if "__pycache__" not in path.parts]


def tracked() -> list[Path]:
    """Return every file that git knows or would take; without git, every source file."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return files("", EVERYTHING)
    return [path for name in said.split("\0") if name and (path := ROOT / name).is_file()]


@functools.cache
def read(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(read(path))


def name_of(path: Path) -> str:
    """Return the file's place under the root, for a message."""
    return path.relative_to(ROOT).as_posix()


def prose(module: ast.Module) -> set[int]:
    """Return the ids of the string nodes that are documentation: docstrings, also those below fields and constants."""
    statements = [node.value for node in ast.walk(module) if isinstance(node, ast.Expr)]
    return {id(each) for each in statements if isinstance(each, ast.Constant)}


def literals(path: Path) -> Iterator[str]:
    """Yield each string of a Python file that is no documentation, parts of f-strings too."""
    documentation = prose(tree(path))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def formats(path: Path) -> Iterator[str]:
    """Yield each f-string of a Python file, with `{}` for what is filled in."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def script_literals(path: Path) -> Iterator[str]:
    """Yield each string of a script, with `{}` for what a template literal fills in. Comments are left out."""
    code = re.sub(r"/\*.*?\*/", "", read(path), flags=re.DOTALL)
    code = re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE)
    for found in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', code):
        yield found[1] if found[1] is not None else re.sub(r"\$\{[^}]*\}", "{}", found[2])
