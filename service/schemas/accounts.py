"""The forms about people: invite, move, choose a password, make a token."""

from typing import Any

from marshmallow import fields, pre_load, validate

from service.schemas.fields import Input, Text

_EMAIL = r"[^@\s,;<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_LENGTH_HINT = "Au moins 15 caractères. Plusieurs mots et des espaces conviennent."
_MISSING: dict[str, Any] = {"required": "Cette réponse manque.", "null": "Cette réponse manque."}


class Email(Text):
    """An electronic address, in lower case."""

    def __init__(self, **options: Any) -> None:
        sentence = "Écrivez une adresse électronique, par exemple prenom.nom@service.fr."
        super().__init__(
            maximum=254, validate=[validate.Regexp(rf"(?:{_EMAIL})\Z", error=sentence)], **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).lower()


class Password(fields.String):
    """A secret, exactly as typed."""

    def __init__(self, label: str, name: str, **metadata: Any) -> None:
        said = {"label": label, "widget": "password", "width": "full", "autocomplete": name, **metadata}
        super().__init__(required=True, error_messages=_MISSING, metadata=said)


class AsTyped(Input):
    """A form whose values keep their spaces: a password may begin or end with one."""

    @pre_load
    def _strip(self, data: Any, **_: Any) -> Any:
        return {name: value or None for name, value in dict(data).items()}


class LogIn(AsTyped):
    """« Se connecter »."""

    email = Text(
        required=True,
        maximum=254,
        metadata={
            "label": "Adresse électronique professionnelle",
            "widget": "email",
            "width": "full",
            "autocomplete": "username",
        },
    )
    password = Password("Mot de passe", "current-password")


class GiveCode(Input):
    """The code asked after the password."""

    code = Text(
        required=True,
        maximum=40,
        metadata={
            "label": "Code",
            "hint": "Six chiffres, ou un code de secours.",
            "autocomplete": "one-time-code",
            "width": "short",
        },
    )


class EnrolCode(Input):
    """The first code of an application, which proves that it knows the secret."""

    code = Text(
        required=True,
        maximum=40,
        metadata={
            "label": "Code affiché par l’application",
            "hint": "Six chiffres, qui changent toutes les 30 secondes.",
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "width": "short",
        },
    )


class ProvePassword(AsTyped):
    """The password again, before a second factor is enrolled."""

    current_password = Password("Mot de passe", "current-password")


class ProveAgain(ProvePassword):
    """Password and code again, before one's second factor changes."""

    code = Text(
        required=True,
        maximum=40,
        metadata={
            "label": "Code du moment",
            "hint": "Celui de l’application, ou un code de secours.",
            "autocomplete": "one-time-code",
            "width": "short",
        },
    )


class GiveKey(Input):
    """What a key of the browser answers, as the browser writes it."""

    answer = Text(required=True, maximum=8000, metadata={"label": "Réponse de la clé", "widget": "hidden"})


class AddKey(ProveAgain):
    """A new key of the browser, under a name that its owner knows again."""

    label = Text(
        required=True,
        maximum=60,
        metadata={"label": "Nom de la clé", "hint": "« Ordinateur du bureau », « clé bleue »…"},
    )


class ChoosePassword(AsTyped):
    """The invited person's first password."""

    password = Password("Votre mot de passe", "new-password", hint=_LENGTH_HINT)


class ChangePassword(AsTyped):
    """One's own password replaced."""

    current_password = Password("Mot de passe actuel", "current-password")
    password = Password("Nouveau mot de passe", "new-password", hint=_LENGTH_HINT)


class MakeToken(Input):
    """A token for a program."""

    label = Text(
        required=True,
        maximum=80,
        metadata={
            "label": "À quoi servira-t-il ?",
            "hint": "Par exemple « export vers le tableau de bord ».",
        },
    )
    days = fields.Integer(
        required=True,
        error_messages={"invalid": "Choisissez dans la liste.", **_MISSING},
        metadata={"label": "Il cessera de fonctionner après", "widget": "choices", "from": "lifetimes"},
    )


class ConfirmedToken(AsTyped):
    """The password asked again before a token is made."""

    current_password = Password(
        "Votre mot de passe", "current-password", hint="Redemandé pour donner un accès de plus."
    )


class Move(Input):
    """Another unit or role."""

    unit = Text(required=True, maximum=40, metadata={"label": "Service", "widget": "select", "from": "units"})
    role = Text(required=True, maximum=20, metadata={"label": "Rôle", "widget": "select", "from": "roles"})


class Designate(Input):
    """For what a CDAS names one of its agents."""

    named = fields.Boolean(
        metadata={
            "label": "Désigné pour l’accueil ou les concertations",
            "hint": "Voit toutes les demandes sociales du CDAS.",
            "widget": "checkbox",
        }
    )
    deputy = fields.Boolean(
        metadata={
            "label": "Adjoint ou suppléant du responsable",
            "hint": "Voit et reçoit ce que voit et reçoit le responsable, en son absence ou avec lui.",
            "widget": "checkbox",
        }
    )


class Invite(Input):
    """Somebody new."""

    name = Text(
        required=True,
        maximum=120,
        metadata={
            "label": "Prénom et nom",
            "hint": "Tels que les partenaires les liront.",
            "autocomplete": "off",
        },
    )
    email = Email(
        required=True,
        metadata={
            "label": "Adresse électronique professionnelle",
            "hint": "Elle servira d’identifiant. Une adresse, un compte.",
            "widget": "email",
            "width": "full",
        },
    )
    unit = Text(required=True, maximum=40, metadata={"label": "Service", "widget": "select", "from": "units"})
    role = Text(required=True, maximum=20, metadata={"label": "Rôle", "widget": "select", "from": "roles"})
