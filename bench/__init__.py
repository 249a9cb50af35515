"""The product in numbers: `python -m bench` starts a stack of its own and prints a table. See docs/benchmarks.md."""
