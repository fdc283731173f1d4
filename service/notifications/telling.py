"""What is told to whom when something moves: outbox rows without personal data (R-DP-5)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from service.models import (
    Account,
    DigestLine,
    IncomingMail,
    Membership,
    OutboxMail,
    Participant,
    Ticket,
)
from service.models.base import new_id
from service.notifications import choices
from service.notifications.appointments import calendars
from service.permissions import HEAD_ROLES, OUT_OF_LISTS, UnitKind
from service.queries import memberships, tickets
from service.queries.reference import Reference, UnitCard
from service.workflows import french
from service.workflows.machine import Transition
from service.workflows.registry import WORKFLOWS

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "emails"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 – plain text mails
    trim_blocks=True,
)
_public_url, _domain = "", "relais.localhost"


def configure(public_url: str) -> None:
    """Give the address at which people open Relais, for the links of mails and for their Message-IDs."""
    global _public_url, _domain
    _public_url = public_url.rstrip("/")
    host = urlsplit(_public_url).hostname or ""
    _domain = host if any(sign.isalpha() for sign in host) else "relais.localhost"


def public_url() -> str:
    """The address at which people open Relais."""
    return _public_url


def domain() -> str:
    """Whose events and mails they are, for their identifiers."""
    return _domain


def tell(
    session: Session,
    ticket: Ticket,
    row: Transition,
    reference: Reference,
    unit_codes: Sequence[str | None],
    now: datetime,
) -> None:
    """Write one mail to the mailbox of each unit: kind of event, reference, link; nothing of the person."""
    tell_units(session, ticket, row.name, row.history, reference, unit_codes, now)


def tell_units(
    session: Session,
    ticket: Ticket,
    event: str,
    words: str,
    reference: Reference,
    unit_codes: Sequence[str | None],
    now: datetime,
) -> None:
    """The same for what no act of the table made happen, as a deadline."""
    if ticket.kind in OUT_OF_LISTS:
        _tell_named(session, ticket, event, reference, unit_codes, now)
        return
    link = f"{_public_url}/demandes/{ticket.reference}"
    found = calendars(session, ticket, event, unit_codes, reference, now, link=link, domain=_domain)
    for code in dict.fromkeys([*unit_codes, *found]):
        _write(session, ticket, event, words, reference, code, now, found.get(code or ""))


def _tell_named(
    session: Session,
    ticket: Ticket,
    event: str,
    reference: Reference,
    unit_codes: Sequence[str | None],
    now: datetime,
) -> None:
    """R-DP-5: of a notice, « Une information vous attend », to the people who may read it and to nobody's mailbox."""
    day = french.local_day(now)
    named = select(Participant.account_id).where(Participant.ticket_id == ticket.id)
    heads = or_(Membership.role.in_(HEAD_ROLES), Membership.deputy)
    of_departement = [code for code in unit_codes if code and reference.units[code].kind is UnitKind.CDAS]
    readers = or_(
        Account.id.in_(named) if of_departement else false(),
        and_(Membership.unit_code.in_(of_departement), heads),
        Account.id == ticket.author_id if ticket.asking_unit_id in unit_codes else false(),
    )
    query = (
        select(Account.email, Membership.unit_code)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Account.id.not_in(tickets.accounts_kept_from(ticket.id)),
            readers,
            *memberships.on(day),
        )
        .order_by(Account.email)
    )
    link = f"{_public_url}/demandes/{ticket.reference}"
    body = _TEMPLATES.get_template("waiting.txt").render(reference=ticket.reference, link=link)
    for email, unit_code in session.execute(query):
        unit = replace(reference.units[unit_code], email=email)
        _keep(
            session,
            unit,
            event,
            f"Relais – {ticket.reference} – une information vous attend",
            body,
            ticket.id,
            now,
        )


def tell_of_message(
    session: Session, ticket: Ticket, reference: Reference, unit_code: str | None, now: datetime
) -> None:
    """Tell a unit that a message waits on a ticket."""
    _write(session, ticket, "message", "nouveau message", reference, unit_code, now)


def tell_people(
    session: Session,
    ticket: Ticket,
    unit: UnitCard,
    addresses: Iterable[str],
    event: str,
    words: str,
    reference: Reference,
    now: datetime,
) -> None:
    """Tell persons of a unit at their own addresses, as its head: kind of event, reference, link."""
    for address in addresses:
        _deliver(session, ticket, unit, address, event, words, reference, now)


def tell_invited(
    session: Session, unit: UnitCard, recipient: str, path: str, until: datetime, now: datetime
) -> None:
    """Give somebody the link by which they choose the password of their account; it is kept sealed until it left."""
    body = _TEMPLATES.get_template("invitation.txt").render(unit=unit.name, until=french.instant(until))
    mail = _keep(session, unit, "invitation", "Relais – votre compte", body, None, now, recipient)
    mail.link = f"{_public_url}{path}"


ENROLLED = "Un téléphone vient d’être enregistré pour donner les codes de connexion de votre compte."
CODES_RENEWED = "De nouveaux codes de secours viennent d’être faits pour votre compte."
BOUND = "Votre compte vient d’être lié à une identité ProConnect, par un lien d’invitation."
KEY_ADDED = "Une clé d’accès vient d’être ajoutée à votre compte : elle tient lieu de code à la connexion."
KEY_REMOVED = "Une clé d’accès vient d’être retirée de votre compte."
RESET = "Votre second facteur de connexion vient d’être réinitialisé à la demande de votre service."


