"""The demonstration: two institutions that do not exist, at work for months, through the real operations.

`load` fills an empty database; `SHOWCASE` and `PASSWORD` are the accounts for visitors.
"""

from service.demonstration.accounts import SHOWCASE, Showcase
from service.demonstration.loading import load
from service.operations.invented import PASSWORD

__all__ = ["PASSWORD", "SHOWCASE", "Showcase", "load"]
