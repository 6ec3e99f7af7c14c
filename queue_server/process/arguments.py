"""The command line: what each word asks for, as a value. Who does it stands in `console`."""

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

import assets
from queue_protocol.ids import DeviceId
from queue_server.catalogue_file import CatalogueRefused, read_catalogue_text
from queue_server.core.catalogue import Catalogue
from queue_server.simulation.arguments import SimulationRun, read_simulation
from queue_server.storage.accounts import DeviceRole

STATUSES = "Exit status: 0 done; 2 it could not be done, and a sentence says why."
STATUSES_OF_CHECKS = (
    "Exit status: 0 all is as it was written; 1 it is not, and what differs is said; 2 nothing could be looked at."
)

HASH = re.compile("[0-9a-f]{64}")
HOST = re.compile("[a-z0-9]([a-z0-9._-]*[a-z0-9.])?")


class StartError(Exception):
    """What was asked cannot be done. The message says what to do; the exit status is 2."""


@dataclass(frozen=True, slots=True)
class Config:
    """No word: serve a center."""

    data: Path
    host: str
    port: int
    catalogue: Path
    names: frozenset[str]
    """Host names, besides addresses, under which pages may be opened."""
    proxies: frozenset[str] = frozenset()
    """Addresses or networks of proxies in front, whose word counts on who asks and whether it was by https."""
    site: str = "main"
    """Of the first start: the point that this server stands at, when a center has several."""


@dataclass(frozen=True, slots=True)
class PasswordRenewal:
    """`password NAME`: give this person a new password."""

    data: Path
    account: str


@dataclass(frozen=True, slots=True)
class DeviceAdmission:
    """`device NAME`: let a box in, or give it a new key."""

    data: Path
    device: DeviceId
    role: DeviceRole


@dataclass(frozen=True, slots=True)
class DeviceRemoval:
    """`device NAME --remove`: let a box in no more."""

    data: Path
    device: DeviceId


@dataclass(frozen=True, slots=True)
class Verification:
    """`verify`: read the whole chain."""

    data: Path
    expect: str | None
    """A hash that must be in it, in hexadecimal digits."""
    quiet: bool


@dataclass(frozen=True, slots=True)
class DayReplay:
    """`replay`: live through a day again and compare."""

    data: Path
    day: date


@dataclass(frozen=True, slots=True)
class ReportRebuilding:
    """`rebuild-reports`: write the tables of reports anew."""

    data: Path


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """`retain`: remove the days that are past retention."""

    data: Path


@dataclass(frozen=True, slots=True)
class Backup:
    """`backup`: copy the journal's file beside a running server."""

    data: Path
    to: Path
    """A folder that is there, on another disk."""
    keep: int
    """How many of the newest copies stay."""
    with_keys: bool = False
    """Whether the keys of the boxes, with which anybody may stand for a box, are copied too."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """`restore FILE|FOLDER`: let a center go on from a backup."""

    data: Path
    source: Path
    """A backup, a folder of backups, or a data folder."""


@dataclass(frozen=True, slots=True)
class CatalogueExport:
    """`catalogue export`: write the catalogue in force."""

    data: Path
    to: Path | None
    """`None`: the standard output."""


@dataclass(frozen=True, slots=True)
class CatalogueImport:
    """`catalogue import`: set the catalogue, or its hours alone."""

    data: Path
    file: Path
    hours_only: bool


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """`catalogue check`: say what is wrong with a file."""

    file: Path


Asked = (
    Config
    | PasswordRenewal
    | DeviceAdmission
    | DeviceRemoval
    | Verification
    | DayReplay
    | ReportRebuilding
    | RetentionRun
    | Backup
    | Restoration
    | CatalogueExport
    | CatalogueImport
    | CatalogueCheck
    | SimulationRun
)

Words = tuple[str, ...]


def read_arguments(arguments: list[str]) -> Asked:
    """Return what is asked for; leaves with status 2 and how it is used when the words make no sense.

    Raises `StartError` for a name that cannot be one.
    """
    for words, read in SUBCOMMANDS.items():
        if tuple(arguments[: len(words)]) == words:
            return read(words, arguments[len(words) :])
    return _read_serving(arguments)


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue in a TOML file.

    Raises `StartError` that names the file, the line, the key and what was expected there.
    """
    try:
        return read_catalogue_text(read_text(path), str(path))
    except CatalogueRefused as error:
        raise StartError(str(error)) from error


