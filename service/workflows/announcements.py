"""Notices between the institutions, « Informations » (R-GO-5): whom one is for, and where it stands on a day."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from service.permissions import UnitKind

GROUPS: Mapping[str, tuple[str, frozenset[UnitKind]]] = MappingProxyType(
    {
        "cdas": ("Tous les CDAS", frozenset({UnitKind.CDAS})),
        "caf": (
            "Toute la Caf",
            frozenset({UnitKind.CAF_SECRETARIAT, UnitKind.CAF_PRESTATIONS, UnitKind.CAF_SOCIAL}),
        ),
        "caf_secretariat": ("Secrétariat du service social Caf", frozenset({UnitKind.CAF_SECRETARIAT})),
        "caf_prestations": ("Service Prestations", frozenset({UnitKind.CAF_PRESTATIONS})),
        "caf_social": ("Service social de la Caf", frozenset({UnitKind.CAF_SOCIAL})),
        "steering": ("Délégation, direction et audit", frozenset({UnitKind.STEERING})),
    }
)
"""The groups of units that may be ticked at once: an institution's, or a kind's; CDAS may also be named one by one."""

ANNOUNCERS: Mapping[str, str] = MappingProxyType(
    {"caf": "La Caf", "departement": "Le Département", "both": "L’une ou l’autre"}
)
"""Who announces a type of information to the other side."""


class Phase(StrEnum):
    """Where a notice stands."""

    COMING = "coming"
    IN_FORCE = "in_force"
    PAST = "past"

    @property
    def label(self) -> str:
        """In French, as its list is titled."""
        return {"coming": "À venir", "in_force": "En vigueur", "past": "Passées"}[self.value]


def phase(takes_effect_on: date, ends_on: date | None, *, withdrawn: bool, today: date) -> Phase:
    """Past from the day after its last one, or once withdrawn; to come before its first one."""
    if withdrawn or (ends_on is not None and ends_on < today):
        return Phase.PAST
    return Phase.COMING if today < takes_effect_on else Phase.IN_FORCE
