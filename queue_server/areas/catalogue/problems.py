"""What is wrong with a catalogue, in the words of the reader: its sentences are the command line's, in English.

A sentence that has no words here is shown as it is: better a foreign sentence than none.
"""

import re
from collections.abc import Sequence

from queue_protocol.texts import Texts
from queue_server.areas.catalogue.tables import WEEKDAY_NAMES

SENTENCES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(f"{pattern}$"), key)
    for pattern, key in (
        # what reading finds
        (r"this is no TOML: (?P<what>.*?)( \(at .*\))?", "catalogue_wrong_toml"),
        (r"the table lacks its key `(?P<name>.*)`", "catalogue_wrong_lacks"),
        (r"the table knows no key `(?P<name>.*)`", "catalogue_wrong_unknown"),
        (r"expected `(?P<wanted>.*)`, got `(?P<given>.*)`", "catalogue_wrong_type"),
        (r"expected `(?:int|float)` (?P<bound>[<>]=? \S+)", "catalogue_wrong_bound"),
        (r"expected `\w+` of length (?P<bound>[<>]=? \d+)", "catalogue_wrong_length"),
        (r"expected `str` matching regex '(?P<shape>.*)'", "catalogue_wrong_shape"),
        (r"there is no time zone '(?P<name>.*)'; .*", "catalogue_wrong_zone"),
        (r"the character (?P<code>\S+) cannot be shown or printed; .*", "catalogue_wrong_character"),
        # what contradicts itself
        (
            r"(?:service|counter|hall|kiosk|mark of a kiosk) '(?P<name>.*)' stands there (?P<times>\d+) times",
            "catalogue_wrong_twice",
        ),
        (r"counter (?P<counter>\d+) serves '(?P<name>.*)', which is no service .*", "catalogue_wrong_serves"),
        (r"counter (?P<counter>\d+) prefers '(?P<name>.*)', which .*", "catalogue_wrong_prefers"),
        (r"counter (?P<counter>\d+) stands in '(?P<name>.*)', which .*", "catalogue_wrong_stands"),
        (r"counter (?P<counter>\d+) stands in no hall; .*", "catalogue_wrong_no_hall"),
        (r"service '(?P<name>.*)' is served by no counter", "catalogue_wrong_not_served"),
        (r".* has no Vietnamese name \((?P<place>.*)\)", "catalogue_wrong_no_vietnamese"),
        (r"prefix '(?P<name>.*)' leaves no room for the mark of (?P<device>.*?); .*", "catalogue_wrong_no_room"),
        (r"the mark '(?P<mark>.*)' of (?P<device>.*) makes numbers of prefix '(?P<name>.*)'", "catalogue_wrong_mark"),
        (r"on (?P<days>\S+) .*opens at (?P<opens>.*) and closes at (?P<closes>.*)", "catalogue_wrong_session"),
        (r"on (?P<days>\S+) .*opens at (?P<opens>.*), before .* at (?P<closes>.*)", "catalogue_wrong_overlap"),
        (r"policy\.number_start has more digits than policy\.number_digits", "catalogue_wrong_start"),
        (r"public_address has letters that no QR code .*", "catalogue_wrong_address_letters"),
        (
            r"public_address has (?P<length>\d+) characters; .* room for (?P<most>\d+)",
            "catalogue_wrong_address_length",
        ),
        # what the day would lose
        (r"people wait for service '(?P<name>.*)'; .*", "catalogue_wrong_waiting"),
        (r"counter (?P<counter>\d+) is at work; .*", "catalogue_wrong_at_work"),
    )
)


def problem_words(what: str, texts: Texts) -> str:
    """Return a sentence about a catalogue in the words of the reader."""
    for pattern, key in SENTENCES:
        found = pattern.match(what)
        if found is not None:
            return texts.say(key, **_facts(found.groupdict(), texts))
    return what


def _facts(found: dict[str, str], texts: Texts) -> dict[str, str]:
    day, bound = found.get("days", ""), found.get("bound", "")
    return found | {
        "days": texts.say(WEEKDAY_NAMES[day]) if day in WEEKDAY_NAMES else day,
        "bound": bound.replace(">=", "≥").replace("<=", "≤"),
    }
