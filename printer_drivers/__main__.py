"""The command line: `python -m printer_drivers test URL` prints a page that shows what a printer can do."""

import argparse
import sys

from printer_drivers.address import build_printer
from printer_drivers.escpos import encode
from printer_drivers.printer import BadPrinterAddress, Outcome
from printer_drivers.raster import FontRuler, paint
from printer_drivers.trial_page import lay_out_trial_page


def main(arguments: list[str]) -> int:
    """Print the page; return 0 when the bytes went out, 1 when they did not, 2 for an address that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m printer_drivers", description="Try a printer.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    test = commands.add_parser("test", help="print a ruler, all Vietnamese letters, a QR code, and cut")
    test.add_argument("url", help="the printer, as tcp://10.0.0.9:9100?width=576 or virtual://FOLDER?width=384")
    url = parser.parse_args(arguments).url
    try:
        printer = build_printer(url)
    except BadPrinterAddress as error:
        print(error, file=sys.stderr)
        return 2
    page = paint(lay_out_trial_page(printer.paper, FontRuler(), f"motcua {printer.paper.width_dots}"))
    end = printer.print(encode(page, printer.paper))
    printer.close()
    print(f"{end.outcome}: {end.bytes_accepted} bytes accepted, printer {end.state}. {end.reason}".rstrip())
    return 1 if end.outcome is Outcome.FAILED else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
