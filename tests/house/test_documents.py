"""The documents are true: generated ones are current, and written ones name all there is to name."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from queue_protocol.answers import REFUSAL_CODES
from queue_server.core.catalogue import Catalogue, Counter, Policy, Service
from queue_server.core.events import EVENTS
from tests.house.sources import ROOT, name_of, read, tree
from tools.map import owned, source_files

DOCS = ROOT / "docs"

GENERATORS = ("protocol_reference", "lifecycle_drawing")

DECISION_LINES = 25

LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def options(path: Path) -> Iterator[str]:
    """Yield the options that a program's command line has."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"add_argument", "option"} and str(node.args[0].value).startswith("--"):
                yield str(node.args[0].value)


PROGRAMS = {
    "queue_server/process/arguments.py": (
        "running.md: The server",
        "running.md: Keys of boxes",
        "running.md: The catalogue",
        "running.md: What is kept, and backup",
        "running.md: Looking after the journal",
    ),
    "queue_server/simulation/arguments.py": ("simulation.md: Trying a rule before using it",),
    "kiosk/config.py": ("running.md: The kiosk",),
    "display/config.py": ("running.md: The display",),
    "display/counter/config.py": ("counter_devices.md: Counter signs and call pads",),
    "display/voice/__main__.py": ("running.md: Sound",),
    "printer_drivers/__main__.py": ("running.md: Printers",),
    "tools/center.py": ("running.md: The whole center",),
}
"""Each program, and the sections that have its options."""


def section(place: str) -> str:
    """Return what stands under a heading, up to the next one that is as large."""
    document, _, heading = place.partition(": ")
    found = re.search(rf"^(#+) {re.escape(heading)}$", read(DOCS / document), re.MULTILINE)
    assert found, place
    rest = read(DOCS / document)[found.end() :]
    return re.split(rf"^#{{1,{len(found[1])}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def written() -> list[Path]:
    """Return the documents that people write."""
    generated = {"map.md", "protocol.md", "lifecycle.md"}
    documents = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    return sorted(path for path in documents if path.name not in generated)


@pytest.mark.parametrize("tool", GENERATORS)
def test_generated_documents_are_current(tool: str) -> None:
    """A generated document is what its tool writes; `make docs` writes it."""
    asked = [sys.executable, "-m", f"tools.{tool}", "--check"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_option_is_documented(program: str) -> None:
    """Each option of a program stands in a section about that program."""
    told = "".join(map(section, PROGRAMS[program]))
    assert [each for each in options(ROOT / program) if not re.search(rf"{each}(?![\w-])", told)] == []


def test_the_programs_have_options() -> None:
    """The search for options finds those that everybody knows: it would miss nothing in silence."""
    found = {each for program in PROGRAMS for each in options(ROOT / program)}
    assert {"--data", "--server", "--printer", "--sound", "--engine"} <= found


@pytest.mark.parametrize("struct", [Catalogue, Service, Counter, Policy])
def test_every_setting_is_documented(struct: type[msgspec.Struct]) -> None:
    """docs/running.md names every setting of a catalogue."""
    running = read(DOCS / "running.md")
    assert [name for name in struct.__struct_fields__ if f"`{name}`" not in running] == []


def test_every_refusal_is_documented() -> None:
    """docs/protocol.md names every code of a refusal."""
    assert [code for code in REFUSAL_CODES if f"`{code}`" not in read(DOCS / "protocol.md")] == []


def test_every_target_is_documented() -> None:
    """`make help` names every target that a person types."""
    makefile = read(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE)) - {"help"}
    assert targets == set(re.findall(r'@echo "make (\w+)', makefile))


def test_words_of_the_code_are_in_the_glossary() -> None:
    """docs/glossary.md has the word of each command and event: their nouns and verbs are those of the field."""
    glossary = read(DOCS / "glossary.md").lower()
    nouns = {str(event.__struct_config__.tag).split("_")[0] for event in EVENTS}
    assert [noun for noun in sorted(nouns) if noun not in glossary] == []


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_every_file_says_what_it_owns(path: Path) -> None:
    """A source file begins with a sentence about itself, and the file map is made of these."""
    assert len(owned(path)) > 10


@pytest.mark.parametrize("path", written(), ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """A link of a document to a file of the project leads to one that is there."""
    targets = [target for target in LINK.findall(read(path)) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_decisions_are_short_and_numbered() -> None:
    """A decision record has at most 25 lines, and no two of them have one number."""
    records = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert len(set(numbers)) == len(numbers)
    assert [path.name for path in records if len(read(path).splitlines()) > DECISION_LINES] == []


def test_readme_is_one_screen() -> None:
    """The README fits one screen of an editor."""
    assert len(read(ROOT / "README.md").splitlines()) <= 60
