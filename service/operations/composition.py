"""An incoming message as a letter for a ticket: who is said to write, and what both sides may read of it."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from service.models import IncomingMail
from service.notifications.incoming import IncomingMessage
from service.operations import letters
from service.operations.correspondents import Correspondents
from service.operations.letters import Letter
from service.operations.recognised import SIGNATURE, given_by

_LEFT_OUT = "Ce message est très volumineux : ses pièces jointes n’ont pas été gardées ici."


class Composed(NamedTuple):
    """The letter; `word`: what a colleague of the Caf added, for the Caf alone; `history`: what was only quoted."""

    letter: Letter
    word: str
    history: str


def compose(session: Session, mail: IncomingMail, message: IncomingMessage, who: Correspondents) -> Composed:
    """What the message brings, wherever it goes."""
    text, word, history = _texts(message, passed_on=who.by_caf and message.is_forward)
    files, remarks = letters.taken(message.attachments)
    if message.too_large:
        remarks.append(_LEFT_OUT)
    letter = Letter(
        channel=mail.channel,
        received_at=mail.received_at,
        unit=who.vouched or who.claimed,
        author=_author(message, who),
        subject=message.subject,
        text=text,
        given=given_by(session, text, message.subject, message.written_on),
        files=files,
        remarks=tuple(remarks),
    )
    return Composed(letter, word, history)


def _texts(message: IncomingMessage, *, passed_on: bool) -> tuple[str, str, str]:
    """The shared text, the Caf's own word, the history. A message that answers nothing keeps its signature."""
    if passed_on:
        return message.forwarded, message.text, message.quoted
    if message.in_reply_to or message.thread:
        return message.content, "", message.quoted
    return (
        SIGNATURE.join(part for part in (message.content, message.quoted.removeprefix("--").strip()) if part),
        "",
        "",
    )


def _author(message: IncomingMessage, who: Correspondents) -> str:
    if message.partner:
        return f"{message.partner}, par le formulaire CDAP"
    if who.by_caf and message.original_sender:
        return f"{message.original_sender}, transmis par {message.sender}"
    if message.sender_name and message.sender:
        return f"{message.sender_name} <{message.sender}>"
    return message.sender or message.sender_name
