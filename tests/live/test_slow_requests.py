"""Connections that never finish asking are cut, each after its time; a request that was broken off leaves no trace."""

import logging
import socket
import time
from pathlib import Path

import pytest

from queue_server.web import engines
from tests.server_in_process import Running, running

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize(
    "said", [b"", b"GET /health HTT", HEAD, HEAD + b"account=", b"GET /health HTTP/1.1\r\nHost: 1"]
)
def test_a_request_that_does_not_come_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """Nothing, half a head, a head without its body: the connection ends, and others are served."""
    monkeypatch.setattr(engines, "HEAD_LIMIT_S", 0.2)
    monkeypatch.setattr(engines, "BODY_LIMIT_S", 0.2)
    with running(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), 20) as slow:
        slow.sendall(said)
        assert ended(slow)
        assert server.browse("/health").status == 200


def test_a_request_that_is_broken_off_writes_nothing(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """A form of which half came is no error of this server: no line and no traceback."""
    caplog.set_level(logging.INFO)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.port), 20) as broken:
            broken.sendall(HEAD.replace(b"127.0.0.1", server.host.encode()) + b"account=")
            time.sleep(0.05)
    assert server.browse("/health").status == 200
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def ended(connection: socket.socket) -> bool:
    """Say that the other side has ended a connection, once it has."""
    try:
        return connection.recv(4096) == b""
    except ConnectionResetError:
        return True
