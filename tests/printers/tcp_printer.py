"""A printer on TCP for tests: it keeps every byte and behaves as it was told, well or badly."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from printer_drivers.answers import ASK_WHEN_DONE, Question, ask

Behaviour = Callable[[socket.socket, bytearray], None]

READY = dict.fromkeys(Question, 0x12)
NEAR_END = READY | {Question.PAPER: 0x1E}
PAPER_OUT = READY | {Question.PRINTER: 0x1A, Question.PAPER: 0x7E, Question.OFFLINE_CAUSE: 0x32}
COVER_OPEN = READY | {Question.PRINTER: 0x1A, Question.OFFLINE_CAUSE: 0x16}


class TcpPrinter:
    """Listens on a free port of this machine; `jobs` holds what each connection brought, questions left out."""

    def __init__(self, behaviour: Behaviour, *, receive_buffer: int | None = None) -> None:
        self.jobs: list[bytearray] = []
        self._behaviour = behaviour
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def behave(self, behaviour: Behaviour) -> None:
        """Treat the next connections in another way."""
        self._behaviour = behaviour

    def close(self) -> None:
        """Stop listening and wait for the connection at hand."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            job = bytearray()
            self.jobs.append(job)
            with link, contextlib.suppress(OSError):
                self._behaviour(link, job)


@contextlib.contextmanager
def tcp_printer(behaviour: Behaviour, *, receive_buffer: int | None = None) -> Iterator[TcpPrinter]:
    """Run a printer for the length of a test."""
    printer = TcpPrinter(behaviour, receive_buffer=receive_buffer)
    try:
        yield printer
    finally:
        printer.close()


def read_all(link: socket.socket, job: bytearray) -> None:
    """Take everything and say nothing, as most cheap printers do."""
    while data := link.recv(4096):
        job += data


def answering(
    before: dict[Question, int], after: dict[Question, int] | None = None, *, done: bytes = b"\x00"
) -> Behaviour:
    """Answer DLE EOT from `before`, and from `after` once a job came; answer GS r with `done` (empty: not at all)."""

    def behave(link: socket.socket, job: bytearray) -> None:
        while data := link.recv(4096):
            job += data
            link.sendall(_reply(job, before if after is None or len(job) < 16 else after, done))

    return behave


def _reply(job: bytearray, told: dict[Question, int], done: bytes) -> bytes:
    """Take the question off the end of what came and return its answer; questions come one at a time."""
    for question in Question:
        if job.endswith(ask(question)):
            del job[-3:]
            return bytes([told[question]]) if question in told else b""
    if job.endswith(ASK_WHEN_DONE):
        del job[-3:]
        return done
    return b""


def hang_up_after(count: int) -> Behaviour:
    """Take `count` bytes, then close."""

    def behave(link: socket.socket, job: bytearray) -> None:
        while len(job) < count:
            job += link.recv(min(512, count - len(job)))

    return behave


def never_read(gone: threading.Event) -> Behaviour:
    """Hold the connection open and read nothing until the test says so; then count what was on its way."""

    def behave(link: socket.socket, job: bytearray) -> None:
        gone.wait(10)
        read_all(link, job)

    return behave
