"""What an incoming message turns out to be, and why it waits for somebody to say so (workflows.md §1). Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Nature(StrEnum):
    """What somebody found a message to be; each is counted."""

    URGENT_RIGHTS = "urgent_rights"
    ATTACHED = "attached"
    ORDINARY = "ordinary"
    OTHER_SERVICE = "other_service"
    UNWANTED = "unwanted"
    AUTOMATIC = "automatic"

    @property
    def label(self) -> str:
        """What the form shows."""
        return _NATURES[self][0]

    @property
    def explanation(self) -> str:
        """What choosing it does."""
        return _NATURES[self][1]


_NATURES: Mapping[Nature, tuple[str, str]] = {
    Nature.URGENT_RIGHTS: (
        "Urgence définie",
        "Une demande s’ouvre, ses délais courent depuis la réception du message.",
    ),
    Nature.ATTACHED: ("Suite d’une demande connue", "Le message et ses fichiers rejoignent cette demande."),
    Nature.ORDINARY: (
        "Contact ordinaire de la Caf",
        "À traiter par les voies habituelles : rien ne s’ouvre ici.",
    ),
    Nature.OTHER_SERVICE: (
        "Une autre demande, ou un autre service",
        "Rendez-vous, relais… : ouvrez-la par « Que se passe-t-il ? ». Sinon, faites suivre depuis votre messagerie.",
    ),
    Nature.UNWANTED: ("Indésirable", "Publicité, erreur d’adresse."),
    Nature.AUTOMATIC: ("Réponse automatique", "Personne ne l’a écrit."),
}


class Waits(StrEnum):
    """Why a message that was read waits for somebody."""

    NO_KEYWORD = "no_keyword"
    STRANGER = "stranger"
    FROM_CAF = "from_caf"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """What the list shows."""
        return _WAITS[self]


_WAITS: Mapping[Waits, str] = {
    Waits.NO_KEYWORD: "sans les mots « URGENCE DEFINIE »",
    Waits.STRANGER: "cite une demande, expéditeur non reconnu pour elle",
    Waits.FROM_CAF: "cite une demande, envoyé par un service de la Caf",
    Waits.ENDED: "cite une demande terminée",
}


class LeftOver(StrEnum):
    """Why something of a message stands beside the ticket that it made or joined."""

    TOO_LARGE = "too_large"
    WORD_OF_CAF = "word_of_caf"
    CUT = "cut"

    @property
    def label(self) -> str:
        """What the list shows."""
        return _LEFT_OVER[self]


_LEFT_OVER: Mapping[LeftOver, str] = {
    LeftOver.TOO_LARGE: "trop volumineux : pièces jointes à reprendre dans l’original",
    LeftOver.WORD_OF_CAF: "mot d’un collègue de la Caf, non transmis au CDAS",
    LeftOver.CUT: "texte très long, coupé dans la demande",
}
