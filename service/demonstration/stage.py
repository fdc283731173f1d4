"""What all the stories of the demonstration share: the time, the staff, the persons, the requests under way."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from service.demonstration.agenda import Agenda, Ticker
from service.demonstration.people import People, Person
from service.demonstration.staff import Staff
from service.permissions import Actor, Role
from service.workflows.french import PARIS

CAF = "caf-prestations"
SECRETARIAT = "caf-secretariat"
_SLOW, _QUICK = 1.35, 0.9
_SUMMER = 1.5
_REMEMBERED = 200


def dice(*what: object) -> Random:
    """Chance that is the same each time for the same words."""
    return Random(" ".join(map(str, what)))  # noqa: S311 – invented data, no secret


@dataclass
class Case:
    """A request as its story knows it. `rng` is its own: what happens to others does not change it.

    `misses`: what triage has to complete; `doubles`: the reference of the request that it repeats.
    """

    rng: Random
    person: Person
    benefit: str
    event: str
    last_payment_on: date
    author: Actor
    reference: str = ""
    holder: Actor | None = None
    refuser: Actor | None = None
    misses: tuple[str, ...] = ()
    doubles: str = ""

    @property
    def cdas(self) -> str:
        """The CDAS in whose name it is made."""
        return self.person.cdas

    @property
    def facts(self) -> dict[str, Any]:
        """What it is about, by the names of the form."""
        return {
            "asking_unit": self.cdas,
            "matricule": self.person.matricule,
            "last_name": self.person.last_name,
            "first_name": self.person.first_name,
            "commune": self.person.commune,
            "benefit": self.benefit,
            "event": self.event,
            "last_payment_on": self.last_payment_on,
        }

    def key(self) -> str:
        """A key for one creating act."""
        return f"{self.rng.getrandbits(96):024x}"


@dataclass
class Stage:
    """The shared part. `current`: requests not ended, by reference; `ended`: the last ones, with their end."""

    seed: int
    first_day: date
    today: date
    until: datetime
    staff: Staff
    people: People
    ticker: Ticker
    agenda: Agenda
    current: dict[str, Case] = field(default_factory=dict)
    ended: list[tuple[datetime, Case]] = field(default_factory=list)

    def dice(self, *what: object) -> Random:
        """Chance of its own for one story: the same for the same seed and day."""
        return dice(self.seed, self.today, *what)

    @property
    def now(self) -> datetime:
        """The present instant of the demonstration."""
        return self.ticker.at

    @property
    def day(self) -> date:
        """The present day, in Paris."""
        return self.now.astimezone(PARIS).date()

    def pace(self) -> float:
        """How slow people are: they get quicker over the months, and slower in summer."""
        progress = (self.day - self.first_day).days / max(1, (self.today - self.first_day).days)
        summer = _SUMMER if self.day.month in (7, 8) else 1.0
        return (_SLOW + (_QUICK - _SLOW) * progress) * summer

    def professional(self, case: Case) -> Actor:
        """The author of the request, now and then a colleague of the CDAS."""
        if self.staff.still(case.author, self.day) and case.rng.random() < 0.85:
            return case.author
        return self.staff.pick(case.rng, self.day, case.cdas, Role.CDAS_AGENT, Role.CDAS_HEAD)

    def agent(self, case: Case) -> Actor:
        """Who follows the request at the Service Prestations; never who refused it (R-UD-8)."""
        if case.holder is None:
            case.holder = self.staff.pick(
                case.rng,
                self.day,
                CAF,
                Role.CAF_AGENT,
                but=case.refuser.account_id if case.refuser else None,
            )
        return case.holder

    def secretary(self, case: Case) -> Actor:
        """Somebody of the secretariat, who triages."""
        return self.staff.pick(case.rng, self.day, SECRETARIAT, Role.CAF_SECRETARIAT)

    def sent(self, case: Case) -> None:
        """The request is with the Caf."""
        self.current[case.reference] = case

    def done(self, case: Case) -> None:
        """The request has ended."""
        self.current.pop(case.reference, None)
        self.ended = [*self.ended[-_REMEMBERED:], (self.now, case)]

    def comes_again(self, rng: Random) -> Case | None:
        """A request that ended in the last four weeks, whose person may come again (R-IND-I-9)."""
        recent = [case for at, case in self.ended if self.now - at < timedelta(days=28)]
        return rng.choice(recent) if recent else None

    def doubled(self, rng: Random) -> Case | None:
        """A request under way that somebody may send a second time."""
        return rng.choice(list(self.current.values())) if self.current else None
