"""What a `social_emergency` ticket says, where it was sent and what was done (R-US)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.code_list import CodeList
from service.models.details import Details, Grounded, codes
from service.models.phone import Telephoned
from service.models.scoped import Scoped
from service.workflows.routing import Referent
from service.workflows.scope import ScopeEvent
from service.workflows.social_emergency import (
    AGAINST_ROUTE,
    CANCEL_REASONS,
    DANGERS,
    MOTIVES,
    NOT_TOLD,
    REDIRECT_REASONS,
    REDIRECTED,
    REDIRECTIONS,
    REFERENT_SOURCES,
    SEND_TO,
    TREATMENTS,
    VULNERABILITIES,
)

_AGAINST = (*AGAINST_ROUTE, REDIRECTED)


class SocialEmergencyDetails(Grounded, Scoped, Telephoned, Details):
    """One row for each sent emergency. `coded_only` (R-US-1): none of its sealed free texts is ever filled.

    `route_to` is where the rules point, `send_to` where it was sent; `objected`: it left against an objection,
    because of a danger (R-DP-2); `unaccompanied_sent` is the count of R-US-5.
    """

    __tablename__ = "social_emergency"
    __table_args__ = (
        CheckConstraint(codes("who_accompanies", Referent), name="who_accompanies"),
        CheckConstraint(codes("referent_source", REFERENT_SOURCES), name="referent_source"),
        CheckConstraint(codes("scope_event", ScopeEvent), name="scope_event"),
        CheckConstraint(codes("route_to", SEND_TO), name="route_to"),
        CheckConstraint(codes("send_to", SEND_TO), name="send_to"),
        CheckConstraint(codes("against_route_reason", _AGAINST), name="against_route_reason"),
        CheckConstraint(codes("danger_reason", DANGERS), name="danger_reason"),
        CheckConstraint(codes("not_told_code", NOT_TOLD), name="not_told_code"),
        CheckConstraint(codes("redirect_to", REDIRECTIONS), name="redirect_to"),
        CheckConstraint(codes("redirect_reason", REDIRECT_REASONS), name="redirect_reason"),
        CheckConstraint(codes("cancel_reason", CANCEL_REASONS), name="cancel_reason"),
        CheckConstraint("send_to = route_to OR against_route_reason IS NOT NULL", name="against_route_told"),
        CheckConstraint("NOT objected OR danger_reason IS NOT NULL", name="objection_overruled"),
        CheckConstraint(
            "NOT coded_only OR (description_sealed IS NULL AND vulnerability_detail_sealed IS NULL"
            " AND against_route_detail_sealed IS NULL AND reason_not_told_sealed IS NULL"
            " AND out_of_scope_reason_sealed IS NULL)",
            name="coded_only",
        ),
    )

    motives: Mapped[list[str] | None] = mapped_column(CodeList(120, MOTIVES))
    vulnerabilities: Mapped[list[str] | None] = mapped_column(CodeList(120, VULNERABILITIES))
    vulnerability_detail_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    coded_only: Mapped[bool] = mapped_column(default=False)
    who_accompanies: Mapped[str | None] = mapped_column(String(12))
    referent_worker: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    referent_name_sealed: Mapped[bytes | None]
    referent_unit: Mapped[str | None] = mapped_column(String(120))
    referent_cdas: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    referent_source: Mapped[str | None] = mapped_column(String(12))
    referent_known_on: Mapped[date | None]
    route_to: Mapped[str | None] = mapped_column(String(16))
    route_rule: Mapped[str | None] = mapped_column(String(12))
    route_explanation: Mapped[str | None] = mapped_column(String(1200))
    send_to: Mapped[str | None] = mapped_column(String(16))
    against_route_reason: Mapped[str | None] = mapped_column(String(12))
    against_route_detail_sealed: Mapped[bytes | None]
    answer_given: Mapped[list[str] | None] = mapped_column(CodeList(160, TREATMENTS))
    answered_on: Mapped[date | None]
    unaccompanied_sent: Mapped[bool] = mapped_column(default=False)
    danger: Mapped[bool] = mapped_column(default=False)
    danger_reason: Mapped[str | None] = mapped_column(String(12))
    objected: Mapped[bool] = mapped_column(default=False)
    not_told_code: Mapped[str | None] = mapped_column(String(12))
    treatments: Mapped[list[str] | None] = mapped_column(CodeList(160, TREATMENTS))
    handled_on: Mapped[date | None]
    redirect_to: Mapped[str | None] = mapped_column(String(12))
    redirect_cdas: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    redirect_reason: Mapped[str | None] = mapped_column(String(20))
    cancel_reason: Mapped[str | None] = mapped_column(String(12))

    vulnerability_detail = Sealed()
    description = Sealed()
    referent_name = Sealed()
    against_route_detail = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """Whether the ticket keeps codes only (R-US-1)."""
        return {"coded_only": self.coded_only}
