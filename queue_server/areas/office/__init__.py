"""The manager's page of the day."""
