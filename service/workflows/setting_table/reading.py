"""How much one account reads or takes away before it is stopped (R-DP-4)."""

from service.workflows.setting_table.row import TICKETS, Setting

READING: tuple[Setting, ...] = (
    Setting(
        key="reads_per_hour",
        default=60,
        kind="int",
        label="Demandes qu’un compte ouvre en une heure avant l’arrêt",
        help="Au-delà, les lectures du compte s’arrêtent une heure et son responsable est prévenu.",
        rule="R-DP-4",
        unit=TICKETS,
        highest=10_000,
    ),
    Setting(
        key="reads_per_day",
        default=200,
        kind="int",
        label="Demandes qu’un compte ouvre en un jour avant l’arrêt",
        help="Au-delà, les lectures du compte s’arrêtent jusqu’au lendemain et son responsable est prévenu.",
        rule="R-DP-4",
        unit=TICKETS,
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
)
