"""all the circuits of the convention

Revision: 0003
Follows: 0002

The details of six kinds, who is named on a ticket, which ticket comes from which, who is named by a unit; the states
that a ticket of each kind may have.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECKS = {
    "state_of_kind": "(kind = 'urgent_rights' AND state IN ('answered', 'assigned', 'cancelled', 'closed', 'draft', 'in_progress', 'rejected', 'submitted', 'waiting_partner')) OR (kind = 'co_intervention' AND state IN ('active', 'cancelled', 'declined', 'draft', 'ended', 'forwarded', 'submitted', 'validated')) OR (kind = 'handover' AND state IN ('accepted', 'cancelled', 'completed', 'declined', 'draft', 'forwarded', 'submitted')) OR (kind = 'social_emergency' AND state IN ('cancelled', 'closed', 'draft', 'handled', 'in_progress', 'redirected', 'submitted')) OR (kind = 'appointment' AND state IN ('cancelled', 'closed', 'draft', 'held', 'offered', 'redirected', 'scheduled', 'submitted')) OR (kind = 'child_protection_notice' AND state IN ('assessed', 'cancelled', 'draft', 'received', 'sent')) OR (kind = 'orientation' AND state IN ('draft', 'judged', 'received', 'sent'))",
    "somebody_owes_while_open": "(kind = 'urgent_rights' AND (state IN ('answered', 'assigned', 'in_progress', 'submitted', 'waiting_partner')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'co_intervention' AND (state IN ('forwarded', 'submitted', 'validated')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'handover' AND (state IN ('accepted', 'forwarded', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'social_emergency' AND (state IN ('handled', 'in_progress', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'appointment' AND (state IN ('held', 'offered', 'scheduled', 'submitted')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'child_protection_notice' AND (state IN ('received', 'sent')) = (next_step_unit_id IS NOT NULL)) OR (kind = 'orientation' AND (state IN ('received', 'sent')) = (next_step_unit_id IS NOT NULL))",
    "ended_when_final": "(kind = 'urgent_rights' AND (state IN ('cancelled', 'closed', 'rejected')) = (ended_at IS NOT NULL)) OR (kind = 'co_intervention' AND (state IN ('cancelled', 'declined', 'ended')) = (ended_at IS NOT NULL)) OR (kind = 'handover' AND (state IN ('cancelled', 'completed', 'declined')) = (ended_at IS NOT NULL)) OR (kind = 'social_emergency' AND (state IN ('cancelled', 'closed', 'redirected')) = (ended_at IS NOT NULL)) OR (kind = 'appointment' AND (state IN ('cancelled', 'closed', 'redirected')) = (ended_at IS NOT NULL)) OR (kind = 'child_protection_notice' AND (state IN ('assessed', 'cancelled')) = (ended_at IS NOT NULL)) OR (kind = 'orientation' AND (state IN ('judged')) = (ended_at IS NOT NULL))",
}
CHECKS_BEFORE = {
    "state_of_kind": "(kind = 'urgent_rights' AND state IN ('answered', 'assigned', 'cancelled', 'closed', 'draft', 'in_progress', 'rejected', 'submitted', 'waiting_partner'))",
    "somebody_owes_while_open": "(kind = 'urgent_rights' AND (state IN ('answered', 'assigned', 'in_progress', 'submitted', 'waiting_partner')) = (next_step_unit_id IS NOT NULL))",
    "ended_when_final": "(kind = 'urgent_rights' AND (state IN ('cancelled', 'closed', 'rejected')) = (ended_at IS NOT NULL))",
}


def upgrade() -> None:
    op.create_table(
        "appointment",
        sa.Column("source", sa.String(length=20), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("description_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("who_accompanies", sa.String(length=12), nullable=True),
        sa.Column("referent_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("calls_in_vain", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("first_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("meeting_time", sa.Time(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("offers_refused", sa.Integer(), nullable=False),
        sa.Column("refused_because", sa.String(length=12), nullable=True),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.Column("absence", sa.String(length=16), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("redirect_to", sa.String(length=20), nullable=True),
        sa.Column("redirect_cdas", sa.String(length=40), nullable=True),
        sa.Column("redirect_service", sa.String(length=120), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scope_event", sa.String(length=24), nullable=True),
        sa.Column("scope_event_on", sa.Date(), nullable=True),
        sa.Column("has_children", sa.Boolean(), nullable=True),
        sa.Column("is_allocataire", sa.Boolean(), nullable=True),
        sa.Column("scope_in", sa.Boolean(), nullable=True),
        sa.Column("scope_explanation", sa.String(length=600), nullable=True),
        sa.Column("out_of_scope_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "absence IS NULL OR absence IN ('without_notice', 'with_notice')",
            name=op.f("ck_appointment_absence"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('information_only', 'accompaniment_opened', 'redirected', 'unreachable')",
            name=op.f("ck_appointment_outcome"),
        ),
        sa.CheckConstraint(
            "redirect_to IS NULL OR redirect_to IN ('cdas', 'caf_prestations', 'other_service')",
            name=op.f("ck_appointment_redirect_to"),
        ),
        sa.CheckConstraint(
            "refused_because IS NULL OR refused_because IN ('date', 'place', 'worker', 'other')",
            name=op.f("ck_appointment_refused_because"),
        ),
        sa.CheckConstraint(
            "scope_event IS NULL OR scope_event IN ('separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', 'isolated_pregnancy', 'none')",
            name=op.f("ck_appointment_scope_event"),
        ),
        sa.CheckConstraint(
            "source IS NULL OR source IN ('person_phone', 'mailbox', 'caf_fr', 'automatic_letter', 'caf_reception', 'cdas', 'ccas', 'association', 'other')",
            name=op.f("ck_appointment_source"),
        ),
        sa.CheckConstraint(
            "who_accompanies IS NULL OR who_accompanies IN ('caf_worker', 'cdas_same', 'cdas_other', 'external', 'nobody', 'unknown')",
            name=op.f("ck_appointment_who_accompanies"),
        ),
        sa.ForeignKeyConstraint(["redirect_cdas"], ["unit.code"], name=op.f("fk_appointment_redirect_cdas")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_appointment_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_appointment")),
    )
    op.create_table(
        "child_protection_notice",
        sa.Column("known_to_cdas", sa.Boolean(), nullable=True),
        sa.Column("means", sa.String(length=12), nullable=True),
        sa.Column("informed_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("informed_function", sa.String(length=20), nullable=True),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("family_informed", sa.String(length=16), nullable=True),
        sa.Column("family_informed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_informed", sa.String(length=20), nullable=True),
        sa.Column("art40_on", sa.Date(), nullable=True),
        sa.Column("art40_reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(family_informed = 'informed') = (family_informed_on IS NOT NULL)",
            name=op.f("ck_child_protection_notice_family_dated"),
        ),
        sa.CheckConstraint(
            "(family_informed = 'not_informed') = (reason_not_informed IS NOT NULL)",
            name=op.f("ck_child_protection_notice_family_or_reason"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('sent_to_crip', 'assessment', 'support', 'followed_already', 'no_follow_up')",
            name=op.f("ck_child_protection_notice_decision"),
        ),
        sa.CheckConstraint(
            "family_informed IS NULL OR family_informed IN ('informed', 'not_informed')",
            name=op.f("ck_child_protection_notice_family_informed"),
        ),
        sa.CheckConstraint(
            "informed_function IS NULL OR informed_function IN ('head', 'deputy', 'social_worker', 'entrusted_children', 'pmi', 'reception', 'other')",
            name=op.f("ck_child_protection_notice_informed_function"),
        ),
        sa.CheckConstraint(
            "means IS NULL OR means IN ('telephone', 'meeting', 'mail', 'letter')",
            name=op.f("ck_child_protection_notice_means"),
        ),
        sa.CheckConstraint(
            "reason_not_informed IS NULL OR reason_not_informed IN ('interest_of_child', 'emergency', 'not_reached', 'left_to_cdas')",
            name=op.f("ck_child_protection_notice_reason_not_informed"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_on IS NULL)",
            name=op.f("ck_child_protection_notice_decision_dated"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_child_protection_notice_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_child_protection_notice")),
    )
    op.create_table(
        "co_intervention",
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("need", sa.String(length=24), nullable=True),
        sa.Column("need_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asking_opinion_on", sa.Date(), nullable=True),
        sa.Column("asking_participants_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asking_opinion_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cdas_professional_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("concertation_on", sa.Date(), nullable=True),
        sa.Column("exchange_on", sa.Date(), nullable=True),
        sa.Column("participants_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opinion", sa.String(length=12), nullable=True),
        sa.Column("opinion_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decline_reason", sa.String(length=16), nullable=True),
        sa.Column("turn_to_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cdas_scope_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("caf_scope_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("family_talk_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("caf_part_only", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scope_event", sa.String(length=24), nullable=True),
        sa.Column("scope_event_on", sa.Date(), nullable=True),
        sa.Column("has_children", sa.Boolean(), nullable=True),
        sa.Column("is_allocataire", sa.Boolean(), nullable=True),
        sa.Column("scope_in", sa.Boolean(), nullable=True),
        sa.Column("scope_explanation", sa.String(length=600), nullable=True),
        sa.Column("out_of_scope_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decline_reason IS NULL OR decline_reason IN ('out_of_scope', 'not_relevant')",
            name=op.f("ck_co_intervention_decline_reason"),
        ),
        sa.CheckConstraint(
            "need IS NULL OR need IN ('complementary_skills', 'complexity')",
            name=op.f("ck_co_intervention_need"),
        ),
        sa.CheckConstraint(
            "opinion IS NULL OR opinion IN ('favourable', 'unfavourable')",
            name=op.f("ck_co_intervention_opinion"),
        ),
        sa.CheckConstraint(
            "opinion IS NULL OR regime = 'ordinary'", name=op.f("ck_co_intervention_no_opinion_asked")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('objectives_met', 'relay_to_cdas', 'relay_to_caf', 'family_wish', 'other')",
            name=op.f("ck_co_intervention_outcome"),
        ),
        sa.CheckConstraint(
            "regime IS NULL OR regime IN ('ordinary', 'child_protection', 'rsa')",
            name=op.f("ck_co_intervention_regime"),
        ),
        sa.CheckConstraint(
            "scope_event IS NULL OR scope_event IN ('separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', 'isolated_pregnancy', 'none')",
            name=op.f("ck_co_intervention_scope_event"),
        ),
        sa.CheckConstraint(
            "opinion IS NULL OR exchange_on IS NOT NULL", name=op.f("ck_co_intervention_opinion_dated")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_co_intervention_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_co_intervention")),
    )
    op.create_table(
        "handover",
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("agreement_collected_by_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("relay_case", sa.String(length=24), nullable=False),
        sa.Column("relay_case_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("known_to_receiver", sa.String(length=8), nullable=False),
        sa.Column("communication", sa.String(length=8), nullable=False),
        sa.Column("communicated_on", sa.Date(), nullable=False),
        sa.Column("communicated_by_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("communicated_to_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("communication_content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rsa_part_kept", sa.Boolean(), nullable=False),
        sa.Column("concertation_on", sa.Date(), nullable=True),
        sa.Column("exchange_on", sa.Date(), nullable=True),
        sa.Column("participants_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("joint_meeting", sa.Boolean(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("meeting_place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decline_reason", sa.String(length=16), nullable=True),
        sa.Column("turn_to_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=12), nullable=True),
        sa.Column("giver_confirmed", sa.Boolean(), nullable=False),
        sa.Column("receiver_confirmed", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scope_event", sa.String(length=24), nullable=True),
        sa.Column("scope_event_on", sa.Date(), nullable=True),
        sa.Column("has_children", sa.Boolean(), nullable=True),
        sa.Column("is_allocataire", sa.Boolean(), nullable=True),
        sa.Column("scope_in", sa.Boolean(), nullable=True),
        sa.Column("scope_explanation", sa.String(length=600), nullable=True),
        sa.Column("out_of_scope_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "cancel_reason IS NULL OR cancel_reason IN ('withdrawn', 'other')",
            name=op.f("ck_handover_cancel_reason"),
        ),
        sa.CheckConstraint(
            "communication IS NULL OR communication IN ('written', 'oral')",
            name=op.f("ck_handover_communication"),
        ),
        sa.CheckConstraint(
            "decline_reason IS NULL OR decline_reason IN ('out_of_scope', 'not_relevant')",
            name=op.f("ck_handover_decline_reason"),
        ),
        sa.CheckConstraint(
            "known_to_receiver IS NULL OR known_to_receiver IN ('unknown', 'few', 'many')",
            name=op.f("ck_handover_known_to_receiver"),
        ),
        sa.CheckConstraint(
            "regime IS NULL OR regime IN ('ordinary', 'child_protection', 'rsa')",
            name=op.f("ck_handover_regime"),
        ),
        sa.CheckConstraint(
            "relay_case <> 'other' OR relay_case_detail_sealed IS NOT NULL",
            name=op.f("ck_handover_other_case_explained"),
        ),
        sa.CheckConstraint(
            "relay_case IS NULL OR relay_case IN ('lasting_difficulties', 'trust_and_event', 'closing_talk', 'other')",
            name=op.f("ck_handover_relay_case"),
        ),
        sa.CheckConstraint(
            "scope_event IS NULL OR scope_event IN ('separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', 'isolated_pregnancy', 'none')",
            name=op.f("ck_handover_scope_event"),
        ),
        sa.CheckConstraint("agreed_on IS NOT NULL", name=op.f("ck_handover_agreed")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_handover_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_handover")),
    )
    op.create_table(
        "orientation",
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("accompanied_by", sa.String(length=16), nullable=False),
        sa.Column("accompanied_by_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scope_event", sa.String(length=24), nullable=True),
        sa.Column("scope_event_on", sa.Date(), nullable=True),
        sa.Column("has_children", sa.Boolean(), nullable=True),
        sa.Column("is_allocataire", sa.Boolean(), nullable=True),
        sa.Column("scope_in", sa.Boolean(), nullable=True),
        sa.Column("scope_explanation", sa.String(length=600), nullable=True),
        sa.Column("to_service", sa.String(length=16), nullable=False),
        sa.Column("advised_service", sa.String(length=16), nullable=False),
        sa.Column("advised_rule", sa.String(length=16), nullable=False),
        sa.Column("advised_explanation", sa.String(length=1000), nullable=False),
        sa.Column("advice_followed", sa.Boolean(), nullable=False),
        sa.Column("reason_not_followed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("judgement", sa.String(length=16), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "accompanied_by IS NULL OR accompanied_by IN ('caf_worker', 'cdas_same', 'cdas_other', 'external', 'nobody', 'unknown')",
            name=op.f("ck_orientation_accompanied_by"),
        ),
        sa.CheckConstraint(
            "advised_service IS NULL OR advised_service IN ('prestations', 'cdas', 'caf_social', 'referent')",
            name=op.f("ck_orientation_advised_service"),
        ),
        sa.CheckConstraint(
            "judgement IS NULL OR judgement IN ('justified', 'unjustified')",
            name=op.f("ck_orientation_judgement"),
        ),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('droits_caf', 'aides_departement', 'accompagnement', 'instruction_fsl', 'instruction_secours_urgence', 'instruction_autre', 'remplissage_dossier')",
            name=op.f("ck_orientation_reason"),
        ),
        sa.CheckConstraint(
            "scope_event IS NULL OR scope_event IN ('separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', 'isolated_pregnancy', 'none')",
            name=op.f("ck_orientation_scope_event"),
        ),
        sa.CheckConstraint(
            "to_service IS NULL OR to_service IN ('prestations', 'cdas', 'caf_social')",
            name=op.f("ck_orientation_to_service"),
        ),
        sa.CheckConstraint(
            "told_on IS NULL OR reason_not_told_sealed IS NULL", name=op.f("ck_orientation_told_or_reason")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_orientation_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_orientation")),
    )
    op.create_table(
        "participant",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_participant_account_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_participant_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "account_id", name=op.f("pk_participant")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_account_id"), ["account_id"], unique=False)

    op.create_table(
        "social_emergency",
        sa.Column("motives", sa.String(length=120), nullable=True),
        sa.Column("vulnerabilities", sa.String(length=120), nullable=True),
        sa.Column("vulnerability_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("description_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("coded_only", sa.Boolean(), nullable=False),
        sa.Column("who_accompanies", sa.String(length=12), nullable=True),
        sa.Column("referent_worker", sa.Uuid(), nullable=True),
        sa.Column("referent_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("referent_unit", sa.String(length=120), nullable=True),
        sa.Column("referent_cdas", sa.String(length=40), nullable=True),
        sa.Column("referent_source", sa.String(length=12), nullable=True),
        sa.Column("referent_known_on", sa.Date(), nullable=True),
        sa.Column("route_to", sa.String(length=16), nullable=True),
        sa.Column("route_rule", sa.String(length=12), nullable=True),
        sa.Column("route_explanation", sa.String(length=1200), nullable=True),
        sa.Column("send_to", sa.String(length=16), nullable=True),
        sa.Column("against_route_reason", sa.String(length=12), nullable=True),
        sa.Column("against_route_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_given", sa.String(length=160), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("unaccompanied_sent", sa.Boolean(), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("danger_reason", sa.String(length=12), nullable=True),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("not_told_code", sa.String(length=12), nullable=True),
        sa.Column("treatments", sa.String(length=160), nullable=True),
        sa.Column("handled_on", sa.Date(), nullable=True),
        sa.Column("redirect_to", sa.String(length=12), nullable=True),
        sa.Column("redirect_cdas", sa.String(length=40), nullable=True),
        sa.Column("redirect_reason", sa.String(length=20), nullable=True),
        sa.Column("cancel_reason", sa.String(length=12), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scope_event", sa.String(length=24), nullable=True),
        sa.Column("scope_event_on", sa.Date(), nullable=True),
        sa.Column("has_children", sa.Boolean(), nullable=True),
        sa.Column("is_allocataire", sa.Boolean(), nullable=True),
        sa.Column("scope_in", sa.Boolean(), nullable=True),
        sa.Column("scope_explanation", sa.String(length=600), nullable=True),
        sa.Column("out_of_scope_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "against_route_reason IS NULL OR against_route_reason IN ('unreachable', 'agreed', 'place', 'other', 'redirected')",
            name=op.f("ck_social_emergency_against_route_reason"),
        ),
        sa.CheckConstraint(
            "cancel_reason IS NULL OR cancel_reason IN ('solved', 'withdrawn', 'duplicate', 'mistake', 'other')",
            name=op.f("ck_social_emergency_cancel_reason"),
        ),
        sa.CheckConstraint(
            "danger_reason IS NULL OR danger_reason IN ('violence', 'life', 'child', 'street')",
            name=op.f("ck_social_emergency_danger_reason"),
        ),
        sa.CheckConstraint(
            "not_told_code IS NULL OR not_told_code IN ('unreachable', 'danger', 'unable')",
            name=op.f("ck_social_emergency_not_told_code"),
        ),
        sa.CheckConstraint(
            "redirect_reason IS NULL OR redirect_reason IN ('followed_there', 'not_followed', 'wrong_territory', 'other')",
            name=op.f("ck_social_emergency_redirect_reason"),
        ),
        sa.CheckConstraint(
            "redirect_to IS NULL OR redirect_to IN ('cdas', 'caf_social')",
            name=op.f("ck_social_emergency_redirect_to"),
        ),
        sa.CheckConstraint(
            "referent_source IS NULL OR referent_source IN ('person', 'referent', 'file')",
            name=op.f("ck_social_emergency_referent_source"),
        ),
        sa.CheckConstraint(
            "route_to IS NULL OR route_to IN ('caf_worker', 'caf_secretariat', 'same_cdas', 'other_cdas')",
            name=op.f("ck_social_emergency_route_to"),
        ),
        sa.CheckConstraint(
            "scope_event IS NULL OR scope_event IN ('separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', 'isolated_pregnancy', 'none')",
            name=op.f("ck_social_emergency_scope_event"),
        ),
        sa.CheckConstraint(
            "send_to IS NULL OR send_to IN ('caf_worker', 'caf_secretariat', 'same_cdas', 'other_cdas')",
            name=op.f("ck_social_emergency_send_to"),
        ),
        sa.CheckConstraint(
            "who_accompanies IS NULL OR who_accompanies IN ('caf_worker', 'cdas_same', 'cdas_other', 'external', 'nobody', 'unknown')",
            name=op.f("ck_social_emergency_who_accompanies"),
        ),
        sa.CheckConstraint(
            "NOT coded_only OR (description_sealed IS NULL AND vulnerability_detail_sealed IS NULL AND against_route_detail_sealed IS NULL AND reason_not_told_sealed IS NULL AND out_of_scope_reason_sealed IS NULL)",
            name=op.f("ck_social_emergency_coded_only"),
        ),
        sa.CheckConstraint(
            "NOT objected OR danger_reason IS NOT NULL", name=op.f("ck_social_emergency_objection_overruled")
        ),
        sa.CheckConstraint(
            "send_to = route_to OR against_route_reason IS NOT NULL",
            name=op.f("ck_social_emergency_against_route_told"),
        ),
        sa.ForeignKeyConstraint(
            ["redirect_cdas"], ["unit.code"], name=op.f("fk_social_emergency_redirect_cdas")
        ),
        sa.ForeignKeyConstraint(
            ["referent_cdas"], ["unit.code"], name=op.f("fk_social_emergency_referent_cdas")
        ),
        sa.ForeignKeyConstraint(
            ["referent_worker"], ["account.id"], name=op.f("fk_social_emergency_referent_worker")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_social_emergency_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_social_emergency")),
    )
    op.create_table(
        "ticket_link",
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IS NULL OR why IN ('appointment_of_emergency', 'handover_of_co_intervention', 'redirected', 'co_intervention_instead', 'need_revealed')",
            name=op.f("ck_ticket_link_why"),
        ),
        sa.ForeignKeyConstraint(["from_id"], ["ticket.id"], name=op.f("fk_ticket_link_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["ticket.id"], name=op.f("fk_ticket_link_to_id")),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_ticket_link")),
    )
    with op.batch_alter_table("ticket_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_link_to_id"), ["to_id"], unique=False)
    with op.batch_alter_table("membership") as batch_op:
        batch_op.add_column(sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("deputy", sa.Boolean(), nullable=False, server_default=sa.false()))
    _check_tickets(CHECKS)
    op.create_index("ix_ticket_triage", "ticket", ["triage_unit_id"])
    op.create_index("ix_ticket_assigned", "ticket", ["assigned_unit_id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_assigned", "ticket")
    op.drop_index("ix_ticket_triage", "ticket")
    _check_tickets(CHECKS_BEFORE)
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_column("deputy")
        batch_op.drop_column("named")
    op.drop_table("ticket_link")
    op.drop_table("participant")
    op.drop_table("social_emergency")
    op.drop_table("orientation")
    op.drop_table("handover")
    op.drop_table("co_intervention")
    op.drop_table("child_protection_notice")
    op.drop_table("appointment")


def _check_tickets(checks: dict[str, str]) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:  # the triggers of the journal name the ticket, which is made anew
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table("ticket") as batch_op:
        for name, condition in checks.items():
            batch_op.drop_constraint(op.f(f"ck_ticket_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_ticket_{name}"), condition)
    if on_sqlite:
        op.execute("PRAGMA legacy_alter_table = OFF")
