"""Rendez-vous des droits: how many, for whom, and what they opened (R-RD: RD-1, RD-2). Pure.

By the days that were typed, on which it happened, and not by those on which it was noted (R-CLK-8).
"""

from collections.abc import Iterator
from datetime import date

from service.statistics.document import Column, Share
from service.statistics.facts import Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Own
from service.workflows.french import local_day
from service.workflows.rights_meeting import CODES, RIGHTS_MEETING, TARGET_GROUPS, check_due_on

KIND = RIGHTS_MEETING.kind


def _meetings(facts: Facts) -> Iterator[tuple[TicketFacts, date]]:
    """Those that were held before the cut-off, with their day."""
    for ticket in facts.tickets:
        held_on = ticket.codes.get("held_on") if ticket.kind == KIND else None
        if isinstance(held_on, date) and held_on < local_day(facts.period.end):
            yield ticket, held_on


def _is_in(day: date, facts: Facts) -> bool:
    return local_day(facts.period.start) <= day < local_day(facts.period.end)


def _held(facts: Facts) -> Iterator[Counted]:
    """RD-1."""
    for ticket, held_on in _meetings(facts):
        if _is_in(held_on, facts):
            yield Counted(ticket, str(ticket.codes.get("target_group")), str(ticket.codes.get("code")))


def _opened(facts: Facts) -> Cells:
    """RD-2: of those that reached their three months in the period, whatever was found by its end."""
    reached = [ticket for ticket, held_on in _meetings(facts) if _is_in(check_due_on(held_on), facts)]
    checked = [ticket for ticket in reached if _is_checked(ticket, facts)]
    rights = [len(ticket.codes.get("rights_opened") or ()) for ticket in checked]
    fruitful = sum(number > 0 for number in rights)
    return {
        "held": {"n": len(reached), "share": None},
        "checked": {"n": len(checked), "share": Share(len(checked), len(reached))},
        "fruitful": {"n": fruitful, "share": Share(fruitful, len(reached))},
        "rights": {"n": sum(rights), "share": None},
        "overdue": {"n": sum(_is_overdue(ticket, facts) for ticket, _ in _meetings(facts)), "share": None},
    }


def _is_checked(ticket: TicketFacts, facts: Facts) -> bool:
    checked_on = ticket.codes.get("checked_on")
    return isinstance(checked_on, date) and checked_on < local_day(facts.period.end)


def _is_overdue(ticket: TicketFacts, facts: Facts) -> bool:
    """Whether the clock of the check, which starts once the three months are over, had passed its target."""
    return not _is_checked(ticket, facts) and any(
        run.name == "rights_check" and run.target_at is not None and run.target_at < facts.period.end
        for run in ticket.timings
    )


MEASURES = (
    Count(
        "RD-1.held",
        "Rendez-vous des droits réalisés, par public et par motif",
        "Public",
        TARGET_GROUPS,
        of=_held,
        split={code: code for code in CODES},
        note="Motifs : 87 parcours spécifiques, 88 instruction RSA, 89 autres (circulaire 2014-018, fiche 1). "
        "Selon le jour où le rendez-vous s’est tenu.",
    ),
    Own(
        "RD-2.opened",
        "Droits ouverts par les rendez-vous dont les trois mois s’achèvent dans la période",
        "Rendez-vous",
        {
            "held": "rendez-vous réalisés trois mois plus tôt",
            "checked": "dont les droits sont vérifiés à la fin de la période",
            "fruitful": "après lesquels au moins un droit a été ouvert",
            "rights": "droits ouverts",
            "overdue": "vérifications dont l’objectif est dépassé à la fin de la période, toutes dates confondues",
        },
        compute=_opened,
        shown=(Column("n", "Nombre"), Column("share", "Part des réalisés", "share")),
        compares=("n", "share"),
        note="Chaque rendez-vous compte une fois, dans la période où il aura trois mois ; tant qu’il n’est pas "
        "vérifié, il compte parmi les réalisés sans droit ouvert.",
    ),
)
