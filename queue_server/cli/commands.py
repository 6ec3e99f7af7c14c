"""Who does what the command line asks for: one table, and what ends a command that cannot be done."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from queue_server.app import serve
from queue_server.cli.catalogue import check_catalogue, export_catalogue, import_catalogue
from queue_server.cli.journal import back_up, rebuild_reports, remove_old_days, replay_day, verify_journal
from queue_server.cli.log import keep_log
from queue_server.cli.restore import restore
from queue_server.cli.simulate import simulate
from queue_server.process.arguments import (
    Backup,
    CatalogueCheck,
    CatalogueExport,
    CatalogueImport,
    Config,
    DayReplay,
    DeviceAdmission,
    DeviceRemoval,
    PasswordRenewal,
    ReportRebuilding,
    Restoration,
    RetentionRun,
    StartError,
    Verification,
    read_arguments,
)
from queue_server.process.first_access import admit_device, remove_device, renew_password
from queue_server.simulation.arguments import SimulationRun
from queue_server.storage.versions import JournalTooNew

RUN: Mapping[type, Callable[[Any], int]] = {
    Config: serve,
    PasswordRenewal: renew_password,
    DeviceAdmission: admit_device,
    DeviceRemoval: remove_device,
    Verification: verify_journal,
    DayReplay: replay_day,
    ReportRebuilding: rebuild_reports,
    RetentionRun: remove_old_days,
    Backup: back_up,
    Restoration: restore,
    CatalogueExport: export_catalogue,
    CatalogueImport: import_catalogue,
    CatalogueCheck: check_catalogue,
    SimulationRun: simulate,
}
"""Each returns the exit status, or raises `StartError`."""


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; returns the exit status."""
    keep_log()
    try:
        asked = read_arguments(arguments)
        return RUN[type(asked)](asked)
    except (StartError, JournalTooNew) as error:
        print(error, file=sys.stderr)  # noqa: T201 - one sentence to the person who started it
        return 2
    except KeyboardInterrupt:
        return 130
