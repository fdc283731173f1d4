"""What people write around the figures of a year: read with the report, no part of what was frozen (R-GO-2). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from service.permissions import Institution
from service.statistics.shown import ShownDocument, ShownSection, ShownVoice
from service.workflows import french
from service.workflows.meetings import HEADINGS, INSTITUTION_LABELS, THEMES

_TEAMS: Mapping[str, str] = {
    "works": "Ce que disent les équipes : ce qui marche",
    "to_improve": "Ce que disent les équipes : ce qui est à améliorer",
}


class Comment(NamedTuple):
    """What one institution says under a heading, as it was last written."""

    side: Institution
    heading: str
    text: str
    written_on: date


class Saying(NamedTuple):
    """A remark from the field that its institution shared with the other one."""

    side: Institution
    tone: str
    theme: str
    text: str
    written_on: date


@dataclass(frozen=True)
class Around:
    """All that is said. `committee_on`: the day of the committee that it is written for; None: not planned yet."""

    committee_on: date | None
    comments: Sequence[Comment]
    sayings: Sequence[Saying]


def with_words(document: ShownDocument, around: Around) -> ShownDocument:
    """The document with what is said around its figures before them, each dated and with its institution."""
    parts = (*_commented(around), *_said(around))
    chapter = _part("autour", "Autour des chiffres", _sentence(around), level=1)
    return replace(document, added=_added(around), sections=(chapter, *parts, *document.sections))


def _sentence(around: Around) -> str:
    if around.comments:
        return "Ces mots entourent les chiffres et n’en changent aucun : ils ne font pas partie de ce qui est arrêté."
    if around.committee_on is None:
        return "Rien n’est encore écrit : chaque institution le fait sur la page du comité de suivi, une fois prévu."
    day = french.short_date(around.committee_on)
    return f"Aucune institution n’a encore écrit : elles le font sur la page du comité de suivi du {day}."


def _commented(around: Around) -> Sequence[ShownSection]:
    return [
        _part(f"autour-{heading}", title, voices=voices)
        for heading, title in HEADINGS.items()
        if (voices := [_voice(one) for one in around.comments if one.heading == heading])
    ]


def _said(around: Around) -> Sequence[ShownSection]:
    return [
        _part(f"equipes-{tone}", title, voices=voices)
        for tone, title in _TEAMS.items()
        if (voices := [_voice(one, THEMES[one.theme]) for one in around.sayings if one.tone == tone])
    ]


def _voice(one: Comment | Saying, about: str = "") -> ShownVoice:
    who = INSTITUTION_LABELS[one.side]
    return ShownVoice(one.side.value, who, about, french.short_date(one.written_on), one.text)


def _part(
    anchor: str, title: str, sentence: str = "", voices: Sequence[ShownVoice] = (), level: int = 2
) -> ShownSection:
    return ShownSection(anchor, "", level, title, "", sentence, (), (), tuple(voices))


def _added(around: Around) -> str:
    """« Commentaires ajoutés : Département le 4 mars 2027, Caf le 5 mars 2027 »."""
    last = {
        side: max(one.written_on for one in around.comments if one.side is side)
        for side in Institution
        if any(one.side is side for one in around.comments)
    }
    said = [f"{INSTITUTION_LABELS[side]} le {french.short_date(day)}" for side, day in last.items()]
    return f"Commentaires ajoutés : {', '.join(said)}" if said else ""
