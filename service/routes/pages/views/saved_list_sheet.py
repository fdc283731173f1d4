"""The lists that somebody keeps, as links and as a page to tend them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from service.operations.saved_lists import may_tend
from service.permissions import Actor, Permission, may
from service.queries.reference import KeptList, Reference
from service.routes.pages.views import queue_address
from service.routes.pages.views.forms import form_fields
from service.routes.pages.views.queue_address import DUE, NOBODY, SORTED_BY, STATES, Address, view_for
from service.routes.pages.views.situation import short_name
from service.schemas.saved_lists import NameList, ShareList
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import CHANNELS

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]


def lists_above(actor: Actor, known: Reference, here: Address) -> list[Shown]:
    """The links above the list, one's own first; the one that is shown is said so."""
    own, shared = known.lists_of(actor.account_id, actor.unit_id)
    return [
        {"label": one.name, "query": query, "current": query == here.query()}
        for one in (*own, *shared)
        for query in (address_of(one, actor, known).query(),)
    ]


def address_of(kept: KeptList, actor: Actor, known: Reference) -> Address:
    """What narrows a kept list today: a filter that is known no more is left out."""
    return queue_address.read(dict(parse_qsl(kept.address)), actor, known)


def save_fields(actor: Actor, typed: Mapping[str, Any], mistakes: Mistakes) -> list[Shown]:
    """The name, and for who may share whether it is for the whole unit."""
    return form_fields(form_of(actor), typed, mistakes, {})


def form_of(actor: Actor) -> type[NameList]:
    """The form by which the actor keeps a list."""
    return ShareList if may(actor, Permission.SHARE_LISTS) else NameList


def groups(actor: Actor, known: Reference) -> list[Shown]:
    """One's own lists, and those of the unit, which only who may share tends."""
    own, shared = known.lists_of(actor.account_id, actor.unit_id)
    return [
        {
            "title": title,
            "tends": may_tend(actor, kept[0]),
            "lists": [shown(one, actor, known) for one in kept],
        }
        for title, kept in (("Pour moi", own), ("Pour tout mon service", shared))
        if kept
    ]


def shown(kept: KeptList, actor: Actor, known: Reference) -> Shown:
    """One list: its name, where it leads, and what narrows it."""
    address = address_of(kept, actor, known)
    return {
        "id": kept.id,
        "name": kept.name,
        "query": address.query(),
        "words": words_of(address, actor, known),
    }


def tended(saved_id: UUID, actor: Actor, known: Reference) -> KeptList | None:
    """The list of that identifier, where the actor keeps it."""
    return next((one for one in known.kept_lists if one.id == saved_id and may_tend(actor, one)), None)


def words_of(address: Address, actor: Actor, known: Reference) -> str:
    """« Toutes en cours · RSA · CDAS de Redon »: the view, and what narrows it."""
    unit = known.units.get(address.cdas)
    said = (
        view_for(actor, address.view).label,
        WORKFLOWS[address.kind].label if address.kind else "",
        STATES.get(address.state, ""),
        short_name(address.benefit) if address.benefit else "",
        CHANNELS.get(address.channel, ""),
        unit.name if unit else "",
        DUE.get(address.due, ""),
        _whose(address),
        f"par {SORTED_BY[address.turn.name]}" if address.turn.name in SORTED_BY else "",
    )
    return " · ".join(filter(None, said))


def _whose(address: Address) -> str:
    if not address.person:
        return ""
    return "Que personne ne suit encore" if address.person == NOBODY else "Suivies par une personne"
