"""One row of the table of Settings, and what its columns may hold."""

from dataclasses import dataclass
from typing import Literal

from service.workflows.deadlines import Target

Kind = Literal[
    "bool", "int", "choice", "text", "url", "target", "percent_or_none", "email_or_none", "day_or_none"
]
Value = bool | int | str | Target | None

TO_FILL = "à compléter par l’administration"
"""What a page says where the institutions have not yet said it."""
BUSINESS_DAYS = ("jour ouvré", "jours ouvrés")
DAYS = ("jour", "jours")
MONTHS = ("mois", "mois")
TICKETS = ("demande", "demandes")


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
