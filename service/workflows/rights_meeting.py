"""`rights_meeting` « Rendez-vous des droits » (R-RD): asked for, fixed, held, then checked three calendar months later.

Nothing is owed during these three months: no clock runs while the meeting is `held`, as nobody could act. The day
that they are reached, Relais moves the request to `follow_up`, and the clock of the check starts.
"""

from collections.abc import Mapping
from datetime import date

from service.errors import NotPermitted, Refusal
from service.permissions import Actor, Role
from service.workflows.machine import Owes, Party, Standing, State, Transition, Workflow
from service.workflows.urgency import Benefit, add_months

MONTHS_BEFORE_CHECK = 3

SERVICES: Mapping[str, str] = {
    "prestations": "Service Prestations de la Caf",
    "caf_social": "service social de la Caf",
}

ASKED_BY: Mapping[str, str] = {
    "person": "à la demande de la personne",
    "social_worker": "à la demande d’un travailleur social",
    "partner": "à la demande d’un partenaire",
}

IN_PERSON = "in_person"
MEANS: Mapping[str, str] = {
    IN_PERSON: "en face à face",
    "telephone": "par téléphone",
    "visio": "par visio",
    "home": "au domicile",
}

CODES: Mapping[str, str] = {
    "87": "87 – parcours spécifiques",
    "88": "88 – instruction RSA",
    "89": "89 – autres (accueil sur rendez-vous, orientation par un partenaire)",
}
"""The three reasons under which the Caf counts its meetings (circulaire 2014-018, fiche 1)."""

TARGET_GROUPS: Mapping[str, str] = {
    "rsa_applicant": "demande de RSA, entretien associé à l’instruction",
    "contact_offer": "offre systématique de contact du travail social",
    "partner_referral": "personne adressée par un organisme partenaire",
    "complex_file": "dossier complexe, vision globale nécessaire",
}

CAF_RIGHTS: Mapping[str, str] = {
    **{one.value: one.label for one in Benefit if one is not Benefit.OTHER},
    "caf_aid": "Aides d’action sociale de la Caf",
    "caf_other": "Autre prestation de la Caf",
}
"""The rights that the Caf opens itself: the only ones that are counted three months later."""

RIGHTS: Mapping[str, str] = {
    **CAF_RIGHTS,
    "css": "Complémentaire santé solidaire",
    "fsl": "Fonds de solidarité pour le logement (FSL)",
    "ass": "Allocation de solidarité spécifique (ASS)",
    "energy": "Aides au paiement de l’énergie",
    "ccas": "Aides du CCAS",
    "health_check": "Examen de santé de l’assurance maladie",
    "other": "Autre droit auprès d’un partenaire",
}

DOCUMENTS: Mapping[str, str] = {
    "identity": "Pièce d’identité ou titre de séjour",
    "family": "Livret de famille ou acte de naissance",
    "housing": "Bail, quittance ou attestation du bailleur",
    "resources": "Justificatifs de ressources",
    "bank": "Relevé d’identité bancaire",
    "schooling": "Certificat de scolarité",
    "health": "Certificat médical ou décision de la MDPH",
    "judgment": "Jugement ou convention parentale",
    "form": "Formulaire de demande à compléter",
    "other": "Autre pièce",
}

OPENED = "opened"
RESULTS: Mapping[str, str] = {
    OPENED: "un ou plusieurs droits ont été ouverts",
    "none": "aucun droit n’a été ouvert",
}

STATES = (
    State("requested", "Demandé", Owes.ASSIGNED_UNIT, duty="fixer le rendez-vous"),
    State("scheduled", "Fixé", Owes.ASSIGNED_UNIT, duty="tenir le rendez-vous"),
    State("held", "Réalisé"),
    State(
        "follow_up", "À vérifier à 3 mois", Owes.ASSIGNED_UNIT, duty="vérifier si des droits ont été ouverts"
    ),
    State("closed", "Clôturé", final=True),
    State("cancelled", "Annulé", final=True),
)

CLOCKS: Mapping[str, str] = {"meeting": "Fixation du rendez-vous", "rights_check": "Vérification des droits"}


def check_due_on(held_on: date) -> date:
    """R-RD: three calendar months later, or the last day of that month: 30 November → 28 or 29 February."""
    return add_months(held_on, MONTHS_BEFORE_CHECK)


