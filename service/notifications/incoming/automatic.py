"""Automatic replies, receipts and bounces: they make nothing (workflows.md §1).

Strong signs are enough. Weak ones (« auto-generated », bulk …) stand on forms and lists too, whose messages a
person wrote: they count only in an answer to another mail, since what is dropped wrongly is lost and what is
kept wrongly is sorted by hand.
"""

import re
from email import message_from_string
from email.message import Message

from service.notifications.incoming.headers import Headers
from service.notifications.incoming.message import AutomaticReason, Undelivered

_ABSENCE = re.compile(
    r"^\W{0,3}(réponse automatique|reponse automatique|message automatique d['’ ]absence|absence du bureau"
    r"|absente? du bureau|(message|notification|avis) d['’]absence|en congés? (du|jusqu)|out of (the )?office"
    r"|auto(matic)?[- ]?reply|auto ?: .{0,80}(absent|out of|away)|abwesenheit|automatische antwort"
    r"|accusé de réception automatique)",
    re.IGNORECASE,
)
_NOT_DELIVERED = re.compile(
    r"^\W{0,3}(undeliver|delivery (status|failure)|mail delivery|returned mail|failure notice|non remis"
    r"|échec de (la )?remise|message non (remis|distribué)|remise différée|notification d['’]état de remise)",
    re.IGNORECASE,
)
_RECEIPT = re.compile(r"^\W{0,3}(lu|read|non lu|accusé de lecture)\s?: ", re.IGNORECASE)
_MAIL_SYSTEM = re.compile(r"^(mailer-daemon|postmaster|microsoftexchange[0-9a-f]*|mail-daemon|mdaemon)@")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RESPONDERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-vacation",
    "x-auto-reply",
    "x-mdautoreply",
)


def reason_of(
    headers: Headers, subject: str, sender: str | None, kind: str, *, is_form: bool
) -> AutomaticReason | None:
    """Why nobody wrote this message, None when somebody did.

    `kind` is the message's content type. What a portal's form passes on was written by somebody.
    """
    if is_form:
        return None
    return _bounce(headers, subject, sender, kind) or _reply(headers, subject) or _generated(headers)


def _bounce(headers: Headers, subject: str, sender: str | None, kind: str) -> AutomaticReason | None:
    if kind == "multipart/report":
        receipt = "disposition-notification" in headers.raw("content-type").lower() or _RECEIPT.match(subject)
        return AutomaticReason.READ_RECEIPT if receipt else AutomaticReason.BOUNCE
    if "x-failed-recipients" in headers:
        return AutomaticReason.BOUNCE
    if _MAIL_SYSTEM.match(sender or "") or (_NOT_DELIVERED.match(subject) and _without_return(headers)):
        return AutomaticReason.BOUNCE
    return None


def _reply(headers: Headers, subject: str) -> AutomaticReason | None:
    submitted = headers.raw("auto-submitted").strip().lower()
    responder = any(name in headers for name in _RESPONDERS)
    precedence = headers.raw("precedence").strip().lower()
    if submitted.startswith("auto-replied") or responder or precedence in ("auto_reply", "auto-reply"):
        return AutomaticReason.AUTO_REPLY
    if _ABSENCE.match(subject) or _without_return(headers):
        return AutomaticReason.AUTO_REPLY
    return None


def _generated(headers: Headers) -> AutomaticReason | None:
    submitted = headers.raw("auto-submitted").strip().lower()
    suppressed = headers.raw("x-auto-response-suppress").strip().lower()
    bulk = headers.raw("precedence").strip().lower() in ("bulk", "junk", "list") and "list-id" not in headers
    weak = submitted not in ("", "no") or suppressed not in ("", "none") or bulk
    answers = "in-reply-to" in headers or "references" in headers
    return AutomaticReason.GENERATED if weak and answers else None


def _without_return(headers: Headers) -> bool:
    """The null return path of what must not be answered (RFC 3834)."""
    return headers.raw("return-path").strip() == "<>"


def undelivered(report: Message) -> Undelivered | None:
    """Which mail a delivery report (RFC 3464) says is lost for good; None for a delay, a receipt, or anything else."""
    original, status, lost = "", "", False
    for part in report.walk():
        kind, content = part.get_content_type(), part.get_payload()
        if kind == "message/delivery-status" and isinstance(content, list):
            for block in (Headers(one) for one in content if isinstance(one, Message)):
                found = _STATUS.search(block.raw("status"))
                action = block.raw("action").strip().lower()
                if action == "failed" or (not action and found and found[1].startswith("5")):
                    lost, status = True, found[1] if found else ""
        elif kind == "message/rfc822" and isinstance(content, list) and content:
            original = original or _identifier(content[0])
        elif kind == "text/rfc822-headers" and isinstance(content, str):
            original = original or _identifier(message_from_string(content))
    return Undelivered(original, status) if lost and original else None


def _identifier(returned: Message | str) -> str:
    if not isinstance(returned, Message):
        return ""
    return next(iter(Headers(returned).identifiers("message-id")), "")
