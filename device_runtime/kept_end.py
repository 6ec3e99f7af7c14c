"""Where the journal ends as far as a box has heard, on its disk: a server that lost that end learns it from here."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from device_runtime.durable_file import Damaged, json_file
from queue_protocol.journal_end import JournalEnd

log = logging.getLogger(__name__)

FILE = "journal_end.json"

Keep = Callable[[JournalEnd], None]


@contextlib.contextmanager
def keeping_end(folder: Path | None) -> Iterator[tuple[JournalEnd | None, Keep]]:
    """Lend what an earlier life has kept in this folder, and what keeps a newer one; `None`: nothing is kept.

    One thread of its own writes, as an old disk may be slow. A disk that takes nothing is said once: the box works on.
    """
    if folder is None:
        yield None, lambda _end: None
        return
    file = json_file(folder / FILE, JournalEnd)
    found = file.read()
    is_said = False

    def write(end: JournalEnd) -> None:
        nonlocal is_said
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write(end)
            is_said = False
        except OSError as error:
            if not is_said:
                log.warning("%s cannot be written; a server that loses its end is told less: %s", file.path, error)
            is_said = True

    with ThreadPoolExecutor(1, "journal-end") as writer:
        yield None if isinstance(found, Damaged) else found, lambda end: _submit(writer, write, end)


def _submit(writer: ThreadPoolExecutor, write: Keep, end: JournalEnd) -> None:
    with contextlib.suppress(RuntimeError):  # the box is ending
        writer.submit(write, end)