def own_or_free(standing: Standing, actor: Actor | None) -> Refusal | None:
    """A Caf worker holds and checks their own meetings, or one that nobody has in hand; their head all of them."""
    if actor is None or actor.role is not Role.CAF_TS or standing.holder_id in (None, actor.account_id):
        return None
    return NotPermitted("Ce rendez-vous est celui d’un collègue.")


def holder_confides(standing: Standing, actor: Actor | None) -> Refusal | None:
    """`reassign`: whoever has it in hand, or anybody of the service while nobody does; heads and secretariat always."""
    if actor is None or actor.role not in (Role.CAF_AGENT, Role.CAF_TS):
        return None
    if standing.holder_id in (None, actor.account_id):
        return None
    return NotPermitted("Ce rendez-vous est suivi par un collègue : c’est à lui de le confier.")


_RECEIVER = frozenset({Party.RECEIVER})

TRANSITIONS = (
    Transition(
        name="request",
        label="Demander le rendez-vous",
        source=(),
        target="requested",
        actors=frozenset({Party.REQUESTER}),
        rule="R-RD, R-DP-2",
        history="Demandé",
        follows="Le service choisi fixe le rendez-vous avec la personne.",
        starts=("meeting",),
        tells=(Owes.TRIAGE_UNIT, Owes.ASSIGNED_UNIT),
        from_its_own_page=True,
    ),
    Transition(
        name="schedule",
        label="Fixer le rendez-vous",
        source=("requested", "scheduled"),
        target="scheduled",
        actors=_RECEIVER,
        rule="R-RD",
        history="Rendez-vous fixé",
        follows="Le service demandeur est prévenu du jour.",
        asks=("meeting_on", "meeting_time", "means", "place"),
        notes=("meeting_on", "means"),
        guards=(own_or_free,),
        stops=("meeting",),
        tells=(Owes.ASSIGNED_UNIT, Owes.ASKING_UNIT),
    ),
    Transition(
        name="hold",
        label="Rendez-vous réalisé",
        source=("scheduled",),
        target="held",
        actors=_RECEIVER,
        rule="R-RD",
        history="Rendez-vous réalisé",
        follows="Remettez la fiche récapitulative à la personne. Dans trois mois, Relais rappelle de vérifier "
        "ses droits.",
        asks=(
            "held_on",
            "code",
            "target_group",
            "rights_discussed",
            "documents_awaited",
            "summary",
        ),
        notes=("held_on", "code", "target_group"),
        guards=(own_or_free,),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="fall_due",
        label="Trois mois écoulés",
        source=("held",),
        target="follow_up",
        actors=frozenset({Party.SYSTEM}),
        rule="R-RD",
        history="Trois mois écoulés, droits à vérifier",
        starts=("rights_check",),
        tells=(Owes.ASSIGNED_UNIT,),
    ),
    Transition(
        name="check",
        label="Noter les droits ouverts",
        source=("follow_up",),
        target="closed",
        actors=_RECEIVER,
        rule="R-RD",
        history="Droits vérifiés",
        follows="Le service demandeur est prévenu du résultat.",
        asks=("check_result", "rights_opened", "checked_on"),
        notes=("check_result", "rights_opened", "checked_on"),
        guards=(own_or_free,),
        stops=("rights_check",),
        tells=(Owes.ASKING_UNIT,),
    ),
    Transition(
        name="cancel",
        label="Annuler",
        source=("requested", "scheduled"),
        target="cancelled",
        actors=_RECEIVER | {Party.REQUESTER},
        rule="R-RD",
        history="Annulé",
        follows="L’autre service est prévenu que le rendez-vous n’a plus lieu d’être.",
        asks=("reason",),
        says="reason",
        stops=("meeting",),
        tells=(Owes.ASSIGNED_UNIT, Owes.ASKING_UNIT),
    ),
    Transition(
        name="reassign",
        label="Confier à un collègue",
        source=("requested", "scheduled", "held", "follow_up"),
        target=None,
        actors=_RECEIVER | {Party.SECRETARIAT},
        rule="R-OR-2",
        history="Confié à un collègue",
        follows="Votre collègue voit la demande dans sa liste.",
        asks=("holder_id",),
        guards=(holder_confides,),
        tells=(Owes.ASSIGNED_UNIT,),
        undoable=True,
    ),
)

RIGHTS_MEETING = Workflow(
    kind="rights_meeting",
    prefix="RD",
    label="Rendez-vous des droits",
    states=STATES,
    transitions=TRANSITIONS,
    clocks=CLOCKS,
    sends="request",
)
"""The asking unit answers for the situation throughout: the meeting is about rights, it hands nothing over (R-PR-6)."""
