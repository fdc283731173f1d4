"""The forms of « Mes listes »: a name, and for whom."""

from marshmallow import fields

from service.schemas.fields import Input, Text

HINT = "Pour la retrouver, sans nom de personne ni numéro."


class NameList(Input):
    """The name of a list that is kept."""

    name = Text(
        required=True, maximum=60, metadata={"label": "Nom de la liste", "hint": HINT, "width": "medium"}
    )


class ShareList(NameList):
    """The same by who may keep it for their whole unit."""

    for_unit = fields.Boolean(
        load_default=False,
        metadata={"label": "Pour tout mon service", "widget": "checkbox"},
    )
