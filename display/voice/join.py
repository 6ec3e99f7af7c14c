"""Owns how parts become one sound: clip after clip, silence between, exact to the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from display.voice.waves import Samples, count_samples
from queue_protocol.announcements import Part


@dataclass(frozen=True, slots=True)
class MissingClips:
    """A call cannot be said whole: no loaded bank has these keys."""

    keys: tuple[str, ...]


def join(parts: Sequence[Part], clips: Mapping[str, Samples]) -> Samples | MissingClips:
    """Return the parts as one sound: each clip as it is in its bank, each silence as many samples as it lasts.

    Clips carry their own fades (banks whose clips click are refused), so nothing is mixed or faded here.
    """
    missing = tuple(dict.fromkeys(part for part in parts if isinstance(part, str) and part not in clips))
    if missing:
        return MissingClips(missing)
    pieces = [np.zeros(count_samples(part), np.int16) if isinstance(part, int) else clips[part] for part in parts]
    return np.concatenate([np.zeros(0, np.int16), *pieces])
