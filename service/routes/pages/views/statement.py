"""What the CDAS states in a request: the same lines on the ticket, in the preview and in the text for CDAP."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from service.models import Details, Person
from service.queries.reference import UnitCard
from service.routes.pages.views.situation import in_words
from service.workflows import french
from service.workflows.keyword import KEYWORD
from service.workflows.urgency import Benefit
from service.workflows.urgent_rights import LINE_OPEN_REASONS

Line = tuple[str, str]
Told = Mapping[str, Any]

_DETAILS = (
    "benefit",
    "event",
    "last_payment_on",
    "amount_before",
    "amount_after",
    "cdap_consulted_on",
    "cdap_missing",
    "cdap_no_access",
    "line_open_reason",
    "accompanied_by_author",
    "accompanied_by_name",
    "accompanied_by_unit",
    "told_on",
    "agreed_on",
    "reason_not_told",
    "description",
)
_PERSON = ("matricule", "last_name", "first_name")


def told_by(details: Details | None, person: Person | None) -> dict[str, Any]:
    """The plain values of a kept ticket, under the names of the form."""
    found: dict[str, Any] = {name: getattr(details, name, None) for name in _DETAILS} if details else {}
    if person is not None:
        found |= {name: getattr(person, name) for name in _PERSON}
        found["commune"] = person.commune_insee
        if person.birth_date:
            found["birth_date"] = date.fromisoformat(person.birth_date)
    return {name: value for name, value in found.items() if value not in (None, "")}


def person_lines(told: Told, communes: Mapping[str, str]) -> list[Line]:
    """Who is concerned, and on which ground it is told (R-DP-2)."""
    return [
        (label, value)
        for label, value in (
            ("Nom", " ".join(filter(None, (told.get("last_name"), told.get("first_name"))))),
            ("Matricule", told.get("matricule", "")),
            ("Naissance", french.short_date(told["birth_date"]) if "birth_date" in told else ""),
            ("Commune", communes.get(told.get("commune", ""), "")),
            ("Informée", _ground(told)),
            ("Accompagnée", _accompanied(told)),
        )
        if value
    ]


def situation_lines(told: Told) -> list[Line]:
    """What happened, in the order in which the form asks."""
    return list(_situation(told))


def text_for_cdap(
    told: Told, reference: str, explanation: str, unit: UnitCard, communes: Mapping[str, str]
) -> str:
    """R-UD-2, R-UD-3: the text to paste into CDAP's contact form, the keyword and the reference at its head."""
    lines = [f"{KEYWORD} – {reference}", ""]
    lines += [f"{label} : {value}" for label, value in person_lines(told, communes)]
    lines += [f"{label} : {value}" for label, value in situation_lines(told)]
    lines += [f"Pourquoi c’est urgent : {explanation.rstrip('.')} (convention Caf – Département, I.2).", ""]
    contact = ", ".join(filter(None, (unit.email, unit.telephone)))
    lines += [f"Demande de : {unit.name}{f' ({contact})' if contact else ''}"]
    return "\n".join([*lines, f"Merci de rappeler la référence {reference} dans votre réponse."])


def _situation(told: Told) -> Iterator[Line]:
    if "benefit" in told:
        yield "Prestation", Benefit(told["benefit"]).label
    if "benefit" in told and "event" in told:
        what = in_words(told["benefit"], told["event"], told.get("amount_before"), told.get("amount_after"))
        yield "Ce qui s’est passé", what.head
    if "last_payment_on" in told:
        yield "Dernier versement reçu", french.short_date(told["last_payment_on"])
    if "amount_before" in told:
        yield "Montant avant", french.euros(told["amount_before"])
    if "amount_after" in told:
        yield "Montant après", french.euros(told["amount_after"])
    yield from _look_up(told)
    if reason := told.get("line_open_reason"):
        yield "Pourquoi sans appel", LINE_OPEN_REASONS[reason]
    if "description" in told:
        yield "En quelques mots", told["description"]


def _look_up(told: Told) -> Iterator[Line]:
    if told.get("cdap_no_access"):
        yield "CDAP", "pas d’accès à CDAP"
    elif "cdap_consulted_on" in told:
        yield "CDAP", f"consulté le {french.short_date(told['cdap_consulted_on'])}"
    if "cdap_missing" in told:
        yield "Ce qui manquait dans CDAP", told["cdap_missing"]


def _ground(told: Told) -> str:
    if "told_on" in told:
        return f"le {french.short_date(told['told_on'])}, sans objection"
    if "agreed_on" in told:
        return f"accord donné le {french.short_date(told['agreed_on'])}"
    if reason := told.get("reason_not_told"):
        return f"n’a pas pu être informée : {reason}"
    return ""


def _accompanied(told: Told) -> str:
    if told.get("accompanied_by_author"):
        return "par l’auteur de la demande"
    name = ", ".join(filter(None, (told.get("accompanied_by_name"), told.get("accompanied_by_unit"))))
    return f"par {name}" if name else ""
