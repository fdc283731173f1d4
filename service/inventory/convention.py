"""The inventory of what the two institutions keep of their convention: services, meetings, figures; no household."""

from collections.abc import Mapping

from service.inventory.natures import Kept, Table, held

CONVENTION: Mapping[str, Table] = {
    "unit": held(
        "Joindre un service.",
        Kept.CONVENTION,
        nothing="code name kind institution email telephone address illustrative calendar_code closed_on",
    ),
    "calendar": held(
        "Compter les délais en temps ouvré.",
        Kept.CONVENTION,
        nothing="code name weekly follows_public_holidays follows_school_holidays",
    ),
    "calendar_hours": held(
        "Garder les horaires d’une période.",
        Kept.CONVENTION,
        nothing="calendar_code starts_on weekly follows_public_holidays follows_school_holidays",
        agent="changed_at changed_by",
    ),
    "closure": held(
        "Compter les jours de fermeture.",
        Kept.CONVENTION,
        nothing="id calendar_code starts_at ends_at opens",
        prose="reason",
    ),
    "commune": held(
        "Trouver le service d’une commune.",
        Kept.CONVENTION,
        nothing="insee name postal_codes epci population",
    ),
    "coverage": held(
        "Dire quel service couvre quel territoire.",
        Kept.CONVENTION,
        nothing="id commune_insee quarter quarter_name cdas_code sector_code",
    ),
    "sector": held(
        "Dire qui, à la Caf, suit un secteur.",
        Kept.CONVENTION,
        nothing="code name permanences",
        agent="worker_id",
    ),
    "convention_version": held(
        "Juger chaque demande par les règles de son jour.",
        Kept.CONVENTION,
        nothing="number label effective_at values",
        agent="created_at created_by",
    ),
    "announcement_kind": held(
        "Dire qui annonce quoi, et à qui.",
        Kept.CONVENTION,
        nothing="id announced_by closed_at",
        prose="label manner",
        agent="caf_referent caf_email departement_referent departement_email changed_at changed_by",
    ),
    "announcement": held(
        "Informer les services de l’autre institution.",
        Kept.CONVENTION,
        nothing="id kind_id takes_effect_on ends_on to_asip unit_code reminded_at withdrawn_at",
        prose="title body",
        agent="published_at published_by",
    ),
    "announcement_receipt": held(
        "Savoir que l’information a été lue.",
        Kept.CONVENTION,
        nothing="announcement_id unit_code",
        agent="confirmed_at confirmed_by",
    ),
    "announcement_file": held(
        "Joindre un document à une information.",
        Kept.CONVENTION,
        nothing="id announcement_id content_type size sha256",
        agent="author_id joined_at",
        prose="filename_sealed content_sealed",
    ),
    "asip_contact": held(
        "Prévenir des droits nouveaux les acteurs de l’action sociale de proximité.",
        Kept.CONVENTION,
        nothing="id",
        partner="name email",
        agent="added_at added_by",
    ),
    "letter_model": held(
        "Écrire aux personnes avec les mêmes mots.",
        Kept.CONVENTION,
        nothing="code version",
        prose="title subject body",
        agent="changed_at changed_by",
    ),
    "answer_model": held(
        "Répondre avec des mots déjà relus, sans rien d’une personne.",
        Kept.CONVENTION,
        nothing="model_id version unit_code withdrawn",
        prose="title body",
        agent="account_id changed_at changed_by",
    ),
    "concertation": held(
        "Tenir l’agenda des concertations d’un CDAS.",
        Kept.CONVENTION,
        nothing="id unit_code held_on starts_at place cancelled_at",
    ),
    "meeting": held(
        "Préparer et tenir les réunions de la convention.",
        Kept.CONVENTION,
        nothing="id kind state about_on held_on starts_at place version called_at held_at asked_by",
        prose="reason",
        agent="planned_by",
    ),
    "meeting_participant": held(
        "Convier, et savoir qui est convié.",
        Kept.CONVENTION,
        nothing="id meeting_id unit_code invited_version",
        agent="account_id",
    ),
    "meeting_line": held(
        "Porter à l’ordre du jour une demande par sa seule référence.",
        Kept.CONVENTION,
        nothing="id meeting_id ticket_id set_aside position state age_days",
        prose="text question reasons",
    ),
    "meeting_comment": held(
        "Garder ce que chaque institution dit d’une rubrique.",
        Kept.CONVENTION,
        nothing="meeting_id institution heading version",
        prose="text",
        agent="written_at written_by",
    ),
    "meeting_record": held(
        "Suivre ce qui a été décidé, et par qui.",
        Kept.CONVENTION,
        nothing="id meeting_id kind unit_code due_on done_on",
        prose="text done_note",
        agent="account_id recorded_at recorded_by done_by",
    ),
    "remark": held(
        "Entendre ce qui marche et ce qui ne marche pas.",
        Kept.CONVENTION,
        nothing="id theme tone institution unit_code",
        prose="text",
        agent="author_id written_at shared_at shared_by",
    ),
    "awareness_action": held(
        "Compter les actions de sensibilisation.",
        Kept.CONVENTION,
        nothing="id kind held_on place cdas_code audience participants organised_by removed_at",
        agent="recorded_at recorded_by changed_at changed_by",
    ),
    "local_meeting": held(
        "Compter les rencontres locales.",
        Kept.CONVENTION,
        nothing="id kind held_on scale territory removed_at",
        prose="subject",
        agent="for_caf for_departement recorded_at recorded_by changed_at changed_by",
    ),
    "cdap_practice": held(
        "Partager les bonnes pratiques de CDAP.",
        Kept.CONVENTION,
        nothing="version",
        prose="body",
        agent="changed_at changed_by",
    ),
    "cnaf_request": held(
        "Suivre ce qui est demandé à la Cnaf.", Kept.CONVENTION, nothing="id topic status", prose="title body"
    ),
    "cnaf_step": held(
        "Savoir où en est une demande à la Cnaf.",
        Kept.CONVENTION,
        nothing="id request_id status happened_on",
        prose="note",
        agent="recorded_at recorded_by",
    ),
    "month_figures": held(
        "Garder les chiffres d’un mois tels qu’ils furent arrêtés.",
        Kept.FIGURES,
        nothing="month scope computed_at settled body",
    ),
    "reported_count": held(
        "Ajouter un nombre que Relais ne peut pas compter.",
        Kept.FIGURES,
        nothing="month name number",
        agent="noted_at noted_by",
    ),
    "shared_document": held(
        "Garder les dossiers et les bilans tels qu’ils furent remis.",
        Kept.FIGURES,
        nothing="id kind period revision body digest problem",
        agent="made_at made_by",
    ),
    "si_agreement": held(
        "Dater la convention avec le SIAO.",
        Kept.CONVENTION,
        nothing="id caf cpam siao signed_on ended_by notice_on ends_on",
    ),
    "si_contact": held(
        "Joindre les référents de la convention avec le SIAO.",
        Kept.CONVENTION,
        nothing="id role organisation starts_on ends_on",
        partner="name email telephone",
    ),
    "si_structure": held(
        "Tenir la liste des hébergements d’urgence ; aucun hébergé n’y est nommé.",
        Kept.CONVENTION,
        nothing="id name shelter address commune_insee places profiles social_workers opened_on closed_on updated_on"
        " priority priority_on wish interpreter terms_on",
        partner="contact email telephone",
        prose="priority_reason terms",
    ),
    "si_refresh": held(
        "Dater les listes reçues du SIAO.",
        Kept.CONVENTION,
        nothing="id received_on ddets_told structures places",
        agent="noted_by",
    ),
    "si_action": held(
        "Compter les actions menées dans un hébergement.",
        Kept.CONVENTION,
        nothing="id structure_id held_on kind team files people_met",
        agent="noted_by noted_at",
    ),
    "si_right": held("Compter les droits ouverts.", Kept.CONVENTION, nothing="action_id code number"),
    "si_meeting": held(
        "Garder les décisions des réunions avec le SIAO.",
        Kept.CONVENTION,
        nothing="id kind held_on present",
        prose="decisions",
    ),
    "si_evaluation": held(
        "Garder l’évaluation d’une année.",
        Kept.CONVENTION,
        nothing="year",
        prose="difficulties good_practices proposals objectives",
        agent="changed_at changed_by",
    ),
    "si_reminder": held(
        "Ne pas rappeler deux fois la même date.",
        Kept.CONVENTION,
        nothing="subject due_on week_on told_at",
    ),
}
"""Tables of the convention itself: no household stands in any of them."""
