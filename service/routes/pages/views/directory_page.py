"""« Annuaire » and « Absences » as the screen says them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from service.models import Absence
from service.operations.absences import StandIn
from service.operations.sectors import SectorWorker
from service.queries.reference import Reference, UnitCard
from service.routes.pages.views import line
from service.workflows import french
from service.workflows.business_time import OpenHours, OutsideKnownDays
from service.workflows.weekly_hours import midnight

Shown = dict[str, Any]

NOBODY = "Personne n’est nommé pour ce secteur : écrivez au secrétariat du service social."
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Presence:
    """Who stands in for the workers of sectors today, until when they are away, and everybody's name."""

    stand_ins: Mapping[UUID, StandIn]
    until: Mapping[UUID, date]
    names: Mapping[UUID, str]

    def of(self, sector: SectorWorker) -> Shown:
        """`who` answers for a sector today, None if nobody; `said`, what follows the name of a replacement."""
        if sector.worker_id is None:
            return {"who": None, "said": NOBODY, "absent": False}
        stand_in = self.stand_ins[sector.worker_id]
        if stand_in.instead_of is None:
            return {"who": sector.worker_name, "said": "", "absent": False}
        until = self.until.get(stand_in.instead_of)
        if until is None:
            return {"who": None, "said": NOBODY, "absent": False}
        away = f"{sector.worker_name}, en absence jusqu’au {french.short_date(until)} inclus"
        if stand_in.account_id is None:
            said = f"{away}, sans remplacement : écrivez au secrétariat du service social."
            return {"who": None, "said": said, "absent": True}
        who = self.names.get(stand_in.account_id, "")
        return {"who": who, "said": f"remplace {away}.", "absent": True}


def unit(card: UnitCard, known: Reference, addresses: Mapping[str, str], now: datetime) -> Shown:
    """A unit with all that helps to reach it."""
    hours = known.hours_of(card.code)
    return {
        "code": card.code,
        "name": card.name,
        "institution": card.institution.value,
        "email": card.email,
        "telephone": card.telephone,
        "dial": "".join((card.telephone or "").split()),
        "address": addresses.get(card.code),
        "hours": french.unbroken(hours.describe(french.local_day(now))),
        **_now(card, hours, now),
    }


def sector(worker: SectorWorker, presence: Presence, quarter: str = "") -> Shown:
    """A sector, its worker or who stands in, the places of permanence."""
    return {
        "code": worker.sector_code,
        "name": worker.sector_name,
        "quarter": quarter,
        "permanences": worker.permanences,
        "worker": worker.worker_name,
        **presence.of(worker),
    }


def absence(row: Absence, names: tuple[str, str | None, str], own: UUID, today: date) -> Shown:
    """A line of the absences; `begun` when it can only be ended, no longer cancelled."""
    name, replacement, noter = names
    days = (
        f"Le {french.long_date(row.starts_on)}"
        if row.starts_on == row.ends_on
        else f"Du {french.long_date(row.starts_on)} au {french.long_date(row.ends_on)}"
    )
    return {
        "id": row.id,
        "name": "Vous" if row.account_id == own else name,
        "days": days,
        "present": row.starts_on <= today,
        "begun": row.starts_on < today,
        "replacement": replacement,
        "noted": f"noté par {'vous' if row.noted_by_id == own else noter}",
        "yesterday": (today - timedelta(days=1)).isoformat(),
    }


def _now(card: UnitCard, hours: OpenHours, now: datetime) -> Shown:
    """`level` and `state` of the pill, the sentence beside it, and what this week takes away from the usual hours."""
    closed = card.closed_on
    shown: Shown = {"gone": False, "level": "none", "state": "", "said": "", "ends": "", "week": []}
    if closed is not None and closed <= french.local_day(now):
        return {
            **shown,
            "gone": True,
            "level": "late",
            "state": f"Fermé depuis le {french.short_date(closed)}",
        }
    if closed is not None:
        shown["ends"] = f"Ferme définitivement le {french.short_date(closed)}."
    try:
        state = hours.state(now)
        week = _week(hours, now)
    except OutsideKnownDays:
        return shown
    return {
        **shown,
        "level": "fine" if state.open else "none",
        "state": "Ouvert" if state.open else "Fermé",
        "said": line.sentence(state, now),
        "week": week,
    }


def _week(hours: OpenHours, now: datetime) -> Sequence[str]:
    """The days of this week that lose hours: « mercredi 11 novembre 2026 (jour férié : Armistice) »."""
    today = french.local_day(now)
    monday = midnight(today - timedelta(days=today.weekday()))
    lost = hours.closed_days_between(
        monday, midnight(french.local_day(monday) + _WEEK) - timedelta(seconds=1)
    )
    return [f"{french.long_date(one.day)} ({one.reason})" for one in lost]
