"""Lists of the past, a year at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request, url_for


def asked(today: date) -> int:
    """The year that the address asks for (`annee`); the present one where it asks for none that could be."""
    year = request.args.get("annee", today.year, type=int)
    return year if 2000 <= year <= 2100 else today.year


def filters(endpoint: str, known: Sequence[int], year: int, today: date, **more: Any) -> list[dict[str, Any]]:
    """The links to the years that hold something, and to the present one, the last one first."""
    return [
        {
            "label": str(one),
            "count": None,
            "url": url_for(endpoint, annee=one, **more),
            "current": one == year,
        }
        for one in sorted({*known, year, today.year}, reverse=True)
    ]
