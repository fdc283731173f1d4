"""The table of the trade's Settings: what an administrator changes without touching code, each with its rule.

`ours`: not in the convention, the screen says so. `versioned`: belongs to a dated version of it (R-CLK-7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from service.workflows.deadlines import Target
from service.workflows.urgency import MonthsFrom

Kind = Literal[
    "bool", "int", "choice", "text", "url", "target", "percent_or_none", "email_or_none", "day_or_none"
]
Value = bool | int | str | Target | None

TO_FILL = "à compléter par l’administration"
"""What a page says where the institutions have not yet said it."""
_BUSINESS_DAYS = ("jour ouvré", "jours ouvrés")
_DAYS = ("jour", "jours")
_MONTHS = ("mois", "mois")
_TICKETS = ("demande", "demandes")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `choices`: the code and French label of each, for the kind `choice`.

    `unit`: one and several of what the kind `int` counts, from `lowest` to `highest`.
    """

    key: str
    default: Value
    kind: Kind
    label: str
    help: str
    rule: str
    ours: bool = True
    versioned: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    unit: tuple[str, str] = ("", "")
    lowest: int = 1
    highest: int = 365


LONGEST_RETENTION = 24
"""Months after the last contact: no institution sets more (CNIL, références de 2021 et 2023)."""

RETENTION: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "urgent_rights": ("d’une urgence définie", 12),
        "co_intervention": ("d’une co-intervention", 24),
        "handover": ("d’un relais", 24),
        "social_emergency": ("d’une urgence sociale", 24),
        "appointment": ("d’une demande de rendez-vous", 24),
        "child_protection_notice": ("d’une information protection de l’enfance", 24),
        "orientation": ("d’une fiche d’orientation", 24),
        "rights_meeting": ("d’un rendez-vous des droits", 24),
    }
)
"""Each kind, as its Setting names it, and the months for which its closed requests stay on the screens (R-DP-6)."""


def _retention() -> tuple[Setting, ...]:
    return tuple(
        Setting(
            key=f"retention_{kind}",
            default=months,
            kind="int",
            label=f"Conservation {named}",
            help="En mois après le dernier contact avec la personne ; la demande close passe ensuite aux archives.",
            rule="R-DP-6",
            unit=_MONTHS,
            lowest=6,
            highest=LONGEST_RETENTION,
        )
        for kind, (named, months) in RETENTION.items()
    )


