"""Who is told before it is too late, and when a person is called out of reach."""

from service.workflows.setting_table.row import Setting

ALERTS: tuple[Setting, ...] = (
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
)
