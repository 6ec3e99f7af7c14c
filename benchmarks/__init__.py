"""What is claimed, measured: `python -m benchmarks` prints a table and writes JSON."""
