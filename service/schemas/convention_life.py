"""The forms of the life of the convention: actions, notices and their lists, local meetings, CDAP practice, Cnaf."""

import re
from datetime import date
from typing import Any

from marshmallow import fields, validate

from service.schemas.fields import Choice, Choices, Day, Input, Text
from service.workflows import prose
from service.workflows.announcements import ANNOUNCERS, GROUPS
from service.workflows.awareness import ACTION_KINDS, AUDIENCES
from service.workflows.cdap_practice import LONGEST
from service.workflows.cnaf import STATUSES, TOPICS
from service.workflows.local_meetings import MEETING_KINDS

_CODE = re.compile(r"[a-z0-9-]{1,40}")
_KNOWN_DAYS = validate.Range(
    date(2015, 1, 1), date(2100, 12, 31), error="Choisissez un jour entre 2015 et 2100."
)
_NOT_LISTED: dict[str, Any] = {
    "invalid_uuid": "Choisissez dans la liste.",
    "required": "Cette réponse manque.",
}
_MOST_PEOPLE = 5000
_NUMBER: dict[str, Any] = {
    "invalid": "Écrivez un nombre entier.",
    "required": "Cette réponse manque.",
}
_EMAIL = validate.Regexp(
    r"[^\s@<>\"',;]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+\Z",
    error="Indiquez une adresse de courriel : « prenom.nom@structure.example ».",
)
_NO_PERSON = "Jamais rien sur une personne accompagnée."


class UnitCodes(Choices):
    """Codes of units, ticked; which of them exist is looked up where they are used."""

    def __init__(self, **options: Any) -> None:
        super().__init__((), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list) or not all(
            isinstance(code, str) and _CODE.fullmatch(code) for code in chosen
        ):
            raise self.make_error("invalid")
        return sorted(set(chosen))


class ActionForm(Input):
    """An awareness action or a CDAP workshop that was held."""

    kind = Choice(
        ACTION_KINDS,
        required=True,
        metadata={"label": "Quelle action ?", "widget": "choices", "choices": list(ACTION_KINDS.items())},
    )
    held_on = Day(required=True, validate=_KNOWN_DAYS, metadata={"label": "Tenue le"})
    cdas_code = Text(
        maximum=40, metadata={"label": "Dans un CDAS", "widget": "select", "from": "cdas", "width": "full"}
    )
    place = Text(
        maximum=160,
        metadata={"label": "Ou ailleurs : le lieu", "hint": "Par exemple : siège de la Caf, salle 2."},
    )
    audience = Choices(
        AUDIENCES,
        required=True,
        validate=validate.Length(1, error="Cochez au moins un public."),
        metadata={"label": "Pour qui ?", "widget": "checkboxes", "choices": list(AUDIENCES.items())},
    )
    participants = fields.Integer(
        required=True,
        error_messages=_NUMBER,
        validate=validate.Range(0, _MOST_PEOPLE, error=f"De 0 à {_MOST_PEOPLE}."),
        metadata={"label": "Nombre de participants", "inputmode": "numeric"},
    )
    organised_by = Text(
        required=True,
        maximum=40,
        metadata={"label": "Organisée par", "widget": "select", "from": "organisers", "width": "full"},
    )


class AnnouncementForm(Input):
    """A notice to publish; its files come beside it."""

    kind_id = fields.UUID(
        required=True,
        error_messages=_NOT_LISTED,
        metadata={"label": "Type d’information", "widget": "select", "from": "kinds", "width": "full"},
    )
    title = Text(
        required=True,
        maximum=160,
        metadata={"label": "Titre", "hint": f"Il part par courriel. {_NO_PERSON}"},
    )
    body = Text(required=True, metadata={"label": "Texte", "widget": "textarea", "hint": prose.HINT})
    takes_effect_on = Day(required=True, validate=_KNOWN_DAYS, metadata={"label": "Date d’effet"})
    ends_on = Day(
        validate=_KNOWN_DAYS,
        metadata={"label": "Dernier jour", "hint": "Si cette information a une fin."},
    )
    groups = Choices(
        GROUPS,
        metadata={
            "label": "À qui ?",
            "needed": True,
            "widget": "checkboxes",
            "choices": [(code, label) for code, (label, _) in GROUPS.items()],
        },
    )
    units = UnitCodes(metadata={"label": "CDAS choisis", "widget": "checkboxes", "from": "cdas"})
    to_asip = fields.Boolean(
        metadata={
            "label": "L’envoyer aussi aux acteurs de l’ASIP",
            "hint": "Pour des droits nouveaux ou modifiés : titre et texte, par courriel, à toute la liste.",
            "widget": "checkbox",
        }
    )


