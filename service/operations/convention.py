"""Versions of the convention planned for a day to come: several values at once, judged, withdrawn (R-CLK-7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import ConventionVersion
from service.operations.revision import bump
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries.reference import Reference, Version, reference
from service.workflows import french
from service.workflows.plain_text import plain
from service.workflows.settings import SETTINGS, SettingRefused, Values, parse, to_stored
from service.workflows.weekly_hours import midnight

LONGEST_LABEL = 120
FARTHEST = timedelta(days=2 * 366)
log = logs.logger(__name__)

VERSIONED = tuple(setting for setting in SETTINGS if setting.versioned)
"""What a version of the convention holds: targets and the definition of urgency."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version as somebody typed it, judged: what it is called, when it begins, every value of it."""

    label: str
    starts_on: date
    values: Values

    def changes(self, base: Values) -> list[str]:
        """The keys of the Settings that it changes."""
        return [setting.key for setting in VERSIONED if self.values[setting.key] != base[setting.key]]


def judge(
    actor: Actor, known: Reference, label: str, starts_on: date | None, typed: Mapping[str, str]
) -> Proposal:
    """Read a version as typed, by key; a missing key keeps its present value.

    Refuses who is not the administration; (InvalidInput, by field) a label that is missing or too long, a day that is
    not to come, a value that a Setting can not take, and a version that changes nothing.
    """
    if not may(actor, Permission.CHANGE_SETTINGS):
        raise NotPermitted("Les versions de la convention reviennent à l’administration.")
    label = " ".join(plain(label).split())
    refuse_nir({"label": label})
    today = french.local_day(clock.now())
    errors: dict[str, list[str]] = {}
    if not label or len(label) > LONGEST_LABEL:
        errors["label"] = [f"Donnez un nom à cette version, en {LONGEST_LABEL} caractères au plus."]
    if starts_on is None or not today < starts_on <= today + FARTHEST:
        errors["starts_on"] = ["Choisissez un jour à venir, dans les deux ans : le passé ne change pas."]
    base = known.values_of(known.version_at(clock.now()).number)
    values = base.versioned()
    for setting in VERSIONED:
        try:
            if setting.key in typed:
                values[setting.key] = to_stored(parse(setting, plain(typed[setting.key])))
        except SettingRefused as refusal:
            errors[setting.key] = [refusal.sentence]
    if errors or starts_on is None:
        raise InvalidInput(errors, rule="R-CLK-7")
    proposal = Proposal(label, starts_on, Values(values))
    if not proposal.changes(base):
        raise InvalidInput({"general": ["Cette version ne change rien : modifiez au moins une valeur."]})
    return proposal


def plan(actor: Actor, label: str, starts_on: date | None, typed: Mapping[str, str]) -> Version:
    """Keep a version that begins at 0:00 of its day. Refuses what `judge` refuses, and a second planned version.

    Requests opened before keep theirs; no past figure moves.
    """
    with transaction() as session:
        bump(session)  # holds the row: one change at a time
        known = reference(session)
        proposal = judge(actor, known, label, starts_on, typed)
        if (other := planned(known)) is not None:
            raise StaleVersion(
                f"Une version est déjà prévue pour le {french.short_date(french.local_day(other.effective_at))}.",
                advice="Retirez-la d’abord, ou attendez qu’elle commence.",
            )
        number = (session.scalar(select(func.max(ConventionVersion.number))) or 0) + 1
        row = ConventionVersion(
            number=number,
            label=proposal.label,
            effective_at=midnight(proposal.starts_on),
            values=proposal.values.versioned(),
            created_at=clock.now(),
            created_by=actor.account_id,
        )
        session.add(row)
    log.info("convention.planned", account_id=actor.account_id, version=number)
    return Version(number, row.label, row.effective_at, row.values)


def withdraw(actor: Actor, number: int) -> None:
    """Take back a planned version. Refuses one that has begun: requests may have been opened under it."""
    if not may(actor, Permission.CHANGE_SETTINGS):
        raise NotPermitted("Les versions de la convention reviennent à l’administration.")
    with transaction() as session:
        bump(session)
        row = session.get(ConventionVersion, number)
        if row is None:
            raise NotVisible
        if row.effective_at <= clock.now():
            raise StaleVersion("Cette version a commencé : elle ne se retire plus, une autre la remplace.")
        session.delete(row)
    log.info("convention.withdrawn", account_id=actor.account_id, version=number)


def planned(known: Reference) -> Version | None:
    """The version that has been planned and has not begun."""
    now = clock.now()
    return next((version for version in known.versions if version.effective_at > now), None)


def carry_into_planned(session: Session, key: str, before: object, after: object) -> None:
    """A value changed today goes into the planned versions too, where they did not change it themselves."""
    rows = session.scalars(select(ConventionVersion).where(ConventionVersion.effective_at > clock.now()))
    for row in rows:
        if row.values.get(key) == before:
            row.values = {**row.values, key: after}
