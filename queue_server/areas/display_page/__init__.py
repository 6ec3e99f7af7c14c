"""The display as a page."""
