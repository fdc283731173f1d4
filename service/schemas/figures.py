"""What « Statistiques » reads from its address and its one form."""

from marshmallow import fields, validate

from service.schemas.fields import Input


class ReportedForm(Input):
    """The messages without the keyword that stayed in CDAP in a month."""

    number = fields.Integer(
        required=True,
        validate=validate.Range(0, 100_000, error="Donnez un nombre de 0 à 100 000."),
        error_messages={
            "required": "Donnez le nombre de messages.",
            "invalid": "Donnez un nombre entier.",
            "null": "Donnez le nombre de messages.",
        },
        metadata={"label": "Messages sans mot-clé restés dans CDAP", "widget": "number", "min": 0},
    )
