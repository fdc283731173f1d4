"""Everything held of a person who asks, row by row, others masked: what she is given (R-DP-9)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.inventory.natures import Nature
from service.inventory.register import TABLES
from service.models import (
    DETAILS,
    Accompaniment,
    Attachment,
    Call,
    IncomingFile,
    IncomingMail,
    InternalNote,
    JournalEntry,
    LetterPrinted,
    Message,
    Person,
    Rectification,
    SubjectRequest,
    Ticket,
)
from service.models.base import Base
from service.operations.consultation import note_given
from service.operations.heads_told import other_heads_of, tell_members
from service.operations.subject_access import asked_of
from service.permissions import Actor, Institution
from service.queries import subject_access as queries
from service.queries.reference import reference
from service.queries.subject_access import Holding, Link, full_name
from service.queries.tickets import names_family_of, visible_to
from service.sealing import ring
from service.workflows import french
from service.workflows.subject_access import hidden_words, masked

CARRIED = (
    Nature.IDENTITY,
    Nature.CONTACT,
    Nature.SITUATION,
    Nature.TOLD,
    Nature.INTERNAL,
    Nature.CHILD_PROTECTION,
)
"""What of a row concerns the person; the rest is who worked on it, and technique."""

LEFT_OUT: Mapping[str, str] = {
    "child_protection_notice": "une information de protection de l’enfance, s’il y en a : le responsable de son auteur "
    "en décide (R-DP-9)",
    "clock_record": "des durées, que donnent déjà les dates de l’historique",
    "concertation_item": "un ordre du jour, par la seule référence",
    "digest_line": "un courriel entre professionnels : le genre de nouvelle et la référence, rien d’autre (R-DP-5)",
    "draft": "un texte qui n’est pas parti : seul son auteur l’a lu, et il disparaît avec le brouillon",
    "meeting_line": "un ordre du jour, par la seule référence",
    "outbox_mail": "un courriel entre professionnels : le genre de nouvelle et la référence, rien d’autre (R-DP-5)",
    "participant": "quels professionnels lisent la demande",
    "person_word": "un index du nom, qui ne se lit pas",
    "put_forward": "une question de réunion, sans donnée personnelle par règle, avec la seule référence",
    "reminder": "un rappel à un professionnel",
    "sealed_head": "une empreinte, qui ne se lit pas",
    "access_entry": "qui a lu la demande : la trace appartient au contrôle interne, et le délégué en répond (R-DP-4)",
    "ticket_link": "le lien vers une autre demande, qui figure ici si elle est de la personne",
    "subject_request": "la demande à laquelle ce document répond",
    "archive_opening": "qui a ouvert la demande archivée : la trace appartient au contrôle interne (R-DP-4)",
    "elimination_line": "une liste d’élimination, par la seule référence",
    "out_of_scope_opening": "qui a ouvert la demande : la trace appartient au contrôle interne (R-DP-4)",
    "kept_out": "quel professionnel est tenu à l’écart de la demande",
    "phone_shown": "qui a fait montrer un téléphone : la trace appartient au contrôle interne (R-DP-4)",
    "unusual_read": "un signe de contrôle interne sur les lectures d’un professionnel",
}
"""Tables that name a ticket and are not in the extract, each with the reason that is given."""

LEFT_OUT_ROWS: tuple[str, ...] = (
    "les appels dont aucune demande n’est née : ils ne portent qu’un numéro de dossier, commun à tout un foyer",
    "les messages reçus qui attendent d’être qualifiés, ou mis de côté : Relais ne sait pas encore de qui ils parlent",
    "un téléphone protégé, et celui d’une demande dont l’identité a été rectifiée : Relais ne les imprime pas (R-DP-8)",
)
"""What no search by person can find or is given to nobody, said on the document."""

LEFT_OUT_COLUMNS: Mapping[str, str] = {
    "attachment.content": "le fichier lui-même est remis à part",
    "incoming_file.content": "le fichier lui-même est remis à part",
    "incoming_mail.raw": "le même message, dans son enveloppe technique",
    "incoming_mail.rest": "les messages cités et les signatures, déjà reçus pour eux-mêmes",
    "journal_entry.payload": "les codes de l’acte, qui figurent parmi les réponses",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row about the person: its table, when, which unit, what it says by name of column."""

    table: str
    at: date | None
    unit_code: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A ticket and its rows; without a ticket, what is held of the person outside any."""

    holding: Holding | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """What is given to the person who asked."""

    asked: SubjectRequest
    made_at: datetime
    parts: tuple[Part, ...]


def extract(actor: Actor, request_id: UUID, chosen: Collection[UUID], also_hidden: str = "") -> Extract:
    """Everything held, of the person's own tickets and of those `chosen` among the others found; each logged.

    `also_hidden`: names of other people, that are masked with those of the household. Refuses (TooManyReadings) who
    takes too much away: it counts as a list, and as a reading of each.
    """
    with transaction() as session:
        asked = asked_of(session, actor, request_id)
        found = queries.holdings(session, actor, asked)
        kept = [one for one in found if one.link is Link.OWN or one.ticket.id in chosen]
        stop = note_given(actor, "subject_extract", [one.ticket.id for one in kept])
        others = [full_name(one.person) for one in found if one not in kept]
        hidden = hidden_words([*others, also_hidden], full_name(asked))
        parts = () if stop else tuple(_parts(session, actor, asked, kept, hidden))
        if stop is None:
            _tell_heads(session, actor, [one.ticket for one in kept])
    if stop is not None:
        raise stop
    return Extract(asked, clock.now(), parts)


def _tell_heads(session: Session, actor: Actor, given: list[Ticket]) -> None:
    """How many of the requests that the actor does not ordinarily read concern each: one mail an extract (R-DP-1)."""
    ids = [ticket.id for ticket in given]
    own = set(session.scalars(select(Ticket.id).where(Ticket.id.in_(ids), visible_to(actor))))
    concerned = [other_heads_of(session, actor, ticket) for ticket in given if ticket.id not in own]
    heads = {one.id: one for told in concerned for one in told}
    for head_id, count in Counter(one.id for told in concerned for one in told).items():
        words = french.counted(count, "demande")
        tell_members(
            session,
            [heads[head_id]],
            "subject_extract",
            f"Relais – {words} dans un document remis à la personne",
            "subject_extract.txt",
            "/acces",
            about=words,
        )


def _parts(
    session: Session, actor: Actor, asked: SubjectRequest, given: list[Holding], hidden: frozenset[str]
) -> Iterator[Part]:
    yield from (Part(one, tuple(_items(session, actor, one, hidden))) for one in given)
    apart = tuple(_apart(session, actor, asked, given, hidden))
    if apart:
        yield Part(None, apart)


def values_of(row: Base, hidden: frozenset[str] = frozenset(), *, reachable: bool = True) -> dict[str, Any]:
    """What a row says of the person, by name of column; texts masked. Indexes and what is left out are not there.

    How to reach somebody is given to themself alone (`reachable`), and a protected telephone to nobody (R-DP-8).
    """
    table = TABLES[row.__tablename__]
    carried = [one for one in CARRIED if one is not Nature.CONTACT or reachable]
    columns = [column for nature in carried for column in table.columns.get(nature, ())]
    names = [column.removesuffix("_sealed") for column in columns if not column.endswith("_index")]
    said = {
        name: getattr(row, name)
        for name in names
        if f"{row.__tablename__}.{name}" not in LEFT_OUT_COLUMNS and not _is_protected(row, name)
    }
    return {
        name: masked(value, hidden) if isinstance(value, str) else value
        for name, value in said.items()
        if value not in (None, "", [])
    }


def _is_protected(row: Base, name: str) -> bool:
    return name == "phone" and getattr(row, "phone_protected", False)


def _items(session: Session, actor: Actor, one: Holding, hidden: frozenset[str]) -> Iterator[Item]:
    ticket_id = one.ticket.id
    yield Item("person", one.ticket.submitted_at, one.ticket.asking_unit_id, values_of(one.person))
    details = session.get(DETAILS[one.ticket.kind], ticket_id)
    if details is not None:
        said = values_of(details, hidden, reachable=_surely_theirs(session, one))
        yield Item(details.__tablename__, one.ticket.submitted_at, one.ticket.asking_unit_id, said)
    for table, at, unit in _OF_A_TICKET:
        for row in session.scalars(select(table).where(table.ticket_id == ticket_id).order_by(at)):
            if _may_give(session, actor, row):
                said = _told(session, actor, row, hidden)
                yield Item(table.__tablename__, getattr(row, at.key), getattr(row, unit, None), said)
            if isinstance(row, IncomingMail) and actor.institution is Institution.CAF:
                files = session.scalars(select(IncomingFile).where(IncomingFile.mail_id == row.id))
                yield from (
                    Item("incoming_file", row.received_at, None, values_of(file, hidden)) for file in files
                )


def _surely_theirs(session: Session, one: Holding) -> bool:
    """And without a correction: a rewritten identity would draw out how to reach whom the request was about."""
    return one.link is Link.OWN and not queries.last_number(session, one.ticket.id)


def _told(session: Session, actor: Actor, row: Base, hidden: frozenset[str]) -> dict[str, Any]:
    if isinstance(row, JournalEntry):
        return {"transition": row.transition}
    if isinstance(row, LetterPrinted):
        return {"model_code": row.model_code}
    if isinstance(row, Rectification):
        said = {"field": row.field, **values_of(row)}
        if not _is_own(session, actor, row.unit_code):
            said.pop("reason", None)
        return said
    return values_of(row, hidden)


def _may_give(session: Session, actor: Actor, row: Base) -> bool:
    """Internal notes of the other institution never (R-DP-3); mails and the register are the Caf's own.

    A call that the Caf neither answered nor noted has told it nothing (R-DP-1).
    """
    if isinstance(row, InternalNote):
        return row.institution == actor.institution
    if isinstance(row, (IncomingMail, Accompaniment)):
        return actor.institution is Institution.CAF
    if isinstance(row, Call) and actor.institution is Institution.CAF:
        return row.answered or _is_own(session, actor, row.recorded_unit_id)
    return True


def _is_own(session: Session, actor: Actor, unit_code: str) -> bool:
    return reference(session).units[unit_code].institution is actor.institution


def _apart(
    session: Session, actor: Actor, asked: SubjectRequest, given: list[Holding], hidden: frozenset[str]
) -> Iterator[Item]:
    """The Caf's register where it names the person; not the calls of a file, which may be about somebody else of it."""
    if actor.institution is not Institution.CAF:
        return
    files = {ring().blind_index("matricule", asked.matricule)} if asked.matricule else set()
    files |= {one.person.matricule_index for one in given if one.person.matricule_index is not None}
    told = {one.ticket.id for one in given}
    kept = names_family_of(
        actor.account_id, ticket_id=Accompaniment.ticket_id, matricule_index=Accompaniment.matricule_index
    )
    rows = select(Accompaniment).where(Accompaniment.matricule_index.in_(sorted(files)), ~kept)
    for row in session.scalars(rows.order_by(Accompaniment.opened_on, Accompaniment.id)):
        if row.ticket_id not in told and queries.same_name(full_name(asked), full_name(row)):
            yield Item("accompaniment", None, None, values_of(row, hidden))


_OF_A_TICKET: tuple[tuple[Any, Any, str], ...] = (
    (JournalEntry, JournalEntry.happened_at, "actor_unit_id"),
    (Message, Message.written_at, "unit_id"),
    (InternalNote, InternalNote.written_at, "unit_id"),
    (Attachment, Attachment.joined_at, "unit_id"),
    (Call, Call.started_at, "recorded_unit_id"),
    (IncomingMail, IncomingMail.received_at, "asking_unit_id"),
    (LetterPrinted, LetterPrinted.printed_at, "unit_id"),
    (Rectification, Rectification.made_at, "unit_code"),
    (Accompaniment, Accompaniment.opened_on, ""),
)
"""Rows of a ticket that speak of its person: table, in which order, the column of the unit."""
EXTRACTED = (
    frozenset(
        {Person.__tablename__, IncomingFile.__tablename__}
        | {table.__tablename__ for table, *_ in _OF_A_TICKET}
        | {details.__tablename__ for kind, details in DETAILS.items()}
    )
    - LEFT_OUT.keys()
)
"""Tables that the extract reads."""
