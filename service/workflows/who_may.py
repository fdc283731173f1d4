"""« Qui peut faire quoi »: the whole table of rights, worked out from the code that keeps it, never written by hand.

Each cell comes from `permissions` (who opens, how far one sees, who holds a permission) and from the rows of the
workflows, asked of somebody of each role who stands where that role may stand. The page and docs/rights.md show it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from service.permissions import (
    CDAS_ROLES,
    HEAD_ROLES,
    HOLDERS,
    KEPT_BY_TWO,
    ON_BEHALF_ONLY,
    OPENERS,
    OUT_OF_LISTS,
    REACH,
    ROLE_LABELS,
    ROLES_OF_KIND,
    Actor,
    Institution,
    Permission,
    Reach,
    Role,
    UnitKind,
)
from service.workflows import judging
from service.workflows.machine import UNDO, Standing, Transition
from service.workflows.registry import WORKFLOWS


class Cell(StrEnum):
    """How far somebody may go; the value is the sign that tables show."""

    NO = "–"
    YES = "oui"
    OWN = "O"
    NAMED = "N"
    UNIT = "T"
    SERVICE = "S"
    ALL = "tout"
    BEHALF = "C"
    SELF = "pour soi"
    FIGURES = "F"
    READ = "lire"
    WRITE = "tenir"
    REASON = "R"
    TWO = "2"


MEANINGS: Mapping[Cell, str] = {
    Cell.NO: "non",
    Cell.YES: "oui",
    Cell.OWN: "les demandes dont on est l’auteur, le référent ou un participant nommé",
    Cell.NAMED: (
        "les demandes dont on est l’auteur, le référent ou un participant nommé ; toutes celles du service si l’on est "
        "désigné à l’accueil ou aux concertations"
    ),
    Cell.UNIT: "celles de son service",
    Cell.SERVICE: "celles que son service de la Caf demande, reçoit ou suit",
    Cell.ALL: "partout",
    Cell.BEHALF: "au nom d’un CDAS",
    Cell.SELF: "pour soi-même",
    Cell.FIGURES: "des chiffres, sans aucun nom",
    Cell.READ: "lire",
    Cell.WRITE: "lire et tenir à jour",
    Cell.REASON: "avec un motif écrit, inscrit au journal, le responsable prévenu",
    Cell.TWO: "à deux : l’un demande, un autre accepte",
}

Cells = Mapping[Role, Cell]


@dataclass(frozen=True, slots=True)
class Right:
    """One line of the table: what it is about, and how far each role goes; a role left out may not."""

    subject: str
    label: str
    cells: Cells

    def cell(self, role: Role) -> Cell:
        """The role's cell."""
        return self.cells.get(role, Cell.NO)


_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SELF = UUID(int=1)
_SOMEBODY = UUID(int=2)
_CAF_SIDE = (UnitKind.CAF_SOCIAL, UnitKind.CAF_PRESTATIONS)
_FIRST = frozenset({"draft", "submitted", "sent", "requested"})
"""States in which nobody may be designated yet."""


def table() -> tuple[Right, ...]:
    """Every line, subject by subject."""
    return (*_openings(), *_acts(), *_notices(), *_contents(), *_others())


def of_role(role: Role) -> tuple[Right, ...]:
    """The lines in which the role may do something."""
    return tuple(right for right in table() if right.cell(role) is not Cell.NO)


def page() -> str:
    """docs/rights.md: the table in Markdown, with what its signs mean."""
    lines = [
        "<!-- Page produite par « relais workflow docs » : ne pas modifier à la main. -->",
        "",
        "# Qui peut faire quoi",
        "",
        "| " + " | ".join(["", *(ROLE_LABELS[role] for role in Role)]) + " |",
        "|---" * (len(Role) + 1) + "|",
    ]
    lines += [
        f"| {right.subject} : {right.label} | " + " | ".join(right.cell(role) for role in Role) + " |"
        for right in table()
    ]
    lines += ["", *(f"- **{cell}** : {said}." for cell, said in MEANINGS.items())]
    return "\n".join(lines) + "\n"


def _openings() -> Iterable[Right]:
    subject = "Ouvrir une demande"
    for kind, roles in OPENERS.items():
        yield Right(subject, WORKFLOWS[kind].label, {role: _opens(role, kind) for role in roles})
    yield Right(subject, "noter un appel reçu ou passé sur la ligne directe", _held(Permission.RECORD_CALL))
    yield Right(subject, "qualifier un message reçu", _held(Permission.QUALIFY_MESSAGES))


