"""Somebody says what an incoming message is, and it goes where it belongs (workflows.md §1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible, WrongState
from service.models import IncomingFile, IncomingMail, Ticket
from service.operations import letters
from service.operations.acts import locked
from service.operations.choosing import cdas_mistake
from service.operations.kept_messages import forget
from service.operations.letters import File, Letter
from service.operations.recognised import given_by
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries import incoming
from service.queries.reference import reference
from service.workflows import french, urgency
from service.workflows import reference as references
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS

_OF_THE_FORM = (
    "asking_unit", "matricule", "last_name", "first_name", "commune", "benefit", "event", "last_payment_on",
)  # fmt: skip
"""What the person who qualifies has before their eyes: their answer goes before what the message says."""


def qualify(actor: Actor, mail_id: UUID, nature: Nature, given: Mapping[str, Any]) -> str | None:
    """Say what a message is; the reference of the ticket that it makes or joins, if any.

    `given`: the fields of `complete` and the `text` of an unreadable message (`urgent_rights`), `reference`
    (`attached`). Refuses what was qualified meanwhile (WrongState), and an answer that can not be taken (InvalidInput).
    """
    with transaction() as session:
        mail = _waiting(session, actor, mail_id)
        refuse_nir(given)
        ticket: Ticket | None = None
        if nature is Nature.URGENT_RIGHTS:
            ticket = _request(session, mail, given)
        elif nature is Nature.ATTACHED:
            ticket = _attached(session, actor, mail, given.get("reference", ""))
        mail.fate, mail.nature = "qualified", nature.value
        mail.qualified_at, mail.qualified_by = clock.now(), actor.account_id
        mail.ticket_id = ticket.id if ticket else None
        mail.raw = None
        if ticket is not None:
            forget(session, mail)
        return ticket.reference if ticket else None


def expect_waiting(actor: Actor, mail_id: UUID) -> None:
    """Raise what refuses to qualify the message before the answer is even read (404, 403, 409), if anything."""
    with transaction() as session:
        _waiting(session, actor, mail_id)


def may_be_taken_back(mail: IncomingMail) -> bool:
    """Whether the message can wait again: no ticket came of it, and it still has its text."""
    return mail.fate == "qualified" and mail.ticket_id is None and mail.text_sealed is not None


def take_back(actor: Actor, mail_id: UUID) -> None:
    """Let a message that was qualified without a ticket wait again. Refuses (WrongState) any other."""
    with transaction() as session:
        mail = _held(session, actor, mail_id)
        if not may_be_taken_back(mail):
            raise WrongState(
                "Ce choix ne se reprend plus : une demande en est née, ou le message n’est plus gardé.",
                rule="R-UD-2",
                advice="Ouvrez la demande pour la corriger.",
            )
        mail.fate, mail.nature, mail.qualified_at, mail.qualified_by = "to_qualify", None, None, None


def seen(actor: Actor, mail_id: UUID) -> None:
    """What stood beside a ticket has been looked at, and goes. Refuses (WrongState) a message with nothing left."""
    with transaction() as session:
        mail = _held(session, actor, mail_id)
        if mail.fate not in ("ticket", "joined") or (mail.rest_sealed is None and mail.raw_sealed is None):
            raise WrongState("Il ne reste rien de ce message en dehors de la demande.", rule="R-DP-7")
        mail.qualified_at, mail.qualified_by = clock.now(), actor.account_id
        forget(session, mail)


def _held(session: Session, actor: Actor, mail_id: UUID) -> IncomingMail:
    mail = session.scalar(incoming.one(actor, mail_id).with_for_update())
    if mail is None:
        raise NotVisible
    return mail


def _waiting(session: Session, actor: Actor, mail_id: UUID) -> IncomingMail:
    mail = _held(session, actor, mail_id)
    if mail.fate not in ("to_qualify", "set_aside"):
        who = session.scalar(incoming.qualifier(mail_id))
        raise WrongState(
            f"Ce message est déjà qualifié{f', par {who}' if who else ''}.",
            rule="R-UD-2",
            advice="Passez au message suivant.",
        )
    return mail


def _request(session: Session, mail: IncomingMail, given: Mapping[str, Any]) -> Ticket:
    """The same way in as a message with the keyword; a draft whose text it is leaves, once its CDAS is confirmed."""
    day = french.local_day(mail.received_at)
    _expect_right(session, given, day)
    letter = _letter(session, mail, given, day)
    unit = given.get("asking_unit")
    draft = _draft_named(session, letter, unit)
    if draft is None:
        return letters.open_ticket(session, letter, unit)
    letters.join(session, draft, letter)
    return draft


def _attached(session: Session, actor: Actor, mail: IncomingMail, typed: str) -> Ticket:
    named = references.parse(typed)
    try:
        ticket = locked(session, actor, named or "")
    except NotVisible:
        sentence = "Aucune demande n’a cette référence, parmi celles que vous pouvez lire."
        raise InvalidInput({"reference": [sentence]}) from None
    state = WORKFLOWS[ticket.kind].state(ticket.state)
    if state.final:
        sentence = (
            f"La demande {ticket.reference} est terminée ({state.label.lower()}) : rien ne s’y ajoute plus."
        )
        raise InvalidInput({"reference": [sentence]}, rule="R-UD-7")
    _expect_readable_by_its_cdas(session, mail, ticket)
    letters.join(session, ticket, _letter(session, mail, {}, french.local_day(mail.received_at)))
    return ticket


def _expect_readable_by_its_cdas(session: Session, mail: IncomingMail, ticket: Ticket) -> None:
    """R-DP-1: what one CDAS wrote is not published on the request of another one."""
    units = reference(session).units
    of_mail, of_ticket = units.get(mail.asking_unit_id or ""), units.get(ticket.asking_unit_id or "")
    if of_mail is None or of_ticket is None or of_mail.code == of_ticket.code:
        return
    sentence = (
        f"Ce message vient du {of_mail.name}, et {ticket.reference} est une demande du {of_ticket.name}, "
        "qui le lirait. Faites-en une nouvelle demande, ou joignez-le à une demande du même service."
    )
    raise InvalidInput({"reference": [sentence]}, rule="R-DP-1")


def _expect_right(session: Session, given: Mapping[str, Any], day: date) -> None:
    errors = {
        name: [sentence]
        for name, sentence in urgency.input_errors(
            given.get("benefit"), given.get("event"), day, given.get("last_payment_on")
        ).items()
    }
    code = given.get("asking_unit")
    if code and (mistake := cdas_mistake(reference(session), code, day)):
        errors["asking_unit"] = [mistake]
    if errors:
        raise InvalidInput(errors, rule="R-UD-1")


def _letter(session: Session, mail: IncomingMail, given: Mapping[str, Any], day: date) -> Letter:
    """The message as it waits; `given` is what somebody confirmed, the rest is what it says clearly."""
    known = reference(session)
    text = mail.text or given.get("text") or "Message illisible, qualifié par le secrétariat."
    said = given_by(session, text, mail.subject or "", day)
    unsaid = {
        name: value for name, value in said.items() if name not in (*_OF_THE_FORM, "last_payment_exact")
    }
    unit = given.get("asking_unit") or mail.asking_unit_id
    kept = session.scalars(
        select(IncomingFile)
        .where(IncomingFile.mail_id == mail.id)
        .options(undefer(IncomingFile.content_sealed))
        .order_by(IncomingFile.id)
    )
    return Letter(
        channel=mail.channel,
        received_at=mail.received_at,
        unit=known.units.get(unit or ""),
        author=mail.sender or "",
        subject=mail.subject or "",
        text=text,
        given={**unsaid, **{name: given[name] for name in _OF_THE_FORM if name in given}},
        files=[File(one.filename or "", one.content_type, one.content or b"") for one in kept],
    )


def _draft_named(session: Session, letter: Letter, unit_code: str | None) -> Ticket | None:
    named = references.find(f"{letter.subject}\n{letter.text}")
    query = select(Ticket).where(
        Ticket.reference.in_(named), Ticket.state == "draft", Ticket.asking_unit_id == unit_code
    )
    return session.scalar(query.order_by(Ticket.id).with_for_update()) if named and unit_code else None
