"""Write, change and withdraw a model of answer: one's own, or the unit's for those who keep them (R-DP-1)."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import Account, AnswerModel
from service.models.base import new_id
from service.operations.impersonal import refuse_numbers
from service.permissions import Actor, Permission, may
from service.queries import answer_models as queries
from service.workflows import merging
from service.workflows.answer_models import FIELDS, MOST, Wording


def write(actor: Actor, wording: Wording, *, for_unit: bool) -> UUID:
    """Keep a new model, for the actor's unit or for themselves.

    Refuses (NotPermitted) the unit's to who does not keep them, a number of a person (R-DP-7), a merge field that
    there is not, and one more than a list may hold.
    """
    _expect_permitted(actor, for_unit=for_unit)
    _expect_fit(wording)
    with transaction() as session:
        session.get_one(Account, actor.account_id, with_for_update=True)
        _expect_room(session, actor, for_unit=for_unit)
        model_id = new_id()
        unit_code, account_id = (actor.unit_id, None) if for_unit else (None, actor.account_id)
        session.add(_version(actor, model_id, 1, wording, unit_code=unit_code, account_id=account_id))
    return model_id


def change(actor: Actor, model_id: UUID, wording: Wording, *, seen: int) -> bool:
    """Give it its next wording; False when that is the present one.

    Refuses what `write` refuses, (NotVisible) a model of others, and (StaleVersion) when version `seen` is no longer
    the present one.
    """
    _expect_fit(wording)
    with transaction() as session:
        known = _held(session, actor, model_id, seen)
        if (known.title, known.body) == (wording.title, wording.body):
            return False
        session.add(_next(actor, known, wording))
    return True


def withdraw(actor: Actor, model_id: UUID, *, seen: int) -> int | None:
    """Take it out of use. A unit's wordings stay in the history; one's own go, whatever was typed into them (R-DP-6).

    Gives the version that `bring_back` takes; None: it is erased. Refuses what `change` refuses.
    """
    with transaction() as session:
        known = _held(session, actor, model_id, seen)
        if known.account_id is not None:
            session.execute(delete(AnswerModel).where(AnswerModel.model_id == model_id))
            return None
        session.add(_next(actor, known, Wording(known.title, known.body), withdrawn=True))
        return known.version + 1


def bring_back(actor: Actor, model_id: UUID, *, seen: int) -> None:
    """Put a unit's model back into use, in the wording that it had when it was withdrawn.

    Refuses what `write` refuses, and (NotVisible) one that `seen` is not the withdrawal of: one's own is erased.
    """
    _expect_permitted(actor, for_unit=True)
    with transaction() as session:
        session.get_one(Account, actor.account_id, with_for_update=True)
        withdrawn = session.scalar(queries.withdrawn(actor, model_id).where(AnswerModel.version == seen))
        if withdrawn is None:
            raise NotVisible
        _expect_room(session, actor, for_unit=True)
        session.add(_next(actor, withdrawn, Wording(withdrawn.title, withdrawn.body)))


def may_keep(actor: Actor, *, for_unit: bool) -> bool:
    """Whether the actor writes and changes models: their unit's, or their own."""
    return may(actor, Permission.KEEP_ANSWER_MODELS if for_unit else Permission.USE_ANSWER_MODELS)


def _held(session: Session, actor: Actor, model_id: UUID, seen: int) -> AnswerModel:
    """The present wording, its first one locked: one change at a time."""
    first = select(AnswerModel).where(AnswerModel.model_id == model_id, AnswerModel.version == 1)
    session.scalar(first.with_for_update())
    known = session.scalar(queries.one(actor, model_id))
    if known is None:
        raise NotVisible
    _expect_permitted(actor, for_unit=known.account_id is None)
    if known.version != seen:
        raise StaleVersion(
            "Ce modèle a changé depuis que vous l’avez ouvert.",
            advice="Votre texte est gardé ci-dessous : comparez-le à l’historique, puis enregistrez de nouveau.",
        )
    return known


def _expect_permitted(actor: Actor, *, for_unit: bool) -> None:
    if not may_keep(actor, for_unit=for_unit):
        raise NotPermitted("Les modèles d’un service sont tenus par les responsables et le secrétariat.")


def _expect_room(session: Session, actor: Actor, *, for_unit: bool) -> None:
    standing = session.scalars(queries.usable(actor)).all()
    if sum((row.account_id is None) is for_unit for row in standing) >= MOST:
        raise GuardRefused(f"{MOST} modèles au plus.", advice="Retirez-en un qui ne sert plus.")


def _expect_fit(wording: Wording) -> None:
    refuse_numbers({"title": wording.title, "body": wording.body})
    try:
        merging.fields_in(FIELDS, wording.body)
    except merging.MergeRefused as refused:
        raise InvalidInput({"body": [refused.sentence]}) from None


def _next(actor: Actor, known: AnswerModel, wording: Wording, *, withdrawn: bool = False) -> AnswerModel:
    return _version(
        actor,
        known.model_id,
        known.version + 1,
        wording,
        unit_code=known.unit_code,
        account_id=known.account_id,
        withdrawn=withdrawn,
    )


def _version(
    actor: Actor,
    model_id: UUID,
    version: int,
    wording: Wording,
    *,
    unit_code: str | None,
    account_id: UUID | None,
    withdrawn: bool = False,
) -> AnswerModel:
    return AnswerModel(
        model_id=model_id,
        version=version,
        unit_code=unit_code,
        account_id=account_id,
        title=wording.title,
        body=wording.body,
        withdrawn=withdrawn,
        changed_at=clock.now(),
        changed_by=actor.account_id,
    )
