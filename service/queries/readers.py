"""Statements made once for all readers of one sort: to make a statement takes longer than to ask it.

What somebody may read follows from their role, institution, kind of unit and eyes: those stand in the statement. Which
account and which unit they are is given when it is executed, as a reference is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVarTuple

from sqlalchemy import Select, bindparam

from service.models import Account, Unit
from service.permissions import Actor

Columns = TypeVarTuple("Columns")
Values: TypeAlias = Mapping[str, Any]
"""What a statement is executed with."""


class Asked(NamedTuple, Generic[*Columns]):
    """A statement with its values, as `execute` takes them."""

    statement: Select[*Columns]
    values: Values


# An Actor of which these are account and unit makes the same conditions as any other: they stand where values would.
ME: Any = bindparam("me", type_=Account.id.type)
_MY_UNIT: Any = bindparam("my_unit", type_=Unit.code.type)


def sort_of(actor: Actor) -> Actor:
    """All readers who see as the actor does, each in their own unit: the key under which a statement is kept.

    The institution stays: notes, and what a head opens, are of one's own.
    """
    return replace(actor, account_id=ME, name="", unit_id=_MY_UNIT)


def as_read_by(actor: Actor, **values: Any) -> Values:
    """The values of a statement that was made for `sort_of` the actor, with whatever else it asks for."""
    return {"me": actor.account_id, "my_unit": actor.unit_id, **values}
