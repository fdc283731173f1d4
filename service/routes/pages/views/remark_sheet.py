"""« Dire ce qui marche ou non » in words: a remark as its author, its institution and the other one read it."""

from collections.abc import Sequence
from typing import Any

from service.models import Remark
from service.permissions import Actor, Institution, may_share_remarks_of
from service.queries.reference import Reference
from service.workflows import french
from service.workflows.meetings import INSTITUTION_LABELS, THEMES

Shown = dict[str, Any]
_TONES = {"works": ("fine", "Marche", "check"), "to_improve": ("soon", "À améliorer", "pencil")}


def remark_of(remark: Remark, actor: Actor, known: Reference | None = None) -> Shown:
    """One remark. The unit only for one's own institution (`known`), who wrote it for nobody."""
    level, tone, sign = _TONES[remark.tone]
    side = Institution(remark.institution)
    own = side is actor.institution
    unit = known.units[remark.unit_code].name if known is not None and own else ""
    return {
        "id": remark.id,
        "theme": THEMES[remark.theme],
        "tone": tone,
        "level": level,
        "sign": sign,
        "text": remark.text,
        "side": side.value,
        "from": unit or INSTITUTION_LABELS[side],
        "day": french.short_date(french.local_day(remark.written_at)),
        "shared": remark.shared_at is not None,
        "shareable": remark.shared_at is None and may_share_remarks_of(actor, side),
    }


def by_theme(actor: Actor, remarks: Sequence[Remark]) -> list[Shown]:
    """The remarks of a committee, by theme in the order of the list; in each, those of each institution."""
    shown = [(one.theme, remark_of(one, actor)) for one in remarks]
    grouped = []
    for theme, label in THEMES.items():
        of_theme = [one for code, one in shown if code == theme]
        if of_theme:
            grouped.append({"label": label, "remarks": of_theme})
    return grouped
