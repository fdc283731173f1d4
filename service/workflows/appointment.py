"""`appointment` « Demande de rendez-vous » (R-RV): its states, its guards, its one table of transitions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.errors import NotPermitted, Refusal
from service.permissions import Actor, Role
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow, refuse

SOURCES: Mapping[str, str] = {
    "person_phone": "la personne, par téléphone",
    "mailbox": "la boîte générale du service social",
    "caf_fr": "le formulaire de caf.fr",
    "automatic_letter": "après la lettre automatique",
    "caf_reception": "l’accueil ou le téléphone de la Caf",
    "cdas": "un CDAS",
    "ccas": "un CCAS",
    "association": "une association",
    "other": "autre",
}

ASKED_BY_THE_PERSON = frozenset({"person_phone", "mailbox", "caf_fr", "automatic_letter", "caf_reception"})
"""The sources by which persons ask for themselves: they know, and agree (R-DP-2)."""

REACHED = "reached"
CALL_RESULTS: Mapping[str, str] = {
    REACHED: "la personne a été jointe",
    "no_answer": "pas de réponse",
    "voicemail": "message laissé sur le répondeur",
    "wrong_number": "le numéro ne convient pas",
}

REFUSED_OFFER: Mapping[str, str] = {
    "date": "la date ne convient pas",
    "place": "le lieu ne convient pas",
    "worker": "la personne demande quelqu’un d’autre",
    "other": "autre raison",
}

ABSENCES: Mapping[str, str] = {
    "without_notice": "sans prévenir",
    "with_notice": "en ayant prévenu",
}

UNREACHABLE = "unreachable"
OUTCOMES: Mapping[str, str] = {
    "information_only": "information-conseil seule",
    "accompaniment_opened": "accompagnement ouvert",
    "redirected": "réorientation",
    UNREACHABLE: "personne injoignable",
}

REDIRECTIONS: Mapping[str, str] = {
    "cdas": "vers un CDAS",
    "caf_prestations": "vers le Service Prestations de la Caf",
    "other_service": "vers un autre service",
}

STATES = (
    State("draft", "Brouillon"),
    State(
        "submitted", "À rappeler", Owes.TRIAGE_UNIT, duty="rappeler la personne et proposer un rendez-vous"
    ),
    State("offered", "Rendez-vous proposé", Owes.TRIAGE_UNIT, duty="fixer le rendez-vous"),
    State("scheduled", "Rendez-vous fixé", Owes.ASSIGNED_UNIT, duty="recevoir la personne"),
    State("held", "Rendez-vous honoré", Owes.ASSIGNED_UNIT, duty="noter l’issue du rendez-vous"),
    State("closed", "Clôturée", final=True),
    State("redirected", "Réorientée", final=True),
    State("cancelled", "Annulée", final=True),
)

CLOCKS: Mapping[str, str] = {"call_back": "Rappel", "offer": "Offre de rendez-vous"}


def with_own_agreement(given: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Who asks for themselves knows and agrees: nobody has to note it (R-DP-2)."""
    grounded = any(given.get(name) for name in ("told_on", "agreed_on", "reason_not_told", "objected"))
    own = given.get("source") in ASKED_BY_THE_PERSON and not grounded
    return {**given, "agreed_on": day} if own else dict(given)


def own_or_in_charge(standing: Standing, actor: Actor | None) -> Refusal | None:
    """A Caf worker notes and closes the appointments that they hold; the secretariat and the head all of them."""
    if actor is not None and actor.role is Role.CAF_TS and actor.account_id != standing.holder_id:
        return NotPermitted("Ce rendez-vous est celui d’un collègue.")
    return None


