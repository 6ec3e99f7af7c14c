"""The judge of coverage: what only thinks is known from the contract, and each bar is kept."""

from typing import Any

import pytest

from tests.house.sources import ROOT
from tools.coverage_bars import is_pure, judge, pure_modules


def file(statements: int, branches: int, missed: int = 0) -> dict[str, Any]:
    """Return what coverage.py reports of a file in which so many branches were not taken."""
    summary = {"num_statements": statements, "covered_lines": statements, "num_branches": branches}
    return {"summary": summary | {"covered_branches": branches - missed}}


def test_what_thinks_is_read_from_the_contract() -> None:
    """The core is pure with all its modules, the server's shell is not."""
    pure = pure_modules((ROOT / ".importlinter").read_text(encoding="utf-8"))
    assert is_pure("queue_server/core/dispatch.py", pure)
    assert is_pure("queue_protocol/session.py", pure)
    assert not is_pure("queue_server/web/application.py", pure)


@pytest.mark.parametrize(
    ("missed_pure", "missed_other", "words"),
    [(2, 5, []), (3, 0, ["branches of what thinks: 97.0%"]), (0, 70, ["all: 88.3%"]), (3, 67, ["branches", "all"])],
)
def test_each_bar_is_kept(missed_pure: int, missed_other: int, words: list[str]) -> None:
    """Below 98 of 100 branches of what thinks, or 90 of 100 lines and branches of all, it says so."""
    files = {"queue_server/core/hall.py": file(200, 100, missed_pure), "kiosk/app.py": file(200, 100, missed_other)}
    below = judge(files, ["queue_server.core"])
    assert len(below) == len(words)
    assert all(found.startswith(word) for found, word in zip(below, words, strict=True))
    assert ("queue_server/core/hall.py" in "".join(below)) == (missed_pure > 2)
