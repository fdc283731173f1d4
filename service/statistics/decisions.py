"""What the Caf decided of urgent requests, and what came of it (R-IND-I-3, I-8, I-9, I-11, R-IND-I-14). Pure.

Each act is read as it was done: what a later one says of the same request belongs to the period of that one.
"""

import math
from collections.abc import Iterator
from decimal import Decimal

from service.statistics.document import Column, Share
from service.statistics.facts import Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Own, Portion, Shared, quantile
from service.statistics.volet_one import URGENT, last_of
from service.workflows.french import local_day
from service.workflows.urgent_rights import OUTCOMES

_DECIDED = frozenset({"assign", "take", "reject", "answer"})


def _is_decided(ticket: TicketFacts, facts: Facts) -> bool:
    return last_of(ticket, facts, *_DECIDED) is not None


def refused_as(ticket: TicketFacts, facts: Facts) -> str | None:
    """The reason of the refusal in which the ticket stands at the cut-off."""
    last = last_of(ticket, facts, "reject")
    return last.code("reason") if last and ticket.state_at(facts.period.end) == "rejected" else None


def _unjustified(facts: Facts) -> Iterator[Shared]:
    for ticket in facts.sent_of(URGENT):
        if _is_decided(ticket, facts):
            reason = refused_as(ticket, facts)
            seen = reason == "visible_in_cdap" and not ticket.codes.get("cdap_no_access")
            yield Shared(ticket, "visible_in_cdap", seen)
            yield Shared(ticket, "not_urgent", reason == "not_urgent")


def _decided_by_unit(facts: Facts) -> Iterator[Counted]:
    for shared in _unjustified(facts):
        if shared.row == "visible_in_cdap" and shared.ticket.cdas:
            yield Counted(shared.ticket, shared.ticket.cdas, "unjustified" if shared.part else "others")


def _outcomes(facts: Facts) -> Iterator[Counted]:
    """R-IND-I-8: by the last answer before the cut-off."""
    for ticket in facts.sent_of(URGENT):
        if (last := last_of(ticket, facts, "answer")) is not None:
            yield Counted(ticket, last.code("outcome") or "other")


def _payments(facts: Facts) -> Cells:
    """Days from sending to the day on which the payment was scheduled, as the last answer before the cut-off said."""
    waits = []
    for ticket in facts.sent_of(URGENT):
        last = last_of(ticket, facts, "answer")
        if last is None or last.code("outcome") != "payment_scheduled":
            continue
        if (paid_on := last.day("outcome_on")) is not None:
            waits.append(max(0, (paid_on - local_day(ticket.submitted_at)).days))
    middle = quantile(waits, 50)
    return {"payment": {"n": len(waits), "days": None if middle is None else middle.seconds}}


def _repeated(facts: Facts) -> Cells:
    """Dated by event: reopenings and new requests of the period, beside the closings of the period."""
    reopened = sum(1 for _ in facts.happened("reopen", URGENT))
    again = sum(one.codes.get("repeats_id") is not None for one in facts.sent_of(URGENT))
    closings = sum(1 for name in ("acknowledge", "auto_close") for _ in facts.happened(name, URGENT))
    return {
        "reopened": {"n": reopened, "share": Share(reopened, closings)},
        "new": {"n": again, "share": Share(again, closings)},
        "all": {"n": reopened + again, "share": Share(reopened + again, closings)},
    }


def _marks(facts: Facts) -> list[int]:
    marks = (event.code("usefulness") for _, event in facts.happened("acknowledge", URGENT))
    return [int(mark) for mark in marks if mark]


def _usefulness(facts: Facts) -> Cells:
    marks = _marks(facts)
    counts: Cells = {str(mark): {"n": marks.count(mark)} for mark in range(1, 6)}
    if not marks:
        return {**counts, "mean": {"n": None}, "spread": {"n": None}, "answers": {"n": 0}}
    mean = Decimal(sum(marks)) / len(marks)
    spread = math.sqrt(sum((mark - float(mean)) ** 2 for mark in marks) / len(marks))
    return {
        **counts,
        "mean": {"n": round(mean, 1)},
        "spread": {"n": round(Decimal(str(spread)), 1)},
        "answers": {"n": len(marks)},
    }


def _requalified(facts: Facts) -> Iterator[Shared]:
    """What was kept by the last decision before the cut-off, beside what was declared, where both are known."""
    for ticket in facts.sent_of(URGENT):
        last = last_of(ticket, facts, "answer", "reject")
        for ground in ("benefit", "event"):
            declared = ticket.codes.get(ground)
            kept = None if last is None else last.code(f"kept_{ground}")
            if declared is not None and kept is not None:
                yield Shared(ticket, ground, kept != declared)


_SECOND_READING = {"reject": "upheld", "answer": "reversed", "cancel": "withdrawn"}


def _second_readings(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent_of(URGENT):
        names = [event.name for event in ticket.before(facts.period.end)]
        if "contest" not in names:
            continue
        after = names[names.index("contest") + 1 :]
        decisive = next((name for name in after if name in _SECOND_READING), None)
        taken = "reversed" if "take" in after else "pending"
        yield Counted(ticket, taken if decisive is None else _SECOND_READING[decisive])


_WITH_SHARE = (Column("n", "Nombre"), Column("share", "Part", "share"))

MEASURES = (
    Portion(
        "I-3.refused",
        "Demandes non retenues, sur celles qui ont été décidées",
        "Motif",
        {
            "visible_in_cdap": "sollicitation injustifiée : visible dans CDAP, par quelqu’un qui y a accès",
            "not_urgent": "hors définition, comptée à part",
        },
        of=_unjustified,
    ),
    Count(
        "I-3.unit",
        "Sollicitations injustifiées par CDAS, sur les demandes décidées",
        "CDAS",
        of=_decided_by_unit,
        split={"unjustified": "Injustifiées", "others": "Autres"},
    ),
    Count(
        "I-8.outcome", "Issue des urgences définies qui ont eu une réponse", "Issue", OUTCOMES, of=_outcomes
    ),
    Own(
        "I-8.payment",
        "Délai jusqu’au paiement programmé",
        "Délai",
        {"payment": "de l’envoi au jour du paiement"},
        compute=_payments,
        shown=(Column("n", "Paiements programmés"), Column("days", "Médiane, en jours", "number")),
        compares=("n", "days"),
    ),
    Own(
        "I-9.repeated",
        "Réitérations de la période, rapportées à ses clôtures",
        "Réitération",
        {
            "reopened": "demandes rouvertes",
            "new": "nouvelle demande de la même personne pour la même prestation",
            "all": "Ensemble",
        },
        compute=_repeated,
        shown=_WITH_SHARE,
        compares=("n", "share"),
    ),
    Own(
        "I-11.usefulness",
        "Utilité de la réponse, notée à l’accusé de réception",
        "Note",
        {
            **{str(mark): f"{mark} sur 5" for mark in range(1, 6)},
            "answers": "Réponses",
            "mean": "Moyenne",
            "spread": "Écart type",
        },
        compute=_usefulness,
        shown=(Column("n", "Nombre", "number"),),
        compares=("n",),
    ),
    Portion(
        "I-14.ground",
        "Demandes requalifiées par la Caf, sur celles qu’elle a décidées",
        "Ce qui change",
        {"benefit": "la prestation", "event": "le motif"},
        of=_requalified,
    ),
    Count(
        "I-14.second",
        "Secondes lectures demandées",
        "Suite",
        {
            "upheld": "refus confirmé",
            "reversed": "refus revu",
            "withdrawn": "demande annulée entre-temps",
            "pending": "en attente",
        },
        of=_second_readings,
    ),
)
