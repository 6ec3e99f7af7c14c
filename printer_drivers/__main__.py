"""The command line for whoever sets up a printer: `list`, `test URL`, `probe URL`, `status URL`.

Exit status: 0 it went well (`test`: all bytes went out; `status`: it can print), 1 the printer did not do it or cannot
print, 2 the command or the address is wrong, 3 this user may not use the device.
"""

import argparse
import functools
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from printer_drivers import clock
from printer_drivers.address import SerialAddress, build_line, build_printer, list_asks, parse, set_options
from printer_drivers.conversation import Terms
from printer_drivers.drawing import trial_job_of
from printer_drivers.models import is_known
from printer_drivers.printer import (
    CAN_PRINT,
    BadPrinterAddress,
    Deadlines,
    Evidence,
    PrinterError,
    PrinterForbidden,
)
from printer_drivers.probing import Findings, probe, recommend

WENT_WELL, DID_NOT, MISUSED, FORBIDDEN = range(4)

# Not all bytes went out.
_SHORT = frozenset({Evidence.NOTHING_SENT, Evidence.CUT_OFF})

_URL = "the printer, as tcp://10.0.0.9:9100?width=576 or usb:///dev/usb/lp0; see docs/printers.md"


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status; see the top of this file."""
    options = _build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except PrinterError as error:
        print(error, file=sys.stderr)
        return _status_of(error)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m printer_drivers",
        description="Find and try printers.",
        epilog="Exit status: 0 well, 1 the printer's fault, 2 wrong command or address, 3 no right to the device.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser(
        "list", help="show the printers attached to this computer or announced in its network"
    )
    listing.add_argument("--network", metavar="CIDR", help="knock on port 9100 of each host too, as 192.168.1.0/24")
    listing.set_defaults(run=_list)
    for name, run, summary in (
        ("test", _test, "print a ruler, all Vietnamese letters, a QR code, and cut"),
        ("probe", _probe, "find out what a printer answers, and print its line of configuration"),
        ("status", _tell_status, "say how a printer is"),
    ):
        command = commands.add_parser(name, help=summary)
        command.add_argument("url", help=_URL)
        command.set_defaults(run=run)
    return parser


def _status_of(error: PrinterError) -> int:
    if isinstance(error, BadPrinterAddress):
        return MISUSED
    return FORBIDDEN if isinstance(error, PrinterForbidden) else DID_NOT


def _list(options: argparse.Namespace) -> int:
    """Show what is found at once, then what takes time."""
    from printer_drivers import discovery  # noqa: PLC0415 - mDNS takes a quarter of a second to load, for this only

    network = discovery.read_network(options.network) if options.network else None
    searches: list[Callable[[], list[discovery.Found]]] = [discovery.find_attached, discovery.find_announced]
    if network is not None:
        searches.append(functools.partial(discovery.find_listening, network, _show_progress))
    shown: set[str] = set()
    for search in searches:
        for found in search():
            if found.url not in shown:
                print(f"{found.url}  {found.name}".rstrip(), flush=True)
            shown.add(found.url)
    if not shown:
        print("no printer found; a network printer may need: list --network 192.168.1.0/24", file=sys.stderr)
    return WENT_WELL


def _show_progress(done: int, of: int) -> None:
    """Say on one line how far the search is, if a person is watching."""
    if sys.stderr.isatty():
        print(f"\rknocking {done}/{of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _test(options: argparse.Namespace) -> int:
    printer = build_printer(options.url)
    printer.open()
    end = printer.print(trial_job_of(printer.paper, f"motcua {printer.paper.width_dots}"))
    printer.close()
    print(f"{end.outcome}: {end.bytes_accepted} bytes accepted, printer {end.state}. {end.reason}".rstrip())
    return DID_NOT if end.evidence in _SHORT else WENT_WELL


def _tell_status(options: argparse.Namespace) -> int:
    printer = build_printer(options.url)
    printer.open()
    status = printer.status()
    printer.close()
    raw = f", answered {status.raw.hex(' ')}" if status.raw else ""
    print(f"{status.state} since {status.since:%Y-%m-%dT%H:%M:%SZ}, known by {status.source}{raw}")
    return WENT_WELL if status.state in CAN_PRINT else DID_NOT


def _probe(options: argparse.Namespace) -> int:
    address = parse(options.url)
    can = list_asks(options.url)
    deadlines = Deadlines()
    with build_line(address).connect(deadlines) as wire:
        findings = probe(wire, Terms(can, deadlines, clock.monotonic_s))
    _show_findings(findings)
    baud = address.baud if isinstance(address, SerialAddress) else None
    model = findings.model if is_known(findings.model) else None
    url = set_options(options.url, recommend(findings, can, model, baud))
    print(f"{_interpreter()} -m kiosk --printer '{url}'")
    return WENT_WELL


def _interpreter() -> str:
    """Return the Python that runs this as a person types it here."""
    path = Path(sys.executable)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def _show_findings(findings: Findings) -> None:
    print(f"maker: {findings.maker or 'not told'}")
    print(f"model: {findings.model or 'not told'}")
    print(f"state: {findings.state}")
    for question, answer in findings.raw:
        print(f"{question}: {answer.hex(' ') or 'silence'}")
    if not any(answer for _, answer in findings.raw):
        print("the printer answers nothing: it may be mute, or the speed or the cable of its line is wrong")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
