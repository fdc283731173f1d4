"""The words of the inventory: what a column may be about, how long it is kept, and a table that says both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Nature(Enum):
    """What a column is about: its name in French, what it covers, and why it may stand unsealed.

    Without `in_clear` a column must be sealed, or its table says why it is not.
    """

    def __init__(self, label: str, covers: str, in_clear: str = "") -> None:
        self.label, self.covers, self.in_clear = label, covers, in_clear

    NOTHING = (
        "aucune donnée personnelle",
        "repère technique, liste publique, chiffre",
        "ne dit rien de personne",
    )
    PROSE = (
        "texte sans nom",
        "texte que la règle veut sans donnée personnelle",
        "la page le rappelle, et un numéro de sécurité sociale y est refusé",
    )
    AGENT = (
        "professionnel",
        "qui, des deux institutions, a fait quoi ; ses coordonnées de travail",
        "lu par tous ceux qui lisent la demande ; l’adresse sert à se connecter",
    )
    PARTNER = (
        "interlocuteur extérieur",
        "nom et coordonnées de travail d’un partenaire",
        "coordonnées professionnelles, lues par tout un service",
    )
    LOGIN = (
        "moyen de connexion",
        "mot de passe, lien, jeton, code, session",
        "empreinte à sens unique : elle ne permet pas d’entrer",
    )
    TRACE = (
        "trace",
        "ce qui est arrivé à une demande, et quand",
        "codes et dates : le nom de la personne n’y est jamais, et le tout est lu pour l’ordre et les délais",
    )
    IDENTITY = ("identité", "nom, date de naissance, matricule Caf d’un usager")
    CONTACT = ("coordonnées", "téléphone, adresse, lieu de rencontre d’un usager")
    SITUATION = (
        "situation sociale, en codes",
        "prestation, motif, dates, réponses par oui ou par non",
        "codes, dates et nombres que les règles et les chiffres lisent ; l’identité, elle, est scellée",
    )
    TOLD = ("récit", "ce que les professionnels écrivent d’une situation")
    CHILD_PROTECTION = (
        "protection de l’enfance",
        "la trace datée qu’un CDAS a été informé, jamais les faits",
        "codes et dates d’une trace sans récit (R-PE-3) ; l’identité, elle, est scellée",
    )
    INTERNAL = ("note interne", "ce qu’une institution écrit pour elle seule")


class Kept(Enum):
    """How long a row is kept, as a sentence; the lengths themselves are Settings."""

    TICKET = (
        "comme la demande : le temps que disent les Réglages pour son type, depuis le dernier contact, puis "
        "l’archive intermédiaire, puis l’élimination (R-DP-6)"
    )
    CHAIN = (
        "les maillons du journal restent pour la preuve ; le contenu scellé et son sel s’effacent avec la demande "
        "(R-DP-6)"
    )
    DRAFT = "jusqu’à l’envoi ; sinon supprimé après le temps que disent les Réglages pour un brouillon"
    MESSAGE = "mis de côté : 30 jours ; sinon comme la demande qu’il a ouverte ou complétée (R-DP-6)"
    CALL = "comme une urgence définie, depuis l’appel (R-DP-6)"
    REGISTER = "comme une demande de relais, depuis la clôture de l’accompagnement (R-DP-6)"
    RIGHTS = "cinq ans après la réponse, pour prouver qu’elle a été donnée"
    ACCESS = (
        "le temps fixé par les deux institutions pour le journal des accès, douze mois par défaut (R-DP-4)"
    )
    ACCOUNT = "tant que l’agent est dans le service, puis tant qu’une demande gardée le nomme"
    LOGIN = "jusqu’à la fin de la session, du lien, du jeton ou du code ; les essais manqués, un jour"
    CONVENTION = "la durée de la convention et de ses bilans ; aucun usager n’y est nommé"
    PROOF = "sans limite, pour prouver ce qui a été éliminé : des références et des dates, aucun nom d’usager"
    FIGURES = "sans limite : des nombres qui ne nomment personne et ne changent plus"
    MACHINE = "tant que cela sert à la marche du service"


@dataclass(frozen=True)
class Table:
    """Why a table is kept and for how long; its columns by nature; the reasons of those that stand unsealed."""

    purpose: str
    kept: Kept
    columns: Mapping[Nature, tuple[str, ...]]
    in_clear: Mapping[str, str] = field(default_factory=dict)

    def nature_of(self, column: str) -> Nature | None:
        """The nature under which the column is listed; None when it is not."""
        return next((nature for nature, names in self.columns.items() if column in names), None)


def held(purpose: str, kept: Kept, in_clear: Mapping[str, str] | None = None, **columns: str) -> Table:
    """A table; each keyword is a nature in lower case, its value the names of columns, separated by spaces."""
    by_nature = {Nature[nature.upper()]: tuple(names.split()) for nature, names in columns.items()}
    return Table(purpose, kept, by_nature, in_clear or {})
