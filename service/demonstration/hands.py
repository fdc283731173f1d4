"""The single acts of a request's story: who does what with which words. When they are done is in `treatment.py`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from service.database import transaction
from service.demonstration import post
from service.demonstration import words_of_the_caf as caf
from service.demonstration import words_of_the_cdas as cdas
from service.demonstration.agenda import minutes
from service.demonstration.destiny import Destiny
from service.demonstration.files import some_file
from service.demonstration.stage import CAF, Case, Stage
from service.demonstration.words_of_mails import REPLY
from service.models import Ticket
from service.operations import acts, conversation
from service.operations.consultation import consult
from service.operations.effects import EFFECTS
from service.operations.intake import intake
from service.operations.transitions import fire
from service.permissions import Actor, Role
from service.workflows.urgency import Benefit


class Hands:
    """Both sides at work on one request, through the operations."""

    def __init__(self, stage: Stage, case: Case, destiny: Destiny) -> None:
        self.stage, self.case, self.destiny = stage, case, destiny
        self.rng: Random = case.rng
        self._last_act_at = stage.now

    # ------------------------------------------------------------ the Caf
    def complete(self) -> None:
        """The secretariat adds what a message left out."""
        case = self.case
        self._act(self.stage.secretary(case), "complete", {name: case.facts[name] for name in case.misses})

    def assign(self) -> None:
        """To the Service Prestations, mostly to somebody by name; now and then by its lead."""
        stage, case = self.stage, self.case
        lead = self.rng.random() < 0.15
        who = stage.staff.pick(self.rng, stage.day, CAF, Role.CAF_LEAD) if lead else stage.secretary(case)
        named = {"holder_id": stage.agent(case).account_id} if self.rng.random() < 0.65 else {}
        self._act(who, "assign", {"unit_id": CAF, **named})

    def take(self) -> None:
        """An agent reads it and takes it on."""
        agent = self.stage.agent(self.case)
        consult(agent, self.case.reference)
        self._act(agent, "take", {})
        if self.rng.random() < 0.12:
            conversation.write_note(agent, self.case.reference, self.rng.choice(caf.NOTES), self.case.key())

    def hand_to_a_colleague(self) -> None:
        """Who holds it passes it on."""
        case, holder = self.case, self.stage.agent(self.case)
        colleague = self.stage.staff.pick(
            self.rng, self.stage.day, CAF, Role.CAF_AGENT, but=holder.account_id
        )
        self._act(holder, "reassign", {"holder_id": colleague.account_id})
        case.holder = colleague

    def ask(self) -> None:
        """A question to the CDAS."""
        self._act(self.stage.agent(self.case), "ask", {"question": self.rng.choice(caf.QUESTIONS)})

    def answer(self, more: Mapping[str, Any] | None = None, *, perhaps_earlier: bool = False) -> None:
        """The answer; `perhaps_earlier`: now and then one given on the telephone is noted later (R-CLK-8)."""
        outcome, rng = self.destiny.outcome, self.rng
        day = self.stage.day + timedelta(days=rng.randint(2, 12))
        sentence = rng.choice(caf.ANSWERS[outcome])
        given: dict[str, Any] = {
            "outcome": outcome,
            "text": sentence.format(of=Benefit(self.case.benefit).of, day=f"{day:%d/%m/%Y}"),
            **(more or {}),
        }
        if outcome in ("payment_scheduled", "under_review"):
            given["outcome_on"] = day
        if details := caf.DETAILS.get(outcome):
            given["outcome_detail"] = rng.choice(details)
        if self.case.event == "interruption" and rng.random() < 0.05:
            given["kept_event"] = "strong_decrease"
        happened_at = None
        if perhaps_earlier and rng.random() < 0.04:
            happened_at = max(self._last_act_at, self.stage.now - minutes(rng, 20, 50))
        self._act(self.stage.agent(self.case), "answer", given, happened_at)

    def refuse(self, who: Actor) -> None:
        """Not kept, with the reason; somebody else will have to read it again (R-UD-8)."""
        reason = self.destiny.reason
        given = {
            "reason": reason,
            "sentence": self.rng.choice(caf.REJECTIONS[reason]),
            "turn_to": caf.TURN_TO[reason],
            **({"duplicate_of": self.case.doubles} if reason == "duplicate" else {}),
        }
        consult(who, self.case.reference)
        self._act(who, "reject", given)
        self.case.refuser, self.case.holder = who, None

    def close_alone(self) -> None:
        """As the scheduled job does."""
        with transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.reference == self.case.reference)).one()
            fire(session, ticket, "auto_close", None, {}, EFFECTS[ticket.kind]["auto_close"])

    # ------------------------------------------------------------ the CDAS
    def reply(self) -> None:
        """What the Caf asked for: in Relais, now and then with a file; sometimes by mail."""
        text, who = self.rng.choice(cdas.REPLIES), self.stage.professional(self.case)
        if self.rng.random() < 0.08:
            self._reply_by_mail(who, text)
            return
        if self.rng.random() < 0.35:
            filename, content, said = some_file(self.rng)
            conversation.attach(who, self.case.reference, filename, content, self.case.key(), said)
        self._act(who, "reply", {"text": text})

    def _reply_by_mail(self, who: Actor, text: str) -> None:
        subject, body = (
            words.format(reference=self.case.reference, text=text, author=who.name) for words in REPLY
        )
        sender = post.mailbox_of(self.case.cdas)
        intake(post.mail(self.rng, self.stage.now, sender, subject, body), self.stage.now)
        self._last_act_at = self.stage.now

    def acknowledge(self) -> None:
        """Read and closed, often with a mark (R-IND-I-11)."""
        who, rng = self.stage.professional(self.case), self.rng
        consult(who, self.case.reference)
        given: dict[str, Any] = {}
        if rng.random() < 0.65:
            given["usefulness"] = rng.choices((1, 2, 3, 4, 5), (2, 4, 14, 42, 38))[0]
        if rng.random() < 0.15:
            given["remark"] = rng.choice(cdas.REMARKS)
        if rng.random() < 0.06:
            conversation.write_note(who, self.case.reference, rng.choice(cdas.NOTES), self.case.key())
        self._act(who, "acknowledge", given)

    def reopen(self) -> None:
        """The situation comes back (R-IND-I-9)."""
        self._as_cdas("reopen", cdas.REOPENINGS)

    def contest(self) -> None:
        """A second reading is asked for (R-UD-8)."""
        self._as_cdas("contest", cdas.CONTESTS)

    def cancel(self) -> None:
        """No need any more."""
        self._as_cdas("cancel", cdas.CANCELLATIONS)

    # ------------------------------------------------------------ both
    def message(self) -> None:
        """A few words that both sides read."""
        caf_writes = self.rng.random() < 0.5
        who = self.stage.agent(self.case) if caf_writes else self.stage.professional(self.case)
        said = self.rng.choice(caf.MESSAGES if caf_writes else cdas.MESSAGES)
        conversation.write_message(who, self.case.reference, said, self.case.key())

    def _as_cdas(self, name: str, reasons: tuple[str, ...]) -> None:
        self._act(self.stage.professional(self.case), name, {"reason": self.rng.choice(reasons)})

    def _act(
        self, who: Actor, name: str, given: Mapping[str, Any], happened_at: datetime | None = None
    ) -> None:
        acts.perform(who, self.case.reference, name, given, happened_at=happened_at)
        self._last_act_at = self.stage.now
