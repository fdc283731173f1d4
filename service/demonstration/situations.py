"""What the stories of all social requests share: the person, the two sides, and who of them acts next."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.database import reading
from service.demonstration.agenda import Story, later
from service.demonstration.demand import is_working
from service.demonstration.people import Person
from service.demonstration.stage import SECRETARIAT, Stage
from service.models import Absence, Coverage, Sector, Ticket
from service.operations import acts
from service.operations.creation import create_ticket
from service.permissions import Actor, Role, UnitKind
from service.workflows.scope import ScopeEvent

SOCIAL = "caf-social"
_PATIENCE, _STEADY = 0.8, 0.25
_BY_MAIL = 0.12
_DATED = (ScopeEvent.SEPARATION, ScopeEvent.DEATH_PARENT, ScopeEvent.SINGLE_PARENT_BIRTH)


class Left(Exception):
    """The request stays in the state it has reached."""


class Situation:
    """One social request from its sending to its end, or to the state `halt` where it is left.

    A request that is to be left is of the people who are shown, and goes quickly to its state.
    """

    kind = ""

    def __init__(self, stage: Stage, rng: Random, *, to_caf: bool, person: Person, halt: str = "") -> None:
        self.stage, self.rng, self.to_caf, self.person, self.halt = stage, rng, to_caf, person, halt
        self.reference = ""
        self.author = self._author()

    def story(self) -> Story:
        """Send it, then let both sides work on it."""
        self.send()
        yield from self.after_sending()

    def after_sending(self) -> Story:
        """What follows the sending, up to where it is left."""
        try:
            yield from self.treated()
        except Left:
            return

    def send(self) -> None:
        """Create it, sent at once; now and then the secretariat notes what a CDAS asked by mail."""
        raise NotImplementedError

    def treated(self) -> Story:
        """What both sides do once it is sent."""
        raise NotImplementedError

    # ------------------------------------------------------------ acts
    def create(self, given: Mapping[str, Any], *, on_behalf: bool = False) -> None:
        """Send what is given with the person; `on_behalf`: a CDAS may have asked by mail."""
        writer, unit = self.author, None
        if on_behalf and not self.halt and self.rng.random() < _BY_MAIL:
            writer, unit = self.secretary(), self.person.cdas
        self.reference, _ = create_ticket(
            writer,
            self.kind,
            {**self.identity(), **given},
            f"{self.rng.getrandbits(96):024x}",
            submit=True,
            channel="email" if unit else "service",
            asking_unit=unit,
        )

    def act(self, who: Actor, name: str, given: Mapping[str, Any] | None = None) -> None:
        """Do one transition."""
        acts.perform(who, self.reference, name, given or {})

    def arrive(self, state: str) -> None:
        """Stop here when this is where it is to be left."""
        if self.halt == state:
            raise Left

    def after(self, hours: float) -> datetime:
        """Some open hours from now."""
        if self.halt:
            return later(self.rng, self.stage.now, hours * 0.4, _STEADY)
        return later(self.rng, self.stage.now, hours * self.stage.pace(), _PATIENCE)

    # ------------------------------------------------------------ who
    def secretary(self) -> Actor:
        """Somebody of the secretariat of the Caf social service."""
        return self.stage.staff.pick(self.rng, self.stage.day, SECRETARIAT, Role.CAF_SECRETARIAT)

    def reader(self) -> Actor:
        """Somebody of the CDAS who sees its social requests."""
        return self.stage.staff.reader(self.rng, self.stage.day, self.person.cdas)

    def requester(self) -> Actor:
        """The author, or a colleague who sees the request when the author no longer works there."""
        if self.author.unit_kind is not UnitKind.CDAS:
            return self.at_work(self.author.account_id)
        wrote = self._column(Ticket.author_id) == self.author.account_id
        return self.author if wrote and self.stage.staff.still(self.author, self.stage.day) else self.reader()

    def worker(self) -> UUID:
        """The Caf worker of the person's sector."""
        query = (
            select(Sector.worker_id)
            .join(Coverage, Coverage.sector_code == Sector.code)
            .where(Coverage.commune_insee == self.person.commune, Sector.worker_id.is_not(None))
            .order_by(Sector.code, Sector.worker_id)
        )
        with reading() as session:
            found = session.scalars(query).first()
        if self.halt or found is None:
            return self.stage.staff.shown(Role.CAF_TS).account_id
        return found

    def holder(self) -> Actor:
        """Who holds it; the head of the Caf social service acts for a worker who is away."""
        held_by = self._column(Ticket.holder_id)
        if held_by is None:
            return self.stage.staff.pick(self.rng, self.stage.day, SOCIAL, Role.CAF_HEAD)
        return self.at_work(held_by)

    def at_work(self, account_id: UUID) -> Actor:
        """That worker, or the head of the Caf social service while they are away."""
        day = self.stage.day
        query = select(Absence.id).where(
            Absence.account_id == account_id, Absence.starts_on <= day, Absence.ends_on >= day
        )
        with reading() as session:
            away = session.scalars(query).first() is not None
        if away:
            return self.stage.staff.pick(self.rng, day, SOCIAL, Role.CAF_HEAD)
        return self.stage.staff.of(account_id, day)

    def _column(self, column: Any) -> Any:
        with reading() as session:
            return session.scalar(select(column).where(Ticket.reference == self.reference))

    def _author(self) -> Actor:
        staff, day = self.stage.staff, self.stage.day
        if self.halt:
            return staff.shown(Role.CDAS_AGENT if self.to_caf else Role.CAF_TS)
        if self.to_caf:
            return staff.pick(self.rng, day, self.person.cdas, Role.CDAS_AGENT, Role.CDAS_HEAD)
        return self.at_work(self.worker())

    # ------------------------------------------------------------ what is said
    def identity(self) -> dict[str, Any]:
        """The person, by the names of the form."""
        person = self.person
        return {
            "matricule": person.matricule,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "birth_date": person.birth_date,
            "commune": person.commune,
        }

    def told(self) -> dict[str, Any]:
        """The ground: the person was told, or agreed (R-DP-2)."""
        return {self.rng.choice(("told_on", "told_on", "agreed_on")): self.stage.day}

    def scope(self) -> dict[str, Any]:
        """An event that the Caf social service covers (R-EL)."""
        said: dict[str, Any] = {"has_children": True, "is_allocataire": True}
        if self.rng.random() < 0.3:
            return {**said, "scope_event": ScopeEvent.PLANNED_SEPARATION.value}
        happened_on = self.stage.day - timedelta(days=self.rng.randint(15, 300))
        return {**said, "scope_event": self.rng.choice(_DATED).value, "scope_event_on": happened_on}

    def to_cdas(self) -> dict[str, Any]:
        """To which CDAS the Caf writes."""
        return {} if self.to_caf else {"receiving_unit": self.person.cdas}


def working_days(after: date) -> Iterator[date]:
    """The working days after a day."""
    day = after
    while True:
        day += timedelta(days=1)
        if is_working(day):
            yield day
