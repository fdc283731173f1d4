"""The plays of the social kinds: who does which act, in turn, who else could, and where the request then stands.

Written by hand from the convention's circuits, not from the tables: `may` is the column that the tests compare with
what the service lets each person of the small world do. API and pages play the same ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.factories import REDON, World

DAY, MEETING, CONCERTATION, REVIEW = "2026-11-17", "2026-12-15", "2026-11-24", "2027-01-12"
"""The day on which the plays begin (a Tuesday), and days to come."""

POSTS = tuple(World.__dataclass_fields__)
CDAS = "cdas_agent other_cdas_agent cdas_head"
OWN_CDAS = "cdas_agent cdas_head"
DESK = "caf_secretariat caf_head"
SOCIAL = "caf_ts caf_head"
ALL_SOCIAL = f"{DESK} caf_ts"
PRESTATIONS = "caf_agent other_caf_agent caf_lead"
EVERY_CDAS = f"{CDAS} cdas_agent_elsewhere cdas_head_elsewhere"
EVERY_CONTENT = f"{EVERY_CDAS} {PRESTATIONS} {ALL_SOCIAL}"


@dataclass(frozen=True)
class Step:
    """`who` does `act`, after which the request is in `state`.

    `may`: the posts that could do it now; `held`: those whom the act names and whom a
    rule of the convention stops now. A value `@post`
    of the body stands for the account of that post. `who` is `system` for what no person does. `leaves_sight`: the
    act gives the request to somebody else, and who did it no longer sees it (R-DP-1).
    """

    who: str
    act: str
    may: str
    state: str
    body: Mapping[str, Any] = field(default_factory=dict)
    held: str = ""
    leaves_sight: bool = False


@dataclass(frozen=True)
class Play:
    """A request that `author` writes, and what becomes of it. `opens`: the posts that could write one."""

    kind: str
    author: str
    opens: str
    statement: Mapping[str, Any]
    steps: tuple[Step, ...]
    draft: bool = True


PERSON = {
    "matricule": "1234567",
    "last_name": "Exemple-Le Gall",
    "first_name": "Éloïse",
    "commune": REDON,
}
TOLD = {**PERSON, "ground": "told"}
IN_SCOPE = {"scope_event": "planned_separation", "has_children": True, "is_allocataire": True}
DECLINED = {"decline_reason": "not_relevant", "sentence": "Pas utile ici.", "turn_to": "Le CDAS de Redon."}

CO_INTERVENTION = {
    **TOLD,
    "regime": "ordinary",
    "need": "complexity",
    "need_detail": "Un budget à reprendre et une séparation à traverser.",
    "asking_opinion_on": DAY,
    "asking_participants": "Équipe Démo",
    "asking_opinion": "Utile : la famille le demande.",
}
ASKED_BY_CDAS = {**CO_INTERVENTION, **IN_SCOPE, "cdas_professional": "Camille Exemple"}
MET = {"exchange_on": DAY, "participants": "Camille Exemple et Dominique Démo"}
SHARED = {
    "cdas_scope": "Le budget.",
    "caf_scope": "La séparation.",
    "family_talk_on": DAY,
    "review_on": REVIEW,
}
OPENS_CIRCUIT = f"{EVERY_CDAS} {SOCIAL}"

CO_INTERVENTIONS = (
    Play(
        "co_intervention",
        "cdas_agent",
        OPENS_CIRCUIT,
        ASKED_BY_CDAS,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("caf_secretariat", "forward", DESK, "forwarded", {"holder_id": "@caf_ts"}),
            Step(
                "caf_ts",
                "reassign",
                ALL_SOCIAL,
                "forwarded",
                {"holder_id": "@caf_head"},
                leaves_sight=True,
            ),
            Step("caf_head", "forward", DESK, "forwarded", {"holder_id": "@caf_ts"}),
            Step("caf_ts", "record_opinion", SOCIAL, "validated", {**MET, "opinion": "favourable"}),
            Step("cdas_agent", "start", f"{OWN_CDAS} {SOCIAL}", "active", SHARED),
            Step(
                "caf_ts",
                "review",
                f"{OWN_CDAS} {SOCIAL}",
                "active",
                {"reviewed_on": DAY, "text": "La famille avance.", "review_on": REVIEW},
            ),
            Step("cdas_head", "end", f"{OWN_CDAS} {SOCIAL}", "ended", {"outcome": "objectives_met"}),
        ),
    ),
    Play(
        "co_intervention",
        "caf_ts",
        OPENS_CIRCUIT,
        CO_INTERVENTION,
        (
            Step("caf_head", "submit", SOCIAL, "submitted"),
            Step("cdas_head", "forward", "cdas_head", "forwarded", {"concertation_on": CONCERTATION}),
            Step(
                "cdas_head",
                "record_opinion",
                "cdas_head",
                "declined",
                {
                    **MET,
                    "cdas_professional": "Camille Exemple",
                    "opinion": "unfavourable",
                    "opinion_reason": "La famille ne le souhaite pas.",
                },
            ),
        ),
    ),
    Play(
        "co_intervention",
        "cdas_head",
        OPENS_CIRCUIT,
        ASKED_BY_CDAS,
        (
            Step("cdas_head", "submit", "cdas_head", "submitted"),
            Step("caf_head", "decline", DESK, "declined", DECLINED),
        ),
    ),
    Play(
        "co_intervention",
        "cdas_agent",
        OPENS_CIRCUIT,
        ASKED_BY_CDAS,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("cdas_agent", "cancel", OWN_CDAS, "cancelled", {"reason": "La famille a déménagé."}),
        ),
    ),
)

HANDOVER = {
    **PERSON,
    **IN_SCOPE,
    "ground": "agreed",
    "agreement_collected_by": "Camille Exemple",
    "regime": "ordinary",
    "relay_case": "closing_talk",
    "known_to_receiver": "few",
    "communication": "oral",
    "communicated_on": DAY,
    "communicated_by": "Camille Exemple",
    "communicated_to": "Dominique Démo",
    "communication_content": "Situation présentée au téléphone.",
}
EITHER = f"{OWN_CDAS} {SOCIAL}"

HANDOVERS = (
    Play(
        "handover",
        "cdas_agent",
        OPENS_CIRCUIT,
        HANDOVER,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("caf_secretariat", "forward", DESK, "forwarded", {"holder_id": "@caf_ts"}),
            Step("system", "return_silent", "", "submitted"),
            Step("caf_secretariat", "forward", DESK, "forwarded", {"holder_id": "@caf_ts"}),
            Step("cdas_agent", "record_exchange", EITHER, "forwarded", {**MET, "joint_meeting": True}),
            Step(
                "caf_ts",
                "plan_meeting",
                EITHER,
                "forwarded",
                {"meeting_on": MEETING, "meeting_place": "Permanence d’Exemple"},
            ),
            Step(
                "caf_ts",
                "reassign",
                ALL_SOCIAL,
                "forwarded",
                {"holder_id": "@caf_head"},
                leaves_sight=True,
            ),
            Step("caf_head", "accept", "caf_head", "accepted", {"holder_id": "@caf_ts"}),
            Step("caf_ts", "confirm", EITHER, "accepted"),
            Step("cdas_head", "confirm", OWN_CDAS, "completed", held=SOCIAL),
        ),
    ),
    Play(
        "handover",
        "cdas_agent",
        OPENS_CIRCUIT,
        HANDOVER,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            # before it is passed on, the service that receives it is the secretariat alone
            Step("caf_secretariat", "decline", DESK, "declined", DECLINED),
        ),
    ),
    Play(
        "handover",
        "cdas_agent",
        OPENS_CIRCUIT,
        HANDOVER,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("caf_secretariat", "forward", DESK, "forwarded", {"holder_id": "@caf_ts"}),
            Step("caf_ts", "cancel", EITHER, "cancelled", {"cancel_reason": "withdrawn"}),
        ),
    ),
)

EMERGENCY = {
    **TOLD,
    "motives": ["food"],
    "vulnerabilities": ["isolation"],
    "who_accompanies": "nobody",
}
TO_THE_DESK = {**EMERGENCY, "send_to": "caf_secretariat", "against_route_reason": "agreed"}
HANDLED = {"treatments": ["received", "food_help"], "handled_on": DAY}

SOCIAL_EMERGENCIES = (
    Play(
        "social_emergency",
        "cdas_agent",
        EVERY_CONTENT,
        TO_THE_DESK,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("caf_secretariat", "take", DESK, "in_progress"),
            Step("caf_secretariat", "reassign", DESK, "in_progress", {"holder_id": "@caf_ts"}),
            Step("caf_ts", "handle", ALL_SOCIAL, "handled", HANDLED),
            Step("caf_ts", "close", ALL_SOCIAL, "closed"),
        ),
    ),
    Play(
        "social_emergency",
        "cdas_agent",
        EVERY_CONTENT,
        TO_THE_DESK,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step(
                "caf_secretariat",
                "redirect",
                DESK,
                "redirected",
                {"redirect_to": "cdas", "redirect_cdas": "cdas-redon", "redirect_reason": "not_followed"},
            ),
        ),
    ),
    Play(
        "social_emergency",
        "caf_agent",
        EVERY_CONTENT,
        EMERGENCY,
        (
            Step("caf_lead", "submit", PRESTATIONS, "submitted"),
            Step("cdas_head", "take", "cdas_head", "in_progress"),
            Step("other_caf_agent", "cancel", PRESTATIONS, "cancelled", {"cancel_reason": "solved"}),
        ),
    ),
)

APPOINTMENT = {**TOLD, **IN_SCOPE, "source": "cdas"}
FIXED = {
    "meeting_on": DAY,
    "meeting_time": "14:30",
    "place": "Permanence d’Exemple",
    "holder_id": "@caf_ts",
}

APPOINTMENTS = (
    Play(
        "appointment",
        "cdas_agent",
        EVERY_CONTENT,
        APPOINTMENT,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step("caf_secretariat", "log_call", DESK, "submitted", {"call_result": "reached"}),
            Step("caf_head", "offer", DESK, "offered", FIXED),
            Step(
                "caf_ts",
                "reassign",
                ALL_SOCIAL,
                "offered",
                {"holder_id": "@caf_head"},
                leaves_sight=True,
            ),
            Step("caf_secretariat", "refuse_offer", DESK, "submitted", {"refused_because": "place"}),
            Step("caf_secretariat", "schedule", DESK, "scheduled", FIXED),
            Step("caf_ts", "no_show", ALL_SOCIAL, "submitted", {"absence": "with_notice"}),
            Step("caf_secretariat", "schedule", DESK, "scheduled", FIXED),
            Step("caf_ts", "hold", ALL_SOCIAL, "held", {"held_on": DAY}),
            Step("caf_ts", "close", ALL_SOCIAL, "closed", {"outcome": "information_only"}),
        ),
    ),
    Play(
        "appointment",
        "caf_agent",
        EVERY_CONTENT,
        {**APPOINTMENT, "source": "caf_reception"},
        (
            Step("caf_agent", "submit", PRESTATIONS, "submitted"),
            Step(
                "caf_secretariat",
                "redirect",
                DESK,
                "redirected",
                {
                    "redirect_to": "cdas",
                    "redirect_cdas": "cdas-redon",
                    "detail": "Le CDAS accompagne la famille.",
                },
            ),
        ),
    ),
    Play(
        "appointment",
        "cdas_agent",
        EVERY_CONTENT,
        APPOINTMENT,
        (
            Step("cdas_agent", "submit", OWN_CDAS, "submitted"),
            Step(
                "caf_secretariat",
                "cancel",
                f"{OWN_CDAS} {DESK}",
                "cancelled",
                {"reason": "La personne ne le souhaite plus."},
            ),
        ),
    ),
)

NOTICE = {
    **PERSON,
    "known_to_cdas": False,
    "means": "telephone",
    "informed_on": DAY,
    "informed_name": "Essai Cdas Head",
    "informed_function": "head",
    "family_informed": "not_informed",
    "reason_not_informed": "interest_of_child",
}

NOTICES = (
    Play(
        "child_protection_notice",
        "caf_ts",
        SOCIAL,
        NOTICE,
        (
            Step("caf_ts", "send", SOCIAL, "sent"),
            Step("cdas_head", "name_recipient", "cdas_head", "sent", {"recipient_id": "@cdas_agent"}),
            Step("cdas_head", "receive", "cdas_head", "received"),
            Step(
                "cdas_head",
                "assess",
                "cdas_head",
                "assessed",
                {"decision": "assessment", "decided_on": DAY},
            ),
        ),
    ),
    Play(
        "child_protection_notice",
        "caf_ts",
        SOCIAL,
        NOTICE,
        (Step("caf_ts", "cancel", SOCIAL, "cancelled"),),
    ),
)

FICHE = {**TOLD, "reason": "droits_caf", "accompanied_by": "nobody", "to_service": "prestations"}
JUDGED = {"judgement": "justified", "judgement_reason": "Le dossier était bien à revoir."}

ORIENTATIONS = (
    Play(
        "orientation",
        "cdas_agent",
        EVERY_CONTENT,
        FICHE,
        (
            Step("caf_agent", "receive", PRESTATIONS, "received"),
            Step(
                "caf_agent", "reassign", "caf_agent caf_lead", "received", {"holder_id": "@other_caf_agent"}
            ),
            Step("other_caf_agent", "judge", PRESTATIONS, "judged", JUDGED),
        ),
        draft=False,
    ),
    Play(
        "orientation",
        "caf_ts",
        EVERY_CONTENT,
        {**FICHE, "to_service": "cdas", "reason_not_followed": "La famille le demande."},
        (Step("cdas_agent", "judge", CDAS, "judged", JUDGED),),
        draft=False,
    ),
    Play(
        "orientation",
        "cdas_agent",
        EVERY_CONTENT,
        {**FICHE, "to_service": "caf_social", "reason_not_followed": "La famille le demande."},
        (
            Step("caf_secretariat", "reassign", DESK, "sent", {"holder_id": "@caf_ts"}),
            Step("caf_ts", "receive", ALL_SOCIAL, "received"),
        ),
        draft=False,
    ),
)

RIGHTS_MEETING = {**TOLD, "asked_by": "person", "to_service": "prestations"}
FIXED_MEETING = {"meeting_on": DAY, "meeting_time": "14:30", "means": "telephone"}
HELD = {"code": "87", "target_group": "contact_offer", "rights_discussed": ["rsa", "css"]}
REVIEWED = {"check_result": "opened", "rights_opened": ["rsa"]}

RIGHTS_MEETINGS = (
    Play(
        "rights_meeting",
        "cdas_agent",
        EVERY_CONTENT,
        RIGHTS_MEETING,
        (
            Step("other_caf_agent", "schedule", PRESTATIONS, "scheduled", FIXED_MEETING),
            Step(
                "other_caf_agent",
                "reassign",
                "other_caf_agent caf_lead",
                "scheduled",
                {"holder_id": "@caf_agent"},
            ),
            Step("caf_agent", "hold", PRESTATIONS, "held", HELD),
            Step("system", "fall_due", "", "follow_up"),
            Step("caf_lead", "check", PRESTATIONS, "closed", REVIEWED),
        ),
        draft=False,
    ),
    Play(
        "rights_meeting",
        "caf_ts",
        EVERY_CONTENT,
        {**RIGHTS_MEETING, "to_service": "caf_social"},
        (
            Step("caf_ts", "schedule", SOCIAL, "scheduled", FIXED_MEETING),
            Step("caf_head", "cancel", SOCIAL, "cancelled", {"reason": "La personne a déménagé."}),
        ),
        draft=False,
    ),
    Play(
        "rights_meeting",
        "cdas_agent",
        EVERY_CONTENT,
        {**RIGHTS_MEETING, "to_service": "caf_social"},
        (
            Step("caf_secretariat", "reassign", DESK, "requested", {"holder_id": "@caf_ts"}),
            Step(
                "caf_ts", "reassign", ALL_SOCIAL, "requested", {"holder_id": "@caf_head"}, leaves_sight=True
            ),
            Step("caf_head", "schedule", "caf_head", "scheduled", FIXED_MEETING),
            Step("cdas_head", "cancel", f"{CDAS} caf_head", "cancelled", {"reason": "Plus utile."}),
        ),
        draft=False,
    ),
)

PLAYS: Mapping[str, tuple[Play, ...]] = {
    plays[0].kind: plays
    for plays in (
        CO_INTERVENTIONS,
        HANDOVERS,
        SOCIAL_EMERGENCIES,
        APPOINTMENTS,
        NOTICES,
        ORIENTATIONS,
        RIGHTS_MEETINGS,
    )
}


def acts_played(kind: str) -> set[str]:
    """The names of the acts that the plays of a kind go through, without the opening of a draft."""
    return {step.act for play in PLAYS[kind] for step in play.steps}


def told(body: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The body with the accounts of this world in the place of `@post`."""
    return dict(_told(body, world))


def _told(body: Mapping[str, Any], world: World) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if isinstance(value, str) and value.startswith("@"):
            yield name, str(getattr(world, value[1:]).account_id)
        else:
            yield name, value
