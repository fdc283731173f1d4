"""What is known of an incoming message once it is read."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service.workflows.french import local_day


class AutomaticReason(StrEnum):
    """Why a message is no one's writing: it makes nothing (workflows.md §1)."""

    BOUNCE = "bounce"
    READ_RECEIPT = "read_receipt"
    AUTO_REPLY = "auto_reply"
    GENERATED = "generated"


class UnreadableReason(StrEnum):
    """Why a message is kept aside whole."""

    EMPTY = "empty"
    NOT_A_MESSAGE = "not_a_message"
    ENCRYPTED = "encrypted"
    TOO_COMPLEX = "too_complex"
    UNDECODABLE = "undecodable"
    DAMAGED = "damaged"

    @property
    def label(self) -> str:
        """What the list of messages kept aside shows."""
        return _UNREADABLE_LABELS[self]


_UNREADABLE_LABELS = {
    UnreadableReason.EMPTY: "message vide",
    UnreadableReason.NOT_A_MESSAGE: "ce n’est pas un message électronique",
    UnreadableReason.ENCRYPTED: "message chiffré ou scellé",
    UnreadableReason.TOO_COMPLEX: "trop de parties emboîtées",
    UnreadableReason.UNDECODABLE: "texte indéchiffrable",
    UnreadableReason.DAMAGED: "message abîmé",
}


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What a mail system says of a mail that it will not deliver: which one, and its status (« 5.1.1 »)."""

    message_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the message. Its type is the one declared: nothing says yet that the content is of it."""

    name: str
    declared_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that no program of ours can read: the caller keeps the bytes, encrypted (R-DP-7).

    Sender and subject when the headers at least could be read; NIR are masked in them.
    """

    reason: UnreadableReason
    fingerprint: str
    sender: str | None = None
    subject: str = ""
    nir_masked: int = 0


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that was read. Every text in it is without NIR; `nir_masked` says how many were taken out.

    `fingerprint` is equal for one message received twice. `text` is what the sender wrote, `forwarded`
    the message passed on (empty when none), `quoted` the history and the signature. `sent_at` is
    aware UTC, never after `received_at`. `in_reply_to` and `thread` are Message-IDs, `references` the Relais
    references, those of the subject and the new text first. `partner` is the professional that CDAP's form
    names. `too_large`: something was left out, keep the bytes. `undelivered`: the mail that this one brings back.
    """

    message_id: str | None
    fingerprint: str
    sender: str | None
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    sent_at: datetime
    received_at: datetime
    text: str
    forwarded: str
    quoted: str
    in_reply_to: str | None
    thread: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    automatic_reason: AutomaticReason | None
    keyword: bool
    references: tuple[str, ...]
    original_sender: str | None = None
    partner: str | None = None
    is_forward: bool = False
    from_cdap: bool = False
    nir_masked: int = 0
    too_large: bool = False
    undelivered: Undelivered | None = None

    @property
    def automatic(self) -> bool:
        """Whether it is an automatic reply, a receipt or a bounce: it makes nothing."""
        return self.automatic_reason is not None

    @property
    def content(self) -> str:
        """What the request says: the new text, then the message passed on."""
        return "\n\n".join(part for part in (self.text, self.forwarded) if part)

    @property
    def origins(self) -> tuple[str, ...]:
        """Who may be asking, likeliest first: CDAP partner, author passed on, sender. None is proved."""
        known = (self.partner, self.original_sender, self.sender)
        return tuple(dict.fromkeys(address for address in known if address))

    @property
    def written_on(self) -> date:
        """The day it was sent, in Paris (R-CAL-3)."""
        return local_day(self.sent_at)
