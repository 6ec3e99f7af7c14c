"""`python -m display.voice`: makes banks, checks them, says a call."""

import argparse
import sys
from pathlib import Path

import assets
from display.voice.bank import BankError, load_bank, load_banks, read_manifest
from display.voice.join import join, missing_clips
from display.voice.player import choose_sink
from display.voice.script import ScriptError, read_script
from display.voice.sink import SinkError
from display.voice.speech import ENGINES, SpeechError
from display.voice.studio import make_chime_bank, make_language_bank
from display.voice.waves import Samples, duration_s, write_wave
from queue_protocol.phrases import LANGUAGES, announce_call

BANKS = assets.FOLDER / "voice"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
    except (BankError, ScriptError, SinkError, SpeechError, OSError) as error:
        print(f"display.voice: {error}", file=sys.stderr)
        return 2
    return 0


def build(asked: argparse.Namespace) -> None:
    """Make the banks of some languages, and the chime."""
    engine = ENGINES[asked.engine]()
    make_chime_bank(asked.to)
    for language in asked.language or LANGUAGES:
        make_language_bank(asked.to / language, read_script(BANKS / language), engine, _show_progress)
        print(f"\r{asked.to / language}: {read_manifest(asked.to / language).label}\033[K")


def check(asked: argparse.Namespace) -> None:
    """Load every bank below a folder and say what is in it."""
    for folder in (asked.banks, *(asked.banks / language for language in LANGUAGES)):
        clips, manifest = load_bank(folder), read_manifest(folder)
        seconds = sum(duration_s(clip) for clip in clips.values())
        print(f"{folder}: {manifest.id}, {len(clips)} clips, {seconds:.1f} s, {manifest.source}")


def say(asked: argparse.Namespace) -> None:
    """Say one call, or write it."""
    sound = _join_call(asked)
    if asked.to is not None:
        asked.to.write_bytes(write_wave(sound))
        return
    sink = choose_sink("device")
    sink.open()
    try:
        sink.play("call", [sound])
    finally:
        sink.close()


def _join_call(asked: argparse.Namespace) -> Samples:
    utterances = announce_call(asked.number, asked.counter, asked.kind, asked.languages)
    loaded = load_banks(asked.banks, asked.languages)
    parts = [part for utterance in utterances for part in utterance]
    missing = missing_clips(parts, loaded.clips)
    if missing:
        raise BankError(asked.banks, [f"clips missing: {', '.join(missing)}", *loaded.faults])
    return join(parts, loaded.clips)


def _languages(text: str) -> list[str]:
    languages = text.split(",")
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no voice speaks {', '.join(unknown)}; choose from {', '.join(LANGUAGES)}")
    return languages


def _show_progress(done: int, total: int, text: str) -> None:
    print(f"\r{done}/{total} {text}\033[K", end="", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m display.voice", description="The voice of the hall.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    building = commands.add_parser("build", help="make banks of clips with an engine")
    building.add_argument("--engine", choices=ENGINES, default="espeak")
    building.add_argument("--language", choices=LANGUAGES, action="append", help="default: all")
    building.add_argument("--to", type=Path, default=BANKS, metavar="DIR", help="default: the shipped banks")
    building.set_defaults(run=build)

    checking = commands.add_parser("check", help="load the banks and refuse what is not whole")
    checking.set_defaults(run=check)

    saying = commands.add_parser("say", help="say one call, as: say A015 3")
    saying.add_argument("number")
    saying.add_argument("counter", type=int)
    saying.add_argument("--kind", choices=("first", "recall", "last"), default="first")
    saying.add_argument("--languages", type=_languages, default="vi", metavar="vi,en")
    saying.add_argument("--to", type=Path, metavar="FILE.wav", help="write instead of playing")
    saying.set_defaults(run=say)

    for command in (checking, saying):
        command.add_argument("--banks", type=Path, default=BANKS, metavar="DIR", help="default: the shipped banks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
