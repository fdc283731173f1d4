"""The changes of the trade's Settings: who, when, from what to what. Newest first."""

from sqlalchemy import Select, select

from service.models import Account, SettingChange


def changes(key: str | None = None) -> Select[SettingChange, str]:
    """Every change, or those of one Setting, each with the name of who made it (None for Relais itself)."""
    query = (
        select(SettingChange, Account.name)
        .outerjoin(Account, Account.id == SettingChange.changed_by)
        .order_by(SettingChange.changed_at.desc(), SettingChange.id.desc())
    )
    return query if key is None else query.where(SettingChange.key == key)


def latest_change(key: str) -> Select[SettingChange]:
    """The last change of one Setting."""
    return (
        select(SettingChange)
        .where(SettingChange.key == key)
        .order_by(SettingChange.changed_at.desc(), SettingChange.id.desc())
        .limit(1)
    )
