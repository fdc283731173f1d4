"""`child_protection_notice` « Trace d’information du CDAS – protection de l’enfance » (R-PE): coded, without the facts.

The facts go to the CRIP by its own route (R-PE-3): no row asks for a text, none says a message.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from service.workflows.machine import Owes, Party, State, Transition, Workflow

MEANS: Mapping[str, str] = {
    "telephone": "téléphone",
    "meeting": "rencontre",
    "mail": "courriel",
    "letter": "courrier",
}

FUNCTIONS: Mapping[str, str] = {
    "head": "responsable du CDAS",
    "deputy": "adjoint ou suppléant du responsable",
    "social_worker": "assistant ou assistante de service social",
    "entrusted_children": "travailleur social « enfants confiés »",
    "pmi": "professionnel de PMI",
    "reception": "accueil social",
    "other": "autre fonction",
}

FAMILY: Mapping[str, str] = {
    "informed": "la famille est informée",
    "not_informed": "la famille n’est pas informée",
}

REASONS_NOT_INFORMED: Mapping[str, str] = {
    "interest_of_child": "contraire à l’intérêt de l’enfant",
    "emergency": "urgence, le temps a manqué",
    "not_reached": "famille injoignable",
    "left_to_cdas": "le CDAS l’informe lui-même, convenu avec lui",
}

DECISIONS: Mapping[str, str] = {
    "sent_to_crip": "transmission à la CRIP",
    "assessment": "évaluation par le CDAS",
    "support": "accompagnement proposé à la famille",
    "followed_already": "intervention déjà en cours, poursuivie",
    "no_follow_up": "pas de suite en protection de l’enfance",
}

STATES = (
    State("draft", "Brouillon"),
    State("sent", "Transmise", Owes.ASSIGNED_UNIT, duty="accuser réception de l’information"),
    State("received", "Reçue", Owes.ASSIGNED_UNIT, duty="décider des suites"),
    State("assessed", "Suites décidées", final=True),
    State("cancelled", "Brouillon abandonné", final=True),
)

CLOCKS: Mapping[str, str] = {"reception": "Réception", "assessment": "Suites"}


def field_errors(given: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """What keeps the notice from leaving: R-PE-1 (art. 40), R-PE-2 (the family), dates to come."""
    found: dict[str, list[str]] = {}
    for name, sentence in (*_family(given), *_prosecutor(given), *_days_to_come(given, today)):
        found.setdefault(name, []).append(sentence)
    return found


def pertinent(given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those to a question that another answer has taken away (when told, or why not)."""
    told = given.get("family_informed") == "informed"
    hidden = "reason_not_informed" if told else "family_informed_on"
    return {name: value for name, value in given.items() if name != hidden}


def assessment_errors(decided_on: date, informed_on: date | None, today: date) -> dict[str, list[str]]:
    """The CDAS decides after it was informed, and not in the future."""
    if decided_on > today:
        return {"decided_on": ["La décision ne peut pas être dans le futur."]}
    if informed_on is not None and decided_on < informed_on:
        return {"decided_on": ["La décision ne peut pas précéder l’information du CDAS."]}
    return {}


def _family(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("family_informed") == "informed" and not given.get("family_informed_on"):
        yield "family_informed_on", "Indiquez quand la famille a été informée (R-PE-2)."
    if given.get("family_informed") == "not_informed" and not given.get("reason_not_informed"):
        yield "reason_not_informed", "Dites pourquoi la famille n’est pas informée (R-PE-2)."


def _prosecutor(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("art40_reference") and not given.get("art40_on"):
        yield "art40_on", "Indiquez la date du signalement au procureur (R-PE-1)."


def _days_to_come(given: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    for name in ("informed_on", "family_informed_on", "art40_on"):
        day = given.get(name)
        if day is not None and day > today:
            yield name, "Cette date ne peut pas être dans le futur."


_REQUESTER = frozenset({Party.REQUESTER})
_HEAD = frozenset({Party.HEAD})

TRANSITIONS = (
    Transition(
        name="open",
        label="Commencer un brouillon",
        source=(),
        target="draft",
        actors=_REQUESTER,
        rule="R-PE-1",
        history="Brouillon commencé",
    ),
    Transition(
        name="send",
        label="Transmettre la trace",
        source=("draft",),
        target="sent",
        actors=_REQUESTER,
        rule="R-PE-1, R-PE-2, R-PE-3",
        history="Transmise",
        follows="Le responsable du CDAS est prévenu qu’une information l’attend.",
        starts=("reception",),
        tells=(Owes.ASSIGNED_UNIT,),
        from_its_own_page=True,
    ),
    Transition(
        name="name_recipient",
        label="Désigner un destinataire",
        source=("sent", "received"),
        target=None,
        actors=_HEAD,
        rule="R-PE-4",
        history="Destinataire désigné",
        follows="La personne désignée peut lire la trace ; les autres agents du CDAS ne la voient pas.",
        asks=("recipient_id",),
        notes=("recipient_id",),
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="receive",
        label="Accuser réception",
        source=("sent",),
        target="received",
        actors=_HEAD,
        rule="R-PE-1, R-CLK-1",
        history="Reçue par le CDAS",
        done="Vous avez accusé réception",
        follows="L’auteur voit que le CDAS a reçu l’information ; il reste à décider des suites.",
        stops=("reception",),
        starts=("assessment",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="assess",
        label="Indiquer les suites",
        source=("received",),
        target="assessed",
        actors=_HEAD,
        rule="R-PE-1, R-PE-3",
        history="Suites décidées par le CDAS",
        done="Vous avez indiqué les suites",
        follows="L’auteur voit la suite décidée et sa date, sans plus de détail.",
        asks=("decision", "decided_on"),
        notes=("decision", "decided_on"),
        stops=("assessment",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="cancel",
        label="Abandonner le brouillon",
        source=("draft",),
        target="cancelled",
        actors=_REQUESTER,
        rule="R-PE-4",
        history="Brouillon abandonné",
        follows="Rien n’a été transmis ; le brouillon est effacé avec ce qu’il contient.",
    ),
)

CHILD_PROTECTION_NOTICE = Workflow(
    kind="child_protection_notice",
    prefix="IN",
    label="Trace d’information du CDAS – protection de l’enfance",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    sends="send",
    receiver_answers=frozenset({"sent", "received", "assessed"}),
)
"""`cancelled` is only the end of a draft that was given up, before it is deleted; what was sent can not be undone."""
