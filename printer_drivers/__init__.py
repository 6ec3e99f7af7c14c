"""Makes paper: a slip in words becomes dots, dots become printer bytes, bytes go to a printer.

This box knows slips and printers, and nothing of queues. The way through it is `slip` -> `drawing`, which goes by
`layout` -> `raster` -> `escpos` or by a form with less to send -> a `printer` found by its `address`.
"""
