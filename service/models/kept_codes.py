"""Codes by name in one column, as the journal keeps them for figures."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class KeptCodes(TypeDecorator[dict[str, Any]]):
    """Names and codes as one JSON text, in the order of the names: the same text wherever it is written."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        """Nothing for no codes."""
        return json.dumps(value, sort_keys=True) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """The codes by name; None for none."""
        return None if value is None else json.loads(value)
