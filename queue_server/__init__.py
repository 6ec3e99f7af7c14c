"""The queue server: decides and remembers."""
