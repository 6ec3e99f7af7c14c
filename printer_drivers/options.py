"""Owns how the value of one option of an address is checked: a choice, or a number within bounds.

Pure. Every refusal names the address, the option and what it may be.
"""

from collections.abc import Iterable, Mapping

from printer_drivers.printer import BadPrinterAddress

Options = Mapping[str, str]


def choose(url: str, options: Options, name: str, known: Iterable[str], default: str) -> str:
    """Return the value of an option; raises `BadPrinterAddress` for one that is not among `known`."""
    value = options.get(name, default)
    if value not in (choices := list(known)):
        known_values = say_known(choices)
        message = f"in {url!r} {name}={value} is not known; there are {known_values}"
        raise BadPrinterAddress(message, "printer_value", url=url, name=name, value=value, known=known_values)
    return value


def count(url: str, options: Options, name: str, bounds: range, default: int) -> int:
    """Return the value of an option as a number of `bounds`; raises `BadPrinterAddress` for any other."""
    value = options.get(name, str(default))
    # isdecimal alone takes the digits of other scripts; the length keeps int() from a novel.
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and int(value) in bounds):  # noqa: PLR2004
        step = f" in steps of {bounds.step}" if bounds.step > 1 else ""
        message = f"in {url!r} {name}={value} must be a number from {bounds[0]} to {bounds[-1]}{step}"
        facts = {"url": url, "name": name, "value": value, "least": bounds[0], "most": bounds[-1], "step": bounds.step}
        raise BadPrinterAddress(message, "printer_number", **facts)
    return int(value)


def say_known(names: Iterable[object], end: str = "") -> str:
    """Return names as a choice in words, numbers in their order."""
    texts = [f"{name}{end}" for name in names]
    return " or ".join(sorted(texts, key=lambda text: (len(text) if text.isdigit() else 0, text)))
