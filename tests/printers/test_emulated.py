"""Our bytes on paper, as a printer emulator that is not ours draws them: dot for dot what our decoder draws."""

import pytest

from printer_drivers.dialect import IMAGES, Image
from printer_drivers.paper import FORMS, Form
from tests.printers.emulated import Drawn, draw, jobs, recorded
from tests.printers.golden_jobs import SLIPS, WIDTHS


@pytest.fixture(scope="module")
def drawn() -> dict[str, Drawn]:
    """What emupos drew of each job."""
    return recorded()


def test_every_form_dialect_and_width_was_drawn(drawn: dict[str, Drawn]) -> None:
    """Each slip and the trial page were given to the emulator in each form, each dialect and for each head."""
    assert len(drawn) == (len(SLIPS) + 1) * len(FORMS) * len(IMAGES) * len(WIDTHS)
    assert len({each.picture for each in drawn.values()}) > len(drawn) // 2


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("image", IMAGES)
def test_another_emulator_draws_the_same_dots(form: Form, image: Image, drawn: dict[str, Drawn]) -> None:
    """The bytes are those that the emulator drew (renew with `make emulate`), and its picture is ours."""
    for title, width, job in jobs(form, image):
        ours = draw(job, width)
        assert ours.job == drawn[title].job, f"{title} was never drawn by the emulator: make emulate"
        assert ours.picture == drawn[title].picture, title
