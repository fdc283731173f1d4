"""« Comptes »: what narrows the list, and its file."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service.models import Membership
from service.permissions import ROLE_LABELS, ROLES_OF_KIND
from service.queries.accounts import Filters
from service.queries.reference import UnitCard
from service.routes.pages.views.narrowing import Filter
from service.routes.pages.views.people import STATES, shown_member
from service.spreadsheet import Line

EXPORT_HEAD = ("Nom", "Adresse", "Service", "Rôle", "Depuis le", "État", "Précision")


def filters(units: Sequence[UnitCard]) -> list[Filter]:
    """By the units that one manages, where there are several, their roles, and whether people can enter."""
    roles = {role for unit in units for role in ROLES_OF_KIND[unit.kind]}
    found = [
        Filter("role", "Rôle", [(role.value, ROLE_LABELS[role]) for role in ROLE_LABELS if role in roles]),
        Filter("etat", "État", list(STATES.items())),
    ]
    several = Filter("service", "Service", [(unit.code, unit.name) for unit in units])
    return [several, *found] if len(units) > 1 else found


def wanted(narrowed: Mapping[str, str]) -> Filters:
    """The same for the query."""
    return Filters(unit=narrowed.get("service"), role=narrowed.get("role"), state=narrowed.get("etat"))


def export_row(membership: Membership, invitation_until: datetime | None, now: datetime) -> Line:
    """An account in the file, in the words of the screen."""
    shown = shown_member(membership, invitation_until, now)
    return (
        shown["name"],
        shown["email"],
        shown["unit"],
        shown["role"],
        membership.starts_on,
        shown["state"],
        shown["state_detail"],
    )