def read_text(path: Path) -> str:
    """Return what a person's file says.

    Raises `StartError`.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        presets = ", ".join(sorted(each.stem for each in path.parent.glob("*.toml")))
        raise StartError(f"There is no catalogue {path}. In that folder are: {presets or 'none'}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The catalogue {path} cannot be read: {error}.") from error


def _read_serving(arguments: list[str]) -> Config:
    words = ", ".join(" ".join(each) for each in SUBCOMMANDS)
    parser = _parser((), "The queue server of one center.", f"{STATUSES} Other commands, each with --help: {words}.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 serves the hall")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default: 8080)")
    parser.add_argument("--preset", default="xa-vua", help="catalogue of the first start: a name in assets/catalogues")
    parser.add_argument("--catalogue", type=Path, help="catalogue of the first start: a TOML file instead of a preset")
    parser.add_argument("--site", default="main", help="name of this point on the first start, where there are several")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="host name that pages are opened by; may repeat"
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="address or network of a proxy in front, whose X-Forwarded-For counts; may repeat (docs/proxy.md)",
    )
    given = parser.parse_args(arguments)
    return Config(
        data=given.data,
        host=given.host,
        port=given.port,
        catalogue=given.catalogue or assets.FOLDER / "catalogues" / f"{given.preset}.toml",
        names=frozenset(_read_name(name) for name in given.name),
        proxies=frozenset(_read_proxy(address) for address in given.proxy),
        site=given.site,
    )


def _read_name(given: str) -> str:
    """Return a host name as browsers send it, in small letters; also of a whole address, which people copy."""
    try:
        host = urlsplit(given if "//" in given else f"//{given}").hostname or ""
    except ValueError:
        host = ""
    if not HOST.fullmatch(host):
        raise StartError(f"{given!r} is no host name; write it as motcua.xa-mau.gov.vn, with --name.")
    return host.rstrip(".")


def _read_proxy(given: str) -> str:
    try:
        return str(ip_network(given.removeprefix("[").removesuffix("]"), strict=False))
    except ValueError:
        raise StartError(f"{given!r} is no address of a proxy; write it as 127.0.0.1 or 10.1.0.0/24.") from None


def _read_password(words: Words, arguments: list[str]) -> PasswordRenewal:
    parser = _parser(words, "Give a person a new password, and say where it is.", STATUSES)
    parser.add_argument("account", help="name of the account")
    given = parser.parse_args(arguments)
    return PasswordRenewal(data=given.data, account=given.account)


def _read_device(words: Words, arguments: list[str]) -> DeviceAdmission | DeviceRemoval:
    what = "Let a kiosk, a display or a page in and say where its key is, or remove one; works while the server runs."
    parser = _parser(words, what, STATUSES)
    parser.add_argument("device", help="name of the box, as kiosk-2: small letters, digits and '-'")
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--role", choices=["kiosk", "display", "web"], help="what the box is that is let in")
    wish.add_argument("--remove", action="store_true", help="its key, and pages that stand for it, let nothing in")
    given = parser.parse_args(arguments)
    try:
        device = msgspec.convert(given.device, DeviceId)
    except msgspec.ValidationError:
        raise StartError(f"{given.device!r} is no name of a box; write it as kiosk-2.") from None
    if given.remove:
        return DeviceRemoval(data=given.data, device=device)
    return DeviceAdmission(data=given.data, device=device, role=given.role)


def _read_verification(words: Words, arguments: list[str]) -> Verification:
    what = "Read the whole journal and check that nothing in it was changed; works while the server runs."
    parser = _parser(words, what, STATUSES_OF_CHECKS)
    parser.add_argument("--expect", metavar="HASH", help="hash on the printed ledger of a day: it must be in the chain")
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong, and let other programs go first")
    given = parser.parse_args(arguments)
    expect = None if given.expect is None else "".join(given.expect.split()).lower()
    if expect is not None and not HASH.fullmatch(expect):
        raise StartError(f"{given.expect!r} is no hash; it has 64 digits from 0 to 9 and a to f.")
    return Verification(data=given.data, expect=expect, quiet=given.quiet)


def _read_replay(words: Words, arguments: list[str]) -> DayReplay:
    what = "Live through a day again from the journal and compare with the reports; works while the server runs."
    parser = _parser(words, what, STATUSES_OF_CHECKS)
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="the day, as 2026-11-23")
    given = parser.parse_args(arguments)
    return DayReplay(data=given.data, day=given.day)


def _read_rebuilding(words: Words, arguments: list[str]) -> ReportRebuilding:
    what = "Write the tables of reports anew from the journal. The server must be stopped."
    return ReportRebuilding(data=_parser(words, what, STATUSES).parse_args(arguments).data)


def _read_retention(words: Words, arguments: list[str]) -> RetentionRun:
    what = "Remove closed days that are older than the policy keeps them. The server must be stopped; it does so daily."
    return RetentionRun(data=_parser(words, what, STATUSES).parse_args(arguments).data)


def _read_backup(words: Words, arguments: list[str]) -> Backup:
    what = "Copy the center into a folder, check the copy, and keep the newest ones; works while the server runs."
    parser = _parser(words, what, STATUSES_OF_CHECKS)
    parser.add_argument("--to", type=Path, required=True, help="folder for the copies, on another disk")
    parser.add_argument("--keep", type=int, default=30, help="so many of the newest copies stay (default: 30)")
    parser.add_argument(
        "--with-keys", action="store_true", help="copy the keys of the boxes too, into a file beside it"
    )
    given = parser.parse_args(arguments)
    if given.keep < 1:
        raise StartError(f"--keep {given.keep} would keep no copy; give 1 or more.")
    return Backup(data=given.data, to=given.to, keep=given.keep, with_keys=given.with_keys)


def _read_restoration(words: Words, arguments: list[str]) -> Restoration:
    what = "Go on from a backup. What is in the data folder is laid aside. The server must be stopped."
    parser = _parser(words, what, STATUSES)
    help_ = "the backup, a folder of which the newest backup that holds is taken, or a data folder"
    parser.add_argument("source", type=Path, help=help_)
    given = parser.parse_args(arguments)
    return Restoration(data=given.data, source=given.source)


def _read_export(words: Words, arguments: list[str]) -> CatalogueExport:
    parser = _parser(words, "Write the catalogue in force as TOML; works while the server runs.", STATUSES)
    parser.add_argument("--to", type=Path, help="file to write (default: the screen)")
    given = parser.parse_args(arguments)
    return CatalogueExport(data=given.data, to=given.to)


def _read_import(words: Words, arguments: list[str]) -> CatalogueImport:
    parser = _parser(words, "Set the catalogue from a TOML file. The server must be stopped.", STATUSES)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", help="the catalogue")
    source.add_argument("--calendar", type=Path, help="a file of which only the table [hours] is taken")
    given = parser.parse_args(arguments)
    return CatalogueImport(data=given.data, file=given.calendar or given.file, hours_only=given.calendar is not None)


def _read_check(words: Words, arguments: list[str]) -> CatalogueCheck:
    parser = argparse.ArgumentParser(
        prog=_program(words), description="Say what is wrong with a catalogue, line by line.", epilog=STATUSES
    )
    parser.add_argument("file", type=Path, help="the catalogue")
    return CatalogueCheck(file=parser.parse_args(arguments).file)


def _parser(words: Words, what: str, statuses: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_program(words), description=what, epilog=statuses)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the journal (default: data)")
    return parser


def _program(words: Words) -> str:
    return " ".join(("python -m queue_server", *words))


SUBCOMMANDS: Mapping[Words, Callable[[Words, list[str]], Asked]] = {
    ("password",): _read_password,
    ("device",): _read_device,
    ("verify",): _read_verification,
    ("replay",): _read_replay,
    ("rebuild-reports",): _read_rebuilding,
    ("retain",): _read_retention,
    ("backup",): _read_backup,
    ("restore",): _read_restoration,
    ("catalogue", "export"): _read_export,
    ("catalogue", "import"): _read_import,
    ("catalogue", "check"): _read_check,
    ("simulate",): read_simulation,
}