def tell_second_factor(
    session: Session, unit: UnitCard, recipient: str, happened: str, now: datetime
) -> None:
    """Tell somebody what happened to the second factor of their account: a stranger's act must not go unseen."""
    body = _TEMPLATES.get_template("second_factor.txt").render(unit=unit.name, happened=happened)
    _keep(session, unit, "second_factor", "Relais – la connexion à votre compte", body, None, now, recipient)


def tell_digest(
    session: Session,
    unit: UnitCard,
    recipient: str,
    lines: Sequence[tuple[str, str, datetime]],
    *,
    late: int,
    today: int,
    now: datetime,
) -> None:
    """One mail for several things: reference, what happened and when; how much the unit has late and due today."""
    body = _TEMPLATES.get_template("digest.txt").render(
        unit=unit.name,
        lines=[{"reference": name, "words": words, "when": french.instant(at)} for name, words, at in lines],
        late=french.counted(late, "demande") if late else "",
        today=french.counted(today, "demande") if today else "",
        link=f"{_public_url}/demandes",
    )
    subject = f"Relais – récapitulatif du {french.long_date(french.local_day(now))}"
    _keep(session, unit, "digest", subject, body, None, now, recipient)


def tell_of_si(
    session: Session, unit: UnitCard, addresses: Iterable[str], sentences: Sequence[str], now: datetime
) -> None:
    """Tell the local referents what the convention Caf, Cpam, SIAO waits for (R-SI): dates only, no one by name."""
    body = _TEMPLATES.get_template("si.txt").render(sentences=sentences, link=f"{_public_url}/siao")
    for address in addresses:
        _keep(session, unit, "si", "Relais – convention Caf, Cpam et SIAO", body, None, now, address)


def tell_of_nir(
    session: Session,
    mail: IncomingMail,
    ticket: Ticket | None,
    reference: Reference,
    unit_code: str | None,
    now: datetime,
) -> None:
    """Tell the unit that wrote, or the one that triages, that a NIR was masked in a message (R-DP-7): not which."""
    unit = reference.units.get(unit_code or "")
    if unit is None or unit.email is None:
        return
    path = f"demandes/{ticket.reference}" if ticket else f"messages/{mail.id}"
    wrote = unit.kind is UnitKind.CDAS
    body = _TEMPLATES.get_template("nir_masked.txt").render(
        unit=unit.name,
        wrote=wrote,
        reference=ticket.reference if ticket else None,
        link=f"{_public_url}/{path}" if ticket or not wrote else None,
    )
    named = f"{ticket.reference} – " if ticket else ""
    subject = f"Relais – {named}numéro de sécurité sociale masqué"
    _keep(session, unit, "nir_masked", subject, body, ticket.id if ticket else None, now)


def tell_address(
    session: Session,
    recipient: str | None,
    unit: UnitCard,
    event: str,
    subject: str,
    template: str,
    now: datetime,
    *,
    path: str,
    calendar: Callable[[str, str], str] | None = None,
    **words: object,
) -> None:
    """One mail about a page that is no ticket, in the name of a unit; it holds no personal data (R-DP-5).

    None: to the unit's own mailbox. The template is given `words`, the unit's name and the link to `path`;
    `calendar` makes an invitation of that link and of the domain of the events.
    """
    link = f"{_public_url}{path}"
    body = _TEMPLATES.get_template(template).render(unit=unit.name, link=link, **words)
    event_file = None if calendar is None else calendar(link, _domain)
    _keep(session, unit, event, subject, body, None, now, recipient, event_file)


def _write(
    session: Session,
    ticket: Ticket,
    event: str,
    words: str,
    reference: Reference,
    unit_code: str | None,
    now: datetime,
    calendar: str | None = None,
) -> None:
    unit = reference.units.get(unit_code or "")
    if unit is None or unit.email is None:
        return
    _deliver(session, ticket, unit, unit.email, event, words, reference, now, calendar)


def _deliver(
    session: Session,
    ticket: Ticket,
    unit: UnitCard,
    recipient: str,
    event: str,
    words: str,
    reference: Reference,
    now: datetime,
    calendar: str | None = None,
) -> None:
    """A mail at once, a line of the next digest, or nothing: as the address chose for this sort of event."""
    sort = choices.sort_of(ticket, event, invites=calendar is not None)
    chosen = reference.choices.get((recipient, sort), choices.AT_ONCE) if sort else choices.AT_ONCE
    if chosen == choices.DIGEST:
        session.add(
            DigestLine(
                recipient=recipient,
                unit_id=unit.code,
                ticket_id=ticket.id,
                event=event,
                words=words,
                created_at=now,
            )
        )
    if chosen == choices.AT_ONCE:
        subject = f"Relais – {ticket.reference} – {words}"
        body = _body(ticket, unit, words)
        _keep(session, unit, event, subject, body, ticket.id, now, recipient, calendar)


def _body(ticket: Ticket, unit: UnitCard, words: str) -> str:
    return _TEMPLATES.get_template("moved.txt").render(
        unit=unit.name,
        kind=WORKFLOWS[ticket.kind].label,
        event=words,
        reference=ticket.reference,
        link=f"{_public_url}/demandes/{ticket.reference}",
    )


def _keep(
    session: Session,
    unit: UnitCard,
    event: str,
    subject: str,
    body: str,
    ticket_id: UUID | None,
    now: datetime,
    recipient: str | None = None,
    calendar: str | None = None,
) -> OutboxMail:
    identifier = new_id()
    mail = OutboxMail(
        id=identifier,
        ticket_id=ticket_id,
        event=event,
        recipient=recipient or unit.email,
        unit_id=unit.code,
        subject=subject,
        body=body,
        message_id=f"<{identifier}@{_domain}>",
        calendar=calendar,
        created_at=now,
        next_try_at=now,
    )
    session.add(mail)
    return mail