def _opens(role: Role, kind: str) -> Cell:
    if kind in ON_BEHALF_ONLY.get(role, frozenset()):
        return Cell.BEHALF
    return Cell.OWN if role is Role.CAF_TS else Cell.UNIT if role in CDAS_ROLES else Cell.SERVICE


_ACTS: tuple[tuple[str, str, Mapping[str, tuple[str, ...]]], ...] = (
    ("Urgence définie", "la compléter", {"urgent_rights": ("complete",)}),
    ("Urgence définie", "l’affecter", {"urgent_rights": ("assign",)}),
    ("Urgence définie", "ne pas la retenir", {"urgent_rights": ("reject",)}),
    (
        "Urgence définie",
        "la prendre en charge, questionner, répondre",
        {"urgent_rights": ("take", "ask", "answer")},
    ),
    (
        "Urgence définie",
        "répondre à la Caf, accuser réception, rouvrir, demander une seconde lecture, annuler",
        {"urgent_rights": ("reply", "acknowledge", "reopen", "contest", "cancel")},
    ),
    ("Urgence définie", "la confier à un collègue", {"urgent_rights": ("reassign",)}),
    (
        "Urgence définie",
        "défaire aussitôt ce que l’on vient d’affecter, de prendre ou de confier",
        {"urgent_rights": (UNDO,)},
    ),
    (
        "Co-intervention et relais",
        "transmettre, ne pas retenir",
        {"co_intervention": ("forward", "decline"), "handover": ("forward", "decline")},
    ),
    (
        "Co-intervention et relais",
        "donner l’avis, accepter",
        {"co_intervention": ("record_opinion",), "handover": ("accept",)},
    ),
    (
        "Co-intervention et relais",
        "démarrer, faire le point, terminer ; échanger, confirmer",
        {
            "co_intervention": ("start", "review", "end"),
            "handover": ("record_exchange", "plan_meeting", "confirm"),
        },
    ),
    (
        "Urgence sociale",
        "la prendre en charge, noter le traitement, réorienter, clore",
        {"social_emergency": ("take", "handle", "redirect", "close")},
    ),
    (
        "Demande de rendez-vous",
        "appeler la personne, proposer, fixer, réorienter",
        {"appointment": ("log_call", "offer", "schedule", "refuse_offer", "redirect")},
    ),
    (
        "Demande de rendez-vous",
        "noter la venue ou l’absence, clore",
        {"appointment": ("hold", "no_show", "close")},
    ),
    ("Fiche d’orientation", "accuser réception, donner le retour", {"orientation": ("receive", "judge")}),
    (
        "Rendez-vous des droits",
        "le fixer, le tenir, noter les droits ouverts",
        {"rights_meeting": ("schedule", "hold", "check")},
    ),
    (
        "Demandes sociales",
        "annuler ce que son service a demandé",
        {"co_intervention": ("cancel",), "handover": ("cancel",), "social_emergency": ("cancel",)},
    ),
    (
        "Demandes sociales",
        "confier à un collègue",
        {
            kind: ("reassign",)
            for kind, workflow in WORKFLOWS.items()
            if workflow.has("reassign") and kind not in {"urgent_rights", *OUT_OF_LISTS}
        },
    ),
    (
        "Demandes sociales",
        "défaire aussitôt ce que l’on vient de transmettre à la Caf, d’accepter, de recevoir ou de confier",
        {
            kind: (UNDO,)
            for kind, workflow in WORKFLOWS.items()
            if workflow.has(UNDO) and kind != "urgent_rights"
        },
    ),
)


def _acts() -> Iterable[Right]:
    for subject, label, names in _ACTS:
        yield Right(subject, label, _acting(names))


def _notices() -> Iterable[Right]:
    (kind,) = OUT_OF_LISTS
    subject = WORKFLOWS[kind].label
    yield Right(
        subject, "recevoir, désigner un destinataire, indiquer les suites", _acting({kind: ("receive",)})
    )
    yield Right(subject, "lire", {role: _sign(role, reach, kind) for role, reach in REACH[kind].items()})


def _contents() -> Iterable[Right]:
    subject = "Ce qu’une demande contient"
    for kind in REACH:
        if kind not in OUT_OF_LISTS:
            yield Right(subject, f"lire : {WORKFLOWS[kind].label}", _seen([kind]))
    seen = _seen([kind for kind in REACH if kind not in OUT_OF_LISTS])
    yield Right(subject, "lire et écrire les messages, joindre un fichier", seen)
    yield Right(subject, "lire et écrire les notes internes de son institution", seen)
    yield Right(subject, "imprimer une demande", seen)


