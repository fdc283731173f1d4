"""A tool that is not there: the test is skipped with that reason, or fails where everything is required."""

import os
from typing import NoReturn

import pytest


def tool(name: str) -> NoReturn:
    """End the test: `name` is what an administrator would install."""
    sentence = f"missing tool: {name}"
    if os.environ.get("RELAIS_REQUIRE_ALL") == "1":
        pytest.fail(f"{sentence} (RELAIS_REQUIRE_ALL=1)", pytrace=False)
    pytest.skip(sentence)
