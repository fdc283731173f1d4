"""`urgent_rights` « Urgence définie » (R-UD): its states, its guards, its one table of transitions."""

from collections.abc import Mapping
from typing import Any

from service.errors import NotPermitted, Refusal
from service.permissions import Actor, Role
from service.workflows.judging import parties
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow, refuse

OUTCOMES: Mapping[str, str] = {
    "restored": "droit rétabli",
    "payment_scheduled": "paiement programmé",
    "documents_requested": "pièces demandées à l’allocataire",
    "not_due": "pas de droit à ce jour",
    "under_review": "dossier en cours de vérification",
    "other_body": "en attente d’un autre organisme",
    "other": "autre",
}

REJECTION_REASONS: Mapping[str, str] = {
    "not_urgent": "hors définition",
    "visible_in_cdap": "information visible dans CDAP",
    "duplicate": "demande déjà en cours",
    "wrong_service": "autre service compétent",
    "wrong_orientation": "à réorienter",
    "unidentified": "personne ou service non identifié",
}

LINE_OPEN_REASONS: Mapping[str, str] = {
    "no_answer": "pas de réponse sur la ligne",
    "documents": "documents à joindre",
    "other": "autre raison",
}

CHANNELS: Mapping[str, str] = {
    "phone": "ligne directe",
    "cdap_form": "formulaire CDAP",
    "email": "courriel",
    "service": "Relais",
}

STATES = (
    State("draft", "Brouillon"),
    State("submitted", "Reçue, à orienter", Owes.TRIAGE_UNIT),
    State("assigned", "Affectée", Owes.ASSIGNED_UNIT),
    State("in_progress", "En cours", Owes.ASSIGNED_UNIT),
    State("waiting_partner", "En attente du CDAS", Owes.ASKING_UNIT),
    State("answered", "Réponse apportée", Owes.ASKING_UNIT),
    State("closed", "Clôturée", final=True),
    State("rejected", "Non retenue", final=True),
    State("cancelled", "Annulée", final=True),
)

CLOCKS: Mapping[str, str] = {
    "triage": "Tri",
    "take": "Prise en charge",
    "answer": "Réponse",
    "closing": "Clôture",
}


def another_reader(standing: Standing, actor: Actor | None) -> Refusal | None:
    """R-UD-8: after a second reading was asked for, the person who refused may not decide again."""
    if standing.contested and actor is not None and actor.account_id == standing.refused_by:
        return refuse(
            "Vous avez refusé cette demande : la seconde lecture revient à une autre personne.",
            "R-UD-8",
            "Laissez-la à un collègue ; vous pouvez ajouter une note interne.",
        )
    return None


def asking_unit_known(standing: Standing, actor: Actor | None) -> Refusal | None:
    """Nobody can be asked or answered while the CDAS is unknown."""
    if standing.asking_unit_id is None:
        return refuse(
            "Le CDAS qui demande n’est pas encore connu.",
            "R-UD-2",
            "Complétez d’abord la demande, ou refusez-la comme « personne ou service non identifié ».",
        )
    return None


def contest_once_in_time(standing: Standing, actor: Actor | None) -> Refusal | None:
    """R-UD-8: one second reading, within the Setting `contest_days`."""
    if standing.contested:
        return refuse("Une seconde lecture a déjà été demandée pour cette demande.", "R-UD-8")
    return _before("contest", standing, "Le délai pour demander une seconde lecture est passé.", "R-UD-8")


def reopen_in_time(standing: Standing, actor: Actor | None) -> Refusal | None:
    """Within the Setting `reopen_days`."""
    return _before("reopen", standing, "Le délai pour rouvrir cette demande est passé.", "R-IND-I-9")


def closing_delay_over(standing: Standing, actor: Actor | None) -> Refusal | None:
    """Automatic closing waits for the Setting `auto_close_days` (business days)."""
    limit = standing.limits.get("auto_close")
    if limit is None or standing.now < limit:
        return refuse("Le délai d’accusé de réception court encore.", "R-CLK-1")
    return None


