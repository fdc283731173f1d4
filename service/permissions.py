"""Who may do what: pure predicates, refused by default. The rights of a transition stand in its own row."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Institution(StrEnum):
    """The two parties of the convention."""

    DEPARTEMENT = "departement"
    CAF = "caf"


class UnitKind(StrEnum):
    """What a unit is; a role belongs to one kind."""

    CDAS = "cdas"
    CAF_SECRETARIAT = "caf_secretariat"
    CAF_PRESTATIONS = "caf_prestations"
    CAF_SOCIAL = "caf_social"
    STEERING = "steering"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """The roles, by code; docs/ has what each may do."""

    CDAS_AGENT = "cdas_agent"
    CDAS_HEAD = "cdas_head"
    CAF_AGENT = "caf_agent"
    CAF_LEAD = "caf_lead"
    CAF_SECRETARIAT = "caf_secretariat"
    CAF_TS = "caf_ts"
    CAF_HEAD = "caf_head"
    STEERING = "steering"
    AUDITOR = "auditor"
    SI_REFERENT = "si_referent"
    ADMIN = "admin"


ROLE_LABELS: Mapping[Role, str] = MappingProxyType(
    {
        Role.CDAS_AGENT: "Professionnel du CDAS",
        Role.CDAS_HEAD: "Responsable de CDAS",
        Role.CAF_AGENT: "Gestionnaire conseil allocataire",
        Role.CAF_LEAD: "Responsable prestations",
        Role.CAF_SECRETARIAT: "Secrétariat du service social Caf",
        Role.CAF_TS: "Travailleur social Caf",
        Role.CAF_HEAD: "Responsable du service social Caf",
        Role.STEERING: "Pilotage",
        Role.AUDITOR: "DPO / audit",
        Role.SI_REFERENT: "Référent local Caf/Cpam/SIAO",
        Role.ADMIN: "Administration technique",
    }
)

ROLES_OF_KIND: Mapping[UnitKind, frozenset[Role]] = MappingProxyType(
    {
        UnitKind.CDAS: frozenset({Role.CDAS_AGENT, Role.CDAS_HEAD}),
        UnitKind.CAF_SECRETARIAT: frozenset({Role.CAF_SECRETARIAT}),
        UnitKind.CAF_PRESTATIONS: frozenset({Role.CAF_AGENT, Role.CAF_LEAD}),
        UnitKind.CAF_SOCIAL: frozenset({Role.CAF_TS, Role.CAF_HEAD}),
        UnitKind.STEERING: frozenset({Role.STEERING, Role.AUDITOR, Role.SI_REFERENT}),
        UnitKind.ADMINISTRATION: frozenset({Role.ADMIN}),
    }
)

CDAS_ROLES = frozenset({Role.CDAS_AGENT, Role.CDAS_HEAD})
PRESTATIONS_ROLES = frozenset({Role.CAF_AGENT, Role.CAF_LEAD})
URGENT_RIGHTS_CAF_ROLES = PRESTATIONS_ROLES | {Role.CAF_SECRETARIAT}
CONTENT_ROLES = CDAS_ROLES | URGENT_RIGHTS_CAF_ROLES | {Role.CAF_TS, Role.CAF_HEAD}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts now: an account in the one unit and role of its present membership (dated)."""

    account_id: UUID
    name: str
    institution: Institution
    unit_id: str
    unit_kind: UnitKind
    role: Role


class Permission(StrEnum):
    """What a route or an operation asks for, apart from the transitions."""

    PUBLIC = "public"
    LOGGED_IN = "logged_in"
    OPEN_URGENT_RIGHTS = "open_urgent_rights"
    RECORD_CALL = "record_call"
    READ_TICKETS = "read_tickets"
    QUALIFY_MESSAGES = "qualify_messages"
    READ_LINE_NUMBER = "read_line_number"
    READ_SETTINGS = "read_settings"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_OUTBOX_OF_DEMONSTRATION = "read_outbox_of_demonstration"


_EVERYBODY = frozenset(Role)
HOLDERS: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.LOGGED_IN: _EVERYBODY,
        Permission.OPEN_URGENT_RIGHTS: CDAS_ROLES,
        Permission.RECORD_CALL: CDAS_ROLES | URGENT_RIGHTS_CAF_ROLES,
        Permission.READ_TICKETS: CDAS_ROLES | URGENT_RIGHTS_CAF_ROLES,
        Permission.QUALIFY_MESSAGES: frozenset({Role.CAF_SECRETARIAT, Role.CAF_LEAD}),
        Permission.READ_LINE_NUMBER: CONTENT_ROLES,
        Permission.READ_SETTINGS: frozenset({Role.ADMIN, Role.STEERING, Role.AUDITOR}),
        Permission.CHANGE_SETTINGS: frozenset({Role.ADMIN}),
        Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMIN, Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD}),
        Permission.READ_OUTBOX_OF_DEMONSTRATION: _EVERYBODY,
    }
)


def may(actor: Actor | None, permission: Permission) -> bool:
    """Whether the actor's role holds the permission; nobody but for `PUBLIC` when not logged in."""
    if permission is Permission.PUBLIC:
        return True
    return actor is not None and actor.role in HOLDERS.get(permission, frozenset())


def may_manage_accounts_of(actor: Actor, unit_id: str) -> bool:
    """Heads manage the accounts of their own unit, the administration those of both institutions."""
    if not may(actor, Permission.MANAGE_ACCOUNTS):
        return False
    return actor.role is Role.ADMIN or actor.unit_id == unit_id
