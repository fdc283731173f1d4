"""What is held about a person, in words: the page of a head, and the document that the person receives (R-DP-9)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from marshmallow import fields

from service.models import SubjectRequest
from service.operations import subject_access as operations
from service.operations.subject_extract import LEFT_OUT, LEFT_OUT_COLUMNS, LEFT_OUT_ROWS, Extract, Item, Part
from service.permissions import Actor
from service.queries.reference import Reference
from service.queries.subject_access import Holding, Link, full_name
from service.routes.pages.views import moments
from service.schemas.kinds import ACTS, STATEMENTS
from service.workflows import french, letter_models
from service.workflows.accompaniment import CLOSING_REASONS, EVENTS
from service.workflows.orientation import ADVISED
from service.workflows.registry import WORKFLOWS
from service.workflows.setting_table import BY_KEY
from service.workflows.settings import in_words
from service.workflows.social_emergency import SEND_TO
from service.workflows.subject_access import IDENTITY
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import LINE_OPEN_REASONS, OUTCOMES, REJECTION_REASONS

Shown = dict[str, Any]

TABLE_LABELS: Mapping[str, str] = {
    "person": "Identité",
    "message": "Message",
    "internal_note": "Note interne du service",
    "attachment": "Pièce jointe",
    "call": "Appel",
    "incoming_mail": "Message reçu",
    "incoming_file": "Pièce d’un message reçu",
    "letter_printed": "Courrier imprimé",
    "rectification": "Rectification",
    "accompaniment": "Accompagnement par le service social de la Caf",
}
_DETAILS = "Ce que dit la demande"
LINKS: Mapping[Link, str] = {
    Link.OWN: "Même nom, même date de naissance",
    Link.SAME_NAME: "Même nom, sans date de naissance",
    Link.SAME_FILE: "Autre personne du même dossier Caf",
}
COLUMN_LABELS: Mapping[str, str] = {
    **IDENTITY,
    "body": "Texte",
    "filename": "Nom du fichier",
    "sender": "Expéditeur",
    "subject": "Objet",
    "text": "Texte",
    "model_code": "Modèle",
    "before": "Avant",
    "after": "Après",
    "reason": "Sur quelle pièce",
    "field": "Ce qui a été corrigé",
    "commune_insee": "Commune",
    "told_on": "Informé le",
    "agreed_on": "Accord donné le",
    "reason_not_told": "Pourquoi l’information n’a pas pu être donnée",
    "scope_in": "Dans le champ du service social de la Caf",
    "scope_explanation": "Champ du service social de la Caf, le jour de l’envoi",
    "advised_service": "Service conseillé",
    "advised_rule": "Règle du conseil",
    "advised_explanation": "Ce que dit la convention",
    "advice_followed": "Conseil suivi",
    "urgency_rule": "Règle de l’urgence",
    "urgency_reached_on": "Urgence atteinte le",
    "urgency_explanation": "Pourquoi c’est urgent",
    "benefit": "Prestation",
    "event": "Événement",
    "last_payment_on": "Dernier versement reçu",
    "amount_before": "Montant avant",
    "amount_after": "Montant après",
    "cdap_consulted_on": "CDAP consulté le",
    "cdap_missing": "Ce qui manquait dans CDAP",
    "cdap_no_access": "Sans accès à CDAP",
    "line_was_open": "Ligne directe ouverte",
    "line_open_reason": "Pourquoi sans appel",
    "accompanied_by_author": "Accompagné par l’auteur de la demande",
    "accompanied_by_name": "Accompagné par",
    "accompanied_by_unit": "Service de la personne qui accompagne",
    "description": "En quelques mots",
    "outcome": "Issue",
    "outcome_on": "Date de l’issue",
    "outcome_detail": "Précision sur l’issue",
    "rejection_reason": "Motif du refus",
    "contested": "Seconde lecture demandée",
    "reopened": "Nombre de réouvertures",
    "closed_automatically": "Close par Relais",
    "usefulness": "Utilité donnée par le CDAS",
    "kept_benefit": "Prestation retenue",
    "kept_event": "Événement retenu",
    "remark": "Remarque",
    "opened_on": "Commencé le",
    "term_on": "Terme prévu",
    "renewals": "Prolongations",
    "closing_talk_on": "Entretien de fin le",
    "closed_on": "Terminé le",
    "closing_reason": "Motif de fin",
    "event_on": "Date de l’événement",
    "regime": "Cadre",
    "place": "Lieu",
    "calls": "Appels",
    "calls_in_vain": "Appels sans réponse",
    "unreachable": "Injoignable",
    "first_called_at": "Premier appel",
    "first_reached_at": "Jointe pour la première fois",
    "offers": "Rendez-vous proposés",
    "offers_refused": "Rendez-vous refusés",
    "no_shows": "Absences",
    "coded_only": "Demande en codes seulement",
    "route_to": "Service désigné par la convention",
    "route_rule": "Règle",
    "route_explanation": "Pourquoi ce service",
    "unaccompanied_sent": "Envoyée sans accompagnement connu",
    "objected": "Envoyée malgré une opposition, pour un danger",
    "asking_opinion_on": "Avis du demandeur donné le",
    "returned": "Rendue sans réponse",
    "giver_confirmed": "Confirmée par qui passe le relais",
    "receiver_confirmed": "Confirmée par qui le reçoit",
    "family_talk_on": "Entretien avec la famille le",
    "reviewed_on": "Bilan fait le",
    "caf_part_only": "Part de la Caf seulement",
    "rsa_part_kept": "Part du RSA gardée par qui passe le relais",
    "out_of_scope_reason": "Pourquoi l’envoyer hors du champ",
    "check_due_on": "Vérification prévue le",
    "checked_on": "Vérifiée le",
}
"""What a column is called for the person; the forms name the others."""
_BENEFIT = {one.value: one.label for one in Benefit}
_EVENT = {one.value: one.label for one in Event}
_CHOICES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "urgent_rights": {
        "benefit": _BENEFIT,
        "kept_benefit": _BENEFIT,
        "event": _EVENT,
        "kept_event": _EVENT,
        "line_open_reason": LINE_OPEN_REASONS,
        "outcome": OUTCOMES,
        "rejection_reason": REJECTION_REASONS,
    },
    "social_emergency": {"route_to": SEND_TO},
    "orientation": {"advised_service": ADVISED},
    "call": {"benefit": _BENEFIT, "event": _EVENT, "outcome": OUTCOMES},
    "accompaniment": {"event": EVENTS, "closing_reason": CLOSING_REASONS},
    "rectification": {"field": IDENTITY},
}
"""The words of codes that no form names, by table and column."""


def request_line(asked: SubjectRequest, today: date) -> Shown:
    """A request in the list of the unit: who, since when, until when."""
    due = operations.due_on(asked)
    return {
        "id": asked.id,
        "name": full_name(asked),
        "written_reference": asked.written_reference,
        "received": french.short_date(asked.received_on),
        "due": french.short_date(due),
        "level": "fine" if asked.answered_at else "late" if due < today else "soon",
        "state": f"Répondu le {french.short_date(french.local_day(asked.answered_at))}"
        if asked.answered_at
        else f"Réponse attendue le {french.short_date(due)}",
        "answered": asked.answered_at is not None,
    }


def holding_line(one: Holding, known: Reference) -> Shown:
    """A ticket found; whoever else it names stays unnamed."""
    workflow, ticket = WORKFLOWS[one.ticket.kind], one.ticket
    units = [known.units.get(code or "") for code in (ticket.asking_unit_id, ticket.assigned_unit_id)]
    return {
        "id": str(ticket.id),
        "reference": ticket.reference,
        "kind": workflow.label,
        "state": known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label,
        "sent": french.short_date(french.local_day(ticket.submitted_at)) if ticket.submitted_at else "",
        "units": " → ".join(unit.name for unit in units if unit),
        "why": LINKS[one.link],
        "own": one.link is Link.OWN,
    }


def document(extract: Extract, actor: Actor, known: Reference, communes: Mapping[str, str]) -> Shown:
    """The extract in words, the same for paper and for the JSON file."""
    day = french.local_day(extract.made_at)
    return {
        "title": "Ce que Relais garde de vous",
        "author": known.units[actor.unit_id].name,
        "person": full_name(extract.asked),
        "received": french.short_date(extract.asked.received_on),
        "made": french.long_date(day),
        "printed_by": actor.name,
        "secrecy": "Document personnel, couvert par le secret professionnel (article 226-13 du code pénal). "
        "Les noms d’autres personnes y sont remplacés par […].",
        "parts": [_part(part, known, communes) for part in extract.parts],
        "left_out": [
            *dict.fromkeys(LEFT_OUT.values()),
            *LEFT_OUT_ROWS,
            *dict.fromkeys(LEFT_OUT_COLUMNS.values()),
        ],
    }


def _part(part: Part, known: Reference, communes: Mapping[str, str]) -> Shown:
    if part.holding is None:
        kind, head = "", {"title": "Hors de toute demande", "facts": []}
    else:
        kind, head = part.holding.ticket.kind, _head(part.holding, known)
    shown = [_item(item, kind, known, communes) for item in part.items if item.table != "journal_entry"]
    acts = [_act(item, kind, known) for item in part.items if item.table == "journal_entry"]
    done = [{"what": "Ce qui a été fait", "when": "", "unit": "", "lines": acts}] if acts else []
    return {**head, "items": [*shown, *done]}


def _act(item: Item, kind: str, known: Reference) -> tuple[str, str]:
    """« Jeudi 29 octobre 2026 à 14 h 05 », « Envoyer, CDAS Pays de Redon »."""
    unit = known.units.get(item.unit_code or "")
    label = WORKFLOWS[kind].transition(item.values["transition"]).label
    when = _moment(item.at)
    return french.capital(when), ", ".join(filter(None, (label, unit.name if unit else "Relais")))


def _head(one: Holding, known: Reference) -> Shown:
    line = holding_line(one, known)
    notice = BY_KEY["families_notice_on"]
    version = known.values_of(one.ticket.convention_version)[notice.key]
    return {
        "title": f"{line['kind']}, référence {line['reference']}",
        "facts": [
            ("Envoyée le", line["sent"]),
            ("Services", line["units"]),
            ("État", line["state"]),
            *(
                [("Information des familles en vigueur", f"version du {in_words(notice, version)}")]
                if version
                else []
            ),
        ],
    }


def _item(item: Item, kind: str, known: Reference, communes: Mapping[str, str]) -> Shown:
    unit = known.units.get(item.unit_code or "")
    asked = {} if item.table in TABLE_LABELS else asked_by(kind)
    return {
        "what": TABLE_LABELS.get(item.table, _DETAILS),
        "when": _moment(item.at),
        "unit": unit.name if unit else "",
        "lines": [
            (label_of(name, asked), _words(item.table, name, value, asked, known))
            for name, value in _in_words(item, communes).items()
        ],
    }


def _in_words(item: Item, communes: Mapping[str, str]) -> Mapping[str, Any]:
    """What needs more than its own code to be said."""
    said = dict(item.values)
    if item.table == "letter_printed":
        said["model_code"] = letter_models.KINDS[said["model_code"]].name
    if item.table == "person":
        said = {name: _of_person(name, value, communes) for name, value in said.items()}
    return said


def _of_person(name: str, value: str, communes: Mapping[str, str]) -> Any:
    if name == "birth_date":
        return date.fromisoformat(value)
    return communes.get(value, value) if name == "commune_insee" else value


def asked_by(kind: str) -> Mapping[str, fields.Field[Any]]:
    """The fields of every form of a kind, by name."""
    found: dict[str, fields.Field[Any]] = {}
    for schema in (*ACTS[kind].values(), *([STATEMENTS[kind]] if kind in STATEMENTS else [])):
        found |= schema().fields
    return found


def label_of(name: str, asked: Mapping[str, fields.Field[Any]]) -> str:
    """What a column is called: by the form that asks it, else by this table."""
    said = asked[name].metadata if name in asked else {}
    return str(said.get("read_as") or said.get("label") or COLUMN_LABELS[name]).removesuffix(" ?")


def _moment(at: date | None) -> str:
    if isinstance(at, datetime):
        return moments.whole(at)
    return french.long_date(at) if at else ""


def _words(
    table: str, name: str, value: Any, asked: Mapping[str, fields.Field[Any]], known: Reference
) -> str:
    choices = _CHOICES.get(table, {}).get(name)
    if choices is None:
        choices = dict(asked[name].metadata.get("choices", ())) if name in asked else {}
    return _plain(value, choices, known)


def _plain(value: Any, choices: Mapping[str, str], known: Reference) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return moments.whole(value)
    if isinstance(value, date):
        return french.short_date(value)
    if isinstance(value, time):
        return french.clock_time(value)
    if isinstance(value, Decimal):
        return french.euros(value)
    if isinstance(value, list):
        return ", ".join(str(choices.get(code, code)) for code in value)
    unit = known.units.get(str(value))
    return unit.name if unit is not None else str(choices.get(value, value))
