"""What is asked of the Cnaf about CDAP (I.2, R-GO-8): on what, where a request stands, what may follow."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

TOPICS: Mapping[str, str] = MappingProxyType(
    {"profiles": "Profils : qui a accès à CDAP", "content": "Contenu : ce que CDAP montre"}
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "to_write": "À rédiger",
        "sent": "Transmise",
        "answered": "Répondue",
        "no_follow_up": "Sans suite",
    }
)
FOLLOWING: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "to_write": ("sent", "no_follow_up"),
        "sent": ("answered", "no_follow_up"),
        "answered": (),
        "no_follow_up": (),
    }
)
"""What may come after each status; nothing does after an answer, nor once it is left."""
