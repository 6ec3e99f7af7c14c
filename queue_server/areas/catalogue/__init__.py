"""What the center offers, as a manager reads and changes it."""
