"""`orientation` « Fiche d’orientation » (R-OR): sent at once, received, judged justified or not.

Where the fiche goes is the sender's choice: `advise_on` says what R-OR points to, a reason is asked when the choice
differs, and nothing is blocked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.errors import NotPermitted, Refusal
from service.permissions import Actor, Role, UnitKind
from service.workflows import orientation_rules, scope
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow
from service.workflows.orientation_rules import Advice
from service.workflows.routing import Referent

SERVICES: Mapping[str, str] = {
    "prestations": "Service Prestations de la Caf",
    "cdas": "un CDAS",
    "caf_social": "service social de la Caf",
}

ADVISED: Mapping[str, str] = {**SERVICES, "referent": "travailleur social qui accompagne la personne"}

JUDGEMENTS: Mapping[str, str] = {
    "justified": "justifiée",
    "unjustified": "injustifiée",
}

STATES = (
    State(
        "sent",
        "Transmise",
        Owes.ASSIGNED_UNIT,
        duty="recevoir la fiche et dire si l’orientation était justifiée",
    ),
    State("received", "Reçue", Owes.ASSIGNED_UNIT, duty="dire si l’orientation était justifiée"),
    State("judged", "Retour donné", final=True),
)

CLOCKS: Mapping[str, str] = {"feedback": "Retour"}

_SERVICE_OF_REFERENT: Mapping[Referent, str] = {
    Referent.CAF_WORKER: "caf_social",
    Referent.CDAS_SAME: "cdas",
    Referent.CDAS_OTHER: "cdas",
}
_OF_THE_CAF_SOCIAL_SERVICE = frozenset({UnitKind.CAF_SOCIAL, UnitKind.CAF_SECRETARIAT})


@dataclass(frozen=True, slots=True)
class Followed:
    """What the register of accompaniments says of the person (R-AC)."""

    open: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Qualified:
    """The advice of R-OR for one fiche, the verdict of R-EL behind it where one was asked, who accompanies."""

    advice: Advice
    verdict: scope.Verdict | None
    referent: Referent

    def followed_by(self, to_service: str) -> bool:
        """Whether sending there follows the advice; a referent outside both institutions has no service here."""
        if self.advice.service == "referent":
            return _SERVICE_OF_REFERENT.get(self.referent) == to_service
        return self.advice.service == to_service


def advise_on(given: Mapping[str, Any], day: date, followed: Followed) -> Qualified:
    """R-OR for what was given. The register corrects « personne » and « je ne sais pas », not a named referent."""
    referent = Referent(given["accompanied_by"])
    if followed.open and not referent.accompanies:
        referent = Referent.CAF_WORKER
    verdict = None
    if event := given.get("scope_event"):
        verdict = scope.check(
            event,
            day,
            given.get("scope_event_on"),
            children=given.get("has_children"),
            allocataire=given.get("is_allocataire"),
            followed_by_caf=followed.open,
        )
    advice = orientation_rules.advise(
        given["reason"], scope=verdict, referent=referent, caf_closed=followed.closed
    )
    return Qualified(advice, verdict, referent)


def field_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """What keeps the fiche from leaving, besides the person and the ground."""
    found: dict[str, list[str]] = {}
    for name, sentence in _sentences(given, today):
        found.setdefault(name, []).append(sentence)
    return found


def unfollowed_error(qualified: Qualified, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """R-OR-1: another service than the advised one is possible with a reason."""
    if qualified.followed_by(given["to_service"]) or given.get("reason_not_followed"):
        return {}
    advice = qualified.advice
    sentence = (
        f"Le service indiqué est : {ADVISED[advice.service]} ({advice.rule}). {advice.explanation} "
        "Vous pouvez envoyer la fiche ailleurs en disant pourquoi."
    )
    return {"reason_not_followed": [sentence]}


def own_service_error(to_service: str, asking: UnitKind | None, same_unit: bool) -> dict[str, list[str]]:
    """Nobody orients somebody towards their own service."""
    own = (
        same_unit
        or (to_service == "prestations" and asking is UnitKind.CAF_PRESTATIONS)
        or (to_service == "caf_social" and asking in _OF_THE_CAF_SOCIAL_SERVICE)
    )
    field = "receiving_unit" if to_service == "cdas" else "to_service"
    return {field: ["C’est votre propre service : choisissez-en un autre."]} if own else {}


def holder_or_free(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`reassign`: whoever holds the fiche confides it, or anybody of the service while nobody does; heads always."""
    if actor is None or actor.role not in (Role.CDAS_AGENT, Role.CAF_AGENT, Role.CAF_TS):
        return None
    if standing.holder_id in (None, actor.account_id):
        return None
    return NotPermitted("Cette fiche est suivie par un collègue : c’est à lui de la confier.")


def _sentences(given: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    if given.get("accompanied_by") == Referent.EXTERNAL and not given.get("accompanied_by_name"):
        yield "accompanied_by_name", "Nommez le service qui accompagne la personne (R-OR-2)."
    errors = scope.input_errors(given.get("scope_event"), given.get("scope_event_on"), today)
    for name, sentence in errors.items():
        yield f"scope_{name}", sentence


_RECEIVER = frozenset({Party.RECEIVER, Party.SECRETARIAT})

TRANSITIONS = (
    Transition(
        name="send",
        label="Envoyer la fiche",
        source=(),
        target="sent",
        actors=frozenset({Party.REQUESTER}),
        rule="R-OR-1, R-OR-2, R-OR-4, R-OR-5, R-DP-2",
        history="Transmise",
        follows="Le service choisi est prévenu ; il vous dira si l’orientation était justifiée.",
        starts=("feedback",),
        tells=(Owes.TRIAGE_UNIT, Owes.ASSIGNED_UNIT),
        from_its_own_page=True,
    ),
    Transition(
        name="receive",
        label="Accuser réception",
        source=("sent",),
        target="received",
        actors=_RECEIVER,
        rule="R-OR-3",
        history="Reçue",
        follows="Le service qui a orienté voit que la fiche est reçue ; il reste à dire si elle était justifiée.",
        tells=(Owes.ASKING_UNIT,),
        undoable=True,
    ),
    Transition(
        name="judge",
        label="Donner le retour",
        source=("sent", "received"),
        target="judged",
        actors=_RECEIVER,
        rule="R-OR-3",
        history="Retour donné",
        follows="Le service qui a orienté est prévenu et lit votre raison.",
        asks=("judgement", "judgement_reason"),
        says="judgement_reason",
        notes=("judgement",),
        figures=("judgement",),
        stops=("feedback",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("sent", "received"),
        target=None,
        actors=_RECEIVER,
        rule="R-OR-2",
        history="Confiée à un collègue",
        follows="Votre collègue voit la fiche dans sa liste.",
        asks=("holder_id",),
        guards=(holder_or_free,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
    ),
)

ORIENTATION = Workflow(
    kind="orientation",
    prefix="OR",
    label="Fiche d’orientation",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    sends="send",
)
"""The asking unit answers for the situation throughout: a fiche points the way, it hands nothing over (R-PR-6)."""
