"""Rendez-vous des droits: how many, for whom, and what they opened (R-RD: RD-1, RD-2). Pure."""

from collections.abc import Iterator
from datetime import date

from service.statistics.document import Column, Share
from service.statistics.facts import Facts
from service.statistics.measures import Cells, Count, Counted, Own
from service.workflows.french import local_day
from service.workflows.rights_meeting import CODES, RIGHTS_MEETING, TARGET_GROUPS

KIND = RIGHTS_MEETING.kind


def _held(facts: Facts) -> Iterator[Counted]:
    """RD-1: in the period in which the journal says that it was held."""
    for ticket, _ in facts.happened("hold", KIND):
        yield Counted(ticket, str(ticket.codes.get("target_group")), str(ticket.codes.get("code")))


def _opened(facts: Facts) -> Cells:
    """RD-2: of those whose rights were checked in the period, three months after they were held."""
    rights = [len(ticket.codes.get("rights_opened") or ()) for ticket, _ in facts.happened("check", KIND)]
    fruitful = sum(number > 0 for number in rights)
    overdue = sum(
        ticket.kind == KIND
        and ticket.state_at(facts.period.end) == "follow_up"
        and isinstance(due := ticket.codes.get("check_due_on"), date)
        and due < local_day(facts.period.end)
        for ticket in facts.tickets
    )
    return {
        "checked": {"n": len(rights), "share": None},
        "fruitful": {"n": fruitful, "share": Share(fruitful, len(rights))},
        "rights": {"n": sum(rights), "share": None},
        "overdue": {"n": overdue, "share": None},
    }


MEASURES = (
    Count(
        "RD-1.held",
        "Rendez-vous des droits réalisés, par public et par motif",
        "Public",
        TARGET_GROUPS,
        of=_held,
        split={code: code for code in CODES},
        note="Motifs : 87 parcours spécifiques, 88 instruction RSA, 89 autres (circulaire 2014-018, fiche 1).",
    ),
    Own(
        "RD-2.opened",
        "Droits ouverts, vérifiés trois mois après",
        "Vérifications de la période",
        {
            "checked": "rendez-vous vérifiés",
            "fruitful": "au moins un droit ouvert, sur les rendez-vous vérifiés",
            "rights": "droits ouverts",
            "overdue": "vérifications en retard à la fin de la période",
        },
        compute=_opened,
        shown=(Column("n", "Nombre"), Column("share", "Part", "share")),
        compares=("n", "share"),
    ),
)
