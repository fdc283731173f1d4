"""The register of the convention Caf, Cpam, SIAO in the demonstration: invented shelters, counts, no person at all."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from service.database import reading
from service.demonstration.agenda import Story
from service.demonstration.situations import working_days
from service.demonstration.stage import Stage
from service.models import Commune
from service.operations import si_actions, si_agreement, si_meetings, si_structures
from service.permissions import Actor, Role
from service.workflows import si
from service.workflows.french import PARIS

ACTIONS = 40
LIST_EVERY, COMMITTEE_EVERY = timedelta(days=80), timedelta(days=160)


class _Shelter(NamedTuple):
    name: str
    shelter: str
    commune: str
    places: int | None
    profiles: tuple[str, ...]
    social_workers: str | None
    priority: str | None
    interpreter: str | None


_SHELTERS = (
    _Shelter("Foyer Démo des Tilleuls", "centre", "Rennes", 62, ("families",), "yes", "first", "telephone"),
    _Shelter(
        "Halte Exemple de la Vilaine", "centre", "Rennes", 40, ("isolated_men",), "yes", "first", "structure"
    ),
    _Shelter("Hôtel Démo du Rail", "hotel", "Rennes", 35, ("families", "asylum"), "no", "first", "telephone"),
    _Shelter(
        "Résidence Exemple des Ormes", "centre", "Saint-Malo", 28, ("isolated_women",), "yes", "second", None
    ),
    _Shelter("Hôtel Démo des Remparts", "hotel", "Saint-Malo", 18, ("families",), "no", "second", "to_find"),
    _Shelter(
        "Abri Exemple du Couesnon", "other", "Fougères", 16, ("isolated_men", "couples"), "no", "second", None
    ),
    _Shelter(
        "Maison Démo du Bocage",
        "centre",
        "Vitré",
        24,
        ("families", "violence"),
        "yes",
        "second",
        "not_needed",
    ),
    _Shelter(
        "Escale Exemple du Canal", "centre", "Redon", 14, ("isolated_men", "young"), "yes", "third", None
    ),
    _Shelter(
        "Hôtel Démo de la Rance", "hotel", "Dol-de-Bretagne", 12, ("couples", "families"), None, None, None
    ),
    _Shelter("Gîte Exemple de la Seiche", "other", "Janzé", None, ("young",), None, None, None),
    _Shelter(
        "Foyer Démo du Meu",
        "centre",
        "Montfort-sur-Meu",
        15,
        ("isolated_women", "health"),
        "yes",
        "third",
        None,
    ),
    _Shelter("Hôtel Exemple de l’Oust", "hotel", "Bain-de-Bretagne", 10, ("families",), "no", None, None),
)
_TERMS = (
    "Bureau d’entretien prêté par la structure ; un travailleur social présent au début de chaque permanence."
)
_WHY = "Beaucoup de familles et peu de travailleurs sociaux sur place."
_DECISIONS = (
    "Commencer par les hôtels, où personne n’accompagne les démarches.",
    "Tenir une permanence avant la mise en place du plan hivernal.",
    "Demander à la DDETS la liste des ouvertures de l’hiver.",
)
_EVALUATION = {
    "difficulties": "Peu d’interprètes disponibles le matin ; des rendez-vous non honorés dans les hôtels.",
    "good_practices": "La structure regroupe les dossiers la semaine d’avant : la permanence dure moitié moins.",
    "proposals": "Une ligne d’interprétariat commune aux trois parties.",
    "objectives": "Couvrir les trois quarts des structures, et toutes celles de priorité 1.",
}


def kept(stage: Stage) -> Story:
    """The referent keeps the register: the agreement on the first day, then the list, actions and committees."""
    rng, keeper = stage.dice("siao"), stage.staff.shown(Role.SI_REFERENT)
    yield datetime.combine(stage.first_day, time(9), PARIS)
    shelters = _begin(stage, keeper)
    for day, what in sorted(_calendar(stage, rng), key=lambda one: one[0]):
        yield datetime.combine(day, time(17, 10), PARIS)
        if what == "list":
            si_structures.refresh(
                keeper, {"received_on": day, "ddets_told": rng.choice(("yes", "yes", "no"))}
            )
        elif what == "committee":
            si_meetings.note(keeper, _committee(rng, day))
        elif what == "evaluation":
            si_meetings.evaluate(keeper, day.year - 1, _EVALUATION)
        else:
            si_actions.note(keeper, _action(rng, shelters, day))


def _begin(stage: Stage, keeper: Actor) -> list[UUID]:
    names = {"caf": "Caf – démonstration", "cpam": "Cpam – démonstration", "siao": "SIAO – démonstration"}
    si_agreement.sign(keeper, {**names, "signed_on": stage.first_day})
    for role, name in (
        ("caf", keeper.name),
        ("cpam", "Démo-Quéré Solenn"),
        ("siao", "Exemple-Bazin Rémi"),
        ("ddets", "Démo-Le Roux Maëlle"),
    ):
        contact = {"email": f"{role}@convention.example", "telephone": "02 99 00 00 00"}
        given = {"role": role, "name": name, "starts_on": stage.first_day, **contact}
        si_agreement.name_contact(keeper, given)
    with reading() as session:
        insee = {row.name: row.insee for row in session.scalars(select(Commune))}
    shelters = [_enter(keeper, one, insee[one.commune], stage.first_day) for one in _SHELTERS]
    si_structures.refresh(keeper, {"received_on": stage.first_day, "ddets_told": "yes"})
    return shelters


def _enter(keeper: Actor, one: _Shelter, insee: str, day: date) -> UUID:
    listed = ("name", "shelter", "places", "profiles", "social_workers")
    said = {**{key: getattr(one, key) for key in listed}, "commune_insee": insee, "opened_on": day}
    entered = si_structures.add(
        keeper, {**said, "contact": "Accueil de la structure", "telephone": "02 99 00 00 00"}
    )
    if one.priority:
        si_structures.prioritise(keeper, entered, {"priority": one.priority, "priority_reason": _WHY})
    if one.interpreter:
        agreed = {"wish": "wanted", "terms": _TERMS, "interpreter": one.interpreter, "terms_on": day}
        si_structures.agree(keeper, entered, agreed)
    return entered


def _calendar(stage: Stage, rng: Random) -> Iterator[tuple[date, str]]:
    """What happens on which working day, until the last one."""
    length = (stage.today - stage.first_day).days
    for what, every in (("list", LIST_EVERY), ("committee", COMMITTEE_EVERY)):
        for number in range(1, length // every.days + 1):
            yield next(working_days(stage.first_day + every * number)), what
    for _ in range(ACTIONS):
        yield next(working_days(stage.first_day + timedelta(days=rng.randrange(length + 1)))), "action"
    if stage.today > (written := date(stage.today.year, 2, 2)) and stage.first_day.year < stage.today.year:
        yield written, "evaluation"


def _committee(rng: Random, day: date) -> dict[str, Any]:
    present = [*si.PARTIES, *(["ddets"] if rng.random() < 0.8 else []), "structures"]
    return {"kind": "committee", "held_on": day, "present": present, "decisions": rng.choice(_DECISIONS)}


def _action(rng: Random, shelters: list[UUID], day: date) -> dict[str, Any]:
    kind = rng.choices(list(si.ACTION_KINDS), (0.45, 0.2, 0.2, 0.15))[0]
    alone = (si.CAF_ALONE,) if kind in si.APPOINTMENTS else ()
    met = rng.randint(1, 4) if kind in si.APPOINTMENTS else rng.randint(3, 14)
    # The shelters of the first priorities, which stand first in the list, are visited more often.
    structure = rng.choices(shelters, [max(0, 9 - place) for place in range(len(shelters))])[0]
    given = {"structure_id": structure, "held_on": day, "kind": kind, "people_met": met}
    given["team"] = rng.choice((si.JOINT, si.JOINT, si.CPAM_ALONE, *alone))
    if kind == si.PUNCTUAL:
        given["files"] = met + rng.randint(0, 3)
    if given["team"] != si.CPAM_ALONE:
        for code in rng.sample(("rsa", "housing", "prime_activite", "af", "aah"), 2):
            given[f"right_{code}"] = rng.randint(0, max(1, met // 3))
    return given
