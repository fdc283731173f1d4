"""Good practices for CDAP, version by version, and what is asked of the Cnaf about it (R-GO-8)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified
from service.models.details import codes
from service.workflows.cnaf import STATUSES, TOPICS


class CdapPractice(Base):
    """One wording of the page, never altered: a change adds the next version. Without a row, the text it came with."""

    __tablename__ = "cdap_practice"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class CnafRequest(Identified):
    """A request to the Cnaf; `status` is that of its last step."""

    __tablename__ = "cnaf_request"
    __table_args__ = (
        CheckConstraint(codes("topic", TOPICS), name="topic"),
        CheckConstraint(codes("status", STATUSES), name="status"),
    )

    topic: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))


class CnafStep(Identified):
    """A status that a request took: the day it happened, when it was recorded and by whom (R-CLK-8)."""

    __tablename__ = "cnaf_step"
    __table_args__ = (CheckConstraint(codes("status", STATUSES), name="status"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("cnaf_request.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(1000))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
