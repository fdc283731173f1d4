"""Text to plain values and back, in French; never queries."""
