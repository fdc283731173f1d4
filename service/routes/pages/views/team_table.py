"""What a head finds at home: what is late or about to be, by person and by CDAS; second readings; who is away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from service.permissions import CDAS_ROLES, Actor, UnitKind
from service.queries.keyset import Counted
from service.queries.reference import Reference
from service.queries.team import Member, Share
from service.routes.pages import turning
from service.routes.pages.views.queue import ListedTicket
from service.routes.pages.views.queue_address import LATE, NOBODY, SOON, Address
from service.workflows import french

Shown = dict[str, Any]

_NOBODY_YET = "Sans personne désignée"


@dataclass(frozen=True)
class TeamTable:
    """The tables of a head. `again`: the rows of requests whose refusal is to be read again, each with who refused."""

    actor: Actor
    known: Reference
    shares: Sequence[Share]
    members: Sequence[Member]
    again: Sequence[ListedTicket]
    today: date

    @property
    def people(self) -> list[Shown]:
        """A row for each with something late or about to be, and for what nobody follows yet; the latest first."""
        return [row for row in self._people if row["pressing"]]

    @property
    def calm(self) -> list[Shown]:
        """The same of those who follow something, none of it pressing."""
        return [row for row in self._people if not row["pressing"]]

    @property
    def idle(self) -> list[str]:
        """Who of the unit follows nothing now."""
        busy = {share.person for share in self.shares}
        return [name for one, name in self._names.items() if one not in busy]

    @property
    def units(self) -> list[Shown]:
        """For who reads the requests of several CDAS: those of which something is late or about to be."""
        if self.actor.role in CDAS_ROLES:
            return []
        names = {unit.code: unit.name for unit in self.known.units_of(UnitKind.CDAS)}
        rows = self._rows(names, lambda share: share.asking_unit, lambda code: {"cdas": code})
        return [row for row in rows if row["pressing"]]

    @property
    def more(self) -> str:
        """« Plus de 1 000 demandes », where the least pressing are not counted."""
        total = Counted(sum(share.open for share in self.shares))
        return french.capital(turning.counted_words(total, "demande")) if total.more else ""

    @property
    def absences(self) -> list[Shown]:
        """Who is away, or will be, until when, and who replaces; the first to leave comes first."""
        away = [(one.away_from, one.away_to, one) for one in self.members if one.away_from and one.away_to]
        return [
            {
                "name": self._names[one.account_id],
                "present": first <= self.today,
                "days": _days(first, last, self.today),
                "replacement": one.replacement,
            }
            for first, last, one in sorted(away, key=lambda row: (row[0], row[2].name))
        ]

    @property
    def _people(self) -> list[Shown]:
        names = {None: _NOBODY_YET, **self._names}
        return self._rows(names, lambda share: share.person, lambda one: {"person": str(one or NOBODY)})

    @property
    def _names(self) -> dict[UUID | None, str]:
        me = self.actor.account_id
        return {one.account_id: "Vous" if one.account_id == me else one.name for one in self.members}

    def _rows(
        self, names: Mapping[Any, str], of: Callable[[Share], Any], narrowed: Callable[[Any], Shown]
    ) -> list[Shown]:
        """A row for each of the names that has a share: late, soon and open, each with the list behind it."""
        ours = "cdas" if self.actor.role in CDAS_ROLES else "caf"
        found = []
        for one, name in names.items():
            its = [share for share in self.shares if of(share) == one]
            counted = (
                (sum(share.late for share in its), "hors délai", Address(ours, due=LATE)),
                (
                    sum(share.soon for share in its),
                    "à traiter sous deux jours ouvrés",
                    Address(ours, due=SOON),
                ),
                (sum(share.open for share in its), "en cours", Address("cours")),
            )
            if its:
                cells = [
                    {"number": number, "words": words, "query": replace(address, **narrowed(one)).query()}
                    for number, words, address in counted
                ]
                pressing = any(cell["number"] for cell in cells[:2])
                found.append({"name": name, "pressing": pressing, "cells": cells})
        return sorted(found, key=lambda row: ([-cell["number"] for cell in row["cells"]], row["name"]))


def _days(first: date, last: date, today: date) -> str:
    if first == last:
        return f"Le {french.long_date(first)}"
    if first <= today:
        return f"Jusqu’au {french.long_date(last)}"
    return f"Du {french.long_date(first)} au {french.long_date(last)}"
