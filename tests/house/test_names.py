"""Names say what a thing is: no drawers for odds and ends."""

import re

from tests.house.sources import EVERYTHING, files, name_of, tracked

FORBIDDEN = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)")


def test_no_module_is_a_drawer() -> None:
    """No module or folder is called utils, helpers, common, manager or misc."""
    modules = {name_of(path) for path in files(".py", EVERYTHING) + files(".js", EVERYTHING)}
    assert [name for name in modules if any(FORBIDDEN.search(part.split(".")[0]) for part in name.split("/"))] == []


def test_names_of_files_are_plain() -> None:
    """File names are small letters, digits, `_`, `-` and `.`, so that they mean the same on every machine."""
    plain = re.compile(r"[a-z0-9_.-]+|[A-Z]+(\.md)?|Makefile")
    strange = [name_of(path) for path in tracked() if not plain.fullmatch(path.name)]
    assert strange == []
