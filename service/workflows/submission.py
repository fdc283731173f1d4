"""What an urgent_rights request must say before it leaves (R-UD-3, R-UD-4, R-UD-5, R-DP-2, R-DP-7). Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from service.errors import GuardRefused, Refusal
from service.workflows import nir
from service.workflows.urgency import Verdict

FREE_TEXTS = ("description", "cdap_missing", "reason_not_told", "accompanied_by_name", "accompanied_by_unit")
EARLIEST = date(1990, 1, 1)
NOTED_WITHIN = timedelta(days=31)
"""Until when what came by another road, or a call, may still be noted (R-CLK-8)."""
_PAST_DAYS = {
    "cdap_consulted_on": "La consultation de CDAP",
    "told_on": "L’information de la personne",
    "agreed_on": "L’accord de la personne",
    "birth_date": "La naissance",
}
NIR_SENTENCE = (
    "Ce texte contient un numéro de sécurité sociale : Relais n’en garde jamais (R-DP-7). "
    "Retirez-le ; le matricule Caf suffit."
)


def field_errors(given: Mapping[str, Any], today: date, line_open: bool) -> dict[str, list[str]]:
    """The French sentences beside each field that keeps the request from leaving; empty when it may."""
    found: dict[str, list[str]] = {}
    for name, sentence in _sentences(given, today, line_open):
        found.setdefault(name, []).append(sentence)
    return found


def person_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """What is missing of the person of a social request, who may have no matricule."""
    found: dict[str, list[str]] = {}
    for name, sentence in _OF_THE_PERSON.items():
        if not given.get(name) and name != "matricule":
            found.setdefault(name, []).append(sentence)
    for name, sentence in _past("birth_date", _PAST_DAYS["birth_date"], given.get("birth_date"), today):
        found.setdefault(name, []).append(sentence)
    return found


def ground_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """R-DP-2: told, agreed, or why not told; no date in the future."""
    found: dict[str, list[str]] = {}
    for name, sentence in _ground(given):
        found.setdefault(name, []).append(sentence)
    for day in ("told_on", "agreed_on"):
        for name, sentence in _past(day, _PAST_DAYS[day], given.get(day), today):
            found.setdefault(name, []).append(sentence)
    return found


def objection(given: Mapping[str, Any]) -> Refusal | None:
    """R-DP-2: an objection of the person stops the sending."""
    if not given.get("objected"):
        return None
    return GuardRefused(
        "La personne s’est opposée à la transmission : rien ne part.",
        rule="R-DP-2",
        advice="Votre brouillon est gardé. Reprenez-le si la personne change d’avis, ou annulez-le.",
    )


def outside_definition(verdict: Verdict) -> Refusal | None:
    """R-UD-1, R-UD-5: what is not urgent is not accepted, with the ordinary contact instead."""
    if verdict.urgent:
        return None
    return GuardRefused(verdict.explanation, rule=verdict.rule or "R-UD-1", advice=verdict.advice)


def _sentences(given: Mapping[str, Any], today: date, line_open: bool) -> Iterator[tuple[str, str]]:
    yield from _required(given)
    yield from _look_first(given)
    yield from _ground(given)
    if line_open and not given.get("line_open_reason"):
        yield (
            "line_open_reason",
            "La ligne directe est ouverte : dites pourquoi vous passez par ici et non par la ligne (R-UD-3).",
        )
    for name, what in _PAST_DAYS.items():
        yield from _past(name, what, given.get(name), today)
    for name in FREE_TEXTS:
        if nir.find(given.get(name) or ""):
            yield name, NIR_SENTENCE


NOT_FOUND_IN_CDAP = "Dites ce que vous n’avez pas trouvé dans CDAP (R-UD-4)."
_OF_THE_PERSON = {
    "matricule": "Indiquez le matricule Caf de la personne (7 chiffres).",
    "last_name": "Indiquez le nom de la personne.",
    "first_name": "Indiquez le prénom de la personne.",
    "commune": "Choisissez la commune de la personne.",
}


def _required(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, sentence in {
        **_OF_THE_PERSON,
        "benefit": "Choisissez la prestation.",
        "event": "Dites ce qui s’est passé : plus de versement, ou forte diminution.",
        "description": "Dites en quelques mots les faits utiles à la Caf.",
    }.items():
        if not given.get(name):
            yield name, sentence


def _look_first(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("cdap_no_access"):
        return
    if not given.get("cdap_consulted_on"):
        yield (
            "cdap_consulted_on",
            "Dites quand vous avez consulté CDAP, ou que vous n’y avez pas accès (convention I.2, R-UD-4).",
        )
    elif not given.get("cdap_missing"):
        yield "cdap_missing", NOT_FOUND_IN_CDAP


def _ground(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("told_on") and given.get("reason_not_told"):
        yield "reason_not_told", "La personne a été informée, ou elle ne l’a pas été : choisissez (R-DP-2)."
    if given.get("reason_not_told") == "":
        yield "reason_not_told", "Dites pourquoi la personne n’a pas pu être informée (R-DP-2)."
        return
    if given.get("objected") or any(given.get(name) for name in ("told_on", "agreed_on", "reason_not_told")):
        return
    yield (
        "ground",
        "Dites si la personne a été informée ou a donné son accord, et quand, "
        "ou pourquoi elle n’a pas pu être informée (R-DP-2).",
    )


def _past(name: str, what: str, day: date | None, today: date) -> Iterator[tuple[str, str]]:
    if day is None:
        return
    if day > today:
        yield name, f"{what} ne peut pas être dans le futur."
    elif day < EARLIEST and name != "birth_date":
        yield name, f"{what} ne peut pas dater d’avant 1990."
    elif day.year < 1900:
        yield name, f"{what} ne peut pas dater d’avant 1900."
