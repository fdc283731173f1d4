"""`co_intervention` « Co-intervention » (R-CI): its states, its guards, its one table of transitions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.errors import Refusal
from service.permissions import Actor
from service.workflows.circuits import (
    CHILD_PROTECTION,
    CLOCKS,
    desk_of_the_receiver,
    holder_or_in_charge,
    missing,
    past_day,
    recipient_or_date,
    scope_errors,
    without_opinion,
)
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow, refuse

NEEDS: Mapping[str, str] = {
    "complementary_skills": "des compétences complémentaires, en même temps",
    "complexity": "une problématique particulièrement complexe",
}

OPINIONS: Mapping[str, str] = {"favourable": "favorable", "unfavourable": "défavorable"}

RELAY_TO_CDAS, RELAY_TO_CAF = "relay_to_cdas", "relay_to_caf"

OUTCOMES: Mapping[str, str] = {
    "objectives_met": "objectifs atteints",
    RELAY_TO_CDAS: "relais vers le CDAS",
    RELAY_TO_CAF: "relais vers la Caf",
    "family_wish": "interruption à la demande de la famille",
    "other": "autre",
}

STATES = (
    State("draft", "Brouillon"),
    State(
        "submitted",
        "À transmettre",
        Owes.TRIAGE_UNIT,
        duty="transmettre la demande au travailleur social du secteur",
        towards_cdas=("À inscrire en concertation", "inscrire la demande en concertation"),
    ),
    State(
        "forwarded",
        "Transmise",
        Owes.ASSIGNED_UNIT,
        duty="échanger avec l’autre service et enregistrer votre avis",
    ),
    State(
        "validated",
        "Validée",
        Owes.ASSIGNED_UNIT,
        duty="convenir avec la famille de qui fait quoi, puis démarrer",
    ),
    State("active", "En cours"),
    State("ended", "Terminée", final=True),
    State("declined", "Non retenue", final=True),
    State("cancelled", "Annulée", final=True),
)


_OF_THE_ASKING_SIDE: Mapping[str, str] = {
    "need": "Dites ce qui appelle deux professionnels (convention II.3, R-CI-1).",
    "asking_opinion_on": "Donnez la date de l’avis de votre service (R-CI-4).",
    "asking_participants": "Dites qui a participé à l’avis de votre service (R-CI-4).",
    "asking_opinion": "Écrivez l’avis de votre service (R-CI-4).",
}


def statement_errors(given: Mapping[str, Any], to_caf: bool, day: date) -> dict[str, list[str]]:
    """What keeps the request from leaving: need and dated opinion unless R-CI-2, the CDAS professional, R-EL."""
    named = {
        "regime": "Dites si la situation relève de la protection de l’enfance ou du suivi RSA (R-CI-2).",
        "need_detail": "Dites ce que vous attendez de l’autre service (R-CI-1).",
    }
    if to_caf:
        named["cdas_professional"] = "Nommez le professionnel du CDAS qui prend part (R-CI-4)."
    if not without_opinion(given):
        named |= _OF_THE_ASKING_SIDE
    found = missing(given, named) | past_day("asking_opinion_on", given, day)
    return found | (scope_errors(given, day) if to_caf else {})


def opinion_errors(
    given: Mapping[str, Any], facts: Mapping[str, Any], to_caf: bool, day: date, sent: date
) -> dict[str, list[str]]:
    """What is wrong with the receiving side's record (R-CI-4)."""
    named = {}
    if not to_caf:
        named["cdas_professional"] = "Nommez le professionnel du CDAS qui prend part (R-CI-4)."
    if not without_opinion(facts):
        named["opinion"] = "Donnez l’avis de votre service (R-CI-4)."
    if given.get("opinion") == "unfavourable":
        named["opinion_reason"] = "Un avis défavorable se motive (R-CI-4)."
    found = missing(given, named) | past_day("exchange_on", given, day, sent)
    if to_caf and given.get("cdas_professional"):
        found["cdas_professional"] = ["Le CDAS l’a nommé dans sa demande (R-CI-4) : laissez vide."]
    return found


