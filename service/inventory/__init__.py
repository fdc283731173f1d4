"""What each column of the database says about somebody, why, and for how long (R-DP): the source of docs/personal-data.md.

A column that no line names fails the tests, with a sentence that says where to describe it.
"""
