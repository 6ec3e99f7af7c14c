"""The page of a clerk."""
