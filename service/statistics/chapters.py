"""What a technical meeting has before it besides figures: situations, actions left open, remarks on data. Pure.

No person and no unit is counted or named in the situations (R-GO-1, R-DP-1); remarks on data are of all units together.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from service.statistics import differences
from service.statistics.document import Column, Document, Row, Section, Share, Table
from service.statistics.facts import Event, Facts, TicketFacts
from service.statistics.volet_one import URGENT
from service.statistics.words import printable
from service.workflows import french
from service.workflows.meetings import INSTITUTION_LABELS, lateness
from service.workflows.urgent_rights import OUTCOMES

HEAD, SITUATIONS, LEFT_OPEN, QUALITY = "meeting", "situations", "left_open", "quality"
NOT_FIGURES = frozenset({HEAD, SITUATIONS, LEFT_OPEN, QUALITY, differences.ID})
"""The sections of a pack that are no indicator: when they alone differ, there is nothing to revise."""
LATE_SECONDS = 86_400
"""A fact noted more than a day after it happened is late, as in I-10."""

_KEPT_BY_REVISIONS = frozenset({HEAD, SITUATIONS, LEFT_OPEN})


@dataclass(frozen=True, slots=True)
class Situation:
    """A request put forward, with the question of one institution. `age`: business days since it was sent."""

    reference: str
    kind: str
    state: str
    age: int
    institution: str
    question: str


@dataclass(frozen=True, slots=True)
class Action:
    """An action of an earlier meeting that is not done. `owner`: a unit, or who answers for it."""

    key: str
    text: str
    owner: str
    due_on: date
    meeting: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the last technical meeting decided."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """What no fact of a request tells. `drafts` never sent, of those `begun`; `mails` still to qualify, of all."""

    drafts: int
    begun: int
    mails: int
    received: int


@dataclass(frozen=True)
class Matter:
    """All that the chapters are made of. `decided_at`: the meeting whose decisions these are."""

    facts: Facts
    situations: tuple[Situation, ...]
    actions: tuple[Action, ...]
    decisions: tuple[Decision, ...]
    decided_at: str
    unsent: Unsent
    made_on: date


def chapters(matter: Matter, published: Document | None = None) -> tuple[Section, ...]:
    """The chapters, read before the figures.

    A revision keeps the situations and actions of the edition before: they were those of that meeting. What is said
    of the data is computed again, as the figures are.
    """
    quality = _quality(matter)
    if published is None:
        head = Section(HEAD, "Pour la réunion", level=1)
        return head, _situations(matter.situations), _left_open(matter), quality
    kept = tuple(section for section in published.sections if section.id in _KEPT_BY_REVISIONS)
    return (*kept, quality) if kept else ()


def _situations(found: Iterable[Situation]) -> Section:
    columns = (
        Column("kind", "Type", "text"),
        Column("state", "État", "text"),
        Column("age", "Âge, en jours ouvrés"),
        Column("asks", "Question de", "text"),
        Column("question", "Question", "text"),
    )
    rows = tuple(
        Row(
            f"{one.reference}.{one.institution}",
            one.reference,
            (one.kind, one.state, one.age, _SIDES[one.institution], printable(one.question)),
        )
        for one in found
    )
    table = Table("meeting.situations", "Demandes mises en avant", "Demande", columns, rows)
    return Section(
        SITUATIONS,
        "Situations à examiner",
        "Ce que chaque institution a mis en avant, par référence et sans nom, au jour de ce dossier."
        if rows
        else "Aucune demande n’a été mise en avant pour cette réunion.",
        (table,) if rows else (),
    )


_SIDES = {side.value: label for side, label in INSTITUTION_LABELS.items()}


def _left_open(matter: Matter) -> Section:
    tables = [table for table in (_actions(matter), _decisions(matter)) if table.rows]
    late = sum(action.due_on < matter.made_on for action in matter.actions)
    return Section(
        LEFT_OPEN,
        "Décisions et actions des réunions passées",
        _how_many(len(matter.actions), late),
        tuple(tables),
    )


def _how_many(actions: int, late: int) -> str:
    if not actions:
        return "Aucune action n’attend d’être faite."
    waiting = french.counted(actions, "action reste à faire", "actions restent à faire")
    return f"{waiting}, dont {late} en retard." if late else f"{waiting}, aucune en retard."


def _actions(matter: Matter) -> Table:
    columns = (
        Column("owner", "Responsable", "text"),
        Column("due", "Échéance", "date"),
        Column("late", "Délai", "text"),
        Column("meeting", "Décidée à", "text"),
    )
    rows = tuple(
        Row(
            one.key,
            printable(one.text),
            (one.owner, one.due_on, lateness(one.due_on, matter.made_on) or "dans les temps", one.meeting),
        )
        for one in matter.actions
    )
    return Table("meeting.actions", "Actions à faire", "Action", columns, rows)


def _decisions(matter: Matter) -> Table:
    rows = tuple(Row(one.key, printable(one.text), (matter.decided_at,)) for one in matter.decisions)
    columns = (Column("meeting", "Prise à", "text"),)
    return Table("meeting.decisions", "Décisions de la dernière réunion technique", "Décision", columns, rows)


def _quality(matter: Matter) -> Section:
    shares = shares_of(matter.facts, matter.unsent)
    table = Table(
        "meeting.quality",
        "Ce qui manque ou est noté tard",
        "Remarque",
        (Column("n", "Nombre"), Column("share", "Part", "share")),
        tuple(Row(key, label, (shares[key].part, shares[key])) for key, label in REMARKS.items()),
    )
    wanting = any(share.part for share in shares.values())
    return Section(
        QUALITY,
        "Remarques sur les données",
        "Ce qui manque, ou est arrivé tard, et pèse sur les chiffres qui suivent ; tous services ensemble."
        if wanting
        else "Rien ne manque aux chiffres qui suivent, et rien n’a été noté tard.",
        (table,) if wanting else (),
    )


REMARKS: Mapping[str, str] = {
    "no_cdas": "urgences définies dont le CDAS n’est pas connu, sur celles qui ont été envoyées",
    "no_benefit": "urgences définies sans prestation notée, sur celles qui ont été envoyées",
    "no_outcome": "urgences définies closes sans issue notée, sur les clôtures",
    "late_acts": "étapes notées plus d’un jour après s’être produites",
    "late_calls": "appels notés plus d’un jour après",
    "drafts": "brouillons jamais envoyés, sur les demandes commencées",
    "mails": "messages encore à qualifier, sur les messages reçus",
}


def shares_of(facts: Facts, unsent: Unsent) -> Mapping[str, Share]:
    """How many of how many each remark is about."""
    sent = list(facts.sent_of(URGENT))
    closed = {ticket.id: ticket for ticket in _closed(facts)}.values()
    acts = list(_acts(facts))
    return {
        "no_cdas": Share(sum(one.cdas is None for one in sent), len(sent)),
        "no_benefit": Share(sum(one.codes.get("benefit") is None for one in sent), len(sent)),
        "no_outcome": Share(sum(not _has_outcome(one) for one in closed), len(closed)),
        "late_acts": Share(sum(_is_late(act) for act in acts), len(acts)),
        "late_calls": Share(
            sum((one.recorded_at - one.started_at).total_seconds() > LATE_SECONDS for one in facts.calls),
            len(facts.calls),
        ),
        "drafts": Share(unsent.drafts, unsent.begun),
        "mails": Share(unsent.mails, unsent.received),
    }


def _closed(facts: Facts) -> Iterator[TicketFacts]:
    for ticket in facts.tickets:
        if ticket.kind == URGENT and any(
            event.target == "closed" and _in_period(event, facts) for event in ticket.events
        ):
            yield ticket


def _acts(facts: Facts) -> Iterator[Event]:
    return (event for ticket in facts.tickets for event in ticket.events if _in_period(event, facts))


def _in_period(event: Event, facts: Facts) -> bool:
    return facts.period.start <= event.happened_at < facts.period.end


def _has_outcome(ticket: TicketFacts) -> bool:
    return any(event.code("outcome") in OUTCOMES for event in ticket.events)


def _is_late(event: Event) -> bool:
    return (event.recorded_at - event.happened_at).total_seconds() > LATE_SECONDS
