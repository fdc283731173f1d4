"""Messages that reach the Caf's mailbox in the demonstration: with the keyword a request, without it to be sorted."""

import hashlib
from datetime import datetime
from random import Random
from typing import Any

from service import clock
from service.database import transaction
from service.demonstration import names
from service.demonstration import words_of_mails as words
from service.demonstration.agenda import Story, minutes
from service.demonstration.cases import description, new_case, second_one
from service.demonstration.destiny import drawn
from service.demonstration.stage import Case, Stage
from service.demonstration.treatment import Treatment
from service.models import IncomingMail
from service.operations import urgent_rights
from service.queries.reference import reference
from service.workflows.urgency import Benefit

_NOT_ALWAYS_SAID = {
    "matricule": 0.08,
    "first_name": 0.1,
    "commune": 0.45,
    "benefit": 0.06,
    "event": 0.15,
    "last_payment_on": 0.5,
}
"""The share of messages in which a field can not be read."""


def received(stage: Stage, rng: Random, at: datetime, channel: str) -> Story:
    """A message with the keyword: a request at once; what could not be read in it is left to triage."""
    yield at + minutes(rng, 1, 5)
    case = (second_one(stage, rng) if rng.random() < 0.03 else None) or new_case(stage, rng)
    anonymous = not case.doubles and rng.random() < 0.03
    if anonymous:
        _receive(stage, case, channel, at, left_out=frozenset(("asking_unit", *_NOT_ALWAYS_SAID)))
    else:
        left_out = frozenset(name for name, share in _NOT_ALWAYS_SAID.items() if rng.random() < share)
        if rng.random() < 0.12:
            left_out |= {"asking_unit"}
        case.misses = tuple(sorted(left_out))
        _receive(stage, case, channel, at, left_out)
    stage.sent(case)
    destiny = drawn(rng, duplicate=bool(case.doubles), anonymous=anonymous)
    yield from Treatment(stage, case, destiny).from_submitted()


def to_sort(stage: Stage, rng: Random, at: datetime) -> Story:
    """A message without the keyword, which waits for somebody to say what it is."""
    yield at
    subject, text = rng.choice(words.TO_SORT)
    cdas = stage.people.some_cdas()
    with transaction() as session:
        unit = reference(session).units[cdas]
        mail = _mail(rng, at, "to_qualify", "email", subject, text, unit.email or "")
        mail.asking_unit_id = cdas
        session.add(mail)


def automatic(rng: Random, at: datetime) -> Story:
    """An answer of a machine: it makes nothing."""
    yield at
    with transaction() as session:
        subject, text = words.AUTOMATIC
        session.add(_mail(rng, at, "automatic", "email", subject, text, "absente@cdas.example"))


def unreadable(rng: Random, at: datetime) -> Story:
    """A message that no program can read: kept aside whole."""
    yield at
    with transaction() as session:
        reason, subject = words.UNREADABLE
        mail = _mail(rng, at, "set_aside", "email", subject, None, "illisible@partenaire.example")
        mail.reason, mail.raw = reason, b"-----BEGIN PKCS7-----\n" + rng.randbytes(90).hex().encode()
        session.add(mail)


def _receive(stage: Stage, case: Case, channel: str, received_at: datetime, left_out: frozenset[str]) -> None:
    rng, person = case.rng, case.person
    known: dict[str, Any] = {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "commune": person.commune,
        "benefit": case.benefit,
        "event": case.event,
        "last_payment_on": case.last_payment_on,
    }
    given = {name: value for name, value in known.items() if name not in left_out}
    asking = None if "asking_unit" in left_out else case.cdas
    subject, text = _texts(case, given)
    with transaction() as session:
        unit = reference(session).units[case.cdas]
        ticket = urgent_rights.new_ticket(session, None, channel, asking)
        urgent_rights.receive(session, ticket, given, received_at, text)
        case.reference = ticket.reference
        sender = unit.email if asking else f"{names.plain(case.author.name)}@webmail.example"
        mail = _mail(rng, received_at, "ticket", channel, subject, text, sender or "")
        mail.ticket_id, mail.asking_unit_id = ticket.id, asking
        session.add(mail)


def _texts(case: Case, given: dict[str, Any]) -> tuple[str, str]:
    subject, text = case.rng.choice(words.WITH_THE_KEYWORD)
    said = {
        "benefit": Benefit(case.benefit).label if "benefit" in given else "",
        "matricule": given.get("matricule", ""),
        "description": description(case),
        "identity": " ".join(
            str(given[name]) for name in ("last_name", "first_name", "matricule") if name in given
        ),
        "author": case.author.name,
    }
    return subject.format(**said).strip(" –"), text.format(**said)


def _mail(
    rng: Random, received_at: datetime, fate: str, channel: str, subject: str, text: str | None, sender: str
) -> IncomingMail:
    return IncomingMail(
        fingerprint=hashlib.sha256(rng.randbytes(16)).hexdigest(),
        fate=fate,
        channel=channel,
        received_at=received_at,
        recorded_at=clock.now(),
        sender=sender,
        subject=subject,
        text=text,
    )