SETTINGS: tuple[Setting, ...] = (
    Setting(
        key="three_months_from",
        default=MonthsFrom.LAST_PAYMENT.value,
        kind="choice",
        label="Les trois mois d’interruption se comptent",
        help="Pour les prestations autres que l’AAH et le RSA.",
        rule="R-UD-1",
        versioned=True,
        choices=(
            (MonthsFrom.LAST_PAYMENT.value, "depuis le dernier versement reçu"),
            (MonthsFrom.FIRST_MISSED.value, "depuis le premier versement manqué"),
        ),
    ),
    Setting(
        key="strong_decrease_threshold_percent",
        default=None,
        kind="percent_or_none",
        label="Seuil d’une forte diminution d’AAH ou de RSA",
        help="En pour cent du montant d’avant. Vide : pas de seuil, le professionnel le déclare.",
        rule="R-UD-1",
        versioned=True,
    ),
    Setting(
        key="direct_channel",
        default=True,
        kind="bool",
        label="Relais prend les demandes directement",
        help="D’un commun accord des deux institutions. Sinon, Relais prépare le texte à coller dans CDAP.",
        rule="R-UD-3",
    ),
    Setting(
        key="urgent_triage_unit",
        default="caf_secretariat",
        kind="choice",
        label="Qui oriente les urgences définies reçues",
        help="La convention parle des agents de la Caf, sans nommer le service.",
        rule="R-UD-6",
        choices=(
            ("caf_secretariat", "le secrétariat de la Caf"),
            ("caf_prestations", "le Service Prestations"),
        ),
    ),
    Setting(
        key="target_triage",
        default=Target(4, "hours"),
        kind="target",
        label="Objectif du tri",
        help="De l’envoi à la décision de tri ou à la prise en charge. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_take",
        default=Target(1, "days"),
        kind="target",
        label="Objectif de prise en charge",
        help="De l’envoi à la prise en charge. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_answer",
        default=Target(2, "days"),
        kind="target",
        label="Objectif de réponse",
        help="De l’envoi à la réponse, sans l’attente du CDAS. Par analogie avec l’indicateur 27 de la COG.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_forwarding",
        default=Target(2, "days"),
        kind="target",
        label="Objectif : transmission d’une co-intervention ou d’un relais",
        help="De l’envoi à la première transmission. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_first_exchange",
        default=Target(10, "days"),
        kind="target",
        label="Objectif : premier échange sur une co-intervention ou un relais",
        help="De la transmission au premier échange daté. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_call_back",
        default=Target(2, "days"),
        kind="target",
        label="Objectif : rappel d’une demande de rendez-vous",
        help="De la demande au premier appel noté. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_offer",
        default=Target(7, "days"),
        kind="target",
        label="Objectif : offre d’un premier rendez-vous",
        help="De la demande à l’offre (circulaire 2014-018, fiche 3). Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_emergency_take",
        default=Target(4, "hours"),
        kind="target",
        label="Objectif : prise en charge d’une urgence sociale",
        help="De l’envoi à la prise en charge. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_feedback",
        default=Target(10, "days"),
        kind="target",
        label="Objectif : retour sur une fiche d’orientation",
        help="De la transmission au retour « justifiée » ou « injustifiée ». Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_reception",
        default=Target(4, "hours"),
        kind="target",
        label="Objectif : réception d’une information protection de l’enfance",
        help="De la transmission à la réception par le CDAS. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_assessment",
        default=Target(5, "days"),
        kind="target",
        label="Objectif : suites d’une information protection de l’enfance",
        help="De la réception aux suites décidées. Exemples : 4 heures, 2 jours.",
        rule="R-CLK-3",
        versioned=True,
    ),
    Setting(
        key="target_meeting",
        default=Target(7, "days"),
        kind="target",
        label="Objectif : fixation d’un rendez-vous des droits",
        help="De la demande au rendez-vous fixé, par analogie avec l’offre d’un rendez-vous. "
        "Exemples : 4 heures, 2 jours.",
        rule="R-RD",
        versioned=True,
    ),
    Setting(
        key="target_rights_check",
        default=Target(10, "days"),
        kind="target",
        label="Objectif : vérification des droits après un rendez-vous des droits",
        help="À partir du jour où les trois mois sont écoulés. Exemples : 4 heures, 2 jours.",
        rule="R-RD",
        versioned=True,
    ),
    Setting(
        key="waiting_reminder_first_days",
        default=3,
        kind="int",
        label="Premier rappel au CDAS dont la réponse est attendue",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=_BUSINESS_DAYS,
    ),
    Setting(
        key="waiting_reminder_second_days",
        default=8,
        kind="int",
        label="Second rappel au CDAS dont la réponse est attendue",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=_BUSINESS_DAYS,
    ),
    Setting(
        key="answer_after_waiting_days",
        default=8,
        kind="int",
        label="La Caf peut répondre sans la réponse du CDAS après",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=_BUSINESS_DAYS,
    ),
    Setting(
        key="auto_close_days",
        default=10,
        kind="int",
        label="Clôture automatique d’une réponse sans accusé de réception après",
        help="En jours ouvrés après la réponse.",
        rule="R-CLK-1",
        unit=_BUSINESS_DAYS,
    ),
    Setting(
        key="reopen_days",
        default=30,
        kind="int",
        label="Une demande peut être rouverte pendant",
        help="En jours du calendrier.",
        rule="R-IND-I-9",
        unit=_DAYS,
    ),
    Setting(
        key="contest_days",
        default=10,
        kind="int",
        label="Une seconde lecture peut être demandée pendant",
        help="En jours ouvrés après le refus.",
        rule="R-UD-8",
        unit=_BUSINESS_DAYS,
    ),
    Setting(
        key="draft_days",
        default=30,
        kind="int",
        label="Un brouillon est gardé pendant",
        help="En jours du calendrier ; il est ensuite supprimé.",
        rule="R-DP-6",
        unit=_DAYS,
    ),
    Setting(
        key="retention_on",
        default=False,
        kind="bool",
        label="Relais archive et élimine pour de bon",
        help="Sinon, Relais montre seulement ce qui partirait, et ne change rien.",
        rule="R-DP-6",
    ),
    *_retention(),
    Setting(
        key="archive_months",
        default=12,
        kind="int",
        label="Une demande archivée attend avant d’être proposée à l’élimination",
        help="En mois après son archivage. 0 : dès la liste suivante.",
        rule="R-DP-6",
        unit=_MONTHS,
        lowest=0,
        highest=24,
    ),
    Setting(
        key="archive_opening_hours",
        default=4,
        kind="int",
        label="Une demande archivée reste ouverte à qui a dit pourquoi pendant",
        help="En heures, en lecture seule.",
        rule="R-DP-6",
        unit=("heure", "heures"),
        highest=24,
    ),
    Setting(
        key="access_log_months",
        default=12,
        kind="int",
        label="Le journal des consultations est gardé pendant",
        help="En mois ; il est ensuite effacé.",
        rule="R-DP-4",
        unit=_MONTHS,
        lowest=6,
        highest=36,
    ),
    Setting(
        key="reminder_percent",
        default=75,
        kind="percent_or_none",
        label="Le service est prévenu avant l’échéance, à",
        help="En pour cent du délai écoulé. Vide : pas de rappel avant l’échéance.",
        rule="R-CLK-4",
    ),
    Setting(
        key="last_resort_address",
        default=None,
        kind="email_or_none",
        label="Adresse prévenue en dernier recours d’un délai dépassé",
        help="Quand ni la personne responsable du service ni sa remplaçante ne sont là. Vide : l’administration.",
        rule="R-CLK-4",
    ),
    Setting(
        key="unreachable_after_calls",
        default=3,
        kind="int",
        label="Une personne est dite injoignable après",
        help="En appels sans réponse à la suite ; la demande de rendez-vous peut alors être close.",
        rule="R-RV",
        unit=("appel", "appels"),
    ),
    Setting(
        key="reads_per_hour",
        default=60,
        kind="int",
        label="Demandes qu’un compte ouvre en une heure avant l’arrêt",
        help="Au-delà, les lectures du compte s’arrêtent une heure et son responsable est prévenu.",
        rule="R-DP-4",
        unit=_TICKETS,
        highest=10_000,
    ),
    Setting(
        key="reads_per_day",
        default=200,
        kind="int",
        label="Demandes qu’un compte ouvre en un jour avant l’arrêt",
        help="Au-delà, les lectures du compte s’arrêtent jusqu’au lendemain et son responsable est prévenu.",
        rule="R-DP-4",
        unit=_TICKETS,
        highest=10_000,
    ),
    Setting(
        key="exports_per_day",
        default=20,
        kind="int",
        label="Listes qu’un compte emporte en un jour avant l’arrêt",
        help="Au-delà, les lectures du compte s’arrêtent jusqu’au lendemain et son responsable est prévenu.",
        rule="R-DP-4",
        unit=("liste", "listes"),
    ),
    Setting(
        key="line_number",
        default="02 00 00 00 00 (numéro inventé)",
        kind="text",
        label="Numéro de la ligne directe",
        help="Montré aux seuls comptes des CDAS et de la Caf.",
        rule="R-UD-3",
    ),
    Setting(
        key="crip_contact",
        default="02 00 00 00 01 (numéro inventé)",
        kind="text",
        label="Contact de la CRIP du Département",
        help="Montré à la place de Relais pour une information préoccupante (CASF L.226-2-1).",
        rule="R-PE-3",
    ),
    Setting(
        key="caf_contact_url",
        default="https://wwwd.caf.fr/wps/portal/caffr/macaf/contactermacaf",
        kind="url",
        label="Adresse des voies de contact ordinaires de la Caf",
        help="Donnée à la place d’une demande qui n’est pas une urgence définie.",
        rule="R-UD-5",
    ),
    Setting(
        key="cdap_url",
        default="https://www.caf.fr/partenaires",
        kind="url",
        label="Adresse de CDAP Mon Compte Partenaire",
        help="Pour consulter un dossier avant de solliciter la Caf.",
        rule="R-UD-4",
    ),
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
        unit=_MONTHS,
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

BY_KEY: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in SETTINGS})
