"""The kiosk: asks for tickets and prints slips. It decides nothing about the queue."""
