"""Notes and comments on tickets."""
