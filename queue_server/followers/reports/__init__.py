"""The reports as a fold: what each entry of the journal changes in the rows that a manager's figures are read from."""
