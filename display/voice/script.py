"""Owns the script of a language, `script.toml`: what each clip says, and how each engine is asked to say it."""

import tomllib
from pathlib import Path

import msgspec

from queue_protocol.ids import Language

FILE_NAME = "script.toml"


class ScriptError(Exception):
    """A script cannot be read; the words say which and why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How one engine says one language. What an engine does not know, it does not read."""

    label: str
    """What people are told this voice is, in its own language."""
    licence: str
    voice: str = ""
    words_per_minute: int = 120
    pitch: int = 50
    """0 to 99."""
    pitch_range: int = 100
    """In percent of the engine's usual range."""
    respell: dict[str, str] = {}
    """Clip → how to spell it for an engine that would say its text wrongly. Nobody sees or records this."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank of one language must say."""

    language: Language
    clips: dict[str, str]
    """Clip (without its language) → what it says."""
    engines: dict[str, Settings] = {}


def read_script(folder: Path) -> Script:
    """Return the script of the language whose clips lie in this folder.

    Raises `ScriptError` when there is none or it is not a script.
    """
    path = folder / FILE_NAME
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Script)
    except (OSError, ValueError) as error:
        raise ScriptError(f"{path} cannot be read as a script: {error}") from error
