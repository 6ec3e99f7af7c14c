"""The window of the display: draws a `Picture`, and says when a frame with it is on the screen."""
