"""Volet II of the convention, « Suivi »: what both social services ask of each other (R-IND-II-1 to II-6). Pure.

Appointments, II-5, are in `appointments`.
"""

from collections.abc import Iterator

from service.statistics.document import Column
from service.statistics.facts import Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Labels, Own, Portion, Shared
from service.statistics.volet_one import DIRECTIONS, NOT_SAID, WAYS, direction, kinds, last_of
from service.workflows.circuits import DECLINE_REASONS
from service.workflows.co_intervention import OUTCOMES as CO_INTERVENTION_OUTCOMES
from service.workflows.french import local_day
from service.workflows.scope import ScopeEvent
from service.workflows.social_emergency import MOTIVES

SOCIAL = ("co_intervention", "handover", "appointment", "social_emergency")
TOGETHER = ("co_intervention", "handover")
_TOGETHER_ROWS: Labels = {
    f"{kind}.{way}": f"{label}, {words[:1].lower()}{words[1:]}"
    for kind, label in (("co_intervention", "Co-interventions"), ("handover", "Passages de relais"))
    for way, words in DIRECTIONS.items()
}
_UNDER_WAY = ("submitted", "forwarded", "validated", "accepted", "active")
_VALIDATED = {"co_intervention": ("validated", "active", "ended"), "handover": ("accepted", "completed")}
_ENDED = ("ended", "completed")
_CHANGES_A_MEETING = ("plan_meeting", "decline", "cancel")
_BY_OWN_SERVICE = {("to_caf", "cdas_same"), ("to_cdas", "caf_worker")}


def _asked_of_the_caf(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.kind) for ticket in facts.sent_of(*SOCIAL) if ticket.to_caf)


