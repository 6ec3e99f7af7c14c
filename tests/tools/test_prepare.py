"""What is missing, what is said about it, and when an environment is built anew."""

from pathlib import Path

import pytest

from tools.prepare import (
    LOCKS,
    NEEDS,
    Machine,
    Need,
    NotReady,
    check_python,
    explain,
    fingerprint,
    needed,
    part_from_others,
    read_stamp,
    serves,
    write_stamp,
)

EVERYTHING = frozenset(name for need in NEEDS for name in need.packages)


def machine(*, has_screen: bool = True, can_make_environments: bool = True, without: str = "") -> Machine:
    """Return a machine on which one package is missing."""
    return Machine(has_screen, can_make_environments, EVERYTHING - {without})


def names(needs: list[Need]) -> list[str]:
    """Return the packages by their first names."""
    return [need.packages[0] for need in needs]


@pytest.mark.parametrize("purpose", LOCKS)
def test_nothing_is_missing_where_everything_is_installed(purpose: str) -> None:
    """A machine with every package needs none."""
    assert needed(purpose, machine()) == []


def test_a_run_without_a_screen_needs_no_windows() -> None:
    """The libraries of windows are asked for where there is a screen, and for tests everywhere."""
    assert names(needed("run", machine(without="libgl1"))) == ["libgl1"]
    assert needed("run", machine(without="libgl1", has_screen=False)) == []
    assert names(needed("test", machine(without="libgl1", has_screen=False))) == ["libgl1"]


def test_only_tests_need_a_browser() -> None:
    """Chromium is for the tests of the pages."""
    assert needed("run", machine(without="chromium")) == []
    assert names(needed("test", machine(without="chromium"))) == ["chromium"]


def test_a_python_with_venv_needs_no_package_for_it() -> None:
    """`python3-venv` is asked for only where this Python cannot make environments."""
    bare = Machine(has_screen=False, can_make_environments=True, installed=frozenset({"libasound2", "chromium"}))
    assert "python3-venv" not in names(needed("run", bare))
    assert "python3-venv" in names(needed("run", bare._replace(can_make_environments=False)))


def test_any_name_of_a_package_will_do() -> None:
    """A package that a newer Debian renamed counts under both names."""
    assert needed("run", Machine(False, True, frozenset({"libasound2t64"}))) == []
    assert needed("run", Machine(False, True, frozenset({"libasound2"}))) == []
    assert names(needed("run", Machine(False, True, frozenset()))) == ["libasound2"]


def test_what_is_missing_is_said_with_the_command() -> None:
    """The message names each package, what it is for, and the line to type."""
    said = explain(needed("test", Machine(False, False, EVERYTHING - {"python3-venv", "chromium"})))
    assert "python3-venv: makes the virtual environment" in said
    assert said.splitlines()[-1].strip() == "sudo apt-get install python3-venv chromium"


def test_every_need_says_what_it_is_for() -> None:
    """No package is asked for without a reason and a purpose."""
    assert all(need.reason and need.purposes <= set(LOCKS) and need.purposes for need in NEEDS)


def test_an_old_python_is_named() -> None:
    """Python before 3.11 is refused with its version and the one that is needed."""
    check_python((3, 11))
    check_python((3, 14))
    with pytest.raises(NotReady, match=r"Python 3\.9 .*needs 3\.11"):
        check_python((3, 9))


@pytest.mark.parametrize("changed", [0, 1, 2, 3])
def test_the_fingerprint_changes_with_each_part(changed: int) -> None:
    """Another lock, project file, Python or folder asks for another environment."""
    parts: list[bytes | str] = [b"lock", b"project", "3.11.2", "/srv/motcua"]
    before = fingerprint(*parts)  # type: ignore[arg-type] # the parts are of the right kinds, in order
    parts[changed] = b"other" if isinstance(parts[changed], bytes) else "other"
    assert fingerprint(*parts) != before  # type: ignore[arg-type] # as above


def test_bytes_do_not_slip_from_one_part_into_the_next() -> None:
    """The same bytes cut elsewhere are another fingerprint."""
    assert fingerprint(b"ab", b"c", "p", "f") != fingerprint(b"a", b"bc", "p", "f")


def test_the_environment_of_tests_serves_runs() -> None:
    """What was set up for tests is good for both; what was set up for runs is not good for tests."""
    now = {"run": "1", "test": "2"}
    assert serves({"purpose": "test", "fingerprint": "2"}, "run", now)
    assert serves({"purpose": "test", "fingerprint": "2"}, "test", now)
    assert serves({"purpose": "run", "fingerprint": "1"}, "run", now)
    assert not serves({"purpose": "run", "fingerprint": "1"}, "test", now)


def test_an_environment_of_another_lock_serves_nothing() -> None:
    """A stamp that does not fit the files of the clone, or no stamp, means building."""
    now = {"run": "1", "test": "2"}
    assert not serves({"purpose": "test", "fingerprint": "old"}, "run", now)
    assert not serves({}, "run", now)


def test_a_broken_stamp_is_no_stamp(tmp_path: Path) -> None:
    """A stamp that was cut off while it was written counts as none; a whole one is read back."""
    assert read_stamp(tmp_path) == {}
    (tmp_path / "prepared.json").write_text('{"purpose": "te', encoding="utf-8")
    assert read_stamp(tmp_path) == {}
    write_stamp(tmp_path, {"purpose": "test"})
    assert read_stamp(tmp_path) == {"purpose": "test"}


def test_the_environment_of_another_clone_is_left_alone(tmp_path: Path) -> None:
    """A `.venv` that is a link is let go, and what it led to is as it was."""
    theirs, ours = tmp_path / "theirs", tmp_path / ".venv"
    write_stamp_in(theirs)
    ours.symlink_to(theirs)
    part_from_others(ours)
    assert not ours.exists()
    assert read_stamp(theirs) == {"purpose": "test"}
    part_from_others(theirs)
    assert read_stamp(theirs) == {"purpose": "test"}


def write_stamp_in(environment: Path) -> None:
    """Make an environment that is whole."""
    environment.mkdir()
    write_stamp(environment, {"purpose": "test"})
