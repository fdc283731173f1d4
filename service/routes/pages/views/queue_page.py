"""The head of the queue: its title in a sentence, its views and filters, where its pages go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.permissions import CDAS_ROLES, REACH, Actor, UnitKind
from service.queries.reference import Reference
from service.routes.pages.views import desk
from service.routes.pages.views.queue_address import (
    DUE,
    KINDS,
    NOBODY,
    STATES,
    UNCOUNTED,
    Address,
    view_for,
    views_of,
)
from service.routes.pages.views.situation import short_name
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
    rows: Sequence[Shown]
    further: Address | None
    number: int
    counted: Mapping[str, int]
    teams: Sequence[Any]
    acts: Sequence[Transition]
    people: Sequence[tuple[str, str]] = ()

    @property
    def title(self) -> str:
        """« 41 demandes attendent la Caf », « plus de 1 000 demandes en cours »."""
        view = view_for(self.actor, self.address.view)
        if self.number == 0:
            return view.none
        return view.one if self.number == 1 else view.many.format(desk.many(self.number))

    @property
    def lede(self) -> str:
        """« 2 hors délai · 5 à traiter aujourd’hui »."""
        if self.address.finished or self.address.view == "brouillons":
            return ""
        nothing = "Aucune n’est hors délai ni pour aujourd’hui." if self.rows else ""
        return " · ".join(desk.pressing(self.counted)) or nothing

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
        cdas = [(unit.code, unit.name) for unit in self.known.units_of(UnitKind.CDAS)]
        states = view_for(self.actor, self.address.view).states
        kinds = [(kind, WORKFLOWS[kind].label) for kind in KINDS if self.actor.role in REACH[kind]]
        found = [
            _select("type", "Type", self.address.kind, kinds),
            _select(
                "etat", "État", self.address.state, [(c, label) for c, label in STATES.items() if c in states]
            ),
            _select(
                "prestation", "Prestation", self.address.benefit, [(b.value, short_name(b)) for b in Benefit]
            ),
            _select("canal", "Canal", self.address.channel, [(c, _capital(w)) for c, w in CHANNELS.items()]),
        ]
        if self.actor.role not in CDAS_ROLES:
            found.append(_select("cdas", "CDAS", self.address.cdas, cdas))
        found.append(_select("echeance", "Échéance", self.address.due, list(DUE.items())))
        if self.people:
            people = [(NOBODY, "Personne encore"), *self.people]
            found.append(_select("personne", "Suivie par", self.address.person, people))
        return found

    @property
    def columns(self) -> list[Shown]:
        """The columns of the table: boxes to tick where something is done on many, the CDAS for the Caf."""
        picked: list[Shown] = [{"label": "Choisir", "hidden": True}] if self.acts else []
        due: Shown = {"label": "Fin" if self.address.finished else "Échéance"}
        due["sorted"] = "descending" if self.address.finished else "ascending"
        asking: list[Shown] = [] if self.actor.role in CDAS_ROLES else [{"label": "De"}]
        end: list[Shown] = [{"label": "État"}, {"label": "Action", "hidden": True}]
        return [*picked, due, {"label": "Demande"}, {"label": "Situation"}, *asking, *end]

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
    def pager(self) -> Shown:
        """« 51 à 100 sur plus de 1 000 »."""
        first = self.address.rank
        last = first + len(self.rows) - 1
        return {
            "count_text": f"{first} à {last} sur {desk.many(self.number)}" if self.rows else "",
            "next": self.further.query(place=True) if self.further else None,
            "start": self.address.from_start().query() if self.address.after else None,
        }

    @property
    def empty_text(self) -> str:
        """What will appear here."""
        if self.address.narrowed:
            return "Aucune demande ne répond à ces filtres. Élargissez-les, ou changez de vue."
        return _EMPTY_CDAS if self.actor.role in CDAS_ROLES else _EMPTY_CAF

    def _count(self, view: str) -> str | None:
        return None if view in UNCOUNTED else desk.many(self.counted[view])


_EMPTY_CDAS = "Les demandes de votre CDAS arriveront ici, la plus pressée en premier."
_EMPTY_CAF = "Les demandes des CDAS arriveront ici, la plus pressée en premier."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _select(name: str, label: str, value: str, choices: Sequence[tuple[str, str]]) -> Shown:
    return {
        "name": name,
        "label": label,
        "widget": "select",
        "value": value,
        "choices": choices,
        "placeholder": "Toutes" if name in ("prestation", "echeance") else "Tous",
        "required": True,
        "errors": [],
    }
