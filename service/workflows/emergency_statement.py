"""What an urgent social situation must say before it leaves (R-US-1, R-US-2, R-US-3, R-EL, R-DP-2). Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from service.errors import Refusal
from service.workflows import scope, submission
from service.workflows.routing import Referent
from service.workflows.social_emergency import CHILD_PROTECTION, FREE_TEXTS, NOT_TOLD, VIOLENCE

EARLIEST = date(1990, 1, 1)
CODES_ONLY = (
    "En protection de l’enfance, Relais ne garde que des codes : effacez ce texte. "
    "Les faits vont sans délai à la CRIP par sa propre voie (R-US-1, R-PE-3)."
)


def coded_only(given: Mapping[str, Any]) -> bool:
    """R-US-1: whether the ticket keeps codes only."""
    return CHILD_PROTECTION in (given.get("motives") or ())


def objection(given: Mapping[str, Any]) -> Refusal | None:
    """R-DP-2: an objection stops the sending, except with a danger: then its reason is asked."""
    if given.get("objected") and given.get("danger"):
        return None
    return submission.objection(given)


def ground(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ground of the exchange as R-DP-2 reads it: a coded reason stands for the text that is not kept."""
    why = NOT_TOLD.get(given.get("not_told_code") or "")
    return {**given, "reason_not_told": why} if why and coded_only(given) else given


def pertinent(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without the answers that another answer makes void."""
    kept = dict(given)
    if not kept.get("danger"):
        kept.pop("danger_reason", None)
    if not coded_only(kept):
        kept.pop("not_told_code", None)
    elif not kept.get("reason_not_told"):
        kept.pop("reason_not_told", None)  # a code stands for it
    if kept.get("who_accompanies") != Referent.CDAS_OTHER:
        kept.pop("referent_cdas", None)
    if kept.get("who_accompanies") != Referent.CAF_WORKER:
        kept.pop("referent_worker", None)
    if VIOLENCE in kept.get("motives", ()):
        kept["phone_protected"] = True  # R-DP-8
    return kept


def field_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """The French sentences beside each field that keeps the emergency from leaving; empty when it may."""
    found: dict[str, list[str]] = {}
    for check in (_required, _referent, _danger, _answer, _coded):
        for name, sentence in check(given):
            found.setdefault(name, []).append(sentence)
    for name in ("answered_on", "referent_known_on"):
        for sentence in past_errors(name, given.get(name), today).get(name, ()):
            found.setdefault(name, []).append(sentence)
    return {**found, **scope_errors(given, today)}


def past_errors(name: str, day: date | None, today: date) -> dict[str, list[str]]:
    """The sentence beside a day that is to come, or too far back."""
    if day is not None and day > today:
        return {name: ["Cette date est dans le futur."]}
    if day is not None and day < EARLIEST:
        return {name: ["Cette date est d’avant 1990 : vérifiez l’année."]}
    return {}


def scope_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """R-EL: the sentences beside the event and its day."""
    errors = scope.input_errors(given.get("scope_event"), given.get("scope_event_on"), today)
    return {f"scope_{name}": [sentence] for name, sentence in errors.items()}


def _required(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not given.get("motives"):
        yield "motives", "Choisissez au moins un motif (R-US-1)."
    vulnerabilities = given.get("vulnerabilities") or ()
    if not vulnerabilities:
        yield "vulnerabilities", "Notez la vulnérabilité de la personne, ou « aucune repérée » (R-US-2)."
    if "none_seen" in vulnerabilities and len(vulnerabilities) > 1:
        yield "vulnerabilities", "« Aucune repérée » ne va pas avec une autre réponse."
    if given.get("who_accompanies") not in set(Referent):
        yield (
            "who_accompanies",
            "Dites qui accompagne la personne ; « je ne sais pas » est une réponse (R-US-3).",
        )


def _referent(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    who = given.get("who_accompanies")
    if who == Referent.EXTERNAL and not given.get("referent_unit"):
        yield (
            "referent_unit",
            "Nommez le service qui accompagne la personne : elle est dirigée vers lui (R-US-3).",
        )
    if who == Referent.CDAS_OTHER and not given.get("referent_cdas"):
        yield "referent_cdas", "Choisissez le CDAS qui accompagne la personne (R-US-3)."


def _danger(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("danger") and not given.get("danger_reason"):
        yield (
            "danger_reason",
            "Dites quel danger : c’est lui qui permet l’envoi malgré une opposition (R-DP-2).",
        )


def _answer(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("answer_given") and not given.get("answered_on"):
        yield "answered_on", "Dites quand la réponse a été donnée (R-US-4)."
    if given.get("answered_on") and not given.get("answer_given"):
        yield "answer_given", "Dites quelle réponse a été donnée (R-US-4)."


def _coded(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not coded_only(given):
        if given.get("against_route_reason") == "other" and not given.get("against_route_detail"):
            yield "against_route_detail", "Précisez la raison."
        return
    for name in FREE_TEXTS:
        if given.get(name):
            yield name, CODES_ONLY
