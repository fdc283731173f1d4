"""« Conservation »: what leaves soon, the archives and the elimination lists, in words; never a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import pdf, spreadsheet
from service.models import EliminationLine, EliminationList, Ticket
from service.operations.eliminations import APPROVALS, Approval
from service.permissions import Institution
from service.queries.retention import Leaving
from service.routes.pages.views import moments
from service.workflows import french
from service.workflows.registry import WORKFLOWS
from service.workflows.setting_table import RETENTION
from service.workflows.settings import Values

Shown = dict[str, Any]
_WHOSE: Mapping[str, str] = {
    Institution.CAF: "Demandes de la Caf",
    Institution.DEPARTEMENT: "Demandes du Département",
}
HEAD = ("Référence", "Type de demande", "Envoyée le", "Close le", "Archivée le")


@dataclass(frozen=True)
class ListSheet:
    """One list, its lines and its approvals."""

    row: EliminationList
    lines: Sequence[EliminationLine]
    approvals: Sequence[Approval]

    @property
    def title(self) -> str:
        """« Liste d’élimination n° 3 »."""
        return f"Liste d’élimination n° {self.row.number}"

    @property
    def whose(self) -> str:
        """Whose requests they are."""
        return whose(self.row)

    @property
    def drawn(self) -> str:
        """The day on which it was drawn up."""
        return french.long_date(french.local_day(self.row.drawn_at))

    @property
    def visa(self) -> str:
        """The visa in a sentence; empty before it."""
        if self.row.visa_on is None:
            return ""
        return f"{self.row.visa_reference}, du {french.short_date(self.row.visa_on)}"

    @property
    def approved(self) -> list[tuple[str, str, bool]]:
        """Who approved it, when, and whether it still counts."""
        return [(one.name, moments.whole(one.given.approved_at), one.stands) for one in self.approvals]

    @property
    def counting(self) -> int:
        """How many approvals count."""
        return sum(one.stands for one in self.approvals)

    @property
    def missing(self) -> int:
        """How many approvals are still to come."""
        return APPROVALS - self.counting

    @property
    def state(self) -> tuple[str, str]:
        """Level and words."""
        return state_of(self.row, self.counting)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Its lines as the page and the paper show them."""
        return [
            (
                one.reference,
                WORKFLOWS[one.kind].label,
                *(french.short_date(day) for day in (one.sent_on, one.closed_on, one.archived_on)),
            )
            for one in self.lines
        ]

    def csv(self) -> bytes:
        """The list for a spreadsheet."""
        rows = [
            (one.reference, WORKFLOWS[one.kind].label, one.sent_on, one.closed_on, one.archived_on)
            for one in self.lines
        ]
        return "".join(spreadsheet.lines(HEAD, rows)).encode()

    def paper(self) -> bytes:
        """The list for the visa of the Archives départementales."""
        data = {
            "title": self.title,
            "whose": self.whose,
            "drawn": self.drawn,
            "digest": self.row.digest.hex(),
            "count": french.counted(len(self.lines), "demande"),
            "head": HEAD,
            "rows": self.rows,
        }
        return pdf.render("elimination.typ", data, french.local_day(self.row.drawn_at))


def whose(row: EliminationList) -> str:
    """Whose requests a list holds."""
    about = ", informations protection de l’enfance" if row.reserved else ""
    return f"{_WHOSE[row.institution]}{about}"


def state_of(row: EliminationList, approvals: int) -> tuple[str, str]:
    """Where a list stands: level and words."""
    if row.set_aside_at is not None:
        return "none", "écartée"
    if row.executed_at is not None:
        return "fine", "exécutée"
    if row.asked_at is not None:
        return "going", "en cours d’exécution"
    if row.visa_at is None:
        return "soon", "attend le visa"
    if approvals < APPROVALS:
        return "soon", f"attend {french.counted(APPROVALS - approvals, 'approbation')}"
    return "fine", "prête à être exécutée"


def list_line(row: EliminationList, approvals: int) -> Shown:
    """A list among others."""
    return {
        "id": row.id,
        "number": row.number,
        "whose": whose(row),
        "drawn": french.short_date(french.local_day(row.drawn_at)),
        "lines": row.lines,
        "state": state_of(row, approvals),
    }


def leaving(found: Iterable[Leaving]) -> list[Shown]:
    """What leaves soon, the first to leave first."""
    return [
        {
            "reference": one.reference,
            "kind": WORKFLOWS[one.kind].label,
            "closed": french.short_date(one.closed_on),
            "last": french.short_date(one.last_day),
        }
        for one in sorted(found, key=lambda one: (one.last_day, one.reference))
    ]


def archived(tickets: Iterable[Ticket]) -> list[Shown]:
    """What is in the archives."""
    return [
        {
            "reference": one.reference,
            "kind": WORKFLOWS[one.kind].label,
            "since": french.short_date(french.local_day(_at(one.archived_at))),
        }
        for one in tickets
    ]


def figures(values: Values, due: Mapping[str, int], counted: Mapping[str, tuple[int, int]]) -> list[Shown]:
    """Each kind: how long it is kept, how many are due, archived, eliminated."""
    return [
        {
            "kind": WORKFLOWS[kind].label,
            "months": french.counted(values.number(f"retention_{kind}"), "mois", "mois"),
            "due": due.get(kind, 0),
            "archived": counted.get(kind, (0, 0))[0],
            "eliminated": counted.get(kind, (0, 0))[1],
        }
        for kind in RETENTION
    ]


def _at(instant: datetime | None) -> datetime:
    if instant is None:
        raise TypeError("an archived request was archived at an instant")
    return instant
