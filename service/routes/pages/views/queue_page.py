"""The head of the queue: its title in a sentence, its views and filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.permissions import CDAS_ROLES, REACH, Actor
from service.queries.keyset import Counted
from service.queries.reference import Reference
from service.routes.pages import turning
from service.routes.pages.views import desk
from service.routes.pages.views.cdas_choices import every_cdas
from service.routes.pages.views.narrowing import Filter, fields
from service.routes.pages.views.queue import ListedTicket
from service.routes.pages.views.queue_address import (
    DUE,
    KINDS,
    NOBODY,
    SORTED_BY,
    STATES,
    UNCOUNTED,
    Address,
    view_for,
    views_of,
)
from service.routes.pages.views.situation import short_name
from service.workflows import french
from service.workflows.machine import Transition
from service.workflows.registry import WORKFLOWS
from service.workflows.urgency import Benefit
from service.workflows.urgent_rights import CHANNELS

Shown = dict[str, Any]


@dataclass(frozen=True)
class QueuePage:
    """One page of the list, for somebody. `number`: how many rows in all; `counted`: of each view, and those due.

    `acts`: what can be done with all that are ticked; `teams`: to whom they can be given.
    `people`: identifier and name of who works in the reader's unit, for who chooses among them.
    """

    actor: Actor
    known: Reference
    address: Address
    rows: Sequence[ListedTicket]
    number: Counted
    counted: Mapping[str, Counted]
    teams: Sequence[Any]
    acts: Sequence[Transition]
    people: Sequence[tuple[str, str]] = ()

    @property
    def title(self) -> str:
        """« 41 demandes attendent la Caf », « Plus de 1 000 demandes en cours »."""
        view = view_for(self.actor, self.address.view)
        if self.number == 0:
            return view.none
        return view.one if self.number == 1 else french.capital(view.many.format(turning.number(self.number)))

    @property
    def lede(self) -> str:
        """« 2 hors délai · 5 à traiter aujourd’hui »."""
        if self.address.finished or self.address.view == "brouillons":
            return ""
        nothing = "Aucune n’est hors délai ni pour aujourd’hui." if self.rows else ""
        return french.capital(" · ".join(desk.pressing(self.counted))) or nothing

    @property
    def tabs(self) -> list[Shown]:
        """The views, each with its count; the filters stay."""
        return [
            {
                "label": view_for(self.actor, name).label,
                "count": self._count(name),
                "query": self.address.of_view(name).query(),
                "current": name == self.address.view,
            }
            for name in views_of(self.actor)
        ]

    @property
    def fields(self) -> list[Shown]:
        """The selects that narrow the view."""
        cdas = every_cdas(self.known)
        states = view_for(self.actor, self.address.view).states
        kinds = [(kind, WORKFLOWS[kind].label) for kind in KINDS if self.actor.role in REACH[kind]]
        found = [
            Filter("type", "Type", kinds),
            Filter("etat", "État", [(c, label) for c, label in STATES.items() if c in states]),
            Filter("prestation", "Prestation", [(b.value, short_name(b)) for b in Benefit], "Toutes"),
            Filter("canal", "Canal", [(c, french.capital(w)) for c, w in CHANNELS.items()]),
        ]
        if self.actor.role not in CDAS_ROLES:
            found.append(Filter("cdas", "CDAS", cdas))
        found.append(Filter("echeance", "Échéance", list(DUE.items()), "Toutes"))
        if self.people:
            found.append(Filter("personne", "Suivie par", [(NOBODY, "Sans personne désignée"), *self.people]))
        return fields(found, self.address.narrowing)

    @property
    def columns(self) -> list[Shown]:
        """The columns of the table: boxes to tick where something is done on many, the CDAS for the Caf."""
        picked: list[Shown] = [{"label": "Choisir", "hidden": True}] if self.acts else []
        due: Shown = {"label": "Fin", "sort": "fin"} if self.address.finished else _DUE
        asking: list[Shown] = [] if self.actor.role in CDAS_ROLES else [{"label": "De"}]
        return [*picked, due, {"label": "Demande"}, _SENT, *asking, _CHANGED, _ACT]

    @property
    def caption(self) -> str:
        """Of the table: what it holds, in which order."""
        return _CAPTIONS[self.address.turn.name]

    @property
    def first_choice(self) -> str:
        """To whom the ticked requests go unless somebody else is chosen: the team, where there is one."""
        return str(self.teams[0][1][0][0]) if len(self.teams) == 1 else ""

    @property
    def triages(self) -> bool:
        """Whether the reader's unit orients what arrives."""
        return self.actor.unit_id == self.known.triage_unit().code

    @property
    def notes_calls(self) -> bool:
        """See `desk.notes_calls`."""
        return desk.notes_calls(self.actor)

    @property
    def next_label(self) -> str:
        """See `desk.next_label`."""
        return desk.next_label(self.actor, triages=self.triages)

    @property
    def empty_text(self) -> str:
        """What will appear here."""
        if self.address.narrowed:
            return "Aucune demande ne répond à ces filtres. Élargissez-les, ou changez de vue."
        return _EMPTY_CDAS if self.actor.role in CDAS_ROLES else _EMPTY_CAF

    def _count(self, view: str) -> str | None:
        return None if view in UNCOUNTED else turning.number(self.counted[view])


_CAPTIONS = {
    "echeance": "Demandes, dans l’ordre de la prochaine échéance",
    "fin": "Demandes terminées, dans l’ordre de leur fin",
    **{name: f"Demandes, par {words}" for name, words in SORTED_BY.items()},
}
_DUE: Shown = {"label": "Échéance", "sort": "echeance"}
_SENT: Shown = {"label": "Situation", "sort": "envoi", "sort_label": SORTED_BY["envoi"]}
_CHANGED: Shown = {"label": "État", "sort": "changement", "sort_label": SORTED_BY["changement"]}
_ACT: Shown = {"label": "Action", "hidden": True}
_EMPTY_CDAS = "Les demandes de votre CDAS arriveront ici, la plus pressée en premier."
_EMPTY_CAF = "Les demandes des CDAS arriveront ici, la plus pressée en premier."
