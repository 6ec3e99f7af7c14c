"""The command line of a display."""

from pathlib import Path

import pytest

from display.app import main
from display.config import DEFAULT_SERVER, BadSetting, read_settings


def test_without_arguments_it_is_the_first_display_of_a_server_on_this_machine() -> None:
    """A newcomer starts `python -m display` and it works."""
    settings = read_settings([])
    assert (settings.server, settings.device, settings.sound) == (DEFAULT_SERVER, "display-1", "device")
    assert (settings.window, settings.hall) == (None, None)
    assert settings.folder == Path("data/display/display-1")
    assert settings.key_file == Path("data/keys/display-1")


def test_everything_can_be_said(tmp_path: Path) -> None:
    """Each option reaches its setting."""
    settings = read_settings(
        [
            "--server=http://192.168.1.10:8080",
            "--device=display-2",
            f"--key={'k' * 20}",
            f"--data={tmp_path}",
            "--headless",
            "--windowed=1366x768",
            "--sound=file:/somewhere",
            "--hall=ground-floor",
        ]
    )
    assert settings.server == "http://192.168.1.10:8080"
    assert settings.device == "display-2"
    assert settings.key == "k" * 20
    assert settings.key_file == tmp_path / "keys" / "display-2"
    assert settings.folder == tmp_path / "display" / "display-2"
    assert settings.headless
    assert settings.window == (1366, 768)
    assert settings.sound == "file:/somewhere"
    assert settings.hall == "ground-floor"


BAD = [
    ["--windowed", "big"],
    ["--windowed", "100x100"],
    ["--sound", "loud"],
    ["--sound", "file:"],
    ["--device", "Display 1"],
    ["--key", "short"],
    ["--server", "http://"],
    ["--hall", "Sảnh 1"],
    ["--nonsense"],
]


@pytest.mark.parametrize("argv", BAD, ids=" ".join)
def test_a_bad_argument_is_one_sentence_and_status_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever typed it reads what to write instead, and sees no traceback."""
    with pytest.raises(BadSetting):
        read_settings(argv)
    assert main(argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("display: ")
    assert said.count("\n") == 1
