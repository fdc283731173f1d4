"""The forms of the meetings. No field is named twice: they stand together on one page."""

import re

from marshmallow import validate

from service.models.meeting import LONGEST_COMMENT, LONGEST_LINE, LONGEST_QUESTION, LONGEST_RECORD
from service.models.remark import LONGEST_REMARK
from service.schemas.fields import Choice, Day, Input, Text
from service.workflows.meetings import HEADINGS, KIND_LABELS, THEMES

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_NO_NAME = "Ni nom, ni matricule, ni numéro de sécurité sociale : les deux institutions lisent ce texte."
_NOBODY = (
    "1 000 caractères au plus. Ni nom, ni matricule, ni numéro de sécurité sociale : pas de cas personnel."
)


def _hour() -> Text:
    return Text(
        required=True,
        maximum=5,
        validate=[validate.Regexp(_HOUR, error="Écrivez l’heure comme 09:30.")],
        metadata={"label": "Heure", "widget": "time"},
    )


class Moved(Input):
    """Day, hour and place."""

    held_on = Day(required=True, metadata={"label": "Jour"})
    starts_at = _hour()
    place = Text(
        required=True,
        maximum=160,
        metadata={"label": "Lieu", "hint": "Une salle et son adresse, ou le lien de la visioconférence."},
    )


class Planned(Moved):
    """A new meeting."""

    kind = Choice(
        KIND_LABELS,
        required=True,
        metadata={
            "label": "Quelle réunion ?",
            "widget": "choices",
            "choices": [(kind.value, label) for kind, label in KIND_LABELS.items()],
        },
    )
    about_on = Day(
        metadata={
            "label": "Un jour du mois, ou de l’année, dont il s’agit",
            "hint": "Pour la réunion technique de novembre : n’importe quel jour de novembre.",
            "shown_when": "kind=monthly|committee",
        }
    )
    reason = Text(
        maximum=LONGEST_RECORD,
        metadata={
            "label": "Pourquoi cette réunion ?",
            "hint": _NO_NAME,
            "widget": "textarea",
            "shown_when": "kind=particular",
        },
    )

    class Meta:
        """The order of the form."""

        fields = ("kind", "about_on", "reason", "held_on", "starts_at", "place")


class AddParticipant(Input):
    """Who takes part."""

    participant = Text(
        required=True,
        maximum=80,
        metadata={"label": "Service ou personne", "widget": "select", "from": "who"},
    )


class AddLine(Input):
    """A line of one's own on the agenda."""

    line = Text(
        required=True,
        maximum=LONGEST_LINE,
        metadata={"label": "Point à ajouter", "hint": _NO_NAME, "widget": "textarea"},
    )


class Recorded(Input):
    """A decision, or an action."""

    sort = Choice(
        ("decision", "action"),
        required=True,
        metadata={
            "label": "Que notez-vous ?",
            "widget": "choices",
            "choices": [("decision", "Une décision"), ("action", "Une action à faire")],
        },
    )
    said = Text(
        required=True,
        maximum=LONGEST_RECORD,
        metadata={"label": "En une phrase", "hint": _NO_NAME, "widget": "textarea"},
    )
    owner = Text(
        maximum=80,
        metadata={
            "label": "Qui s’en charge",
            "widget": "select",
            "from": "who",
            "shown_when": "sort=action",
        },
    )
    due_on = Day(metadata={"label": "Pour le", "shown_when": "sort=action"})


class Done(Input):
    """An action is done."""

    done_on = Day(required=True, metadata={"label": "Faite le"})
    note = Text(
        maximum=LONGEST_RECORD,
        metadata={"label": "Ce qui a été fait", "hint": _NO_NAME, "widget": "textarea"},
    )


Comments = Input.from_dict(
    {
        heading: Text(
            maximum=LONGEST_COMMENT, metadata={"label": label, "hint": _NO_NAME, "widget": "textarea"}
        )
        for heading, label in HEADINGS.items()
    },
    name="Comments",
)
"""What one institution says around the figures of the year."""


class Question(Input):
    """The question for the monthly technical meeting."""

    question = Text(
        required=True,
        maximum=LONGEST_QUESTION,
        metadata={
            "label": "Votre question à la réunion",
            "hint": f"300 caractères au plus. {_NO_NAME}",
            "widget": "textarea",
        },
    )


class RemarkForm(Input):
    """A remark from the field."""

    tone = Choice(
        ("works", "to_improve"),
        required=True,
        metadata={
            "label": "Est-ce que cela…",
            "widget": "choices",
            "choices": [("works", "Marche"), ("to_improve", "Est à améliorer")],
        },
    )
    theme = Choice(
        THEMES,
        required=True,
        metadata={"label": "À propos de quoi ?", "widget": "select", "choices": list(THEMES.items())},
    )
    text = Text(
        required=True,
        maximum=LONGEST_REMARK,
        metadata={
            "label": "Votre remarque",
            "hint": _NOBODY,
            "widget": "textarea",
        },
    )
