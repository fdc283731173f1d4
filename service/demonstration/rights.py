"""Rendez-vous des droits of the demonstration: asked for, fixed, held, checked three months later (R-RD)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from service.database import transaction
from service.demonstration import circuits_words as words
from service.demonstration.agenda import Story
from service.demonstration.situations import Situation, working_days
from service.demonstration.stage import CAF
from service.jobs import fall_due
from service.models import Ticket
from service.permissions import Actor, Role, UnitKind
from service.workflows.french import PARIS
from service.workflows.rights_meeting import check_due_on

_LASTS = timedelta(minutes=50)
_JOB_RUNS_AT = time(7, 45)
_OFTEN_OPENED = ("apl", "prime_activite", "rsa", "asf", "caf_aid")


class RightsMeeting(Situation):
    """Held by the Service Prestations or by a Caf social worker, whom a CDAS or the Caf itself asked."""

    kind = "rights_meeting"

    def send(self) -> None:
        """A CDAS asks more often the Service Prestations; the Caf asks its own."""
        own = self.author.unit_kind
        self.social = self.rng.random() < 0.3 if self.to_caf else own is UnitKind.CAF_SOCIAL
        given = {
            **self.told(),
            "asked_by": self.rng.choice(("person", "social_worker", "social_worker", "partner")),
            "to_service": "caf_social" if self.social else "prestations",
            "phone": f"02 61 91 {self.rng.randrange(100):02d} {self.rng.randrange(100):02d}",
            "wish": self.rng.choice(words.RIGHTS_WISHED),
        }
        self.create(given, on_behalf=self.to_caf)

    def treated(self) -> Story:
        """From the day that is fixed to the rights that were opened."""
        self.arrive("requested")
        yield self.after(6.0)
        if self.rng.random() < 0.08 and not self.halt:
            self.act(self.requester(), "cancel", {"reason": words.WITHDRAWN})
            return
        self.act(self._host(), "schedule", self._meeting())
        self.arrive("scheduled")
        yield self._met_at
        self.act(self._host(), "hold", self._sheet())
        self.arrive("held")
        yield datetime.combine(check_due_on(self.stage.day), _JOB_RUNS_AT, PARIS)
        with transaction() as session:
            fall_due.run(session)
        self.arrive("follow_up")
        yield self.after(14.0)
        self.act(self._host(), "check", self._result())

    def _host(self) -> Actor:
        """Who has it in hand; a colleague of the Service Prestations when they have left."""
        staff, day, held_by = self.stage.staff, self.stage.day, self._column(Ticket.holder_id)
        if self.social and held_by is None:
            self.act(self.secretary(), "reassign", {"holder_id": self.worker()})
        if self.social:
            return self.holder()
        if self.halt:
            return staff.shown(Role.CAF_AGENT)
        return staff.pick(self.rng, day, CAF, Role.CAF_AGENT) if held_by is None else self._agent(held_by)

    def _agent(self, account_id: Any) -> Actor:
        staff, day = self.stage.staff, self.stage.day
        agent = staff.of(account_id, day)
        return agent if staff.still(agent, day) else staff.pick(self.rng, day, CAF, Role.CAF_AGENT)

    def _meeting(self) -> Mapping[str, Any]:
        ahead = 3 if self.halt else self.rng.randint(3, 12)
        day = next(islice(working_days(self.stage.day), ahead - 1, None))
        starts_at = time(self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.choice((0, 30)))
        self._met_at = datetime.combine(day, starts_at, PARIS) + _LASTS
        means = self.rng.choices(("in_person", "telephone", "visio", "home"), (55, 30, 10, 5))[0]
        where = {"place": f"{self.rng.choice(words.PLACES)}, {self.person.commune_name}"}
        meeting = {"meeting_on": day, "meeting_time": starts_at, "means": means}
        return {**meeting, **(where if means == "in_person" else {})}

    def _sheet(self) -> Mapping[str, Any]:
        code, group = self.rng.choices(
            (
                ("87", "contact_offer"),
                ("88", "rsa_applicant"),
                ("89", "partner_referral"),
                ("89", "complex_file"),
            ),
            (30, 25, 30, 15),
        )[0]
        self.discussed = self.rng.sample(_OFTEN_OPENED, 3)
        return {
            "code": code,
            "target_group": group,
            "rights_discussed": [*self.discussed, self.rng.choice(("css", "fsl", "energy", "ccas"))],
            "documents_awaited": self.rng.sample(
                ("resources", "housing", "bank", "form"), self.rng.randint(0, 2)
            ),
            "summary": self.rng.choice(words.RIGHTS_SUMMARIES),
        }

    def _result(self) -> Mapping[str, Any]:
        if self.rng.random() < 0.4:
            return {"check_result": "none"}
        opened = self.rng.sample(self.discussed, self.rng.randint(1, 2))
        return {"check_result": "opened", "rights_opened": opened}

    def _author(self) -> Actor:
        if not self.to_caf and not self.halt and self.rng.random() < 0.6:
            return self.stage.staff.pick(self.rng, self.stage.day, CAF, Role.CAF_AGENT)
        return super()._author()
