"""Change a Setting: judged by its row, journaled; those of the convention make a new dated version (R-CLK-7)."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import ConventionVersion, SettingChange, SettingValue
from service.operations.revision import bump
from service.permissions import Actor, Permission, may
from service.queries.reference import reference
from service.workflows import french
from service.workflows.settings import BY_KEY, Setting, SettingRefused, Value, parse, to_stored


def change_setting(actor: Actor, key: str, text: str) -> bool:
    """Give a Setting another value; False when it already has it.

    Refuses who is not the administration, and a text that the Setting can not take. Tickets already opened keep the
    version they were opened under.
    """
    if not may(actor, Permission.CHANGE_SETTINGS):
        raise NotPermitted("Les réglages reviennent à l’administration.")
    setting = BY_KEY.get(key)
    if setting is None:
        raise NotVisible
    try:
        after = parse(setting, text)
    except SettingRefused as refusal:
        raise InvalidInput({key: [refusal.sentence]}, rule=setting.rule) from None
    with transaction() as session:
        return _keep(session, setting, after, actor.account_id)


def _keep(session: Session, setting: Setting, after: Value, account_id: UUID) -> bool:
    bump(session)  # holds the row: one change at a time
    known, now = reference(session), clock.now()
    current = known.version_at(now)
    before = known.values_of(current.number)[setting.key]
    if after == before:
        return False
    if setting.versioned:
        number = (session.scalar(select(func.max(ConventionVersion.number))) or 0) + 1
        session.add(
            ConventionVersion(
                number=number,
                label=f"Réglages du {french.long_date(french.local_day(now))}",
                effective_at=now,
                values={**current.values, setting.key: to_stored(after)},
            )
        )
    else:
        row = session.get(SettingValue, setting.key)
        if row is None:
            session.add(SettingValue(key=setting.key, value=to_stored(after)))
        else:
            row.value = to_stored(after)
    session.add(
        SettingChange(
            key=setting.key,
            before=to_stored(before),
            after=to_stored(after),
            changed_at=now,
            changed_by=account_id,
        )
    )
    return True
