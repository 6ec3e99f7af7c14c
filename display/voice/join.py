"""Owns how parts become one sound: clip after clip, silence between, exact to the sample."""

from collections.abc import Container, Mapping, Sequence

import numpy as np

from display.voice.waves import RATE, Samples, count_samples
from queue_protocol.announcements import Part
from queue_protocol.phrases import CHIME, Utterance


def sayable(utterances: Sequence[Utterance], clips: Container[str]) -> tuple[Utterance | None, ...]:
    """Return the utterances with those left out, as `None`, that no loaded bank can say whole.

    A sentence with a hole in it would send people to the wrong counter. The chime is no word: a call goes without it
    where it is missing, and where the first sentence is left out it sounds before the next one that is said.
    """
    said: list[Utterance | None] = []
    chime: Utterance = ()
    for utterance in utterances:
        head, sentence = _split_chime(utterance)
        chime = chime or (head if CHIME in clips else ())
        whole = bool(sentence) and not missing_clips(sentence, clips)
        said.append((*chime, *sentence) if whole else None)
        chime = () if whole else chime
    return tuple(said)


def _split_chime(utterance: Utterance) -> tuple[Utterance, Utterance]:
    """Return the chime with the silence after it, both of which only the first utterance has, and the sentence."""
    if utterance[:1] != (CHIME,):
        return (), utterance
    return utterance[:2], utterance[2:]


def missing_clips(parts: Sequence[Part], clips: Container[str]) -> tuple[str, ...]:
    """Return the keys of these parts that are not among the clips, each once."""
    return tuple(dict.fromkeys(part for part in parts if isinstance(part, str) and part not in clips))


def join(parts: Sequence[Part], clips: Mapping[str, Samples]) -> Samples:
    """Return the parts as one sound: each clip as it is in its bank, each silence as many samples as it lasts.

    Clips carry their own fades, so nothing is mixed or faded here. Raises `KeyError` for a clip that is not there.
    """
    pieces = [np.zeros(count_samples(part), np.int16) if isinstance(part, int) else clips[part] for part in parts]
    return np.concatenate([np.zeros(0, np.int16), *pieces])


def measure_s(parts: Sequence[Part], clips: Mapping[str, Samples]) -> float:
    """Return how long the parts last, in seconds. Raises `KeyError` for a clip that is not there."""
    return sum(count_samples(part) if isinstance(part, int) else clips[part].size for part in parts) / RATE
