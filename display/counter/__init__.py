"""Hangs on the counters: number signs that show who is there, call pads that act for the clerk. Decides nothing.

The way of a number: board -> `counters` -> a `CounterSign` -> bytes of a `template` -> `schedule` -> a `line`.
The way of a key: a `line` or a `keyboard` -> `presses` -> `counters` -> a command for the server.
"""
