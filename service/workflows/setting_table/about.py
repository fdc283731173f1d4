"""Who publishes and hosts Relais, and whom people ask about their data."""

from service.workflows.setting_table.row import TO_FILL, Setting

ABOUT: tuple[Setting, ...] = (
    Setting(
        key="publisher_departement",
        default=TO_FILL,
        kind="text",
        label="Éditeur, côté Département",
        help="Nom et adresse, sur la page « Mentions légales ».",
        rule="R-DP-9",
    ),
    Setting(
        key="publisher_caf",
        default=TO_FILL,
        kind="text",
        label="Éditeur, côté Caf",
        help="Nom et adresse, sur la page « Mentions légales ».",
        rule="R-DP-9",
    ),
    Setting(
        key="publication_director",
        default=TO_FILL,
        kind="text",
        label="Direction de la publication",
        help="Nom ou fonction, sur la page « Mentions légales ».",
        rule="R-DP-9",
    ),
    Setting(
        key="host",
        default=TO_FILL,
        kind="text",
        label="Hébergeur",
        help="Nom, adresse et téléphone, sur la page « Mentions légales ».",
        rule="R-DP-9",
    ),
    Setting(
        key="dpo_departement",
        default=TO_FILL,
        kind="text",
        label="Joindre le délégué à la protection des données du Département",
        help="Adresse ou courriel, donné aux personnes qui veulent exercer leurs droits.",
        rule="R-DP-9",
    ),
    Setting(
        key="dpo_caf",
        default=TO_FILL,
        kind="text",
        label="Joindre le délégué à la protection des données de la Caf",
        help="Adresse ou courriel, donné aux personnes qui veulent exercer leurs droits.",
        rule="R-DP-9",
    ),
    Setting(
        key="accessibility_contact",
        default=TO_FILL,
        kind="text",
        label="Signaler un défaut d’accessibilité",
        help="Adresse ou courriel, sur la page « Accessibilité ».",
        rule="R-DP-9",
    ),
    Setting(
        key="families_notice_on",
        default="2026-11-26",
        kind="day_or_none",
        label="Version de l’information remise aux familles",
        help="Le jour de son texte. Chaque demande garde celle qui valait à son ouverture.",
        rule="R-DP-2",
        versioned=True,
    ),
)
