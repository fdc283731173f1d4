"""The mail by which CDAP passes on its contact form.

The portal's own layout is not public: this one is INVENTED, plausible, and kept in this file alone, to be
corrected on the first real notification. It comes from a no-reply address, as lines or as a table:

    Motif : Interruption de versement
    Numéro allocataire : 1234567
    Prestation concernée : RSA
    Courriel du partenaire : accueil@cdas.example
    Organisme du partenaire : CDAS de Redon
    Message :
    URGENCE DEFINIE …

The professional who filled it in is « Courriel du partenaire », not the portal.
"""

import re

from service.notifications.incoming.headers import addresses

_NO_REPLY = re.compile(
    r"(no-?_?reply|ne-?pas-?repondre|nepasrepondre|ne_pas_repondre|donotreply|do-not-reply)"
)
_PARTNER = re.compile(
    r"^[^\S\n]*(?:courriel|adresse (?:mail|électronique)|e-?mail|mail) du partenaire\s*:\s*(?P<value>.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE = re.compile(
    r"^[^\S\n]*(?:message|votre message|texte de la demande)\s*:", re.IGNORECASE | re.MULTILINE
)


def partner_of(text: str, senders: tuple[str | None, ...]) -> str | None:
    """The address of the professional who filled in the form; None when the text is no such notification.

    `senders`: of the message and of the one passed on; one of them must be a no-reply address.
    """
    if not any(_NO_REPLY.search((sender or "").partition("@")[0]) for sender in senders):
        return None
    named = _PARTNER.search(text)
    if named is None or _MESSAGE.search(text) is None:
        return None
    value = named["value"].strip() or text[named.end() :].strip().partition("\n")[0]
    return next((address for _, address in addresses(value[:300])), None)
