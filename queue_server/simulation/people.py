"""The people of a day: when each comes and for what, and all that will turn out about them, drawn beforehand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from queue_protocol.ids import ServiceId, Token, token_of
from queue_server.core.catalogue import Catalogue
from queue_server.core.facts import Session
from queue_server.simulation import estimates
from queue_server.simulation.chance import Chance, between, happens, lasting, one_of

BACK_WITHIN_MINUTES = 60
"""Who was promised to go first does not hurry, and does not come at noon."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes for a service."""

    arrives_at: datetime
    service: ServiceId
    priority: bool
    dossiers: int
    tokens: tuple[Token, Token, Token]
    """Of the slip, of the one after a wrong choice, and of one for the next working day."""
    walk_s: float
    """From the chair to the counter."""
    service_s: float
    """At the counter, with all dossiers."""
    patience_s: float
    """So long this person waits for the first call, breaks not counted, before going home without a word."""
    is_absent: bool
    """Not there at the first call, though not gone."""
    returns_after_s: float | None
    """After having been given up; `None`: never."""
    mistaken_for: ServiceId | None
    """The service chosen first, by mistake; `None`: no mistake."""
    steps_out_s: float | None
    """In the middle of the service; `None`: stays."""
    sent_on_to: ServiceId | None
    """The service at which the visit goes on; `None`: it ends."""
    forgotten_s: float
    """After the service, until the clerk presses the key."""
    goodbye_s: float
    """The same of a clerk who does not forget it."""
    comes_back: bool
    """On the next day, with a slip that was carried over."""
    carried_over: Token | None = None
    """Of such a slip; `None`: came for the first time."""


def draw_person(
    chance: Chance, catalogue: Catalogue, arrives_at: datetime, wanted: Mapping[ServiceId, float], priority_share: float
) -> Person:
    """Return somebody who comes at this moment; `wanted` has the weights of the services."""
    service = one_of(chance, wanted)
    dossiers = one_of(chance, estimates.DOSSIERS)
    others = {each: weight for each, weight in wanted.items() if each != service}
    return Person(
        arrives_at=arrives_at,
        service=service,
        priority=happens(chance, priority_share),
        dossiers=dossiers,
        tokens=_tokens(chance),
        walk_s=between(chance, *estimates.WALK_S),
        service_s=_service_s(chance, catalogue, service, dossiers),
        patience_s=estimates.PATIENCE_S + chance.expovariate(1 / estimates.PATIENCE_FALL_S),
        is_absent=happens(chance, estimates.NO_SHOW_SHARE),
        returns_after_s=_sometimes(chance, estimates.RETURN_SHARE, estimates.RETURN_AFTER_S),
        mistaken_for=_another(chance, estimates.WRONG_CHOICE_SHARE, others),
        steps_out_s=_sometimes(chance, estimates.STEP_OUT_SHARE, estimates.STEP_OUT_S),
        sent_on_to=_another(chance, estimates.SEND_ON_SHARE, others),
        forgotten_s=_sometimes(chance, estimates.FORGETTING_SHARE, estimates.FORGETTING_S) or 0.0,
        goodbye_s=between(chance, *estimates.BETWEEN_TICKETS_S),
        comes_back=happens(chance, estimates.COMES_BACK_SHARE),
    )


def effort(dossiers: int) -> float:
    """Return how many times as long as one dossier these take together."""
    return 1 + estimates.FURTHER_DOSSIER * (dossiers - 1)


def come_back(chance: Chance, left: Mapping[Token, Person], sessions: tuple[Session, ...]) -> Iterator[Person]:
    """Yield those who come back with slips of the last working day, soon after the doors open."""
    for slip, person in left.items():
        arrives_at = sessions[0].opens_at + timedelta(minutes=between(chance, 0, BACK_WITHIN_MINUTES))
        if person.comes_back:
            yield replace(
                person,
                arrives_at=arrives_at,
                tokens=_tokens(chance),
                carried_over=slip,
                mistaken_for=None,
                patience_s=2 * person.patience_s,
            )


def _tokens(chance: Chance) -> tuple[Token, Token, Token]:
    one, other, last = (token_of(chance.randbytes(16)) for _ in range(3))
    return one, other, last


def _service_s(chance: Chance, catalogue: Catalogue, service: ServiceId, dossiers: int) -> float:
    known = catalogue.service(service)
    minutes = 10 if known is None else known.expected_minutes
    variation = estimates.VISITS.get(service, estimates.OTHER_VISITS).variation
    return 60 * lasting(chance, minutes, variation) * effort(dossiers)


def _sometimes(chance: Chance, share: float, bounds: tuple[float, float]) -> float | None:
    """Return a time within bounds in this share of cases. Draws as much in all cases."""
    seconds = between(chance, *bounds)
    return seconds if happens(chance, share) else None


def _another(chance: Chance, share: float, others: Mapping[ServiceId, float]) -> ServiceId | None:
    if not happens(chance, share) or not others:
        return None
    return one_of(chance, others)
