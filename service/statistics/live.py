"""« Statistiques »: the figures of a month as they are known now, whole or narrowed one way at a time. Pure.

Without tables by unit: those are in the pack, masked once and for all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from service.statistics.document import Document
from service.statistics.figures import Figures
from service.statistics.pack import Material, figures_by_volet, key_figures
from service.statistics.periods import Month
from service.workflows import french


class Narrowed(NamedTuple):
    """One scope of the figures: `key` as they are kept, `label` as it is read."""

    key: str
    label: str


def live(month: Month, scope: Narrowed, figures: Mapping[str, Figures], computed_at: datetime) -> Document:
    """The month as a document that is not frozen; `figures`: of the months that are known, by key."""
    material = Material(month, figures, {}, {}, french.local_day(computed_at))
    return Document(
        kind="live",
        title=f"Statistiques – {month.label}",
        subtitle=scope.label,
        made_on=material.made_on,
        revision=1,
        sections=figures_by_volet(material, by_unit=False),
        key_figures=key_figures(material),
    )
