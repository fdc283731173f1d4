"""Reminders, and for how long something may still be done."""

from service.workflows.setting_table.row import BUSINESS_DAYS, DAYS, Setting

DELAYS: tuple[Setting, ...] = (
    Setting(
        key="waiting_reminder_first_days",
        default=3,
        kind="int",
        label="Premier rappel au CDAS dont la réponse est attendue",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=BUSINESS_DAYS,
    ),
    Setting(
        key="waiting_reminder_second_days",
        default=8,
        kind="int",
        label="Second rappel au CDAS dont la réponse est attendue",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=BUSINESS_DAYS,
    ),
    Setting(
        key="answer_after_waiting_days",
        default=8,
        kind="int",
        label="La Caf peut répondre sans la réponse du CDAS après",
        help="En jours ouvrés d’attente.",
        rule="R-CLK-3",
        unit=BUSINESS_DAYS,
    ),
    Setting(
        key="auto_close_days",
        default=10,
        kind="int",
        label="Clôture automatique d’une réponse sans accusé de réception après",
        help="En jours ouvrés après la réponse.",
        rule="R-CLK-1",
        unit=BUSINESS_DAYS,
    ),
    Setting(
        key="reopen_days",
        default=30,
        kind="int",
        label="Une demande peut être rouverte pendant",
        help="En jours du calendrier.",
        rule="R-IND-I-9",
        unit=DAYS,
    ),
    Setting(
        key="contest_days",
        default=10,
        kind="int",
        label="Une seconde lecture peut être demandée pendant",
        help="En jours ouvrés après le refus.",
        rule="R-UD-8",
        unit=BUSINESS_DAYS,
    ),
    Setting(
        key="draft_days",
        default=30,
        kind="int",
        label="Un brouillon est gardé pendant",
        help="En jours du calendrier ; il est ensuite supprimé.",
        rule="R-DP-6",
        unit=DAYS,
    ),
)
