"""The inventory of requests: the persons they are about, what is said of them, and what was done."""

from collections.abc import Mapping

from service.inventory.natures import Kept, Table, held

_GROUND = " told_on agreed_on"
_SCOPE = " scope_event scope_event_on has_children is_allocataire scope_in scope_explanation"
_UNSAID = " reason_not_told_sealed"
_OUT_OF_SCOPE = " out_of_scope_reason_sealed"

REQUESTS: Mapping[str, Table] = {
    "ticket": held(
        "Porter une demande d’une institution à l’autre : qui la doit, jusqu’à quand.",
        Kept.TICKET,
        nothing="id reference kind version channel convention_version",
        trace="state state_since opened_at submitted_at ended_at archived_at eliminated_at changed_at"
        " next_deadline_at next_deadline_of"
        " asking_unit_id triage_unit_id assigned_unit_id responsible_unit_id next_step_unit_id",
        agent="holder_id author_id",
    ),
    "ticket_link": held(
        "Dire qu’une demande vient d’une autre.", Kept.TICKET, nothing="from_id to_id", trace="why made_at"
    ),
    "participant": held(
        "Nommer qui, outre l’auteur, lit et suit une demande.",
        Kept.TICKET,
        nothing="ticket_id",
        agent="account_id added_at",
    ),
    "person": held(
        "Reconnaître la personne pour qui l’on demande, et retrouver ses demandes.",
        Kept.TICKET,
        nothing="ticket_id",
        identity="matricule_sealed matricule_index last_name_sealed first_name_sealed birth_date_sealed",
        situation="commune_insee",
    ),
    "person_word": held(
        "Retrouver une demande par le nom sans que la base contienne le nom.",
        Kept.TICKET,
        nothing="ticket_id",
        identity="word_index",
    ),
    "draft": held(
        "Ne rien perdre de ce qui est saisi avant l’envoi.",
        Kept.DRAFT,
        nothing="ticket_id saved_at",
        identity="matricule_index",
        told="form_sealed",
    ),
    "clock_record": held(
        "Mesurer les délais promis par la convention.",
        Kept.TICKET,
        nothing="ticket_id name run",
        trace="started_at stopped_at target_at elapsed_seconds business_seconds waited_seconds within_target",
    ),
    "reminder": held(
        "Ne pas rappeler deux fois la même échéance.",
        Kept.TICKET,
        nothing="ticket_id clock since stage",
        agent="told_to told_at",
    ),
    "urgent_rights": held(
        "Traiter une urgence définie : vérifier l’interruption, répondre, verser.",
        Kept.TICKET,
        nothing="ticket_id duplicate_of_id repeats_id",
        situation="benefit event last_payment_on amount_before amount_after urgency_rule urgency_reached_on"
        " urgency_explanation cdap_consulted_on cdap_no_access line_was_open line_open_reason accompanied_by_author"
        " accompanied_by_unit outcome outcome_on rejection_reason contested reopened closed_automatically usefulness"
        " kept_benefit kept_event" + _GROUND,
        told="cdap_missing_sealed accompanied_by_name_sealed description_sealed outcome_detail_sealed remark_sealed"
        + _UNSAID,
        agent="rejected_by",
    ),
    "co_intervention": held(
        "Accompagner une famille à deux services sans se contredire.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="regime need asking_opinion_on concertation_on exchange_on opinion decline_reason family_talk_on"
        " reviewed_on review_on outcome caf_part_only" + _GROUND + _SCOPE,
        told="need_detail_sealed asking_participants_sealed asking_opinion_sealed cdas_professional_sealed"
        " participants_sealed opinion_reason_sealed turn_to_sealed cdas_scope_sealed caf_scope_sealed"
        " outcome_detail_sealed" + _UNSAID + _OUT_OF_SCOPE,
    ),
    "handover": held(
        "Passer le relais d’un accompagnement avec l’accord de la personne.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="regime relay_case known_to_receiver communication communicated_on rsa_part_kept concertation_on"
        " exchange_on joint_meeting meeting_on decline_reason cancel_reason giver_confirmed receiver_confirmed"
        " returned" + _GROUND + _SCOPE,
        told="agreement_collected_by_sealed relay_case_detail_sealed communicated_by_sealed communicated_to_sealed"
        " communication_content_sealed participants_sealed turn_to_sealed" + _UNSAID + _OUT_OF_SCOPE,
        contact="meeting_place_sealed",
    ),
    "social_emergency": held(
        "Répondre à une urgence sociale par le bon service, sans attendre.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="phone_protected"
        " motives vulnerabilities coded_only who_accompanies referent_unit referent_cdas referent_source"
        " referent_known_on route_to route_rule route_explanation send_to against_route_reason answer_given"
        " answered_on unaccompanied_sent danger danger_reason objected not_told_code treatments handled_on"
        " redirect_to redirect_cdas redirect_reason cancel_reason" + _GROUND + _SCOPE,
        told="vulnerability_detail_sealed description_sealed referent_name_sealed against_route_detail_sealed"
        + _UNSAID
        + _OUT_OF_SCOPE,
        contact="phone_sealed",
        agent="referent_worker",
    ),
    "appointment": held(
        "Joindre la personne et lui donner un rendez-vous avec un travailleur social.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="phone_protected"
        " source who_accompanies calls calls_in_vain unreachable first_called_at first_reached_at meeting_on"
        " meeting_time offers offers_refused refused_because no_shows absence held_on outcome redirect_to"
        " redirect_cdas redirect_service" + _GROUND + _SCOPE,
        told="description_sealed referent_name_sealed" + _UNSAID + _OUT_OF_SCOPE,
        contact="phone_sealed place",
        in_clear={"place": "le lieu où le service reçoit, proposé par lui : jamais le domicile"},
    ),
    "rights_meeting": held(
        "Faire le point des droits avec la personne, puis vérifier ce qui s’est ouvert.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="phone_protected"
        " to_service asked_by meeting_on meeting_time means held_on code target_group rights_discussed"
        " documents_awaited check_due_on check_result rights_opened checked_on" + _GROUND,
        told="wish_sealed summary_sealed" + _UNSAID,
        contact="phone_sealed place_sealed",
    ),
    "orientation": held(
        "Orienter vers le service que la convention désigne.",
        Kept.TICKET,
        nothing="ticket_id",
        situation="reason accompanied_by to_service advised_service advised_rule advised_explanation advice_followed"
        " judgement" + _GROUND + _SCOPE,
        told="accompanied_by_name_sealed reason_not_followed_sealed" + _UNSAID,
    ),
    "child_protection_notice": held(
        "Garder la trace qu’un CDAS a été informé, de qui, quand et par quel moyen (R-PE).",
        Kept.TICKET,
        nothing="ticket_id",
        child_protection="known_to_cdas means informed_name_sealed informed_function informed_on family_informed"
        " family_informed_on reason_not_informed art40_on art40_reference_sealed decision decided_on",
    ),
    "message": held(
        "Échanger sur une demande, des deux côtés.",
        Kept.TICKET,
        nothing="id ticket_id sequence channel",
        agent="author_id unit_id institution written_at recorded_at",
        told="body_sealed",
    ),
    "internal_note": held(
        "Écrire pour sa seule institution (R-DP-3).",
        Kept.TICKET,
        nothing="id ticket_id",
        agent="author_id unit_id institution written_at",
        internal="body_sealed",
    ),
    "attachment": held(
        "Joindre une pièce que l’autre institution demande.",
        Kept.TICKET,
        nothing="id ticket_id content_type size sha256",
        agent="author_id unit_id joined_at",
        told="filename_sealed description_sealed content_sealed",
    ),
    "letter_printed": held(
        "Savoir quel courrier a été imprimé pour une demande.",
        Kept.TICKET,
        nothing="id model_code model_version ticket_id",
        agent="author_id unit_id printed_at",
    ),
    "put_forward": held(
        "Porter une situation à la réunion technique, par sa seule référence.",
        Kept.TICKET,
        nothing="id ticket_id institution unit_code meeting_id",
        agent="put_at put_by withdrawn_at withdrawn_by",
        prose="question",
    ),
    "concertation_item": held(
        "Inscrire une demande à l’ordre du jour d’une concertation.",
        Kept.TICKET,
        nothing="concertation_id ticket_id position",
    ),
    "call": held(
        "Compter les appels de la ligne directe et n’en oublier aucun (R-UD-3).",
        Kept.CALL,
        nothing="id cdas_code ticket_id recorded_unit_id",
        identity="matricule_sealed matricule_index",
        situation="benefit event outcome",
        trace="started_at minutes answered recorded_at",
        told="remark_sealed",
        agent="recorded_by",
    ),
    "subject_request": held(
        "Répondre dans le mois à qui demande ce que Relais garde de lui (R-DP-9).",
        Kept.RIGHTS,
        nothing="id institution unit_code",
        trace="received_on noted_at answered_at",
        identity="last_name_sealed first_name_sealed birth_date_sealed matricule_sealed",
        told="written_reference_sealed",
        agent="noted_by answered_by",
    ),
    "rectification": held(
        "Corriger une identité en gardant ce qui était écrit avant (R-DP-9).",
        Kept.TICKET,
        nothing="ticket_id number field",
        identity="before_sealed after_sealed",
        told="reason_sealed",
        agent="made_at made_by unit_code",
    ),
    "accompaniment": held(
        "Savoir qui accompagne une personne au service social de la Caf, et jusqu’à quand (R-AC).",
        Kept.REGISTER,
        nothing="id ticket_id",
        identity="matricule_sealed matricule_index last_name_sealed first_name_sealed",
        situation="event event_on opened_on term_on renewals closing_talk_on closed_on closing_reason",
        agent="worker_id",
    ),
    "incoming_mail": held(
        "Recevoir un message de l’autre institution, et en faire une demande.",
        Kept.MESSAGE,
        nothing="id fingerprint channel asking_unit_id ticket_id nir_masked",
        trace="fate nature reason received_at recorded_at qualified_at",
        agent="qualified_by",
        identity="matricule_index",
        contact="sender_sealed",
        told="subject_sealed text_sealed rest_sealed raw_sealed",
    ),
    "incoming_file": held(
        "Garder les pièces d’un message reçu.",
        Kept.MESSAGE,
        nothing="id mail_id content_type size",
        told="filename_sealed content_sealed",
    ),
}
"""Tables that a request, or what may become one, fills."""
