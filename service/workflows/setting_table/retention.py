"""How long requests and the log of readings are kept (R-DP-6)."""

from collections.abc import Mapping
from types import MappingProxyType

from service.workflows.setting_table.row import MONTHS, Setting

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
            unit=MONTHS,
            lowest=6,
            highest=LONGEST_RETENTION,
        )
        for kind, (named, months) in RETENTION.items()
    )


KEPT: tuple[Setting, ...] = (
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
        unit=MONTHS,
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
        unit=MONTHS,
        lowest=6,
        highest=36,
    ),
)
