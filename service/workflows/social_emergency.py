"""`social_emergency` « Urgence sociale » (R-US): its states, its guards, its one table of transitions."""

from collections.abc import Mapping
from typing import Any

from service.errors import NotPermitted, Refusal
from service.permissions import Actor, Role
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow, refuse

CHILD_PROTECTION = "child_protection"
"""The motive with which a ticket keeps codes only (R-US-1)."""

VIOLENCE = "domestic_violence"
"""The motive that protects the telephone of the person by itself (R-DP-8)."""

MOTIVES: Mapping[str, str] = {
    "food": "aide alimentaire",
    "housing": "absence de logement ou d’hébergement",
    "energy_cut": "menace de coupures d’énergie",
    CHILD_PROTECTION: "protection de l’enfance",
    VIOLENCE: "violences conjugales",
}

VULNERABILITIES: Mapping[str, str] = {
    "isolation": "isolement",
    "young_children": "enfants en bas âge",
    "distress": "détresse",
    "other": "autre",
    "none_seen": "aucune repérée à ce jour",
}

REFERENT_SOURCES: Mapping[str, str] = {
    "person": "la personne le dit",
    "referent": "le travailleur social le dit",
    "file": "un dossier le dit",
}

SEND_TO: Mapping[str, str] = {
    "caf_worker": "Au travailleur social de la Caf",
    "caf_secretariat": "Au secrétariat du service social de la Caf",
    "same_cdas": "Au CDAS qui fait la demande ; depuis la Caf, au CDAS du domicile",
    "other_cdas": "À un autre CDAS",
}

AGAINST_ROUTE: Mapping[str, str] = {
    "unreachable": "le service indiqué n’a pas pu être joint",
    "agreed": "les deux services se sont mis d’accord",
    "place": "la personne se trouve sur place",
    "other": "autre raison",
}

REDIRECTED = "redirected"
"""Why an emergency goes against the route when its receiver redirects it: nobody types it."""

DANGERS: Mapping[str, str] = {
    "violence": "violences subies ou menaces",
    "life": "la vie ou la santé est menacée",
    "child": "un enfant est en danger",
    "street": "la personne est à la rue",
}

NOT_TOLD: Mapping[str, str] = {
    "unreachable": "la personne n’a pas pu être jointe",
    "danger": "l’informer aggraverait le danger",
    "unable": "son état ne le permet pas",
}

TREATMENTS: Mapping[str, str] = {
    "received": "la personne a été reçue",
    "home_visit": "visite à domicile",
    "telephone": "entretien par téléphone",
    "food_help": "aide alimentaire remise ou obtenue",
    "financial_help": "secours ou aide financière demandés",
    "shelter": "hébergement trouvé, ou 115 sollicité",
    "energy_supplier": "démarche auprès du fournisseur d’énergie",
    "specialised": "mise en lien avec un service spécialisé",
    "child_services": "transmis aux services de protection de l’enfance par leur propre voie",
    "other": "autre",
}

REDIRECTIONS: Mapping[str, str] = {
    "cdas": "à un CDAS",
    "caf_social": "au service social de la Caf",
}

REDIRECT_REASONS: Mapping[str, str] = {
    "followed_there": "la personne y est accompagnée",
    "not_followed": "la personne n’est pas accompagnée ici",
    "wrong_territory": "la personne habite un autre territoire",
    "other": "autre raison",
}

CANCEL_REASONS: Mapping[str, str] = {
    "solved": "la situation s’est résolue",
    "withdrawn": "la personne ne le souhaite plus",
    "duplicate": "une demande est déjà en cours",
    "mistake": "saisie par erreur",
    "other": "autre raison",
}

FREE_TEXTS = ("description", "vulnerability_detail", "against_route_detail", "detail", "reason_not_told")
"""What a ticket with codes only never keeps (R-US-1)."""

STATES = (
    State("draft", "Brouillon"),
    State("submitted", "À prendre en charge", Owes.ASSIGNED_UNIT, duty="prendre en charge l’urgence"),
    State("in_progress", "En cours", Owes.ASSIGNED_UNIT, duty="noter ce qui a été fait"),
    State("handled", "Urgence traitée", Owes.ASSIGNED_UNIT, duty="clore la demande"),
    State("closed", "Clôturée", final=True),
    State("redirected", "Réorientée", final=True),
    State("cancelled", "Annulée", final=True),
)

