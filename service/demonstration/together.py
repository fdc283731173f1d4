"""Co-interventions and relays of the demonstration, both ways, and the concertations where a CDAS examines them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from service.demonstration import circuits_words as words
from service.demonstration.agenda import Story, office
from service.demonstration.situations import Situation, working_days
from service.demonstration.stage import Stage
from service.operations.concertations import plan
from service.permissions import Actor, Role
from service.workflows.french import PARIS

_TUESDAY = 1
_HELD_AT = time(16, 5)


def session_after(day: date) -> date:
    """The next concertation of a CDAS: one working Tuesday in two, at least a day ahead."""
    days = working_days(day)
    return next(one for one in days if one.weekday() == _TUESDAY and one.isocalendar().week % 2 == 0)


def planned(stage: Stage) -> Story:
    """The head of the CDAS that is shown keeps two sessions planned ahead (R-CI-3)."""
    yield office().add(datetime.combine(stage.first_day, time(8), PARIS), 3600)
    head = stage.staff.shown(Role.CDAS_HEAD)
    coming = session_after(stage.day)
    plan(head, coming, "14:00", "Salle de réunion du CDAS")
    while True:
        following = session_after(coming)
        plan(head, following, "14:00", "Salle de réunion du CDAS")
        yield datetime.combine(coming, _HELD_AT, PARIS)
        coming = following


class _Together(Situation):
    """What a co-intervention and a relay do alike: who passes them on, where they are examined."""

    def passed_on(self) -> Story:
        """To the worker of the sector; in a CDAS to the next concertation, then its day."""
        self.arrive("submitted")
        yield self.after(4.0)
        if self.rng.random() < 0.07 and not self.halt:
            self._declined()
            return
        if self.to_caf:
            self.act(self.secretary(), "forward", {"holder_id": self.worker()})
            self.arrive("forwarded")
            yield self.after(14.0)
            return
        held_on = session_after(self.stage.day)
        self.act(self.reader(), "forward", {"concertation_on": held_on})
        self.arrive("forwarded")
        yield datetime.combine(held_on, _HELD_AT, PARIS) + timedelta(minutes=self.rng.randint(5, 50))

    def receiver(self) -> Actor:
        """Who acts for the receiving side."""
        return self.holder() if self.to_caf else self.reader()

    @property
    def declined(self) -> bool:
        """Whether it was not kept."""
        return self._declined_it

    _declined_it = False

    def _declined(self) -> None:
        reason, sentence, turn_to = self.rng.choice(words.DECLINED)
        given = {"decline_reason": reason, "sentence": sentence, "turn_to": turn_to}
        self.act(self.secretary() if self.to_caf else self.reader(), "decline", given)
        self._declined_it = True


class CoIntervention(_Together):
    """R-CI: both opinions, who does what, reviews, an outcome."""

    kind = "co_intervention"

    def send(self) -> None:
        """With the opinion of the asking side, unless the regime asks for none (R-CI-2)."""
        regime = self.rng.choices(("ordinary", "rsa", "child_protection"), (0.78, 0.16, 0.06))[0]
        self.regime = "ordinary" if self.halt else regime
        given: dict[str, Any] = {
            **self.told(),
            **self.to_cdas(),
            "regime": self.regime,
            "need_detail": self.rng.choice(words.NEEDS),
        }
        if self.regime == "ordinary":
            given |= self._own_opinion()
        if self.to_caf:
            given |= {"cdas_professional": self.author.name, **self.scope()}
        self.create(given, on_behalf=self.to_caf)

    def treated(self) -> Story:
        """Passed on, examined, started, reviewed, ended."""
        yield from self.passed_on()
        if self.declined:
            return
        if not self._validated():
            return
        self.arrive("validated")
        yield self.after(12.0)
        self.act(self.rng.choice((self.receiver(), self.requester())), "start", self._shares())
        self.arrive("active")
        for _ in range(self.rng.randint(0, 2)):
            yield self.after(260.0)
            self.act(self.requester(), "review", self._review())
        yield self.after(260.0)
        self.act(self.receiver(), "end", {"outcome": self.rng.choice(words.ENDINGS)})

    def _own_opinion(self) -> Mapping[str, Any]:
        return {
            "need": self.rng.choice(("complementary_skills", "complexity")),
            "asking_opinion_on": self.stage.day - timedelta(days=self.rng.randint(0, 10)),
            "asking_participants": self.rng.choice(words.PARTICIPANTS),
            "asking_opinion": self.rng.choice(words.OPINIONS),
        }

    def _validated(self) -> bool:
        who = self.receiver()
        given: dict[str, Any] = {
            "exchange_on": self.stage.day,
            "participants": self.rng.choice(words.PARTICIPANTS),
        }
        if not self.to_caf:
            given["cdas_professional"] = who.name
        favourable = self.rng.random() < 0.85 or bool(self.halt)
        if self.regime == "ordinary":
            given["opinion"] = "favourable" if favourable else "unfavourable"
        if not favourable and self.regime == "ordinary":
            given["opinion_reason"] = self.rng.choice(words.UNFAVOURABLE)
        self.act(who, "record_opinion", given)
        return given.get("opinion") != "unfavourable"

    def _shares(self) -> Mapping[str, Any]:
        return {
            "cdas_scope": self.rng.choice(words.CDAS_SCOPES),
            "caf_scope": self.rng.choice(words.CAF_SCOPES),
            "family_talk_on": self.stage.day,
            "review_on": self.stage.day + timedelta(days=60),
        }

    def _review(self) -> Mapping[str, Any]:
        return {
            "reviewed_on": self.stage.day,
            "text": self.rng.choice(words.REVIEWS),
            "review_on": self.stage.day + timedelta(days=60),
        }


class Handover(_Together):
    """R-PR: exchanged, accepted by somebody by name, confirmed by both."""

    kind = "handover"

    def send(self) -> None:
        """With the person's agreement and the communication between the two professionals (R-PR-1, R-PR-3)."""
        case = "trust_and_event" if self.to_caf else "lasting_difficulties"
        given: dict[str, Any] = {
            **self.to_cdas(),
            "agreed_on": self.stage.day,
            "agreement_collected_by": self.author.name,
            "regime": "rsa" if self.rng.random() < 0.15 else "ordinary",
            "relay_case": self.rng.choice((case, "closing_talk")),
            "known_to_receiver": self.rng.choice(("unknown", "few", "many")),
            "communication": self.rng.choice(("written", "oral")),
            "communicated_on": self.stage.day,
            "communicated_by": self.author.name,
            "communicated_to": "Un professionnel du service destinataire",
            "communication_content": self.rng.choice(words.TALKS),
        }
        self.create({**given, **(self.scope() if self.to_caf else {})}, on_behalf=self.to_caf)

    def treated(self) -> Story:
        """Passed on, exchanged, accepted, confirmed twice; now and then the agreement is withdrawn (R-PR-1)."""
        yield from self.passed_on()
        if self.declined:
            return
        self._exchanged()
        yield self.after(16.0)
        if self.rng.random() < 0.06 and not self.halt:
            withdrawn = {"cancel_reason": "withdrawn", "reason": words.WITHDRAWN}
            self.act(self.requester(), "cancel", withdrawn)
            return
        self.act(self.receiver(), "accept", {"holder_id": self._taker()})
        self.arrive("accepted")
        yield self.after(10.0)
        self.act(self.receiver(), "confirm")
        yield self.after(10.0)
        self.act(self.requester(), "confirm")

    def _exchanged(self) -> None:
        meeting = self.rng.random() < 0.4
        given = {
            "exchange_on": self.stage.day,
            "participants": self.rng.choice(words.PARTICIPANTS),
            "joint_meeting": meeting,
        }
        self.act(self.receiver(), "record_exchange", given)
        if meeting:
            place = f"{self.rng.choice(words.PLACES)}, {self.person.commune_name}"
            when = {"meeting_on": session_after(self.stage.day), "meeting_place": place}
            self.act(self.receiver(), "plan_meeting", when)

    def _taker(self) -> UUID:
        if self.to_caf:
            return self.holder().account_id
        taker = self.stage.staff.pick(self.rng, self.stage.day, self.person.cdas, Role.CDAS_AGENT)
        return taker.account_id
