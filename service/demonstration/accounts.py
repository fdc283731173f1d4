"""The staff of the demonstration: everybody is invented, one account per role is shown to visitors."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.demonstration import names
from service.models import Account, Membership, Sector
from service.operations import passwords
from service.permissions import Actor, Institution, Role, UnitKind
from service.queries.reference import Reference, reference

PASSWORD = "trois bateaux au port"  # noqa: S105 – shown on purpose, in demonstration mode only
"""The one password of every account of the demonstration."""

SHOWN_CDAS = "cdas-redon"
SHOWN_SECTOR = "secteur-16"


@dataclass(frozen=True, slots=True)
class Showcase:
    """An account that visitors are invited to use."""

    email: str
    name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Post:
    """Somebody to hire."""

    email: str
    name: str
    role: Role
    unit_code: str
    starts_on: date | None = None


_SHOWN = (
    _Post("professionnel@demo.example", "Démo-Martin Camille", Role.CDAS_AGENT, SHOWN_CDAS),
    _Post("responsable@demo.example", "Exemple-Le Gall Anatole", Role.CDAS_HEAD, SHOWN_CDAS),
    _Post("secretariat@demo.example", "Démo-Rivière Soizic", Role.CAF_SECRETARIAT, "caf-secretariat"),
    _Post("gestionnaire@demo.example", "Exemple-Diallo Awa", Role.CAF_AGENT, "caf-prestations"),
    _Post("prestations@demo.example", "Démo-Tanguy Hervé", Role.CAF_LEAD, "caf-prestations"),
    _Post("social@demo.example", "Exemple-Morvan Inès", Role.CAF_TS, "caf-social"),
    _Post("responsable-social@demo.example", "Démo-Guérin Pascale", Role.CAF_HEAD, "caf-social"),
    _Post("pilotage@demo.example", "Exemple-Bertin Édith", Role.STEERING, "delegation"),
    _Post("audit@demo.example", "Démo-Lopez Octave", Role.AUDITOR, "audit-departement"),
    _Post("siao@demo.example", "Exemple-Kerbrat Nolwenn", Role.SI_REFERENT, "caf-direction"),
    _Post("administration@demo.example", "Démo-Pichon Gaël", Role.ADMIN, "administration"),
)
_SHOWN_WORDS = {
    Role.CDAS_AGENT: ("Professionnel du CDAS", "CDAS Redon"),
}
