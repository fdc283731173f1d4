"""The figures of months and the packs made of them: computed outside a transaction, kept in a short one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused
from service.memory import without_searching
from service.models import MonthFigures, SharedDocument
from service.queries.reference import reference
from service.statistics import pack as packs
from service.statistics.chapter_facts import chapters_of
from service.statistics.chapters import NOT_FIGURES
from service.statistics.document import Document, digest, frozen, thawed
from service.statistics.facts import Facts, TicketFacts
from service.statistics.figures import MEASURES, Figures, figures_of, read, written
from service.statistics.measures import Labels
from service.statistics.periods import Month, Period, Year
from service.statistics.reading import facts_of, is_empty
from service.statistics.volet_one import benefit_group
from service.workflows.french import local_day

ALL = "all"
PeriodOver = TypeVar("PeriodOver", Month, Year)


def scopes(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """The facts as a whole, then for each CDAS, kind, channel and benefit that has any."""
    yield ALL, facts
    for name, value_of in _SCOPES.items():
        for value in sorted({value for ticket in facts.tickets if (value := value_of(ticket)) is not None}):
            yield f"{name}:{value}", _only(facts, name, value)


def narrowed(facts: Facts, scope: str) -> Facts:
    """The facts of one scope, by its key; nothing of one that there is not."""
    name, _, value = scope.partition(":")
    return facts if scope == ALL else _only(facts, name, value)


def _only(facts: Facts, name: str, value: str) -> Facts:
    own = {ticket.id for ticket in facts.tickets if _SCOPES[name](ticket) == value}
    return facts.only(own, value if name == "cdas" else None)


def _cdas(ticket: TicketFacts) -> str | None:
    return ticket.cdas


def _channel(ticket: TicketFacts) -> str | None:
    return ticket.channel if ticket.kind == "urgent_rights" else None


def _benefit(ticket: TicketFacts) -> str | None:
    return benefit_group(ticket) if ticket.kind == "urgent_rights" else None


def _kind(ticket: TicketFacts) -> str | None:
    return ticket.kind


_SCOPES = {"cdas": _cdas, "kind": _kind, "channel": _channel, "benefit": _benefit}


@without_searching()
def keep_month(month: Month) -> Figures:
    """Compute the figures of a month for every scope and keep them; gives those of the whole."""
    with reading() as session:
        facts = facts_of(session, month)
    return keep_figures(month, scopes(facts))


def keep_figures(period: Period, scoped: Iterable[tuple[str, Facts]]) -> Figures:
    """Compute the figures of a month or a year for these scopes and keep them; gives those of the whole."""
    computed, now = {scope: figures_of(facts) for scope, facts in scoped}, clock.now()
    with transaction() as session:
        for scope, figures in computed.items():
            session.merge(
                MonthFigures(
                    month=period.key,
                    scope=scope,
                    computed_at=now,
                    settled=period.end <= now,
                    body=written(figures),
                )
            )
    return computed[ALL]


def kept(session: Session, period: Period, scope: str = ALL) -> tuple[Figures, datetime] | None:
    """The figures kept for a month or a year, and the instant at which they were computed."""
    row = session.get(MonthFigures, (period.key, scope))
    return None if row is None else (read(row.body), row.computed_at)


def figures_over(period: PeriodOver, keep: Callable[[PeriodOver], Figures]) -> dict[str, Figures]:
    """The figures of a period that is over, by its key; nothing of one in which nothing happened.

    Those kept while it was running say nothing of its end: `keep` computes them anew.
    """
    with reading() as session:
        row = session.get(MonthFigures, (period.key, ALL))
        if row is not None and row.settled:
            return {period.key: read(row.body)}
        if row is None and is_empty(session, period):
            return {}
    return {period.key: keep(period)}


@without_searching()
def publish_pack(month: Month) -> SharedDocument | None:
    """Make the pack of a month that is over, or its next revision; None when nothing changed since the last one.

    Refuses (GuardRefused) a month that is not over. What does not reconcile is kept as a problem and tried again next
    time. Two processes at once: one of them keeps it.
    """
    if month.end > clock.now():
        raise GuardRefused(
            f"{month.label.capitalize()} n’est pas terminé : son dossier se prépare le premier jour ouvré du mois "
            "suivant.",
            rule="R-GO-1",
            advice="En attendant, ses chiffres sont dans « Statistiques ».",
        )
    with reading() as session:
        facts = facts_of(session, month)
    figures = {month.key: keep_figures(month, scopes(facts))}
    for back in range(1, packs.TREND_MONTHS):
        figures |= figures_over(month.back(back), keep_month)
    units, groups = units_of(facts)

    def made(published: Document | None, now: datetime) -> Document:
        return packs.pack(
            packs.Material(
                month=month,
                figures=figures,
                units=units,
                groups=groups,
                made_on=local_day(now),
                revision=1 if published is None else published.revision + 1,
                published=published,
                chapters=chapters_of(month, facts, published, now),
            )
        )

    return publish(packs.KIND, month, figures[month.key], made)


def publish(
    kind: str, period: Period, figures: Figures, made_of: Callable[[Document | None, datetime], Document]
) -> SharedDocument | None:
    """Keep the next edition of a document, made of the last one and the present instant; None when nothing changed.

    Figures that do not reconcile make no document: why is kept instead.
    """
    now = clock.now()
    with reading() as session:
        last = latest(session, kind, period.key)
        published = last_published(session, kind, period.key)
        names = {code: card.name for code, card in reference(session).units.items()}
    problem = packs.problem_of(figures, names)
    made = None if problem else made_of(published, now)
    if made is not None and published is not None and _same(made, published):
        return None
    row = SharedDocument(
        kind=kind,
        period=period.key,
        revision=1 if last is None else last.revision + (last.body is not None),
        made_at=now,
        body=None if made is None else frozen(made),
        digest=None if made is None else digest(frozen(made)),
        problem=problem,
    )
    return _keep(row, last)


def units_of(facts: Facts) -> tuple[Mapping[str, Labels], Mapping[str, str]]:
    """The rows of every measure, and the institution of each unit, whose sums everybody knows."""
    rows = {name: measure.rows(facts) for name, measure in MEASURES.items()}
    return rows, {code: "cdas" if unit.side == "cdas" else "caf" for code, unit in facts.units.items()}


def latest(session: Session, kind: str, period: str) -> SharedDocument | None:
    """The last revision of a document, or the note of why it could not be published."""
    query = select(SharedDocument).where(SharedDocument.kind == kind, SharedDocument.period == period)
    row = session.scalar(query.order_by(SharedDocument.revision.desc()).limit(1))
    if row is not None:
        row.body  # noqa: B018 – deferred: read while the session is open
    return row


def last_published(session: Session, kind: str, period: str) -> Document | None:
    """The last edition that people hold, whatever was tried since."""
    body = session.scalar(
        select(SharedDocument.body)
        .where(SharedDocument.kind == kind, SharedDocument.period == period, SharedDocument.body.is_not(None))
        .order_by(SharedDocument.revision.desc())
        .limit(1)
    )
    return None if body is None else thawed(body)


def _same(made: Document, published: Document) -> bool:
    """Whether only the number of the revision, its day and its note of changes differ."""
    return _figures(made) == _figures(published)


def _figures(document: Document) -> list[object]:
    return [section.tables for section in document.sections if section.id not in NOT_FIGURES]


def _keep(row: SharedDocument, last: SharedDocument | None) -> SharedDocument | None:
    with suppress(IntegrityError):
        with transaction() as session:
            if last is not None and last.body is None:
                session.delete(session.get_one(SharedDocument, last.id))
                session.flush()
            session.add(row)
        return row
    return None
