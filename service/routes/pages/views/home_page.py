"""What home says first, in a sentence, for each role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.permissions import CDAS_ROLES, ROLE_LABELS, Actor, Role
from service.queries.keyset import Counted
from service.routes.pages import turning
from service.routes.pages.views import desk
from service.routes.pages.views.queue import ListedTicket
from service.routes.pages.views.team_table import TeamTable
from service.workflows import french

Shown = dict[str, Any]
OWN = "own"


@dataclass(frozen=True)
class HomePage:
    """Counts and the first rows of what awaits each side.

    `counted`: how many rows each view has, OWN being what the reader's unit owes, and how much of that is due.
    `since`: what moved since the reader's last visit, in a sentence. `team`: what a head looks after.
    """

    actor: Actor
    counted: Mapping[str, Counted]
    mine: Sequence[ListedTicket]
    theirs: Sequence[ListedTicket]
    drafts: Sequence[ListedTicket]
    triages: bool
    since: str = ""
    team: TeamTable | None = None

    @property
    def from_cdas(self) -> bool:
        """Whether the reader works in a CDAS."""
        return self.actor.role in CDAS_ROLES

    @property
    def notes_calls(self) -> bool:
        """See `desk.notes_calls`."""
        return desk.notes_calls(self.actor)

    @property
    def next_label(self) -> str:
        """See `desk.next_label`."""
        return desk.next_label(self.actor, triages=self.triages)

    @property
    def title(self) -> str:
        """« 3 demandes attendent votre CDAS », « Rien ne vous attend »."""
        number = self.counted[self.own_view]
        whom = "votre CDAS" if self.from_cdas else "la Caf"
        if number == 0:
            return f"Rien n’attend {whom}"
        verb = "attend" if number == 1 else "attendent"
        return f"{_requests(number)} {verb} {whom}"

    @property
    def own_title(self) -> str:
        """What awaits the reader's own unit."""
        return "C’est à vous" if self.mine else "Rien ne vous attend"

    @property
    def own_empty(self) -> str:
        """What will appear here."""
        if self.from_cdas:
            return "Les questions et les réponses de la Caf apparaîtront ici, la plus pressée en premier."
        return "Les demandes qui reviennent à votre service apparaîtront ici, la plus pressée en premier."

    @property
    def lede(self) -> str:
        """How much of it is the reader's own unit's, and how pressing that is."""
        pressing = desk.pressing(self.counted)
        if self.from_cdas:
            return french.capital(" · ".join(pressing))
        own = f"dont {turning.number(self.counted[OWN])} à votre service"
        return f"{own} : {', '.join(pressing)}" if pressing else own

    @property
    def other_title(self) -> str:
        """What awaits the other side, in a sentence."""
        number = self.counted[self.other_view]
        whom = "la Caf" if self.from_cdas else "un CDAS"
        if number == 0:
            return f"Rien n’attend {whom}"
        return f"{_requests(number)} {'attend' if number == 1 else 'attendent'} {whom}"

    @property
    def other_view(self) -> str:
        """The view of the list that shows them."""
        return "caf" if self.from_cdas else "cdas"

    @property
    def own_view(self) -> str:
        """The view of the list that shows what is ours."""
        return "cdas" if self.from_cdas else "caf"


def _requests(number: Counted) -> str:
    """« 3 demandes », « Plus de 1 000 demandes »."""
    return french.capital(turning.counted_words(number, "demande"))


_CALM: Mapping[Role, str] = {
    Role.STEERING: "Vous voyez les réglages et les chiffres, jamais le nom d’une personne ni le contenu d’une demande.",
    Role.AUDITOR: "Vous contrôlez l’intégrité des historiques et les journaux d’accès, sans le contenu des demandes.",
    Role.SI_REFERENT: "Vous suivez la convention Caf, Cpam et SIAO ; aucune demande ne vous est ouverte.",
    Role.ADMIN: "Vous tenez les services, les comptes et les réglages, sans le contenu des demandes.",
}


def calm(actor: Actor) -> Shown:
    """For those who read no ticket: who they are here, and what is open to them (the menu says the rest)."""
    return {"role": ROLE_LABELS[actor.role], "sentence": _CALM[actor.role]}
