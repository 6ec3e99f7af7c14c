"""Owns the arguments of the printer tool and its help, in the words of a text file."""

import argparse
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from queue_protocol.texts import Texts

Run = Callable[[argparse.Namespace, Texts], int]


class _Formatter(argparse.HelpFormatter):
    """Help whose first word is in the person's language too."""

    def __init__(self, prog: str, words: Texts) -> None:
        super().__init__(prog, max_help_position=28)
        self._words = words

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        own = f"{self._words.say('printer_tool_usage')} "
        super().add_usage(usage, actions, groups, own if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """A parser without a word of argparse's own."""

    def __init__(self, words: Texts, **settings: Any) -> None:
        super().__init__(formatter_class=functools.partial(_Formatter, words=words), add_help=False, **settings)
        self._words = words
        self.options = self.add_argument_group(words.say("printer_tool_options"))
        self.options.add_argument("-h", "--help", action="help", help=words.say("printer_tool_help"))

    def error(self, message: str) -> NoReturn:
        """Exit with 2; argparse's message is English and is told as the detail it is."""
        self.print_usage()
        self.exit(2, f"{self._words.say('printer_tool_wrong', detail=message)}\n")


def build_parser(runs: Mapping[str, Run], words: Texts) -> argparse.ArgumentParser:
    """Return the parser of the commands `list`, `test`, `probe` and `status`; `options.run` is the one of `runs`."""
    parser = _Parser(
        words,
        prog="python -m printer_drivers",
        description=words.say("printer_tool_summary"),
        epilog=words.say("printer_tool_exits"),
    )
    commands = parser.add_subparsers(
        title=words.say("printer_tool_commands"), required=True, metavar=words.say("printer_tool_command")
    )
    for name, run in runs.items():
        summary = words.say(f"printer_tool_{name}")
        command = commands.add_parser(name, words=words, help=summary, description=summary)
        if name == "list":
            command.options.add_argument("--network", metavar="CIDR", help=words.say("printer_tool_network"))
        else:
            places = command.add_argument_group(words.say("printer_tool_printer"))
            places.add_argument("url", metavar="URL", help=words.say("printer_tool_url"))
        if name == "test":
            data = words.say("printer_tool_data")
            command.options.add_argument("--data", default="data", metavar="DIR", help=data)
        command.set_defaults(run=run)
    return parser
