"""What every test relies on: how hypothesis runs here."""

from hypothesis import settings

settings.register_profile(
    "motcua",
    deadline=None,  # the suite shares two cores with browsers and windows; slow is not wrong
    max_examples=60,  # ten minutes are the budget of the whole suite
)
settings.load_profile("motcua")
