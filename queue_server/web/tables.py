"""Tables as values: a page draws and a spreadsheet holds the same cells, in words and figures of one language."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from queue_protocol.texts import Texts
from queue_server.core.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Column:
    """A column, under the text with this key."""

    heading: str
    kind: Literal["words", "figure", "long"] = "figure"
    """How it stands on the page: figures to the right; long words may take several lines."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. An empty cell says that there is nothing to say."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] | None = None
    """The sum of all rows; `None`: there is none."""
    shades: tuple[tuple[int, ...], ...] = ()
    """How dark each cell of figures is, from 0 to `DARKEST`; empty: the table has no shades."""


DARKEST = 5

WEEKDAYS = (
    "weekday_monday",
    "weekday_tuesday",
    "weekday_wednesday",
    "weekday_thursday",
    "weekday_friday",
    "weekday_saturday",
    "weekday_sunday",
)
"""Keys of the days of a week, in their order."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts facts into the words and figures of one reader."""

    texts: Texts
    catalogue: Catalogue

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the center: each instant is shown with the offset that it had itself."""
        return ZoneInfo(self.catalogue.time_zone)

    def service(self, name: str | None) -> str:
        """Return what a service is called; its name in the journal when it is in the catalogue no more."""
        if name is None:
            return self.texts.say("office_all_services")
        known = next((each for each in self.catalogue.services if each.id == name), None)
        return name if known is None else self.pick(known.names)

    def pick(self, words: dict[str, str]) -> str:
        """Return a name given in several languages; Vietnamese stands in."""
        return words.get(self.texts.language) or words.get("vi", "")

    def time(self, moment_ms: int | None) -> str:
        """Return the local time of day of an instant in UTC milliseconds since 1970."""
        if moment_ms is None:
            return ""
        return f"{datetime.fromtimestamp(moment_ms / 1000, self.zone):%H:%M}"

    def day_of(self, moment_ms: int) -> str:
        """Return the local day of an instant in UTC milliseconds since 1970, in figures."""
        return f"{datetime.fromtimestamp(moment_ms / 1000, self.zone):%d/%m/%Y}"

    def minutes(self, seconds: float | None) -> str:
        """Return a duration as minutes with one decimal."""
        return "" if seconds is None else self.decimal(seconds / 60)

    def hours(self, seconds: int) -> str:
        """Return a longer duration as hours and minutes: `3:05`."""
        minutes = round(seconds / 60)
        return f"{minutes // 60}:{minutes % 60:02}"

    def decimal(self, number: float | None) -> str:
        """Return a number with one decimal."""
        return "" if number is None else f"{number:.1f}".replace(".", self.texts.say("csv_decimal_mark"))

    def share(self, share: float | None) -> str:
        """Return a share, from 0 to 1, in whole percent."""
        return "" if share is None else f"{share:.0%}"

    def day(self, day: str) -> str:
        """Return a day in figures: `23/11/2026`."""
        return f"{date.fromisoformat(day):%d/%m/%Y}"


def shade(value: float, most: float) -> int:
    """Return how dark a cell is beside the darkest one; only nothing at all is white."""
    return 0 if value <= 0 or most <= 0 else max(1, round(value / most * DARKEST))