def _others() -> Iterable[Right]:
    for subject, label, reads, writes in _PERMISSIONS:
        yield Right(subject, label, {**_held(reads, Cell.READ if writes else None), **_keeps(writes)})
    yield Right("Chiffres", "statistiques, dossiers et bilans", _held(Permission.READ_FIGURES, Cell.FIGURES))


_PERMISSIONS: tuple[tuple[str, str, Permission, Permission | None], ...] = (
    ("Accompagnements", "le registre des accompagnements", Permission.READ_ACCOMPANIMENTS, None),
    ("Absences", "noter une absence et qui remplace", Permission.NOTE_ABSENCES, None),
    ("Accès", "ouvrir une demande hors de son périmètre", Permission.OPEN_OUT_OF_SCOPE, None),
    ("Accès", "voir qui a ouvert une demande", Permission.READ_ACCESS_JOURNAL, None),
    ("Accès", "emporter une liste avec des noms", Permission.EXPORT_NAMES, None),
    ("Accès", "écarter un compte d’une demande", Permission.KEEP_OUT, None),
    ("Accès", "les comptes", Permission.MANAGE_ACCOUNTS, None),
    ("Listes", "enregistrer une liste de demandes pour tout son service", Permission.SHARE_LISTS, None),
    ("Vie de la convention", "écrire ce qui marche ou non", Permission.WRITE_REMARKS, None),
    ("Vie de la convention", "réunions", Permission.READ_MEETINGS, Permission.WRITE_MEETINGS),
    (
        "Vie de la convention",
        "actions et informations",
        Permission.READ_CONVENTION_LIFE,
        Permission.KEEP_CONVENTION_LIFE,
    ),
    ("Convention SIAO", "le registre", Permission.READ_SI_REGISTER, Permission.KEEP_SI_REGISTER),
    ("Réglages", "horaires et calendriers", Permission.READ_CALENDARS, Permission.CHANGE_CALENDARS),
    ("Réglages", "les réglages du service", Permission.READ_SETTINGS, Permission.CHANGE_SETTINGS),
    ("Réglages", "l’annuaire et les secteurs", Permission.READ_DIRECTORY, None),
    ("Réglages", "fermer un service", Permission.CLOSE_UNITS, None),
    ("Réglages", "les webhooks", Permission.MANAGE_WEBHOOKS, None),
    ("Réglages", "les modèles de courriers", Permission.PRINT_LETTERS, Permission.EDIT_LETTERS),
    (
        "Réglages",
        "les modèles de réponse de leur service",
        Permission.USE_ANSWER_MODELS,
        Permission.KEEP_ANSWER_MODELS,
    ),
)

_OF_ONES_OWN = frozenset(
    {Permission.MANAGE_ACCOUNTS, Permission.CHANGE_CALENDARS, Permission.READ_ACCESS_JOURNAL}
)
_WHOLE = frozenset({Role.ADMIN, Role.AUDITOR})
_OF_THE_SERVICE = frozenset(
    {Permission.READ_ACCOMPANIMENTS, Permission.NOTE_ABSENCES, Permission.KEEP_OUT, *_OF_ONES_OWN}
)


def _held(permission: Permission, cell: Cell | None = None) -> Cells:
    return {role: cell or _how_far(role, permission) for role in HOLDERS[permission]}


def _keeps(permission: Permission | None) -> Cells:
    if permission is None:
        return {}
    return {
        role: _how_far(role, permission) if permission in _OF_ONES_OWN else Cell.WRITE
        for role in HOLDERS[permission]
    }


def _how_far(role: Role, permission: Permission) -> Cell:
    """What a permission means for a role: alone or by two, for oneself, one's unit, or everywhere."""
    if permission is Permission.OPEN_OUT_OF_SCOPE:
        return Cell.REASON
    if permission in KEPT_BY_TWO:
        return Cell.TWO
    if permission not in _OF_THE_SERVICE:
        return Cell.YES
    if role in _WHOLE:
        return Cell.ALL
    if role in HEAD_ROLES or role is Role.CAF_SECRETARIAT:
        return Cell.UNIT if role in CDAS_ROLES else Cell.SERVICE
    return Cell.OWN


def _seen(kinds: Iterable[str]) -> Cells:
    """The farthest that each role reads among the kinds."""
    found: dict[Role, Cell] = {}
    for kind in kinds:
        for role, reach in REACH[kind].items():
            found[role] = max(found.get(role, Cell.NO), _sign(role, reach, kind), key=_WIDTH.index)
    return found


_WIDTH = (Cell.NO, Cell.OWN, Cell.NAMED, Cell.UNIT, Cell.SERVICE)