CLOCKS: Mapping[str, str] = {"emergency_take": "Prise en charge de l’urgence", "handling": "Traitement"}


def own_or_in_charge(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`reassign`: a Caf worker confides what they hold themselves; the others what their service holds."""
    if actor is not None and actor.role is Role.CAF_TS and actor.account_id != standing.holder_id:
        return NotPermitted("Cette urgence est suivie par un collègue : c’est à lui de la confier.")
    return None


def codes_only(standing: Standing, actor: Actor | None, given: Mapping[str, Any]) -> Refusal | None:
    """R-US-1: with child protection among its motives, the ticket keeps no free text."""
    if standing.facts.get("coded_only") and any(given.get(name) for name in FREE_TEXTS):
        return refuse(
            "Cette urgence touche à la protection de l’enfance : Relais n’en garde que des codes, aucun texte libre.",
            "R-US-1",
            "Effacez ce que vous avez écrit. Les faits vont à la CRIP par sa propre voie.",
        )
    return None


_REQUESTER = frozenset({Party.REQUESTER})
_RECEIVER = frozenset({Party.RECEIVER, Party.SECRETARIAT})
_BOTH_CLOCKS = ("emergency_take", "handling")

TRANSITIONS = (
    Transition(
        name="open",
        label="Commencer un brouillon",
        source=(),
        target="draft",
        actors=_REQUESTER,
        rule="R-US-1",
        history="Brouillon commencé",
    ),
    Transition(
        name="submit",
        label="Envoyer",
        source=("draft",),
        target="submitted",
        actors=_REQUESTER,
        rule="R-US-1, R-US-2, R-US-3, R-US-4, R-DP-2",
        history="Envoyée",
        follows="Le service désigné est prévenu ; le délai de prise en charge commence.",
        starts=_BOTH_CLOCKS,
        tells=(Owes.ASSIGNED_UNIT,),
        from_its_own_page=True,
    ),
    Transition(
        name="take",
        label="Prendre en charge",
        source=("submitted",),
        target="in_progress",
        actors=_RECEIVER,
        rule="R-US-3",
        history="Prise en charge",
        follows="Le service demandeur est prévenu que quelqu’un s’en occupe.",
        stops=("emergency_take",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="handle",
        label="Noter le traitement",
        source=("submitted", "in_progress"),
        target="handled",
        actors=_RECEIVER,
        rule="R-US-1, R-US-4",
        history="Urgence traitée",
        follows="Le service demandeur est prévenu de ce qui a été fait.",
        asks=("treatments", "handled_on", "detail"),
        says="detail",
        notes=("treatments", "handled_on"),
        requires=(codes_only,),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="redirect",
        label="Réorienter",
        source=("submitted", "in_progress"),
        target="redirected",
        actors=_RECEIVER,
        rule="R-US-3",
        history="Réorientée",
        follows="Une demande liée est envoyée au service que vous désignez ; le service demandeur est prévenu.",
        asks=("redirect_to", "redirect_cdas", "redirect_reason", "detail"),
        says="detail",
        notes=("redirect_to", "redirect_cdas", "redirect_reason"),
        figures=("redirect_reason",),
        requires=(codes_only,),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="close",
        label="Clore",
        source=("handled",),
        target="closed",
        actors=_RECEIVER,
        rule="R-US-3",
        history="Clôturée",
        follows="La demande est close.",
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("draft", "submitted", "in_progress"),
        target="cancelled",
        actors=_REQUESTER,
        rule="R-DP-2",
        history="Annulée",
        follows="Le service destinataire est prévenu que la demande n’a plus lieu d’être.",
        asks=("cancel_reason", "detail"),
        says="detail",
        notes=("cancel_reason",),
        figures=("cancel_reason",),
        requires=(codes_only,),
        stops=_BOTH_CLOCKS,
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("submitted", "in_progress", "handled"),
        target=None,
        actors=_RECEIVER,
        rule="R-US-3",
        history="Confiée à un collègue",
        follows="Votre collègue voit la demande dans sa liste.",
        asks=("holder_id",),
        guards=(own_or_in_charge,),
        tells=(Owes.ASSIGNED_UNIT,),
    ),
)

SOCIAL_EMERGENCY = Workflow(
    kind="social_emergency",
    prefix="US",
    label="Urgence sociale",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    receiver_answers=frozenset({"submitted", "in_progress", "handled", "closed", "redirected"}),
)
