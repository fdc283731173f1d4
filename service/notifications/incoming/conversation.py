"""What was written, what was passed on, what was only quoted."""

import re
from dataclasses import dataclass

from service.notifications.incoming.headers import addresses

_ATTRIBUTION = re.compile(r"^(le|on|am)\b.{5,250}\b(a écrit|wrote|schrieb)\s?:$", re.IGNORECASE)
_OPENS_ATTRIBUTION = re.compile(r"^(le|on|am)\s\D{0,12}\d", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^-{2,}\s*(message (d['’]origine|original)|(original|forwarded) message|mail original)\s*-*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^(-{2,}\s*((message|mail|courriel) (transféré|transmis|réexpédié)|forwarded message)\s*-*"
    r"|début du message (réexpédié|transféré|transmis)\s?:|begin forwarded message\s?:)$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"^\s*(tr|fwd?|wg|rv|i)\s*:", re.IGNORECASE)
_FROM = re.compile(r"^\W{0,3}(de|from|expéditeur)\s?:\W{0,3}\s?(?P<who>.+)", re.IGNORECASE)
_HEADER = re.compile(
    r"^\W{0,3}(de|from|expéditeur|envoyé( le)?|sent|date|à|a|to|cc|copie( à)?|objet|subject|sujet|répondre à"
    r"|reply-to|importance|pièces? jointes?|attachments?)\s?:",
    re.IGNORECASE,
)
_SENT = re.compile(r"^\W{0,3}(envoyé( le)?|sent|date)\s?:", re.IGNORECASE)
_SUBJECT = re.compile(r"^\W{0,3}(objet|subject|sujet)\s?:", re.IGNORECASE)
_RULE = re.compile(r"^[_-]{10,}$")
_SIGNATURE = re.compile(r"^--\s?$")
_MOBILE = re.compile(
    r"^(envoyé (de|depuis|à partir d)|sent from|get outlook|obtenez outlook|télécharge[rz] outlook"
    r"|provenance : courrier).{0,80}$",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 15
_HEADER_LINES = 16
_MAX_FORWARDS = 3


@dataclass(frozen=True, slots=True)
class Conversation:
    """A body, taken apart. Quoted lines have lost their « > »."""

    text: str
    forwarded: str
    quoted: str
    is_forward: bool
    original_sender: str | None


def take_apart(body: str, subject: str, depth: int = 0) -> Conversation:
    """New text, message passed on and history of a body: the first break decides which is which."""
    lines = body.split("\n")
    for number in range(len(lines)):
        if _FORWARDED.match(_bare(lines[number])) and depth < _MAX_FORWARDS:
            return _forward(lines[:number], lines[number + 1 :], depth)
        if _breaks(lines, number):
            if _FORWARD_SUBJECT.match(subject):
                return _forward(lines[:number], lines[number:], depth)
            return _reply(lines, number)
    text, quoted = _without_quotes(lines)
    return _conversation(text, [], quoted, is_forward=False, original_sender=None)


def _breaks(lines: list[str], number: int) -> bool:
    """Whether the history begins at this line."""
    line = _bare(lines[number])
    if not line or len(line) > 300:
        return False
    if _ORIGINAL.match(line) or _attribution_length(lines, number):
        return True
    return bool(_FROM.match(line)) and any(
        _SENT.match(_bare(later)) for later in lines[number + 1 : number + 4]
    )


def _attribution_length(lines: list[str], number: int) -> int:
    """How many lines « Le … a écrit : » takes from here, 0 when there is none; mailers fold it."""
    if not _OPENS_ATTRIBUTION.match(_bare(lines[number])):
        return 0
    folded = [_bare(line) for line in lines[number : number + 3]]
    for length in range(1, len(folded) + 1):
        if length > 1 and _OPENS_ATTRIBUTION.match(folded[length - 1]):
            break
        if _ATTRIBUTION.match(" ".join(folded[:length])):
            return length
    return 0


def _reply(lines: list[str], number: int) -> Conversation:
    length = _attribution_length(lines, number)
    after = lines[number + max(length, 1) :]
    first = next((line for line in after if line.strip()), "")
    if length and first.startswith(">"):
        below, quoted = _without_quotes(after)  # an answer may stand below or between the quoted lines
    else:
        below, quoted = [], [_bare(line) for line in after]
    text, also_quoted = _written_above(lines[:number])
    attribution = [_bare(line) for line in lines[number : number + max(length, 1)]]
    return _conversation(
        [*text, "", *below], [], [*also_quoted, *attribution, *quoted], is_forward=False, original_sender=None
    )


def _forward(before: list[str], after: list[str], depth: int) -> Conversation:
    text, quoted = _written_above(before)
    passed_on = [_bare(line) for line in after]
    sender, start = _header_block(passed_on)
    subject = [line for line in passed_on[:start] if _SUBJECT.match(line)]
    inner = take_apart("\n".join(passed_on[start:]), "", depth + 1)
    return _conversation(
        text,
        [*subject, "", inner.text],
        [*quoted, inner.forwarded, inner.quoted],
        is_forward=True,
        original_sender=sender or inner.original_sender,
    )


def _header_block(lines: list[str]) -> tuple[str | None, int]:
    """The author named at the head of a message passed on, and the line where its text begins."""
    if start := _attribution_length(lines, 0):
        return _first_address(" ".join(lines[:start])), start
    sender = None
    for number, line in enumerate(lines[:_HEADER_LINES]):
        if start and not line.strip():
            break
        if _HEADER.match(line) or _RULE.match(line) or _ORIGINAL.match(line):
            start = number + 1
            if (author := _FROM.match(line)) and sender is None:
                sender = _first_address(author["who"])
        elif start and line.strip():
            start = number + 1 if _continues(lines, number) else start
            if start != number + 1:
                break
    return sender, start


def _first_address(line: str) -> str | None:
    return next((address for _, address in addresses(line[:500])), None)


def _continues(lines: list[str], number: int) -> bool:
    """A recipient list that goes on over a line: another header follows it."""
    return number + 1 < len(lines) and bool(_HEADER.match(lines[number + 1]))


def _written_above(lines: list[str]) -> tuple[list[str], list[str]]:
    """As `_without_quotes`, and without the line drawn under it."""
    text, quoted = _without_quotes(lines)
    while text and (not text[-1].strip() or _RULE.match(text[-1].strip())):
        text.pop()
    return text, quoted


def _without_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines written and those quoted or below the signature."""
    written = [line for line in lines if not line.startswith(">")]
    quoted = [_bare(line) for line in lines if line.startswith(">")]
    filled = [number for number, line in enumerate(written) if line.strip()]
    for number in filled[-_SIGNATURE_LINES - 1 :]:
        if _SIGNATURE.match(written[number]) or (number == filled[-1] and _MOBILE.match(written[number])):
            return written[:number], [*written[number:], *quoted]
    return written, quoted


def _conversation(
    text: list[str], forwarded: list[str], quoted: list[str], *, is_forward: bool, original_sender: str | None
) -> Conversation:
    new, passed_on, history = ("\n".join(lines).strip("\n") for lines in (text, forwarded, quoted))
    return Conversation(new, passed_on, history, is_forward, original_sender)


def _bare(line: str) -> str:
    """The line without its marks of quotation."""
    return line.lstrip("> ").rstrip() if line.startswith(">") else line.strip()
