"""Mails of the demonstration, as bytes: what the mailbox that Relais reads would hold."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from random import Random

from service.database import transaction
from service.demonstration.files import some_file
from service.queries.reference import reference

MAILBOX = "urgences@relais.example"
_PORTAL = "Mon Compte Partenaire <ne-pas-repondre@cdap.exemple.example>"


def mailbox_of(unit_code: str) -> str:
    """A unit's generic mailbox."""
    with transaction() as session:
        return reference(session).units[unit_code].email or MAILBOX


def mail(rng: Random, at: datetime, sender: str, subject: str, text: str, *, joined: bool = False) -> bytes:
    """Somebody's mail, with a small file if it is to be `joined`."""
    message = _empty(rng, at, sender, subject)
    message.set_content(text)
    if joined:
        name, content, _ = some_file(rng)
        kind, subtype = ("image", "png") if name.endswith(".png") else ("application", "pdf")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes()


def contact_form(rng: Random, at: datetime, partner: str, lines: str, text: str) -> bytes:
    """What CDAP passes on of its contact form."""
    message = _empty(rng, at, _PORTAL, "Formulaire de contact : nouvelle demande")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{lines}\nCourriel du partenaire : {partner}\nMessage :\n{text}\n")
    return message.as_bytes()


def absence(rng: Random, at: datetime, sender: str, subject: str, text: str) -> bytes:
    """The answer of a machine."""
    message = _empty(rng, at, sender, subject)
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(text)
    return message.as_bytes()


def sealed(rng: Random, at: datetime, sender: str, subject: str) -> bytes:
    """A mail that only its addressee could read."""
    message = _empty(rng, at, sender, subject)
    message.set_content("Version: 1")
    message.make_mixed()
    message.add_attachment(rng.randbytes(120), maintype="application", subtype="octet-stream")
    message.set_type("multipart/encrypted")
    message.set_param("protocol", "application/pgp-encrypted")
    return message.as_bytes()


def _empty(rng: Random, at: datetime, sender: str, subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, MAILBOX, subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{rng.getrandbits(64):016x}@courriel.example>"
    return message