def relevance_not_judged(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """R-CI-2: no relevance assessment for child protection nor RSA follow-up, so that it is no reason to decline."""
    if without_opinion(standing.facts) and given.get("decline_reason") == "not_relevant":
        return refuse(
            "La pertinence ne s’apprécie pas pour une situation de protection de l’enfance ou un suivi RSA.",
            "R-CI-2",
            "Transmettez la demande et enregistrez l’échange, ou choisissez un autre motif.",
        )
    return None


def no_opinion_asked(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """R-CI-2: the exchange is recorded without an opinion."""
    if without_opinion(standing.facts) and given.get("opinion"):
        return refuse(
            "Aucun avis n’est demandé pour une situation de protection de l’enfance ou un suivi RSA.",
            "R-CI-2",
            "Laissez l’avis vide : l’échange, sa date et ses participants suffisent à valider.",
        )
    return None


def relay_allowed(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """R-PR-5: child protection is never handed over to the Caf, at the end of a co-intervention either."""
    if standing.facts.get("regime") == CHILD_PROTECTION and given.get("outcome") == RELAY_TO_CAF:
        return refuse(
            "Une situation connue du CDAS pour la protection de l’enfance n’est pas passée en relais à la Caf.",
            "R-PR-5",
            "Le CDAS garde son intervention : choisissez une autre issue.",
        )
    return None


_REQUESTER = frozenset({Party.REQUESTER})
_RECEIVER = frozenset({Party.RECEIVER})
_DESK = frozenset({Party.RECEIVER, Party.SECRETARIAT})
_EITHER = _REQUESTER | _RECEIVER
_BOTH_UNITS = (Owes.ASKING_UNIT, Owes.ASSIGNED_UNIT)

TRANSITIONS = (
    Transition(
        name="open",
        label="Commencer un brouillon",
        source=(),
        target="draft",
        actors=_REQUESTER,
        rule="R-CI-1",
        history="Brouillon commencé",
    ),
    Transition(
        name="submit",
        label="Envoyer",
        source=("draft",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-CI-1, R-CI-2, R-CI-4, R-EL, R-DP-2",
        history="Envoyée",
        follows="Le service destinataire est prévenu ; le délai de transmission commence.",
        starts=("forwarding", "validation"),
        tells=(Owes.TRIAGE_UNIT,),
        from_its_own_page=True,
    ),
    Transition(
        name="forward",
        label="Transmettre",
        source=("submitted", "forwarded"),
        target="forwarded",
        actors=_DESK,
        rule="R-CI-3",
        history="Transmise",
        follows="La personne ou l’équipe désignée est prévenue ; le délai du premier échange commence.",
        asks=("holder_id", "concertation_on"),
        notes=("concertation_on",),
        guards=(desk_of_the_receiver,),
        requires=(recipient_or_date,),
        starts_once=("first_exchange",),
        stops=("forwarding",),
        tells=_BOTH_UNITS,
        undoable=True,
        on_an_agenda=True,
    ),
    Transition(
        name="record_opinion",
        label="Enregistrer l’avis",
        source=("forwarded",),
        target="validated",
        instead="declined",
        actors=_RECEIVER,
        rule="R-CI-2, R-CI-4",
        history="Avis enregistré",
        follows="Un avis favorable valide la co-intervention ; un avis défavorable, motivé, y met fin.",
        asks=("exchange_on", "participants", "cdas_professional", "opinion", "opinion_reason"),
        says="opinion_reason",
        notes=("exchange_on", "opinion"),
        figures=("opinion",),
        requires=(no_opinion_asked,),
        stops=("first_exchange", "validation"),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="decline",
        label="Ne pas retenir",
        source=("submitted", "forwarded"),
        target="declined",
        actors=_DESK,
        rule="R-CI-3, R-EL",
        history="Non retenue",
        follows="Le service demandeur est prévenu, avec votre motif et où s’adresser.",
        asks=("decline_reason", "sentence", "turn_to"),
        notes=("decline_reason",),
        figures=("decline_reason",),
        guards=(desk_of_the_receiver,),
        requires=(relevance_not_judged,),
        stops=tuple(CLOCKS),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="start",
        label="Démarrer",
        source=("validated",),
        target="active",
        actors=_EITHER,
        rule="R-CI-5",
        history="Démarrée",
        follows="La co-intervention est en cours ; chacun voit ce qui revient à l’autre.",
        asks=("cdas_scope", "caf_scope", "family_talk_on", "review_on"),
        notes=("family_talk_on", "review_on"),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="review",
        label="Faire le point",
        source=("active",),
        target=None,
        actors=_EITHER,
        rule="R-CI-6",
        history="Point fait",
        follows="La date du prochain point est gardée.",
        asks=("reviewed_on", "text", "review_on"),
        says="text",
        notes=("reviewed_on", "review_on"),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="end",
        label="Terminer",
        source=("active",),
        target="ended",
        actors=_EITHER,
        rule="R-CI-2, R-CI-6, R-PR-5",
        history="Terminée",
        follows="L’autre service est prévenu. Un relais prépare un brouillon de passage de relais.",
        asks=("outcome", "outcome_detail"),
        says="outcome_detail",
        notes=("outcome",),
        figures=("outcome",),
        requires=(relay_allowed,),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("draft", "submitted", "forwarded", "validated"),
        target="cancelled",
        actors=_REQUESTER,
        rule="R-DP-2",
        history="Annulée",
        follows="Le service destinataire est prévenu que la demande n’a plus lieu d’être.",
        asks=("reason",),
        stops=tuple(CLOCKS),
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("forwarded", "validated", "active"),
        target=None,
        actors=_DESK,
        rule="R-OR-2",
        history="Confiée à un collègue",
        follows="Votre collègue voit la demande dans sa liste.",
        asks=("holder_id",),
        guards=(holder_or_in_charge,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
    ),
)

CO_INTERVENTION = Workflow(
    kind="co_intervention",
    prefix="CI",
    label="Co-intervention",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
)
