"""The forms of the concertations."""

import re

from marshmallow import validate

from service.schemas.fields import Day, Input, Text

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


class Planned(Input):
    """A dated session."""

    held_on = Day(required=True, metadata={"label": "Jour"})
    starts_at = Text(
        maximum=5,
        validate=[validate.Regexp(_HOUR, error="Écrivez l’heure comme 09:30.")],
        metadata={"label": "Heure", "widget": "time"},
    )
    place = Text(maximum=120, metadata={"label": "Lieu"})


class Enlist(Input):
    """A request that waits for a date."""

    reference = Text(
        required=True,
        maximum=16,
        metadata={"label": "Situation à inscrire", "widget": "select", "from": "waiting"},
    )
