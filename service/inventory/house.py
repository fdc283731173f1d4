"""The inventory of the house: who logs in, what was read, what leaves by mail, how the service runs."""

from collections.abc import Mapping

from service.inventory.natures import Kept, Table, held

HOUSE: Mapping[str, Table] = {
    "account": held(
        "Savoir qui entre, et le nommer auprès de ceux avec qui il travaille.",
        Kept.ACCOUNT,
        nothing="id shortcuts",
        agent="email name institution suspended_at created_at news_seen_at",
        login="password_hash",
    ),
    "membership": held(
        "Donner à chacun les droits de son service et de sa fonction, entre deux dates.",
        Kept.ACCOUNT,
        nothing="id",
        agent="account_id unit_code role starts_on ends_on named deputy",
    ),
    "absence": held(
        "Savoir qui répond quand quelqu’un n’est pas là ; jamais pourquoi.",
        Kept.ACCOUNT,
        nothing="id",
        agent="account_id starts_on ends_on replacement_id noted_by_id noted_at",
    ),
    "notice_choice": held(
        "Laisser chacun choisir ce qui lui est annoncé par courriel.",
        Kept.ACCOUNT,
        nothing="id unit_code event",
        agent="account_id choice",
    ),
    "saved_list": held(
        "Retrouver une liste de demandes par ses filtres ; son nom ne nomme aucun usager.",
        Kept.ACCOUNT,
        nothing="id address",
        prose="name",
        agent="account_id unit_code saved_at",
    ),
    "invitation": held(
        "Faire choisir un mot de passe.",
        Kept.LOGIN,
        nothing="id",
        agent="account_id invited_by created_at expires_at used_at",
        login="token_digest",
    ),
    "login_session": held(
        "Tenir une session ouverte, et pouvoir la fermer à distance.",
        Kept.LOGIN,
        nothing="id",
        agent="account_id created_at last_seen_at expires_at second_factor device",
        login="token_digest id_token_sealed",
    ),
    "provider_identity": held(
        "Reconnaître qui entre par ProConnect, lié à son compte par une invitation.",
        Kept.ACCOUNT,
        nothing="id",
        agent="account_id issuer behind bound_at open_until",
        login="subject_index exit_digest",
    ),
    "provider_return": held(
        "Ne pas prendre deux fois le même retour de ProConnect.",
        Kept.LOGIN,
        nothing="id expires_at",
        login="token_digest",
    ),
    "begun_login": held(
        "Attendre le code après le mot de passe.",
        Kept.LOGIN,
        nothing="id expires_at",
        agent="account_id",
        login="token_digest candidate_sealed id_token_sealed",
    ),
    "second_factor": held(
        "Vérifier le code d’une connexion.",
        Kept.ACCOUNT,
        nothing="id last_step",
        agent="account_id enrolled_at",
        login="secret_sealed",
    ),
    "recovery_code": held(
        "Entrer quand le téléphone est perdu.",
        Kept.ACCOUNT,
        nothing="id",
        agent="account_id",
        login="code_index",
    ),
    "passkey": held(
        "Entrer par une clé d’accès au lieu du code du téléphone.",
        Kept.ACCOUNT,
        nothing="id uses",
        agent="account_id label added_at last_used_at",
        login="credential_id public_key",
    ),
    "api_token": held(
        "Laisser un outil de l’agent lire ce que l’agent lit.",
        Kept.LOGIN,
        nothing="id label",
        agent="account_id created_at expires_at revoked_at last_used_on",
        login="token_digest",
    ),
    "calendar_feed": held(
        "Donner à l’agenda d’un agent les dates de son travail, par référence seulement (R-DP-5).",
        Kept.LOGIN,
        nothing="id",
        agent="account_id created_at",
        login="token_digest",
    ),
    "login_attempt": held(
        "Freiner qui essaie des mots de passe.",
        Kept.LOGIN,
        nothing="id at",
        login="email_index address_index",
    ),
    "journal_entry": held(
        "Dire ce qui est arrivé à une demande, sans qu’on puisse le récrire.",
        Kept.CHAIN,
        nothing="ticket_id sequence payload_digest payload_salt previous_hash hash",
        trace="transition from_state to_state actor_unit_id next_step_unit_id happened_at recorded_at codes",
        agent="actor_id",
        told="payload_sealed",
    ),
    "journal_seal": held(
        "Prouver que le journal n’a pas été récrit.",
        Kept.CHAIN,
        nothing="institution number sealed_at tickets heads previous digest",
    ),
    "sealed_head": held(
        "Prouver où en était chaque demande à l’heure d’un sceau.",
        Kept.CHAIN,
        nothing="institution number ticket_id sequence reference hash",
    ),
    "access_entry": held(
        "Savoir qui a ouvert, cherché, imprimé ou emporté, ou en a été empêché (R-DP-4).",
        Kept.ACCESS,
        nothing="id ticket_id",
        agent="at account_id unit_id act refused",
    ),
    "outbox_mail": held(
        "Prévenir par courriel, sans jamais dire de qui il s’agit (R-DP-5).",
        Kept.TICKET,
        nothing="id ticket_id event unit_id message_id attempts next_try_at failed_at failure",
        agent="recipient created_at sent_at settled_at settled_by",
        prose="subject body calendar",
        login="link_sealed",
    ),
    "webhook_endpoint": held(
        "Prévenir un autre logiciel qu’une demande a bougé, par référence seulement (R-DP-5).",
        Kept.MACHINE,
        nothing="id url events failing_since switched_off_at",
        prose="label",
        agent="created_at created_by",
        login="secret_sealed",
    ),
    "webhook_delivery": held(
        "Prévenir sans en perdre, et savoir ce qui a été reçu ; effacé après trente jours (R-DP-5).",
        Kept.MACHINE,
        nothing="id endpoint_id attempts next_try_at delivered_at failed_at answer waiting_since",
        trace="event reference body created_at",
    ),
    "digest_line": held(
        "Réunir en un courriel par jour ce qui peut attendre.",
        Kept.TICKET,
        nothing="id unit_id ticket_id event",
        agent="recipient created_at told_at",
        prose="words",
    ),
    "mailbox_poll": held(
        "Savoir si les boîtes aux lettres sont lues.",
        Kept.MACHINE,
        nothing="polled_at worked_at failures failure",
        agent="name",
    ),
    "idempotency_key": held(
        "Ne pas créer deux fois la même demande : trente jours.",
        Kept.MACHINE,
        nothing="key body_digest made at",
        agent="account_id",
    ),
    "setting_value": held("Garder la valeur d’un réglage.", Kept.MACHINE, nothing="key", prose="value"),
    "setting_change": held(
        "Savoir qui a changé un réglage, et pouvoir y revenir.",
        Kept.MACHINE,
        nothing="id key",
        prose="before after",
        agent="changed_at changed_by",
    ),
    "revision": held("Faire relire aux serveurs ce qui a changé.", Kept.MACHINE, nothing="id number"),
    "scheduled_job": held(
        "Faire chaque travail périodique une fois et une seule.",
        Kept.MACHINE,
        nothing="name next_slot leased_by leased_until token failures failed_at failure",
        agent="asked_at asked_by",
    ),
    "job_run": held(
        "Savoir quels travaux ont été faits.", Kept.MACHINE, nothing="name slot started_at ended_at done"
    ),
    "backup_made": held(
        "Savoir si le journal a été trouvé altéré.", Kept.MACHINE, nothing="made_at findings"
    ),
    "scheduler_beat": held("Savoir si l’ordonnanceur vit.", Kept.MACHINE, nothing="worker beat_at"),
}
"""Tables that name professionals, prove what happened, or keep the service running."""
