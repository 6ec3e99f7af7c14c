"""The boxes that are let in."""