def _by_event(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent_of("co_intervention", "handover", "appointment"):
        if ticket.to_caf:
            yield Counted(ticket, str(ticket.codes.get("scope_event") or NOT_SAID))


def _by_motive(facts: Facts) -> Iterator[Counted]:
    """An emergency may have several motives: the rows do not add up."""
    for ticket in facts.sent_of("social_emergency"):
        for motive in ticket.codes.get("motives") or ():
            yield Counted(ticket, motive, direction(ticket))


def _place(ticket: TicketFacts) -> str:
    return f"{ticket.kind}.{direction(ticket)}"


def _together(facts: Facts) -> Cells:
    """Of those sent in the period, where they stand at the cut-off; what was validated stays so when it has ended."""
    found = {
        row: dict.fromkeys(("asked", "validated", "declined", "under_way", "ended"), 0)
        for row in _TOGETHER_ROWS
    }
    for ticket in facts.sent_of(*TOGETHER):
        state, counts = ticket.state_at(facts.period.end), found[_place(ticket)]
        reached = {event.target for event in ticket.before(facts.period.end)}
        counts["asked"] += 1
        counts["validated"] += bool(reached & set(_VALIDATED[ticket.kind]))
        counts["declined"] += state == "declined"
        counts["under_way"] += state in _UNDER_WAY
        counts["ended"] += state in _ENDED
    return found


def _declined(facts: Facts) -> Iterator[Counted]:
    """By reason: not relevant, out of scope, or an unfavourable opinion of the receiving side (R-CI-4)."""
    for ticket in facts.sent_of(*TOGETHER):
        if ticket.state_at(facts.period.end) == "declined":
            last = last_of(ticket, facts, "decline", "record_opinion")
            if last is not None:
                reason = last.code("decline_reason") or last.code("opinion")
                yield Counted(ticket, reason or NOT_SAID, ticket.kind)


def _ended(facts: Facts) -> Iterator[Counted]:
    return (
        Counted(ticket, event.code("outcome") or "other")
        for ticket, event in facts.happened("end", "co_intervention")
    )


def _needless(facts: Facts) -> Iterator[Counted]:
    """R-OR-4: an instruction is carried by who accompanies the person; an orientation for it should not exist."""
    for ticket in facts.sent_of("orientation"):
        reason, way = str(ticket.codes.get("reason")), direction(ticket)
        if reason.startswith("instruction_") and (way, ticket.codes.get("accompanied_by")) in _BY_OWN_SERVICE:
            yield Counted(ticket, way)


def _without_treatment(facts: Facts) -> Iterator[Shared]:
    """R-US-5: sent to the Caf while no accompaniment is open and no treatment is recorded."""
    for ticket in facts.sent_of("social_emergency"):
        if direction(ticket) == "to_caf":
            yield Shared(ticket, "sent", bool(ticket.codes.get("unaccompanied_sent")))


def _met(ticket: TicketFacts, facts: Facts) -> int:
    """On how many days of the period the family was met: as fixed, unless by then another was, or the relay ended."""
    first, after = local_day(facts.period.start), local_day(facts.period.end)
    changes = [event for event in ticket.before(facts.period.end) if event.name in _CHANGES_A_MEETING]
    met = set()
    for place, event in enumerate(changes):
        day = event.day("meeting_on")
        if day is None or not first <= day < after:
            continue
        if all(local_day(later.happened_at) > day for later in changes[place + 1 :]):
            met.add(day)
    return len(met)


def _communication(facts: Facts) -> Cells:
    meetings = sum(_met(ticket, facts) for ticket in facts.tickets if ticket.kind == "handover")
    relays = [ticket.codes.get("communication") for ticket in facts.sent_of("handover")]
    return {
        "meetings": {"n": meetings},
        "written": {"n": relays.count("written")},
        "oral": {"n": relays.count("oral")},
        "remarks": {"n": facts.remarks},
    }


_NUMBER = (Column("n", "Nombre"),)

MEASURES = (
    Count(
        "II-1.kind",
        "Ce qui est demandé aux travailleurs sociaux de la Caf",
        "Type de demande",
        {kind: label for kind, label in kinds().items() if kind in SOCIAL},
        of=_asked_of_the_caf,
    ),
    Count(
        "II-1.event",
        "Événement des co-interventions, relais et rendez-vous demandés à la Caf",
        "Événement",
        {**{event.value: event.label for event in ScopeEvent}, NOT_SAID: "Non précisé"},
        of=_by_event,
    ),
    Count(
        "II-1.motive",
        "Motifs des urgences sociales",
        "Motif",
        MOTIVES,
        of=_by_motive,
        split=WAYS,
        sums=False,
        note="Une urgence peut avoir plusieurs motifs.",
    ),
    Own(
        "II-2.together",
        "Relais et co-interventions demandés dans la période",
        "Demandes",
        _TOGETHER_ROWS,
        compute=_together,
        shown=(
            Column("asked", "Demandées"),
            Column("validated", "Validées"),
            Column("declined", "Non retenues"),
            Column("under_way", "En cours"),
            Column("ended", "Terminées"),
        ),
        compares=("asked",),
    ),
    Count(
        "II-2.declined",
        "Pourquoi des demandes n’ont pas été retenues",
        "Motif",
        {**DECLINE_REASONS, "unfavourable": "avis défavorable", NOT_SAID: "non précisé"},
        of=_declined,
        split={kind: kinds()[kind] for kind in TOGETHER},
    ),
    Count(
        "II-2.outcome",
        "Issue des co-interventions terminées dans la période",
        "Issue",
        CO_INTERVENTION_OUTCOMES,
        of=_ended,
    ),
    Count(
        "II-3.needless",
        "Orientations pour une instruction, alors que la personne est accompagnée par le service qui oriente",
        "Sens",
        DIRECTIONS,
        of=_needless,
    ),
    Portion(
        "II-4.untreated",
        "Urgences sociales envoyées à la Caf sans accompagnement ni traitement",
        "Urgences",
        {"sent": "sur les urgences sociales envoyées à la Caf"},
        of=_without_treatment,
    ),
    Own(
        "II-6.communication",
        "Qualité des échanges",
        "Échanges",
        {
            "meetings": "rencontres communes avec la famille",
            "written": "relais avec une communication écrite",
            "oral": "relais avec une communication orale",
            "remarks": "remarques des équipes sur ce qui marche ou non",
        },
        compute=_communication,
        shown=_NUMBER,
        compares=("n",),
    ),
)
