"""What the tests of the display share."""

from collections.abc import Iterator

import pytest

from tests.display.hall_server import HallServer


@pytest.fixture
def hall_server() -> Iterator[HallServer]:
    """Lend a server that says what the test gives it."""
    with HallServer() as server:
        yield server