class KindForm(Input):
    """A type of information: who announces it, to whom, how."""

    label = Text(required=True, maximum=120, metadata={"label": "Type d’information"})
    announced_by = Choice(
        ANNOUNCERS,
        required=True,
        metadata={"label": "Qui l’annonce ?", "widget": "choices", "choices": list(ANNOUNCERS.items())},
    )
    caf_referent = Text(
        required=True,
        maximum=120,
        metadata={"label": "Interlocuteur référent à la Caf", "hint": "Nom et fonction."},
    )
    caf_email = Text(
        maximum=254, validate=[_EMAIL], metadata={"label": "Son adresse à la Caf", "widget": "email"}
    )
    departement_referent = Text(
        required=True,
        maximum=120,
        metadata={"label": "Interlocuteur référent au Département", "hint": "Nom et fonction."},
    )
    departement_email = Text(
        maximum=254, validate=[_EMAIL], metadata={"label": "Son adresse au Département", "widget": "email"}
    )
    manner = Text(
        maximum=200,
        metadata={"label": "Comment, et combien de temps avant ?", "hint": "Ce dont vous êtes convenus."},
    )


class ContactForm(Input):
    """An actor of the ASIP."""

    name = Text(required=True, maximum=160, metadata={"label": "Structure"})
    email = Text(
        required=True, maximum=254, validate=[_EMAIL], metadata={"label": "Adresse", "widget": "email"}
    )


class MeetingForm(Input):
    """A local meeting or governance body that was held."""

    kind = Choice(
        MEETING_KINDS,
        required=True,
        metadata={"label": "Quelle rencontre ?", "widget": "choices", "choices": list(MEETING_KINDS.items())},
    )
    held_on = Day(required=True, validate=_KNOWN_DAYS, metadata={"label": "Tenue le"})
    where = Text(
        required=True,
        maximum=170,
        metadata={"label": "Territoire", "widget": "select", "from": "territories", "width": "full"},
    )
    subject = Text(maximum=200, metadata={"label": "Objet"})
    for_departement = Text(
        maximum=1000,
        metadata={
            "label": "Présents pour le Département",
            "widget": "textarea",
            "hint": "Des professionnels, un par ligne.",
        },
    )
    for_caf = Text(
        maximum=1000,
        metadata={
            "label": "Présents pour la Caf",
            "widget": "textarea",
            "hint": f"Des professionnels, un par ligne. {_NO_PERSON}",
        },
    )


class PracticeForm(Input):
    """The good practices for CDAP."""

    body = Text(
        required=True, maximum=LONGEST, metadata={"label": "Texte", "widget": "textarea", "hint": prose.HINT}
    )


class CnafForm(Input):
    """A request to the Cnaf."""

    topic = Choice(
        TOPICS,
        required=True,
        metadata={"label": "Sur quoi ?", "widget": "choices", "choices": list(TOPICS.items())},
    )
    title = Text(required=True, maximum=160, metadata={"label": "Demande, en une phrase"})
    body = Text(
        maximum=4000,
        metadata={"label": "Ce qui manque aujourd’hui", "widget": "textarea", "hint": _NO_PERSON},
    )


class FollowForm(Input):
    """What became of a request to the Cnaf."""

    status = Choice(
        STATUSES,
        required=True,
        metadata={"label": "Où en est-elle ?", "widget": "choices", "from": "following"},
    )
    happened_on = Day(required=True, validate=_KNOWN_DAYS, metadata={"label": "Depuis le"})
    note = Text(maximum=1000, metadata={"label": "Réponse ou précision", "widget": "textarea"})
