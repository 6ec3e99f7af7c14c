"""The waist: what all boxes agree on. Data, the words for it, and the client; no decisions.

Everything that crosses a socket is defined here: `commands` ask, `answers` reply, `snapshots` show the whole of a
screen, `announcements` are said once. `codec` turns them into bytes and back, `session` keeps one client's side of
the conversation without touching a socket, `client` is the asyncio shell around it.
"""

PROTOCOL = 1
"""Version of the conversation. A server refuses a hello of another version; see docs/protocol_changes.md."""
