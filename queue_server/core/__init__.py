"""The rules of the hall, pure: no clock, no chance, no disk, no socket."""
