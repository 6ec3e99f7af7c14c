"""What is kept of measurements."""

from benchmarks.__main__ import merge


def test_a_suite_measured_alone_leaves_the_others_as_they_were() -> None:
    """Each suite has the rows of its last run, in one order; a suite that is gone has none."""
    earlier = [{"suite": name, "what": "old"} for name in ("paper", "core", "abandoned")]
    assert merge(earlier, [{"suite": "core", "what": "new"}]) == [
        {"suite": "core", "what": "new"},
        {"suite": "paper", "what": "old"},
    ]
