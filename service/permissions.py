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
SOCIAL_ROLES = frozenset({Role.CAF_TS, Role.CAF_HEAD})
CONTENT_ROLES = CDAS_ROLES | URGENT_RIGHTS_CAF_ROLES | SOCIAL_ROLES
HEAD_ROLES = frozenset({Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts now: an account in the one unit and role of its present membership (dated).

    `named`: one of the members whom the unit has named for reception or concertation, who see its social requests.
    `deputy`: stands in for the head of the unit where the head's own eyes are asked for (R-PE-4).
    """

    account_id: UUID
    name: str
    institution: Institution
    unit_id: str
    unit_kind: UnitKind
    role: Role
    named: bool = False
    deputy: bool = False


class Reach(StrEnum):
    """How far somebody sees the tickets of a kind to which their unit is a party."""

    OWN = "own"
    UNIT = "unit"
    SERVICE = "service"


_SOCIAL_REACH: Mapping[Role, Reach] = MappingProxyType(
    {
        Role.CDAS_AGENT: Reach.OWN,
        Role.CDAS_HEAD: Reach.UNIT,
        Role.CAF_SECRETARIAT: Reach.SERVICE,
        Role.CAF_TS: Reach.OWN,
        Role.CAF_HEAD: Reach.SERVICE,
    }
)
_ASKED_BY_PRESTATIONS: Mapping[Role, Reach] = MappingProxyType(
    {**_SOCIAL_REACH, Role.CAF_AGENT: Reach.UNIT, Role.CAF_LEAD: Reach.UNIT}
)
REACH: Mapping[str, Mapping[Role, Reach]] = MappingProxyType(
    {
        "urgent_rights": MappingProxyType(
            {
                Role.CDAS_AGENT: Reach.UNIT,
                Role.CDAS_HEAD: Reach.UNIT,
                Role.CAF_AGENT: Reach.SERVICE,
                Role.CAF_LEAD: Reach.SERVICE,
                Role.CAF_SECRETARIAT: Reach.SERVICE,
            }
        ),
        "co_intervention": _SOCIAL_REACH,
        "handover": _SOCIAL_REACH,
        "social_emergency": _ASKED_BY_PRESTATIONS,
        "appointment": _ASKED_BY_PRESTATIONS,
        "orientation": MappingProxyType({**_ASKED_BY_PRESTATIONS, Role.CDAS_AGENT: Reach.UNIT}),
        "rights_meeting": MappingProxyType({**_ASKED_BY_PRESTATIONS, Role.CDAS_AGENT: Reach.UNIT}),
        "child_protection_notice": MappingProxyType(
            {
                Role.CDAS_AGENT: Reach.OWN,
                Role.CDAS_HEAD: Reach.UNIT,
                Role.CAF_TS: Reach.OWN,
                Role.CAF_HEAD: Reach.SERVICE,
            }
        ),
    }
)
"""Who sees what, kind by kind (docs: « Qui peut faire quoi »); a role that is not named sees nothing.

OWN: author, holder or named participant – in a CDAS also the members named for reception or concertation, except for
a notice (R-PE-4). UNIT: all that one's unit asked for or received. SERVICE: all that came to or from the service.
"""

OPENERS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "urgent_rights": CDAS_ROLES,
        "co_intervention": CDAS_ROLES | SOCIAL_ROLES | {Role.CAF_SECRETARIAT},
        "handover": CDAS_ROLES | SOCIAL_ROLES | {Role.CAF_SECRETARIAT},
        "social_emergency": CONTENT_ROLES,
        "appointment": CONTENT_ROLES,
        "orientation": CONTENT_ROLES,
        "rights_meeting": CONTENT_ROLES,
        "child_protection_notice": SOCIAL_ROLES,
    }
)
"""Who opens a request of a kind; the secretariat opens some on behalf of a CDAS only."""

ON_BEHALF_ONLY: Mapping[Role, frozenset[str]] = MappingProxyType(
    {Role.CAF_SECRETARIAT: frozenset({"co_intervention", "handover"})}
)
OUT_OF_LISTS = frozenset({"child_protection_notice"})
"""Kinds that no list, search, count or export ever shows (R-PE-4)."""


class Permission(StrEnum):
    """What a route or an operation asks for, apart from the transitions."""

    PUBLIC = "public"
    LOGGED_IN = "logged_in"
    OPEN_URGENT_RIGHTS = "open_urgent_rights"
    OPEN_TICKETS = "open_tickets"
    RECORD_CALL = "record_call"
    READ_TICKETS = "read_tickets"
    SHARE_LISTS = "share_lists"
    QUALIFY_MESSAGES = "qualify_messages"
    READ_LINE_NUMBER = "read_line_number"
    READ_ACCOMPANIMENTS = "read_accompaniments"
    READ_CONCERTATIONS = "read_concertations"
    PLAN_CONCERTATIONS = "plan_concertations"
    PRINT_LETTERS = "print_letters"
    EDIT_LETTERS = "edit_letters"
    USE_ANSWER_MODELS = "use_answer_models"
    KEEP_ANSWER_MODELS = "keep_answer_models"
    READ_DIRECTORY = "read_directory"
    NOTE_ABSENCES = "note_absences"
    CLOSE_UNITS = "close_units"
    READ_SETTINGS = "read_settings"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_CONVENTION_LIFE = "read_convention_life"
    KEEP_CONVENTION_LIFE = "keep_convention_life"
    CHOOSE_NOTICES = "choose_notices"
    READ_HEALTH = "read_health"
    RUN_JOBS = "run_jobs"
    READ_CALENDARS = "read_calendars"
    CHANGE_CALENDARS = "change_calendars"
    READ_SI_REGISTER = "read_si_register"
    KEEP_SI_REGISTER = "keep_si_register"
    READ_FAILED_MAILS = "read_failed_mails"
    READ_FIGURES = "read_figures"
    NOTE_COUNTS = "note_counts"
    REVISE_DOCUMENTS = "revise_documents"
    READ_MEETINGS = "read_meetings"
    WRITE_MEETINGS = "write_meetings"
    WRITE_REMARKS = "write_remarks"
    READ_SEALS = "read_seals"
    ANSWER_SUBJECTS = "answer_subjects"
    OPEN_OUT_OF_SCOPE = "open_out_of_scope"
    READ_ACCESS_JOURNAL = "read_access_journal"
    EXPORT_NAMES = "export_names"
    KEEP_OUT = "keep_out"
    READ_RETENTION = "read_retention"
    OPEN_ARCHIVES = "open_archives"
    APPROVE_ELIMINATIONS = "approve_eliminations"
    RUN_ELIMINATIONS = "run_eliminations"
    MANAGE_WEBHOOKS = "manage_webhooks"
    READ_OUTBOX_OF_DEMONSTRATION = "read_outbox_of_demonstration"


_EVERYBODY = frozenset(Role)
_HOURS_ROLES = HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.ADMIN}
HOLDERS: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.LOGGED_IN: _EVERYBODY,
        Permission.OPEN_URGENT_RIGHTS: OPENERS["urgent_rights"],
        Permission.OPEN_TICKETS: frozenset().union(*OPENERS.values()),
        Permission.RECORD_CALL: CDAS_ROLES | URGENT_RIGHTS_CAF_ROLES,
        Permission.READ_TICKETS: CONTENT_ROLES,
        Permission.SHARE_LISTS: HEAD_ROLES | {Role.CAF_SECRETARIAT},
        Permission.QUALIFY_MESSAGES: frozenset({Role.CAF_SECRETARIAT, Role.CAF_LEAD}),
        Permission.READ_LINE_NUMBER: CONTENT_ROLES,
        Permission.READ_ACCOMPANIMENTS: SOCIAL_ROLES | {Role.CAF_SECRETARIAT},
        Permission.READ_CONCERTATIONS: CDAS_ROLES,
        Permission.PLAN_CONCERTATIONS: CDAS_ROLES,
        Permission.PRINT_LETTERS: CONTENT_ROLES - PRESTATIONS_ROLES,
        Permission.EDIT_LETTERS: frozenset({Role.CDAS_HEAD, Role.CAF_SECRETARIAT, Role.CAF_HEAD}),
        Permission.USE_ANSWER_MODELS: CONTENT_ROLES,
        Permission.KEEP_ANSWER_MODELS: HEAD_ROLES | {Role.CAF_SECRETARIAT},
        Permission.READ_DIRECTORY: CONTENT_ROLES | {Role.ADMIN, Role.STEERING},
        Permission.NOTE_ABSENCES: CONTENT_ROLES,
        Permission.CLOSE_UNITS: frozenset({Role.ADMIN}),
        Permission.READ_SETTINGS: frozenset({Role.ADMIN, Role.STEERING, Role.AUDITOR}),
        Permission.CHANGE_SETTINGS: frozenset({Role.ADMIN}),
        Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMIN, Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD}),
        Permission.READ_CALENDARS: _HOURS_ROLES | {Role.STEERING, Role.AUDITOR},
        Permission.CHANGE_CALENDARS: _HOURS_ROLES,
        Permission.READ_CONVENTION_LIFE: CONTENT_ROLES | {Role.STEERING, Role.AUDITOR},
        Permission.KEEP_CONVENTION_LIFE: HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.STEERING},
        Permission.CHOOSE_NOTICES: CONTENT_ROLES,
        Permission.READ_HEALTH: frozenset({Role.ADMIN, Role.STEERING, Role.AUDITOR}),
        Permission.RUN_JOBS: frozenset({Role.ADMIN}),
        Permission.READ_SI_REGISTER: frozenset({Role.SI_REFERENT, Role.STEERING}),
        Permission.KEEP_SI_REGISTER: frozenset({Role.SI_REFERENT}),
        Permission.READ_FAILED_MAILS: HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.ADMIN},
        Permission.READ_FIGURES: CONTENT_ROLES | {Role.STEERING, Role.AUDITOR},
        Permission.NOTE_COUNTS: frozenset({Role.CAF_LEAD, Role.CAF_SECRETARIAT}),
        Permission.REVISE_DOCUMENTS: frozenset({Role.STEERING}),
        Permission.READ_MEETINGS: CONTENT_ROLES | {Role.STEERING, Role.AUDITOR},
        Permission.WRITE_MEETINGS: HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.STEERING},
        Permission.WRITE_REMARKS: CONTENT_ROLES | {Role.STEERING},
        Permission.ANSWER_SUBJECTS: HEAD_ROLES,
        Permission.READ_SEALS: frozenset({Role.STEERING, Role.AUDITOR}),
        Permission.OPEN_OUT_OF_SCOPE: HEAD_ROLES,
        Permission.READ_ACCESS_JOURNAL: HEAD_ROLES | {Role.AUDITOR},
        Permission.EXPORT_NAMES: HEAD_ROLES,
        Permission.KEEP_OUT: HEAD_ROLES,
        Permission.READ_RETENTION: HEAD_ROLES | {Role.ADMIN},
        Permission.OPEN_ARCHIVES: HEAD_ROLES,
        Permission.APPROVE_ELIMINATIONS: HEAD_ROLES,
        Permission.RUN_ELIMINATIONS: frozenset({Role.ADMIN}),
        Permission.MANAGE_WEBHOOKS: frozenset({Role.ADMIN}),
        Permission.READ_OUTBOX_OF_DEMONSTRATION: _EVERYBODY,
    }
)
KEPT_BY_TWO = frozenset({Permission.EXPORT_NAMES})
"""What one asks for and another of the same institution approves; nobody approves their own act."""
_BEHIND_A_CODE = (Permission.READ_TICKETS, Permission.MANAGE_ACCOUNTS)


def may(actor: Actor | None, permission: Permission) -> bool:
    """Whether the actor's role holds the permission; nobody but for `PUBLIC` when not logged in."""
    if permission is Permission.PUBLIC:
        return True
    return actor is not None and actor.role in HOLDERS.get(permission, frozenset())


def needs_second_factor(role: Role) -> bool:
    """Whether the role logs in with a code besides its password: it reads content, or gives others their access."""
    return any(role in HOLDERS[permission] for permission in _BEHIND_A_CODE)


def may_open(actor: Actor | None, kind: str) -> bool:
    """Whether the actor's role opens requests of that kind, on its own or on behalf of a CDAS."""
    return actor is not None and actor.role in OPENERS.get(kind, frozenset())


def may_plan_concertations(actor: Actor) -> bool:
    """The head of a CDAS and the members named for reception or concertation keep its agenda: they see all of it."""
    if not may(actor, Permission.PLAN_CONCERTATIONS):
        return False
    return actor.role is Role.CDAS_HEAD or actor.named


def may_share_remarks_of(actor: Actor, institution: Institution) -> bool:
    """The heads and the steering of an institution read its remarks, and share them with the other (R-GO-2)."""
    return actor.institution is institution and actor.role in HEAD_ROLES | {Role.STEERING}


def may_know_who_accompanies(actor: Actor) -> bool:
    """Whether the page of a request says by whom the person is accompanied: to a CDAS and the social service (R-AC)."""
    return actor.role in CDAS_ROLES or may(actor, Permission.READ_ACCOMPANIMENTS)


def may_manage_accounts_of(actor: Actor, unit_id: str) -> bool:
    """Heads manage the accounts of their own unit, the administration those of both institutions."""
    if not may(actor, Permission.MANAGE_ACCOUNTS):
        return False
    return actor.role is Role.ADMIN or actor.unit_id == unit_id


def may_change_hours_of(actor: Actor, unit_code: str | None) -> bool:
    """Heads and the secretariat change their own unit's hours; the administration all, those of no unit included.

    None stands for the direct line and for hours that several units share.
    """
    if not may(actor, Permission.CHANGE_CALENDARS):
        return False
    return actor.role is Role.ADMIN or actor.unit_id == unit_code
