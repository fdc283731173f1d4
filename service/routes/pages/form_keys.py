"""The random key that a form carries: what is sent twice under it is made once."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

_KEY = re.compile(r"[0-9a-f]{32}")


def fresh() -> str:
    """The key of a new form."""
    return secrets.token_hex(16)


def given_back(typed: Mapping[str, Any]) -> str:
    """The key of the form that was sent; a fresh one where it has none."""
    key = str(typed.get("form_key", ""))
    return key if _KEY.fullmatch(key) else fresh()
