"""The changes of the trade's Settings: who, when, from what to what. Newest first."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.models import Account, SettingChange, SettingValue
from service.workflows.setting_table import SETTINGS, TO_FILL

CALENDAR_KEYS = "calendar:"
"""Changes of calendars are kept with those of Settings, under keys that begin so."""


def changes(key: str | None = None) -> Select[SettingChange, str]:
    """Every change of a Setting, or those under one key, each with the name of its author (None for Relais itself)."""
    query = (
        select(SettingChange, Account.name)
        .outerjoin(Account, Account.id == SettingChange.changed_by)
        .order_by(SettingChange.changed_at.desc(), SettingChange.id.desc())
    )
    if key is None:
        return query.where(SettingChange.key.not_like(f"{CALENDAR_KEYS}%"))
    return query.where(SettingChange.key == key)


def latest_change(key: str) -> Select[SettingChange]:
    """The last change of one Setting."""
    return (
        select(SettingChange)
        .where(SettingChange.key == key)
        .order_by(SettingChange.changed_at.desc(), SettingChange.id.desc())
        .limit(1)
    )


def unsaid(session: Session) -> list[str]:
    """The keys of the Settings that only the administration can fill, and that it has left empty."""
    asked = [row.key for row in SETTINGS if row.default == TO_FILL]
    kept = session.scalars(select(SettingValue).where(SettingValue.key.in_(asked)))
    said = {row.key: row.value for row in kept}
    return [key for key in asked if (said.get(key) or TO_FILL) == TO_FILL]
