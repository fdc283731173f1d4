"""The accounts shown to visitors: one per role, all invented, one password for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.permissions import ROLE_LABELS, Role

SHOWN_CDAS = "cdas-redon"
"""The CDAS of the two accounts of the Département's social service that are shown."""

_UNIT_NAMES: Mapping[str, str] = {
    "cdas-redon": "CDAS Pays de Redon",
    "caf-secretariat": "Secrétariat du service social Caf",
    "caf-prestations": "Service Prestations",
    "caf-social": "Service social Caf",
    "caf-direction": "Direction de la Caf",
    "delegation": "Délégation à la vie sociale",
    "audit-departement": "Audit et protection des données – Département",
    "administration": "Administration technique",
}


@dataclass(frozen=True, slots=True)
class Showcase:
    """An account that visitors are invited to use; `role` and `unit` in French."""

    email: str
    name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody to hire: `email` is made of the name where it is left out.

    `named` for reception and concertation, `deputy` of the head: as a CDAS decides.
    """

    role: Role
    unit_code: str
    name: str
    email: str = ""
    named: bool = False
    deputy: bool = False


SHOWN: tuple[Post, ...] = (
    Post(Role.CDAS_AGENT, SHOWN_CDAS, "Démo-Martin Camille", "professionnel@demo.example"),
    Post(Role.CDAS_HEAD, SHOWN_CDAS, "Exemple-Le Gall Anatole", "responsable@demo.example"),
    Post(Role.CAF_SECRETARIAT, "caf-secretariat", "Démo-Rivière Soizic", "secretariat@demo.example"),
    Post(Role.CAF_AGENT, "caf-prestations", "Exemple-Diallo Awa", "gestionnaire@demo.example"),
    Post(Role.CAF_LEAD, "caf-prestations", "Démo-Tanguy Hervé", "prestations@demo.example"),
    Post(Role.CAF_TS, "caf-social", "Exemple-Morvan Inès", "social@demo.example"),
    Post(Role.CAF_HEAD, "caf-social", "Démo-Guérin Pascale", "responsable-social@demo.example"),
    Post(Role.STEERING, "delegation", "Exemple-Bertin Édith", "pilotage@demo.example"),
    Post(Role.AUDITOR, "audit-departement", "Démo-Lopez Octave", "audit@demo.example"),
    Post(Role.SI_REFERENT, "caf-direction", "Exemple-Kerbrat Nolwenn", "siao@demo.example"),
    Post(Role.ADMIN, "administration", "Démo-Pichon Gaël", "administration@demo.example"),
)

SHOWCASE: tuple[Showcase, ...] = tuple(
    Showcase(post.email, post.name, ROLE_LABELS[post.role], _UNIT_NAMES[post.unit_code]) for post in SHOWN
)
"""One account per role, for the login page and the welcome of `relais demo start`."""
