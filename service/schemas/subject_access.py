"""What is typed to answer somebody about their data, and to correct it (R-DP-9)."""

from marshmallow import ValidationError, fields, validates_schema

from service.schemas.fields import Choice, Day, Input, Matricule, Text
from service.workflows.subject_access import IDENTITY

_NAME = 80


class SubjectForm(Input):
    """Who asks, and how their letter is filed. Name and birth date always: a file number is a whole household's."""

    last_name = Text(maximum=_NAME, required=True, metadata={"label": "Nom"})
    first_name = Text(maximum=_NAME, required=True, metadata={"label": "Prénom"})
    birth_date = Day(
        required=True,
        metadata={"label": "Date de naissance", "hint": "Celle de la pièce d’identité que vous avez vue."},
    )
    matricule = Matricule(
        allow_none=True,
        metadata={"label": "Matricule Caf", "inputmode": "numeric", "width": "short"},
    )
    received_on = Day(required=True, metadata={"label": "Demande reçue le"})
    written_reference = Text(
        maximum=200,
        required=True,
        metadata={
            "label": "Référence du courrier",
            "hint": "Elle dit pourquoi vous cherchez. Exemple : courrier du 12 novembre, enregistré sous le n° 418.",
        },
    )


class RectificationForm(Input):
    """One field of the identity, its right value, and on what it is known."""

    field = Choice(
        IDENTITY,
        required=True,
        metadata={"label": "Ce qui est faux", "widget": "choices", "choices": list(IDENTITY.items())},
    )
    last_name = Text(maximum=_NAME, metadata={"label": "Nom exact", "shown_when": "field=last_name"})
    first_name = Text(maximum=_NAME, metadata={"label": "Prénom exact", "shown_when": "field=first_name"})
    birth_date = Day(metadata={"label": "Date de naissance exacte", "shown_when": "field=birth_date"})
    matricule = Matricule(
        metadata={"label": "Matricule exact", "shown_when": "field=matricule", "inputmode": "numeric"}
    )
    reason = Text(
        maximum=300,
        required=True,
        metadata={"label": "Sur quelle pièce", "hint": "Exemple : carte d’identité vue le 12 novembre."},
    )

    @validates_schema
    def _value_given(self, data: dict[str, object], **_: object) -> None:
        field = str(data.get("field", ""))
        if field and field not in data:
            raise ValidationError("Écrivez la valeur exacte.", field)


class ExtractForm(Input):
    """Which other tickets are the person's, and whose names are masked besides those of the household."""

    chosen = fields.List(fields.UUID(error_messages={"invalid_uuid": "Choisissez dans la liste."}))
    also_hidden = Text(
        maximum=500,
        metadata={
            "label": "Autres noms à masquer dans les textes",
            "hint": "Ceux de tiers que les textes nomment. Les personnes du même dossier Caf le sont déjà.",
        },
    )
    form = Choice(["pdf", "json"], required=True)
