"""Two counters call almost at once: the hall sees both and hears both, in order. Real server, real display."""

import time
from pathlib import Path

from tests.clerk import Clerk
from tests.driving import Driven
from tests.serving import Serving
from tests.watching import wait_until

ACKNOWLEDGED = "SELECT CAST(body AS TEXT) FROM event WHERE kind = ? ORDER BY sequence"


def test_two_calls_a_third_of_a_second_apart(tmp_path: Path) -> None:
    """Both calls are shown and both are spoken, the earlier one first, and the desks get to know."""
    spoken = tmp_path / "spoken"
    with Serving(tmp_path / "data") as server:
        arguments = ["--server", server.address, "--data", str(server.data), "--sound", f"file:{spoken}"]
        colleague = server.add_clerk("hoa.le")
        with (
            Driven.start("display", arguments, home=tmp_path / "display") as display,
            Clerk(server, 1) as first,
            Clerk(server, 2, colleague) as second,
        ):
            first.take("certification")
            second.take("civil_status")
            display.wait_for("Quầy 2", 30)
            first.call_next()
            time.sleep(0.3)
            second.call_next()
            wait_until(lambda: len(server.query(ACKNOWLEDGED, "call_shown.1")) == 2, "both calls are shown")
            wait_until(lambda: len(server.query(ACKNOWLEDGED, "call_spoken.1")) == 2, "both calls are spoken")
            display.wait_for("H001")
    for kind in ("call_shown.1", "call_spoken.1"):
        tickets = [body.partition('"ticket":"')[2][9:13] for (body,) in server.query(ACKNOWLEDGED, kind)]
        assert tickets == ["A001", "H001"]
    written = sorted(path.name for path in spoken.glob("*.wav"))
    assert [name.split("-")[2] for name in written] == ["A001", "H001"]
