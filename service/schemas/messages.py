"""The form that qualifies an incoming message: what it is, and the half-filled request beside it."""

from service.schemas.acts import Complete
from service.schemas.fields import Choice, Text
from service.workflows.qualification import Nature

REQUEST = f"nature={Nature.URGENT_RIGHTS}"


class Qualify(Complete):
    """`nature`; the fields of a request where one is made; the reference where it is joined to one."""

    nature = Choice(
        Nature,
        required=True,
        metadata={
            "label": "Qu’est-ce que ce message ?",
            "widget": "choices",
            "choices": [(nature.value, nature.label, nature.explanation) for nature in Nature],
        },
    )
    reference = Text(
        maximum=20,
        metadata={
            "label": "Référence de la demande",
            "hint": "Par exemple UD-4F7K-92QX.",
            "references": True,
            "shown_when": f"nature={Nature.ATTACHED}",
        },
    )
    text = Text(
        metadata={
            "label": "Ce que dit le message",
            "widget": "textarea",
            "hint": "Le CDAS et la Caf le liront. Sans numéro de sécurité sociale.",
            "shown_when": REQUEST,
            "optional": True,
        }
    )
