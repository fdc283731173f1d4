"""Benchmarks of Relais: `make bench` seeds a database of its own, measures beside a floor, and says the ratios."""