def _sign(role: Role, reach: Reach, kind: str) -> Cell:
    if role in CDAS_ROLES:
        if reach is Reach.OWN:
            return Cell.OWN if kind in OUT_OF_LISTS else Cell.NAMED
        return Cell.UNIT
    return Cell.OWN if reach is Reach.OWN else Cell.SERVICE


def _acting(names: Mapping[str, tuple[str, ...]]) -> Cells:
    """Who may do one of the acts on what they see."""
    found: dict[Role, Cell] = {}
    for kind, rows in names.items():
        for role, reach in REACH[kind].items():
            allowed = [row for row in map(WORKFLOWS[kind].transition, rows) if _may_act(kind, row, role)]
            if allowed:
                sign = _narrowed(allowed[0], role) or _sign(role, reach, kind)
                found[role] = max(found.get(role, Cell.NO), sign, key=_ANY_WIDTH.index)
    return found


_ANY_WIDTH = (Cell.NO, Cell.SELF, Cell.OWN, Cell.NAMED, Cell.UNIT, Cell.SERVICE)


def _narrowed(row: Transition, role: Role) -> Cell | None:
    """Where a row's own guard or requirement leaves the role less than what it sees."""
    actor = _actor(role)
    standing = _standing("urgent_rights", UnitKind.CDAS, UnitKind.CAF_SECRETARIAT, actor.unit_kind)
    if any(need(standing, actor, {}) for need in row.requires) and row.name == "assign":
        return Cell.SELF
    if any(guard(standing, actor) for guard in row.guards) and row.name == "reassign":
        return Cell.OWN
    return None


def _may_act(kind: str, row: Transition, role: Role) -> bool:
    actor = _actor(role)
    return any(row.actors & judging.parties(standing, actor) for standing in _standings(kind, row))


def _standings(kind: str, row: Transition) -> Iterable[Standing]:
    """Where a request of the kind may stand when the row is done, both ways, with and without a designated unit."""
    for asking, triage in _directions(kind):
        receivers = (UnitKind.CDAS,) if triage is UnitKind.CDAS else _receivers(kind)
        if set(row.source) <= _FIRST:
            yield _standing(kind, asking, triage, triage if triage is UnitKind.CDAS else None)
        if set(row.source) - _FIRST or kind in _DESIGNATED_AT_ONCE:
            yield from (_standing(kind, asking, triage, receiver) for receiver in receivers)


_DESIGNATED_AT_ONCE = frozenset(
    {"orientation", "rights_meeting", "social_emergency", "child_protection_notice"}
)


def _directions(kind: str) -> Iterable[tuple[UnitKind, UnitKind]]:
    if kind == "urgent_rights":
        return ((UnitKind.CDAS, UnitKind.CAF_SECRETARIAT),)
    asking = [
        unit for unit, roles in ROLES_OF_KIND.items() if roles & OPENERS[kind] and unit is not UnitKind.CDAS
    ]
    to_caf = UnitKind.CAF_SOCIAL if kind == "rights_meeting" else UnitKind.CAF_SECRETARIAT
    from_caf = [(unit, UnitKind.CDAS) for unit in asking if not _only_on_behalf(unit, kind)]
    if kind in ("appointment", "rights_meeting"):
        from_caf = [(unit, to_caf) for unit, _ in from_caf]
    return [*from_caf, *([(UnitKind.CDAS, to_caf)] if CDAS_ROLES & OPENERS[kind] else [])]


def _only_on_behalf(unit: UnitKind, kind: str) -> bool:
    return all(kind in ON_BEHALF_ONLY.get(role, frozenset()) for role in ROLES_OF_KIND[unit])


def _receivers(kind: str) -> tuple[UnitKind, ...]:
    if kind == "urgent_rights":
        return (UnitKind.CAF_PRESTATIONS,)
    return _CAF_SIDE if kind in ("orientation", "rights_meeting") else (UnitKind.CAF_SOCIAL,)


def _standing(kind: str, asking: UnitKind, triage: UnitKind, assigned: UnitKind | None) -> Standing:
    return Standing(
        kind=kind,
        state="",
        asking_unit_id=asking.value,
        assigned_unit_id=assigned.value if assigned else None,
        triage_unit_kind=triage,
        triage_unit_id=triage.value,
        asking_unit_kind=asking,
        now=_NOW,
        holder_id=_SOMEBODY,
    )


def _actor(role: Role) -> Actor:
    kind = next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles)
    side = Institution.DEPARTEMENT if kind is UnitKind.CDAS else Institution.CAF
    return Actor(_SELF, "", side, kind.value, kind, role)
