"""Reports of a span of days and the ledger of a day."""
