"""What is urgent, and the way by which it comes."""

from service.workflows.setting_table.row import Setting
from service.workflows.urgency import MonthsFrom

URGENCY: tuple[Setting, ...] = (
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
)
