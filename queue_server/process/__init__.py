"""The server as a process: what it is asked for, its folder, port and clock, its first people, its signs of life."""
