"""The one writer: every command takes its path, every entry its clock."""
