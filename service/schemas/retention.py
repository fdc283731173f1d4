"""The forms of « Conservation »: opening an archived request, and the visa of an elimination list (R-DP-6)."""

from marshmallow import validate

from service.models.elimination import LONGEST_REASON, LONGEST_VISA, SHORTEST_REASON
from service.schemas.fields import Day, Input, Text


class OpenArchive(Input):
    """Which request, and why."""

    reference = Text(
        required=True,
        maximum=20,
        metadata={"label": "Référence de la demande", "hint": "Écrite comme UD-K9H1-XY10.", "width": "short"},
    )
    reason = Text(
        required=True,
        maximum=LONGEST_REASON,
        validate=[
            validate.Length(
                min=SHORTEST_REASON,
                error=f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins : cela reste noté.",
            )
        ],
        metadata={
            "label": "Pourquoi l’ouvrir ?",
            "widget": "textarea",
            "hint": f"{SHORTEST_REASON} caractères au moins. Ce motif reste noté, avec votre nom et l’heure.",
        },
    )


class Visa(Input):
    """What the Archives départementales answered."""

    visa_reference = Text(
        required=True,
        maximum=LONGEST_VISA,
        metadata={"label": "Référence du visa", "hint": "Celle du bordereau visé.", "width": "medium"},
    )
    visa_on = Day(required=True, metadata={"label": "Date du visa"})
