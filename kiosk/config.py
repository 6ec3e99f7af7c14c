"""What a kiosk is told when it starts: reads the command line, and refuses in one sentence."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import msgspec

from queue_protocol.client import socket_url
from queue_protocol.ids import DeviceId, HallId, Key, Language

DEFAULT_SERVER = "http://127.0.0.1:8080"
DEFAULT_DEVICE = "kiosk-1"

LEAST_WINDOW, LARGEST_WINDOW = 480, 8192
"""Pixels of a side; under the least no finger hits a service, over the largest no screen exists."""


class BadOption(Exception):
    """The command line is to blame; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Options:
    """A kiosk as it was started. `windowed` is the size of the window in pixels; `None` is the whole screen."""

    server: str
    device: DeviceId
    key: str | None
    """The key given on the command line; `None`: see `key_file`."""
    data: Path
    printers: tuple[str, ...]
    """The first prints; the others take over, in this order, while it cannot."""
    logo: Path | None
    """A picture beside the center's name on each slip; `None`: no picture."""
    headless: bool
    windowed: tuple[int, int] | None
    language: Language
    hall: HallId | None
    """The room it stands in; `None`: it offers what any counter of the center serves."""

    @property
    def key_file(self) -> Path:
        """Where a server on the same machine leaves the key, perhaps after this kiosk has started."""
        return self.data / "keys" / self.device

    @property
    def folder(self) -> Path:
        """The folder that belongs to this kiosk alone."""
        return self.data / "kiosk" / self.device


def read_options(arguments: Sequence[str]) -> Options:
    """Return the options; raise `BadOption` when one is wrong."""
    given = _parser().parse_args(arguments)
    device = DeviceId(_convert(given.device, DeviceId, "--device must be small letters, digits and '-', as kiosk-1"))
    data = given.data.expanduser().resolve()
    return Options(
        server=_server(given.server),
        device=device,
        key=given.key and _key(given.key, device),
        data=data,
        printers=tuple(given.printer) or (f"virtual://{quote(str(data / 'paper'))}",),
        logo=given.logo,
        headless=given.headless,
        windowed=given.windowed and _size(given.windowed),
        language=_convert(given.language, Language, "--language must be a code of two or three letters, as vi"),
        hall=given.hall
        and HallId(_convert(given.hall, HallId, "--hall must be a hall of the catalogue, as ground-floor")),
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadOption(f"{message}; see --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m kiosk", description="The kiosk of a hall: takes numbers and prints slips.")
    option = parser.add_argument
    option("--server", default=DEFAULT_SERVER, metavar="URL", help="the queue server (default %(default)s)")
    option("--device", default=DEFAULT_DEVICE, metavar="NAME", help="this kiosk's name (default %(default)s)")
    option("--key", metavar="KEY", help="this kiosk's key; else it is read from DIR/keys/NAME")
    option("--data", type=Path, default=Path("data"), metavar="DIR", help="where files are kept (default ./data)")
    option(
        "--printer",
        metavar="URL",
        action="append",
        default=[],
        help="as tcp://HOST:9100; a second one takes over while the first cannot print (default virtual://DIR/paper);"
        " `python -m printer_drivers list` shows what there is",
    )
    option("--logo", type=Path, metavar="PNG", help="a black and white or grey picture on each slip (default none)")
    option(
        "--print-only",
        "--headless",
        dest="headless",
        action="store_true",
        help="no window: a print station for desks, pages and other kiosks",
    )
    option("--windowed", metavar="WIDTHxHEIGHT", help="a window of this size instead of the whole screen")
    option("--hall", metavar="NAME", help="the hall it stands in; only what is served there is offered (default all)")
    option("--language", default="vi", metavar="CODE", help="language the screen starts in (default %(default)s)")
    return parser


def _server(address: str) -> str:
    try:
        socket_url(address)
    except ValueError as error:
        raise BadOption(f"--server: {error}") from error
    return address


def _key(key: str, device: DeviceId) -> str:
    return _convert(key, Key, f"the key of {device} is not one that a server made; copy it whole")


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(LEAST_WINDOW <= side <= LARGEST_WINDOW for side in size):
        raise BadOption(f"--windowed {text!r} must be WIDTHxHEIGHT in pixels, as 1280x720")
    return size


def _convert(value: str, kind: Any, blame: str) -> str:
    try:
        converted: str = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise BadOption(blame) from error
    return converted
