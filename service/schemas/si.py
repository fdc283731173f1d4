"""The forms of the register of the convention Caf, Cpam, SIAO (R-SI). None asks for anything about a person housed."""

from typing import Any, cast

from marshmallow import fields, validate

from service.schemas.fields import Choice, Choices, Day, Input, Text
from service.workflows import si

NO_NAME = "Jamais le nom d’une personne hébergée, ni sa situation (convention, art. 9)."
_NUMBER = "Écrivez un nombre entier, zéro compris."
_EMAIL = "Écrivez une adresse comme prenom.nom@service.example."


def _listed(labels: si.Labels, label: str, *, hint: str = "", required: bool = True) -> Choice:
    said = {
        "label": label,
        "hint": hint,
        "widget": "select",
        "width": "full",
        "choices": list(labels.items()),
    }
    return Choice(labels, required=required, metadata=said)


def _number(label: str, hint: str = "", **more: Any) -> fields.Integer:
    return fields.Integer(
        validate=validate.Range(0, 9_999, error=_NUMBER),
        error_messages={"invalid": _NUMBER},
        metadata={"label": label, "hint": hint, "inputmode": "numeric", **more},
    )


def _email() -> Text:
    return Text(
        maximum=254,
        validate=[validate.Email(error=_EMAIL)],
        metadata={"label": "Adresse électronique du service", "widget": "email"},
    )


def _telephone() -> Text:
    return Text(maximum=40, metadata={"label": "Téléphone du service", "widget": "tel"})


def _free(label: str, hint: str = NO_NAME) -> Text:
    return Text(maximum=4_000, metadata={"label": label, "hint": hint, "widget": "textarea"})


class Signed(Input):
    """A signed agreement."""

    caf = Text(required=True, maximum=160, metadata={"label": "Caisse d’allocations familiales"})
    cpam = Text(required=True, maximum=160, metadata={"label": "Caisse primaire d’assurance maladie"})
    siao = Text(
        required=True, maximum=160, metadata={"label": "Service intégré de l’accueil et de l’orientation"}
    )
    signed_on = Day(required=True, metadata={"label": "Signée le"})


class Ended(Input):
    """A party ends the agreement."""

    ended_by = _listed(si.PARTIES, "Qui y met fin ?")
    notice_on = Day(
        required=True,
        metadata={"label": "Courrier du", "hint": "Lettre recommandée avec avis de réception (art. 12.4)."},
    )
    ends_on = Day(required=True, metadata={"label": "Fin le"})


class Named(Input):
    """A referent, or somebody of a partner."""

    role = _listed(si.CONTACT_ROLES, "Pour qui ?", hint="Caf, Cpam et SIAO ont chacun un référent à la fois.")
    organisation = Text(maximum=160, metadata={"label": "Organisme", "hint": "Pour un partenaire : lequel."})
    name = Text(required=True, maximum=120, metadata={"label": "Nom du professionnel"})
    email = _email()
    telephone = _telephone()
    starts_on = Day(required=True, metadata={"label": "Depuis le"})


class Structure(Input):
    """A line of the SIAO's list."""

    name = Text(required=True, maximum=120, metadata={"label": "Nom de la structure"})
    shelter = _listed(si.SHELTERS, "Sorte")
    address = Text(maximum=200, metadata={"label": "Adresse", "hint": "Vide si elle est confidentielle."})
    commune_insee = fields.String(
        required=True,
        error_messages={"required": "Cette réponse manque.", "invalid": "Choisissez dans la liste."},
        metadata={"label": "Commune", "widget": "select", "from": "communes"},
    )
    contact = Text(
        maximum=120, metadata={"label": "À qui s’adresser", "hint": "Un professionnel de la structure."}
    )
    email = _email()
    telephone = _telephone()
    places = _number("Places ouvertes", "Vide : le SIAO ne le dit pas.")
    profiles = Choices(
        si.PROFILES,
        metadata={
            "label": "Personnes accueillies",
            "widget": "checkboxes",
            "choices": list(si.PROFILES.items()),
        },
    )
    social_workers = Choice(
        si.YES_NO,
        metadata={
            "label": "Travailleurs sociaux sur place",
            "widget": "select",
            "choices": list(si.YES_NO.items()),
        },
    )
    opened_on = Day(required=True, metadata={"label": "Ouverte depuis le"})
    closed_on = Day(metadata={"label": "Fermée à partir du", "hint": "Vide tant qu’elle est ouverte."})


class Refreshed(Input):
    """The list came."""

    received_on = Day(required=True, metadata={"label": "Liste reçue du SIAO le"})
    ddets_told = Choice(
        si.YES_NO,
        required=True,
        metadata={
            "label": "Le SIAO en a informé la DDETS",
            "widget": "choices",
            "choices": list(si.YES_NO.items()),
        },
    )


class Prioritised(Input):
    """A joint priority."""

    priority = _listed(si.PRIORITIES, "Priorité commune", hint="Sans réponse : aucune.", required=False)
    priority_reason = _free("Pourquoi", "Moyens, nombre et profils des personnes accueillies. " + NO_NAME)


class Agreed(Input):
    """What a structure wishes, and the terms."""

    wish = _listed(si.WISHES, "La structure", required=False)
    terms = _free(
        "Modalités convenues", "Lieu, jours, place des travailleurs sociaux de la structure. " + NO_NAME
    )
    interpreter = _listed(si.INTERPRETERS, "Interprète", required=False)
    terms_on = Day(metadata={"label": "Convenues le"})


class _Action(Input):
    structure_id = fields.UUID(
        required=True,
        error_messages={"required": "Cette réponse manque.", "invalid_uuid": "Choisissez dans la liste."},
        metadata={"label": "Structure", "widget": "select", "from": "structures", "width": "full"},
    )
    held_on = Day(required=True, metadata={"label": "Jour", "hint": "Passé, ou à venir si elle est prévue."})
    kind = _listed(si.ACTION_KINDS, "Sorte d’action")
    team = Choice(
        si.TEAMS,
        required=True,
        metadata={
            "label": "Qui s’est déplacé ou a appelé",
            "widget": "choices",
            "choices": list(si.TEAMS.items()),
        },
    )
    files = _number(
        "Dossiers identifiés par la structure",
        "Leur nombre, sans aucun nom.",
        shown_when="kind=punctual",
    )
    people_met = _number("Personnes rencontrées", "Vide tant que l’action n’a pas eu lieu.")


RIGHT_FIELDS = {f"right_{code}": _number(label) for code, label in si.RIGHTS.items()}
"""One number for each kind of right that the Caf opens; empty is none."""

Action = cast("type[Input]", _Action.from_dict(dict(RIGHT_FIELDS), name="Action"))


class Meeting(Input):
    """A committee or a meeting of exchanges."""

    kind = _listed(si.MEETINGS, "Réunion")
    held_on = Day(required=True, metadata={"label": "Tenue le"})
    present = Choices(
        si.PRESENT,
        required=True,
        metadata={"label": "Présents", "widget": "checkboxes", "choices": list(si.PRESENT.items())},
    )
    decisions = _free("Décisions")


class Evaluation(Input):
    """The qualitative part of a year (art. 7)."""

    difficulties = _free("Difficultés rencontrées")
    good_practices = _free("Bonnes pratiques")
    proposals = _free("Évolutions proposées")
    objectives = _free("Objectifs de l’année suivante")
