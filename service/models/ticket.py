"""The ticket: where it stands, who owes what, its person and its clocks. Content lives in satellites."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.models.account import Account
from service.models.base import Base, Identified, Sealed
from service.models.unit import Unit
from service.workflows.registry import WORKFLOWS

BEGUN = "draft"
"""Where every ticket begins, be it for the length of one transaction."""


def _quoted(codes: frozenset[str]) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


def _states_of_kinds() -> str:
    rows = (
        f"(kind = '{kind}' AND state IN ({_quoted(frozenset(state.code for state in workflow.states) | {BEGUN})}))"
        for kind, workflow in WORKFLOWS.items()
    )
    return " OR ".join(rows)


def _somebody_owes() -> str:
    rows = (
        f"(kind = '{kind}' AND (state IN ({_quoted(workflow.open_states)})) = (next_step_unit_id IS NOT NULL))"
        for kind, workflow in WORKFLOWS.items()
    )
    return " OR ".join(rows)


def _ended_when_final() -> str:
    rows = (
        f"(kind = '{kind}' AND (state IN ({_quoted(workflow.final_states)})) = (ended_at IS NOT NULL))"
        for kind, workflow in WORKFLOWS.items()
    )
    return " OR ".join(rows)


_UNDER_WAY, _OWED, _DRAFT = (
    text("ended_at IS NULL"),
    text("next_step_unit_id IS NOT NULL"),
    text("state = 'draft'"),
)
_JUDGED = [
    "kind",
    "state",
    "submitted_at",
    "archived_at",
    "asking_unit_id",
    "triage_unit_id",
    "assigned_unit_id",
    "author_id",
    "next_step_unit_id",
    "next_deadline_at",
]
"""What rights and views ask of a row: an index that carries it counts a thousand rows without reading one."""


def _judged_beside(*columns: str) -> list[str]:
    return [name for name in _JUDGED if name not in columns]


class Ticket(Identified):
    """A request of one unit to the other institution. `version` moves with every act (optimistic).

    `archived_at`: it left the ordinary screens; `eliminated_at`: this row is all that is left of it (R-DP-6).
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(_states_of_kinds(), name="state_of_kind"),
        CheckConstraint(_somebody_owes(), name="somebody_owes_while_open"),
        CheckConstraint(_ended_when_final(), name="ended_when_final"),
        CheckConstraint("state IN ('draft', 'cancelled') OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint(
            "state NOT IN ('assigned', 'in_progress') OR assigned_unit_id IS NOT NULL", name="assigned"
        ),
        CheckConstraint("state <> 'in_progress' OR holder_id IS NOT NULL OR channel = 'phone'", name="held"),
        CheckConstraint("next_deadline_at IS NULL OR next_step_unit_id IS NOT NULL", name="deadline_owed"),
        Index(
            "ix_ticket_owed",
            "next_step_unit_id",
            "next_deadline_at",
            "id",
            sqlite_where=_OWED,
            postgresql_where=_OWED,
            postgresql_include=_judged_beside("next_step_unit_id", "next_deadline_at"),
        ),
        Index("ix_ticket_asking", "asking_unit_id", "state", "next_deadline_at", "id"),
        # For a CDAS: what it asked for and is under way, whatever it asked for in ten years.
        Index(
            "ix_ticket_asked",
            "asking_unit_id",
            "next_deadline_at",
            "id",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
            postgresql_include=_judged_beside("asking_unit_id", "next_deadline_at"),
        ),
        Index("ix_ticket_triage", "triage_unit_id"),
        Index("ix_ticket_assigned", "assigned_unit_id"),
        # For whoever reads everything: what is under way, what has ended, each in its order; counts by kind and state.
        Index(
            "ix_ticket_queue",
            "next_deadline_at",
            "id",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
            postgresql_include=_judged_beside("next_deadline_at"),
        ),
        # The same in the other orders of the list, from either end.
        *(
            Index(name, column, "id", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY)
            for name, column in (("ix_ticket_sent", "submitted_at"), ("ix_ticket_changed", "changed_at"))
        ),
        Index(
            "ix_ticket_draft",
            "asking_unit_id",
            "next_deadline_at",
            "id",
            sqlite_where=_DRAFT,
            postgresql_where=_DRAFT,
            postgresql_include=_judged_beside("asking_unit_id", "next_deadline_at"),
        ),
        Index(
            "ix_ticket_ended",
            "kind",
            "ended_at",
            "id",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_last_ended",
            "ended_at",
            "id",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
            postgresql_include=_judged_beside(),
        ),
        Index(
            "ix_ticket_kind",
            "kind",
            "state",
            "next_deadline_at",
            "id",
            postgresql_include=["submitted_at", "archived_at"],
        ),
        Index("ix_ticket_recent", "kind", "submitted_at", "id"),
        Index(
            "ix_ticket_archived",
            "archived_at",
            "id",
            sqlite_where=text("archived_at IS NOT NULL"),
            postgresql_where=text("archived_at IS NOT NULL"),
        ),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    channel: Mapped[str] = mapped_column(String(12))
    asking_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    triage_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    assigned_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    responsible_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    next_step_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    next_deadline_at: Mapped[datetime | None]
    next_deadline_of: Mapped[str | None] = mapped_column(String(20))
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    convention_version: Mapped[int] = mapped_column(ForeignKey("convention_version.number"))
    opened_at: Mapped[datetime]
    state_since: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    eliminated_at: Mapped[datetime | None]

    asking_unit: Mapped[Unit | None] = relationship(foreign_keys=[asking_unit_id], lazy="raise")
    assigned_unit: Mapped[Unit | None] = relationship(foreign_keys=[assigned_unit_id], lazy="raise")
    holder: Mapped[Account | None] = relationship(foreign_keys=[holder_id], lazy="raise")
    author: Mapped[Account | None] = relationship(foreign_keys=[author_id], lazy="raise")


