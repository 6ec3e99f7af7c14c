"""The command line for whoever sets up a printer: `list`, `test URL`, `probe URL`, `status URL`.

Exit status: 0 it went well (`test`: all bytes went out and the printer answered, where it can; `status`: it can print),
1 the printer did not do it, cannot print, or does not answer where it should, 2 the command or the address is wrong,
3 this user may not use the device. Its words are in the text files; the locale decides the language.
"""

import argparse
import functools
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from printer_drivers import clock
from printer_drivers.address import (
    SerialAddress,
    build_line,
    build_printer,
    is_on_trial,
    list_asks,
    memory_name,
    parse,
    set_options,
)
from printer_drivers.answers import Ask
from printer_drivers.conversation import Terms
from printer_drivers.drawing import trial_job_of
from printer_drivers.models import find_model, is_known
from printer_drivers.printer import (
    CAN_PRINT,
    BadPrinterAddress,
    Deadlines,
    Evidence,
    PrinterError,
    PrinterForbidden,
    Source,
)
from printer_drivers.probing import Findings, probe, recommend
from printer_drivers.tool_arguments import build_parser
from printer_drivers.tool_words import read_words, say_error
from queue_protocol.texts import Texts

WENT_WELL, DID_NOT, MISUSED, FORBIDDEN = range(4)

# Not all bytes went out.
_SHORT = frozenset({Evidence.NOTHING_SENT, Evidence.CUT_OFF})


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status; see the top of this file."""
    words = read_words(os.environ)
    runs = {"list": _list, "test": _test, "probe": _probe, "status": _tell_status}
    options = build_parser(runs, words).parse_args(arguments)
    try:
        return int(options.run(options, words))
    except PrinterError as error:
        print(say_error(error, words), file=sys.stderr)
        return _status_of(error)


def _status_of(error: PrinterError) -> int:
    if isinstance(error, BadPrinterAddress):
        return MISUSED
    return FORBIDDEN if isinstance(error, PrinterForbidden) else DID_NOT


def _list(options: argparse.Namespace, words: Texts) -> int:
    """Show what is found at once, then what takes time."""
    from printer_drivers import discovery  # noqa: PLC0415 - mDNS takes a quarter of a second to load, for this only

    network = discovery.read_network(options.network) if options.network else None
    searches: list[Callable[[], list[discovery.Found]]] = [discovery.find_attached, discovery.find_announced]
    if network is not None:
        show = functools.partial(_show_progress, words)
        searches.append(functools.partial(discovery.find_listening, network, show))
    shown: set[str] = set()
    for search in searches:
        for found in search():
            if found.url not in shown:
                kind = words.say(f"printer_found_{found.kind}") if found.kind else ""
                trial = words.say("printer_on_trial") if is_on_trial(found.url) else ""
                print("  ".join(filter(None, (found.url, found.name, kind, trial))), flush=True)
            shown.add(found.url)
    if not shown:
        print(words.say("printer_found_none"), file=sys.stderr)
    return WENT_WELL


def _show_progress(words: Texts, done: int, of: int) -> None:
    """Say on one line how far the search is, if a person is watching."""
    if sys.stderr.isatty():
        line = words.say("printer_tool_knocking", done=done, of=of)
        print(f"\r{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _test(options: argparse.Namespace, words: Texts) -> int:
    _warn_of_trial(options.url, words)
    printer = build_printer(options.url)
    printer.open()
    end = printer.print(trial_job_of(printer.paper, f"motcua {printer.paper.width_dots}"))
    (Path(options.data) / "printers" / memory_name(options.url)).unlink(missing_ok=True)
    printer.close()
    print(words.say(f"printer_end_{end.evidence}"), words.say("printer_tool_bytes", n=end.bytes_accepted))
    print(words.say(f"printer_state_{end.state}"))
    if end.reason:
        print(words.say("printer_detail", detail=end.reason))
    if end.evidence is Evidence.ACCEPTED and _should_answer(options.url):
        print(words.say("printer_silent"), file=sys.stderr)
        return DID_NOT
    return DID_NOT if end.evidence in _SHORT else WENT_WELL


def _tell_status(options: argparse.Namespace, words: Texts) -> int:
    _warn_of_trial(options.url, words)
    printer = build_printer(options.url)
    printer.open()
    status = printer.status()
    printer.close()
    print(words.say(f"printer_state_{status.state}"), words.say(f"printer_known_by_{status.source}"))
    if status.raw:
        print(words.say("printer_detail", detail=status.raw.hex(" ")))
    if status.source is Source.SILENCE and _should_answer(options.url):
        print(words.say("printer_silent"), file=sys.stderr)
        return DID_NOT
    return WENT_WELL if status.state in CAN_PRINT else DID_NOT


def _should_answer(url: str) -> bool:
    """Say whether a printer at this address is asked, and so should answer; `status=off` asks nothing."""
    return bool(parse(url).manner.asks - {Ask.LINE})


def _probe(options: argparse.Namespace, words: Texts) -> int:
    _warn_of_trial(options.url, words)
    address = parse(options.url)
    can = list_asks(options.url)
    deadlines = Deadlines()
    with build_line(address).connect(deadlines) as wire:
        findings = probe(wire, Terms(can, deadlines, clock.monotonic_s))
    _show_findings(findings, words)
    baud = address.baud if isinstance(address, SerialAddress) else None
    model = findings.model if is_known(findings.model) else None
    url = set_options(options.url, recommend(findings, can, model, baud))
    print(f"{_interpreter()} -m kiosk --printer '{url}'")
    return WENT_WELL


def _warn_of_trial(url: str, words: Texts) -> None:
    if is_on_trial(url):
        print(words.say("printer_trial_note"), file=sys.stderr)


def _interpreter() -> str:
    """Return the Python that runs this as a person types it here."""
    path = Path(sys.executable)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def _show_findings(findings: Findings, words: Texts) -> None:
    not_told = words.say("printer_not_told")
    print(words.say("printer_maker", name=findings.maker or not_told))
    print(words.say("printer_model", name=findings.model or not_told))
    if is_known(findings.model):
        print(words.say("printer_detail", detail=find_model(findings.model).source))
    print(words.say(f"printer_state_{findings.state}"))
    for question, answer in findings.raw:
        print(f"{question}: {answer.hex(' ') or words.say('printer_no_reply')}")
    if findings.doubted:
        print(words.say("printer_doubted"))
    elif not any(answer for _, answer in findings.raw):
        print(words.say("printer_silent"))


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A terminal of an old code page shows what it can of Vietnamese instead of an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # these two are text files
    sys.exit(main(sys.argv[1:]))
