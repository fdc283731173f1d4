"""Messages that reach the Caf's mailbox in the demonstration: with the keyword a request, without it to be sorted."""

from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy import select

from service.database import transaction
from service.demonstration import names, post
from service.demonstration import words_of_mails as words
from service.demonstration.agenda import Story, later, minutes
from service.demonstration.cases import description, new_case, second_one
from service.demonstration.destiny import drawn
from service.demonstration.stage import SECRETARIAT, Case, Stage
from service.demonstration.treatment import Treatment
from service.models import Account, IncomingMail, Person, Ticket, UrgentRightsDetails
from service.operations.intake import intake
from service.operations.qualification import qualify
from service.permissions import Role
from service.workflows.qualification import Nature
from service.workflows.urgency import Benefit, Event

_SAID = {"Matricule": 0.93, "Nom": 0.97, "Prénom": 0.9, "Commune": 0.55, "Prestation": 0.85, "Motif": 0.7}
_LAST_PAYMENT_SAID = 0.5
"""How often a message says each of these in a line of its own."""


def received(stage: Stage, rng: Random, at: datetime, channel: str) -> Story:
    """A message with the keyword: a request at once; what could not be read in it is left to triage."""
    yield at + minutes(rng, 1, 5)
    case = (second_one(stage, rng) if rng.random() < 0.03 else None) or new_case(stage, rng)
    nameless = not case.doubles and channel == "email" and rng.random() < 0.06
    fate = intake(_nameless(rng, at) if nameless else _message(stage, case, channel, at), at)
    if fate.code != "ticket" or fate.reference is None:
        return  # somebody will qualify it
    case.reference = fate.reference
    case.misses = () if nameless else _misses(case)
    stage.sent(case)
    destiny = drawn(rng, duplicate=bool(case.doubles), anonymous=nameless)
    yield from Treatment(stage, case, destiny).from_submitted()


def to_sort(stage: Stage, rng: Random, at: datetime) -> Story:
    """A message without the keyword, which waits for somebody to say what it is."""
    yield at
    subject, text, _ = rng.choice(words.TO_SORT)
    intake(post.mail(rng, at, post.mailbox_of(stage.people.some_cdas()), subject, text), at)


def sorted_out(stage: Stage, rng: Random, at: datetime) -> Story:
    """A message without the keyword, and what the secretariat found it to be: no request, or one after all."""
    yield at
    case = new_case(stage, rng) if rng.random() < 0.15 else None
    if case is None:
        subject, text, nature = rng.choice(words.TO_SORT)
    else:
        subject, text, nature = words.URGENT_AFTER_ALL, description(case), Nature.URGENT_RIGHTS
    cdas = case.cdas if case else stage.people.some_cdas()
    intake(post.mail(rng, at, post.mailbox_of(cdas), subject, text), at)
    yield later(rng, stage.now, 2.0)
    secretary = stage.staff.pick(rng, stage.day, SECRETARIAT, Role.CAF_SECRETARIAT)
    mail_id = _waiting_since(at)
    made = qualify(secretary, mail_id, Nature(nature), case.facts if case else {})
    if case is not None and made is not None:
        case.reference = made
        stage.sent(case)
        yield from Treatment(stage, case, drawn(rng)).from_submitted()


def automatic(stage: Stage, rng: Random, at: datetime) -> Story:
    """An answer of a machine: it makes nothing."""
    yield at
    intake(post.absence(rng, at, post.mailbox_of(stage.people.some_cdas()), *words.ABSENCE), at)


def unreadable(stage: Stage, rng: Random, at: datetime) -> Story:
    """A message that no program can read: kept aside whole."""
    yield at
    intake(post.sealed(rng, at, post.mailbox_of(stage.people.some_cdas()), words.SEALED), at)


def _waiting_since(at: datetime) -> UUID:
    with transaction() as session:
        query = select(IncomingMail.id).where(
            IncomingMail.fate == "to_qualify", IncomingMail.received_at == at
        )
        return session.scalars(query.order_by(IncomingMail.id.desc()).limit(1)).one()


def _message(stage: Stage, case: Case, channel: str, at: datetime) -> bytes:
    rng, lines = case.rng, _lines(case)
    if channel == "cdap_form":
        text = words.FORM.format(description=description(case))
        return post.contact_form(rng, at, _address(stage, case), lines, text)
    subject, body = rng.choice(words.WITH_THE_KEYWORD)
    text = body.format(description=description(case), lines=lines, author=case.author.name)
    return post.mail(rng, at, _address(stage, case), subject, text, joined=rng.random() < 0.15)


def _nameless(rng: Random, at: datetime) -> bytes:
    sender = f"{names.plain(names.first(rng))}@residence.example"
    return post.mail(rng, at, sender, *words.NAMELESS)


def _lines(case: Case) -> str:
    """What the message says of the person, a line each."""
    person, rng = case.person, case.rng
    event = "Interruption" if case.event == Event.INTERRUPTION else "Forte diminution"
    known = {
        "Matricule": person.matricule,
        "Nom": person.last_name,
        "Prénom": person.first_name,
        "Commune": person.commune_name,
        "Prestation": Benefit(case.benefit).label,
        "Motif": event,
    }
    said = [f"{label} : {known[label]}" for label, share in _SAID.items() if rng.random() < share]
    if rng.random() < _LAST_PAYMENT_SAID:
        said.append(f"Dernier versement le {case.last_payment_on:%d/%m/%Y}")
    return "\n".join(said)


def _address(stage: Stage, case: Case) -> str:
    """Mostly the CDAS's own mailbox; sometimes that of the professional; sometimes one that nobody knows."""
    chance = case.rng.random()
    if chance < 0.75:
        return post.mailbox_of(case.cdas)
    if chance < 0.9 and stage.staff.still(case.author, stage.day):
        with transaction() as session:
            return session.get_one(Account, case.author.account_id).email
    return f"{names.plain(case.author.name)}@webmail.example"


def _misses(case: Case) -> tuple[str, ...]:
    """What triage has to complete: what the ticket does not hold."""
    with transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == case.reference)).one()
        person = session.get_one(Person, ticket.id)
        details = session.get_one(UrgentRightsDetails, ticket.id)
        held = {
            "asking_unit": ticket.asking_unit_id,
            "matricule": person.matricule,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "commune": person.commune_insee,
            "benefit": details.benefit,
            "event": details.event,
            "last_payment_on": details.last_payment_on,
        }
    return tuple(name for name, value in held.items() if value is None)
