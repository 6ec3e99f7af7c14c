"""A box whose key was replaced or removed is out within a beat, by whatever process."""

import json
import sqlite3
from pathlib import Path

import pytest

from queue_protocol.ids import DeviceId
from queue_protocol.snapshots import Board, Menu
from queue_server import app
from queue_server.process.arguments import DeviceRemoval
from queue_server.process.first_access import remove_device
from queue_server.storage.accounts import Accounts
from queue_server.storage.sqlite import FILE
from queue_server.web.access import hash_secret
from tests.server_in_process import running


@pytest.mark.parametrize("how", ["replaced", "command", "office"])
def test_a_box_without_its_key_is_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Its open socket ends and it is told `unknown_key` when it comes back; another box goes on."""
    monkeypatch.setattr(app, "BEAT_S", 0.1)
    with running(tmp_path) as server:
        kiosk, display = server.kiosk(), server.display()
        kiosk.hear(Menu)
        display.hear(Board)
        key = server.key("kiosk-1")
        if how == "replaced":
            other = sqlite3.connect(server.folder / FILE, isolation_level=None)
            other.execute("PRAGMA foreign_keys = ON")
            Accounts(other).set_device(DeviceId("kiosk-1"), "kiosk", hash_secret("another-key-of-kiosk-1"))
            other.close()
        elif how == "command":
            assert remove_device(DeviceRemoval(data=server.folder, device=DeviceId("kiosk-1"))) == 0
        else:
            assert server.browse("/devices/remove", {"device": "kiosk-1"}, "lan").status == 403
            assert server.browse("/devices/remove", {"device": "kiosk-1"}, "quanly").status == 200
            boxes = json.loads(server.browse("/devices.json", account="quanly").text)
            assert [each["device"] for each in boxes] == ["display-1", "display-2"]
            assert server.browse("/devices/remove", {"device": "kiosk-1"}, "quanly").status == 404
        kiosk.hear_end()
        (server.folder / "keys" / "kiosk-1").write_text(key, "ascii")
        refusal, code = server.kiosk().hear_end()
        assert (refusal.result.code, code) == ("unknown_key", 4401)
        assert display.connection.close_code is None
