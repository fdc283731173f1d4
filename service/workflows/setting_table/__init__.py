"""The table of the trade's Settings: what an administrator changes without touching code, each with its rule.

`ours`: not in the convention, the screen says so. `versioned`: belongs to a dated version of it (R-CLK-7).
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.workflows.setting_table.about import ABOUT
from service.workflows.setting_table.alerts import ALERTS
from service.workflows.setting_table.contacts import CONTACTS
from service.workflows.setting_table.convention import CONVENTION
from service.workflows.setting_table.delays import DELAYS
from service.workflows.setting_table.reading import READING
from service.workflows.setting_table.retention import KEPT, LONGEST_RETENTION, RETENTION
from service.workflows.setting_table.row import TO_FILL, Kind, Setting, Value
from service.workflows.setting_table.targets import TARGETS
from service.workflows.setting_table.urgency import URGENCY

__all__ = [
    "BY_KEY",
    "LONGEST_RETENTION",
    "RETENTION",
    "SETTINGS",
    "TO_FILL",
    "Kind",
    "Setting",
    "Value",
]

SETTINGS: tuple[Setting, ...] = (
    *URGENCY,
    *TARGETS,
    *DELAYS,
    *KEPT,
    *ALERTS,
    *READING,
    *CONTACTS,
    *CONVENTION,
    *ABOUT,
)
"""In the order of the screen."""

BY_KEY: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in SETTINGS})
