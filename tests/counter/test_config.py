"""The command line of the counters' devices: what it takes, and the one sentence when it cannot run."""

from pathlib import Path

import pytest

from display.config import BadSetting
from display.counter.app import CANNOT_RUN, main
from display.counter.config import read_settings
from tests.counter.bus import line_table


def written(folder: Path, text: str) -> str:
    """Write a table, and return where."""
    path = folder / "table.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_usual_settings(tmp_path: Path) -> None:
    """A table is all that has to be said on the machine of the server."""
    settings = read_settings([written(tmp_path, line_table("/dev/x"))])
    assert (settings.server, settings.device, settings.key) == ("http://127.0.0.1:8080", "counters-1", None)
    assert settings.key_file == Path("data/keys/counters-1")
    assert settings.table.lines[0].port == "/dev/x"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "required: table; python -m display.counter --help"),
        (["TABLE", "--server", "http://"], "is no address of a server"),
        (["TABLE", "--device", "Quay 1"], "'Quay 1' is no device name"),
        (["TABLE", "--key", "short"], "the key has 16 to 128 letters"),
        (["none.toml"], "the table none.toml cannot be read: No such file"),
    ],
)
def test_a_bad_command_line_is_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    """It says what is wrong with it and what to write instead."""
    table = written(tmp_path, line_table("/dev/x"))
    with pytest.raises(BadSetting) as caught:
        read_settings([table if word == "TABLE" else word for word in words])
    assert sentence in str(caught.value)


def test_a_bad_table_ends_the_program_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, key and what was expected, on stderr, and the status that says that a new start does not help."""
    path = written(tmp_path, line_table("/dev/x", baud=9601))
    assert main([path]) == CANNOT_RUN
    said = capsys.readouterr().err
    assert said.startswith(f"display.counter: the table {path} is not right: lines[0].baud: expected one of 1200, 2400")
    assert said.count("\n") == 1


def test_a_table_in_another_encoding_is_said(tmp_path: Path) -> None:
    """Windows editors write what is no UTF-8."""
    path = tmp_path / "table.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="is not written in UTF-8"):
        read_settings([str(path)])
