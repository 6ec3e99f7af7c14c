"""The part of `docs/protocol.md` that no struct states: how a conversation begins, goes on and ends."""

from collections.abc import Iterator

from queue_protocol import PROTOCOL
from queue_protocol.codec import MAX_FRAME
from queue_protocol.session import ASK_AGAIN_S, FIRST_RETRY_S, LASTING, LONGEST_RETRY_S, SILENCE_LIMIT_S
from queue_server.app import BEAT_S
from queue_server.live.connection import OUTBOX_LIMIT
from queue_server.live.hub import PAGE_PREFIX, SEND_LIMIT_S
from queue_server.live.sockets import CLOSE_CODES, HELLO_WAIT_S, IN_FLIGHT_LIMIT
from queue_server.web.access import DEVICE_COOKIE, SESSION_COOKIE
from queue_server.web.application import PING_S
from queue_server.web.newcomers import MOST_OF_AN_ADDRESS
from tools.generated import table

LIMITS = (
    ("path", "/socket", "of the websocket; `ws://` or, behind a proxy, `wss://`"),
    ("version", PROTOCOL, "goes into `protocol` of the hello"),
    ("frame", MAX_FRAME, "bytes of a client's frame at most; a longer one closes with 1009"),
    ("hello", HELLO_WAIT_S, "seconds from the handshake to the hello; then the server closes"),
    ("beat", BEAT_S, "seconds between two `beat`"),
    ("silence", SILENCE_LIMIT_S, "seconds without any frame after which a client takes the link for dead"),
    ("ping", PING_S, "seconds between two pings, and to answer one"),
    ("in flight", IN_FLIGHT_LIMIT, "requests without an answer; further ones are refused as `busy`"),
    ("outbox", OUTBOX_LIMIT, "frames that wait for a client that does not read; then it is cut"),
    ("send", SEND_LIMIT_S, "seconds for a frame to be taken; then the client is cut"),
    ("newcomers", MOST_OF_AN_ADDRESS, "connections of one address that are not let in; then the oldest is cut"),
    ("ask again", ASK_AGAIN_S, "seconds until a request refused as `busy` or `storage` is sent again"),
    ("first retry", FIRST_RETRY_S, "seconds until the first new connection, doubled each time"),
    ("longest retry", LONGEST_RETRY_S, "seconds at most, each spread by a fifth up or down"),
)


def session() -> Iterator[str]:
    """Yield the lines."""
    lasting = ", ".join(f"`{each.__struct_config__.tag}`" for each in LASTING)
    facts = {"session": SESSION_COOKIE, "device": DEVICE_COOKIE, "page": PAGE_PREFIX, "lasting": lasting}
    yield from _BEFORE.format_map(facts).split("\n")
    yield "### Limits"
    yield ""
    limits = [
        (name, f"`{value:g}`" if isinstance(value, float) else f"`{value}`", meaning) for name, value, meaning in LIMITS
    ]
    yield from table(("limit", "value", "meaning"), limits)
    yield "### Close codes"
    yield ""
    yield "The last frame before one of these is an `answer` with `command_id` null and the refusal; a person must act."
    yield "After any other end (1000, 1001, 1006, 1011, 1012 when the server stops) a client connects again by itself."
    yield ""
    codes = [(f"`{code}`", f"`{refusal}`") for refusal, code in sorted(CLOSE_CODES.items(), key=lambda each: each[1])]
    yield from table(("close code", "refusal"), codes)


_BEFORE = """## The session

1. **Handshake.** A websocket without subprotocol and compression. `Host` must be an address of the server, its own
   name or one given with `--name`; `Origin`, which browsers send and boxes leave out, must be the same place.
   Anything else is answered with 403 and no socket.
2. **Hello.** The first frame introduces the client, once: `kiosk_hello` or `display_hello` with the box's `key`;
   `desk_hello` and `office_hello` by the cookie `{session}` of the handshake, which `POST /sign-in` sets (form
   fields `account`, `password`, `next`; the POST needs an `Origin`). A page that stands for a box has no key but
   the cookie `{device}`, set by `POST /device` (`device`, `key`, `next`). A display that names itself `{page}…` may
   look without either, and ask nothing.
3. **Welcome.** The first frame back; or an `answer` that refuses, and a close code.
4. **Snapshots.** `menu` for kiosks, `board` for displays, `desk`, `office`: whole, each replaces the one before.
   The next one comes only after `seen` with the `revision` of the last; meanwhile others are left out, so a slow
   client gets the newest and no backlog.
5. **Requests.** `request` with a `command_id` made by the client, once per act of a person, and `age_ms` since
   then. The `answer` names the same id; answers may come in another order. The same id with the same command has
   one effect and one answer, for seven days and across restarts; with another command it is refused as
   `command_id_reused`. A request whose id can be read though it is no command is refused as `malformed`, and the
   session goes on; any other malformed frame ends it.
6. **Announcements.** `call_announcement` and `print_slip` come once, besides snapshots, and are offered again after
   a reconnect until they are reported (`report_call`, `report_slip`).
7. **After a cut**: connect, say hello, and send all that was not answered again, with the same ids and a later
   `age_ms`. `busy` and `storage` pass by themselves: ask again. All other refusals are final. What has happened is
   asked until it is answered, in its order, however late: {lasting}. Unknown fields of a message are passed over;
   an unknown `type` is not.

An **instant** is text of RFC 3339 in UTC, as `2026-11-23T01:00:00Z` or `2026-11-23T01:00:00.250000Z`; one from a
client may have any offset. A **date** is `2026-11-23`. A field with a default may be left out; `null` is written
where a type says so. Text is compared byte by byte, in Unicode normal form C.
"""
