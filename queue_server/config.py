"""The command line, and the files a center brings along: what can be wrong with them is said in one sentence."""

import argparse
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

import assets
from queue_protocol.ids import DeviceId
from queue_server.core.catalogue import Catalogue, contradictions
from queue_server.storage.accounts import DeviceRole


class StartError(Exception):
    """The server cannot start. The message says what to do; the exit status is 2."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the command line asks for."""

    data: Path
    host: str
    port: int
    catalogue: Path
    names: frozenset[str]
    """Host names, besides addresses, under which pages may be opened."""


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


def read_arguments(arguments: list[str]) -> Config | PasswordRenewal | DeviceAdmission:
    """Return what is asked for; leaves with status 2 and a sentence when the words make no sense."""
    if arguments[:1] == ["password"]:
        return _read_password_arguments(arguments[1:])
    if arguments[:1] == ["device"]:
        return _read_device_arguments(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m queue_server", description="The queue server of one center.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the journal (default: data)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 serves the hall")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default: 8080)")
    parser.add_argument("--preset", default="xa-vua", help="catalogue of the first start: a name in assets/catalogues")
    parser.add_argument("--catalogue", type=Path, help="catalogue of the first start: a TOML file instead of a preset")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="host name that pages are opened by; may repeat"
    )
    given = parser.parse_args(arguments)
    return Config(
        data=given.data,
        host=given.host,
        port=given.port,
        catalogue=given.catalogue or assets.FOLDER / "catalogues" / f"{given.preset}.toml",
        names=frozenset(name.lower() for name in given.name),
    )


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue in a TOML file.

    Raises `StartError` that names the file, the place in it and what was expected there.
    """
    try:
        catalogue = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Catalogue)
        ZoneInfo(catalogue.time_zone)
    except FileNotFoundError:
        presets = ", ".join(sorted(each.stem for each in path.parent.glob("*.toml")))
        raise StartError(f"There is no catalogue {path}. In that folder are: {presets or 'none'}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The catalogue {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise StartError(f"The catalogue {path} is no TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise StartError(f"The catalogue {path} is not right: {error} ($ is the file).") from error
    except ZoneInfoNotFoundError:
        raise StartError(
            f"The catalogue {path} names a time zone that does not exist; write Asia/Ho_Chi_Minh."
        ) from None
    problems = "; ".join(contradictions(catalogue))
    if problems:
        raise StartError(f"The catalogue {path} contradicts itself: {problems}.")
    return catalogue


def _read_password_arguments(arguments: list[str]) -> PasswordRenewal:
    parser = argparse.ArgumentParser(
        prog="python -m queue_server password", description="Give a person a new password and print it."
    )
    parser.add_argument("account", help="name of the account")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the journal (default: data)")
    given = parser.parse_args(arguments)
    return PasswordRenewal(data=given.data, account=given.account)


def _read_device_arguments(arguments: list[str]) -> DeviceAdmission:
    parser = argparse.ArgumentParser(
        prog="python -m queue_server device", description="Let a kiosk or a display in, and print its key."
    )
    parser.add_argument("device", help="name of the box, as kiosk-2: small letters, digits and '-'")
    parser.add_argument("--role", choices=["kiosk", "display"], required=True, help="what the box is")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the journal (default: data)")
    given = parser.parse_args(arguments)
    try:
        device = msgspec.convert(given.device, DeviceId)
    except msgspec.ValidationError:
        raise StartError(f"{given.device!r} is no name of a box; write it as kiosk-2.") from None
    return DeviceAdmission(data=given.data, device=device, role=given.role)
