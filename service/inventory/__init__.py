"""What each column of the database says of somebody, why, and how long it is kept (R-DP-6): docs/personal-data.md.

A column that no line names fails the tests, with a sentence that says where to describe it.
"""
