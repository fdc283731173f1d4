"""Emergencies, appointments, orientations and notices of the demonstration: who is pointed where, and what follows."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from service.database import reading
from service.demonstration import circuits_words as words
from service.demonstration.agenda import Story
from service.demonstration.situations import Situation, working_days
from service.demonstration.stage import CAF
from service.models import Ticket, TicketLink
from service.permissions import Actor, Role, UnitKind
from service.workflows.french import PARIS
from service.workflows.urgency import add_months

_CALLS_IN_VAIN = 3
_MEETING_LASTS = timedelta(minutes=50)


class Emergency(Situation):
    """R-US: to the Caf worker who accompanies, else the CDAS answers; handled, closed."""

    kind = "social_emergency"

    def send(self) -> None:
        """A CDAS writes to the worker of the Caf, or keeps it (R-US-4); the Caf writes to the CDAS that accompanies."""
        self.kept_here = self.to_caf and not self.halt and self.rng.random() < 0.4
        motive = self.rng.choices(
            ("food", "housing", "energy_cut", "domestic_violence", "child_protection"), (40, 25, 20, 9, 6)
        )[0]
        seen = self.rng.choice(("isolation", "young_children", "distress", "none_seen"))
        given: dict[str, Any] = {**self.told(), **self._who(), "motives": [motive], "vulnerabilities": [seen]}
        if motive != "child_protection":
            given |= {"description": self.rng.choice(words.EMERGENCIES[motive]), "phone": phone(self)}
        self.motive = motive
        self.create(given)

    def treated(self) -> Story:
        """Taken, handled, closed; the appointment that it asked for has a story of its own."""
        self._appointment()
        self.arrive("submitted")
        yield self.after(2.0)
        self.act(self._receiver(), "take")
        self.arrive("in_progress")
        yield self.after(5.0)
        self.act(self._receiver(), "handle", self._treatment())
        self.arrive("handled")
        yield self.after(20.0)
        self.act(self._receiver(), "close")

    def _who(self) -> Mapping[str, Any]:
        if self.kept_here:
            answered = {"answer_given": ["received"], "answered_on": self.stage.day}
            return {"who_accompanies": "nobody", **self.scope(), **answered}
        if self.to_caf:
            return {"who_accompanies": "caf_worker", "referent_worker": self.worker()}
        return {"who_accompanies": "cdas_same", "receiving_cdas": self.person.cdas}

    def _receiver(self) -> Actor:
        if self.kept_here:
            return self.requester()
        if not self.to_caf:
            return self.reader()
        held = self._column(Ticket.holder_id) is not None
        return self.holder() if held else self.secretary()

    def _treatment(self) -> Mapping[str, Any]:
        done, told = self.rng.choice(words.HANDLED[self.motive])
        given = {"treatments": [*done], "handled_on": self.stage.day}
        return given | ({"detail": told} if told else {})

    def _appointment(self) -> None:
        """R-US-4: the linked request, if one was made, goes on by itself."""
        origin, made = aliased(Ticket), aliased(Ticket)
        query = (
            select(made.reference)
            .join(TicketLink, TicketLink.to_id == made.id)
            .join(origin, TicketLink.from_id == origin.id)
            .where(origin.reference == self.reference, made.kind == Appointment.kind)
        )
        with reading() as session:
            reference = session.scalar(query)
        if reference is not None:
            linked = Appointment(self.stage, self.rng, to_caf=True, person=self.person)
            linked.author, linked.reference = self.author, reference
            self.stage.agenda.add(linked.after_sending())


class Appointment(Situation):
    """R-RV: called back, offered, fixed, held or not, closed with an outcome; some enter the register (R-AC)."""

    kind = "appointment"

    def send(self) -> None:
        """Asked by a CDAS, or noted by the Caf for somebody who calls."""
        source = "cdas" if self.to_caf else "person_phone"
        if self.author.unit_kind is UnitKind.CAF_PRESTATIONS:
            source = "caf_reception"
        told = self.told() if self.to_caf else {}
        given = {"source": source, "phone": phone(self), "description": self.rng.choice(words.APPOINTMENTS)}
        self.create({**told, **self.scope(), **given}, on_behalf=self.to_caf)

    def treated(self) -> Story:
        """From the first call to the outcome."""
        self.arrive("submitted")
        yield self.after(3.0)
        if self.rng.random() < 0.08 and not self.halt:
            yield from self._unreachable()
            return
        self._called("reached")
        yield self.after(1.0)
        if self.rng.random() < 0.08 and not self.halt:
            where = {"redirect_to": "cdas", "redirect_cdas": self.person.cdas, "detail": words.REDIRECTED}
            self.act(self.secretary(), "redirect", where)
            return
        yield from self._offered()
        yield from self._met()
        self.arrive("held")
        yield self.after(6.0)
        self.act(self.holder(), "close", self._outcome())

    def _offered(self) -> Story:
        self.act(self.secretary(), "offer", self._meeting())
        self.arrive("offered")
        yield self.after(2.0)
        if self.rng.random() < 0.12 and not self.halt:
            self.act(self.secretary(), "refuse_offer", {"refused_because": "date"})
            yield self.after(2.0)
        self.act(self.secretary(), "schedule", self._meeting())
        self.arrive("scheduled")

    def _met(self) -> Story:
        yield self._met_at
        if self.rng.random() < 0.12 and not self.halt:
            self.act(
                self.holder(), "no_show", {"absence": self.rng.choice(("without_notice", "with_notice"))}
            )
            yield self.after(6.0)
            self._called("reached")
            self.act(self.secretary(), "schedule", self._meeting())
            yield self._met_at
        self.act(self.holder(), "hold")

    def _unreachable(self) -> Story:
        for _ in range(_CALLS_IN_VAIN):
            self._called(self.rng.choice(("no_answer", "voicemail")))
            yield self.after(6.0)
        self.act(self.secretary(), "close", {"outcome": "unreachable"})

    def _called(self, result: str) -> None:
        self.act(self.secretary(), "log_call", {"call_result": result})

    def _meeting(self) -> Mapping[str, Any]:
        ahead = 3 if self.halt else self.rng.randint(3, 9)
        day = next(islice(working_days(self.stage.day), ahead - 1, None))
        starts_at = time(self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.choice((0, 30)))
        self._met_at = datetime.combine(day, starts_at, PARIS) + _MEETING_LASTS
        place = f"{self.rng.choice(words.PLACES)}, {self.person.commune_name}"
        return {
            "meeting_on": day,
            "meeting_time": starts_at,
            "place": place,
            "holder_id": self.worker(),
        }

    def _outcome(self) -> Mapping[str, Any]:
        outcome = self.rng.choices(
            ("accompaniment_opened", "information_only", "redirected"), (0.55, 0.35, 0.1)
        )[0]
        if outcome == "accompaniment_opened":
            term_on = add_months(self.stage.day, self.rng.randint(6, 12))
            return {"outcome": outcome, "event": "separation", "term_on": term_on}
        if outcome == "redirected":
            where = {"redirect_to": "cdas", "redirect_cdas": self.person.cdas}
            return {"outcome": outcome, **where, "detail": words.REDIRECTED}
        return {"outcome": outcome, "detail": self.rng.choice(words.OUTCOMES)}

    def _author(self) -> Actor:
        if self.to_caf:
            return super()._author()
        if self.rng.random() < 0.4:
            return self.stage.staff.pick(self.rng, self.stage.day, CAF, Role.CAF_AGENT)
        return self.secretary()


class Orientation(Situation):
    """R-OR: sent where the advice points, or elsewhere with a reason; received, judged."""

    kind = "orientation"

    def send(self) -> None:
        """A CDAS points to the Caf social service or to the Service Prestations; the Caf to the CDAS."""
        self.to_social = self.to_caf and self.rng.random() < 0.6
        given: dict[str, Any] = {**self.told(), "accompanied_by": "nobody"}
        if not self.to_caf:
            reason = self.rng.choice(("aides_departement", "instruction_fsl"))
            given |= {"reason": reason, "to_service": "cdas", **self.to_cdas()}
        elif self.to_social:
            given |= {"reason": "accompagnement", "to_service": "caf_social", **self.scope()}
            given |= self._against_advice()
        else:
            given |= {"reason": "droits_caf", "to_service": "prestations"}
        self.create(given, on_behalf=self.to_caf)

    def treated(self) -> Story:
        """Received by the service that it reached, then judged."""
        self.arrive("sent")
        yield self.after(5.0)
        if self.to_social:
            self.act(self.secretary(), "reassign", {"holder_id": self.worker()})
            yield self.after(3.0)
        judge = self._receiver()
        self.act(judge, "receive")
        self.arrive("received")
        yield self.after(16.0)
        judgement = "justified" if self.rng.random() < 0.82 else "unjustified"
        why = {"judgement": judgement, "judgement_reason": self.rng.choice(words.JUDGEMENTS[judgement])}
        self.act(judge, "judge", why)

    def _against_advice(self) -> Mapping[str, Any]:
        if self.rng.random() < 0.8:
            return {}
        return {"scope_event": "none", "scope_event_on": None, "reason_not_followed": words.NOT_ADVISED}

    def _receiver(self) -> Actor:
        staff, day = self.stage.staff, self.stage.day
        if self.to_social:
            return self.holder()
        if not self.to_caf:
            return self.reader()
        return staff.pick(self.rng, day, CAF, Role.CAF_AGENT)

    def _author(self) -> Actor:
        if self.to_caf or self.halt or self.rng.random() < 0.5:
            return super()._author()
        return self.stage.staff.pick(self.rng, self.stage.day, CAF, Role.CAF_AGENT)


class Notice(Situation):
    """R-PE: codes only, from the Caf to the head of the CDAS, who says that it came and what follows."""

    kind = "child_protection_notice"

    def send(self) -> None:
        """Whom the author informed, how, and whether the family knows."""
        head = self._head()
        informed = self.rng.random() < 0.7
        family = (
            {"family_informed": "informed", "family_informed_on": self.stage.day}
            if informed
            else {"family_informed": "not_informed", "reason_not_informed": "interest_of_child"}
        )
        given = {
            **self.to_cdas(),
            **family,
            "known_to_cdas": self.rng.random() < 0.5,
            "means": self.rng.choice(("telephone", "meeting", "mail")),
            "informed_on": self.stage.day,
            "informed_name": head.name,
            "informed_function": "head" if head.role is Role.CDAS_HEAD else "deputy",
        }
        self.create(given)

    def treated(self) -> Story:
        """Received by the head, who decides."""
        self.arrive("sent")
        yield self.after(3.0)
        self.act(self._head(), "receive")
        self.arrive("received")
        yield self.after(20.0)
        decision = self.rng.choice(("assessment", "support", "followed_already", "no_follow_up"))
        self.act(self._head(), "assess", {"decision": decision, "decided_on": self.stage.day})

    def _head(self) -> Actor:
        return self.stage.staff.head(self.rng, self.stage.day, self.person.cdas)


def phone(situation: Situation) -> str:
    """A number of those that are kept for stories: nobody has it."""
    return f"02 61 91 {situation.rng.randrange(100):02d} {situation.rng.randrange(100):02d}"
