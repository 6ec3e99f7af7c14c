"""`python -m queue_server simulate`: words in, figures out, one exit status for each end."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from queue_protocol.desk_tickets import CallRule
from queue_server.cli.commands import main
from queue_server.core import dispatch
from queue_server.core.hall import Hall, Waiting
from queue_server.simulation import arguments
from queue_server.simulation.arguments import FIRST_DAY, read_simulation
from queue_server.simulation.rules import WORDS

SMALL = ("simulate", "--preset", "xa-nho", "--days", "2")


def test_a_manager_compares_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """Two rules on a small center: tables on the standard output, status 0."""
    assert main([*SMALL, "--policy", "head_start=30", "--policy", "strict,no_overtake=30"]) == 0
    said = capsys.readouterr().out
    assert "head_start=30" in said
    assert "strict,no_overtake=30" in said
    assert "A certification" in said


def test_the_same_words_give_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """A result can be had again, to the last digit, and another seed gives another one."""
    said = []
    for seed in ("1", "1", "2"):
        assert main([*SMALL, "--json", "--seed", seed]) == 0
        said.append(json.loads(capsys.readouterr().out)["rules"])
    assert said[0] == said[1] != said[2]


def test_a_file_of_the_center_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A catalogue of one's own is tried with the number of people that come to it."""
    path = tmp_path / "mine.toml"
    path.write_text(
        'center.vi = "Trung tâm"\n[[services]]\nid = "fishing"\nprefix = "F"\nnames.vi = "Thủy sản"\n'
        'icon = "fish"\nexpected_minutes = 7\n[[counters]]\nnumber = 1\nservices = ["fishing"]\n',
        encoding="utf-8",
    )
    words = ["simulate", "--catalogue", str(path), "--days", "1", "--without-faults", "--market-day", "mon"]
    assert main([*words, "--tickets-per-day", "30", "--priority-percent", "10"]) == 0
    said = capsys.readouterr().out
    assert "F fishing" in said
    assert "30 people on an ordinary day, 10% with priority" in said
    assert "The catalogue has no hours" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--policy", "fair"], "'fair' is no rule; there are head_start=MINUTES"),
        (["--days", "0"], "'0' is no whole number from 1 to 1000"),
        (["--first-day", "tomorrow"], "'tomorrow' is no day"),
        (["--catalogue", "mine.toml"], "--tickets-per-day N"),
        (["--preset", "xa-khac"], "--tickets-per-day N"),
    ],
)
def test_words_that_make_no_sense(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is refused with what can, and status 2."""
    with pytest.raises(SystemExit) as left:
        main(["simulate", *words])
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_catalogue_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """A preset that does not exist ends with the names of those that do, and status 2."""
    assert main(["simulate", "--preset", "xa-khac", "--tickets-per-day", "9"]) == 2
    assert "xa-nho" in capsys.readouterr().err


def test_an_error_of_the_product_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With a core that calls the last of a line first, the run stops, says what broke, and ends with status 1."""
    monkeypatch.setattr(dispatch, "_by_rules", _last_of_the_line)
    assert main(["simulate", "--preset", "xa-lon", "--days", "1"]) == 1
    assert "This never may happen" in capsys.readouterr().err


def _last_of_the_line(
    _hall: Hall, _number: int, _now: datetime, lines: Sequence[tuple[Waiting, ...]], _first: Waiting
) -> tuple[CallRule, Waiting]:
    return "due_time", lines[0][-1]


def test_what_is_not_said_is_the_presets(capsys: pytest.CaptureFixture[str]) -> None:
    """People and priority are those of the preset, the rule the catalogue's, the days twenty from a fixed Monday."""
    asked = read_simulation(("simulate",), ["--preset", "xa-lon"])
    assert (asked.tickets_per_day, asked.priority_share, asked.days, asked.first) == (180, 0.2, 20, FIRST_DAY)
    assert [rule.words for rule in asked.rules] == ["catalogue"]
    assert asked.faults
    assert not capsys.readouterr().err


def test_the_manual_names_every_option_and_rule() -> None:
    """docs/simulation.md has each option of the command and each rule."""
    manual = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    code = Path(arguments.__file__).read_text(encoding="utf-8")
    options = re.findall(r'"(--[a-z-]+)"', code)
    assert len(options) > 10
    assert [option for option in options if f"`{option}`" not in manual] == []
    rules = [word.partition("=")[0] for word in WORDS.split(", ")]
    assert [rule for rule in rules if f"| `{rule}" not in manual] == []
