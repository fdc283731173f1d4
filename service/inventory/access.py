"""The inventory of rights and retention: what was opened with a reason, who is kept out, what is eliminated."""

from collections.abc import Mapping

from service.inventory.natures import Kept, Table, held

ACCESS: Mapping[str, Table] = {
    "out_of_scope_opening": held(
        "Savoir qui a lu une demande hors de son périmètre, pourquoi, et qui l’a relu.",
        Kept.TICKET,
        nothing="id ticket_id",
        agent="account_id unit_id opened_at expires_at reviewed_by reviewed_at verdict",
        told="reason_sealed",
    ),
    "kept_out": held(
        "Écarter d’une demande l’agent qui a un lien avec la famille.",
        Kept.TICKET,
        nothing="id ticket_id",
        identity="matricule_index",
        agent="account_id declared_by declared_at",
    ),
    "phone_shown": held(
        "Savoir à qui un téléphone protégé a été montré, et pourquoi (R-DP-8).",
        Kept.TICKET,
        nothing="id ticket_id",
        agent="account_id shown_at",
        told="reason_sealed",
    ),
    "reading_stop": held(
        "Arrêter des lectures trop nombreuses, et dire qui les a rouvertes.",
        Kept.ACCESS,
        nothing="id limit_key",
        agent="account_id unit_id stopped_at until lifted_by lifted_at",
        internal="lift_reason_sealed",
    ),
    "unusual_read": held(
        "Poser une question sur une lecture inhabituelle ; jamais mesurer un travail.",
        Kept.ACCESS,
        nothing="id ticket_id",
        agent="week account_id unit_id sign day tickets",
    ),
    "named_list": held(
        "Ne laisser sortir une liste de noms qu’à la demande de deux responsables.",
        Kept.ACCESS,
        nothing="id view accepted downloads",
        agent="account_id unit_id asked_at decided_by decided_at",
        internal="reason_sealed",
    ),
    "archive_opening": held(
        "Savoir qui a rouvert une demande archivée, et pourquoi (R-DP-6).",
        Kept.TICKET,
        nothing="id ticket_id",
        agent="account_id unit_id opened_at ends_at",
        told="reason_sealed",
    ),
    "elimination_list": held(
        "Prouver ce qui a été éliminé, sous quel visa et par qui (R-DP-6).",
        Kept.PROOF,
        nothing="id number institution reserved drawn_at lines digest visa_reference visa_on executed_at",
        agent="visa_at visa_by set_aside_at set_aside_by asked_at asked_by",
    ),
    "elimination_line": held(
        "Nommer par sa référence chaque demande d’une liste d’élimination.",
        Kept.PROOF,
        nothing="list_id ticket_id",
        trace="reference kind sent_on closed_on archived_on",
    ),
    "elimination_approval": held(
        "Prouver que deux responsables ont approuvé une élimination.",
        Kept.PROOF,
        nothing="list_id",
        agent="account_id unit_id approved_at",
    ),
    "access_purge": held(
        "Dire jusqu’où le journal des accès a été effacé.",
        Kept.PROOF,
        nothing="id before purged_at lines",
    ),
}