def held_or_unreachable(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`close` without an appointment: by the secretariat, after the calls in vain of the Setting (ours)."""
    if standing.state != "submitted":
        return None
    if actor is not None and actor.role is Role.CAF_TS:
        return NotPermitted("Clore une demande sans rendez-vous revient au secrétariat.")
    if not standing.facts.get(UNREACHABLE):
        return refuse(
            "La personne n’a pas encore été appelée assez de fois en vain pour être dite injoignable.",
            "R-RV",
            "Notez chaque appel ; vous pourrez clore ensuite.",
        )
    return None


def outcome_of_the_state(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """`close`: before any appointment the only outcome is « injoignable »; after it, it is none."""
    if (standing.state == "submitted") == (given.get("outcome") == UNREACHABLE):
        return None
    if standing.state == "submitted":
        return refuse("Aucun rendez-vous n’a eu lieu : la seule issue est « personne injoignable ».", "R-RV")
    return refuse("La personne est venue au rendez-vous : choisissez une autre issue.", "R-RV")


_REQUESTER = frozenset({Party.REQUESTER})
_SECRETARIAT = frozenset({Party.SECRETARIAT})
_SOCIAL_SERVICE = frozenset({Party.SECRETARIAT, Party.RECEIVER})
_BOTH_CLOCKS = ("call_back", "offer")
_MEETING = ("meeting_on", "meeting_time", "place", "holder_id")

TRANSITIONS = (
    Transition(
        name="open",
        label="Commencer un brouillon",
        source=(),
        target="draft",
        actors=_REQUESTER,
        rule="R-RV",
        history="Brouillon commencé",
    ),
    Transition(
        name="submit",
        label="Envoyer",
        source=("draft",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-RV, R-EL, R-DP-2",
        history="Envoyée",
        follows="Le secrétariat du service social de la Caf rappelle la personne.",
        starts=_BOTH_CLOCKS,
        tells=(Owes.TRIAGE_UNIT,),
        from_its_own_page=True,
    ),
    Transition(
        name="log_call",
        label="Noter un appel à la personne",
        source=("submitted", "offered"),
        target=None,
        actors=_SECRETARIAT,
        rule="R-RV",
        history="Appel à la personne",
        follows="L’appel est compté ; le délai de rappel s’arrête au premier.",
        asks=(
            "call_result",
            "scope_event",
            "scope_event_on",
            "has_children",
            "is_allocataire",
            "who_accompanies",
        ),
        notes=("call_result",),
        stops=("call_back",),
    ),
    Transition(
        name="offer",
        label="Proposer un rendez-vous",
        source=("submitted",),
        target="offered",
        actors=_SECRETARIAT,
        rule="R-RV",
        history="Rendez-vous proposé",
        follows="Le délai d’offre s’arrête ; il reste à fixer le rendez-vous.",
        asks=_MEETING,
        notes=("meeting_on",),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="schedule",
        label="Fixer le rendez-vous",
        source=("submitted", "offered"),
        target="scheduled",
        actors=_SECRETARIAT,
        rule="R-RV",
        history="Rendez-vous fixé",
        follows="Le travailleur social et le service demandeur sont prévenus.",
        asks=_MEETING,
        notes=("meeting_on",),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASSIGNED_UNIT, Owes.ASKING_UNIT),
    ),
    Transition(
        name="refuse_offer",
        label="Noter un refus de la proposition",
        source=("offered",),
        target="submitted",
        actors=_SECRETARIAT,
        rule="R-RV, R-CLK-1",
        history="Proposition refusée par la personne",
        follows="Un nouveau délai d’offre commence.",
        asks=("refused_because",),
        notes=("refused_because",),
        figures=("refused_because",),
        starts=("offer",),
    ),
    Transition(
        name="no_show",
        label="Absence au rendez-vous",
        source=("scheduled",),
        target="submitted",
        actors=_SOCIAL_SERVICE,
        rule="R-RV, R-CLK-1",
        history="Absence au rendez-vous",
        follows="Le secrétariat est prévenu ; de nouveaux délais de rappel et d’offre commencent.",
        asks=("absence",),
        notes=("absence",),
        figures=("absence",),
        guards=(own_or_in_charge,),
        starts=_BOTH_CLOCKS,
        tells=(Owes.TRIAGE_UNIT,),
    ),
    Transition(
        name="hold",
        label="Rendez-vous honoré",
        source=("scheduled",),
        target="held",
        actors=_SOCIAL_SERVICE,
        rule="R-RV",
        history="Rendez-vous honoré",
        follows="Il reste à noter l’issue du rendez-vous.",
        asks=("held_on",),
        notes=("held_on",),
        guards=(own_or_in_charge,),
    ),
    Transition(
        name="close",
        label="Clore",
        source=("submitted", "held"),
        target="closed",
        actors=_SOCIAL_SERVICE,
        rule="R-RV, R-AC",
        history="Clôturée",
        follows="Le service demandeur est prévenu de l’issue.",
        asks=(
            "outcome",
            "event",
            "event_on",
            "term_on",
            "matricule",
            "redirect_to",
            "redirect_cdas",
            "redirect_service",
            "detail",
        ),
        says="detail",
        notes=("outcome", "redirect_to", "redirect_cdas"),
        figures=("outcome",),
        guards=(own_or_in_charge, held_or_unreachable),
        requires=(outcome_of_the_state,),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="redirect",
        label="Réorienter",
        source=("submitted", "offered"),
        target="redirected",
        actors=_SECRETARIAT,
        rule="R-RV, R-EL, R-OR-2",
        history="Réorientée",
        follows="Le service demandeur est prévenu : il oriente la personne vers le service indiqué.",
        asks=("redirect_to", "redirect_cdas", "redirect_service", "detail"),
        says="detail",
        notes=("redirect_to", "redirect_cdas"),
        figures=("redirect_to",),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("draft", "submitted", "offered", "scheduled", "held"),
        target="cancelled",
        actors=_REQUESTER | _SECRETARIAT,
        rule="R-DP-2",
        history="Annulée",
        follows="Les deux services sont prévenus que la demande n’a plus lieu d’être.",
        asks=("reason",),
        says="reason",
        stops=_BOTH_CLOCKS,
        tells=(Owes.TRIAGE_UNIT, Owes.ASSIGNED_UNIT, Owes.ASKING_UNIT),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("offered", "scheduled", "held"),
        target=None,
        actors=_SOCIAL_SERVICE,
        rule="R-OR-2",
        history="Confiée à un collègue",
        follows="Votre collègue voit la demande dans sa liste.",
        asks=("holder_id",),
        guards=(own_or_in_charge,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
    ),
)

APPOINTMENT = Workflow(
    kind="appointment",
    prefix="RV",
    label="Demande de rendez-vous",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    receiver_answers=frozenset({"scheduled", "held", "closed"}),
)
