"""Which service a request belongs to, from the reason given at first reception (R-OR-1, R-OR-2, R-OR-4, R-OR-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.workflows.routing import Referent
from service.workflows.scope import Verdict

Service = Literal["prestations", "cdas", "caf_social", "referent"]

_SERVICES: Mapping[Service, str] = {
    "prestations": "Service Prestations de la Caf",
    "cdas": "CDAS du domicile",
    "caf_social": "Service social de la Caf",
    "referent": "Travailleur social qui accompagne la personne",
}


class Reason(StrEnum):
    """The reasons of a first reception, by code; `label` is what the form shows."""

    DROITS_CAF = "droits_caf"
    AIDES_DEPARTEMENT = "aides_departement"
    ACCOMPAGNEMENT = "accompagnement"
    INSTRUCTION_FSL = "instruction_fsl"
    INSTRUCTION_SECOURS_URGENCE = "instruction_secours_urgence"
    INSTRUCTION_AUTRE = "instruction_autre"
    REMPLISSAGE_DOSSIER = "remplissage_dossier"

    @property
    def label(self) -> str:
        """What the form and the lists show."""
        return _LABELS[self]


_LABELS: Mapping[Reason, str] = {
    Reason.DROITS_CAF: "Droits et prestations de la Caf",
    Reason.AIDES_DEPARTEMENT: "Aides et domaines du Département",
    Reason.ACCOMPAGNEMENT: "Accompagnement social",
    Reason.INSTRUCTION_FSL: "Instruction d’un dossier FSL (fonds de solidarité pour le logement)",
    Reason.INSTRUCTION_SECOURS_URGENCE: "Instruction d’un secours d’urgence",
    Reason.INSTRUCTION_AUTRE: "Instruction d’une autre demande (relogement, aide financière…)",
    Reason.REMPLISSAGE_DOSSIER: "Aide pour remplir un dossier",
}
_OF_THE_DEPARTEMENT = frozenset(
    {Reason.AIDES_DEPARTEMENT, Reason.INSTRUCTION_FSL, Reason.INSTRUCTION_SECOURS_URGENCE}
)


@dataclass(frozen=True, slots=True)
class Advice:
    """The service that the rules point to, which rule, and why in French. It never blocks: who sends decides."""

    service: Service
    rule: str
    explanation: str

    @property
    def label(self) -> str:
        """The service, as the screen names it."""
        return _SERVICES[self.service]


def advise(
    reason: Reason | str,
    *,
    scope: Verdict | None = None,
    referent: Referent | str | None = None,
    caf_closed: bool = False,
) -> Advice:
    """The advice for one request (R-OR-1, R-OR-2, R-OR-4, R-OR-5).

    `scope`: the verdict of R-EL, where asked; `referent`: who accompanies, where known.
    `caf_closed`: the Caf social service has closed its accompaniment (R-AC), so that its worker is no referent.
    """
    asked = Reason(reason)
    if asked is Reason.DROITS_CAF:
        return _rights()
    followed = _is_followed(referent, caf_closed)
    if asked is Reason.REMPLISSAGE_DOSSIER:
        return _help_with_a_file(followed)
    if followed:
        return _continuity(asked)
    if asked in _OF_THE_DEPARTEMENT:
        text = "Les aides et domaines du Département relèvent du CDAS du domicile."
        return Advice("cdas", "R-OR-1", text)
    return _qualified(scope, caf_closed)


def _is_followed(referent: Referent | str | None, caf_closed: bool) -> bool:
    if referent is None:
        return False
    named = Referent(referent)
    return named.accompanies and not (named is Referent.CAF_WORKER and caf_closed)


def _rights() -> Advice:
    text = (
        "Une question de droits ou de prestations de la Caf relève uniquement du Service Prestations, par ses voies "
        "de contact ordinaires, que la personne soit connue ou non d’un travailleur social."
    )
    return Advice("prestations", "R-OR-1", text)


def _help_with_a_file(followed: bool) -> Advice:
    text = (
        "Une demande de droits est traitée par l’organisme compétent, même si la personne a besoin d’aide pour "
        "remplir le dossier"
    )
    if followed:
        support = " ; le travailleur social qui l’accompagne la soutient dans cette démarche."
        return Advice("referent", "R-OR-5", text + support)
    return Advice(
        "prestations", "R-OR-5", f"{text} : pour un dossier de la Caf, c’est le Service Prestations."
    )


def _continuity(reason: Reason) -> Advice:
    if reason is Reason.ACCOMPAGNEMENT:
        text = "La personne est déjà accompagnée : elle reste avec ce travailleur social, par continuité."
        return Advice("referent", "R-OR-2", text)
    text = (
        "Le travailleur social qui accompagne la personne est son interlocuteur privilégié : "
        "il porte toutes ses demandes, auprès du Département comme de la Caf."
    )
    return Advice("referent", "R-OR-4", text)


def _qualified(scope: Verdict | None, caf_closed: bool) -> Advice:
    """Social accompaniment: the Caf social service first when an event is in its scope, the CDAS otherwise."""
    if caf_closed:
        text = (
            "Le service social de la Caf a clos son accompagnement : le CDAS évalue la nouvelle demande, "
            "même si l’événement a moins de deux ans."
        )
        return Advice("cdas", "R-OR-2", text)
    if scope is None:
        text = (
            "Aucun événement du périmètre du service social de la Caf n’est indiqué : le CDAS est compétent."
        )
        return Advice("cdas", "R-OR-1", text)
    if scope.in_scope is None:
        text = f"{scope.explanation} Sans cette précision, le CDAS est compétent."
        return Advice("cdas", "R-OR-1", text)
    rule = "R-OR-1" if scope.rule == "R-EL" else scope.rule
    if scope.in_scope:
        text = f"{scope.explanation} L’orientation se fait d’abord vers lui."
        return Advice("caf_social", rule, text)
    return Advice("cdas", rule, f"{scope.explanation} Le CDAS du domicile est compétent.")
