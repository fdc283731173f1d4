"""What co-intervention and relay share: the circuit of R-CI-3, the regimes of R-CI-2, who may move a request on it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from service.errors import NotPermitted, Refusal
from service.permissions import Actor
from service.workflows import scope
from service.workflows.judging import parties
from service.workflows.machine import Party, Standing, refuse

EARLIEST, LONGEST_AHEAD = date(1990, 1, 1), timedelta(days=366)

ORDINARY, CHILD_PROTECTION, RSA = "ordinary", "child_protection", "rsa"

REGIMES: Mapping[str, str] = {
    ORDINARY: "ni l’un ni l’autre",
    CHILD_PROTECTION: "protection de l’enfance (travailleur social « enfants confiés »)",
    RSA: "suivi RSA (référent RSA)",
}

DECLINE_REASONS: Mapping[str, str] = {
    "out_of_scope": "hors du périmètre du service",
    "not_relevant": "pas pertinent dans cette situation",
}

CLOCKS: Mapping[str, str] = {
    "forwarding": "Transmission",
    "first_exchange": "Premier échange",
    "validation": "Validation",
}


def without_opinion(facts: Mapping[str, Any]) -> bool:
    """R-CI-2: child protection and RSA follow-up are not judged case by case."""
    return facts.get("regime") in (CHILD_PROTECTION, RSA)


def desk_of_the_receiver(standing: Standing, actor: Actor | None) -> Refusal | None:
    """R-CI-3: what comes to the Caf is passed on by the secretariat; what comes to a CDAS, by that CDAS."""
    if standing.to_caf and Party.SECRETARIAT not in parties(standing, actor):
        return NotPermitted("Cela revient au secrétariat du service social de la Caf.", rule="R-CI-3")
    return None


def recipient_or_date(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """R-CI-3: the Caf names the worker of the sector, a CDAS gives the date of its concertation."""
    if standing.to_caf and given.get("concertation_on"):
        return refuse(
            "Une demande faite à la Caf est transmise à un travailleur social, pas à une concertation.",
            "R-CI-3",
            "Choisissez la personne qui prend contact.",
        )
    if not standing.to_caf and given.get("holder_id"):
        return refuse(
            "Une demande faite à un CDAS est inscrite en concertation.",
            "R-CI-3",
            "Donnez la date de la concertation ; vous pourrez ensuite confier la demande à un collègue.",
        )
    return None


def holder_or_in_charge(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`reassign`: the holder, the secretariat and the heads; anybody of the service while nobody holds it."""
    in_charge = {Party.SECRETARIAT, Party.HEAD} & parties(standing, actor)
    if in_charge or standing.holder_id is None or (actor and actor.account_id == standing.holder_id):
        return None
    return NotPermitted(
        "Cette demande est suivie par un collègue : c’est à lui de la confier.", rule="R-OR-2"
    )


def scope_errors(given: Mapping[str, Any], day: date) -> dict[str, list[str]]:
    """R-EL, towards the Caf: the event is said, and its date can be taken."""
    if not given.get("scope_event"):
        return {
            "scope_event": ["Dites quel événement vit la famille, ou « Aucun de ces événements » (R-EL)."]
        }
    found = scope.input_errors(given["scope_event"], given.get("scope_event_on"), day)
    return {f"scope_{name}": [sentence] for name, sentence in found.items()}


def missing(given: Mapping[str, Any], sentences: Mapping[str, str]) -> dict[str, list[str]]:
    """The sentence beside each field that is empty."""
    return {name: [sentence] for name, sentence in sentences.items() if not given.get(name)}


def past_day(
    name: str, given: Mapping[str, Any], day: date, since: date | None = None
) -> dict[str, list[str]]:
    """What is wrong with a day that is said to have happened, not before `since` when the sending is the limit."""
    said = given.get(name)
    if said is None:
        return {}
    if said > day:
        return {name: ["Cette date est dans le futur."]}
    if said < (since or EARLIEST):
        return {name: ["Cette date est avant l’envoi de la demande." if since else "Vérifiez l’année."]}
    return {}


def coming_day(name: str, given: Mapping[str, Any], since: date, day: date) -> dict[str, list[str]]:
    """What is wrong with a day that is planned: before `since`, or more than a year away."""
    said = given.get(name)
    if said is None:
        return {}
    if said < since:
        return {name: ["Cette date est déjà passée."]}
    if said > day + LONGEST_AHEAD:
        return {name: ["Cette date est dans plus d’un an : vérifiez l’année."]}
    return {}
