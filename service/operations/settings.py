"""Change a Setting: judged by its row, journaled; those of the convention make a new dated version (R-CLK-7)."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import ConventionVersion, SettingChange, SettingValue
from service.operations.convention import carry_into_planned
from service.operations.revision import bump
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries.reference import Version, reference
from service.queries.settings import latest_change
from service.workflows import french
from service.workflows.plain_text import plain
from service.workflows.settings import (
    BY_KEY,
    Setting,
    SettingRefused,
    Value,
    from_stored,
    in_words,
    parse,
    to_stored,
    to_text,
)


def change_setting(actor: Actor, key: str, text: str, *, seen: str | None = None) -> bool:
    """Give a Setting another value; False when it already has it.

    `seen` is the value the actor had before them, as text. Refuses who is not the administration, a text that the
    Setting can not take, and (StaleVersion) a value that has moved since. Tickets already opened keep the version
    they were opened under.
    """
    setting = _expect_administration(actor, key)
    after = _read(setting, text)
    with transaction() as session:
        return _keep(session, setting, after, actor.account_id, seen)


def undo_change(actor: Actor, key: str, change_id: UUID) -> bool:
    """Put back what the last change replaced: one more change, in the history like the others.

    Refuses (StaleVersion) when another change has followed.
    """
    setting = _expect_administration(actor, key)
    with transaction() as session:
        bump(session)  # holds the row: one change at a time
        last = session.scalar(latest_change(key))
        if last is None or last.id != change_id:
            raise StaleVersion("Ce réglage a encore changé depuis : il n’y a rien à annuler ici.")
        before, after = from_stored(setting, last.before), from_stored(setting, last.after)
        return _keep(session, setting, before, actor.account_id, to_text(after))


def _expect_administration(actor: Actor, key: str) -> Setting:
    if not may(actor, Permission.CHANGE_SETTINGS):
        raise NotPermitted("Les réglages reviennent à l’administration.")
    if key not in BY_KEY:
        raise NotVisible
    return BY_KEY[key]


def _read(setting: Setting, text: str) -> Value:
    refuse_nir({setting.key: text})
    try:
        return parse(setting, plain(text))
    except SettingRefused as refusal:
        raise InvalidInput({setting.key: [refusal.sentence]}, rule=setting.rule) from None


def _keep(session: Session, setting: Setting, after: Value, account_id: UUID, seen: str | None) -> bool:
    bump(session)  # holds the row: one change at a time
    known, now = reference(session), clock.now()
    current = known.version_at(now)
    before = known.values_of(current.number)[setting.key]
    if seen is not None and seen != to_text(before):
        raise StaleVersion(
            f"Ce réglage a changé depuis que vous l’avez ouvert : il vaut maintenant "
            f"« {in_words(setting, before)} ».",
            advice="Vérifiez qu’il faut encore le changer, puis enregistrez de nouveau.",
        )
    if after == before:
        return False
    if setting.versioned:
        _start_version(session, current, {**current.values, setting.key: to_stored(after)})
        carry_into_planned(session, setting.key, to_stored(before), to_stored(after))
    else:
        session.merge(SettingValue(key=setting.key, value=to_stored(after)))
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


def _start_version(session: Session, current: Version, values: dict[str, object]) -> None:
    now = clock.now()
    if current.effective_at >= now:  # two versions can not begin in one second
        raise StaleVersion(
            "Un autre réglage de la convention vient d’être enregistré à l’instant.",
            advice="Attendez une seconde, puis enregistrez de nouveau.",
        )
    number = (session.scalar(select(func.max(ConventionVersion.number))) or 0) + 1
    session.add(
        ConventionVersion(
            number=number,
            label=f"Réglages du {french.long_date(french.local_day(now))}",
            effective_at=now,
            values=values,
        )
    )
