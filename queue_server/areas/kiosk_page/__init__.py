"""The kiosk as a page."""
