"""Bytes to message and back: one decoder per direction, one error for whatever is wrong with a frame."""

import re
import unicodedata
from typing import Any, Literal

import msgspec

from queue_protocol import PROTOCOL
from queue_protocol.hellos import FromClient
from queue_protocol.ids import CommandId
from queue_protocol.snapshots import FromServer

MAX_FRAME = 65_536
"""Bytes of a frame from a client; the largest real one, a kiosk's hello with 1,000 slips, is under 20,000."""

_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029]|\\[bfnrtu]")
"""Control characters as msgspec writes them: the escapes of JSON, or raw from U+007F on."""


class MalformedFrame(Exception):
    """The other side sent something that is no message of this protocol."""

    def __init__(self, what: str, command_id: CommandId | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.command_id = command_id
        """Of a request whose id can be read though its command cannot: it alone is refused."""


class WrongProtocol(Exception):
    """The other side speaks another version of the protocol."""

    def __init__(self, theirs: int) -> None:
        super().__init__(f"protocol {theirs}; this side speaks {PROTOCOL}")
        self.theirs = theirs


class _Version(msgspec.Struct):
    protocol: int = PROTOCOL


class _Envelope(msgspec.Struct):
    """What is read of a frame that is no message of this version."""

    type: Literal["request"]
    command_id: CommandId


_encoder = msgspec.json.Encoder(order="deterministic")
_version = msgspec.json.Decoder(_Version)
_envelope = msgspec.json.Decoder(_Envelope)
_from_client: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)
_from_server: msgspec.json.Decoder[FromServer] = msgspec.json.Decoder(FromServer)


def encode(message: Any) -> bytes:
    """Return the canonical bytes of a message: the same message always gives the same bytes."""
    return _encoder.encode(message)


def decode_from_client(frame: bytes | str) -> FromClient:
    """Return what a client sent.

    Raises `WrongProtocol` for a hello of another version, whatever else it holds, and `MalformedFrame` for all that
    is not a message: wrong shape, out of bounds, too large, text that is not NFC or holds control characters.
    """
    if len(frame) > MAX_FRAME:
        raise MalformedFrame(f"frame of {len(frame)} bytes; {MAX_FRAME} are allowed")
    try:
        message: FromClient = _decode(_from_client, frame)
        if not _is_plain(frame):
            _check_text(encode(message).decode())
    except MalformedFrame as error:
        raise MalformedFrame(error.what, _command_id(frame)) from error
    return message


def decode_from_server(frame: bytes | str) -> FromServer:
    """Return what the server sent.

    Raises `WrongProtocol` and `MalformedFrame` as `decode_from_client` does; texts and size are the server's own.
    """
    message: FromServer = _decode(_from_server, frame)
    return message


def _decode(decoder: "msgspec.json.Decoder[Any]", frame: bytes | str) -> Any:
    try:
        message = decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
        _check_version(frame)
        raise MalformedFrame(str(error)) from error
    theirs = getattr(message, "protocol", PROTOCOL)
    if theirs != PROTOCOL:
        raise WrongProtocol(theirs)
    return message


def _command_id(frame: bytes | str) -> CommandId | None:
    """Return the id of a request, whatever else is wrong with it; `None`: it is no request, or has none."""
    try:
        return _envelope.decode(frame).command_id
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return None


def _check_version(frame: bytes | str) -> None:
    """Raise `WrongProtocol` for a frame of another version, of which this one cannot know the shape."""
    try:
        theirs = _version.decode(frame).protocol
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return
    if theirs != PROTOCOL:
        raise WrongProtocol(theirs)


def _is_plain(frame: bytes | str) -> bool:
    """Say whether a frame is ASCII without escapes, as nearly all are: there is nothing to check in its texts."""
    if isinstance(frame, bytes):
        return frame.isascii() and b"\\" not in frame and b"\x7f" not in frame
    return frame.isascii() and "\\" not in frame and "\x7f" not in frame


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise MalformedFrame("text is not in Unicode normal form C")
    if _CONTROL.search(text):
        raise MalformedFrame("text holds a control character or a backslash")
