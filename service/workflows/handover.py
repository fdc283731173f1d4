"""`handover` « Passage de relais » (R-PR): its states, its guards, its one table of transitions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.errors import NotPermitted, Refusal
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
)
from service.workflows.judging import parties
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow, refuse

CASES: Mapping[str, str] = {
    "lasting_difficulties": "des difficultés durables, qui ne tiennent plus à l’événement",
    "trust_and_event": (
        "l’affiliation ou la régularité des rencontres n’a pas permis une relation de confiance, "
        "et un événement relève du service social de la Caf"
    ),
    "closing_talk": "l’entretien de clôture d’un accompagnement",
    "other": "autre raison",
}

ONLY_TO: Mapping[str, bool] = {"lasting_difficulties": False, "trust_and_event": True}
"""The cases of one direction: True to the Caf, False to a CDAS (R-PR-2)."""

LINKS: Mapping[str, str] = {
    "unknown": "il ne la connaît pas",
    "few": "il la connaît, avec peu de liens, ou plus aucun",
    "many": "il la connaît, avec des liens réguliers",
}

MEANS: Mapping[str, str] = {"written": "écrite", "oral": "orale"}

WITHDRAWN = "withdrawn"
CANCEL_REASONS: Mapping[str, str] = {
    WITHDRAWN: "la personne retire son accord",
    "other": "autre raison",
}

INSTEAD = "co_intervention_instead"
"""What the refusal of R-PR-5 offers: a co-intervention with what was typed."""

STATES = (
    State("draft", "Brouillon"),
    State(
        "submitted",
        "À transmettre",
        Owes.TRIAGE_UNIT,
        duty="transmettre le relais au travailleur social du secteur",
        towards_cdas=("À transmettre", "inscrire le relais en concertation"),
    ),
    State(
        "forwarded",
        "Transmis",
        Owes.ASSIGNED_UNIT,
        duty="échanger avec l’autre service, puis accepter le relais",
    ),
    State("accepted", "Accepté", Owes.NEXT_TO_CONFIRM, duty="confirmer le relais"),
    State("completed", "Relais effectué", final=True),
    State("declined", "Non retenu", final=True),
    State("cancelled", "Annulé", final=True),
)


_REQUIRED: Mapping[str, str] = {
    "agreement_collected_by": "Dites qui a recueilli l’accord de la personne (R-PR-1).",
    "regime": "Dites si la situation relève de la protection de l’enfance ou du suivi RSA (R-PR-5).",
    "relay_case": "Dites pourquoi un relais (convention II.4, R-PR-2).",
    "known_to_receiver": "Dites si le service destinataire connaît la situation (R-PR-2).",
    "communication": "Dites si la communication a été écrite ou orale (R-PR-3).",
    "communicated_on": "Donnez la date de la communication (R-PR-3).",
    "communicated_by": "Dites qui a fait la communication (R-PR-3).",
    "communicated_to": "Dites à qui elle a été faite (R-PR-3).",
    "communication_content": "Donnez le contenu de la communication, ou un résumé (R-PR-3).",
}


def statement_errors(given: Mapping[str, Any], to_caf: bool, day: date) -> dict[str, list[str]]:
    """What keeps the relay from leaving: agreement (R-PR-1), case (R-PR-2), communication (R-PR-3), R-EL."""
    found = missing(given, _REQUIRED) | past_day("communicated_on", given, day)
    if not given.get("agreed_on"):
        found["ground"] = ["Un passage de relais demande l’accord de la personne, avec sa date (R-PR-1)."]
    case = given.get("relay_case")
    if ONLY_TO.get(case or "", to_caf) != to_caf:
        side = "à un CDAS" if to_caf else "à la Caf"
        found["relay_case"] = [f"Ce cas est celui d’un relais {side} : choisissez-en un autre (R-PR-2)."]
    if case == "other" and not given.get("relay_case_detail"):
        found["relay_case_detail"] = ["Dites quelle raison (R-PR-2)."]
    return found | (scope_errors(given, day) if to_caf else {})


_NOT_IN_A_CO_INTERVENTION = ("agreement_collected_by", "relay_case", "known_to_receiver", "communication")


def as_co_intervention(form: Mapping[str, Any]) -> dict[str, Any]:
    """R-PR-5: the form of the co-intervention that is offered instead, with what was typed for the relay kept."""
    kept = {
        name: value
        for name, value in form.items()
        if not name.startswith(("relay_case", "communicat")) and name not in _NOT_IN_A_CO_INTERVENTION
    }
    told = [form[name] for name in ("relay_case_detail", "communication_content") if form.get(name)]
    return kept | ({"need_detail": "\n\n".join(told)} if told else {})


def known_for_child_protection(to_caf: bool, given: Mapping[str, Any]) -> Refusal | None:
    """R-PR-5: known to the CDAS for child protection, a situation is not handed over to the Caf."""
    if not (to_caf and given.get("regime") == CHILD_PROTECTION):
        return None
    refusal = refuse(
        "Une situation connue du CDAS pour la protection de l’enfance n’est pas passée en relais à la Caf.",
        "R-PR-5",
        "Demandez une co-intervention : ce que vous avez saisi est gardé et y est repris.",
    )
    refusal.code = INSTEAD
    return refusal


def side_not_confirmed(standing: Standing, actor: Actor | None) -> Refusal | None:
    """R-PR-6: each side confirms once."""
    side = side_of(standing, actor)
    if standing.facts.get(f"{side}_confirmed"):
        return refuse(
            "Votre service a déjà confirmé ce relais.",
            "R-PR-6",
            "Il reste à l’autre service de le confirmer.",
        )
    return None


def side_of(standing: Standing, actor: Actor | None) -> str:
    """For whom the actor confirms: `giver` or `receiver`."""
    return "giver" if Party.REQUESTER in parties(standing, actor) else "receiver"


def silence_over_target(standing: Standing, actor: Actor | None) -> Refusal | None:
    """R-PR-6: the receiver is silent when the target of the first exchange has passed without any exchange."""
    limit = standing.limits.get("silence")
    if standing.facts.get("exchanged") or limit is None or standing.now < limit:
        return refuse("Le service destinataire a encore le temps de répondre.", "R-PR-6")
    return None


def receiver_only_when_withdrawn(
    standing: Standing, actor: Actor | None, given: Mapping[str, Any]
) -> Refusal | None:
    """R-PR-1: the receiver stops a relay only when the person withdraws the agreement."""
    if Party.REQUESTER in parties(standing, actor) or given.get("cancel_reason") == WITHDRAWN:
        return None
    return NotPermitted(
        "Le service destinataire n’annule un relais que si la personne retire son accord.",
        rule="R-PR-1",
        advice="Pour un autre motif, choisissez « Ne pas retenir » tant que le relais n’est pas accepté.",
    )


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
        rule="R-PR-1",
        history="Brouillon commencé",
    ),
    Transition(
        name="submit",
        label="Envoyer",
        source=("draft",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-PR-1, R-PR-2, R-PR-3, R-PR-5, R-EL",
        history="Envoyé",
        follows="Le service destinataire est prévenu ; votre service reste responsable jusqu’à la double confirmation.",
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
        rule="R-PR-4, R-CI-3",
        history="Transmis",
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
        name="record_exchange",
        label="Noter un échange",
        source=("forwarded", "accepted"),
        target=None,
        actors=_EITHER,
        rule="R-PR-3, R-PR-4",
        history="Échange noté",
        follows="L’autre service voit la date et les participants.",
        asks=("exchange_on", "participants", "joint_meeting"),
        notes=("exchange_on", "joint_meeting"),
        stops=("first_exchange",),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="plan_meeting",
        label="Fixer la rencontre avec la famille",
        source=("forwarded", "accepted"),
        target=None,
        actors=_EITHER,
        rule="R-PR-4",
        history="Rencontre fixée",
        follows="L’autre service voit la date et le lieu.",
        asks=("meeting_on", "meeting_place"),
        notes=("meeting_on",),
        figures=("meeting_on",),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="accept",
        label="Accepter le relais",
        source=("forwarded",),
        target="accepted",
        actors=_RECEIVER,
        rule="R-PR-6",
        history="Accepté",
        follows="Le service qui passe le relais voit qui le reprend ; chaque service le confirme ensuite.",
        asks=("holder_id",),
        stops=("first_exchange", "validation"),
        tells=(Owes.ASKING_UNIT,),
        undoable=True,
    ),
    Transition(
        name="decline",
        label="Ne pas retenir",
        source=("submitted", "forwarded"),
        target="declined",
        actors=_DESK,
        rule="R-PR-2, R-PR-6",
        history="Non retenu",
        follows="Le service demandeur est prévenu, avec votre motif et où s’adresser ; il reste responsable.",
        asks=("decline_reason", "sentence", "turn_to"),
        notes=("decline_reason",),
        figures=("decline_reason",),
        stops=tuple(CLOCKS),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="confirm",
        label="Confirmer le relais",
        source=("accepted",),
        target=None,
        instead="completed",
        actors=_EITHER,
        rule="R-PR-6",
        history="Relais confirmé par un service",
        done="Vous avez confirmé le relais",
        follows="Quand les deux services ont confirmé, le service destinataire devient responsable.",
        guards=(side_not_confirmed,),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="return_silent",
        label="Rendre au service qui passe le relais",
        source=("forwarded",),
        target="submitted",
        actors=frozenset({Party.SYSTEM}),
        rule="R-PR-6",
        history="Sans réponse du destinataire dans le délai : à transmettre de nouveau",
        guards=(silence_over_target,),
        tells=(Owes.ASKING_UNIT, Owes.ASSIGNED_UNIT, Owes.TRIAGE_UNIT),
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("draft", "submitted", "forwarded", "accepted"),
        target="cancelled",
        actors=_EITHER,
        rule="R-PR-1",
        history="Annulé",
        follows="L’autre service est prévenu ; celui qui passait le relais reste responsable.",
        asks=("cancel_reason", "reason"),
        notes=("cancel_reason",),
        figures=("cancel_reason",),
        requires=(receiver_only_when_withdrawn,),
        stops=tuple(CLOCKS),
        tells=_BOTH_UNITS,
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("forwarded", "accepted"),
        target=None,
        actors=_DESK,
        rule="R-OR-2",
        history="Confié à un collègue",
        follows="Votre collègue voit le relais dans sa liste.",
        asks=("holder_id",),
        guards=(holder_or_in_charge,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
    ),
)

HANDOVER = Workflow(
    kind="handover",
    prefix="PR",
    label="Passage de relais",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    receiver_answers=frozenset({"completed"}),
)
