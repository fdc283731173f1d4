"""Awareness actions and CDAP workshops (R-GO-4): their kinds, their audience, the indicator that counts each."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

ACTION_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "asip": "Sensibilisation aux modalités de l’ASIP",
        "cdap_workshop": "Atelier de pratique de CDAP Mon Compte partenaire",
        "missions_departement": "Présentation des missions du service social départemental",
        "missions_caf": "Présentation des missions du service social de la Caf",
    }
)

INDICATOR_OF: Mapping[str, str] = MappingProxyType(
    {"asip": "I-12", "cdap_workshop": "I-12", "missions_departement": "II-7", "missions_caf": "II-7"}
)
"""Which indicator of the yearly review counts an action of that kind."""

AUDIENCES: Mapping[str, str] = MappingProxyType(
    {
        "caf_reception": "Conseillers de service à l’usager de la Caf",
        "caf_agents": "Gestionnaires conseil allocataires",
        "caf_social": "Service social de la Caf",
        "cdas_reception": "Accueil des CDAS",
        "cdas_teams": "Équipes sociales et médico-sociales des CDAS",
        "cdas_heads": "Responsables de CDAS",
        "partners": "Partenaires de l’ASIP (communes, CCAS, France services, associations)",
    }
)


def recorded_late(held_on: date, recorded_on: date) -> bool:
    """Whether it was recorded in a later month than it was held: that month’s figures had missed it (R-CLK-8)."""
    return (recorded_on.year, recorded_on.month) > (held_on.year, held_on.month)
