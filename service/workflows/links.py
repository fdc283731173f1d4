"""Why one ticket was made from another: the code, and how each of the two says it in French."""

from collections.abc import Mapping

WHY: Mapping[str, tuple[str, str]] = {
    "appointment_of_emergency": (
        "Demande de rendez-vous faite de cette urgence",
        "Faite de l’urgence sociale",
    ),
    "handover_of_co_intervention": (
        "Passage de relais préparé à la fin de cette co-intervention",
        "Préparé à la fin de la co-intervention",
    ),
    "redirected": ("Réorientée vers", "Réorientée depuis"),
    "co_intervention_instead": ("Co-intervention proposée à la place", "Proposée à la place du relais"),
    "need_revealed": ("Besoin d’accompagnement révélé par cette demande", "Besoin révélé par"),
    "rights_to_review": ("Rendez-vous des droits demandé depuis cette demande", "Demandé depuis"),
}
"""By code: on the ticket it comes from, on the ticket that was made."""
