"""The models of answers that somebody may use: their unit's and their own, in the wording of now."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from service.models import Account, AnswerModel
from service.permissions import Actor


def usable(actor: Actor) -> Select[AnswerModel]:
    """Those that stand: the actor's own first, then the unit's, by title."""
    return (
        select(AnswerModel)
        .where(_readable_by(actor), AnswerModel.version == _newest(), AnswerModel.withdrawn.is_(False))
        .order_by(AnswerModel.account_id.is_(None), AnswerModel.title, AnswerModel.model_id)
    )


def one(actor: Actor, model_id: UUID) -> Select[AnswerModel]:
    """That model, where the actor may use it."""
    return usable(actor).where(AnswerModel.model_id == model_id)


def withdrawn(actor: Actor, model_id: UUID) -> Select[AnswerModel]:
    """That model of the actor's unit, as it was withdrawn."""
    return select(AnswerModel).where(
        AnswerModel.unit_code == actor.unit_id,
        AnswerModel.model_id == model_id,
        AnswerModel.version == _newest(),
        AnswerModel.withdrawn,
    )


def versions(actor: Actor, model_id: UUID) -> Select[AnswerModel, str]:
    """Every wording that it has had, the newest first, each with the name of who wrote it."""
    return (
        select(AnswerModel, Account.name)
        .join(Account, Account.id == AnswerModel.changed_by)
        .where(_readable_by(actor), AnswerModel.model_id == model_id)
        .order_by(AnswerModel.version.desc())
    )


def _readable_by(actor: Actor) -> ColumnElement[bool]:
    return or_(AnswerModel.unit_code == actor.unit_id, AnswerModel.account_id == actor.account_id)


def _newest() -> ColumnElement[int]:
    other = aliased(AnswerModel)
    return (
        select(func.max(other.version))
        .where(other.model_id == AnswerModel.model_id)
        .correlate(AnswerModel)
        .scalar_subquery()
    )
