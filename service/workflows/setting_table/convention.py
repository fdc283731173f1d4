"""The life of the convention: its dates, its renewal, its territories."""

from service.workflows.setting_table.row import MONTHS, Setting

CONVENTION: tuple[Setting, ...] = (
    Setting(
        key="convention_starts_on",
        default="2024-12-02",
        kind="day_or_none",
        label="La convention prend effet le",
        help="Le jour de sa signature ; elle se renouvelle à cet anniversaire. Vide : Relais n’annonce rien.",
        rule="R-GO-6",
    ),
    Setting(
        key="convention_ends_on",
        default="2028-12-31",
        kind="day_or_none",
        label="La convention prend fin au plus tard le",
        help="Le dernier jour du Schéma départemental de l’action sociale de proximité 2024-2028.",
        rule="R-GO-6",
        ours=False,
    ),
    Setting(
        key="convention_renews",
        default=True,
        kind="bool",
        label="La convention se renouvelle chaque année par tacite reconduction",
        help="Sinon, elle prend fin la veille de son premier anniversaire.",
        rule="R-GO-6",
        ours=False,
    ),
    Setting(
        key="convention_notice_months",
        default=3,
        kind="int",
        label="Préavis pour ne pas renouveler la convention",
        help="En mois avant l’anniversaire. La convention n’en fixe pas.",
        rule="R-GO-6",
        unit=MONTHS,
    ),
    Setting(
        key="pays",
        default=(
            "Pays de Brocéliande, Pays de Fougères, Pays de Redon, Pays de Rennes, Pays de Saint-Malo, "
            "Pays des Vallons de Vilaine, Pays de Vitré"
        ),
        kind="text",
        label="Pays proposés pour les rencontres locales",
        help="Séparés par des virgules. Les intercommunalités viennent de l’annuaire des communes.",
        rule="R-GO-7",
    ),
)
