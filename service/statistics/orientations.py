"""What was judged not to be for the service that received it, both ways (R-IND-I-4). Pure."""

from collections.abc import Iterator

from service.statistics.decisions import refused_as
from service.statistics.facts import Facts, TicketFacts
from service.statistics.measures import Count, Counted, Labels, Portion, Shared
from service.statistics.volet_one import URGENT, WAYS, direction, last_of
from service.workflows.orientation_rules import Reason

_REASONS: Labels = {reason.value: reason.label for reason in Reason}


def _judged(facts: Facts) -> Iterator[tuple[TicketFacts, bool]]:
    """R-IND-I-4: by the judgement of the service that received it."""
    for ticket in facts.sent_of("orientation"):
        if event := last_of(ticket, facts, "judge"):
            yield ticket, event.code("judgement") == "unjustified"


def _judged_by_direction(facts: Facts) -> Iterator[Shared]:
    return (Shared(ticket, direction(ticket), unjustified) for ticket, unjustified in _judged(facts))


def _judged_by_reason(facts: Facts) -> Iterator[Shared]:
    return (Shared(one, str(one.codes.get("reason")), unjustified) for one, unjustified in _judged(facts))


def _sent_elsewhere(facts: Facts) -> Iterator[Counted]:
    """What was not for the service that received it, beside the orientations."""
    for ticket in facts.sent:
        state = ticket.state_at(facts.period.end)
        if ticket.kind == URGENT and refused_as(ticket, facts) == "wrong_orientation":
            yield Counted(ticket, "wrong_orientation")
        elif ticket.kind in ("appointment", "social_emergency") and state == "redirected":
            yield Counted(ticket, f"{ticket.kind}_redirected")
        elif ticket.kind in ("co_intervention", "handover") and state == "declined":
            last = last_of(ticket, facts, "decline")
            if last is not None and last.code("decline_reason") == "out_of_scope":
                yield Counted(ticket, f"{ticket.kind}_out_of_scope")


MEASURES = (
    Portion(
        "I-4.direction",
        "Orientations injustifiées, sur celles qui ont eu un retour",
        "Sens",
        WAYS,
        of=_judged_by_direction,
    ),
    Portion(
        "I-4.reason",
        "Orientations injustifiées par motif d’orientation",
        "Motif",
        _REASONS,
        of=_judged_by_reason,
    ),
    Count(
        "I-4.elsewhere",
        "Demandes qui n’étaient pas pour le service saisi",
        "Demande",
        {
            "wrong_orientation": "urgences définies à réorienter",
            "appointment_redirected": "demandes de rendez-vous réorientées",
            "social_emergency_redirected": "urgences sociales réorientées",
            "co_intervention_out_of_scope": "co-interventions hors du périmètre",
            "handover_out_of_scope": "passages de relais hors du périmètre",
        },
        of=_sent_elsewhere,
    ),
)
