"""The write side: one verb, one function, one transaction."""
