"""Figures for whoever watches the server, in the format of Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from queue_protocol.snapshots import ClockState

REGISTRY = CollectorRegistry()

_refusals = Counter("motcua_refusals", "Refusals by code.", ["code"], registry=REGISTRY)
_commits = Histogram(
    "motcua_commit_seconds",
    "Time of one durable transaction.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0),
    registry=REGISTRY,
)
_entries = Gauge("motcua_journal_sequence", "Sequence of the last event of the journal.", registry=REGISTRY)
_clients = Gauge("motcua_clients", "Connected clients by kind.", ["kind"], registry=REGISTRY)
_waiting = Gauge("motcua_tickets_waiting", "Tickets that wait, by service.", ["service"], registry=REGISTRY)
_clock = Gauge("motcua_clock_believed", "1: the PC's clock is believed; 0: it is behind, or jumped.", registry=REGISTRY)


def count_refusal(code: str) -> None:
    """Count a refusal."""
    _refusals.labels(code).inc()


def note_commit(seconds: float) -> None:
    """Take note of how long a transaction took."""
    _commits.observe(seconds)


def exposition(sequence: int, clients: dict[str, int], waiting: dict[str, int], clock: ClockState) -> bytes:
    """Return the page of figures with the state as it is at this moment."""
    _clock.set(clock == "fine")
    _entries.set(sequence)
    for kind, count in clients.items():
        _clients.labels(kind).set(count)
    for service, count in waiting.items():
        _waiting.labels(service).set(count)
    return generate_latest(REGISTRY)