class Person(Base):
    """The person of one ticket, as this request named them: sealed, with blind indexes to find them."""

    __tablename__ = "person"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    matricule_sealed: Mapped[bytes | None]
    matricule_index: Mapped[bytes | None] = mapped_column(index=True)
    last_name_sealed: Mapped[bytes | None]
    first_name_sealed: Mapped[bytes | None]
    birth_date_sealed: Mapped[bytes | None]
    commune_insee: Mapped[str | None] = mapped_column(ForeignKey("commune.insee"))

    matricule = Sealed()
    last_name = Sealed()
    first_name = Sealed()
    birth_date = Sealed()

    def sealing_row(self) -> str:
        """The person is bound to the ticket."""
        return str(self.ticket_id)


class PersonWord(Base):
    """The blind index of one normalised word of a person's name."""

    __tablename__ = "person_word"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    word_index: Mapped[bytes] = mapped_column(primary_key=True, index=True)


class Draft(Base):
    """What somebody typed and has not sent, exactly as typed; deleted with the draft or at `submit`.

    `matricule_index`: that of the form's matricule, once it is whole, as `Person` has it: who has a link with that
    family does not read the draft (R-DP-1).
    """

    __tablename__ = "draft"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    form_sealed: Mapped[bytes]
    matricule_index: Mapped[bytes | None]
    saved_at: Mapped[datetime] = mapped_column(index=True)

    form = Sealed()

    def sealing_row(self) -> str:
        """The draft is bound to its ticket."""
        return str(self.ticket_id)


class ClockRecord(Base):
    """One run of a clock (R-CLK-1), rebuilt from the journal after each act; durations in seconds once stopped."""

    __tablename__ = "clock_record"
    __table_args__ = (
        Index(
            "ix_clock_record_running",
            "ticket_id",
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    target_at: Mapped[datetime | None]
    elapsed_seconds: Mapped[int | None]
    business_seconds: Mapped[int | None]
    waited_seconds: Mapped[int | None]
    within_target: Mapped[bool | None]
