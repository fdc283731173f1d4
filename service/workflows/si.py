"""The convention between Caf, Cpam and SIAO (R-SI): its closed lists and the arithmetic of its dates. Pure.

The register holds no personal data of the people who are housed (art. 9): places, numbers and codes only.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from service.workflows.urgency import Benefit, add_months

Labels = Mapping[str, str]
Errors = dict[str, list[str]]


def _labels(**labels: str) -> Labels:
    return MappingProxyType(labels)


PARTIES = _labels(caf="Caf", cpam="Cpam", siao="SIAO")
"""Each signs, and each has one local referent at a time (art. 4-1)."""

CONTACT_ROLES: Labels = MappingProxyType({**PARTIES, "ddets": "DDETS", "partner": "Autre partenaire"})

PROFILES = _labels(
    isolated_men="hommes isolés",
    isolated_women="femmes isolées",
    couples="couples sans enfant",
    families="familles avec enfants",
    young="jeunes de 18 à 25 ans",
    violence="victimes de violences",
    asylum="demandeurs d’asile ou réfugiés",
    health="personnes ayant besoin de soins",
)
SHELTERS = _labels(centre="Centre d’hébergement d’urgence", hotel="Hôtel", other="Autre mise à l’abri")
YES_NO = _labels(yes="Oui", no="Non")
WISHES = _labels(
    asked="contactée, réponse attendue", wanted="souhaite une action", declined="ne souhaite pas"
)
"""What the structure answered to the referents of the Caf and the Cpam (art. 4-4, step 3)."""

INTERPRETERS = _labels(
    not_needed="pas d’interprète nécessaire",
    structure="la structure fait venir un interprète",
    telephone="interprétariat par téléphone",
    to_find="interprète à trouver",
)
PRIORITIES = _labels(first="1 – d’abord", second="2 – ensuite", third="3 – si les moyens le permettent")

RECURRING, PUNCTUAL, TELEPHONE, ON_SITE = "recurring", "punctual", "telephone", "on_site"
ACTION_KINDS = _labels(
    recurring="permanence récurrente",
    punctual="permanence ponctuelle, sur dossiers identifiés",
    telephone="rendez-vous par téléphone",
    on_site="rendez-vous sur place",
)
JOINT, CPAM_ALONE, CAF_ALONE = "joint", "cpam", "caf"
TEAMS = _labels(joint="Caf et Cpam", cpam="Cpam seule", caf="Caf seule")
APPOINTMENTS = frozenset({TELEPHONE, ON_SITE})
"""Where the Caf may come alone: appointments « avec les équipes de la CPAM ou de la Caf »."""

_HOUSING = frozenset({Benefit.APL, Benefit.ALS, Benefit.ALF})
RIGHTS: Labels = MappingProxyType(
    {
        "rsa": Benefit.RSA.label,
        "housing": "Aides au logement",
        **{one.value: one.label for one in Benefit if one not in _HOUSING | {Benefit.RSA, Benefit.OTHER}},
        "other": "Autre droit Caf",
    }
)

COMMITTEE, EXCHANGE = "committee", "exchange"
MEETINGS = _labels(committee="Comité de pilotage local", exchange="Réunion d’échanges")
PRESENT: Labels = MappingProxyType(
    {
        **PARTIES,
        "ddets": "DDETS",
        "structures": "Structures d’hébergement",
        "ccas": "CCAS ou CIAS",
        "others": "Autres partenaires",
    }
)

TERM_MONTHS, LIST_MONTHS, COMMITTEE_MONTHS = 12, 3, 6
WARNED = timedelta(days=60)
"""So long before it is renewed or ends, the date is put forward (ours)."""

EARLIEST = date(2020, 1, 1)
FARTHEST = timedelta(days=366)


def renewal_on(signed_on: date, today: date) -> date:
    """The next anniversary of the signature after today, when one more year begins tacitly (art. 12.1, 12.2)."""
    years = 1
    while (day := add_months(signed_on, TERM_MONTHS * years)) <= today:
        years += 1
    return day


def list_due_on(refreshed_on: date) -> date:
    """Until when the SIAO's list stands: a quarter (art. 4-4, 1 a)."""
    return add_months(refreshed_on, LIST_MONTHS)


def committee_due_on(last_on: date) -> date:
    """Until when the local committee meets again: half a year after the last one, or after the signature (art. 6)."""
    return add_months(last_on, COMMITTEE_MONTHS)


def past_errors(field: str, day: date, today: date, earliest: date = EARLIEST) -> Errors:
    """The sentence beside a day that is to come, or before `earliest`."""
    if day > today:
        return {field: ["Cette date est dans le futur."]}
    return {field: ["Cette date est trop ancienne : vérifiez l’année."]} if day < earliest else {}


def ending_errors(signed_on: date, notice_on: date, ends_on: date, today: date) -> Errors:
    """A party ends it at any time by registered letter (art. 12.4): the letter first, then the end."""
    if ends_on < notice_on:
        return {"ends_on": ["La fin ne peut pas venir avant le courrier qui l’annonce."]}
    if ends_on > notice_on + FARTHEST:
        return {"ends_on": ["Cette date est à plus d’un an du courrier : vérifiez l’année."]}
    return past_errors("notice_on", notice_on, today, signed_on)


def action_errors(
    kind: str,
    team: str,
    held_on: date,
    files: int | None,
    people_met: int | None,
    rights: Mapping[str, int],
    today: date,
) -> Errors:
    """The sentences beside what can not be of an action: who comes, how many, which rights."""
    found: Errors = {}
    for name, sentence in (
        *_day(held_on, people_met, today),
        *_team(kind, team, files),
        *_rights(team, people_met, rights),
    ):
        found.setdefault(name, []).append(sentence)
    return found


def _day(held_on: date, people_met: int | None, today: date) -> Iterator[tuple[str, str]]:
    if held_on > today + FARTHEST:
        yield "held_on", "Cette date est dans plus d’un an : vérifiez l’année."
    if held_on < EARLIEST:
        yield "held_on", "Cette date est trop ancienne : vérifiez l’année."
    if held_on > today and people_met is not None:
        yield "people_met", "L’action n’a pas encore eu lieu : laissez ce nombre vide."


def _team(kind: str, team: str, files: int | None) -> Iterator[tuple[str, str]]:
    if team == CAF_ALONE and kind not in APPOINTMENTS:
        yield "team", "Une permanence se tient à deux, ou par la Cpam seule (convention, art. 4-4)."
    if kind == PUNCTUAL and files is None:
        yield "files", "Donnez le nombre de dossiers que la structure a identifiés, sans aucun nom."
    if kind != PUNCTUAL and files is not None:
        yield "files", "Seule une permanence ponctuelle porte sur des dossiers identifiés : laissez vide."


def _rights(team: str, people_met: int | None, rights: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for code, number in rights.items():
        if number and team == CPAM_ALONE:
            yield f"right_{code}", "La Caf n’y était pas : ce droit se note sur l’action où elle était."
        elif number > (people_met or 0):
            yield f"right_{code}", "Il y a plus de droits de cette sorte que de personnes rencontrées."
