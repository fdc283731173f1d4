"""rendez-vous des droits: their details, the states that such a ticket may have, and why one is made from another

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHECKS_BEFORE = {
    "state_of_kind": "(kind = 'urgent_rights' AND state IN ('answered', 'assigned', 'cancelled', 'closed', 'draft', 'in_progress', 'rejected', 'submitted', 'waiting_partner')) OR (kind = 'co_intervention' AND state IN ('active', 'cancelled', 'declined', 'draft', 'ended', 'forwarded', 'submitted', 'validated')) OR (kind = 'handover' AND state IN ('accepted', 'cancelled', 'completed', 'declined', 'draft', 'forwarded', 'submitted')) OR (kind = 'social_emergency' AND state IN ('cancelled', 'closed', 'draft', 'handled', 'in_progress', 'redirected', 'submitted')) OR (kind = 'appointment' AND state IN ('cancelled', 'closed', 'draft', 'held', 'offered', 'redirected', 'scheduled', 'submitted')) OR (kind = 'child_protection_notice' AND state IN ('assessed', 'cancelled', 'draft', 'received', 'sent')) OR (kind = 'orientation' AND state IN ('draft', 'judged', 'received', 'sent'))",
    "somebody_owes_while_open": "(kind = 'urgent_rights' AND (state IN ('answered', 'assigned', 'in_progress', 'submitted', 'waiting_partner')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'co_intervention' AND (state IN ('forwarded', 'submitted', 'validated')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'handover' AND (state IN ('accepted', 'forwarded', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'social_emergency' AND (state IN ('handled', 'in_progress', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'appointment' AND (state IN ('held', 'offered', 'scheduled', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'child_protection_notice' AND (state IN ('received', 'sent')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'orientation' AND (state IN ('received', 'sent')) = (next_step_unit_id IS NOT NULL))",
    "ended_when_final": "(kind = 'urgent_rights' AND (state IN ('cancelled', 'closed', 'rejected')) = (ended_at IS NOT NULL)) OR (kind = 'co_intervention' AND (state IN ('cancelled', 'declined', 'ended')) = (ended_at IS NOT NULL)) OR (kind = 'handover' AND (state IN ('cancelled', 'completed', 'declined')) = (ended_at IS NOT NULL)) OR (kind = 'social_emergency' AND (state IN ('cancelled', 'closed', 'redirected')) = (ended_at IS NOT NULL)) OR (kind = 'appointment' AND (state IN ('cancelled', 'closed', 'redirected')) = (ended_at IS NOT NULL)) OR (kind = 'child_protection_notice' AND (state IN ('assessed', 'cancelled')) = (ended_at IS NOT NULL)) OR (kind = 'orientation' AND (state IN ('judged')) = (ended_at IS NOT NULL))",
}
OF_THIS_KIND = {
    "state_of_kind": " OR (kind = 'rights_meeting' AND state IN ('cancelled', 'closed', 'draft', 'follow_up', 'held', 'requested', 'scheduled'))",
    "somebody_owes_while_open": " OR (kind = 'rights_meeting' AND (state IN ('follow_up', 'requested', 'scheduled')) = (next_step_unit_id IS NOT NULL))",
    "ended_when_final": " OR (kind = 'rights_meeting' AND (state IN ('cancelled', 'closed')) = (ended_at IS NOT NULL))",
}
WHY_BEFORE = "why IS NULL OR why IN ('appointment_of_emergency', 'handover_of_co_intervention', 'redirected', 'co_intervention_instead', 'need_revealed')"
WHY = "why IS NULL OR why IN ('appointment_of_emergency', 'handover_of_co_intervention', 'redirected', 'co_intervention_instead', 'need_revealed', 'rights_to_review')"


def upgrade() -> None:
    op.create_table(
        "rights_meeting",
        sa.Column("to_service", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wish_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("meeting_time", sa.Time(), nullable=True),
        sa.Column("means", sa.String(length=12), nullable=True),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=2), nullable=True),
        sa.Column("target_group", sa.String(length=20), nullable=True),
        sa.Column("rights_discussed", sa.String(length=240), nullable=True),
        sa.Column("documents_awaited", sa.String(length=120), nullable=True),
        sa.Column("summary_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("check_due_on", sa.Date(), nullable=True),
        sa.Column("check_result", sa.String(length=8), nullable=True),
        sa.Column("rights_opened", sa.String(length=160), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(checked_on IS NULL) = (check_result IS NULL)", name=op.f("ck_rights_meeting_checked")
        ),
        sa.CheckConstraint(
            "means IS NULL OR means IN ('in_person', 'telephone', 'visio', 'home')",
            name=op.f("ck_rights_meeting_means"),
        ),
        sa.CheckConstraint("code IS NULL OR code IN ('87', '88', '89')", name=op.f("ck_rights_meeting_code")),
        sa.CheckConstraint(
            "check_result IS NULL OR check_result IN ('opened', 'none')",
            name=op.f("ck_rights_meeting_check_result"),
        ),
        sa.CheckConstraint(
            "(held_on IS NULL) = (check_due_on IS NULL)", name=op.f("ck_rights_meeting_check_follows_meeting")
        ),
        sa.CheckConstraint(
            "(rights_opened IS NOT NULL) = (check_result IS NOT NULL AND check_result = 'opened')",
            name=op.f("ck_rights_meeting_rights_opened"),
        ),
        sa.CheckConstraint(
            "target_group IS NULL OR target_group IN ('rsa_applicant', 'contact_offer', 'partner_referral', 'complex_file')",
            name=op.f("ck_rights_meeting_target_group"),
        ),
        sa.CheckConstraint(
            "asked_by IS NULL OR asked_by IN ('person', 'social_worker', 'partner')",
            name=op.f("ck_rights_meeting_asked_by"),
        ),
        sa.CheckConstraint(
            "to_service IS NULL OR to_service IN ('prestations', 'caf_social')",
            name=op.f("ck_rights_meeting_to_service"),
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rights_meeting_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_rights_meeting")),
    )
    op.create_index(op.f("ix_rights_meeting_check_due_on"), "rights_meeting", ["check_due_on"])
    _check("ticket", {name: before + OF_THIS_KIND[name] for name, before in CHECKS_BEFORE.items()})
    _check("ticket_link", {"why": WHY})


def downgrade() -> None:
    _check("ticket_link", {"why": WHY_BEFORE})
    _check("ticket", CHECKS_BEFORE)
    op.drop_table("rights_meeting")


def _check(table: str, checks: dict[str, str]) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:  # the triggers of the journal name the ticket, which is made anew
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table) as batch_op:
        for name, condition in checks.items():
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
    if on_sqlite:
        op.execute("PRAGMA legacy_alter_table = OFF")
