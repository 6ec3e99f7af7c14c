"""A box's log begins anew while the box goes on writing."""

from pathlib import Path

import pytest

from tools import center


def test_a_log_that_grows_too_long_begins_anew_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's own handle writes on at the start of the emptied file; what was there is kept beside it once."""
    monkeypatch.setattr(center, "MOST_LOG_BYTES", 100)
    box, path = center.Box("server", [], tmp_path), tmp_path / "server.log"
    with path.open("ab", buffering=0) as child:
        child.write(b"x" * 101)
        box.keep_log_short()
        child.write(b"after")
        box.keep_log_short()
    assert path.read_bytes() == b"after"
    assert (tmp_path / "server.log.1").read_bytes() == b"x" * 101
