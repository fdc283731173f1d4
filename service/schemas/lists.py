"""How a list is asked for: filters by code, a cursor from the page before, a number of rows."""

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from service.queries.keyset import REVERSED
from service.queries.lists import ORDERS, orders_of
from service.schemas.fields import Choice, Input, Matricule, Text
from service.workflows.registry import WORKFLOWS
from service.workflows.urgency import Benefit
from service.workflows.urgent_rights import CHANNELS

USUAL, MOST = 50, 200
CURSOR = r"(?:-?[a-z]+\.)?[0-9]{0,10}\.[0-9a-f]{32}"
_LIMIT = f"De 1 à {MOST}."
_USUAL_SORT = "deadline"
_UNKNOWN_PLACE = "Ce repère de page n’est pas reconnu : repartez de la première page."


class Mark(NamedTuple):
    """The last row of the page before: its instant, if it has one, its identifier, and the order of that page."""

    at: datetime | None
    id: UUID
    sort: str = ""

    def __str__(self) -> str:
        """What `Cursor` reads back: the instant in POSIX seconds."""
        order = f"{self.sort}." if self.sort else ""
        return f"{order}{'' if self.at is None else int(self.at.timestamp())}.{self.id.hex}"


class Cursor(fields.Field[Mark]):
    """Where the page before ended, and in which order; a list that has several refuses that of another."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mark:
        if not isinstance(value, str) or not re.fullmatch(CURSOR, value):
            raise ValidationError(_UNKNOWN_PLACE)
        *sort, seconds, identifier = value.split(".")
        return Mark(
            datetime.fromtimestamp(int(seconds), UTC) if seconds else None,
            UUID(hex=identifier),
            "".join(sort),
        )


class PageQuery(Input):
    """Where a page of a list starts and how many rows it has."""

    cursor = Cursor()
    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST, error=_LIMIT),
        error_messages={"invalid": _LIMIT},
    )


class TicketQuery(PageQuery):
    """`GET /api/v1/tickets`: codes only, never anything about a person."""

    kind = Choice(sorted(WORKFLOWS))
    state = Choice(sorted({state.code for workflow in WORKFLOWS.values() for state in workflow.states}))
    channel = Choice(CHANNELS)
    benefit = Choice(Benefit)
    asking_unit = Text(maximum=40)
    owed_by = Text(maximum=40)
    sort = Choice(
        [way + name for name in ORDERS for way in ("", REVERSED)],
        load_default=_USUAL_SORT,
        metadata={
            "description": "By next deadline unless another is asked, from the other end after a hyphen: a live state "
            "may be sorted by `sent` or `changed`, a final one by `ended`, latest first."
        },
    )

    @validates_schema
    def _offered(self, data: dict[str, Any], **_: Any) -> None:
        if data["sort"].removeprefix(REVERSED) not in orders_of(data.get("state")):
            raise ValidationError({"sort": ["Cet ordre n’est pas proposé pour cet état."]})
        if "cursor" in data and (data["cursor"].sort or _USUAL_SORT) != data["sort"]:
            raise ValidationError({"cursor": [_UNKNOWN_PLACE]})


class SearchBody(Input):
    """`POST /api/v1/tickets/search`: one of the three, in the body, so that no name is ever in an address."""

    reference = Text(maximum=40)
    matricule = Matricule()
    name = Text(maximum=160)

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Cherchez par référence, par matricule ou par nom : un seul des trois.")
