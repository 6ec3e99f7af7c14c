"""A bare echo over the server's own websocket stack: what the wire alone can do on this machine."""

import socket
import sys

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from queue_server.app import use_fast_loop
from queue_server.web import application as web
from queue_server.web.newcomers import MOST


async def echo(websocket: WebSocket) -> None:
    """Send back what comes."""
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        return


if __name__ == "__main__":
    use_fast_loop()
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listening:
        print("echo listens", flush=True)
        web.run(Starlette(routes=[WebSocketRoute("/socket", echo)]), listening, (), MOST)
