"""Awareness actions and workshops of a period, by the day they were held (R-IND-I-12, R-IND-II-7). Pure."""

from collections.abc import Callable

from service.statistics.document import Column
from service.statistics.facts import Facts
from service.statistics.measures import Cells, Own
from service.workflows.awareness import ACTION_KINDS, INDICATOR_OF

_SHOWN = (Column("n", "Actions"), Column("participants", "Participants"))


def _of(indicator: str) -> Callable[[Facts], Cells]:
    """R-IND-I-12, R-IND-II-7: number and participants of the kinds that the indicator counts."""

    def compute(facts: Facts) -> Cells:
        return {
            kind: {
                "n": sum(action.kind == kind for action in facts.actions),
                "participants": sum(action.participants for action in facts.actions if action.kind == kind),
            }
            for kind, counted in INDICATOR_OF.items()
            if counted == indicator
        }

    return compute


MEASURES = tuple(
    Own(
        f"{indicator}.actions",
        caption,
        "Action",
        {kind: label for kind, label in ACTION_KINDS.items() if INDICATOR_OF[kind] == indicator},
        compute=_of(indicator),
        shown=_SHOWN,
        compares=("n", "participants"),
        sums="Ensemble",
    )
    for indicator, caption in (
        ("I-12", "Actions de sensibilisation et ateliers CDAP"),
        ("II-7", "Actions sur les missions des deux services sociaux"),
    )
)
