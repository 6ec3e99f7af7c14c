"""What is remembered: the journal, the tables read from it, and the few rows that may change."""