def holder_or_in_charge(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`reassign`: the holder, the secretariat and the heads confide a ticket."""
    if actor is not None and actor.role is Role.CAF_AGENT and actor.account_id != standing.holder_id:
        return NotPermitted("Cette demande est suivie par un collègue : c’est à lui de la confier.")
    return None


def agent_assigns_to_self(
    standing: Standing, actor: Actor | None, given: Mapping[str, Any]
) -> Refusal | None:
    """`assign`: triage chooses; an agent who is not triage takes the ticket for themselves."""
    if actor is None or Party.TRIAGE in parties(standing, actor):
        return None
    if given.get("holder_id") == actor.account_id and given.get("unit_id") == actor.unit_id:
        return None
    return NotPermitted("Vous pouvez vous affecter cette demande, pas l’affecter à quelqu’un d’autre.")


def waited_enough_or_known(
    standing: Standing, actor: Actor | None, given: Mapping[str, Any]
) -> Refusal | None:
    """R-CLK-3, `answer` while waiting: after `answer_after_waiting_days`, or saying how it is known."""
    if standing.state != "waiting_partner" or given.get("how_known"):
        return None
    limit = standing.limits.get("answer_while_waiting")
    if limit is not None and standing.now >= limit:
        return None
    return refuse(
        "Le CDAS n’a pas encore répondu à votre question.",
        "R-CLK-3",
        "Dites en une phrase comment l’information vous est parvenue, ou attendez le délai prévu.",
    )


def _before(limit: str, standing: Standing, sentence: str, rule: str) -> Refusal | None:
    until = standing.limits.get(limit)
    if until is not None and standing.now > until:
        return refuse(sentence, rule, "Signalez une nouvelle urgence si la situation le demande.")
    return None


_REQUESTER = frozenset({Party.REQUESTER})
_TRIAGE = frozenset({Party.TRIAGE})
_AGENT = frozenset({Party.AGENT})
_SYSTEM = frozenset({Party.SYSTEM})
_OPENING_CLOCKS = ("triage", "take", "answer")

TRANSITIONS = (
    Transition(
        name="open",
        label="Commencer un brouillon",
        source=(),
        target="draft",
        actors=_REQUESTER,
        rule="R-UD-1",
        history="Brouillon commencé",
    ),
    Transition(
        name="record_call",
        label="Noter un appel",
        source=(),
        target="in_progress",
        actors=frozenset({Party.CDAS, Party.AGENT, Party.SECRETARIAT}),
        rule="R-UD-3",
        history="Appel sur la ligne directe",
        asks=("asking_unit", "matricule", "benefit", "event", "started_at", "minutes", "answered", "outcome"),
        starts=("answer",),
        from_its_own_page=True,
    ),
    Transition(
        name="receive",
        label="Recevoir un message",
        source=(),
        target="submitted",
        actors=_SYSTEM,
        rule="R-UD-2",
        history="Message reçu avec le mot-clé",
        starts=_OPENING_CLOCKS,
        tells=(Owes.TRIAGE_UNIT,),
    ),
    Transition(
        name="submit",
        label="Envoyer",
        source=("draft",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-UD-1, R-UD-3, R-UD-4, R-UD-5, R-DP-2",
        history="Envoyée",
        follows="La Caf est prévenue ; le délai de tri commence.",
        starts=_OPENING_CLOCKS,
        tells=(Owes.TRIAGE_UNIT,),
        from_its_own_page=True,
    ),
    Transition(
        name="complete",
        label="Compléter",
        source=("submitted",),
        target=None,
        actors=_TRIAGE,
        rule="R-UD-2",
        history="Complétée",
        follows="La demande garde ce que vous ajoutez ; il reste à l’affecter.",
        asks=(
            "asking_unit",
            "matricule",
            "last_name",
            "first_name",
            "commune",
            "benefit",
            "event",
            "last_payment_on",
        ),
    ),
    Transition(
        name="assign",
        label="Affecter",
        source=("submitted", "assigned", "in_progress", "waiting_partner"),
        target="assigned",
        actors=_TRIAGE | _AGENT,
        rule="R-UD-6",
        history="Affectée",
        follows="Le service désigné est prévenu ; il lui revient de prendre la demande en charge.",
        asks=("unit_id", "holder_id"),
        guards=(another_reader, asking_unit_known),
        requires=(agent_assigns_to_self,),
        stops=("triage",),
        resumes=("answer",),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
        on_many=True,
    ),
    Transition(
        name="reject",
        label="Ne pas retenir",
        source=("submitted", "assigned", "in_progress"),
        target="rejected",
        actors=_TRIAGE | _AGENT,
        rule="R-UD-1, R-UD-4, R-UD-5",
        history="Non retenue",
        follows="Le CDAS est prévenu ; il peut demander une seconde lecture.",
        asks=("reason", "sentence", "turn_to", "duplicate_of", "kept_benefit", "kept_event"),
        guards=(another_reader,),
        stops=_OPENING_CLOCKS,
        tells=(Owes.ASKING_UNIT,),
        figures=("reason", "kept_benefit", "kept_event"),
    ),
    Transition(
        name="take",
        label="Prendre en charge",
        source=("submitted", "assigned"),
        target="in_progress",
        actors=_AGENT,
        rule="R-UD-6",
        history="Prise en charge",
        follows="Le CDAS est prévenu que quelqu’un s’en occupe.",
        guards=(another_reader, asking_unit_known),
        stops=("triage", "take"),
        tells=(Owes.ASKING_UNIT,),
        undoable=True,
        on_many=True,
    ),
    Transition(
        name="ask",
        label="Demander un complément",
        source=("in_progress",),
        target="waiting_partner",
        actors=_AGENT,
        rule="R-CLK-2",
        history="La Caf demande un complément",
        done="Vous avez demandé un complément",
        follows="Le CDAS est prévenu ; le délai de réponse de la Caf est suspendu jusqu’à sa réponse.",
        asks=("question",),
        pauses=("answer",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="reply",
        label="Répondre à la demande",
        source=("waiting_partner",),
        target="in_progress",
        actors=_REQUESTER,
        rule="R-CLK-2",
        history="Le CDAS répond",
        done="Vous avez répondu",
        follows="La Caf est prévenue ; son délai de réponse court de nouveau.",
        asks=("text",),
        resumes=("answer",),
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="answer",
        label="Apporter la réponse",
        source=("in_progress", "waiting_partner"),
        target="answered",
        actors=_AGENT,
        rule="R-UD-6",
        history="La Caf apporte sa réponse",
        done="Vous avez apporté la réponse",
        follows="Le CDAS est prévenu ; il lui reste à accuser réception.",
        asks=("outcome", "outcome_on", "outcome_detail", "text", "how_known", "kept_benefit", "kept_event"),
        figures=("outcome", "outcome_on", "kept_benefit", "kept_event"),
        guards=(another_reader,),
        requires=(waited_enough_or_known,),
        stops=("answer",),
        starts=("closing",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="acknowledge",
        label="Accuser réception et clore",
        source=("answered",),
        target="closed",
        actors=_REQUESTER,
        rule="R-UD-7",
        history="Accusé de réception, clôturée",
        follows="La demande est close ; vous pouvez la rouvrir si la situation se répète.",
        asks=("usefulness", "remark"),
        figures=("usefulness",),
        stops=("closing",),
    ),
    Transition(
        name="auto_close",
        label="Clore automatiquement",
        source=("answered",),
        target="closed",
        actors=_SYSTEM,
        rule="R-CLK-1",
        history="Clôturée automatiquement, sans accusé de réception",
        guards=(closing_delay_over,),
        stops=("closing",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="reopen",
        label="Rouvrir",
        source=("answered", "closed"),
        target="in_progress",
        instead="assigned",
        actors=_REQUESTER,
        rule="R-IND-I-9",
        history="Rouverte",
        follows="La Caf est prévenue ; un nouveau délai de réponse commence.",
        asks=("reason",),
        guards=(reopen_in_time,),
        stops=("closing",),
        starts=("answer",),
        tells=(Owes.ASSIGNED_UNIT,),
        leaves_final=True,
    ),
    Transition(
        name="contest",
        label="Demander une seconde lecture",
        source=("rejected",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-UD-8",
        history="Seconde lecture demandée",
        follows="Une autre personne que celle qui a refusé relira la demande.",
        asks=("reason",),
        guards=(contest_once_in_time,),
        starts=_OPENING_CLOCKS,
        tells=(Owes.TRIAGE_UNIT,),
        leaves_final=True,
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("draft", "submitted", "assigned", "in_progress", "waiting_partner"),
        target="cancelled",
        actors=_REQUESTER,
        rule="R-DP-2",
        history="Annulée",
        follows="La Caf est prévenue que la demande n’a plus lieu d’être.",
        asks=("reason",),
        stops=_OPENING_CLOCKS,
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("assigned", "in_progress", "waiting_partner"),
        target=None,
        actors=_AGENT | frozenset({Party.SECRETARIAT}),
        rule="R-OR-2",
        history="Confiée à un collègue",
        follows="Votre collègue voit la demande dans sa liste.",
        asks=("holder_id",),
        guards=(holder_or_in_charge,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
        on_many=True,
    ),
)

URGENT_RIGHTS = Workflow(
    kind="urgent_rights",
    prefix="UD",
    label="Urgence définie",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    receiver_answers=frozenset(state.code for state in STATES if state.code != "draft"),
)
