"""What people may choose about mails: at once, in the morning's digest, or not – by sort of event, never all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.models import Ticket
from service.permissions import OUT_OF_LISTS

AT_ONCE, DIGEST, NONE = "at_once", "digest", "none"
CHOICES: Mapping[str, str] = MappingProxyType(
    {AT_ONCE: "Tout de suite", DIGEST: "Dans le récapitulatif de 8 h", NONE: "Jamais"}
)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of event, as the page names it, and what may be chosen for it; the first choice is the usual one."""

    label: str
    choices: tuple[str, ...] = (AT_ONCE, DIGEST, NONE)


SORTS: Mapping[str, Sort] = MappingProxyType(
    {
        "moved": Sort("Une demande avance (envoi, prise en charge, réponse, clôture…)"),
        "message": Sort("Un message est écrit sur une demande"),
        "reminder": Sort("Un délai approche, ou une réponse est attendue"),
        "late": Sort("Un délai est dépassé", (AT_ONCE, DIGEST)),
    }
)
"""A missed deadline may wait for the morning, but somebody hears of it (R-CLK-4)."""

_SORT_OF: Mapping[str, str] = MappingProxyType(
    {
        "message": "message",
        "reminder_soon": "reminder",
        "reminder_first": "reminder",
        "reminder_second": "reminder",
        "reminder_late": "late",
    }
)
_ALWAYS = frozenset({"against_objection", "return_silent"})
"""Alarms: nobody puts them off."""

_PRESSING = OUT_OF_LISTS | {"social_emergency"}


def sort_of(ticket: Ticket, event: str, *, invites: bool) -> str | None:
    """The sort of an event; None where it is told at once whatever was chosen: alarms, urgent kinds, invitations."""
    if event in _ALWAYS or ticket.kind in _PRESSING or invites:
        return None
    return _SORT_OF.get(event, "moved")
