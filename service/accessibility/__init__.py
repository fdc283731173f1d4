"""How far the pages keep the RGAA 4.1.2, criterion by criterion, and the statement that is computed from it.

A criterion without a proof, or a proof that no longer exists, fails the tests.
"""
