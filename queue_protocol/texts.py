"""Key and facts to words, per language. No file access: a box reads the PO file and hands its bytes over.

Text files are gettext PO whose msgid is a key. A `fuzzy` entry awaits a native reader and is not shown: the words of
Vietnamese stand in for it, as for every key a language lacks.
"""

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from gettext import c2py
from typing import Self

from babel.messages.pofile import read_po

Forms = tuple[str, ...]
"""One text, or one per plural form in the order of the language's Plural-Forms."""

_WEEKDAYS = (
    "weekday_monday",
    "weekday_tuesday",
    "weekday_wednesday",
    "weekday_thursday",
    "weekday_friday",
    "weekday_saturday",
    "weekday_sunday",
)


class Texts:
    """The words of one language. `say` for a sentence, `count` where a number decides the form."""

    def __init__(self, language: str, forms: Mapping[str, Forms], plural: Callable[[int], int]) -> None:
        self.language = language
        self._forms = forms
        self._plural = plural

    @classmethod
    def read(cls, language: str, po: bytes, fallback: "Texts | None" = None) -> Self:
        """Return the words of a PO file; keys it lacks come from `fallback`.

        Raises `babel.messages.pofile.PoFileError` for a file that is no PO file.
        """
        catalogue = read_po(io.BytesIO(po), locale=None, abort_invalid=True)
        own = {
            _key(message.id): _forms(message.string)
            for message in catalogue
            if message.id and not message.fuzzy and any(_forms(message.string))
        }
        inherited = dict(fallback.forms()) if fallback else {}
        return cls(language, inherited | own, c2py(_plural_expression(catalogue.plural_forms)))

    def say(self, key: str, **facts: object) -> str:
        """Return the sentence of this key with the facts filled in; the fact `device` is said in the words of `box`.

        Raises `KeyError` for a key no text file has: a fault of the code, which tests/house finds.
        """
        return self._forms[key][0].format(**self._in_words(facts))

    def count(self, key: str, n: int, **facts: object) -> str:
        """Return the sentence in the form that this number asks for; `{n}` is the number."""
        forms = self._forms[key]
        return forms[min(self._plural(n), len(forms) - 1)].format(n=n, **self._in_words(facts))

    def box(self, device: str) -> str:
        """Return what people call a box: `display-1` is "Màn hình 1"; a name of the site's own stays as it is."""
        kind, _, number = device.rpartition("-")
        key = f"box_{kind}"
        return self.say(key, n=number) if number.isdecimal() and self.knows(key) else device

    def _in_words(self, facts: dict[str, object]) -> dict[str, object]:
        return facts | {"device": self.box(str(facts["device"]))} if "device" in facts else facts

    def knows(self, key: str) -> bool:
        """Say whether this language, or its fallback, has the key."""
        return key in self._forms

    def forms(self) -> Mapping[str, Forms]:
        """Return every text by key: what pages are given as JSON."""
        return self._forms

    def time(self, moment: datetime, utc_offset_s: int) -> str:
        """Return the local time of day of an instant, as `08:12`."""
        return f"{moment + timedelta(seconds=utc_offset_s):%H:%M}"

    def day(self, day: date) -> str:
        """Return a day with its weekday, as `Thứ Hai, ngày 23 tháng 11 năm 2026`."""
        return self.say("date_long", **self._named(day), year=day.year)

    def day_and_month(self, day: date) -> str:
        """Return a day that is near, as `Thứ Hai, 23/11`."""
        return self.say("date_near", **self._named(day))

    def _named(self, day: date) -> dict[str, object]:
        """Return what a date is written with. A language that names its months is read alike everywhere."""
        weekday, month_name = self.say(_WEEKDAYS[day.weekday()]), self.say(f"month_{day.month}")
        return {"weekday": weekday, "day": day.day, "month_name": month_name}


def _key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def _forms(string: str | tuple[str, ...] | list[str] | None) -> Forms:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def _plural_expression(plural_forms: str) -> str:
    return plural_forms.partition("plural=")[2].rstrip("; ") or "0"
