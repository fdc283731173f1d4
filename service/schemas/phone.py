"""The telephone of the person and what hides it, as three forms ask for it and as it is asked to be shown."""

from marshmallow import fields, validate

from service.schemas.fields import Input, Text

SHORTEST_REASON = 20
TOO_SHORT = f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins."


def phone_protected() -> fields.Boolean:
    """« Ce numéro est à protéger » (R-DP-8)."""
    return fields.Boolean(
        allow_none=True,
        error_messages={"invalid": "Répondez par oui ou par non."},
        metadata={
            "label": "Ce numéro est à protéger",
            "hint": "Il ne s’affiche plus que sur demande motivée, et ne s’imprime jamais (R-DP-8).",
            "widget": "checkbox",
        },
    )


def reason(label: str, hint: str = "") -> Text:
    """A written reason of some length, without which nothing opens."""
    return Text(
        required=True,
        maximum=500,
        validate=[validate.Length(min=SHORTEST_REASON, error=TOO_SHORT)],
        metadata={
            "label": label,
            "hint": f"{SHORTEST_REASON} caractères au moins. {hint}".strip(),
            "widget": "textarea",
        },
    )


class ShowPhone(Input):
    """Why a protected telephone is needed now."""

    reason = reason(
        "Pourquoi en avez-vous besoin ?", "Le motif, votre nom et l’heure sont inscrits au journal."
    )
