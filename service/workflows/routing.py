"""Who treats an urgent social situation (R-US-3, R-US-4), and which of them are counted (R-US-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.workflows import scope as caf_scope

Target = Literal["caf_worker", "caf_secretariat", "same_cdas", "other_cdas"]
Direction = Literal["cdas_to_caf", "caf_to_cdas"]

_AT_THE_CAF: tuple[Target, ...] = ("caf_worker", "caf_secretariat")


class Referent(StrEnum):
    """The answers to « Qui accompagne la personne ? », by code; `label` is what the form shows.

    `CDAS_SAME` is the CDAS that asks; from the Caf, the CDAS of the home.
    """

    CAF_WORKER = "caf_worker"
    CDAS_SAME = "cdas_same"
    CDAS_OTHER = "cdas_other"
    EXTERNAL = "external"
    NOBODY = "nobody"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """What a CDAS's form and the lists show."""
        return _LABELS[self]

    @property
    def accompanies(self) -> bool:
        """Whether somebody is named: neither « personne » nor « je ne sais pas »."""
        return self not in (Referent.NOBODY, Referent.UNKNOWN)


_LABELS: Mapping[Referent, str] = {
    Referent.CAF_WORKER: "Un travailleur social de la Caf",
    Referent.CDAS_SAME: "Un travailleur social du CDAS qui fait la demande",
    Referent.CDAS_OTHER: "Un travailleur social d’un autre CDAS",
    Referent.EXTERNAL: "Un travailleur social d’un autre service (CCAS, association, tutelle…)",
    Referent.NOBODY: "Aucun professionnel",
    Referent.UNKNOWN: "Je ne sais pas",
}


@dataclass(frozen=True, slots=True)
class Route:
    """Who treats the urgency, under which rule, and the sentences that say so.

    `to`: `same_cdas` is the CDAS that asks, or the CDAS of the home when the Caf sends. `external`: the person is
    also directed to a service without an account, which is to be named. `creates_appointment`: a linked request
    for an appointment goes to the Caf secretariat (R-US-4).
    """

    to: Target
    rule: str
    explanation: str
    external: bool = False
    creates_appointment: bool = False

    @property
    def at_the_caf(self) -> bool:
        """Whether the Caf social service treats it."""
        return self.to in _AT_THE_CAF

    def needs_reason(self, sent_to: Target) -> bool:
        """Whether sending there goes against the route: possible, with a reason."""
        return sent_to != self.to


def route(
    who: Referent | str,
    direction: Direction = "cdas_to_caf",
    *,
    scope: caf_scope.Verdict | None = None,
    worker_away: bool = False,
    followed_by_caf: bool = False,
) -> Route:
    """Who treats the urgency of a person whom `who` accompanies (R-US-3), or whom nobody does (R-US-4).

    `followed_by_caf`: the register knows an open accompaniment (R-AC), which corrects « personne » and
    « je ne sais pas », not another referent who was named.
    """
    declared = Referent(who)
    if declared is Referent.CAF_WORKER or (followed_by_caf and not declared.accompanies):
        return _to_the_caf(worker_away)
    home = "au CDAS du domicile" if direction == "caf_to_cdas" else "au CDAS qui fait la demande"
    if declared is Referent.CDAS_SAME:
        text = f"Un travailleur social du CDAS accompagne la personne : l’urgence revient {home}."
        return Route("same_cdas", "R-US-3", text)
    if declared is Referent.CDAS_OTHER:
        text = (
            "Un travailleur social d’un autre CDAS accompagne la personne : l’urgence est envoyée à ce CDAS."
        )
        return Route("other_cdas", "R-US-3", text)
    if declared is Referent.EXTERNAL:
        text = (
            "Un autre service accompagne la personne : nommez-le et dirigez-la vers lui. "
            f"Ce service n’a pas de compte ici, le traitement de l’urgence revient {home}."
        )
        return Route("same_cdas", "R-US-3", text, external=True)
    return _first_request(declared, home, scope)


def counts_as_unaccompanied(
    direction: Direction, sent_to: Target, *, accompaniment_open: bool, treatment_recorded: bool
) -> bool:
    """R-US-5: sent by a CDAS to the Caf, with no accompaniment open (R-AC) and no treatment of the urgency noted."""
    to_the_caf = direction == "cdas_to_caf" and sent_to in _AT_THE_CAF
    return to_the_caf and not accompaniment_open and not treatment_recorded


def _to_the_caf(worker_away: bool) -> Route:
    """Not why the worker can not: it may be a link with the family (R-DP-1)."""
    text = "Un travailleur social de la Caf accompagne la personne : "
    if worker_away:
        organised = (
            "il n’est pas disponible, le secrétariat du service social de la Caf organise le traitement de "
            "l’urgence."
        )
        return Route("caf_secretariat", "R-US-3", text + organised)
    return Route("caf_worker", "R-US-3", text + "il traite l’urgence en priorité.")


def _first_request(declared: Referent, home: str, scope: caf_scope.Verdict | None) -> Route:
    unknown = declared is Referent.UNKNOWN
    known = (
        "On ne sait pas qui accompagne la personne"
        if unknown
        else "Aucun travailleur social n’accompagne la personne"
    )
    text = (
        f"{known} : le service social de la Caf ne reçoit pas en urgence qui il n’accompagne pas encore. "
        f"La réponse à l’urgence revient {home}, qui note ce qui a été fait et quand."
    )
    if scope is None:
        return Route("same_cdas", "R-US-4", text)
    if scope.opens_new:
        told = "Une demande de rendez-vous liée part au secrétariat du service social de la Caf."
    else:
        told = "Aucune demande de rendez-vous n’est créée."
    return Route(
        "same_cdas", "R-US-4", f"{text} {scope.explanation} {told}", creates_appointment=scope.opens_new
    )
