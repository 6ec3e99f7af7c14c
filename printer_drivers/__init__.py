"""Makes paper: a slip in words becomes dots, dots become printer bytes, bytes go to a printer.

This box knows slips and printers, and nothing of queues. The way through it is
`slip` -> `layout` -> `raster` -> `escpos` -> a `printer` found by its `address`.
"""
