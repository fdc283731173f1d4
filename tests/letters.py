"""Mails for tests, as bytes: a person's, CDAP's, one that a colleague passes on."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
REDON, VITRE, SECRETARIAT = "cdas-redon@cdas.example", "cdas-vitre@cdas.example", "secretariat@caf.example"
CDAP = "Mon Compte Partenaire <ne-pas-repondre@cdap.exemple.example>"
STRANGER = "intrus@ailleurs.example"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NIR = "1 85 05 78 006 084 91"
"""A number whose key is right; nobody's."""

_numbers = count(1)


def a_mail(
    text: str,
    *,
    sender: str = REDON,
    subject: str = "Un message",
    sent_at: datetime = datetime(2026, 10, 26, 9, tzinfo=PARIS),
    answers: str = "",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """Somebody's mail; `answers` is the Message-ID of the one it answers to."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, "urgences@relais.example", subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = headers.pop("message_id", f"<essai-{next(_numbers)}@essai.example>")
    if answers:
        message["In-Reply-To"] = answers
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def an_urgent_mail(**changes: str) -> bytes:
    """A mail with the keyword that says everything."""
    text = (
        "URGENCE DEFINIE\n\nMatricule : 1234567\nNom : EXEMPLE-ROUX\nPrénom : Maël\nCommune : Redon\n"
        "Prestation : RSA\nMotif : interruption\n\nBonjour, plus de versement depuis le 5 octobre 2026.\n"
    )
    return a_mail(text, **{"subject": "Urgence définie", **changes})  # type: ignore[arg-type]


def a_cdap_form(partner: str, text: str, **changes: str) -> bytes:
    """What CDAP passes on of its contact form."""
    lines = "Motif : Interruption de droit\nNuméro allocataire : 2424242\nPrestation concernée : RSA"
    body = f"Bonjour,\n\n{lines}\nCourriel du partenaire : {partner}\nMessage :\n{text}\n"
    return a_mail(body, **{"sender": CDAP, "subject": "Formulaire de contact", **changes})  # type: ignore[arg-type]


def passed_on(
    word: str, inner: str, *, author: str, sender: str = SECRETARIAT, subject: str = "TR: message"
) -> bytes:
    """A mail that somebody forwards, with a word of their own."""
    head = (
        f"-------- Message transféré --------\nDe : {author}\nDate : lundi 26 octobre 2026\nObjet : message"
    )
    return a_mail(f"{word}\n\n{head}\n\n{inner}\n", sender=sender, subject=subject)
