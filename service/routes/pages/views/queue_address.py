"""What narrows the queue, in its address: codes only, never a name or a matricule, so that it can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from service import clock
from service.permissions import CDAS_ROLES, OUT_OF_LISTS, PRESTATIONS_ROLES, Actor, Institution, Role
from service.queries.keyset import Order
from service.queries.lists import (
    BY_CHANGE,
    BY_DEADLINE,
    BY_END,
    BY_SENDING,
    FINAL_STATES,
    LIVE_STATES,
    Filters,
    Followed,
)
from service.queries.reference import Reference
from service.routes.pages import turning
from service.routes.pages.turning import Turn
from service.workflows import french
from service.workflows.business_time import OutsideKnownDays
from service.workflows.registry import WORKFLOWS
from service.workflows.urgency import Benefit
from service.workflows.urgent_rights import CHANNELS

TO_TRIAGE, TO_TAKE = ("submitted",), ("assigned",)
KINDS = tuple(kind for kind in WORKFLOWS if kind not in OUT_OF_LISTS)
STATES: Mapping[str, str] = {
    state.code: state.label for kind in reversed(KINDS) for state in WORKFLOWS[kind].states
}
"""The label of each state; where kinds share a code, the first kind's word."""


class View(NamedTuple):
    """One view of the list: its label on the tab, the states it holds and the institution that owes the next step
    in them (None: whoever), what its title says of the number."""

    label: str
    states: tuple[str, ...]
    side: Institution | None
    one: str
    many: str
    none: str


VIEWS: Mapping[str, View] = {
    "caf": View(
        "À la Caf",
        LIVE_STATES,
        Institution.CAF,
        "1 demande attend la Caf",
        "{} demandes attendent la Caf",
        "Aucune demande n’attend la Caf",
    ),
    "cdas": View(
        "En attente d’un CDAS",
        LIVE_STATES,
        Institution.DEPARTEMENT,
        "1 demande attend un CDAS",
        "{} demandes attendent un CDAS",
        "Aucune demande n’attend un CDAS",
    ),
    "cours": View(
        "Toutes en cours",
        LIVE_STATES,
        None,
        "1 demande en cours",
        "{} demandes en cours",
        "Aucune demande en cours",
    ),
    "miennes": View(
        "Suivies par moi",
        LIVE_STATES,
        None,
        "Vous suivez 1 demande",
        "Vous suivez {} demandes",
        "Vous ne suivez aucune demande en ce moment",
    ),
    "brouillons": View("Brouillons", ("draft",), None, "1 brouillon", "{} brouillons", "Aucun brouillon"),
    "terminees": View(
        "Terminées",
        FINAL_STATES,
        None,
        "1 demande terminée",
        "{} demandes terminées",
        "Aucune demande terminée",
    ),
}
_CDAS_OWN = View(
    "À vous",
    LIVE_STATES,
    Institution.DEPARTEMENT,
    "1 demande attend votre CDAS",
    "{} demandes attendent votre CDAS",
    "Rien n’attend votre CDAS",
)
_WRITTEN_OR_HELD = View(
    "Les miennes",
    LIVE_STATES,
    None,
    "1 demande faite ou suivie par vous",
    "{} demandes faites ou suivies par vous",
    "Vous n’avez aucune demande en cours",
)
_TREATED = View(
    "Celles que je traite",
    LIVE_STATES,
    None,
    "Vous traitez 1 demande",
    "Vous traitez {} demandes",
    "Vous n’avez agi sur aucune demande en cours",
)
ORDERS: Mapping[str, Order] = {"echeance": BY_DEADLINE, "envoi": BY_SENDING, "changement": BY_CHANGE}
"""Of what is under way, by the name that an address gives them."""
ORDERS_OF: Mapping[str, Mapping[str, Order]] = {
    "brouillons": {"changement": BY_CHANGE},
    "terminees": {"fin": BY_END},
}
"""Of the views that have others: what has ended is too much to be put in any order but that of its end."""
SORTED_BY = {"envoi": "date d’envoi", "changement": "dernier changement"}
"""The orders that no column is named after."""
UNCOUNTED = frozenset({"miennes", "terminees"})
"""The views without a number on their tab."""
_VIEWS_OF_CDAS = ("cours", "cdas", "caf", "miennes", "brouillons", "terminees")
_OF_CDAS = {"cdas": _CDAS_OWN, "miennes": _WRITTEN_OR_HELD}
"""What a CDAS calls otherwise."""
_OF_ROLE: Mapping[Role, Mapping[str, View]] = {
    **dict.fromkeys(CDAS_ROLES, _OF_CDAS),
    Role.CAF_HEAD: {"miennes": _WRITTEN_OR_HELD},
    Role.CAF_SECRETARIAT: {"miennes": _TREATED},
}
_MINE: Mapping[Role, str] = {
    **dict.fromkeys(CDAS_ROLES | {Role.CAF_HEAD}, "written_or_held_by"),
    Role.CAF_SECRETARIAT: "treated_by",
}
"""By which filter a role finds its own in « miennes »; the others by what they hold."""
_VIEWS_OF_CAF = ("caf", "cdas", "cours", "miennes", "brouillons", "terminees")
_VIEWS_OF_AGENTS = ("miennes", "caf", "cdas", "cours", "brouillons", "terminees")

NOBODY, LATE, SOON = "aucune", "retard", "proche"
DUE: Mapping[str, str] = {LATE: "Hors délai", SOON: "Sous deux jours ouvrés"}
"""What the address may ask of the deadline."""


