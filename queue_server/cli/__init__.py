"""The command line of the server: one file for each group of commands."""