@dataclass(frozen=True)
class Address:
    """The present address of the list, read from its parameters; what is not known is left out.

    `person`: the account, of the reader's unit, that follows the requests, or NOBODY; `soon`: when two open days end.
    `reader`: who reads, for the view of what is theirs; `mine`: the filter that finds it.
    """

    view: str
    kind: str = ""
    state: str = ""
    benefit: str = ""
    channel: str = ""
    cdas: str = ""
    person: str = ""
    due: str = ""
    turn: Turn = field(default_factory=lambda: turning.read({}, ORDERS))
    reader: UUID | None = None
    mine: str = "held_by"
    unit: str = ""
    soon: datetime | None = None
    sides: Mapping[Institution, tuple[str, ...]] = field(default_factory=dict)

    @property
    def filters(self) -> Filters:
        """For the queries."""
        view = VIEWS[self.view]
        whole = Filters(
            kind=self.kind or None,
            states=(self.state,) if self.state else view.states,
            owed_by_one_of=self.sides.get(view.side, ()) if view.side and not self.finished else (),
            followed=self._followed,
            late=self.due == LATE,
            due_by=self.soon if self.due == SOON else None,
            channel=self.channel or None,
            benefit=self.benefit or None,
            asking_unit=self.cdas or None,
        )
        mine: dict[str, Any] = {self.mine: self.reader} if self.view == "miennes" else {}
        return replace(whole, **mine)

    @property
    def narrowed(self) -> bool:
        """Whether more than the view is asked."""
        narrowing = (self.kind, self.state, self.benefit, self.channel, self.cdas, self.person, self.due)
        return any(narrowing)

    @property
    def finished(self) -> bool:
        """Whether the list holds ended tickets, which have no deadline to be sorted by."""
        return self.view == "terminees"

    def query(self, *, place: bool = False) -> str:
        """The parameters; with the page's place when asked."""
        return urlencode(self.narrowing | self.turn.parameters(place=place))

    @property
    def narrowing(self) -> dict[str, str]:
        """The view and what narrows it, as parameters."""
        kept = {
            "vue": self.view,
            "type": self.kind,
            "etat": self.state,
            "prestation": self.benefit,
            "canal": self.channel,
            "cdas": self.cdas,
            "personne": self.person,
            "echeance": self.due,
        }
        return {name: value for name, value in kept.items() if value}

    def of_view(self, view: str) -> "Address":
        """The same filters in another view, from its first page."""
        turn = turning.read(self.turn.parameters(), ORDERS_OF.get(view, ORDERS))
        return replace(self, view=view, state="", turn=turn)

    def from_start(self) -> "Address":
        """The first page."""
        return replace(self, turn=self.turn.from_start())

    @property
    def _followed(self) -> Followed | None:
        if not self.person:
            return None
        return Followed(self.unit, None if self.person == NOBODY else UUID(self.person))


def views_of(actor: Actor) -> Sequence[str]:
    """The views on the tabs, the first one being where the actor starts."""
    if actor.role in CDAS_ROLES:
        return _VIEWS_OF_CDAS
    return _VIEWS_OF_AGENTS if actor.role in PRESTATIONS_ROLES | {Role.CAF_TS} else _VIEWS_OF_CAF


def view_for(actor: Actor, name: str) -> View:
    """A view in the reader's words."""
    return _OF_ROLE.get(actor.role, {}).get(name, VIEWS[name])


def start_of(actor: Actor) -> str:
    """Where somebody starts: a CDAS with everything under way, the Caf with what awaits it."""
    return "cours" if actor.role in CDAS_ROLES else "caf"


def read(parameters: Mapping[str, str], actor: Actor, known: Reference) -> Address:
    """The address behind the parameters."""
    asked = parameters.get("vue", "")
    view = asked if asked in views_of(actor) else start_of(actor)
    return Address(
        view=view,
        kind=_one_of(parameters, "type", set(KINDS)),
        state=_one_of(parameters, "etat", set(VIEWS[view].states)),
        benefit=_one_of(parameters, "prestation", set(Benefit)),
        channel=_one_of(parameters, "canal", set(CHANNELS)),
        cdas=_one_of(parameters, "cdas", set(known.units)),
        person=_person(parameters.get("personne", "")),
        due=_one_of(parameters, "echeance", set(DUE)),
        turn=turning.read(parameters, ORDERS_OF.get(view, ORDERS)),
        reader=actor.account_id,
        mine=_MINE.get(actor.role, "held_by"),
        unit=actor.unit_id,
        soon=two_open_days(known, actor, clock.now()),
        sides={side: known.units_of_side(side) for side in Institution},
    )


def _one_of(parameters: Mapping[str, str], name: str, codes: set[str]) -> str:
    value = parameters.get(name, "")
    return value if value in codes else ""


def _person(text: str) -> str:
    if text == NOBODY:
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def two_open_days(known: Reference, actor: Actor, now: datetime) -> datetime:
    """When the second open day after today ends for the reader's unit; two days on where no day is known."""
    try:
        return known.hours_of(actor.unit_id).end_of_open_day(now, 2)
    except OutsideKnownDays:
        return now + timedelta(days=2)


def tonight(now: datetime) -> datetime:
    """The end of the day in Paris."""
    return datetime.combine(french.local_day(now) + timedelta(days=1), time(), french.PARIS)
